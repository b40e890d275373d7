import { Stack } from 'aws-cdk-lib';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';

/**
 * Grants permission to invoke a function by its unqualified ARN only, without its versions and aliases.
 *
 * A service principal needs a condition: without one, the service could invoke the function on behalf of any account.
 */
export function grantInvoke(scope: Construct, lambdaFunction: IFunction, grantee: IGrantable): Grant {
  const { principalJson, conditions } = grantee.grantPrincipal.policyFragment;
  if (principalJson.Service !== undefined && Object.keys(conditions).length === 0) {
    const service = Stack.of(scope).resolve(principalJson.Service);
    throw new Error(
      `grantee: got the service ${service} without a condition, expected a condition, such as one on the ARN of the source: new ServicePrincipal('${service}', { conditions: { ArnLike: { 'aws:SourceArn': ruleOrTopicArn } } })`,
    );
  }
  const { functionArn, env } = lambdaFunction;
  return Grant.addToPrincipalOrResource({
    grantee,
    actions: ['lambda:InvokeFunction'],
    resourceArns: [functionArn],
    resource: {
      env,
      addToResourcePolicy: () => {
        const id = `Invoke${lambdaFunction.node.children.filter((child) => child.node.id.startsWith('Invoke')).length}`;
        lambdaFunction.addPermission(id, { principal: grantee.grantPrincipal });
        return { statementAdded: true, policyDependable: lambdaFunction.node.tryFindChild(id) };
      },
    },
  });
}
