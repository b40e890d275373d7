import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { validateInvoker } from './grantee';

/** Grants permission to invoke a function by its unqualified ARN only, without its versions and aliases. */
export function grantInvoke(scope: Construct, lambdaFunction: IFunction, grantee: IGrantable): Grant {
  validateInvoker(scope, grantee);
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
