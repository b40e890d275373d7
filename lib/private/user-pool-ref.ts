import { Arn, ArnFormat, Token } from 'aws-cdk-lib';
import type { CfnUserPool, IUserPoolRef } from 'aws-cdk-lib/aws-cognito';
import { resourceOf } from './template-properties';

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
  return resourceOf<CfnUserPool>(userPool, 'AWS::Cognito::UserPool');
}
