import type { Json } from '../../model';
import type { Backend } from './backend';
import { describeUserPool } from './describe-user-pool';
import { listUsers } from './list-users';
import type { Recovery } from './recovery';
import type { SelfService } from './self-service';
import type { SignIn } from './sign-in';
import type { Users } from './users';

/** An operation with the parameters it cannot do without. */
export interface Operation {
  readonly required: readonly string[];
  // biome-ignore lint/suspicious/noExplicitAny: each operation names its own input, which validation.ts has checked.
  readonly run: (input: any) => Promise<Json>;
}

/** What the user pool offers, by the name that AWS gives it. */
export function operations(parts: {
  backend: Backend;
  recovery: Recovery;
  selfService: SelfService;
  signIn: SignIn;
  users: Users;
}): Readonly<Record<string, Operation>> {
  const { backend, recovery, selfService, signIn, users } = parts;
  const user = ['UserPoolId', 'Username'];
  return {
    AdminCreateUser: { required: user, run: (input) => users.create(input) },
    AdminDeleteUser: { required: user, run: (input) => users.disableOrDelete('AdminDeleteUser', input) },
    AdminDisableUser: { required: user, run: (input) => users.disableOrDelete('AdminDisableUser', input) },
    AdminEnableUser: { required: user, run: (input) => users.route('AdminEnableUser', input) },
    AdminGetUser: { required: user, run: (input) => users.route('AdminGetUser', input) },
    AdminInitiateAuth: {
      required: ['UserPoolId', 'ClientId', 'AuthFlow'],
      run: (input) => signIn.adminInitiateAuth(input),
    },
    AdminResetUserPassword: { required: user, run: (input) => recovery.adminResetUserPassword(input) },
    AdminRespondToAuthChallenge: {
      required: ['UserPoolId', 'ClientId', 'ChallengeName'],
      run: (input) => signIn.adminRespondToAuthChallenge(input),
    },
    AdminSetUserPassword: { required: [...user, 'Password'], run: (input) => users.setPassword(input) },
    AdminUpdateUserAttributes: {
      required: [...user, 'UserAttributes'],
      run: (input) => users.updateAttributes(input),
    },
    AdminUserGlobalSignOut: { required: user, run: (input) => users.globalSignOut(input) },
    ChangePassword: {
      required: ['AccessToken', 'ProposedPassword'],
      run: (input) => selfService.changePassword(input),
    },
    ConfirmForgotPassword: {
      required: ['ClientId', 'Username', 'ConfirmationCode', 'Password'],
      run: (input) => recovery.confirmForgotPassword(input),
    },
    DescribeUserPool: { required: ['UserPoolId'], run: (input) => describeUserPool(backend, input) },
    ForgotPassword: { required: ['ClientId', 'Username'], run: (input) => recovery.forgotPassword(input) },
    GetUser: { required: ['AccessToken'], run: (input) => selfService.getUser(input) },
    GlobalSignOut: { required: ['AccessToken'], run: (input) => selfService.globalSignOut(input) },
    InitiateAuth: { required: ['ClientId', 'AuthFlow'], run: (input) => signIn.initiateAuth(input) },
    ListUsers: { required: ['UserPoolId'], run: (input) => listUsers(backend, input) },
    RespondToAuthChallenge: {
      required: ['ClientId', 'ChallengeName'],
      run: (input) => signIn.respondToAuthChallenge(input),
    },
    RevokeToken: { required: ['ClientId', 'Token'], run: (input) => selfService.revokeToken(input) },
  };
}

/** What AWS lets anybody call, because the request itself proves who asks, or nobody need prove it. */
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
