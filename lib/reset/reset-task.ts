import type { AssignableStateOptions, Timeout } from 'aws-cdk-lib/aws-stepfunctions';

/** What is the same in both query languages. */
interface ResetTaskBaseProps extends AssignableStateOptions {
  /**
   * What reaches the triggers of the user pool as ClientMetadata, and picks one of the messages of `ResetMessages`.
   *
   * Cognito neither stores nor encrypts nor checks it: never put a secret in it. A value is a path or expression, or a
   * text that does not look like one.
   *
   * @default - no metadata
   * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminResetUserPassword.html
   */
  readonly clientMetadata?: { [key: string]: string };

  /**
   * Who asked, of at most 256 characters. Logged as a claim, with the user name cut out; never sent to Cognito.
   *
   * A path or expression, or a text that does not look like one.
   *
   * @default - nobody is named
   */
  readonly requestedBy?: string;

  /**
   * Why, of at most 1,024 characters. Logged as a claim, with the user name cut out; never sent to Cognito.
   *
   * A path or expression, or a text that does not look like one.
   *
   * @default - no reason is given
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
   * At least the time-out of the function: a reset that the workflow does not wait for goes on all the same.
   *
   * @default - as long as the function takes, which is its own time-out at most
   * @see https://docs.aws.amazon.com/step-functions/latest/dg/state-task.html
   */
  readonly taskTimeout?: Timeout;
}

/**
 * Properties of `AdminPasswordReset.task`.
 */
export interface ResetTaskProps extends ResetTaskBaseProps {
  /**
   * Whom to reset: the path of a user name, alias or sub, such as `JsonPath.stringAt('$.username')`.
   *
   * A text is refused: it would not be looked up, and a user name has no place in a template.
   *
   * @see https://docs.aws.amazon.com/step-functions/latest/dg/amazon-states-language-paths.html
   */
  readonly username: string;

  /**
   * With it the reset is carried out once however often it is asked for, and errors of Lambda are retried.
   *
   * A path, such as `JsonPath.executionId`, to 1 to 256 characters that cannot be guessed and are different for each
   * reset. Needs `idempotency` of the reset.
   *
   * @default - each invocation resets, and none is repeated that Lambda may have started
   */
  readonly idempotencyKey?: string;

  /**
   * Where the result is put into the input of the state.
   *
   * `JsonPath.DISCARD` passes the input on as it is.
   *
   * @default - the result replaces the input, so that the user name does not travel on
   * @see https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultpath.html
   */
  readonly resultPath?: string;
}

/**
 * Properties of `AdminPasswordReset.taskJsonata`.
 */
export interface ResetTaskJsonataProps extends ResetTaskBaseProps {
  /**
   * Whom to reset: an expression for a user name, alias or sub, such as `{% $states.input.username %}`.
   *
   * A text is refused: a user name has no place in a template.
   *
   * @see https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
   */
  readonly username: string;

  /**
   * With it the reset is carried out once however often it is asked for, and errors of Lambda are retried.
   *
   * An expression, such as `{% $states.context.Execution.Id %}`, for 1 to 256 characters that cannot be guessed and are
   * different for each reset. Needs `idempotency` of the reset.
   *
   * @default - each invocation resets, and none is repeated that Lambda may have started
   */
  readonly idempotencyKey?: string;

  /**
   * The output of the state.
   *
   * The result of the reset is `$states.result.Payload`.
   *
   * @default - the result and nothing of the input, so that the user name does not travel on
   * @see https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
   */
  // biome-ignore lint/suspicious/noExplicitAny: JSON of any kind, as in the CDK
  readonly outputs?: any;
}
