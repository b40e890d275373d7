import type { AssignableStateOptions, Timeout } from 'aws-cdk-lib/aws-stepfunctions';

/** The properties that are the same for both query languages. */
interface ResetTaskBaseProps extends AssignableStateOptions {
  /**
   * The ClientMetadata that Cognito passes to the triggers of the user pool. It selects one of the messages of
   * `ResetMessages`.
   *
   * Cognito does not store, validate or encrypt it: never put a secret in it. A value is a path, an expression, or a
   * text that does not look like one.
   *
   * @default - no ClientMetadata
   * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminResetUserPassword.html
   */
  readonly clientMetadata?: { [key: string]: string };

  /**
   * Who requested the reset: at most 256 characters. It is logged without authentication, and not sent to Cognito.
   *
   * A path, an expression, or a text that does not look like one. The function removes the user name where it occurs.
   *
   * @default - no requester is logged
   */
  readonly requestedBy?: string;

  /**
   * The reason of the reset: at most 1,024 characters. It is logged without authentication, and not sent to Cognito.
   *
   * A path, an expression, or a text that does not look like one. The function removes the user name where it occurs.
   *
   * @default - no reason is logged
   */
  readonly reason?: string;

  /**
   * The name of the state.
   *
   * @default - the id of the construct
   */
  readonly stateName?: string;

  /**
   * A comment that describes the state.
   *
   * @default - no comment
   */
  readonly comment?: string;

  /**
   * How long the workflow waits for one invocation.
   *
   * At least the timeout of the function: when the workflow stops waiting, the function still continues the reset.
   *
   * @default - no timeout of the state; the invocation ends with the timeout of the function
   * @see https://docs.aws.amazon.com/step-functions/latest/dg/state-task.html
   */
  readonly taskTimeout?: Timeout;
}

/**
 * Properties of `AdminPasswordReset.task`.
 */
export interface ResetTaskProps extends ResetTaskBaseProps {
  /**
   * The user to reset: the path of a user name, alias or `sub`, such as `JsonPath.stringAt('$.username')`.
   *
   * A plain text is not supported: it would not be evaluated as a path, and a template must not contain a user name.
   *
   * @see https://docs.aws.amazon.com/step-functions/latest/dg/amazon-states-language-paths.html
   */
  readonly username: string;

  /**
   * The idempotency key of the reset. Repeated requests with the same key reset the user at most once. The task then
   * also retries errors of Lambda.
   *
   * A path, such as `JsonPath.executionId`. The key must have 1 to 256 characters, be different for each reset, and be
   * impossible to guess. Requires the `idempotency` option of `AdminPasswordReset`.
   *
   * @default - every invocation resets the user, and the task does not retry an invocation that may have started
   */
  readonly idempotencyKey?: string;

  /**
   * The path at which the result is added to the input of the state.
   *
   * `JsonPath.DISCARD` discards the result, and the output is the input.
   *
   * @default - the result replaces the input, so that the user name is not passed to the next state
   * @see https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultpath.html
   */
  readonly resultPath?: string;
}

/**
 * Properties of `AdminPasswordReset.taskJsonata`.
 */
export interface ResetTaskJsonataProps extends ResetTaskBaseProps {
  /**
   * The user to reset: an expression for a user name, alias or `sub`, such as `{% $states.input.username %}`.
   *
   * A plain text is not supported: a template must not contain a user name.
   *
   * @see https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
   */
  readonly username: string;

  /**
   * The idempotency key of the reset. Repeated requests with the same key reset the user at most once. The task then
   * also retries errors of Lambda.
   *
   * An expression, such as `{% $states.context.Execution.Id %}`. The key must have 1 to 256 characters, be different
   * for each reset, and be impossible to guess. Requires the `idempotency` option of `AdminPasswordReset`.
   *
   * @default - every invocation resets the user, and the task does not retry an invocation that may have started
   */
  readonly idempotencyKey?: string;

  /**
   * The output of the state.
   *
   * `$states.result.Payload` is the result of the reset.
   *
   * @default - the result without the input, so that the user name is not passed to the next state
   * @see https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
   */
  // biome-ignore lint/suspicious/noExplicitAny: JSON of any kind, as in the CDK
  readonly outputs?: any;
}
