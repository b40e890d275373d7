import { Stack } from 'aws-cdk-lib';
import type { IUserPoolRef } from 'aws-cdk-lib/aws-cognito';
import { Effect, type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { acknowledgeRules } from '../private/acknowledge-rules';
import { type PropertyTypes, TYPES, validateProps } from '../private/validate-props';
import { createCallerRole } from './caller-role';
import type { IOriginationIdentity } from './origination-identity';
import { snsRegionFor } from './regions';
import type { ISmsDelivery } from './sms-delivery-path';
import { configureSms, ownedUserPoolInStackOf } from './user-pool-sms';

/**
 * Properties of {@link SnsSmsDelivery}.
 */
export interface SnsSmsDeliveryProps {
  /**
   * The user pool that sends the SMS messages.
   *
   * It must be created in this stack, as an L2 or L1 construct. An L2 construct with phone numbers creates a role for
   * Amazon SNS: that role is removed.
   */
  readonly userPool: IUserPoolRef;

  /**
   * The Region that SMS messages are sent from.
   *
   * The Region of the user pool, or the one other Region that AWS allows for it: `us-east-1` for `us-east-2` and
   * `ca-central-1`, `eu-west-1` for `eu-central-1` and `eu-west-2`, `ap-southeast-1` for `ap-south-1`. User pools in
   * `ap-northeast-2`, `ap-east-1`, `ap-southeast-5` and `ap-southeast-7` must use the Region that AWS prescribes.
   *
   * @default - the Region of the user pool, or the one that AWS prescribes for it; the latter only if the Region of the
   * stack is known at synth
   * @see https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-sms-settings.html
   */
  readonly region?: string;

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
 * Makes a user pool send SMS messages through Amazon SNS, which selects the number itself: a short code, else a 10DLC
 * number, else a toll-free number. Use it in Regions where `SmsDelivery` is not available, and prefer `SmsDelivery`
 * elsewhere.
 *
 * Cognito assumes a role that may send to phone numbers but not to topics. Cognito can assume the role only for user
 * pools of this account and Region that know its external ID. The role is deleted or retained together with the user
 * pool.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-sms-settings.html
 *
 * @example
 * new SnsSmsDelivery(this, 'Sms', { userPool });
 */
export class SnsSmsDelivery extends Construct implements ISmsDelivery {
  /** The user pool that sends the SMS messages. */
  public readonly userPool: IUserPoolRef;

  /** Always undefined, because Amazon SNS selects the number. */
  public readonly origination?: IOriginationIdentity;

  /** The Region that SMS messages are sent from. */
  public readonly smsRegion: string;

  /** The role that Cognito assumes to send SMS messages. */
  public readonly role: IRole;

  public constructor(scope: Construct, id: string, props: SnsSmsDeliveryProps) {
    super(scope, id);
    validateProps(this, SnsSmsDelivery, props, PROPERTIES);
    const userPool = ownedUserPoolInStackOf(this, props.userPool);
    const stack = Stack.of(this);
    this.userPool = props.userPool;
    this.smsRegion = snsRegionFor(stack.region, props.region);
    const { role, externalId } = createCallerRole(this, userPool, 'Publish', [
      // A phone number has no ARN that the policy could name. Cognito checks the role when the user pool is created, and
      // AWS does not document how. This is the statement that AWS documents for the role, so it is likelier to pass than
      // an Allow with NotResource. The Deny also holds if another policy is attached to the role.
      new PolicyStatement({ actions: ['sns:Publish'], resources: ['*'] }),
      // Topics and the endpoints of mobile apps have ARNs.
      new PolicyStatement({
        effect: Effect.DENY,
        actions: ['sns:Publish'],
        resources: [stack.formatArn({ service: 'sns', region: '*', account: '*', resource: '*' })],
      }),
    ]);
    this.role = role;
    acknowledgeRules(role, {
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'A message to a phone number has no ARN that sns:Publish could be limited to; topics are denied.',
    });
    configureSms(this, userPool, props.replaceExisting, {
      snsCallerArn: role.roleArn,
      externalId,
      snsRegion: this.smsRegion,
    });
  }
}

const PROPERTIES: PropertyTypes<SnsSmsDeliveryProps> = {
  required: {
    userPool: TYPES.ownUserPool,
  },
  optional: {
    region: TYPES.text,
    replaceExisting: TYPES.boolean,
  },
};
