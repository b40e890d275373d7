import { RESET_ERROR_NAMES } from '../../lib/contract/reset';

/**
 * One fixed text for each error name. Cognito's own texts are never used, because they can contain user names and the
 * errors of triggers.
 */
const MESSAGES: Readonly<Record<string, string>> = {
  [RESET_ERROR_NAMES.notSent]: 'the user was not reset, because the request did not reach Cognito: it is safe to retry',
  [RESET_ERROR_NAMES.outcomeUnknown]:
    'the user may have been reset: check the status of the user before you retry, because a second reset sends a second message',
  [RESET_ERROR_NAMES.globalSignOut]:
    'the user was reset but not signed out: call AdminUserGlobalSignOut, or invoke the function again with the same idempotency key',
  [RESET_ERROR_NAMES.idempotencyInProgress]:
    'another invocation with the same idempotency key is still running: wait, then retry with the same key',
  AccessDeniedException: 'the role of the function lacks a permission for the user pool: check the policy of the role',
  CodeDeliveryFailureException:
    'Cognito could not deliver the code: check how the user pool sends; for SMS messages, SmsReadiness reports a number that is not active, the SMS sandbox and a spend limit that is used up',
  InvalidEmailRoleAccessPolicyException:
    'Cognito is not allowed to use the email identity of the user pool: check the policy of the identity',
  InvalidLambdaResponseException:
    'a trigger of the user pool returned a response that Cognito does not accept: check the response of the trigger',
  InvalidParameterException:
    'Cognito refused a parameter: check that the user has a verified email address or phone number, which is often the cause',
  InvalidSmsRoleAccessPolicyException:
    'the SMS role of the user pool is not allowed to send SMS messages: check the policy of the role',
  InvalidSmsRoleTrustRelationshipException:
    'the SMS role of the user pool does not trust Cognito with the external id of the user pool: check the trust policy of the role',
  LimitExceededException: 'a limit for this user or user pool was exceeded: wait before trying again',
  NotAuthorizedException:
    'Cognito refused the request: the user is disabled, or has a status in which the password cannot be reset',
  OperationNotEnabledException: 'the operation is not enabled for the user pool',
  ResourceNotFoundException: 'the user pool does not exist in this account and Region',
  ThrottlingException: 'AWS throttled the request: retry later',
  TooManyRequestsException:
    'Cognito throttled the request (it allows 30 a second for account recovery, per account and Region): retry later',
  UnexpectedLambdaException:
    'Cognito could not invoke a trigger of the user pool: check that the function exists and that Cognito may invoke it',
  UserLambdaValidationException: 'a trigger of the user pool failed',
  UserNotFoundException: 'the user does not exist in the user pool',
};

/** For an error that AWS does not list for AdminResetUserPassword. The error has Cognito's name for it. */
const UNKNOWN_REFUSAL =
  'Cognito refused the request with an error that is not expected of AdminResetUserPassword: look up its name in the documentation of Amazon Cognito';

/** The error of the function: a stable name for `ErrorEquals`, and a text that contains no value of the request. */
export class ResetError extends Error {
  static {
    // Lambda logs the name of the class, which the bundler would minify.
    Object.defineProperty(ResetError, 'name', { value: 'ResetError' });
  }

  constructor(name: string, message?: string) {
    super(message ?? MESSAGES[name] ?? UNKNOWN_REFUSAL);
    // Lambda returns this name as `errorType`, which Step Functions matches.
    this.name = name;
  }
}

/** The error of an invalid request. The text names the rule that was broken, never the value. */
export function invalidRequest(rule: string): ResetError {
  return new ResetError(RESET_ERROR_NAMES.invalidRequest, `${rule}; nothing was sent`);
}
