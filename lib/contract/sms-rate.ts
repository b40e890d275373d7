/**
 * How many message parts a second an origination identity sends. What is beyond that is throttled. It imports nothing,
 * so that functions and tools can use it.
 */

/** Where the rate of an origination identity is from. */
export type PartsPerSecondSource =
  /** AWS says it of this identity, in `MessagingLimits.RateLimits`. */
  | 'MESSAGING_LIMITS'
  /** {@link GENERAL_LIMITS} says it of identities of this type: an assumption, because AWS can have raised the limit. */
  | 'GENERAL_LIMITS'
  /**
   * The lowest rate of the members of a pool: an assumption, because AWS does not document how a pool spreads messages
   * over its members.
   */
  | 'LOWEST_OF_POOL';

/**
 * The general limits, in message parts a second, by the type of a phone number, or `SENDER_ID`, and then by country. The
 * country `*` is every other one. AWS gives no limit for simulator numbers, and none for short codes of other countries.
 *
 * @see https://docs.aws.amazon.com/sms-voice/latest/userguide/sms-limitations-mps.html
 */
export const GENERAL_LIMITS = {
  SHORT_CODE: { US: 100, CA: 100 },
  // By default, for each number.
  TEN_DLC: { US: 1 },
  // AWS lists the long codes of the United States as 10DLC numbers.
  LONG_CODE: { US: 1, CA: 1, '*': 10 },
  TOLL_FREE: { US: 3 },
  SENDER_ID: { '*': 10 },
} as const;

/** The general limit in message parts a second; undefined if AWS gives none. */
export function generalPartsPerSecond(type: string, isoCountryCode: string): number | undefined {
  const limits: Readonly<Record<string, Readonly<Record<string, number>>>> = GENERAL_LIMITS;
  if (!Object.hasOwn(limits, type)) return undefined;
  const byCountry = new Map(Object.entries(limits[type]));
  return byCountry.get(isoCountryCode) ?? byCountry.get('*');
}

/** The highest rate in messages a second that an identity sends, in steps of 0.1. */
export function fittingRate(partsPerSecond: number, partsOfMessage: number): number {
  return Math.floor((partsPerSecond / partsOfMessage) * 10) / 10;
}
