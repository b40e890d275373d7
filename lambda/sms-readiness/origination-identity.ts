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
import { ask, type Finding, Unanswered, unknown, word } from './ask';

/** AWS describes at most this many numbers or sender IDs by their ids at once. */
const MAX_DESCRIBED = 5;

/** AWS lists at most this many members of a pool at once. */
const MAX_MEMBERS = 100;

/** @see https://docs.aws.amazon.com/pinpoint/latest/apireference_smsvoicev2/API_PhoneNumberInformation.html */
const NUMBER_STATUSES: Readonly<Record<string, Pick<Finding, 'status' | 'detail'>>> = {
  ACTIVE: { status: 'PASSED', detail: 'is active' },
  PENDING: {
    status: 'FAILED',
    detail: 'is not usable yet: finish its registration, and wait until AWS has provisioned it',
  },
  ASSOCIATING: { status: 'WARNING', detail: 'is being put into a pool: ask again later' },
  DISASSOCIATING: { status: 'WARNING', detail: 'is being taken out of a pool: ask again later' },
  DELETED: { status: 'FAILED', detail: 'is deleted: request another one' },
};

/** @see https://docs.aws.amazon.com/pinpoint/latest/apireference_smsvoicev2/API_PoolInformation.html */
const POOL_STATUSES: Readonly<Record<string, Pick<Finding, 'status' | 'detail'>>> = {
  ACTIVE: { status: 'PASSED', detail: 'is active' },
  CREATING: { status: 'FAILED', detail: 'is not usable yet: wait until AWS has created it' },
  DELETING: { status: 'FAILED', detail: 'is being deleted: create another one' },
};

/** What SMS leave from: a number, a sender ID or a pool of them. */
export class Identity {
  /** As it stands in the ARN. */
  readonly kind: string | undefined;
  readonly #client: PinpointSMSVoiceV2Client;
  readonly #arn: string;
  readonly #membersKnown: boolean;
  /** Asked for once, and used by two checks. */
  #number?: Promise<PhoneNumberInformation>;
  #pool?: Promise<PoolInformation>;

  constructor(client: PinpointSMSVoiceV2Client, arn: string, membersKnown: boolean) {
    this.#client = client;
    this.#arn = arn;
    this.#membersKnown = membersKnown;
    this.kind = kindOf(arn);
  }

