import { createHash, randomUUID } from 'node:crypto';
import type { Assembly } from '../../assembly';
import { originationIdentityArnsOf } from '../../assembly/origination-identities';
import { fictionalNumber } from '../../assembly/phone-numbers';
import type { OriginationIdentityDefinition, OriginationIdentityKind } from '../../model';
import { IMPORTED_PHONE_NUMBER, MESSAGE_PRICE_USD, memberThatSends, SNS_READS_OPT_OUTS } from './assumptions';
import { canSendTo, supportsSenderIds } from './destination-countries';
import { countMessageParts, generalLimitOf, SentParts } from './sending-limits';
import { SmsRefusal, SmsThrottling } from './sms-refusal';

/** A phone number, a sender id or a pool of them. Tests may change its status and its limit. */
export interface OriginationIdentity extends Omit<OriginationIdentityDefinition, 'arn'> {
  status: 'ACTIVE' | 'PENDING' | 'ASSOCIATING' | 'DISASSOCIATING' | 'DELETED';
  /** The message parts that it sends in a second; undefined for a pool, whose members have limits, and without a limit. */
  partsPerSecond: number | undefined;
}

/** In USD. */
const NEW_ACCOUNT_SPEND_LIMIT = 1;

/** An SMS message that was sent. */
export interface SentSms {
  /** The ARN of the origination identity; undefined if Amazon SNS found no number in the account. */
  readonly identityArn?: string;
  readonly to: string;
  readonly body: string;
}

/**
 * The SMS settings of an account: its tier, its spending and its origination identities. They are the same in every
 * Region, except that an identity is only in the Region of its ARN. Tests may set the fields at any time.
 *
 * @see https://docs.aws.amazon.com/sms-voice/latest/userguide/sandbox.html
 * @see https://docs.aws.amazon.com/sms-voice/latest/userguide/spend-limit.html
 */
export class SmsAccount {
  tier: 'SANDBOX' | 'PRODUCTION' = 'PRODUCTION';
  /** The limit of a month, in USD. Undefined when none is set, and that of a new account applies. */
  spendLimit: number | undefined = NEW_ACCOUNT_SPEND_LIMIT;
  /** The spending of this month, in USD. */
  spent = 0;
  /** The destinations that an account in the SMS sandbox can reach, in E.164. AWS allows ten. */
  readonly verifiedDestinations = new Set<string>();
  /** The opted-out numbers, in E.164. They are on every opt-out list. */
  readonly optedOut = new Set<string>();
  /** Whether the default opt-out list lets Amazon SNS read it. */
  snsReadsOptOuts = SNS_READS_OPT_OUTS;
  /** By ARN. */
  readonly identities = new Map<string, OriginationIdentity>();
  /** By message id. */
  readonly sent = new Map<string, SentSms>();
  /** By ARN of the identity that sent them. */
  readonly #sentParts = new Map<string, SentParts>();

  /** An account with the identities that the assembly creates and those that its user pools use. */
  static fromAssembly({ originationIdentities, userPools }: Assembly): SmsAccount {
    const [, partition, , , id] = userPools[0]?.userPoolArn.split(':') ?? [];
    const account = new SmsAccount(originationIdentities, partition, id);
    for (const arn of userPools.flatMap(({ properties }) => originationIdentityArnsOf(properties)))
      account.addImportedIdentity(arn);
    return account;
  }

  constructor(
    definitions: readonly OriginationIdentityDefinition[] = [],
    private readonly partition = 'aws',
    private readonly accountId = '111122223333',
    private readonly now: () => Date = () => new Date(),
  ) {
    for (const { arn, ...identity } of definitions) this.identities.set(arn, activeIdentity(identity));
  }

  /** Adds an identity that no stack of the app creates. Returns the known identity if there is one. */
  addImportedIdentity(arn: string): OriginationIdentity {
    const known = this.identities.get(arn);
    if (known !== undefined) return known;
    const identity = activeIdentity(importedIdentity(arn));
    this.identities.set(arn, identity);
    return identity;
  }

  /** The limit of a month that applies, in USD. */
  get effectiveSpendLimit(): number {
    return this.spendLimit ?? NEW_ACCOUNT_SPEND_LIMIT;
  }

  resourceArn(region: string | undefined, resource: string): string {
    return `arn:${this.partition}:sms-voice:${region ?? ''}:${this.accountId}:${resource}`;
  }

  /** The identities of a kind in a Region, with their ARNs. */
  identitiesIn(region: string | undefined, kind: OriginationIdentityKind): [arn: string, OriginationIdentity][] {
    return [...this.identities].filter(([arn, identity]) => identity.kind === kind && arn.split(':')[3] === region);
  }

