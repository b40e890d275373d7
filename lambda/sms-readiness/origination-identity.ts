import {
  DescribePhoneNumbersCommand,
  DescribePoolsCommand,
  DescribeSenderIdsCommand,
  ListPoolOriginationIdentitiesCommand,
  type PhoneNumberInformation,
  type PinpointSMSVoiceV2Client,
  type PoolInformation,
  type SenderIdInformation,
} from '@aws-sdk/client-pinpoint-sms-voice-v2';
import { AwsCallError, type CheckResult, callAws, parseIdentifier, unknownResult } from './aws-call';
import type { Clock } from './call-pace';
import { describeSendRate, sendRateOf, sendRateOfPool } from './send-rate';

/** The maximum number of ids in one call that describes numbers or sender IDs. */
const MAX_IDS_DESCRIBED = 5;

/** The maximum number of pool members on a page. */
const MAX_MEMBERS_LISTED = 100;

/** After this time no further members are described, in milliseconds, so that the function reports in time. */
const MEMBERS_TIME = 12_000;

/** The result for a member that was not described. */
const NOT_DESCRIBED: CheckResult = {
  status: 'UNKNOWN',
  detail:
    'Not all of them were checked, because AWS accepts one such call a second: look at the others in the console.',
};

/** @see https://docs.aws.amazon.com/pinpoint/latest/apireference_smsvoicev2/API_PhoneNumberInformation.html */
const NUMBER_STATUSES: Readonly<Record<string, Pick<CheckResult, 'status' | 'detail'>>> = {
  ACTIVE: { status: 'PASSED', detail: 'is active' },
  PENDING: {
    status: 'FAILED',
    detail: 'is not usable yet: finish its registration, and wait until AWS has provisioned it',
  },
  ASSOCIATING: { status: 'WARNING', detail: 'is being added to a pool: try again later' },
  DISASSOCIATING: { status: 'WARNING', detail: 'is being removed from a pool: try again later' },
  DELETED: { status: 'FAILED', detail: 'is deleted: request another one' },
};

/** @see https://docs.aws.amazon.com/pinpoint/latest/apireference_smsvoicev2/API_PoolInformation.html */
const POOL_STATUSES: Readonly<Record<string, Pick<CheckResult, 'status' | 'detail'>>> = {
  ACTIVE: { status: 'PASSED', detail: 'is active' },
  CREATING: { status: 'FAILED', detail: 'is not usable yet: wait until AWS has created it' },
  DELETING: { status: 'FAILED', detail: 'is being deleted: create another one' },
};

/** An origination identity: a phone number, a sender ID or a pool of them. */
export class OriginationIdentity {
  /** The resource type in the ARN; undefined if it is another one. */
  readonly kind: string | undefined;
  readonly #client: PinpointSMSVoiceV2Client;
  readonly #arn: string;
  readonly #canDescribeMembers: boolean;
  readonly #clock: Clock;
  /** Cached, because two checks use it. */
  #number?: Promise<PhoneNumberInformation>;
  #pool?: Promise<PoolInformation>;

  constructor(client: PinpointSMSVoiceV2Client, arn: string, canDescribeMembers: boolean, clock: Clock) {
    this.#client = client;
    this.#arn = arn;
    this.#canDescribeMembers = canDescribeMembers;
    this.#clock = clock;
    this.kind = identityKindOf(arn);
  }

