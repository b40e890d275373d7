import { Duration, Token, Tokenization } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import {
  FieldUtils,
  JitterType,
  JsonPath,
  QueryLanguage,
  type RetryProps,
  TaskInput,
} from 'aws-cdk-lib/aws-stepfunctions';
import type { LambdaInvoke, LambdaInvokeProps } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import { RESERVED_METADATA_KEY, RESET_ERROR_NAMES, type ResetResult } from '../contract/reset';
import { InvokeTask } from '../private/invoke-task';
import { LAMBDA_SERVICE_ERRORS } from '../private/lambda-service-errors';
import { validateNames, validateObject } from '../private/validate-props';
import type { ResetTaskJsonataProps, ResetTaskProps } from './reset-task';

/** The reset function as the tasks need it. */
export interface ResetTaskTarget {
  readonly lambdaFunction: IFunction;
  readonly timeout: Duration;
  /** Undefined without the `idempotency` option. */
  readonly idempotencyExpiresAfter?: Duration;
}

/** Retries an invocation that Lambda throttled. The retries wait for at most 61 seconds in total. */
const THROTTLED_RETRY: RetryProps = {
  errors: ['Lambda.TooManyRequestsException'],
  interval: Duration.seconds(1),
  backoffRate: 2,
  maxDelay: Duration.seconds(30),
  maxAttempts: 6,
  jitterStrategy: JitterType.FULL,
};

/**
 * Retries errors after which the function may have run. Without an idempotency key, it could reset the user again. The
 * retries wait for at most 14 seconds in total.
 */
const SERVICE_ERRORS_RETRY: RetryProps = {
  errors: [...LAMBDA_SERVICE_ERRORS],
  interval: Duration.seconds(2),
  backoffRate: 2,
  maxAttempts: 3,
  jitterStrategy: JitterType.FULL,
};

/**
 * Retries while an earlier invocation is still in progress, as it can be after a service error. After the timeout of
 * the function, that invocation must have ended. The retry then gets its stored outcome, or an unknown outcome. No
 * jitter, because with full jitter the retry could wait for no time at all.
 */
function inProgressRetry(timeout: Duration): RetryProps {
  return {
    errors: [RESET_ERROR_NAMES.idempotencyInProgress],
    // Five seconds more than the timeout, because clocks may differ.
    interval: Duration.seconds(longestSecondsOf(timeout) + 5),
    backoffRate: 1,
    maxAttempts: 2,
  };
}

/**
 * The maximum duration of a task with an idempotency key: 1 + 3 + 2 invocations, 61 and 14 seconds of waiting, and
 * twice the wait of `inProgressRetry`.
 */
function longestTaskDuration(timeout: Duration): Duration {
  return Duration.seconds(8 * longestSecondsOf(timeout) + 85);
}

/** The fields of the result. Every result has all of them. */
const RESULT_FIELDS: Readonly<Record<keyof ResetResult, true>> = {
  status: true,
  userPoolId: true,
  httpStatus: true,
  requestId: true,
  signedOut: true,
  replayed: true,
};

/** Invokes the reset function, without the default retries of `LambdaInvoke`. */
class ResetTask extends InvokeTask {
  constructor(scope: Construct, id: string, props: LambdaInvokeProps) {
    super(scope, id, { ...props, retryOnServiceExceptions: false });
  }

  override toStateJson(topLevelQueryLanguage?: QueryLanguage): object {
    if (topLevelQueryLanguage === QueryLanguage.JSONATA && this.queryLanguage === QueryLanguage.JSON_PATH) {
      throw new Error(
        `task: got the state machine of ${this.node.path} in JSONata, expected one in JSONPath: reset.taskJsonata(this, '${this.node.id}', …)`,
      );
    }
    return super.toStateJson(topLevelQueryLanguage);
  }
}

/** Creates the task for a state machine in JSONPath. */
export function createJsonPathTask(
  scope: Construct,
  id: string,
  target: ResetTaskTarget,
  props: ResetTaskProps,
): LambdaInvoke {
  validateRequest(props, target, JSON_PATH);
  const { username, clientMetadata, idempotencyKey, requestedBy, reason, ...state } = props;
  const task = new ResetTask(scope, id, {
    ...state,
    queryLanguage: QueryLanguage.JSON_PATH,
    lambdaFunction: target.lambdaFunction,
    payload: TaskInput.fromObject({ username, clientMetadata, idempotencyKey, requestedBy, reason }),
    resultSelector: mapResult((field) => JsonPath.stringAt(`$.Payload.${field}`)),
  });
  return addRetries(task, target, idempotencyKey !== undefined);
}

