import type { Json } from '../../model';
import type { AccountRecovery } from './account-recovery';
import type { CognitoLocal } from './cognito-local';
import { describeUserPool } from './describe-user-pool';
import { listUsers } from './list-users';
import type { SignIn } from './sign-in';
import type { SignedInUserOperations } from './signed-in-user-operations';
import type { UserAdministration } from './user-administration';

/** An operation and the names of its required parameters. */
export interface CognitoOperation {
  readonly required: readonly string[];
  // biome-ignore lint/suspicious/noExplicitAny: the input types differ; parameter-validation.ts validates the input.
  readonly call: (input: any) => Promise<Json>;
}

/** The supported operations by name. */
export function cognitoOperations(parts: {
  cognitoLocal: CognitoLocal;
  accountRecovery: AccountRecovery;
  signedInUser: SignedInUserOperations;
  signIn: SignIn;
  users: UserAdministration;
}): Readonly<Record<string, CognitoOperation>> {
  const { cognitoLocal, accountRecovery, signedInUser, signIn, users } = parts;
  const user = ['UserPoolId', 'Username'];
  return {
    AdminCreateUser: { required: user, call: (input) => users.adminCreateUser(input) },
    AdminDeleteUser: { required: user, call: (input) => users.disableOrDelete('AdminDeleteUser', input) },
    AdminDisableUser: { required: user, call: (input) => users.disableOrDelete('AdminDisableUser', input) },
    AdminEnableUser: { required: user, call: (input) => users.callForUser('AdminEnableUser', input) },
    AdminGetUser: { required: user, call: (input) => users.callForUser('AdminGetUser', input) },
    AdminInitiateAuth: {
      required: ['UserPoolId', 'ClientId', 'AuthFlow'],
      call: (input) => signIn.adminInitiateAuth(input),
    },
    AdminResetUserPassword: { required: user, call: (input) => accountRecovery.adminResetUserPassword(input) },
    AdminRespondToAuthChallenge: {
      required: ['UserPoolId', 'ClientId', 'ChallengeName'],
      call: (input) => signIn.adminRespondToAuthChallenge(input),
    },
    AdminSetUserPassword: { required: [...user, 'Password'], call: (input) => users.adminSetUserPassword(input) },
    AdminUpdateUserAttributes: {
      required: [...user, 'UserAttributes'],
      call: (input) => users.adminUpdateUserAttributes(input),
    },
    AdminUserGlobalSignOut: { required: user, call: (input) => users.adminUserGlobalSignOut(input) },
    ChangePassword: {
      required: ['AccessToken', 'ProposedPassword'],
      call: (input) => signedInUser.changePassword(input),
    },
    ConfirmForgotPassword: {
      required: ['ClientId', 'Username', 'ConfirmationCode', 'Password'],
      call: (input) => accountRecovery.confirmForgotPassword(input),
    },
    DescribeUserPool: { required: ['UserPoolId'], call: (input) => describeUserPool(cognitoLocal, input) },
    ForgotPassword: { required: ['ClientId', 'Username'], call: (input) => accountRecovery.forgotPassword(input) },
    GetUser: { required: ['AccessToken'], call: (input) => signedInUser.getUser(input) },
    GlobalSignOut: { required: ['AccessToken'], call: (input) => signedInUser.globalSignOut(input) },
    InitiateAuth: { required: ['ClientId', 'AuthFlow'], call: (input) => signIn.initiateAuth(input) },
    ListUsers: { required: ['UserPoolId'], call: (input) => listUsers(cognitoLocal, input) },
    RespondToAuthChallenge: {
      required: ['ClientId', 'ChallengeName'],
      call: (input) => signIn.respondToAuthChallenge(input),
    },
    SignUp: { required: ['ClientId', 'Username', 'Password'], call: (input) => users.signUp(input) },
    RevokeToken: { required: ['ClientId', 'Token'], call: (input) => signedInUser.revokeToken(input) },
  };
}

/** The operations that AWS accepts without a signature: they are public or authorized by a token in the request. */
export const OPERATIONS_WITHOUT_CREDENTIALS: ReadonlySet<string> = new Set([
  'AssociateSoftwareToken',
  'ChangePassword',
  'CompleteWebAuthnRegistration',
  'ConfirmDevice',
  'ConfirmForgotPassword',
  'ConfirmSignUp',
  'DeleteUser',
  'DeleteUserAttributes',
  'DeleteWebAuthnCredential',
  'ForgetDevice',
  'ForgotPassword',
  'GetDevice',
  'GetTokensFromRefreshToken',
  'GetUser',
  'GetUserAttributeVerificationCode',
  'GetUserAuthFactors',
  'GlobalSignOut',
  'InitiateAuth',
  'ListDevices',
  'ListWebAuthnCredentials',
  'ResendConfirmationCode',
  'RespondToAuthChallenge',
  'RevokeToken',
  'SetUserMFAPreference',
  'SetUserSettings',
  'SignUp',
  'StartWebAuthnRegistration',
  'UpdateAuthEventFeedback',
  'UpdateDeviceStatus',
  'UpdateUserAttributes',
  'VerifySoftwareToken',
  'VerifyUserAttribute',
]);