  async evaluate(): Promise<CheckResult> {
    try {
      switch (this.kind) {
        case 'phone-number':
          return evaluateNumber(await this.#describeNumber());
        case 'sender-id':
          return evaluateSenderId((await this.#describeSenderIds([this.#arn]))[0] as SenderIdInformation);
        case 'pool':
          return await this.#evaluatePool();
        default:
          return {
            status: 'UNKNOWN',
            detail: 'The ARN of the origination identity is not that of a phone number, sender ID or pool.',
          };
      }
    } catch (error) {
      if (!(error instanceof AwsCallError) || error.errorName !== 'ResourceNotFoundException') throw error;
      return {
        status: 'FAILED',
        detail: `${error.api} finds no origination identity with this ARN in this Region: request one, or correct the ARN.`,
      };
    }
  }

  /** For a number or a pool. A sender ID has no opt-out list. */
  async optOutListName(): Promise<string | undefined> {
    const { OptOutListName } = this.kind === 'pool' ? await this.#describePool() : await this.#describeNumber();
    return OptOutListName;
  }

  async #evaluatePool(): Promise<CheckResult> {
    const [pool, members] = await Promise.all([this.#describePool(), this.#listMembers()]);
    const known = Object.hasOwn(POOL_STATUSES, pool.Status ?? '') ? POOL_STATUSES[pool.Status as string] : undefined;
    const values = { poolStatus: parseIdentifier(pool.Status) ?? '', members: members.length };
    if (known === undefined) return { status: 'UNKNOWN', detail: 'The pool has an unknown status.', values };
    if (known.status !== 'PASSED') return { status: known.status, detail: `The pool ${known.detail}.`, values };
    if (members.length === 0) {
      return { status: 'FAILED', detail: 'The pool is active but empty: add a number or a sender ID to it.', values };
    }
    if (!this.#canDescribeMembers) {
      return {
        status: 'PASSED',
        detail: `The pool is active. Members: ${members.length}; their status is not checked, because the pool is imported.`,
        values,
      };
    }
    const results = await this.#evaluateMembers(members);
    const usable = results.filter((result) => result.status === 'PASSED').length;
    const problem = (['UNKNOWN', 'WARNING', 'FAILED'] as const)
      .map((candidate) => results.find((result) => result.status === candidate))
      .find((result) => result !== undefined);
    const rate = sendRateOfPool(results);
    const summary = `The pool is active. Usable members: ${usable} of ${members.length}.`;
    const sending = describeSendRate(rate);
    if (problem === undefined) {
      return { status: 'PASSED', detail: `${summary}${sending}`, values: { ...values, usable, ...rate } };
    }
    // SMS messages can be sent as long as one member is usable.
    return {
      status: (problem.status === 'FAILED' || problem === NOT_DESCRIBED) && usable > 0 ? 'WARNING' : problem.status,
      detail: `${summary} ${problem.detail}${sending}`,
      values: { ...values, usable, ...rate },
    };
  }

  async #evaluateMembers(arns: string[]): Promise<CheckResult[]> {
    const end = this.#clock.now() + MEMBERS_TIME;
    const evaluateKind = async (kind: string, describeAndEvaluate: (some: string[]) => Promise<CheckResult[]>) => {
      const results: CheckResult[] = [];
      // One call after the other: each waits for its turn.
      for (const some of chunks(arns.filter((arn) => identityKindOf(arn) === kind))) {
        const inTime = this.#clock.now() < end;
        results.push(
          ...(inTime ? await evaluateAll(some, () => describeAndEvaluate(some)) : some.map(() => NOT_DESCRIBED)),
        );
      }
      return results;
    };
    const evaluated = await Promise.all([
      evaluateKind('phone-number', async (some) => (await this.#describeNumbers(some)).map(evaluateNumber)),
      evaluateKind('sender-id', async (some) => (await this.#describeSenderIds(some)).map(evaluateSenderId)),
    ]);
    const results = evaluated.flat();
    // Members of other kinds do not send SMS messages.
    return results.length === 0 ? [{ status: 'FAILED', detail: 'It has no number and no sender ID.' }] : results;
  }

  #describeNumber(): Promise<PhoneNumberInformation> {
    this.#number ??= this.#describeNumbers([this.#arn]).then(([number]) => number as PhoneNumberInformation);
    return this.#number;
  }

  #describeNumbers(arns: string[]): Promise<PhoneNumberInformation[]> {
    return callAws(
      'DescribePhoneNumbers',
      (options) => this.#client.send(new DescribePhoneNumbersCommand({ PhoneNumberIds: arns }), options),
      ({ PhoneNumbers }) => atLeastOne(PhoneNumbers),
    );
  }

  #describeSenderIds(arns: string[]): Promise<SenderIdInformation[]> {
    const senderIds = arns.map((arn) => ({ SenderId: arn, IsoCountryCode: arn.split('/')[2] }));
    return callAws(
      'DescribeSenderIds',
      (options) => this.#client.send(new DescribeSenderIdsCommand({ SenderIds: senderIds }), options),
      ({ SenderIds }) => atLeastOne(SenderIds),
    );
  }

  #describePool(): Promise<PoolInformation> {
    this.#pool ??= callAws(
      'DescribePools',
      (options) => this.#client.send(new DescribePoolsCommand({ PoolIds: [this.#arn] }), options),
      ({ Pools }) => atLeastOne(Pools)?.[0],
    );
    return this.#pool;
  }

  #listMembers(): Promise<string[]> {
    return callAws(
      'ListPoolOriginationIdentities',
      (options) =>
        this.#client.send(
          new ListPoolOriginationIdentitiesCommand({ PoolId: this.#arn, MaxResults: MAX_MEMBERS_LISTED }),
          options,
        ),
      // An empty page with a next token does not tell whether the pool is empty.
      ({ OriginationIdentities, NextToken }) =>
        OriginationIdentities?.length === 0 && NextToken !== undefined
          ? undefined
          : OriginationIdentities?.map(({ OriginationIdentityArn }) => `${OriginationIdentityArn}`),
    );
  }
}

/** The call fails for all ARNs if one of them does not exist. So all of them get the same result. */
async function evaluateAll(arns: string[], describeAndEvaluate: () => Promise<CheckResult[]>): Promise<CheckResult[]> {
  return describeAndEvaluate().catch((error: unknown) => {
    const missing = error instanceof AwsCallError && error.errorName === 'ResourceNotFoundException';
    const result: CheckResult = missing
      ? { status: 'FAILED', detail: 'At least one of them no longer exists: remove it from the pool.' }
      : unknownResult(error);
    return arns.map(() => result);
  });
}

function evaluateNumber(number: PhoneNumberInformation): CheckResult {
  const { Status, NumberType, NumberCapabilities, MessageType, IsoCountryCode, RegistrationId } = number;
  const identifiers = Object.fromEntries(
    Object.entries({
      numberStatus: parseIdentifier(Status),
      numberType: parseIdentifier(NumberType),
      isoCountryCode: parseIdentifier(IsoCountryCode),
      messageType: parseIdentifier(MessageType),
      registrationId: parseIdentifier(RegistrationId),
    }).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  const known = Object.hasOwn(NUMBER_STATUSES, `${Status}`) ? NUMBER_STATUSES[`${Status}`] : undefined;
  if (known === undefined) {
    return { status: 'UNKNOWN', detail: 'The number has an unknown status.', values: identifiers };
  }
  if (known.status !== 'PASSED') {
    return { status: known.status, detail: `The number ${known.detail}.`, values: identifiers };
  }
  const rate = sendRateOf({ limits: number.MessagingLimits, type: NumberType, isoCountryCode: IsoCountryCode });
  const values = { ...identifiers, ...rate };
  if (NumberCapabilities !== undefined && !NumberCapabilities.includes('SMS')) {
    return {
      status: 'FAILED',
      detail: 'The number is active but does not support SMS: request one that does.',
      values,
    };
  }
  if (NumberType === 'SIMULATOR') {
    return {
      status: 'WARNING',
      detail:
        'The number is active but a simulator number, which reaches simulated phones only: request another one for users.',
      values,
    };
  }
  if (MessageType === 'PROMOTIONAL') {
    return {
      status: 'WARNING',
      detail:
        'The number is active but for promotional messages, and codes are transactional: request a transactional number.',
      values,
    };
  }
  return { status: 'PASSED', detail: `The number is active.${describeSendRate(rate)}`, values };
}

/** @see https://docs.aws.amazon.com/pinpoint/latest/apireference_smsvoicev2/API_SenderIdInformation.html */
function evaluateSenderId(senderId: SenderIdInformation): CheckResult {
  const { Registered, IsoCountryCode, RegistrationId, MessagingLimits } = senderId;
  if (typeof Registered !== 'boolean') {
    return { status: 'UNKNOWN', detail: 'It is unknown whether the sender ID is registered.' };
  }
  const registrationId = parseIdentifier(RegistrationId);
  const isoCountryCode = parseIdentifier(IsoCountryCode);
  const rate = sendRateOf({ limits: MessagingLimits, type: 'SENDER_ID', isoCountryCode: IsoCountryCode });
  return {
    status: Registered ? 'PASSED' : 'WARNING',
    detail: Registered
      ? `The sender ID is registered.${describeSendRate(rate)}`
      : 'The sender ID is not registered: it cannot send messages if its country requires registration.',
    values: {
      registered: Registered,
      ...(isoCountryCode !== undefined && { isoCountryCode }),
      ...(registrationId !== undefined && { registrationId }),
      ...rate,
    },
  };
}

function identityKindOf(arn: string): string | undefined {
  return /^arn:[^:]+:sms-voice:[^:]*:[^:]*:(phone-number|sender-id|pool)\//.exec(arn)?.[1];
}

function atLeastOne<T>(list: T[] | undefined): T[] | undefined {
  return Array.isArray(list) && list.length > 0 ? list : undefined;
}

function chunks<T>(list: T[]): T[][] {
  return list.flatMap((_, index) =>
    index % MAX_IDS_DESCRIBED === 0 ? [list.slice(index, index + MAX_IDS_DESCRIBED)] : [],
  );
}