  async judge(): Promise<Finding> {
    try {
      switch (this.kind) {
        case 'phone-number':
          return judgeNumber(await this.#describeNumber());
        case 'sender-id':
          return judgeSenderId((await this.#describeSenderIds([this.#arn]))[0] as SenderIdInformation);
        case 'pool':
          return await this.#judgePool();
        default:
          return {
            status: 'UNKNOWN',
            detail: 'The ARN of the origination identity names no number, sender ID or pool.',
          };
      }
    } catch (error) {
      if (!(error instanceof Unanswered) || error.errorName !== 'ResourceNotFoundException') throw error;
      return {
        status: 'FAILED',
        detail: `${error.api} finds no origination identity with this ARN in this Region: request one, or correct the ARN.`,
      };
    }
  }

  /** Of a number or a pool. */
  async optOutListName(): Promise<string | undefined> {
    const { OptOutListName } = this.kind === 'pool' ? await this.#describePool() : await this.#describeNumber();
    return OptOutListName;
  }

  async #judgePool(): Promise<Finding> {
    const [pool, members] = await Promise.all([this.#describePool(), this.#listMembers()]);
    const status = Object.hasOwn(POOL_STATUSES, pool.Status ?? '') ? POOL_STATUSES[pool.Status as string] : undefined;
    const values = { poolStatus: word(pool.Status) ?? '', members: members.length };
    if (status === undefined) return { status: 'UNKNOWN', detail: 'The pool has a status that is not known.', values };
    if (status.status !== 'PASSED') return { ...status, detail: `The pool ${status.detail}.`, values };
    if (members.length === 0) {
      return { status: 'FAILED', detail: 'The pool is active but empty: put a number or a sender ID into it.', values };
    }
    if (!this.#membersKnown) {
      return {
        status: 'PASSED',
        detail: `The pool is active and has ${members.length} members; whether they are active is not looked at, because the pool is imported.`,
        values,
      };
    }
    const findings = await this.#judgeMembers(members);
    const usable = findings.filter((finding) => finding.status === 'PASSED').length;
    const rest = (['UNKNOWN', 'WARNING', 'FAILED'] as const).find((one) => findings.some((f) => f.status === one));
    return {
      status: rest === undefined || rest === 'UNKNOWN' ? (rest ?? 'PASSED') : usable > 0 ? 'WARNING' : rest,
      detail: `The pool is active, and ${usable} of its ${members.length} members are without objection${rest ? `: ${findings.find((f) => f.status === rest)?.detail}` : '.'}`,
      values: { ...values, usable },
    };
  }

  async #judgeMembers(arns: string[]): Promise<Finding[]> {
    const [numbers, senderIds] = ['phone-number', 'sender-id'].map((kind) =>
      chunks(arns.filter((arn) => kindOf(arn) === kind)),
    ) as [string[][], string[][]];
    const described = await Promise.all([
      ...numbers.map((some) => judgeAll(some, async () => (await this.#describeNumbers(some)).map(judgeNumber))),
      ...senderIds.map((some) => judgeAll(some, async () => (await this.#describeSenderIds(some)).map(judgeSenderId))),
    ]);
    const findings = described.flat();
    // What else a pool can have sends no SMS.
    return findings.length === 0 ? [{ status: 'FAILED', detail: 'it has no number and no sender ID.' }] : findings;
  }

  #describeNumber(): Promise<PhoneNumberInformation> {
    this.#number ??= this.#describeNumbers([this.#arn]).then(([number]) => number as PhoneNumberInformation);
    return this.#number;
  }

  #describeNumbers(arns: string[]): Promise<PhoneNumberInformation[]> {
    return ask(
      'DescribePhoneNumbers',
      (options) => this.#client.send(new DescribePhoneNumbersCommand({ PhoneNumberIds: arns }), options),
      ({ PhoneNumbers }) => atLeastOne(PhoneNumbers),
    );
  }

  #describeSenderIds(arns: string[]): Promise<SenderIdInformation[]> {
    const senderIds = arns.map((arn) => ({ SenderId: arn, IsoCountryCode: arn.split('/')[2] }));
    return ask(
      'DescribeSenderIds',
      (options) => this.#client.send(new DescribeSenderIdsCommand({ SenderIds: senderIds }), options),
      ({ SenderIds }) => atLeastOne(SenderIds),
    );
  }

  #describePool(): Promise<PoolInformation> {
    this.#pool ??= ask(
      'DescribePools',
      (options) => this.#client.send(new DescribePoolsCommand({ PoolIds: [this.#arn] }), options),
      ({ Pools }) => atLeastOne(Pools)?.[0],
    );
    return this.#pool;
  }

  #listMembers(): Promise<string[]> {
    return ask(
      'ListPoolOriginationIdentities',
      (options) =>
        this.#client.send(
          new ListPoolOriginationIdentitiesCommand({ PoolId: this.#arn, MaxResults: MAX_MEMBERS }),
          options,
        ),
      // None yet, and more to come, is no answer.
      ({ OriginationIdentities, NextToken }) =>
        OriginationIdentities?.length === 0 && NextToken !== undefined
          ? undefined
          : OriginationIdentities?.map(({ OriginationIdentityArn }) => `${OriginationIdentityArn}`),
    );
  }
}

/** AWS answers for all of them or for none. */
async function judgeAll(arns: string[], judge: () => Promise<Finding[]>): Promise<Finding[]> {
  return judge().catch((error: unknown) => {
    const missing = error instanceof Unanswered && error.errorName === 'ResourceNotFoundException';
    const finding: Finding = missing
      ? { status: 'FAILED', detail: 'at least one of them is not there any more: take it out of the pool.' }
      : unknown(error);
    return arns.map(() => finding);
  });
}

function judgeNumber(number: PhoneNumberInformation): Finding {
  const { Status, NumberType, NumberCapabilities, MessageType, IsoCountryCode, RegistrationId } = number;
  const values = Object.fromEntries(
    Object.entries({
      numberStatus: word(Status),
      numberType: word(NumberType),
      isoCountryCode: word(IsoCountryCode),
      messageType: word(MessageType),
      registrationId: word(RegistrationId),
    }).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  const found = Object.hasOwn(NUMBER_STATUSES, `${Status}`) ? NUMBER_STATUSES[`${Status}`] : undefined;
  if (found === undefined) return { status: 'UNKNOWN', detail: 'The number has a status that is not known.', values };
  if (found.status !== 'PASSED') return { status: found.status, detail: `The number ${found.detail}.`, values };
  if (NumberCapabilities !== undefined && !NumberCapabilities.includes('SMS')) {
    return { status: 'FAILED', detail: 'The number is active but sends no SMS: request one that does.', values };
  }
  if (NumberType === 'SIMULATOR') {
    return {
      status: 'WARNING',
      detail:
        'The number is active but a simulator, which reaches simulated phones only: request another one for users.',
      values,
    };
  }
  if (MessageType === 'PROMOTIONAL') {
    return {
      status: 'WARNING',
      detail: 'The number is active but for promotional messages, and codes are transactional: request one for those.',
      values,
    };
  }
  return { status: 'PASSED', detail: 'The number is active.', values };
}

/** @see https://docs.aws.amazon.com/pinpoint/latest/apireference_smsvoicev2/API_SenderIdInformation.html */
function judgeSenderId({ Registered, IsoCountryCode, RegistrationId }: SenderIdInformation): Finding {
  if (typeof Registered !== 'boolean') {
    return { status: 'UNKNOWN', detail: 'Whether the sender ID is registered is not known.' };
  }
  const registrationId = word(RegistrationId);
  const isoCountryCode = word(IsoCountryCode);
  return {
    status: Registered ? 'PASSED' : 'WARNING',
    detail: Registered
      ? 'The sender ID is registered.'
      : 'The sender ID is not registered: it sends nothing where its country requires that.',
    values: {
      registered: Registered,
      ...(isoCountryCode !== undefined && { isoCountryCode }),
      ...(registrationId !== undefined && { registrationId }),
    },
  };
}

function kindOf(arn: string): string | undefined {
  return /^arn:[^:]+:sms-voice:[^:]*:[^:]*:(phone-number|sender-id|pool)\//.exec(arn)?.[1];
}

function atLeastOne<T>(list: T[] | undefined): T[] | undefined {
  return Array.isArray(list) && list.length > 0 ? list : undefined;
}

function chunks<T>(list: T[]): T[][] {
  return list.flatMap((_, index) => (index % MAX_DESCRIBED === 0 ? [list.slice(index, index + MAX_DESCRIBED)] : []));
}