  /**
   * The ARN of an identity in the Region; undefined if there is none.
   *
   * @param name its ARN, its id, its phone number or its sender id
   */
  findIdentityArn(region: string | undefined, name: string): string | undefined {
    const here = [...this.identities].filter(([arn]) => arn.split(':')[3] === region);
    return here.find(([arn, identity]) =>
      [arn, resourceIdOf(arn), identity.phoneNumber, identity.senderId].includes(name),
    )?.[0];
  }

  /**
   * Throws an SmsRefusal if AWS would not send the message.
   *
   * @param identityArn undefined if Amazon SNS found no number in the account
   */
  validateMessage(identityArn: string | undefined, to: string): void {
    if (identityArn !== undefined) this.#validateIdentity(identityArn, to);
    if (this.tier === 'SANDBOX' && !this.verifiedDestinations.has(to)) {
      throw new SmsRefusal('DESTINATION_PHONE_NUMBER_NOT_VERIFIED');
    }
    if (this.optedOut.has(to)) throw new SmsRefusal('DESTINATION_PHONE_NUMBER_OPTED_OUT');
    if (this.spent >= this.effectiveSpendLimit) throw new SmsRefusal('MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT');
  }

  /**
   * Sends a message that passed {@link validateMessage}. Returns the message id. Throws SmsThrottling if its identity is
   * at its limit.
   */
  send(message: SentSms): string {
    this.#countParts(message);
    const messageId = randomUUID();
    this.spent = Number((this.spent + MESSAGE_PRICE_USD).toFixed(5));
    this.sent.set(messageId, message);
    return messageId;
  }

  #countParts({ identityArn = '', to, body }: SentSms): void {
    const members = this.identities.get(identityArn)?.members;
    const arn = members === undefined ? identityArn : memberThatSends(members.filter((one) => this.#canSend(one, to)));
    const limit = this.identities.get(arn ?? '')?.partsPerSecond;
    if (arn === undefined || limit === undefined) return;
    const sentParts = this.#sentParts.get(arn) ?? new SentParts();
    this.#sentParts.set(arn, sentParts);
    if (!sentParts.take(countMessageParts(body), limit, this.now().getTime())) throw new SmsThrottling();
  }

  #validateIdentity(arn: string, to: string): void {
    const identity = this.identities.get(arn);
    if (identity?.status !== 'ACTIVE') throw new SmsRefusal('RESOURCE_NOT_ACTIVE', arn);
    if (identity.kind === 'POOL') this.#validatePoolMembers(arn, identity, to);
    if (identity.kind === 'SENDER_ID' && !canSendTo(identity, to)) {
      const reason = supportsSenderIds(to) ? 'INVALID_IDENTITY_FOR_DESTINATION_COUNTRY' : 'SENDER_ID_NOT_SUPPORTED';
      throw new SmsRefusal(reason, arn);
    }
  }

  /** The members of a pool that another app creates are unknown, so such a pool passes. */
  #validatePoolMembers(arn: string, { members }: OriginationIdentity, to: string): void {
    const usable = members?.some((member) => this.#canSend(member, to));
    if (usable === false) throw new SmsRefusal('NO_ORIGINATION_IDENTITIES_FOUND', arn);
  }

  #canSend(member: string, to: string): boolean {
    const identity = this.identities.get(member);
    return identity?.status === 'ACTIVE' && (identity.kind !== 'SENDER_ID' || canSendTo(identity, to));
  }
}

/** The resource id in an ARN, such as `phone-0123…`, or `EXAMPLE/GB` for a sender id. */
export function resourceIdOf(arn: string): string {
  const [, , , , , resource = ''] = arn.split(':');
  return resource.slice(resource.indexOf('/') + 1);
}

function activeIdentity(identity: Omit<OriginationIdentityDefinition, 'arn'>): OriginationIdentity {
  return { ...identity, status: 'ACTIVE', partsPerSecond: generalLimitOf(identity) };
}

function importedIdentity(arn: string): Omit<OriginationIdentityDefinition, 'arn'> {
  const [kind, name = '', country] = arn.split(':')[5]?.split('/') ?? [];
  if (kind === 'sender-id') return { kind: 'SENDER_ID', senderId: name, isoCountryCode: country };
  if (kind === 'pool') return { kind: 'POOL' };
  const { isoCountryCode, numberType } = IMPORTED_PHONE_NUMBER;
  const hash = createHash('sha256').update(arn).digest('hex');
  const phoneNumber = fictionalNumber(isoCountryCode, hash);
  return { kind: 'PHONE_NUMBER', isoCountryCode, numberType, phoneNumber };
}
