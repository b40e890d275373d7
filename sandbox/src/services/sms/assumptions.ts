/**
 * The behaviour of AWS's SMS services that AWS does not document and that the sandbox had to decide. How a user pool
 * reacts to their errors is in ../cognito/assumptions.ts.
 */

import type { SmsRefusalReason } from './sms-refusal';

/**
 * Assumption: every SMS message has this price, in USD. Why: AWS's prices depend on country and length, and the sandbox
 * only needs a spending that grows with each message.
 */
export const MESSAGE_PRICE_USD = 0.01;

/**
 * Assumption: an imported phone number is a toll-free number of the United States. Why: its ARN contains neither its
 * country nor its type.
 */
export const IMPORTED_PHONE_NUMBER = { isoCountryCode: 'US', numberType: 'TOLL_FREE' } as const;

/**
 * Assumption: Amazon SNS can read the default opt-out list. Why: AWS documents that the list has no resource policy for
 * Amazon SNS, but not that ListPhoneNumbersOptedOut fails without one.
 */
export const SNS_READS_OPT_OUTS: boolean = true;

/**
 * Assumption: Publish fails with this error and names the reason when AWS End User Messaging SMS would refuse the
 * message. Why: AWS documents that such a message is not sent, but not whether Publish fails or only the delivery.
 *
 * @see https://docs.aws.amazon.com/sns/latest/dg/sms_stats_cloudwatch.html
 */
export const SNS_REFUSED_MESSAGE_ERROR = { name: 'InvalidParameterException', status: 400 } as const;

/**
 * Assumption: Amazon SNS chooses, in this order of types, among the active numbers of the destination's country. Why:
 * AWS documents the order of the types, but not which numbers it considers.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-sms-settings.html
 */
export const SNS_NUMBER_TYPE_ORDER = ['SHORT_CODE', 'TEN_DLC', 'TOLL_FREE'] as const;

/**
 * Assumption: AWS End User Messaging SMS throws these exceptions for these reasons. Why: the SDK's model lists
 * exceptions and reasons, but not which belong together.
 */
export const EXCEPTION_BY_REASON: Readonly<Record<SmsRefusalReason, string>> = {
  DESTINATION_PHONE_NUMBER_NOT_VERIFIED: 'ConflictException',
  DESTINATION_PHONE_NUMBER_OPTED_OUT: 'ConflictException',
  INVALID_IDENTITY_FOR_DESTINATION_COUNTRY: 'ValidationException',
  MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT: 'ServiceQuotaExceededException',
  NO_ORIGINATION_IDENTITIES_FOUND: 'ConflictException',
  RESOURCE_NOT_ACTIVE: 'ConflictException',
  SENDER_ID_NOT_SUPPORTED: 'ValidationException',
};

/**
 * Assumption: a message beyond the message parts a second of its origination identity fails with these errors, and is
 * not sent later. Why: AWS documents that such messages are throttled, but not whether they are refused, delayed or
 * dropped. Both APIs list these errors.
 *
 * @see https://docs.aws.amazon.com/sms-voice/latest/userguide/sms-limitations-mps.html
 */
export const THROTTLED_MESSAGE_ERRORS = {
  endUserMessaging: { name: 'ThrottlingException', status: 400 },
  sns: { name: 'Throttled', status: 429 },
} as const;

/**
 * Assumption: a pool sends from its first member that can send to the destination, even if that one is at its limit.
 * Why: AWS documents that a pool chooses an identity, and another one when that fails, but not that it spreads messages
 * over its members.
 *
 * @see https://docs.aws.amazon.com/sms-voice/latest/userguide/phone-pool.html
 */
export function memberThatSends<Member>(usable: readonly Member[]): Member | undefined {
  return usable[0];
}

/**
 * Assumption: CloudWatch has no data point for this month's spending before the first message of the month. Why: AWS
 * does not document a value for a month without messages.
 */
export function hasSpendMetricValue(spent: number): boolean {
  return spent > 0;
}
