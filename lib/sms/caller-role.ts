import { Names, Stack } from 'aws-cdk-lib';
import type { CfnUserPool } from 'aws-cdk-lib/aws-cognito';
import { CfnRole, PolicyDocument, type PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

/**
 * The role that Cognito assumes to send SMS, and the external id that it has to know. The trust policy names all user
 * pools of the account and Region: the ARN of the one would refer to the user pool, which refers to the role.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-sms-settings.html
 */
export function createCallerRole(
  scope: Construct,
  userPool: CfnUserPool,
  policyName: string,
  statements: readonly PolicyStatement[],
): { role: Role; externalId: string } {
  const stack = Stack.of(scope);
  const externalId = Names.uniqueId(scope);
  const role = new Role(scope, 'Role', {
    description: 'Sends the SMS of a Cognito user pool',
    assumedBy: new ServicePrincipal('cognito-idp.amazonaws.com', {
      conditions: {
        StringEquals: { 'sts:ExternalId': externalId, 'aws:SourceAccount': stack.account },
        ArnLike: {
          'aws:SourceArn': stack.formatArn({ service: 'cognito-idp', resource: 'userpool', resourceName: '*' }),
        },
      },
    }),
    // Inside the role, so that whoever refers to the role waits for its policy too.
    inlinePolicies: { [policyName]: new PolicyDocument({ statements: [...statements] }) },
  });
  shareRemovalPolicy(role, userPool);
  return { role, externalId };
}

/**
 * Has the role deleted or retained as the user pool is, because a user pool that outlives its role refuses every update.
 * It is looked up when the template is written: an aspect can change it until then. Without a resource, somebody else
 * makes the role.
 */
function shareRemovalPolicy(role: Role, userPool: CfnUserPool): void {
  const resource = role.node.defaultChild;
  if (!(resource instanceof CfnRole)) return;
  for (const policy of ['deletionPolicy', 'updateReplacePolicy'] as const) {
    Object.defineProperty(resource.cfnOptions, policy, {
      enumerable: true,
      get: () => userPool.cfnOptions[policy],
      set: () => {},
    });
  }
}
