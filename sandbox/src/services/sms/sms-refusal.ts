/** The reasons of AWS End User Messaging SMS for not sending a message. */
export type SmsRefusalReason =
  | 'DESTINATION_PHONE_NUMBER_NOT_VERIFIED'
  | 'DESTINATION_PHONE_NUMBER_OPTED_OUT'
  | 'INVALID_IDENTITY_FOR_DESTINATION_COUNTRY'
  | 'MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT'
  | 'NO_ORIGINATION_IDENTITIES_FOUND'
  | 'RESOURCE_NOT_ACTIVE'
  | 'SENDER_ID_NOT_SUPPORTED';

/** Thrown for a message beyond the limit of its origination identity. Each service converts it to its own error. */
export class SmsThrottling extends Error {}

/** Thrown for a message that is not sent. Each service converts it to its own error. */
export class SmsRefusal extends Error {
  constructor(
    readonly reason: SmsRefusalReason,
    /** The ARN of the identity that is the cause, if an identity is. */
    readonly identityArn?: string,
  ) {
    super(reason);
  }
}
