import type { Untested } from './experiment';

const NEEDS_CODE =
  'it needs a code, which Cognito gives only to the mailbox or to a custom sender trigger, encrypted; the sandbox has no such trigger yet';
const NEEDS_BUCKET = 'it needs a bucket in the stack, with a list and with results';
const NEEDS_UPDATE =
  'it needs permission to change the user pools of the stack with UpdateUserPool, which the policy of the command does not have';
const NEEDS_NARROW_ROLE = 'it needs a state machine for each form of the ARN, with a role that trusts this form alone';
const SIMPLIFICATION = 'it is a simplification of the sandbox, and not a claim about AWS';

/** The assumptions without an experiment. The command prints them with their reasons. */
export const UNTESTED: readonly Untested[] = [
  { assumption: 'validCode', origin: 'cognito', possible: true, reason: NEEDS_CODE },
  {
    assumption: 'countsTowardsRate',
    origin: 'cognito',
    possible: false,
    reason: 'it would use up a request rate quota that all user pools of the account share',
  },
  {
    assumption: 'DEFAULT_MESSAGES',
    origin: 'cognito',
    possible: false,
    reason: 'only a mailbox shows the text, and the mailbox simulator throws it away',
  },
  {
    assumption: 'SMS_TIMEOUT_MS',
    origin: 'cognito',
    possible: false,
    reason: 'it needs an SMS service of AWS that does not respond',
  },
  { assumption: 'LIST_USERS_TOKEN_LIFETIME', origin: 'cognito', possible: true, reason: 'it would take hours' },
  { assumption: 'ATTRIBUTE_UPDATE_SETTINGS_LEFT_OUT', origin: 'cognito', possible: true, reason: NEEDS_UPDATE },
  { assumption: 'EMAIL_TEXTS_NEED_SES', origin: 'cognito', possible: true, reason: NEEDS_UPDATE },
  { assumption: 'MFA_WITHOUT_FACTOR', origin: 'cognito', possible: true, reason: NEEDS_UPDATE },
  { assumption: 'POOL_NAME_LEFT_OUT', origin: 'cognito', possible: true, reason: NEEDS_UPDATE },
  { assumption: 'TIER_LEFT_OUT', origin: 'cognito', possible: true, reason: NEEDS_UPDATE },
  { assumption: 'UNKNOWN_MEMBERS_FAIL', origin: 'cognito', possible: true, reason: NEEDS_UPDATE },
  { assumption: 'UNUSED_MEMBERS', origin: 'cognito', possible: true, reason: NEEDS_UPDATE },
  { assumption: 'canTurnMfaOn', origin: 'cognito', possible: true, reason: NEEDS_UPDATE },
  { assumption: 'describesSmsMfa', origin: 'cognito', possible: true, reason: NEEDS_UPDATE },
  { assumption: 'isSystemTag', origin: 'cognito', possible: true, reason: NEEDS_UPDATE },
  { assumption: 'passedRoles', origin: 'cognito', possible: true, reason: NEEDS_UPDATE },
  { assumption: 'permissionOfSmsRole', origin: 'cognito', possible: true, reason: NEEDS_UPDATE },
  { assumption: 'usesCustomAcrNames', origin: 'cognito', possible: true, reason: NEEDS_UPDATE },
  {
    assumption: 'THROTTLED_MESSAGE_ERRORS',
    origin: 'sms',
    possible: false,
    reason: 'it needs an origination number at its limit, which costs money',
  },
  {
    assumption: 'memberThatSends',
    origin: 'sms',
    possible: false,
    reason: 'it needs a pool of origination numbers, which cost money',
  },
  {
    assumption: 'SILENT_SMS_ERRORS',
    origin: 'cognito',
    possible: false,
    reason: 'it needs an origination number at its limit, which costs money',
  },
  {
    assumption: 'SMS_MESSAGE',
    origin: 'cognito',
    possible: false,
    reason: 'it needs an account outside of the SMS sandbox, where a message is sent and charged',
  },
  {
    assumption: 'unicodeVersion',
    origin: 'docs',
    possible: true,
    reason: 'it needs a message for each version of Unicode, and the mailbox simulator throws them away',
  },
  {
    assumption: 'REFUSED_EMAIL_FAILS',
    origin: 'cognito',
    possible: false,
    reason: 'it needs an account whose email messages of a day are used up, or recipients that are real',
  },
  {
    assumption: 'SENDING_RATE_PERIOD',
    origin: 'ses',
    possible: false,
    reason: 'it would exceed the sending rate of the account',
  },
  {
    assumption: 'SNS_READS_OPT_OUTS',
    origin: 'sms',
    possible: true,
    reason: 'it needs the permission of a role, which a call with the credentials of an administrator does not show',
  },
  { assumption: 'MESSAGE_PRICE_USD', origin: 'sms', possible: false, reason: SIMPLIFICATION },
  { assumption: 'IMPORTED_PHONE_NUMBER', origin: 'sms', possible: false, reason: SIMPLIFICATION },
  {
    assumption: 'SNS_NUMBER_TYPE_ORDER',
    origin: 'sms',
    possible: false,
    reason: 'it needs registered numbers of several types, which cost money, and a telephone',
  },
  {
    assumption: 'CONNECTION_ERROR',
    origin: 'step-functions',
    possible: false,
    reason: 'nobody can break the connection between Step Functions and Lambda',
  },
  {
    assumption: 'KEY_ACCESS_DENIED',
    origin: 'step-functions',
    possible: true,
    reason: 'it needs a customer managed key, which is deleted only after a week',
  },
  { assumption: 'ROLE_NOT_ASSUMABLE', origin: 'step-functions', possible: true, reason: NEEDS_NARROW_ROLE },
  { assumption: 'childSourceArn', origin: 'step-functions', possible: true, reason: NEEDS_NARROW_ROLE },
  { assumption: 'writeResultsBeforeFailing', origin: 'step-functions', possible: true, reason: NEEDS_BUCKET },
  { assumption: 'isItemLine', origin: 'step-functions', possible: true, reason: NEEDS_BUCKET },
  { assumption: 'batchSizeInBytes', origin: 'step-functions', possible: true, reason: NEEDS_BUCKET },
  { assumption: 'resultsFolder', origin: 'step-functions', possible: true, reason: NEEDS_BUCKET },
  { assumption: 'isTransformed', origin: 'step-functions', possible: true, reason: NEEDS_BUCKET },
  {
    assumption: 'REDRIVE_ACTION',
    origin: 'step-functions',
    possible: true,
    reason: 'it needs RedriveExecution in the gateway of the sandbox',
  },
  {
    assumption: 'emptyListOfNumbers',
    origin: 'lambda',
    possible: true,
    reason: 'it needs the response of Amazon SNS as it is sent, which the AWS SDK does not give',
  },
  {
    assumption: 'statusOfNumbers',
    origin: 'lambda',
    possible: false,
    reason: 'it needs an origination number, which costs money',
  },
  {
    assumption: 'unsetSpendLimit',
    origin: 'lambda',
    possible: true,
    reason: 'it needs an account without a limit, and the response of Amazon SNS as it is sent',
  },
  {
    assumption: 'smsRoleOfNewPool',
    origin: 'docs',
    possible: true,
    reason: 'it needs a user pool for each form of the role, and SMS settings of the account',
  },
  {
    assumption: 'configurationSetPermission',
    origin: 'docs',
    possible: false,
    reason: 'it needs an origination number, which costs money',
  },
  {
    assumption: 'externalProviderUsers',
    origin: 'docs',
    possible: false,
    reason: 'only a sign-in through an identity provider makes such a user',
  },
  {
    assumption: 'usersOnTwoPages',
    origin: 'docs',
    possible: false,
    reason: 'that it was not seen would prove nothing',
  },
  {
    assumption: 'activeUsers',
    origin: 'docs',
    possible: false,
    reason: 'only the bill shows it',
  },
  {
    assumption: 'customSenders',
    origin: 'docs',
    possible: true,
    reason: 'it needs a custom sender trigger, which the sandbox does not have yet',
  },
  {
    assumption: 'limitExceeded',
    origin: 'docs',
    possible: false,
    reason: 'it would use up the email messages of a day, which all user pools of the account share',
  },
  {
    assumption: 'logEncryptionContext',
    origin: 'docs',
    possible: true,
    reason: 'it needs a state machine with a log group that a customer managed key encrypts',
  },
];
