import type { MessagingLimits } from '@aws-sdk/client-pinpoint-sms-voice-v2';
import { generalPartsPerSecond, type PartsPerSecondSource } from '../../lib/contract/sms-rate';
import { type CheckResult, parseAmount } from './aws-call';

/** How many message parts a second an origination identity sends, and where that is from; empty if it is not known. */
export type SendRate = Partial<{
  readonly partsPerSecond: number;
  readonly partsPerSecondFrom: PartsPerSecondSource;
}>;

/** What is known of an identity that is not a pool. */
interface Described {
  readonly limits: MessagingLimits | undefined;
  /** The type of a number, or `SENDER_ID`. */
  readonly type: string | undefined;
  readonly isoCountryCode: string | undefined;
}

/**
 * The rate of a number or sender ID. `RateLimits` are in message parts a second, as the user
 * guide says; the API reference says messages.
 *
 * @see https://docs.aws.amazon.com/sms-voice/latest/userguide/sms-limitations-mps-view.html
 * @see https://docs.aws.amazon.com/pinpoint/latest/apireference_smsvoicev2/API_MessagingLimits.html
 */
export function sendRateOf({ limits, type, isoCountryCode }: Described): SendRate {
  const told = parseAmount(limits?.RateLimits?.SMS);
  if (told !== undefined && told > 0) return { partsPerSecond: told, partsPerSecondFrom: 'MESSAGING_LIMITS' };
  const general = generalPartsPerSecond(`${type}`, `${isoCountryCode}`);
  return general === undefined ? {} : { partsPerSecond: general, partsPerSecondFrom: 'GENERAL_LIMITS' };
}

/** The rate of a pool; empty unless the rates of all members that can send are known. */
export function sendRateOfPool(members: readonly CheckResult[]): SendRate {
  // Members that could not be described have no values, whatever their status: they may send, and at any rate.
  if (members.some(({ values }) => values === undefined)) return {};
  const sending = members.filter(({ status }) => status !== 'FAILED');
  const rates = sending.flatMap(({ values }) => parseAmount(values?.partsPerSecond) ?? []);
  if (rates.length === 0 || rates.length < sending.length) return {};
  if (members.length === 1) {
    return {
      partsPerSecond: rates[0],
      partsPerSecondFrom: sending[0].values?.partsPerSecondFrom as PartsPerSecondSource,
    };
  }
  return { partsPerSecond: Math.min(...rates), partsPerSecondFrom: 'LOWEST_OF_POOL' };
}

/** A sentence on the rate, after a space; empty if it is not known. */
export function describeSendRate({ partsPerSecond, partsPerSecondFrom }: SendRate): string {
  return partsPerSecondFrom === undefined
    ? ''
    : ` Message parts a second: ${partsPerSecond}${ORIGINS[partsPerSecondFrom]}.`;
}

const ORIGINS: Readonly<Record<PartsPerSecondSource, string>> = {
  MESSAGING_LIMITS: '',
  GENERAL_LIMITS: ', the general limit of its type',
  LOWEST_OF_POOL: ', the lowest limit of its members',
};
