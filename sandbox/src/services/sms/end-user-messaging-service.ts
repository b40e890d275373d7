import { type Json, type OriginationIdentityKind, type Service, ServiceError } from '../../model';
import { EXCEPTION_BY_REASON } from './assumptions';
import { paginate } from './pagination';
import { type OriginationIdentity, resourceIdOf, type SmsAccount } from './sms-account';
import { SmsRefusal } from './sms-refusal';

/** The most characters of the text of a message. */
const MAX_BODY = 1_600;

/** The resource type in an ARN. */
const RESOURCE_TYPES = { PHONE_NUMBER: 'phone-number', POOL: 'pool', SENDER_ID: 'sender-id' } as const;

/**
 * The SMS operations of AWS End User Messaging SMS: they send SMS messages and describe the origination identities.
 *
 * The list of actions gives the ARN that IAM checks. An operation that names no resource needs permission for all of
 * them.
 *
 * @see https://docs.aws.amazon.com/pinpoint/latest/apireference_smsvoicev2/API_SendTextMessage.html
 * @see https://docs.aws.amazon.com/sms-voice/latest/userguide/permissions-actions.html
 */
export class EndUserMessagingService implements Service {
  readonly prefix = 'sms-voice';
  readonly #account: SmsAccount;
  readonly #now: () => Date;
  /** By operation and Region, the time of the last call that was accepted, in milliseconds since 1970. */
  readonly #acceptedAt = new Map<string, number>();

  constructor(account: SmsAccount, now: () => Date = () => new Date()) {
    this.#account = account;
    this.#now = now;
  }

