import { Arn, ArnFormat, CfnResource, Token } from 'aws-cdk-lib';
import type { CfnUserPool, IUserPoolRef } from 'aws-cdk-lib/aws-cognito';

/**
 * The ARN of a user pool, in the Region that its id names. A pool that was imported by its id alone claims the
 * Region of the importing stack, wherever it is.
 */
export function userPoolArnOf(userPool: IUserPoolRef): string {
  const { userPoolId, userPoolArn } = userPool.userPoolRef;
  const region = /^([a-z]{2}(?:-[a-z]+)+-\d+)_/.exec(userPoolId)?.[1];
  if (Token.isUnresolved(userPoolId) || region === undefined) {
    return userPoolArn;
  }
  return Arn.format({ ...Arn.split(userPoolArn, ArnFormat.SLASH_RESOURCE_NAME), region });
}

/** The resource behind a user pool that this app creates; undefined for one that it imports. */
export function ownedUserPoolOf(userPool: IUserPoolRef): CfnUserPool | undefined {
  return [userPool, userPool.node.defaultChild].find(
    (construct): construct is CfnUserPool =>
      CfnResource.isCfnResource(construct as object) &&
      (construct as CfnResource).cfnResourceType === 'AWS::Cognito::UserPool',
  );
}
