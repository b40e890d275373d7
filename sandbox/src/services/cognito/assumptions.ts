/**
 * The behaviour of Amazon Cognito that AWS does not document and that the sandbox had to decide. A real user pool may
 * behave differently, and nothing outside the sandbox may rely on these assumptions.
 */

import { ServiceError } from '../../model';

/**
 * Assumption: a reset of a user in one of these states fails, with the same error for each, and a second reset of a
 * user in RESET_REQUIRED sends a second code. Why: AWS documents none of these states; only the error for
 * FORCE_CHANGE_PASSWORD was observed on real user pools.
 */
export const STATUSES_THAT_CANNOT_BE_RESET: ReadonlySet<string> = new Set([
  'FORCE_CHANGE_PASSWORD',
  'UNCONFIRMED',
  'EXTERNAL_PROVIDER',
]);

/**
 * Assumption: a user name may be the `sub` of another user, and a call by it reaches the user with that user name. Why:
 * AWS documents neither, and calls by `sub` were reported to reach the wrong user.
 *
 * @see https://github.com/awslabs/aws-api-gateway-developer-portal/pull/367
 */
export const LOOKUP_ORDER = ['username', 'sub', 'alias'] as const;

/**
 * Assumption: ListUsers returns a user as before a change for so long, in milliseconds. Why: AWS documents that it is
 * eventually consistent, and not for how long.
 */
export const LIST_USERS_LAG = 1_000;

/**
 * Assumption: ListUsers refuses a pagination token that is older than this, in milliseconds. Why: AWS does not document
 * how long a token is valid. The tokens hold the time of the request.
 *
 * @see https://github.com/aws/aws-sdk-js/issues/3705
 */
export const LIST_USERS_TOKEN_LIFETIME = 60 * 60 * 1000;

/**
 * Assumption: a new code invalidates the earlier one. Why: AWS documents that a code is valid for one hour, and not what
 * happens to it when a newer one is sent.
 */
export function validCode<Code>(codes: { readonly earlier: Code | undefined; readonly latest: Code }): Code {
  return codes.latest;
}

/**
 * Assumption: in a user pool with account recovery `admin_only`, a reset fails like the reset of a user without a
 * verified contact. Why: in both cases Cognito has no contact that it may send a code to.
 */
export function adminOnlyError(): ServiceError {
  return new ServiceError(
    'InvalidParameterException',
    'Cannot reset password for the user as there is no registered/verified email or phone_number',
  );
}

/**
 * Assumption: Cognito sends the message first and changes the user afterwards, so a failed trigger or delivery leaves
 * the status and the earlier code as they were. Why: a user who never received a code must not need one.
 */
export async function sendThenChange(send: () => Promise<void>, change: () => Promise<void>): Promise<void> {
  await send();
  await change();
}

/**
 * Assumption: Cognito rejects a custom message that lacks a required placeholder. Why: AWS documents that the message
 * must contain it, but not the error.
 */
export function missingPlaceholderError(placeholder: string): ServiceError {
  return new ServiceError(
    'InvalidLambdaResponseException',
    `CustomMessage lambda output does not contain ${placeholder}`,
  );
}

/**
 * Assumption: the trigger's event has this client id when an operation has no app client. Why: `callerContext.clientId`
 * is a string in AWS's documentation, and an operation with IAM credentials names no app client.
 */
export const ADMIN_CLIENT_ID = 'CLIENT_ID_NOT_APPLICABLE';

/** Assumption: the trigger's event has this SDK version. Why: the sandbox does not know the caller's SDK. */
export const UNKNOWN_SDK_VERSION = 'aws-sdk-unknown-unknown';

/**
 * Assumption: the trigger's event has the user name (`Username`) even if the caller gave an alias or the `sub`, and
 * `cognito:user_status` is the status before the reset. Why: the trigger runs before the user is changed.
 */
export function triggerEventUser(user: { Username: string; UserStatus: string }): { userName: string; status: string } {
  return { userName: user.Username, status: user.UserStatus };
}

/**
 * Assumption: an error of these types is a crash, which Cognito does not retry and whose text it does not pass on. Why:
 * AWS documents retries only for its own limit of five seconds, and Lambda reports a function's own timeout as an
 * error.
 */
export const CRASH_ERROR_TYPES = /^(Runtime\.|Sandbox\.)/;

/**
 * Assumption: a user in RESET_REQUIRED gets PasswordResetRequiredException for every password, right or wrong. Why:
 * imported users are in this state and have no password that could be compared.
 */
export function requiresResetBeforePasswordCheck(status: string): boolean {
  return status === 'RESET_REQUIRED';
}

/**
 * Assumption: refresh tokens from before a reset stay valid. Why: AWS does not document that a reset revokes them, and
 * offers AdminUserGlobalSignOut for that.
 */
export const STATUSES_THAT_CAN_REFRESH: ReadonlySet<string> = new Set([
  'CONFIRMED',
  'RESET_REQUIRED',
  'EXTERNAL_PROVIDER',
]);

/**
 * Assumption: an app client that prevents user existence errors gets these destinations in place of a masked contact.
 * Why: AWS documents that the response is simulated, but not its content.
 */
export const SIMULATED_DESTINATION = { EMAIL: 's***@e***', SMS: '+*******0000' } as const;

/**
 * Assumption: Cognito validates the code before the new password, and an invalid password leaves the code valid. Why: a
 * caller without the code learns nothing about the password policy, and the user can try another password.
 */
export function validateCodeThenPassword(code: () => void, password: () => void): void {
  code();
  password();
}

/**
 * Assumption: a throttled request does not count towards the request rate. Why: otherwise a client that keeps retrying
 * would never get through.
 */
export function countsTowardsRate(request: { accepted: boolean }): boolean {
  return request.accepted;
}

/**
 * Assumption: Cognito's default messages have these texts. Why: AWS documents the texts of some messages, and none for
 * the subject of a reset.
 */
export const DEFAULT_MESSAGES = {
  ForgotPassword: { subject: 'Your password reset code', body: 'Your password reset code is {####}' },
  AdminCreateUser: {
    subject: 'Your temporary password',
    body: 'Your username is {username} and temporary password is {####}.',
  },
} as const;

/**
 * Assumption: AdminCreateUser fails before it creates the user when there is no contact for the invitation. Why: the
 * user could never get the temporary password.
 */
export function noInvitationContactError(): ServiceError {
  return new ServiceError('InvalidParameterException', 'User has no attribute matching desired delivery mediums');
}

/**
 * Assumption: Cognito waits this long, in milliseconds, for an SMS message to be accepted, and does not retry. Why: AWS
 * documents neither a timeout nor a retry, and the caller of the operation waits meanwhile.
 */
export const SMS_TIMEOUT_MS = 2000;

/**
 * Assumption: an SMS message that fails for a reason other than denied access gives this error, whatever the reason.
 * Why: AWS documents it for a code that cannot be delivered, and lists it for ForgotPassword and AdminCreateUser, but
 * not for AdminResetUserPassword.
 */
export const SMS_DELIVERY_FAILURE = 'CodeDeliveryFailureException';

/**
 * Assumption: Cognito reports no error for an SMS message that fails with one of these: the user is reset and gets no
 * message. Why: AWS does not document what Cognito does when the origination number is at its limit, and this is the
 * worst that it can do: nothing but a lower rate of resets protects users then.
 */
export const SILENT_SMS_ERRORS: readonly string[] = ['ThrottlingException', 'ThrottledException'];