  resource(operation: string, input: Json, region: string | undefined): string | readonly string[] {
    const resourceArns = (kind: OriginationIdentityKind, names: unknown) => {
      const list = listOf(names);
      return list.length === 0
        ? this.#account.resourceArn(region, `${RESOURCE_TYPES[kind]}/*`)
        : list.map((name) => this.#arnOf(kind, name, region));
    };
    switch (operation) {
      // IAM checks the identity as the request gives it: permission for its ARN does not include its phone number.
      case 'SendTextMessage':
        return typeof input.OriginationIdentity === 'string' ? input.OriginationIdentity : '*';
      case 'DescribePhoneNumbers':
        return resourceArns('PHONE_NUMBER', input.PhoneNumberIds);
      case 'DescribePools':
        return resourceArns('POOL', input.PoolIds);
      case 'ListPoolOriginationIdentities':
        return resourceArns('POOL', [requiredText(input, 'PoolId')]);
      case 'DescribeSenderIds':
        return resourceArns('SENDER_ID', listOf(input.SenderIds).map(senderIdResourceId));
      case 'DescribeOptOutLists': {
        const names = listOf(input.OptOutListNames);
        return names.length === 0
          ? this.#account.resourceArn(region, 'opt-out-list/*')
          : names.map((name) => this.#optOutListArn(String(name), region));
      }
      case 'DescribeOptedOutNumbers':
        return this.#optOutListArn(requiredText(input, 'OptOutListName'), region);
      case 'DescribeAccountAttributes':
      case 'DescribeSpendLimits':
        return '*';
      default:
        throw new ServiceError('UnknownOperationException', 'the sandbox does not support this operation');
    }
  }

  async call(operation: string, input: Json, region: string | undefined): Promise<Json> {
    validateNames(input);
    if (operation.startsWith('Describe')) this.#countCall(`${operation} ${region}`);
    switch (operation) {
      case 'SendTextMessage':
        return this.#sendTextMessage(input, region);
      case 'DescribePhoneNumbers':
        return this.#describeIdentities('PHONE_NUMBER', input, listOf(input.PhoneNumberIds), region);
      case 'DescribePools':
        return this.#describeIdentities('POOL', input, listOf(input.PoolIds), region);
      case 'DescribeSenderIds':
        return this.#describeIdentities('SENDER_ID', input, listOf(input.SenderIds).map(senderIdResourceId), region);
      case 'ListPoolOriginationIdentities':
        return this.#listPoolMembers(input, region);
      case 'DescribeOptOutLists':
        return this.#describeOptOutLists(input, region);
      case 'DescribeOptedOutNumbers':
        return this.#describeOptedOutNumbers(input, region);
      case 'DescribeSpendLimits':
        return { SpendLimits: [this.#textSpendLimit()] };
      default:
        return { AccountAttributes: [{ Name: 'ACCOUNT_TIER', Value: this.#account.tier }] };
    }
  }

  /**
   * Each operation that describes something accepts one call a second, for an account in a Region.
   *
   * @see https://docs.aws.amazon.com/sms-voice/latest/userguide/quotas.html
   */
  #countCall(key: string): void {
    const now = this.#now().getTime();
    if (now - (this.#acceptedAt.get(key) ?? Number.NEGATIVE_INFINITY) < 1000)
      throw new ServiceError('ThrottlingException', 'Rate exceeded');
    this.#acceptedAt.set(key, now);
  }

  #sendTextMessage(input: Json, region: string | undefined): Json {
    const to = requiredText(input, 'DestinationPhoneNumber');
    const body = requiredText(input, 'MessageBody');
    if (!/^\+?[1-9]\d{1,18}$/.test(to))
      throw validationError('FIELD_VALIDATION_FAILED', 'DestinationPhoneNumber is not a phone number');
    if (body.trim() === '' || [...body].length > MAX_BODY)
      throw validationError('FIELD_VALIDATION_FAILED', `MessageBody must have 1 to ${MAX_BODY} characters`);
    const name = input.OriginationIdentity;
    const identityArn =
      name === undefined ? this.#defaultIdentity(region) : this.#account.findIdentityArn(region, String(name));
    if (name !== undefined && identityArn === undefined)
      throw resourceNotFoundError('origination-identity', String(name));
    try {
      this.#account.validateMessage(identityArn, to);
    } catch (error) {
      throw error instanceof SmsRefusal ? messageRefusedError(error) : error;
    }
    // A dry run sends no message, so its id refers to none.
    if (input.DryRun === true) return { MessageId: '00000000-0000-0000-0000-000000000000' };
    return { MessageId: this.#account.send({ identityArn, to, body }) };
  }

  /** AWS chooses the identity if the request names none. The sandbox takes the first active number. */
  #defaultIdentity(region: string | undefined): string {
    const [first] = this.#account.identitiesIn(region, 'PHONE_NUMBER').filter(([, { status }]) => status === 'ACTIVE');
    if (first === undefined) throw messageRefusedError(new SmsRefusal('NO_ORIGINATION_IDENTITIES_FOUND'));
    return first[0];
  }

  #describeIdentities(
    kind: OriginationIdentityKind,
    input: Json,
    names: readonly unknown[],
    region: string | undefined,
  ): Json {
    const all = this.#account.identitiesIn(region, kind);
    const found = names.map((name) => {
      const arn = this.#arnOf(kind, name, region);
      return (
        all.find(([other]) => other === arn) ?? throwError(resourceNotFoundError(RESOURCE_TYPES[kind], String(name)))
      );
    });
    const { items, next } = paginate(names.length === 0 ? all : found, input);
    const [list, describe] = DESCRIPTIONS[kind];
    return { [list]: items.map(([arn, identity]) => describe(arn, identity)), ...next };
  }

  #listPoolMembers(input: Json, region: string | undefined): Json {
    const poolArn = this.#arnOf('POOL', input.PoolId, region);
    const pool = this.#account.identities.get(poolArn);
    if (pool === undefined) throw resourceNotFoundError('pool', String(input.PoolId));
    const members = (pool.members ?? []).map((arn) => {
      const { isoCountryCode, phoneNumber } = this.#account.identities.get(arn) ?? {};
      return {
        OriginationIdentityArn: arn,
        OriginationIdentity: resourceIdOf(arn),
        IsoCountryCode: isoCountryCode,
        NumberCapabilities: ['SMS'],
        PhoneNumber: phoneNumber,
      };
    });
    const { items, next } = paginate(members, input);
    return { PoolArn: poolArn, PoolId: resourceIdOf(poolArn), OriginationIdentities: items, ...next };
  }

  #describeOptOutLists(input: Json, region: string | undefined): Json {
    const names = listOf(input.OptOutListNames).map((name) => this.#existingOptOutListName(String(name)));
    const { items, next } = paginate(names.length === 0 ? this.#optOutListNames() : names, input);
    const lists = items.map((name) => ({
      OptOutListArn: this.#optOutListArn(name, region),
      OptOutListName: name,
      CreatedTimestamp: CREATED_AT,
    }));
    return { OptOutLists: lists, ...next };
  }

  #describeOptedOutNumbers(input: Json, region: string | undefined): Json {
    const name = this.#existingOptOutListName(requiredText(input, 'OptOutListName'));
    const wanted = listOf(input.OptedOutNumbers).map(String);
    if (wanted.some((number) => !this.#account.optedOut.has(number))) throw resourceNotFoundError('opted-out-number');
    const { items, next } = paginate(wanted.length === 0 ? [...this.#account.optedOut] : wanted, input);
    return {
      OptOutListArn: this.#optOutListArn(name, region),
      OptOutListName: name,
      OptedOutNumbers: items.map((number) => ({
        OptedOutNumber: number,
        OptedOutTimestamp: CREATED_AT,
        EndUserOptedOut: true,
      })),
      ...next,
    };
  }

  #textSpendLimit(): Json {
    const spendLimit = this.#account.effectiveSpendLimit;
    const Name = 'TEXT_MESSAGE_MONTHLY_SPEND_LIMIT';
    return { Name, EnforcedLimit: spendLimit, MaxLimit: spendLimit, Overridden: false };
  }

  #arnOf(kind: OriginationIdentityKind, name: unknown, region: string | undefined): string {
    const text = String(name);
    return text.startsWith('arn:') ? text : this.#account.resourceArn(region, `${RESOURCE_TYPES[kind]}/${text}`);
  }

  #optOutListArn(name: string, region: string | undefined): string {
    return name.startsWith('arn:') ? name : this.#account.resourceArn(region, `opt-out-list/${name}`);
  }

  /** The list that every account has, and the lists that identities use. */
  #optOutListNames(): string[] {
    const used = [...this.#account.identities.values()].flatMap(({ optOutListName }) => optOutListName ?? []);
    return [...new Set(['Default', ...used.map(optOutListNameOf)])];
  }

  #existingOptOutListName(name: string): string {
    const known = this.#optOutListNames().find((other) => other === optOutListNameOf(name));
    return known ?? throwError(resourceNotFoundError('opt-out-list', name));
  }
}

/** A fixed time, because nothing in the sandbox depends on it. */
const CREATED_AT = new Date('2026-01-01T00:00:00Z');

/** By kind, the field of the response and the description of an identity. */
const DESCRIPTIONS: Readonly<
  Record<OriginationIdentityKind, readonly [string, (arn: string, identity: OriginationIdentity) => Json]>
> = {
  PHONE_NUMBER: [
    'PhoneNumbers',
    (arn, identity) => ({
      PhoneNumberArn: arn,
      PhoneNumberId: resourceIdOf(arn),
      PhoneNumber: identity.phoneNumber,
      Status: identity.status,
      IsoCountryCode: identity.isoCountryCode,
      MessageType: 'TRANSACTIONAL',
      NumberCapabilities: ['SMS'],
      NumberType: identity.numberType,
      MonthlyLeasingPrice: '2.00',
      TwoWayEnabled: false,
      SelfManagedOptOutsEnabled: false,
      OptOutListName: optOutListNameOf(identity.optOutListName),
      DeletionProtectionEnabled: false,
      CreatedTimestamp: CREATED_AT,
    }),
  ],
  POOL: [
    'Pools',
    (arn, identity) => ({
      PoolArn: arn,
      PoolId: resourceIdOf(arn),
      Status: identity.status,
      MessageType: 'TRANSACTIONAL',
      TwoWayEnabled: false,
      SelfManagedOptOutsEnabled: false,
      OptOutListName: optOutListNameOf(identity.optOutListName),
      SharedRoutesEnabled: false,
      DeletionProtectionEnabled: false,
      CreatedTimestamp: CREATED_AT,
    }),
  ],
  SENDER_ID: [
    'SenderIds',
    (arn, identity) => ({
      SenderIdArn: arn,
      SenderId: identity.senderId,
      IsoCountryCode: identity.isoCountryCode,
      MessageTypes: ['TRANSACTIONAL'],
      MonthlyLeasingPrice: '0.00',
      DeletionProtectionEnabled: false,
      Registered: identity.status === 'ACTIVE',
    }),
  ],
};

function optOutListNameOf(nameOrArn = 'Default'): string {
  return nameOrArn.startsWith('arn:') ? resourceIdOf(nameOrArn) : nameOrArn;
}

function senderIdResourceId(value: unknown): string {
  const { SenderId, IsoCountryCode } = (value ?? {}) as Json;
  return String(SenderId).startsWith('arn:') ? String(SenderId) : `${SenderId}/${IsoCountryCode}`;
}

/** The largest number of names in a list. */
const MAX_NAMES = 5;

/** The parameters that name resources, by id or ARN. */
const NAME_PARAMETERS = ['PhoneNumberIds', 'PoolIds', 'PoolId', 'SenderIds', 'OptOutListNames', 'OptOutListName'];

/** @see https://docs.aws.amazon.com/pinpoint/latest/apireference_smsvoicev2/API_DescribePhoneNumbers.html */
function validateNames(input: Json): void {
  for (const parameter of NAME_PARAMETERS) {
    const value = input[parameter];
    const names = Array.isArray(value) ? value : [value ?? 'none'];
    if (names.length > MAX_NAMES)
      throw validationError('FIELD_VALIDATION_FAILED', `${parameter} has more than 5 items`);
    if (!names.every(isName)) throw validationError('FIELD_VALIDATION_FAILED', `${parameter} is not an id or ARN`);
  }
}

function isName(value: unknown): boolean {
  const name = (value as Json | null)?.SenderId ?? value;
  return typeof name === 'string' && /^[A-Za-z0-9_:/-]{1,256}$/.test(name);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function requiredText(input: Json, name: string): string {
  const value = input[name];
  return typeof value === 'string' && value !== ''
    ? value
    : throwError(validationError('MISSING_PARAMETER', `${name} is required`));
}

function throwError(error: Error): never {
  throw error;
}

/** The message does not contain the destination, because it is personal data. */
function messageRefusedError({ reason, identityArn }: SmsRefusal): ServiceError {
  const name = EXCEPTION_BY_REASON[reason];
  const resource = name === 'ConflictException' &&
    identityArn !== undefined && { ResourceType: 'origination-identity', ResourceId: identityArn };
  return new ServiceError(name, `The message was not sent: ${reason}`, { fields: { Reason: reason, ...resource } });
}

function validationError(reason: string, message: string): ServiceError {
  return new ServiceError('ValidationException', message, { fields: { Reason: reason } });
}

function resourceNotFoundError(type: string, id?: string): ServiceError {
  const fields = { ResourceType: type, ...(id !== undefined && { ResourceId: id }) };
  return new ServiceError('ResourceNotFoundException', 'A requested resource could not be found.', { fields });
}
