import type { IUserPoolRef } from 'aws-cdk-lib/aws-cognito';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { userPoolArnOf } from '../private/user-pool-ref';

/**
 * Grants the administrative actions that force a password reset, each on one user pool and nothing else.
 *
 * Cognito has no resource policies: a grant works only for principals of the account that the user pool is in.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncognitouserpools.html
 */
export class UserPoolGrants {
  /**
   * Grants on a user pool, be it an L2 or L1 construct or imported.
   *
   * @param userPool the user pool, in any Region of the same account
   */
  public static fromUserPool(userPool: IUserPoolRef): UserPoolGrants {
    return new UserPoolGrants(userPool);
  }

  private constructor(private readonly userPool: IUserPoolRef) {}

  /**
   * Allows to force a password reset: `cognito-idp:AdminResetUserPassword` on the ARN of the user pool.
   *
   * @param grantee who may
   * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminResetUserPassword.html
   */
  public adminResetUserPassword(grantee: IGrantable): Grant {
    return this.grant(grantee, 'cognito-idp:AdminResetUserPassword');
  }

  /**
   * Allows to revoke the tokens of a user: `cognito-idp:AdminUserGlobalSignOut` on the ARN of the user pool.
   *
   * @param grantee who may
   * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminUserGlobalSignOut.html
   */
  public adminUserGlobalSignOut(grantee: IGrantable): Grant {
    return this.grant(grantee, 'cognito-idp:AdminUserGlobalSignOut');
  }

  private grant(grantee: IGrantable, action: string): Grant {
    return Grant.addToPrincipal({
      grantee,
      actions: [action],
      resourceArns: [userPoolArnOf(this.userPool)],
    });
  }
}
