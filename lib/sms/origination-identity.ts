import type { IResource } from 'aws-cdk-lib';

/**
 * The identity that SMS messages are sent from: an `OriginationPhoneNumber`, an `OriginationSenderId` or an
 * `OriginationPool` of them.
 *
 * @see https://docs.aws.amazon.com/sms-voice/latest/userguide/phone-number-types.html
 */
export interface IOriginationIdentity extends IResource {
  /** The ARN of the phone number, sender ID or pool. */
  readonly originationIdentityArn: string;
}

/**
 * The action of a keyword, besides the response.
 *
 * @see https://docs.aws.amazon.com/sms-voice/latest/userguide/keywords.html
 */
export enum OriginationKeywordAction {
  /** Only the response is sent. */
  AUTOMATIC_RESPONSE = 'AUTOMATIC_RESPONSE',

  /** The response is sent, and the phone number that sent the keyword is added to the opt-out list. */
  OPT_OUT = 'OPT_OUT',

  /** The response is sent, and the phone number that sent the keyword is removed from the opt-out list. */
  OPT_IN = 'OPT_IN',
}

/**
 * A word that users can send to a phone number, and the response to it.
 *
 * @see https://docs.aws.amazon.com/sms-voice/latest/userguide/keywords.html
 */
export interface OriginationKeyword {
  /**
   * The keyword, which is case-insensitive.
   *
   * 1–30 characters, without a space at either end and without `HELP` or `STOP` in it.
   *
   * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-smsvoice-phonenumber-optionalkeyword.html
   */
  readonly keyword: string;

  /** The response: 1–1,600 characters, not only white space. */
  readonly message: string;

  /**
   * What happens besides the response.
   *
   * @default OriginationKeywordAction.AUTOMATIC_RESPONSE
   */
  readonly action?: OriginationKeywordAction;
}
