/**
 * The behaviour of Amazon Cognito that AWS does not document and that the sandbox had to decide. A real user pool may
 * behave differently, and nothing outside the sandbox may rely on these assumptions.
 */

import { type Json, ServiceError } from '../../model';

/**
 * Assumption: a reset of a user in one of these states fails, with or without a verified contact, and with the same error
 * for each; a second reset of a user in RESET_REQUIRED sends a second code. Why: AWS documents none of these states; only
 * the error for FORCE_CHANGE_PASSWORD was observed on real user pools.
 */
export const STATUSES_THAT_CANNOT_BE_RESET: ReadonlySet<string> = new Set([
  'FORCE_CHANGE_PASSWORD',
  'EXTERNAL_PROVIDER',
]);

/**
 * Assumption: a reset of a user who never confirmed fails with that error too, when there is a verified contact, for
 * example because an administrator verified it. Why: AWS does not document this state. Without a verified contact, as
 * is usual before users confirm, InvalidParameterException was observed on real user pools, at least of ForgotPassword.
 *
 * @see https://github.com/keboola/developer-portal/issues/113
 * @see https://github.com/aws-amplify/aws-sdk-android/issues/713
 */
export const STATUSES_THAT_CANNOT_BE_RESET_WITH_CONTACT: ReadonlySet<string> = new Set(['UNCONFIRMED']);

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
 * Assumption: `\s` in the patterns of email messages and subjects stands for these spaces, and `\p{…}` for what the
 * Unicode of Node.js says. Why: AWS documents neither the dialect nor the version of Unicode. The patterns are not those
 * of JavaScript, and in Java, `\s` has no space beyond ASCII. A user pool with an older Unicode refuses newer emoji too.
 */
export const PATTERN_SPACES = '\\t\\n\\v\\f\\r ';

/**
 * Assumption: of the line breaks, an SMS message may contain LF. Why: AWS documents `.*\{####\}.*`, in which `.` matches no
 * line break, for one type of message template, and `(?s).*`, in which it does, for another one.
 *
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_VerificationMessageTemplateType.html
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_MessageTemplateType.html
 */
export const SMS_MESSAGE = /^[^\r\u0085\u2028\u2029]*$/u;

/**
 * Assumption: a text with a character that its pattern does not allow fails the operation with this error, whose text
 * contains the message. Why: AWS does not document it. It was reported for email messages, which it names `emailBody`;
 * the names of the other texts are those of the response.
 *
 * @see https://github.com/aws-amplify/amplify-js/issues/6917
 * @see https://github.com/amazon-archives/amazon-cognito-identity-js/issues/99
 */