/** Creates the task in JSONata, for a state machine in either query language. */
export function createJsonataTask(
  scope: Construct,
  id: string,
  target: ResetTaskTarget,
  props: ResetTaskJsonataProps,
): LambdaInvoke {
  validateRequest(props, target, JSONATA);
  const { username, clientMetadata, idempotencyKey, requestedBy, reason, ...state } = props;
  validateNoJsonPath('assign', props.assign);
  validateNoJsonPath('outputs', props.outputs);
  const task = new ResetTask(scope, id, {
    ...state,
    queryLanguage: QueryLanguage.JSONATA,
    lambdaFunction: target.lambdaFunction,
    payload: TaskInput.fromObject({ username, clientMetadata, idempotencyKey, requestedBy, reason }),
    outputs: props.outputs ?? mapResult((field) => `{% $states.result.Payload.${field} %}`),
  });
  return addRetries(task, target, idempotencyKey !== undefined);
}

function mapResult(reference: (field: string) => string): Record<string, string> {
  return Object.fromEntries(Object.keys(RESULT_FIELDS).map((field) => [field, reference(field)]));
}

function addRetries(task: LambdaInvoke, target: ResetTaskTarget, idempotent: boolean): LambdaInvoke {
  task.addRetry(THROTTLED_RETRY);
  if (idempotent) {
    task.addRetry(SERVICE_ERRORS_RETRY);
    task.addRetry(inProgressRetry(target.timeout));
  }
  return task;
}

/** The kind of value that the text of a property contains. */
type ValueKind = 'none' | 'other' | 'path' | 'expression' | 'token' | 'text' | 'lookalike' | 'mixture';

const KIND_DESCRIPTIONS: Readonly<Record<ValueKind, string>> = {
  none: 'none',
  other: 'a value that is not a text',
  path: 'a JsonPath',
  expression: 'a JSONata expression',
  token: 'a token of the CDK',
  text: 'a text',
  lookalike: 'a text that looks like a path or an expression',
  mixture: 'a text with a JsonPath in it',
};

/** How a query language refers to data. */
interface LanguageSyntax {
  readonly name: 'JSONPath' | 'JSONata';
  /** The kind of value that refers to data. */
  readonly reference: ValueKind & ('path' | 'expression');
  /** The code for a field of the input, for error texts. */
  readonly toField: (field: string) => string;
  readonly toExecutionId: string;
  /** The code for a text with a field of the input in it, for error texts. */
  readonly toMixture: (field: string) => string;
}

const JSON_PATH: LanguageSyntax = {
  name: 'JSONPath',
  reference: 'path',
  toField: (field) => `JsonPath.stringAt('$.${field}')`,
  toExecutionId: 'JsonPath.executionId',
  toMixture: (field) => `JsonPath.format('… {}', JsonPath.stringAt('$.${field}'))`,
};

const JSONATA: LanguageSyntax = {
  name: 'JSONata',
  reference: 'expression',
  toField: (field) => `'{% $states.input.${field} %}'`,
  toExecutionId: "'{% $states.context.Execution.Id %}'",
  toMixture: (field) => `"{% '… ' & $states.input.${field} %}"`,
};

/** The properties of both kinds of tasks that are not the CDK's own. */
const FIELDS = ['username', 'clientMetadata', 'idempotencyKey', 'requestedBy', 'reason', 'taskTimeout'];

function validateRequest(
  props: ResetTaskProps | ResetTaskJsonataProps,
  target: ResetTaskTarget,
  language: LanguageSyntax,
): void {
  const example = `{ username: ${language.toField('username')} }`;
  validateObject('props', props, example);
  validateNames(props, FIELDS);
  validateUsername(props.username, language);
  validateIdempotencyKey(props.idempotencyKey, target, language);
  validateText('requestedBy', props.requestedBy, language);
  validateText('reason', props.reason, language);
  if (props.clientMetadata !== undefined)
    validateObject('clientMetadata', props.clientMetadata, "{ template: 'breach' }");
  for (const [key, value] of Object.entries(props.clientMetadata ?? {})) {
    validateMetadataKey(key, language);
    validateText(`clientMetadata.${key}`, value, language);
  }
  validateTaskTimeout(props, target, language);
}

/** The error text does not repeat the value, because it may be a user name. */
function validateUsername(username: string, language: LanguageSyntax): void {
  const kind = kindOf(username);
  // An expression without a variable is the same for every user.
  if (kind !== language.reference || (kind === 'expression' && !username.includes('$'))) {
    throw new Error(
      `username: got ${KIND_DESCRIPTIONS[kind]}, expected ${KIND_DESCRIPTIONS[language.reference]} that refers to the user name, because a template must not contain a user name, and a text is not evaluated: username: ${language.toField('username')}`,
    );
  }
}

