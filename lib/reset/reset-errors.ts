import { RESET_ERROR_NAMES } from '../contract/reset';
import { LAMBDA_SERVICE_ERRORS } from '../private/lambda-service-errors';

/**
 * The names of the errors with which a reset fails, for `addCatch` and `addRetry` in a workflow.
 *
 * AWS Step Functions matches these names with `ErrorEquals`. Lambda returns them as `errorType`.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
 *
 * @example
 * const task = passwordReset.task(this, 'Reset password', { username: JsonPath.stringAt('$.username') });
 * task.addCatch(new Succeed(this, 'No such user'), { errors: [ResetErrors.USER_NOT_FOUND] });
 * task.addCatch(new Fail(this, 'Maybe reset'), { errors: ResetErrors.maybeReset() });
 */
export class ResetErrors {
  /** The request is not valid, and its text names the rule. Nothing was sent. Correct the request. */
  public static readonly INVALID_REQUEST = RESET_ERROR_NAMES.invalidRequest;

  /** The user was certainly not reset, because the call never reached Cognito. It is safe to retry. */
  public static readonly NOT_SENT = RESET_ERROR_NAMES.notSent;

  /**
   * The user may have been reset: Cognito failed or did not respond in time, or the connection broke. Before you retry,
   * look at the status of the user. `ResetErrors.maybeReset()` returns all names with this meaning.
   */
  public static readonly OUTCOME_UNKNOWN = RESET_ERROR_NAMES.outcomeUnknown;

  /** The user was reset but not signed out. Call AdminUserGlobalSignOut, or retry with the same idempotency key. */
  public static readonly GLOBAL_SIGN_OUT = RESET_ERROR_NAMES.globalSignOut;

  /** Another invocation with the same idempotency key is in progress. Wait, and retry with the same key. */
  public static readonly IDEMPOTENCY_IN_PROGRESS = RESET_ERROR_NAMES.idempotencyInProgress;

  /** The user does not exist in the user pool. There is nothing to do. */
  public static readonly USER_NOT_FOUND = 'UserNotFoundException';

  /**
   * The user is in the wrong state: disabled, or never signed in (`FORCE_CHANGE_PASSWORD`). Enable the user, or send
   * the invitation again.
   */
  public static readonly NOT_AUTHORIZED = 'NotAuthorizedException';

  /**
   * Cognito refused a parameter. For a reset, the reason is often that the user has no verified email address or phone
   * number, or only one that is used for MFA. Verify another one, or set a password with AdminSetUserPassword.
   */
  public static readonly INVALID_PARAMETER = 'InvalidParameterException';

  /** A limit for this user or user pool was exceeded. Wait for minutes rather than seconds before you retry. */
  public static readonly LIMIT_EXCEEDED = 'LimitExceededException';

  /**
   * Cognito throttled the request five times. It allows 30 requests per second for all account recovery in an account
   * and Region. The user was not reset. Retry at a lower rate.
   */
  public static readonly TOO_MANY_REQUESTS = 'TooManyRequestsException';

  /** The front end of AWS throttled the request five times. The user was not reset. Retry at a lower rate. */
  public static readonly THROTTLING = 'ThrottlingException';

  /** A trigger of the user pool failed. Look at the log of the trigger. */
  public static readonly TRIGGER_FAILED = 'UserLambdaValidationException';

  /** A trigger of the user pool could not be invoked. Check its resource policy, and whether it is throttled. */
  public static readonly TRIGGER_NOT_INVOKED = 'UnexpectedLambdaException';

  /** A trigger of the user pool returned a response that is not valid. Look at the log of the trigger. */
  public static readonly TRIGGER_RESPONSE_INVALID = 'InvalidLambdaResponseException';

  /** The code could not be delivered. Check how the user pool sends messages. */
  public static readonly CODE_DELIVERY_FAILURE = 'CodeDeliveryFailureException';

  /** The SMS role of the user pool has no permission to send messages. Correct its policy. */
  public static readonly INVALID_SMS_ROLE_ACCESS_POLICY = 'InvalidSmsRoleAccessPolicyException';

  /** The SMS role of the user pool does not trust Cognito with its external ID. Correct its trust policy. */
  public static readonly INVALID_SMS_ROLE_TRUST_RELATIONSHIP = 'InvalidSmsRoleTrustRelationshipException';

  /** Cognito has no permission to use the email identity of the user pool. Correct the policy of the identity. */
  public static readonly INVALID_EMAIL_ROLE_ACCESS_POLICY = 'InvalidEmailRoleAccessPolicyException';

  /** The operation is not enabled for the user pool. */
  public static readonly OPERATION_NOT_ENABLED = 'OperationNotEnabledException';

  /** The user pool does not exist. */
  public static readonly RESOURCE_NOT_FOUND = 'ResourceNotFoundException';

  /**
   * The role of the function has no permission to reset users. If you brought your own role, compare it with
   * `AdminPasswordReset.policyStatements`.
   */
  public static readonly ACCESS_DENIED = 'AccessDeniedException';

  /**
   * Cognito failed with an internal error. The function reports it as `OUTCOME_UNKNOWN`, because the user may have been
   * reset. Use this name only in workflows that call the API of Cognito directly.
   */
  public static readonly INTERNAL_ERROR = 'InternalErrorException';

  /**
   * Returns the names of all errors after which the user may have been reset: those of the function, and those that AWS
   * Step Functions and Lambda report when the function did not finish or its response was lost. Catch them with a state
   * that looks at the status of the user. Without an idempotency key, do not retry them.
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