export function patternError(field: string, text: string, pattern: string): ServiceError {
  const member = field === 'emailMessage' ? 'emailBody' : field;
  return new ServiceError(
    'InvalidParameterException',
    `1 validation error detected: Value '${text}' at '${member}' failed to satisfy constraint: Member must satisfy regular expression pattern: ${pattern}`,
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
 * Assumption: an operation succeeds although Amazon SES refused or dropped its message, and the user gets none. Why: AWS
 * documents no error for it, and where Cognito's own sender had reached its limit, ForgotPassword was reported to succeed.
 *
 * @see https://github.com/londonaicentre/FLIP/issues/592
 */
export const REFUSED_EMAIL_FAILS: boolean = false;

/**
 * Assumption: a member of a request that its operation does not have is ignored, as AWS's JSON services do. Why: AWS does
 * not say it of Cognito, and its SDKs do not send such members.
 */
export const UNKNOWN_MEMBERS_FAIL: boolean = false;

/**
 * Assumption: UpdateUserPool keeps the name of the user pool when PoolName is left out. Why: a name has no default, and
 * clients from before PoolName existed do not send it.
 */
export const POOL_NAME_LEFT_OUT = 'KEPT';

/**
 * Assumption: UpdateUserPool keeps UserAttributeUpdateSettings when they are left out. Why: AWS documents no exception, and
 * Terraform's provider sends an empty list to remove them.
 */
export const ATTRIBUTE_UPDATE_SETTINGS_LEFT_OUT = 'KEPT';

/**
 * Assumption: UpdateUserPool sets the feature plan to its default, ESSENTIALS, when UserPoolTier is left out. Why: the SDK's
 * model says so, while a version of the API page said "with the exception of UserPoolTier"; a caller that relies on
 * neither is right with both.
 */
export const TIER_LEFT_OUT = 'DEFAULT';

/**
 * Assumption: UpdateUserPool accepts these members and does not use them, so only VerificationMessageTemplate sets the
 * texts, and DescribeUserPool answers them under both names. Why: AWS documents "This parameter is no longer used".
 */
export const UNUSED_MEMBERS: readonly string[] = [
  'SmsVerificationMessage',
  'EmailVerificationMessage',
  'EmailVerificationSubject',
];

/**
 * Assumption: UpdateUserPool accepts ON for a user pool whose MFA is on. Why: AWS refuses to turn it on, and does not say
 * whether an unchanged value passes; templates with ON are updated through this operation.
 */
export function canTurnMfaOn(presentConfiguration: unknown): boolean {
  return presentConfiguration === 'ON';
}

/**
 * Assumption: UpdateUserPool refuses MFA for a user pool that would have no second factor left. Why: the text was reported
 * for user pools without an SMS configuration, and nothing is said of those with another factor.
 */
export const MFA_WITHOUT_FACTOR =
  'SMS configuration and Auto verification for phone_number are required when MFA is required/optional';

/**
 * Assumption: UpdateUserPool refuses a tag whose key begins with `aws:`, and keeps the ones that the user pool has. Why: AWS
 * reserves them in all services, so that a caller can neither set nor remove them.
 */
export function isSystemTag(key: string): boolean {
  return key.toLowerCase().startsWith('aws:');
}

/** Assumption: GetUserPoolMfaConfig describes SMS MFA for every user pool with an SmsConfiguration. Why: not documented. */
export function describesSmsMfa({ SmsConfiguration }: Json): boolean {
  return SmsConfiguration !== undefined;
}

/**
 * Assumption: whoever gives a user pool an SmsConfiguration needs iam:PassRole for its role, whether it sends with Amazon
 * SNS or with AWS End User Messaging SMS. Why: AWS documents it for roles that are passed to a service, and names only
 * Amazon SNS.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
 */
export function passedRoles(smsConfiguration: unknown): string[] {
  const { SnsCallerArn, EumsSms } = (smsConfiguration ?? {}) as Json;
  const roles = [SnsCallerArn, (EumsSms as Json | null | undefined)?.CallerArn];
  return roles.filter((role) => typeof role === 'string');
}

/**
 * Assumption: UpdateUserPool refuses an SMS role without the permission for the messages that the user pool would send. Why:
 * AWS lists InvalidSmsRoleAccessPolicyException for the operation, and not what it checks.
 */
export function permissionOfSmsRole(eumsSms: { readonly OriginationIdentity?: string } | undefined) {
  return eumsSms === undefined
    ? { action: 'sns:Publish', resource: '*' }
    : { action: 'sms-voice:SendTextMessage', resource: eumsSms.OriginationIdentity ?? '*' };
}

/**
 * Assumption: a request with any AcrConfiguration needs the feature plan of custom names, also when it repeats the default
 * names that DescribeUserPool answers. Why: AWS documents the feature plan for custom names, and nothing of repeated ones.
 */
export function usesCustomAcrNames(acrConfiguration: unknown): boolean {
  return acrConfiguration !== undefined;
}

/**
 * Assumption: UpdateUserPool accepts the texts of email messages for a user pool that sends with Cognito's own sender. Why:
 * the API page says that only user pools with Amazon SES can set them, and yet the CDK's UserPool sets them without
 * Amazon SES, and deploys.
 */
export const EMAIL_TEXTS_NEED_SES: boolean = false;

/**
 * Assumption: Cognito reports no error for an SMS message that fails with one of these: the user is reset and gets no
 * message. Why: AWS does not document what Cognito does when the origination number is at its limit, and this is the
 * worst that it can do: nothing but a lower rate of resets protects users then.
 */
export const SILENT_SMS_ERRORS: readonly string[] = ['ThrottlingException', 'ThrottledException'];
