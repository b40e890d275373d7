import { Names, Stack } from 'aws-cdk-lib';
import type { CfnUserPool } from 'aws-cdk-lib/aws-cognito';
import { type CfnRole, PolicyDocument, type PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { acknowledgeInlinePolicy } from '../private/security-rules';
import { resourceOf } from '../private/template-properties';

/**
 * Creates the role that Cognito assumes to send SMS messages, and its external id. The trust policy names all user
 * pools of the account and Region, because the ARN of the one would be a circular reference: the user pool refers to
 * the role.
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
    // An inline policy, so that resources that depend on the role depend on its policy too.
    inlinePolicies: { [policyName]: new PolicyDocument({ statements: [...statements] }) },
  });
  acknowledgeInlinePolicy(role);
  shareRemovalPolicy(role, userPool);
  return { role, externalId };
}

/**
 * Gives the role the deletion and update-replace policy of the user pool, because a user pool without its role refuses
 * every update. The getters read the policies when the template is written, because aspects can change them until then.
 * A role without a resource is created elsewhere (Role.customizeRoles), and is left alone.
 */
function shareRemovalPolicy(role: Role, userPool: CfnUserPool): void {
  const resource = resourceOf<CfnRole>(role, 'AWS::IAM::Role');
  if (resource === undefined) return;
  for (const policy of ['deletionPolicy', 'updateReplacePolicy'] as const) {
    Object.defineProperty(resource.cfnOptions, policy, {
      enumerable: true,
      get: () => userPool.cfnOptions[policy],
      set: () => {},
    });
  }
}
