import type { Untested } from './experiment';

const NEEDS_CODE =
  'it needs a code, which Cognito gives only to the mailbox or to a custom sender trigger, encrypted; the sandbox has no such trigger yet';
const NEEDS_BUCKET = 'it needs a bucket in the stack, with a list and with results';
const SIMPLIFICATION = 'it is a simplification of the sandbox, and not a claim about AWS';

/** The assumptions without an experiment. The command prints them with their reasons. */
export const UNTESTED: readonly Untested[] = [
  { assumption: 'validCode', origin: 'cognito', possible: true, reason: NEEDS_CODE },
  {
    assumption: 'LIST_USERS_TOKEN_LIFETIME',
    origin: 'cognito',
    possible: true,
    reason: 'it would take more than an hour',
  },
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
    assumption: 'ROLE_NOT_ASSUMABLE',
    origin: 'step-functions',
    possible: true,
    reason: 'it needs permission to change the trust policy of a role after its state machine was created',
  },
  {
    assumption: 'KEY_ACCESS_DENIED',
    origin: 'step-functions',
    possible: true,
    reason: 'it needs a customer managed key, which is deleted only after a week',
  },
  { assumption: 'writeResultsBeforeFailing', origin: 'step-functions', possible: true, reason: NEEDS_BUCKET },
  { assumption: 'isItemLine', origin: 'step-functions', possible: true, reason: NEEDS_BUCKET },
  { assumption: 'resultsFolder', origin: 'step-functions', possible: true, reason: NEEDS_BUCKET },
  { assumption: 'isTransformed', origin: 'step-functions', possible: true, reason: NEEDS_BUCKET },
  {
    assumption: 'REDRIVE_ACTION',
    origin: 'step-functions',
    possible: true,
    reason: 'it needs RedriveExecution in the gateway of the sandbox',
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
    assumption: 'smsRoleCheck',
    origin: 'docs',
    possible: true,
    reason: 'a role that Cognito refuses would fail the deployment of the whole stack',
  },
  {
    assumption: 'configurationSetPermission',
    origin: 'docs',
    possible: false,
    reason: 'it needs an origination identity, which costs money, and a message that is sent',
  },
  {
    assumption: 'logEncryptionContext',
    origin: 'docs',
    possible: true,
    reason: 'it needs a state machine with a log group that a customer managed key encrypts',
  },
  {
    assumption: 'permissionsBehindSns',
    origin: 'lib',
    possible: true,
    reason: 'it needs a role for each action of Amazon SNS, which the command would have to assume',
  },
  {
    assumption: 'ASSUMED_REACTIONS',
    origin: 'tools',
    possible: false,
    reason: 'it is about what users do, and not about AWS',
  },
];
