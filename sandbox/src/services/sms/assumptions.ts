/**
 * What AWS does not document about sending SMS and the sandbox had to decide. What a user pool makes of it is in
 * ../cognito/assumptions.ts.
 */

import type { SmsRefusalReason } from './sms-refusal';

/** Assumption: what every message costs, in USD, whatever its country and length. */
export const MESSAGE_PRICE_USD = 0.01;

/**
 * Assumption: an imported phone number, of which only the ARN is known, is a toll-free number of the United States.
 */
export const IMPORTED_PHONE_NUMBER = { isoCountryCode: 'US', numberType: 'TOLL_FREE' } as const;

/**
 * Assumption: Amazon SNS answers what AWS End User Messaging SMS refuses with InvalidParameter, and says why. AWS
 * documents that such messages are not sent, and not whether Publish fails or only the delivery does.
 *
 * @see https://docs.aws.amazon.com/sns/latest/dg/sms_stats_cloudwatch.html
 */
export const SNS_REFUSED_MESSAGE_ERROR = { name: 'InvalidParameterException', status: 400 } as const;

/**
 * The order in which Amazon SNS takes what it sends from. Assumption: it chooses among numbers that are active and of the
 * destination's country.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-sms-settings.html
 */
export const SNS_NUMBER_TYPE_ORDER = ['SHORT_CODE', 'TEN_DLC', 'TOLL_FREE'] as const;

/** Assumption: which exception of AWS End User Messaging SMS carries which reason; the SDK's model has the names. */
export const EXCEPTION_BY_REASON: Readonly<Record<SmsRefusalReason, string>> = {
  DESTINATION_PHONE_NUMBER_NOT_VERIFIED: 'ConflictException',
  DESTINATION_PHONE_NUMBER_OPTED_OUT: 'ConflictException',
  INVALID_IDENTITY_FOR_DESTINATION_COUNTRY: 'ValidationException',
  MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT: 'ServiceQuotaExceededException',
  NO_ORIGINATION_IDENTITIES_FOUND: 'ConflictException',
  RESOURCE_NOT_ACTIVE: 'ConflictException',
  SENDER_ID_NOT_SUPPORTED: 'ValidationException',
};

/** Assumption: CloudWatch has no value of this month's spending before the first message of the month. */
export function hasSpendMetricValue(spent: number): boolean {
  return spent > 0;
}
