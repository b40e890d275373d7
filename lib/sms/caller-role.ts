import { AspectPriority, Aspects, type CfnResource, Names, Stack } from 'aws-cdk-lib';
import type { CfnUserPool } from 'aws-cdk-lib/aws-cognito';
import { PolicyDocument, type PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
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
  // A user pool that outlives its role refuses every update. Last of all aspects, which may change what becomes of it.
  Aspects.of(scope).add(
    { visit: (construct) => construct === scope && outlive(role.node.defaultChild as CfnResource, userPool) },
    { priority: AspectPriority.READONLY },
  );
  return { role, externalId };
}

function outlive(role: CfnResource, userPool: CfnUserPool): void {
  role.cfnOptions.deletionPolicy = userPool.cfnOptions.deletionPolicy;
  role.cfnOptions.updateReplacePolicy = userPool.cfnOptions.updateReplacePolicy;
}
