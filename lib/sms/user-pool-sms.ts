import { Stack } from 'aws-cdk-lib';
import { type CfnUserPool, type IUserPoolRef, UserPool } from 'aws-cdk-lib/aws-cognito';
import { CfnRole, Role } from 'aws-cdk-lib/aws-iam';
import type { Construct, IConstruct } from 'constructs';
import { ownedUserPoolOf } from '../private/user-pool-ref';
import type { ISmsDelivery } from './sms-delivery-path';

/** The resource of a user pool whose SMS can be configured from here. */
export function ownedUserPoolInStackOf(delivery: Construct, userPool: IUserPoolRef): CfnUserPool {
  const { name } = delivery.constructor;
  const resource = ownedUserPoolOf(userPool);
  if (resource === undefined) {
    throw new Error(
      `userPool: got an imported user pool, expected one that this app creates, because how it sends SMS is a property of the user pool: create ${name} where the user pool is created`,
    );
  }
  if (resource.stack !== Stack.of(delivery)) {
    throw new Error(
      `userPool: got a user pool of the stack ${resource.stack.node.path}, expected one of this stack (${Stack.of(delivery).node.path}), because the user pool must be deployed with the role that sends for it: new ${name}(Stack.of(pool), '${delivery.node.id}', …)`,
    );
  }
  return resource;
}

/**
 * Makes a user pool send its SMS in this way and in no other, and removes the role for Amazon SNS that an L2 construct
 * made for itself: nothing would use it, and it could send to everybody.
 */
export function configureSms(
  delivery: ISmsDelivery,
  userPool: CfnUserPool,
  replaceExisting: boolean | undefined,
  configuration: CfnUserPool.SmsConfigurationProperty,
): void {
  validateNoOtherDelivery(delivery, userPool);
  const ownRole = l2SmsRoleOf(userPool);
  if (hasCustomSmsConfiguration(userPool, ownRole) && !replaceExisting) {
    throw new Error(
      'userPool: got a user pool that sends SMS with a role of yours, expected one without, because that role would be left without use: take smsRole out of the user pool, or set replaceExisting: true and remove the role yourself',
    );
  }
  ownRole?.node.scope?.node.tryRemoveChild(L2_SMS_ROLE_ID);
  userPool.smsConfiguration = configuration;
}

/** The role that the L2 construct of a user pool made for itself, known by its policy. */
function l2SmsRoleOf(userPool: CfnUserPool): Role | undefined {
  const construct = userPool.node.scope;
  const role = construct instanceof UserPool ? construct.node.tryFindChild(L2_SMS_ROLE_ID) : undefined;
  const resource = role?.node.defaultChild;
  if (!(role instanceof Role) || !(resource instanceof CfnRole)) return undefined;
  const [policy] = userPool.stack.resolve(resource.policies) ?? [];
  return policy?.policyName === L2_SMS_POLICY_NAME ? role : undefined;
}

/** Whether somebody has said how the user pool sends, other than its L2 construct. */
function hasCustomSmsConfiguration(userPool: CfnUserPool, ownRole: Role | undefined): boolean {
  if (userPool.smsConfiguration === undefined) return false;
  const { stack } = userPool;
  const { snsCallerArn } = stack.resolve(userPool.smsConfiguration);
  return snsCallerArn === undefined || JSON.stringify(snsCallerArn) !== JSON.stringify(stack.resolve(ownRole?.roleArn));
}

/** The id under which the L2 construct of the CDK makes its role, and the name of its policy. */
const L2_SMS_ROLE_ID = 'smsRole';
const L2_SMS_POLICY_NAME = 'sns-publish';

function validateNoOtherDelivery(delivery: ISmsDelivery, userPool: CfnUserPool): void {
  // Also those around it, which may pass on what it says.
  const { scopes } = delivery.node;
  const other = userPool.stack.node
    .findAll()
    .find(
      (construct) =>
        isSmsDelivery(construct) && !scopes.includes(construct) && ownedUserPoolOf(construct.userPool) === userPool,
    );
  if (other !== undefined) {
    throw new Error(
      `userPool: got a user pool whose SMS are configured already (${other.node.path}), expected one without, because a user pool sends in one way only: remove one of the two`,
    );
  }
}

/** Whether it is one, and complete. */
function isSmsDelivery(construct: IConstruct): construct is ISmsDelivery {
  const { userPool, smsRegion } = construct as Partial<ISmsDelivery>;
  return userPool !== undefined && smsRegion !== undefined;
}
