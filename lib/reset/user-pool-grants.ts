import type { IUserPoolRef } from 'aws-cdk-lib/aws-cognito';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { validateGrantee } from '../private/grantee';
import { userPoolArnOf } from '../private/user-pool-ref';
import { TYPES, validateType } from '../private/validate-props';

/**
 * Grants permission for the administrative actions of a password reset, on one user pool.
 *
 * Cognito has no resource policies, so the principal must be in the account of the user pool.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncognitouserpools.html
 *
 * @example
 * UserPoolGrants.fromUserPool(userPool).adminResetUserPassword(helpDesk);
 */
export class UserPoolGrants {
  /**
   * Returns the grants of a user pool.
   *
   * @param userPool an L2, L1 or imported user pool, in any Region of the same account
   */
  public static fromUserPool(userPool: IUserPoolRef): UserPoolGrants {
    validateType('userPool', userPool, TYPES.userPool);
    return new UserPoolGrants(userPool);
  }

  private constructor(private readonly userPool: IUserPoolRef) {}

  /**
   * Grants permission to reset users: `cognito-idp:AdminResetUserPassword` on the ARN of the user pool.
   *
   * @param grantee the principal
   * @throws if the grantee is everyone
   * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminResetUserPassword.html
   */
  public adminResetUserPassword(grantee: IGrantable): Grant {
    return this.grant(grantee, 'cognito-idp:AdminResetUserPassword');
  }

  /**
   * Grants permission to revoke the tokens of users: `cognito-idp:AdminUserGlobalSignOut` on the ARN of the user pool.
   *
   * @param grantee the principal
   * @throws if the grantee is everyone
   * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminUserGlobalSignOut.html
   */
  public adminUserGlobalSignOut(grantee: IGrantable): Grant {
    return this.grant(grantee, 'cognito-idp:AdminUserGlobalSignOut');
  }

  private grant(grantee: IGrantable, action: string): Grant {
    validateGrantee(this.userPool, grantee);
    return Grant.addToPrincipal({
      grantee,
      actions: [action],
      resourceArns: [userPoolArnOf(this.userPool)],
    });
  }
}
