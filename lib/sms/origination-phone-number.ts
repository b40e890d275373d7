import { type RemovalPolicy, Resource, Token } from 'aws-cdk-lib';
import { CfnPhoneNumber } from 'aws-cdk-lib/aws-smsvoice';
import type { Construct } from 'constructs';
import { type PropertyTypes, TYPES, validateProps } from '../private/validate-props';
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
 * The types of phone numbers that CloudFormation can request. Short codes must be requested from AWS Support.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-smsvoice-phonenumber.html
 */
export enum OriginationNumberType {
  /**
   * An ordinary phone number. Not supported in the United States, where carriers require 10DLC instead. Many countries
   * require a registration first.
   *
   * @see https://docs.aws.amazon.com/sms-voice/latest/userguide/phone-numbers-request-long-code.html
   */
  LONG_CODE = 'LONG_CODE',

  /**
   * A toll-free number of the United States or Canada. A number of the United States also reaches Puerto Rico. A
   * toll-free number is pending until it is registered.
   *
   * @see https://docs.aws.amazon.com/sms-voice/latest/userguide/registrations-tfn.html
   */
  TOLL_FREE = 'TOLL_FREE',

  /**
   * A ten-digit long code in the United States, for a registered company and campaign.
   *
   * @see https://docs.aws.amazon.com/sms-voice/latest/userguide/registrations-10dlc.html
   */
  TEN_DLC = 'TEN_DLC',

  /**
   * A phone number for tests. It reaches only the simulator numbers of AWS in the same country.
   *
   * @see https://docs.aws.amazon.com/sms-voice/latest/userguide/test-phone-numbers.html
   */
  SIMULATOR = 'SIMULATOR',
}

/**
 * Properties of {@link OriginationPhoneNumber}.
 */
export interface OriginationPhoneNumberProps {
  /** The country of the phone number, which it can send to: two upper-case letters of ISO 3166-1, such as `US`. */
  readonly isoCountryCode: string;

  /** The type of the number. */
  readonly numberType: OriginationNumberType;

  /**
   * The response to HELP, which tells users how to reach your support.
   *
   * 1–1,600 characters, not only white space.
   *
   * @see https://docs.aws.amazon.com/sms-voice/latest/userguide/keywords.html
   */
  readonly helpMessage: string;

  /**
   * The response to STOP, which tells users that they get no further messages.
   *
   * 1–1,600 characters, not only white space.
   *
   * @see https://docs.aws.amazon.com/sms-voice/latest/userguide/keywords.html
   */
  readonly stopMessage: string;

  /**
   * Additional keywords.
   *
   * Keywords are case-insensitive, and each can be used only once.
   *
   * @default - only HELP and STOP
   */
  readonly keywords?: OriginationKeyword[];

  /**
   * The opt-out list, by its name, or by its ARN if another account shares it. A phone number that sends STOP is added
   * to the list, and phone numbers on the list get no messages.
   *
   * 1–256 letters, digits, and `_`, `:`, `/` and `-`.
   *
   * @default - the default list of the account and Region
   * @see https://docs.aws.amazon.com/sms-voice/latest/userguide/opt-out-list.html
   */
  readonly optOutListName?: string;

