import { type RemovalPolicy, Resource, Token } from 'aws-cdk-lib';
import { CfnPhoneNumber } from 'aws-cdk-lib/aws-smsvoice';
import type { Construct } from 'constructs';
import { importOriginationIdentity } from './origination/arn';
import {
  applyRemovalPolicy,
  DEFAULT_OPT_OUT_LIST_NAME,
  type OriginationSettings,
  renderOriginationSettings,
  validateCountryCode,
} from './origination/settings';
import type { IOriginationIdentity, OriginationKeyword } from './origination-identity';

/**
 * The types of phone numbers that CloudFormation can request. A short code has to be asked for at AWS Support.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-smsvoice-phonenumber.html
 */
export enum OriginationNumberType {
  /**
   * An ordinary number. Not in the United States, where carriers take 10DLC instead. Many countries want a registration
   * first.
   *
   * @see https://docs.aws.amazon.com/sms-voice/latest/userguide/phone-numbers-request-long-code.html
   */
  LONG_CODE = 'LONG_CODE',

  /**
   * A toll-free number, of the United States or Canada. One of the United States reaches Puerto Rico too. It stays
   * pending until it is registered.
   *
   * @see https://docs.aws.amazon.com/sms-voice/latest/userguide/registrations-tfn.html
   */
  TOLL_FREE = 'TOLL_FREE',

  /**
   * A ten-digit long code of the United States, for a registered company and campaign.
   *
   * @see https://docs.aws.amazon.com/sms-voice/latest/userguide/registrations-10dlc.html
   */
  TEN_DLC = 'TEN_DLC',

  /**
   * A number for tests. It reaches the simulator numbers of AWS in the same country and nobody else.
   *
   * @see https://docs.aws.amazon.com/sms-voice/latest/userguide/test-phone-numbers.html
   */
  SIMULATOR = 'SIMULATOR',
}

/**
 * Properties of {@link OriginationPhoneNumber}.
 */
export interface OriginationPhoneNumberProps {
  /** The country of the number: two upper-case letters of ISO 3166-1, such as `US`. It reaches that country. */
  readonly isoCountryCode: string;

  /** The type of the number. */
  readonly numberType: OriginationNumberType;

  /**
   * What is sent back to whoever sends HELP: how to reach your support. 1–1,600 characters.
   *
   * @see https://docs.aws.amazon.com/sms-voice/latest/userguide/keywords.html
   */
  readonly helpMessage: string;

  /**
   * What is sent back to whoever sends STOP: that no further messages follow. 1–1,600 characters.
   *
   * @see https://docs.aws.amazon.com/sms-voice/latest/userguide/keywords.html
   */
  readonly stopMessage: string;

  /**
   * Further keywords.
   *
   * @default - HELP and STOP only
   */
  readonly keywords?: OriginationKeyword[];

  /**
   * The opt-out list, by its name, or by its ARN if another account shares it: who sends STOP gets on it, and who is on it
   * gets no message.
   *
   * @default - the default list of the account and Region
   * @see https://docs.aws.amazon.com/sms-voice/latest/userguide/opt-out-list.html
   */
  readonly optOutListName?: string;

  /**
   * What becomes of the number when it leaves the stack or is replaced. While it is retained, AWS also refuses to
   * release it: before you release it, deploy once with `RemovalPolicy.DESTROY`.
   *
   * @default RemovalPolicy.RETAIN
   * @see https://docs.aws.amazon.com/sms-voice/latest/userguide/phone-numbers-delete.html
   */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * A phone number that SMS leave from.
 *
 * It costs money from the deployment on, and once released it cannot be had again: so it is kept by default.
 * Another country or another type is another number. CloudFormation registers no number: until that is done,
 * one that needs it is pending and sends nothing. To use a number that exists, `fromPhoneNumberArn`.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-smsvoice-phonenumber.html
 */
export class OriginationPhoneNumber extends Resource implements IOriginationIdentity {
  /**
   * A phone number that exists, requested in whatever way.
   *
   * @param phoneNumberArn such as `arn:aws:sms-voice:us-east-1:111122223333:phone-number/phone-…`; not the number itself
   */
  public static fromPhoneNumberArn(scope: Construct, id: string, phoneNumberArn: string): IOriginationIdentity {
    return importOriginationIdentity(scope, id, 'phone number', 'phoneNumberArn', phoneNumberArn);
  }

  public readonly originationIdentityArn: string;

  /** The ARN of the phone number. */
  public readonly phoneNumberArn: string;

  /** The number itself, such as `+12065550100`. */
  public readonly phoneNumber: string;

  /** The id of the phone number, such as `phone-…`. */
  public readonly phoneNumberId: string;

  /** @internal */
  public readonly _optOutListName: string;

  /** @internal */
  public readonly _settings: OriginationSettings;

  public constructor(scope: Construct, id: string, props: OriginationPhoneNumberProps) {
    super(scope, id);
    validateCountryCode(props.isoCountryCode);
    validateNumberType(props.numberType, props.isoCountryCode);
    const resource = new CfnPhoneNumber(this, 'Resource', {
      isoCountryCode: props.isoCountryCode,
      numberType: props.numberType,
      numberCapabilities: ['SMS'],
      ...renderOriginationSettings(props),
    });
    applyRemovalPolicy(resource, props.removalPolicy);

    this._optOutListName = props.optOutListName ?? DEFAULT_OPT_OUT_LIST_NAME;
    this._settings = props;
    this.phoneNumberArn = resource.attrArn;
    this.originationIdentityArn = this.phoneNumberArn;
    this.phoneNumber = resource.attrPhoneNumber;
    this.phoneNumberId = resource.attrPhoneNumberId;
  }
}

function validateNumberType(numberType: OriginationNumberType, isoCountryCode: string): void {
  if (Token.isUnresolved(numberType)) return;
  if (!Object.values(OriginationNumberType).includes(numberType)) {
    throw new Error(
      `numberType: got ${numberType}, expected one of ${Object.values(OriginationNumberType).join(', ')}, because CloudFormation cannot request any other, short codes included: ask AWS Support for a short code, then OriginationPhoneNumber.fromPhoneNumberArn(this, 'Number', 'arn:aws:sms-voice:…')`,
    );
  }
  if (Token.isUnresolved(isoCountryCode)) return;
  const got = `numberType: got ${numberType} in ${isoCountryCode}, expected`;
  // https://docs.aws.amazon.com/end-user-messaging/latest/userguide/nx-sms-get-set-up-identities.html
  if (numberType === OriginationNumberType.TOLL_FREE && !['US', 'CA', 'PR'].includes(isoCountryCode)) {
    throw new Error(
      `${got} another type, because toll-free numbers send SMS in the United States, Canada and Puerto Rico only: OriginationNumberType.LONG_CODE, or an OriginationSenderId`,
    );
  }
  // https://aws.amazon.com/blogs/messaging-and-targeting/10dlc-registration-best-practices-to-send-sms-with-amazon-pinpoint/
  if (numberType === OriginationNumberType.TEN_DLC && isoCountryCode !== 'US') {
    throw new Error(
      `${got} another type, because 10DLC numbers are of the United States only: OriginationNumberType.LONG_CODE, or an OriginationSenderId`,
    );
  }
  // https://docs.aws.amazon.com/sms-voice/latest/userguide/phone-numbers-request-long-code.html
  if (numberType === OriginationNumberType.LONG_CODE && isoCountryCode === 'US') {
    throw new Error(
      `${got} another type, because applications may not send from ordinary long codes in the United States: OriginationNumberType.TEN_DLC or OriginationNumberType.TOLL_FREE`,
    );
  }
}
