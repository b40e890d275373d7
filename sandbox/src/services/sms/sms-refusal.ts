/** Why a message is not sent, by the name that AWS End User Messaging SMS has for it. */
export type SmsRefusalReason =
  | 'DESTINATION_PHONE_NUMBER_NOT_VERIFIED'
  | 'DESTINATION_PHONE_NUMBER_OPTED_OUT'
  | 'INVALID_IDENTITY_FOR_DESTINATION_COUNTRY'
  | 'MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT'
  | 'NO_ORIGINATION_IDENTITIES_FOUND'
  | 'RESOURCE_NOT_ACTIVE'
  | 'SENDER_ID_NOT_SUPPORTED';

/** A message that is not sent; each API answers it in its own words. */
export class SmsRefusal extends Error {
  constructor(
    readonly reason: SmsRefusalReason,
    /** ARN of the identity that is the cause. */
    readonly identityArn?: string,
  ) {
    super(reason);
  }
}
