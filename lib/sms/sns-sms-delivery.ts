import { Stack, Validations } from 'aws-cdk-lib';
import type { IUserPoolRef } from 'aws-cdk-lib/aws-cognito';
import { Effect, type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
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
   * The user pool whose SMS these are.
   *
   * It must be created in this stack, as an L2 or L1 construct. The role that an L2 construct makes for phone numbers is
   * removed.
   */
  readonly userPool: IUserPoolRef;

  /**
   * The Region that messages leave from.
   *
   * That of the user pool, or the one other Region that AWS allows for it: `us-east-1` for `us-east-2` and
   * `ca-central-1`, `eu-west-1` for `eu-central-1` and `eu-west-2`, `ap-southeast-1` for `ap-south-1`. User pools in
   * `ap-northeast-2`, `ap-east-1`, `ap-southeast-5` and `ap-southeast-7` have no choice.
   *
   * @default - the Region of the user pool, or the one that AWS prescribes for it, which takes a stack whose Region is
   * known at synth
   * @see https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-sms-settings.html
   */
  readonly region?: string;

  /**
   * Whether a role of yours, that the user pool sends SMS with until now, may be put out of use.
   *
   * The role itself stays: remove it where you made it.
   *
   * @default false
   */
  readonly replaceExisting?: boolean;
}

/**
 * Sends the SMS of a user pool through Amazon SNS, which chooses the number by itself: a short code, else a 10DLC number,
 * else a toll-free number. For Regions without the direct path; otherwise prefer `SmsDelivery`.
 *
 * Cognito assumes a role that may send to phone numbers and to no topic, and only for user pools of this account and
 * Region that know its external id. The role is deleted or retained as the user pool is.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-sms-settings.html
 */
export class SnsSmsDelivery extends Construct implements ISmsDelivery {
  /** The user pool whose SMS these are. */
  public readonly userPool: IUserPoolRef;

  /** Always undefined: Amazon SNS chooses. */
  public readonly origination?: IOriginationIdentity;

  /** The Region that messages leave from. */
  public readonly smsRegion: string;

  /** The role that Cognito assumes to send. */
  public readonly role: IRole;

  public constructor(scope: Construct, id: string, props: SnsSmsDeliveryProps) {
    super(scope, id);
    const userPool = ownedUserPoolInStackOf(this, props.userPool);
    const stack = Stack.of(this);
    this.userPool = props.userPool;
    this.smsRegion = snsRegionFor(stack.region, props.region);
    const { role, externalId } = createCallerRole(this, userPool, 'Publish', [
      // A message to a phone number has no ARN that a policy could name.
      new PolicyStatement({ actions: ['sns:Publish'], resources: ['*'] }),
      // What has one is a topic, or an app on a device.
      new PolicyStatement({
        effect: Effect.DENY,
        actions: ['sns:Publish'],
        resources: [stack.formatArn({ service: 'sns', region: '*', account: '*', resource: '*' })],
      }),
    ]);
    this.role = role;
    Validations.of(role).acknowledge({
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
