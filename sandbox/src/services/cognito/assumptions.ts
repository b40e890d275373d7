/**
 * What AWS does not document and the sandbox had to decide. Everything here is an assumption: a real user pool may
 * behave differently, and nothing in the project may rely on it as fact.
 */

import { ServiceError } from '../../model';

/**
 * Assumption: besides FORCE_CHANGE_PASSWORD (seen on real pools), users who never confirmed their account and users of
 * an external provider cannot be reset, and the error is the same. RESET_REQUIRED is left out on purpose: a second
 * reset is assumed to send a second code.
 */
export const STATUSES_THAT_CANNOT_BE_RESET: ReadonlySet<string> = new Set([
  'FORCE_CHANGE_PASSWORD',
  'UNCONFIRMED',
  'EXTERNAL_PROVIDER',
]);

/** Assumption: with account recovery `admin_only` a reset fails like that of a user without a verified contact. */
export function adminOnlyError(): ServiceError {
  return new ServiceError(
    'InvalidParameterException',
    'Cannot reset password for the user as there is no registered/verified email or phone_number',
  );
}

/**
 * Assumption: a code counts once its message was handed over for delivery. When the trigger or the delivery fails,
 * nothing has changed: the user keeps the status and an earlier code stays valid.
 */
export async function sendThenChange(send: () => Promise<void>, change: () => Promise<void>): Promise<void> {
  await send();
  await change();
}

/** Assumption: a custom message without its placeholder is refused, because AWS says that it must be there. */
export function missingPlaceholderError(placeholder: string): ServiceError {
  return new ServiceError(
    'InvalidLambdaResponseException',
    `CustomMessage lambda output does not contain ${placeholder}`,
  );
}

/** Assumption: an operation with IAM credentials, which has no app client, calls the trigger with this client id. */
export const ADMIN_CLIENT_ID = 'CLIENT_ID_NOT_APPLICABLE';

/** Assumption: the SDK version that the trigger's event names when Cognito does not know the caller's SDK. */
export const UNKNOWN_SDK_VERSION = 'aws-sdk-unknown-unknown';

/**
 * Assumption: whichever name the caller used, the trigger's event carries the user's own user name, and
 * `cognito:user_status` is the status before the reset.
 */
export function triggerEventUser(user: { Username: string; UserStatus: string }): { userName: string; status: string } {
  return { userName: user.Username, status: user.UserStatus };
}

/**
 * Assumption: only Cognito's own five-second limit is a time-out that is tried again. A function that runs into its
 * own, shorter time-out has crashed, and Cognito answers so at once.
 */
export const CRASH_ERROR_TYPES = /^(Runtime\.|Sandbox\.)/;

/**
 * Assumption: a user who must reset the password is told so whatever password is given, as imported users, who have
 * none, need it.
 */
export function requiresResetBeforePasswordCheck(status: string): boolean {
  return status === 'RESET_REQUIRED';
}

/**
 * Assumption: sessions that were open before a reset go on. AWS documents no end of them, and has
 * AdminUserGlobalSignOut for that purpose.
 */
export const STATUSES_THAT_CAN_REFRESH: ReadonlySet<string> = new Set([
  'CONFIRMED',
  'RESET_REQUIRED',
  'EXTERNAL_PROVIDER',
]);

/** Assumption: what a client that hides user existence is shown in place of a user's masked contact. */
export const SIMULATED_DESTINATION = { EMAIL: 's***@e***', SMS: '+*******0000' } as const;

/** Assumption: a code is looked at before the new password, and a password that is refused does not use it up. */
export function validateCodeThenPassword(code: () => void, password: () => void): void {
  code();
  password();
}

/** Assumption: a request that was refused for its rate does not count towards the rate. */
export function countsTowardsRate(request: { accepted: boolean }): boolean {
  return request.accepted;
}

/** Assumption: the wording of default messages, of which AWS documents some and none for the subject of a reset. */
export const DEFAULT_MESSAGES = {
  ForgotPassword: { subject: 'Your password reset code', body: 'Your password reset code is {####}' },
  AdminCreateUser: {
    subject: 'Your temporary password',
    body: 'Your username is {username} and temporary password is {####}.',
  },
} as const;

/** Assumption: an invitation without a contact to send it to is refused before the user is created. */
export function noInvitationContactError(): ServiceError {
  return new ServiceError('InvalidParameterException', 'User has no attribute matching desired delivery mediums');
}

/** Assumption: how long Cognito waits for an SMS to be accepted, in milliseconds, and it does not try again. */
export const SMS_TIMEOUT_MS = 2000;

/** What a message says when Amazon SNS found no number of the account to send from. */
export const CHOSEN_BY_SNS = 'chosen by Amazon SNS';

/** Documented: what Cognito answers when the role may not send. The names are those of the two services. */
const ACCESS_DENIED: readonly string[] = ['AccessDeniedException', 'AuthorizationErrorException'];

/**
 * Assumption: what Cognito answers when an SMS is refused for another cause, by the reason of AWS End User Messaging SMS
 * or the exception of Amazon SNS. AWS documents CodeDeliveryFailureException for a code that cannot be delivered, and
 * lists it for ForgotPassword and AdminCreateUser, not for AdminResetUserPassword.
 */
const DELIVERY_FAILURES: Readonly<Record<string, string>> = {
  // The account is in the sandbox.
  DESTINATION_PHONE_NUMBER_NOT_VERIFIED: 'CodeDeliveryFailureException',
  // The user wants no messages.
  DESTINATION_PHONE_NUMBER_OPTED_OUT: 'CodeDeliveryFailureException',
  // A sender id of another country.
  INVALID_IDENTITY_FOR_DESTINATION_COUNTRY: 'CodeDeliveryFailureException',
  SENDER_ID_NOT_SUPPORTED: 'CodeDeliveryFailureException',
  // The money of this month is spent.
  MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT: 'CodeDeliveryFailureException',
  // A number that waits for its registration, or a pool of such.
  RESOURCE_NOT_ACTIVE: 'CodeDeliveryFailureException',
  NO_ORIGINATION_IDENTITIES_FOUND: 'CodeDeliveryFailureException',
  // Amazon SNS does not tell the causes apart.
  InvalidParameterException: 'CodeDeliveryFailureException',
};

/** Assumption: every other failure, such as throttling or a broken connection, is answered alike. */
const OTHER_DELIVERY_FAILURE = 'CodeDeliveryFailureException';

/** Cognito's error for an SMS that was not sent. */
export function deliveryFailure({ name, reason }: { name: string; reason?: string }): ServiceError {
  if (ACCESS_DENIED.includes(name)) {
    return new ServiceError(
      'InvalidSmsRoleAccessPolicyException',
      'Role does not have permission to publish with SNS or to send with AWS End User Messaging SMS',
    );
  }
  const answer = DELIVERY_FAILURES[reason ?? name] ?? OTHER_DELIVERY_FAILURE;
  return new ServiceError(answer, `Unable to deliver the SMS: ${reason ?? name}`);
}