  /**
   * Whether the phone number is retained or released when it is removed from the stack or replaced.
   *
   * With `RemovalPolicy.RETAIN`, deletion protection is enabled too, so that AWS refuses to release the phone number.
   * Deploy once with `RemovalPolicy.DESTROY` before you release it.
   *
   * @default RemovalPolicy.RETAIN
   * @see https://docs.aws.amazon.com/sms-voice/latest/userguide/phone-numbers-delete.html
   */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * A phone number that SMS messages are sent from.
 *
 * The phone number costs money from its deployment on. It cannot be recovered after it is released, so it is retained
 * by default. A different country or type replaces the phone number by a new one. CloudFormation does not register
 * phone numbers: one that requires a registration is pending, and sends nothing, until you register it. Use
 * `fromPhoneNumberArn` for an existing phone number.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-smsvoice-phonenumber.html
 *
 * @example
 * const origination = new OriginationPhoneNumber(this, 'Number', {
 *   isoCountryCode: 'US',
 *   numberType: OriginationNumberType.TOLL_FREE,
 *   helpMessage: 'Write to help@example.com',
 *   stopMessage: 'You get no more messages',
 * });
 * new SmsDelivery(this, 'Sms', { userPool, origination });
 */
export class OriginationPhoneNumber extends Resource implements IOriginationIdentity {
  /**
   * Imports an existing phone number.
   *
   * @param phoneNumberArn such as `arn:aws:sms-voice:us-east-1:111122223333:phone-number/phone-…`; the phone number
   * itself is not supported
   * @throws when it is not the ARN of a phone number
   */
  public static fromPhoneNumberArn(scope: Construct, id: string, phoneNumberArn: string): IOriginationIdentity {
    return importOriginationIdentity(scope, id, 'phone number', 'phoneNumberArn', phoneNumberArn);
  }

  public readonly originationIdentityArn: string;

  /** The ARN of the phone number. */
  public readonly phoneNumberArn: string;

  /** The phone number in E.164 format, such as `+12065550100`. */
  public readonly phoneNumber: string;

  /** The id of the phone number, such as `phone-…`. */
  public readonly phoneNumberId: string;

  /** @internal */
  public readonly _optOutListName: string;

  /** @internal */
  public readonly _settings: OriginationSettings;

  public constructor(scope: Construct, id: string, props: OriginationPhoneNumberProps) {
    super(scope, id);
    validateProps(this, OriginationPhoneNumber, props, PROPERTIES);
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

const PROPERTIES: PropertyTypes<OriginationPhoneNumberProps> = {
  required: {
    isoCountryCode: TYPES.text,
    numberType: TYPES.text,
    helpMessage: TYPES.text,
    stopMessage: TYPES.text,
  },
  optional: {
    keywords: TYPES.keywords,
    optOutListName: TYPES.text,
    removalPolicy: TYPES.removalPolicy,
  },
};

function validateNumberType(numberType: OriginationNumberType, isoCountryCode: string): void {
  if (Token.isUnresolved(numberType)) return;
  if (!Object.values(OriginationNumberType).includes(numberType)) {
    throw new Error(
      `numberType: got ${numberType}, expected one of ${Object.values(OriginationNumberType).join(', ')}, because CloudFormation cannot request any other, short codes included: request a short code from AWS Support, then use OriginationPhoneNumber.fromPhoneNumberArn(this, 'Number', 'arn:aws:sms-voice:…')`,
    );
  }
  if (Token.isUnresolved(isoCountryCode)) return;
  const got = `numberType: got ${numberType} in ${isoCountryCode}, expected`;
  // https://docs.aws.amazon.com/end-user-messaging/latest/userguide/nx-sms-get-set-up-identities.html
  if (numberType === OriginationNumberType.TOLL_FREE && !['US', 'CA', 'PR'].includes(isoCountryCode)) {
    throw new Error(
      `${got} another type, because toll-free numbers send SMS in the United States, Canada and Puerto Rico only: use OriginationNumberType.LONG_CODE, or an OriginationSenderId`,
    );
  }
  // https://aws.amazon.com/blogs/messaging-and-targeting/10dlc-registration-best-practices-to-send-sms-with-amazon-pinpoint/
  if (numberType === OriginationNumberType.TEN_DLC && isoCountryCode !== 'US') {
    throw new Error(
      `${got} another type, because 10DLC numbers exist in the United States only: use OriginationNumberType.LONG_CODE, or an OriginationSenderId`,
    );
  }
  // https://docs.aws.amazon.com/sms-voice/latest/userguide/phone-numbers-request-long-code.html
  if (numberType === OriginationNumberType.LONG_CODE && isoCountryCode === 'US') {
    throw new Error(
      `${got} another type, because applications may not send from ordinary long codes in the United States: use OriginationNumberType.TEN_DLC or OriginationNumberType.TOLL_FREE`,
    );
  }
}
