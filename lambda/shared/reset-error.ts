import { RESET_ERROR_NAMES } from '../../lib/contract/reset';

/**
 * One fixed text for each name. Cognito's own texts are never passed on: they can carry user names and what a
 * trigger threw.
 */
const MESSAGES: Readonly<Record<string, string>> = {
  [RESET_ERROR_NAMES.notSent]: 'the reset was not carried out: the call never reached Cognito; it is safe to try again',
  [RESET_ERROR_NAMES.outcomeUnknown]:
    'the reset may have been carried out: look at the status of the user before trying again, a second reset sends a second message',
  [RESET_ERROR_NAMES.globalSignOut]:
    'the reset was carried out but the sign-out was not: call AdminUserGlobalSignOut, or invoke again with the same idempotency key',
  [RESET_ERROR_NAMES.idempotencyInProgress]:
    'another invocation with the same idempotency key is at work: wait for it, then try again with the same key',
  AccessDeniedException: 'the role of the function may not do this on the user pool: check its policy',
  InvalidEmailRoleAccessPolicyException: 'Cognito may not use the email identity of the user pool: check its policy',
  InvalidLambdaResponseException: 'a trigger of the user pool answered something that Cognito does not accept',
  InvalidParameterException:
    'Cognito refused a parameter; for a reset this is often a user without a verified email address or phone number',
  InvalidSmsRoleAccessPolicyException: 'the SMS role of the user pool may not send: check its policy',
  InvalidSmsRoleTrustRelationshipException: 'the SMS role of the user pool does not trust Cognito with its external id',
  LimitExceededException: 'a limit for this user or user pool was exceeded: wait before trying again',
  NotAuthorizedException:
    'Cognito refused: the user is disabled, or is in a state in which the password cannot be reset',
  OperationNotEnabledException: 'the user pool does not have this operation enabled',
  ResourceNotFoundException: 'the user pool does not exist in this account and Region',
  TooManyRequestsException:
    'Cognito throttled the request (30 a second for account recovery, per account and Region): try again later',
  UnexpectedLambdaException: 'a trigger of the user pool could not be invoked',
  UserLambdaValidationException: 'a trigger of the user pool failed',
  UserNotFoundException: 'the user does not exist in the user pool',
};

/** What the function throws: a stable name for `ErrorEquals`, and a text that carries nothing of the request. */
export class ResetError extends Error {
  static {
    // Lambda's log shows the name of the class, which is minified otherwise.
    Object.defineProperty(ResetError, 'name', { value: 'ResetError' });
  }

  constructor(name: string, message?: string) {
    super(message ?? MESSAGES[name] ?? 'Cognito refused the request');
    // Lambda answers with the name of the error, and a minified class name would say nothing.
    this.name = name;
  }
}

/** The request breaks the contract. The text names the rule, never the value. */
export function invalidRequest(rule: string): ResetError {
  return new ResetError(RESET_ERROR_NAMES.invalidRequest, `${rule}; nothing was sent`);
}
