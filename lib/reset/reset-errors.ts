import { RESET_ERROR_NAMES } from '../contract/reset';
import { LAMBDA_SERVICE_ERRORS } from '../private/lambda-service-errors';

/**
 * Names of the errors that a reset fails with, for `addCatch` and `addRetry` of a workflow.
 *
 * Each is the name that AWS Step Functions matches with `ErrorEquals`, and that Lambda answers as `errorType`.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
 */
export class ResetErrors {
  /** The request breaks a rule, which the text names. Nothing was sent: correct the request. */
  public static readonly INVALID_REQUEST = RESET_ERROR_NAMES.invalidRequest;

  /** Certainly not reset: the call never reached Cognito. Safe to try again. */
  public static readonly NOT_SENT = RESET_ERROR_NAMES.notSent;

  /**
   * Maybe reset: Cognito failed or did not answer in time, or the connection broke. Do not try again before you have
   * looked at the status of the user. `ResetErrors.maybeReset()` has all names that say so.
   */
  public static readonly OUTCOME_UNKNOWN = RESET_ERROR_NAMES.outcomeUnknown;

  /** Reset, but not signed out. Call AdminUserGlobalSignOut, or repeat with the same idempotency key. */
  public static readonly GLOBAL_SIGN_OUT = RESET_ERROR_NAMES.globalSignOut;

  /** Another invocation with the same idempotency key is at work. Wait, and repeat with the same key. */
  public static readonly IDEMPOTENCY_IN_PROGRESS = RESET_ERROR_NAMES.idempotencyInProgress;

  /** No such user in the user pool. Nothing to do. */
  public static readonly USER_NOT_FOUND = 'UserNotFoundException';

  /**
   * The user is in the wrong state: disabled, or never signed in (`FORCE_CHANGE_PASSWORD`). Enable the user, or send
   * the invitation again.
   */
  public static readonly NOT_AUTHORIZED = 'NotAuthorizedException';

  /**
   * Cognito refused a parameter; for a reset often because the user has no verified email address or phone number that
   * is not used for MFA. Verify one, or set a password with AdminSetUserPassword.
   */
  public static readonly INVALID_PARAMETER = 'InvalidParameterException';

  /** A limit for this user or user pool. Wait for minutes rather than seconds before trying again. */
  public static readonly LIMIT_EXCEEDED = 'LimitExceededException';

  /**
   * Throttled five times: Cognito allows 30 requests a second for all account recovery in an account and Region. Not
   * reset: try again, more slowly.
   */
  public static readonly TOO_MANY_REQUESTS = 'TooManyRequestsException';

  /** Throttled five times, by the front door of AWS. Not reset: try again, more slowly. */
  public static readonly THROTTLING = 'ThrottlingException';

  /** A trigger of the user pool failed. Look at the log of the trigger. */
  public static readonly TRIGGER_FAILED = 'UserLambdaValidationException';

  /** A trigger of the user pool could not be invoked. Look at its resource policy, and whether it is throttled. */
  public static readonly TRIGGER_NOT_INVOKED = 'UnexpectedLambdaException';

  /** A trigger of the user pool answered what Cognito does not accept. Look at the log of the trigger. */
  public static readonly TRIGGER_RESPONSE_INVALID = 'InvalidLambdaResponseException';

  /** The code could not be delivered. Look at how the user pool sends messages. */
  public static readonly CODE_DELIVERY_FAILURE = 'CodeDeliveryFailureException';

  /** The SMS role of the user pool may not send. Correct its policy. */
  public static readonly INVALID_SMS_ROLE_ACCESS_POLICY = 'InvalidSmsRoleAccessPolicyException';

  /** The SMS role of the user pool does not trust Cognito with its external ID. Correct its trust policy. */
  public static readonly INVALID_SMS_ROLE_TRUST_RELATIONSHIP = 'InvalidSmsRoleTrustRelationshipException';

  /** Cognito may not use the email identity of the user pool. Correct the policy of the identity. */
  public static readonly INVALID_EMAIL_ROLE_ACCESS_POLICY = 'InvalidEmailRoleAccessPolicyException';

  /** The user pool does not have the operation enabled. */
  public static readonly OPERATION_NOT_ENABLED = 'OperationNotEnabledException';

  /** The user pool is gone. */
  public static readonly RESOURCE_NOT_FOUND = 'ResourceNotFoundException';

  /**
   * The role of the function may not reset. If it is a role of your own, compare it with `policyStatements` of the
   * reset.
   */
  public static readonly ACCESS_DENIED = 'AccessDeniedException';

  /**
   * Cognito failed inside. The function reports it as `OUTCOME_UNKNOWN`, because the reset may have happened: this name
   * is for callers of Cognito's API only.
   */
  public static readonly INTERNAL_ERROR = 'InternalErrorException';

  /**
   * Every name after which the reset may have happened: that of the function itself, and those that AWS Step Functions
   * and Lambda report when the function was cut off or its answer was lost. Catch them with a state that looks at the
   * status of the user, and retry none of them without an idempotency key.
   *
   * @see https://docs.aws.amazon.com/step-functions/latest/dg/bp-lambda-serviceexception.html
   */
  public static maybeReset(): string[] {
    return [
      ResetErrors.OUTCOME_UNKNOWN,
      ResetErrors.IDEMPOTENCY_IN_PROGRESS,
      ...LAMBDA_SERVICE_ERRORS,
      'Lambda.Unknown',
      'Runtime.ExitError',
      'Sandbox.Timedout',
      'States.Timeout',
    ];
  }

  private constructor() {}
}
