import { type RemovalPolicy, Resource, Token } from 'aws-cdk-lib';
import { CfnSenderId } from 'aws-cdk-lib/aws-smsvoice';
import type { Construct } from 'constructs';
import { type PropertyTypes, TYPES, validateProps } from '../private/validate-props';
import { importOriginationIdentity } from './origination/arn';
import { applyRemovalPolicy, validateCountryCode } from './origination/settings';
import type { IOriginationIdentity } from './origination-identity';

/**
 * Properties of {@link OriginationSenderId}.
 */
export interface OriginationSenderIdProps {
  /**
   * The name that users see as the sender.
   *
   * 1–11 upper-case letters, digits and hyphens, with at least one letter and no hyphen at either end.
   *
   * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-smsvoice-senderid.html
   */
  readonly senderId: string;

  /**
   * The country of the sender ID: two upper-case letters of ISO 3166-1, such as `GB`.
   *
   * The United States, Canada and China are not supported, because they have no sender IDs.
   *
   * @see https://docs.aws.amazon.com/sms-voice/latest/userguide/sender-id.html
   */
  readonly isoCountryCode: string;

  /**
   * Whether the sender ID is retained or released when it is removed from the stack or replaced.
   *
   * With `RemovalPolicy.RETAIN`, deletion protection is enabled too, so that AWS refuses to release the sender ID.
   * Deploy once with `RemovalPolicy.DESTROY` before you release it.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * A name that SMS messages are sent from in one country, instead of a phone number. Users cannot reply to it.
 *
 * CloudFormation can request only sender IDs that require no registration. Use `fromSenderIdArn` for a registered one.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-smsvoice-senderid.html
 *
 * @example
 * const origination = new OriginationSenderId(this, 'Sender', { senderId: 'EXAMPLE', isoCountryCode: 'GB' });
 * new SmsDelivery(this, 'Sms', { userPool, origination });
 */
export class OriginationSenderId extends Resource implements IOriginationIdentity {
  /**
   * Imports an existing sender ID, such as a registered one.
   *
   * @param senderIdArn such as `arn:aws:sms-voice:eu-west-1:111122223333:sender-id/NAME/GB`
   * @throws when it is not the ARN of a sender ID
   */
  public static fromSenderIdArn(scope: Construct, id: string, senderIdArn: string): IOriginationIdentity {
    return importOriginationIdentity(scope, id, 'sender ID', 'senderIdArn', senderIdArn);
  }

  public readonly originationIdentityArn: string;

  /** The ARN of the sender ID. */
  public readonly senderIdArn: string;

  public constructor(scope: Construct, id: string, props: OriginationSenderIdProps) {
    super(scope, id);
    validateProps(this, OriginationSenderId, props, PROPERTIES);
    validateCountryCode(props.isoCountryCode);
    validateCountryHasSenderIds(props.isoCountryCode);
    validateSenderId(props.senderId);
    const resource = new CfnSenderId(this, 'Resource', {
      senderId: props.senderId,
      isoCountryCode: props.isoCountryCode,
    });
    applyRemovalPolicy(resource, props.removalPolicy);

    this.senderIdArn = resource.attrArn;
    this.originationIdentityArn = this.senderIdArn;
  }
}

const PROPERTIES: PropertyTypes<OriginationSenderIdProps> = {
  required: {
    senderId: TYPES.text,
    isoCountryCode: TYPES.text,
  },
  optional: {
    removalPolicy: TYPES.removalPolicy,
  },
};

/** @see https://docs.aws.amazon.com/sms-voice/latest/userguide/sender-id.html */
function validateCountryHasSenderIds(isoCountryCode: string): void {
  if (['US', 'CA', 'CN'].includes(isoCountryCode)) {
    throw new Error(
      `isoCountryCode: got ${isoCountryCode}, expected another country, because the United States, Canada and China have no sender IDs: send there from an OriginationPhoneNumber`,
    );
  }
}

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-smsvoice-senderid.html */
function validateSenderId(senderId: string): void {
  if (Token.isUnresolved(senderId)) return;
  if (!/^(?=.*[A-Z])[A-Z0-9](?:[A-Z0-9-]{0,9}[A-Z0-9])?$/.test(senderId)) {
    throw new Error(
      `senderId: got ${JSON.stringify(senderId)}, expected 1–11 upper-case letters, digits and hyphens, at least one letter and no hyphen at either end, because CloudFormation cannot request others`,
    );
  }
}
