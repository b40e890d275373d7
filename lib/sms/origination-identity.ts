import type { IResource } from 'aws-cdk-lib';

/**
 * What SMS leave from: an `OriginationPhoneNumber`, an `OriginationSenderId` or an `OriginationPool` of them.
 *
 * @see https://docs.aws.amazon.com/sms-voice/latest/userguide/phone-number-types.html
 */
export interface IOriginationIdentity extends IResource {
  /** The ARN of the phone number, of the sender ID or of the pool. */
  readonly originationIdentityArn: string;
}

/**
 * What a keyword does besides its message.
 *
 * @see https://docs.aws.amazon.com/sms-voice/latest/userguide/keywords.html
 */
export enum OriginationKeywordAction {
  /** Nothing: the message is sent back, and that is all. */
  AUTOMATIC_RESPONSE = 'AUTOMATIC_RESPONSE',

  /** Whoever sent it gets no further messages. */
  OPT_OUT = 'OPT_OUT',

  /** Whoever sent it gets messages again. */
  OPT_IN = 'OPT_IN',
}

/**
 * A word that people can send to a number, and what is sent back.
 *
 * @see https://docs.aws.amazon.com/sms-voice/latest/userguide/keywords.html
 */
export interface OriginationKeyword {
  /**
   * The word: 1–30 characters, no space at either end, upper and lower case alike, without `HELP` or `STOP` in it.
   *
   * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-smsvoice-phonenumber-optionalkeyword.html
   */
  readonly keyword: string;

  /** What is sent back: 1–1,600 characters, not only white space. */
  readonly message: string;

  /**
   * What else happens.
   *
   * @default OriginationKeywordAction.AUTOMATIC_RESPONSE
   */
  readonly action?: OriginationKeywordAction;
}
