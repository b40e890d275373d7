import { type Json, type Service, ServiceError } from '../../model';
import type { OriginationIdentity, SmsAccount } from './account';
import { SNS_ORDER, SNS_REFUSAL } from './assumptions';
import { mayReach } from './countries';
import { page } from './pages';
import { SmsRefusal } from './refusals';

/** The most numbers that ListOriginationNumbers answers at once. */
const MAX_NUMBERS = 30;

const OFFERED = [
  'GetSMSAttributes',
  'GetSMSSandboxAccountStatus',
  'ListOriginationNumbers',
  'ListPhoneNumbersOptedOut',
  'Publish',
];

/**
 * Amazon SNS, as far as SMS go: it chooses what a message leaves from by itself.
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

  /** A topic has an ARN; a phone number and an account have none. */
  resource(operation: string, input: Json): string {
    if (!OFFERED.includes(operation)) throw new ServiceError('InvalidAction', 'the sandbox does not offer this action');
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
        const { items, next } = page([...this.#account.optedOut], { NextToken: input.nextToken });
        return { phoneNumbers: items, ...(next.NextToken && { nextToken: next.NextToken }) };
      }
    }
  }

  #publish({ PhoneNumber: to, Message: body }: Json, region: string | undefined): Json {
    if (typeof to !== 'string' || !/^\+?[1-9]\d{1,18}$/.test(to)) throw invalid('PhoneNumber');
    if (typeof body !== 'string' || body === '') throw invalid('Message');
    const identityArn = this.#choose(to, region);
    try {
      this.#account.check(identityArn, to);
    } catch (error) {
      if (!(error instanceof SmsRefusal)) throw error;
      const { name, status } = SNS_REFUSAL;
      throw new ServiceError(name, `Invalid parameter: PhoneNumber Reason: ${error.reason}`, { status });
    }
    return { MessageId: this.#account.send({ identityArn, to, body }) };
  }

  /** @see https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-sms-settings.html */
  #choose(to: string, region: string | undefined): string | undefined {
    const usable = this.#account
      .identitiesIn(region, 'PHONE_NUMBER')
      .filter(([, identity]) => identity.status === 'ACTIVE' && mayReach(identity, to));
    const ofType = (type: string) => usable.find(([, { numberType }]) => numberType === type)?.[0];
    return SNS_ORDER.map(ofType).find((arn) => arn !== undefined);
  }

  #attributes(wanted: unknown): Map<string, string> {
    const all = new Map([
      ['MonthlySpendLimit', String(this.#account.spendLimit)],
      ['DefaultSMSType', 'Transactional'],
    ]);
    return Array.isArray(wanted) && wanted.length > 0
      ? new Map([...all].filter(([name]) => wanted.includes(name)))
      : all;
  }

  #originationNumbers(input: Json, region: string | undefined): Json {
    const numbers = this.#account.identitiesIn(region, 'PHONE_NUMBER').map(([, identity]) => describe(identity));
    const { items, next } = page(numbers, input, MAX_NUMBERS);
    return { PhoneNumbers: items, ...next };
  }
}

function describe({ phoneNumber, status, isoCountryCode }: OriginationIdentity): Json {
  return {
    PhoneNumber: phoneNumber,
    Status: status,
    Iso2CountryCode: isoCountryCode,
    RouteType: 'Transactional',
    NumberCapabilities: ['SMS'],
  };
}

/** The value is not repeated: it is somebody's number or message. */
function invalid(parameter: string): ServiceError {
  return new ServiceError('InvalidParameterException', `Invalid parameter: ${parameter}`);
}
