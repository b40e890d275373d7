import { type Json, type Service, ServiceError } from '../../model';
import { SNS_NUMBER_TYPE_ORDER, SNS_REFUSED_MESSAGE_ERROR } from './assumptions';
import { canSendTo } from './destination-countries';
import { paginate } from './pagination';
import type { OriginationIdentity, SmsAccount } from './sms-account';
import { SmsRefusal } from './sms-refusal';

/** The most characters of an SMS message. */
const MAX_BODY = 1_600;

/** The page size of ListOriginationNumbers. */
const MAX_ORIGINATION_NUMBERS = 30;

const SUPPORTED_OPERATIONS = [
  'GetSMSAttributes',
  'GetSMSSandboxAccountStatus',
  'ListOriginationNumbers',
  'ListPhoneNumbersOptedOut',
  'Publish',
];

/**
 * The SMS operations of Amazon SNS, which chooses the origination number of a message itself.
 *
 * @see https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsns.html
 */
export class SnsService implements Service {
  readonly prefix = 'sns';
  readonly #account: SmsAccount;

  constructor(account: SmsAccount) {
    this.#account = account;
  }

  /** Only a topic has an ARN; a phone number and the account have none. */
  resource(operation: string, input: Json): string {
    if (!SUPPORTED_OPERATIONS.includes(operation))
      throw new ServiceError('InvalidAction', 'the sandbox does not support this action');
    return operation === 'Publish' ? String(input.TopicArn ?? input.TargetArn ?? '*') : '*';
  }

  async call(operation: string, input: Json, region: string | undefined): Promise<Json> {
    switch (operation) {
      case 'Publish':
        return this.#publish(input, region);
      case 'GetSMSSandboxAccountStatus':
        return { IsInSandbox: this.#account.tier === 'SANDBOX' };
      case 'GetSMSAttributes':
        return { attributes: this.#attributes(input.attributes) };
      case 'ListOriginationNumbers':
        return this.#originationNumbers(input, region);
      default: {
        if (!this.#account.snsReadsOptOuts)
          throw new ServiceError('AuthorizationError', 'no resource policy allows it', { status: 403 });
        const { items, next } = paginate([...this.#account.optedOut], { NextToken: input.nextToken });
        return { phoneNumbers: items, ...(next.NextToken && { nextToken: next.NextToken }) };
      }
    }
  }

  #publish({ PhoneNumber: to, Message: body }: Json, region: string | undefined): Json {
    if (typeof to !== 'string' || !/^\+?[1-9]\d{1,18}$/.test(to)) throw invalidParameterError('PhoneNumber');
    if (typeof body !== 'string' || body === '' || [...body].length > MAX_BODY) throw invalidParameterError('Message');
    const identityArn = this.#chooseOriginationNumber(to, region);
    try {
      this.#account.validateMessage(identityArn, to);
    } catch (error) {
      if (!(error instanceof SmsRefusal)) throw error;
      const { name, status } = SNS_REFUSED_MESSAGE_ERROR;
      throw new ServiceError(name, `Invalid parameter: PhoneNumber Reason: ${error.reason}`, { status });
    }
    return { MessageId: this.#account.send({ identityArn, to, body }) };
  }

  /** @see https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-sms-settings.html */
  #chooseOriginationNumber(to: string, region: string | undefined): string | undefined {
    const usable = this.#account
      .identitiesIn(region, 'PHONE_NUMBER')
      .filter(([, identity]) => identity.status === 'ACTIVE' && canSendTo(identity, to));
    const ofType = (type: string) => usable.find(([, { numberType }]) => numberType === type)?.[0];
    return SNS_NUMBER_TYPE_ORDER.map(ofType).find((arn) => arn !== undefined);
  }

  #attributes(wanted: unknown): Map<string, string> {
    const { spendLimit } = this.#account;
    const all = new Map([
      ...(spendLimit === undefined ? [] : [['MonthlySpendLimit', String(spendLimit)] as const]),
      ['DefaultSMSType', 'Transactional'],
    ]);
    return Array.isArray(wanted) && wanted.length > 0
      ? new Map([...all].filter(([name]) => wanted.includes(name)))
      : all;
  }

  #originationNumbers(input: Json, region: string | undefined): Json {
    const numbers = this.#account
      .identitiesIn(region, 'PHONE_NUMBER')
      .map(([, identity]) => toPhoneNumberInformation(identity));
    const { items, next } = paginate(numbers, input, MAX_ORIGINATION_NUMBERS);
    return { PhoneNumbers: items, ...next };
  }
}

function toPhoneNumberInformation({ phoneNumber, status, isoCountryCode }: OriginationIdentity): Json {
  return {
    PhoneNumber: phoneNumber,
    Status: status,
    Iso2CountryCode: isoCountryCode,
    RouteType: 'Transactional',
    NumberCapabilities: ['SMS'],
  };
}

/** The message does not contain the value, because it is personal data: a phone number or a message. */
function invalidParameterError(parameter: string): ServiceError {
  return new ServiceError('InvalidParameterException', `Invalid parameter: ${parameter}`);
}
