import { Arn, ArnFormat, CfnResource, Token } from 'aws-cdk-lib';
import type { CfnUserPool, IUserPoolRef } from 'aws-cdk-lib/aws-cognito';

/**
 * Returns the ARN of a user pool, with the Region from its id. The CDK gives a user pool that is imported by its id the
 * Region of the importing stack, which can be wrong.
 */
export function userPoolArnOf(userPool: IUserPoolRef): string {
  const { userPoolId, userPoolArn } = userPool.userPoolRef;
  const region = /^([a-z]{2}(?:-[a-z]+)+-\d+)_/.exec(userPoolId)?.[1];
  if (Token.isUnresolved(userPoolId) || region === undefined) {
    return userPoolArn;
  }
  return Arn.format({ ...Arn.split(userPoolArn, ArnFormat.SLASH_RESOURCE_NAME), region });
}

/** Returns the resource of a user pool that this app creates, or undefined for an imported user pool. */
export function ownedUserPoolOf(userPool: IUserPoolRef): CfnUserPool | undefined {
  return [userPool, userPool.node.defaultChild].find(
    (construct): construct is CfnUserPool =>
      CfnResource.isCfnResource(construct as object) &&
      (construct as CfnResource).cfnResourceType === 'AWS::Cognito::UserPool',
  );
}