function validateIdempotencyKey(key: string | undefined, target: ResetTaskTarget, language: LanguageSyntax): void {
  if (key === undefined) return;
  const { timeout, idempotencyExpiresAfter } = target;
  if (idempotencyExpiresAfter === undefined) {
    throw new Error(
      'idempotencyKey: got a key for a reset without idempotency, expected a reset with idempotency: new AdminPasswordReset(this, …, { userPool, idempotency: true })',
    );
  }
  const kind = kindOf(key);
  if (kind === 'text') {
    throw new Error(
      `idempotencyKey: got a text, expected ${KIND_DESCRIPTIONS[language.reference]}, because with the same key for all users only the first user is reset: idempotencyKey: ${language.toExecutionId}`,
    );
  }
  validateText('idempotencyKey', key, language, language.toExecutionId);
  const needed = longestTaskDuration(timeout);
  if (!idempotencyExpiresAfter.isUnresolved() && idempotencyExpiresAfter.toSeconds() < needed.toSeconds()) {
    throw new Error(
      `idempotencyKey: got a key that expires after ${idempotencyExpiresAfter.toHumanString()}, expected it to outlast the retries of the task (${needed.toHumanString()}), the last of which would otherwise reset the user again: idempotencyExpiresAfter: Duration.seconds(${needed.toSeconds()})`,
    );
  }
}

function validateText(
  property: string,
  value: string | undefined,
  language: LanguageSyntax,
  reference = language.toField(/\w+$/.exec(property)?.[0] ?? 'field'),
): void {
  if (value === undefined) return;
  const kind = kindOf(value);
  if (kind === 'text' || kind === 'token' || kind === language.reference) return;
  const line = kind === 'mixture' ? language.toMixture('field') : reference;
  throw new Error(
    `${property}: got ${KIND_DESCRIPTIONS[kind]}, expected ${KIND_DESCRIPTIONS[language.reference]} or a plain text, because a state in ${language.name} does not evaluate anything else: ${line}`,
  );
}

function validateMetadataKey(key: string, language: LanguageSyntax): void {
  if (key === RESERVED_METADATA_KEY || key === '__proto__') {
    throw new Error(`clientMetadata: got the key ${key}, expected another key: this key is reserved`);
  }
  const kind = kindOf(key);
  if (kind === 'path' || kind === 'mixture') {
    throw new Error(
      `clientMetadata: got ${KIND_DESCRIPTIONS[kind]} as a key, expected a plain text: a state does not evaluate keys`,
    );
  }
  if (language.reference === 'path' && key.endsWith('.$')) {
    throw new Error(
      `clientMetadata: got the key ${key}, expected a key that does not end in .$, which marks a path in JSONPath: ${key.slice(0, -2)}: JsonPath.stringAt('$.…')`,
    );
  }
}

function validateTaskTimeout(
  { taskTimeout }: ResetTaskProps | ResetTaskJsonataProps,
  { timeout }: ResetTaskTarget,
  language: LanguageSyntax,
): void {
  if (taskTimeout === undefined) return;
  const { seconds, path, jsonataExpression } = taskTimeout;
  if (language.reference === 'path' ? jsonataExpression !== undefined : path !== undefined) {
    throw new Error(
      `taskTimeout: got a timeout of the other query language, expected one for ${language.name}: ${language.reference === 'path' ? "Timeout.at('$.seconds')" : "Timeout.jsonata('{% $states.input.seconds %}')"}`,
    );
  }
  if (seconds !== undefined && !Token.isUnresolved(seconds) && !timeout.isUnresolved()) {
    if (seconds < timeout.toSeconds()) {
      throw new Error(
        `taskTimeout: got ${Duration.seconds(seconds).toHumanString()}, expected at least the timeout of the function (${timeout.toHumanString()}): the function continues a reset even if the workflow stops waiting`,
      );
    }
  }
}

/** JSONata does not evaluate a path. */
function validateNoJsonPath(property: string, value: unknown): void {
  const [path] = FieldUtils.findReferencedPaths({ value });
  if (path !== undefined) {
    throw new Error(
      `${property}: got the JsonPath ${path}, expected JSONata expressions, because JSONata does not evaluate a path: '{% $states.result.Payload.status %}'`,
    );
  }
}

/** Matches the beginning of a text that looks like a path, an expression or an intrinsic function. */
const LOOKALIKE = /^\s*(?:\$|\{%|States\.\w+\()/;

function kindOf(value: unknown): ValueKind {
  if (value === undefined || value === null) return 'none';
  if (typeof value !== 'string') return 'other';
  const fragments = Tokenization.reverseString(value);
  if (fragments.tokens.some((token) => JsonPath.isEncodedJsonPath(Token.asString(token)))) {
    return fragments.length === 1 ? 'path' : 'mixture';
  }
  if (value.startsWith('{%') && value.endsWith('%}')) return 'expression';
  // The text of a CDK token begins with a dollar sign too.
  if (LOOKALIKE.test(value) && fragments.firstToken === undefined) return 'lookalike';
  return fragments.tokens.length > 0 ? 'token' : 'text';
}

/** For a timeout that is not known before deployment, the maximum that Lambda allows. */
function longestSecondsOf(timeout: Duration): number {
  return timeout.isUnresolved() ? 900 : timeout.toSeconds();
}
