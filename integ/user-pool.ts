import { AccountRecovery, UserPool, type UserPoolProps } from 'aws-cdk-lib/aws-cognito';
import type { Construct } from 'constructs';

/** A user pool whose users can be reset by email message. Without more, Cognito itself sends the messages. */
export function createUserPool(scope: Construct, props?: UserPoolProps): UserPool {
  return new UserPool(scope, 'Users', {
    signInAliases: { username: true, email: true },
    autoVerify: { email: true },
    selfSignUpEnabled: false,
    accountRecovery: AccountRecovery.EMAIL_ONLY,
    ...props,
  });
}
