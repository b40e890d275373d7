import { Stack, Token } from 'aws-cdk-lib';
import type { IUserPoolRef } from 'aws-cdk-lib/aws-cognito';
import { type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { type PropertyTypes, TYPES, validateProps } from '../private/validate-props';
import { createCallerRole } from './caller-role';
import type { IOriginationIdentity } from './origination-identity';
import { validateDirectPath } from './regions';
import type { ISmsDelivery } from './sms-delivery-path';
import { configureSms, ownedUserPoolInStackOf } from './user-pool-sms';

/**
 * Properties of {@link SmsDelivery}.
 */
export interface SmsDeliveryProps {
  /**
   * The user pool that sends the SMS messages.
   *
   * It must be created in this stack, as an L2 or L1 construct. An L2 construct with phone numbers creates a role for
   * Amazon SNS: that role is removed.
   */
  readonly userPool: IUserPoolRef;

  /**
   * The identity that SMS messages are sent from: a phone number, a sender ID or a pool of them, in the Region of the
   * user pool.
   *
   * It must be active: a phone number that waits for its registration sends nothing.
   */
  readonly origination: IOriginationIdentity;

  /**
   * The name of a configuration set of AWS End User Messaging SMS, for delivery events and for a protect configuration.
   *
   * @default - none
   * @see https://docs.aws.amazon.com/sms-voice/latest/userguide/configuration-sets.html
   */
  readonly configurationSetName?: string;

  /**
   * The principal entity ID that India requires of senders.
   *
   * @default - none, as in other countries
   * @see https://docs.aws.amazon.com/sms-voice/latest/userguide/registrations-sms-senderid-india.html
   */
  readonly inEntityId?: string;

  /**
   * The ID under which the template of the message is registered in India.
   *
   * @default - none, as in other countries
   * @see https://docs.aws.amazon.com/sms-voice/latest/userguide/registrations-sms-senderid-india.html
   */
  readonly inTemplateId?: string;

  /**
   * Whether to replace the SMS role that you set on the user pool.
   *
   * If `false`, such a role is an error. If `true`, the user pool no longer uses the role, but the role is not deleted:
   * remove it where you created it.
   *
   * @default false
   */
  readonly replaceExisting?: boolean;
}

/**
 * Makes a user pool send SMS messages through AWS End User Messaging SMS, from a phone number, sender ID or pool that
 * you choose.
 *
 * Cognito assumes a role that may only send from that identity. Cognito can assume the role only for user pools of this
 * account and Region that know its external ID. The role is deleted or retained together with the user pool.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-sms-settings.html
 *
 * @example
 * const origination = OriginationPhoneNumber.fromPhoneNumberArn(
 *   this,
 *   'Number',
 *   'arn:aws:sms-voice:us-east-1:111122223333:phone-number/phone-0123456789abcdef0123456789abcdef',
 * );
 * new SmsDelivery(this, 'Sms', { userPool, origination });
 */
export class SmsDelivery extends Construct implements ISmsDelivery {
  /** The user pool that sends the SMS messages. */
  public readonly userPool: IUserPoolRef;

  /** The identity that SMS messages are sent from. */
  public readonly origination?: IOriginationIdentity;

  /** The Region that SMS messages are sent from, which is that of the user pool. */
  public readonly smsRegion: string;

  /** The role that Cognito assumes to send SMS messages. */
  public readonly role: IRole;

  public constructor(scope: Construct, id: string, props: SmsDeliveryProps) {
    super(scope, id);
    validateProps(this, SmsDelivery, props, PROPERTIES);
    const userPool = ownedUserPoolInStackOf(this, props.userPool);
    const { region } = Stack.of(this);
    validateDirectPath(region);
    const { originationIdentityArn } = props.origination;
    validateOriginationArn(originationIdentityArn);
    validateOriginationRegion(props.origination.env.region, region);

    this.userPool = props.userPool;
    this.origination = props.origination;
    this.smsRegion = region;
    const { role, externalId } = createCallerRole(this, userPool, 'SendTextMessage', [
      // The user pool must use the same form of the identity: AWS compares it with this resource.
      new PolicyStatement({ actions: ['sms-voice:SendTextMessage'], resources: [originationIdentityArn] }),
    ]);
    this.role = role;
    configureSms(this, userPool, props.replaceExisting, {
      eumsSms: {
        callerArn: role.roleArn,
        externalId,
        originationIdentity: originationIdentityArn,
        configurationSetName: props.configurationSetName,
        inEntityId: props.inEntityId,
        inTemplateId: props.inTemplateId,
      },
    });
  }
}

const PROPERTIES: PropertyTypes<SmsDeliveryProps> = {
  required: {
    userPool: TYPES.ownUserPool,
    origination: TYPES.origination,
  },
  optional: {
    configurationSetName: TYPES.text,
    inEntityId: TYPES.text,
    inTemplateId: TYPES.text,
    replaceExisting: TYPES.boolean,
  },
};

/** A token passes. */
function validateOriginationArn(arn: string): void {
  if (!Token.isUnresolved(arn) && !arn.startsWith('arn:')) {
    throw new Error(
      `origination: got ${JSON.stringify(arn)}, expected an ARN, because AWS compares the identity that Cognito sends from with the one in the policy of the role, and both must be written the same way: use OriginationPhoneNumber.fromPhoneNumberArn(this, 'Number', 'arn:aws:sms-voice:us-east-1:111122223333:phone-number/phone-…')`,
    );
  }
}

function validateOriginationRegion(other: string, region: string): void {
  if (other !== region && !Token.isUnresolved(other) && !Token.isUnresolved(region)) {
    throw new Error(
      `origination: got an identity in ${other}, expected one in ${region}, because a user pool sends from its own Region only: request one there`,
    );
  }
}
