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
import type { ResetTaskJsonataProps, ResetTaskProps } from './reset-task';

/** The function that a task invokes. */
export interface ResetTaskTarget {
  readonly lambdaFunction: IFunction;
  readonly timeout: Duration;
  /** Undefined without the `idempotency` option. */
  readonly idempotencyExpiresAfter?: Duration;
}

/** A throttled function was not invoked. At most 61 seconds in all. */
const THROTTLED_RETRY: RetryProps = {
  errors: ['Lambda.TooManyRequestsException'],
  interval: Duration.seconds(1),
  backoffRate: 2,
  maxDelay: Duration.seconds(30),
  maxAttempts: 6,
  jitterStrategy: JitterType.FULL,
};

/** Harmless only with an idempotency key, because the function may have run. At most 14 seconds in all. */
const SERVICE_ERRORS_RETRY: RetryProps = {
  errors: [...LAMBDA_SERVICE_ERRORS],
  interval: Duration.seconds(2),
  backoffRate: 2,
  maxAttempts: 3,
  jitterStrategy: JitterType.FULL,
};

/**
 * After a service error the first invocation may still be at work. Once it must have ended, its record is answered, as
 * unknown if nothing else is known. Without jitter, which could wait for no time at all.
 */
function inProgressRetry(timeout: Duration): RetryProps {
  return {
    errors: [RESET_ERROR_NAMES.idempotencyInProgress],
    // And more than clocks may be apart.
    interval: Duration.seconds(longestSecondsOf(timeout) + 5),
    backoffRate: 1,
    maxAttempts: 2,
  };
}

/** From the start of the first invocation to the end of the last: 1 + 3 + 2 of them, and 61 + 14 + 2 waits. */
function longestTaskDuration(timeout: Duration): Duration {
  return Duration.seconds(8 * longestSecondsOf(timeout) + 85);
}

/** The fields of the result, all of which every result has. */
const RESULT_FIELDS: Readonly<Record<keyof ResetResult, true>> = {
  status: true,
  userPoolId: true,
  httpStatus: true,
  requestId: true,
  signedOut: true,
  replayed: true,
};

/** An invocation of the reset function, without the retries of the CDK. */
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

/** The task for a state machine in JSONPath. */
export function createJsonPathTask(
  scope: Construct,
  id: string,
  target: ResetTaskTarget,
  props: ResetTaskProps,
): LambdaInvoke {
  const { username, clientMetadata, idempotencyKey, requestedBy, reason, ...state } = props;
  validateRequest(props, target, JSON_PATH);
  const task = new ResetTask(scope, id, {
    ...state,
    queryLanguage: QueryLanguage.JSON_PATH,
    lambdaFunction: target.lambdaFunction,
    payload: TaskInput.fromObject({ username, clientMetadata, idempotencyKey, requestedBy, reason }),
    resultSelector: mapResult((field) => JsonPath.stringAt(`$.Payload.${field}`)),
  });
  return addRetries(task, target, idempotencyKey !== undefined);
}

/** The task for a state in JSONata, in a state machine of either language. */
export function createJsonataTask(
  scope: Construct,
  id: string,
  target: ResetTaskTarget,
  props: ResetTaskJsonataProps,
): LambdaInvoke {
  const { username, clientMetadata, idempotencyKey, requestedBy, reason, ...state } = props;
  validateRequest(props, target, JSONATA);
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

/** What a text in a property is. */
type ValueKind = 'path' | 'expression' | 'token' | 'text' | 'lookalike' | 'mixture';

const KIND_DESCRIPTIONS: Readonly<Record<ValueKind, string>> = {
  path: 'a JsonPath',
  expression: 'a JSONata expression',
  token: 'a token of the CDK',
  text: 'a text',
  lookalike: 'a text that looks like a path or an expression',
  mixture: 'a text with a JsonPath in it',
};

/** How one of the query languages refers to data. */
interface LanguageSyntax {
  readonly name: 'JSONPath' | 'JSONata';
  /** What a reference is. */
  readonly reference: ValueKind & ('path' | 'expression');
  /** The line to write for a field of the input. */
  readonly toField: (field: string) => string;
  readonly toExecutionId: string;
  /** The line to write for a text with something put in. */
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

function validateRequest(
  props: ResetTaskProps | ResetTaskJsonataProps,
  target: ResetTaskTarget,
  language: LanguageSyntax,
): void {
  validateUsername(props.username, language);
  validateIdempotencyKey(props.idempotencyKey, target, language);
  validateText('requestedBy', props.requestedBy, language);
  validateText('reason', props.reason, language);
  for (const [key, value] of Object.entries(props.clientMetadata ?? {})) {
    validateMetadataKey(key, language);
    validateText(`clientMetadata.${key}`, value, language);
  }
  validateTaskTimeout(props, target, language);
}

/** The texts of errors never repeat what was given: it can be a name. */
function validateUsername(username: string, language: LanguageSyntax): void {
  const kind = kindOf(username);
  // Without a variable an expression says the same of every user.
  if (kind !== language.reference || (kind === 'expression' && !username.includes('$'))) {
    throw new Error(
      `username: got ${KIND_DESCRIPTIONS[kind]}, expected ${KIND_DESCRIPTIONS[language.reference]} that refers to the user name, because a user name has no place in a template, and a text is not looked up: username: ${language.toField('username')}`,
    );
  }
}

function validateIdempotencyKey(key: string | undefined, target: ResetTaskTarget, language: LanguageSyntax): void {
  if (key === undefined) return;
  const { timeout, idempotencyExpiresAfter } = target;
  if (idempotencyExpiresAfter === undefined) {
    throw new Error(
      'idempotencyKey: got one for a reset without idempotency, expected none: new AdminPasswordReset(this, …, { userPool, idempotency: true })',
    );
  }
  const kind = kindOf(key);
  if (kind === 'text') {
    throw new Error(
      `idempotencyKey: got a text, expected ${KIND_DESCRIPTIONS[language.reference]}, because with the same key for all there is one reset and no other: idempotencyKey: ${language.toExecutionId}`,
    );
  }
  validateText('idempotencyKey', key, language, language.toExecutionId);
  const needed = longestTaskDuration(timeout);
  if (!idempotencyExpiresAfter.isUnresolved() && idempotencyExpiresAfter.toSeconds() < needed.toSeconds()) {
    throw new Error(
      `idempotencyKey: got one that is forgotten after ${idempotencyExpiresAfter.toHumanString()}, expected it to outlast the retries of the task (${needed.toHumanString()}), the last of which would reset again: idempotencyExpiresAfter: Duration.seconds(${needed.toSeconds()})`,
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
    `${property}: got ${KIND_DESCRIPTIONS[kind]}, expected ${KIND_DESCRIPTIONS[language.reference]} or a plain text, because a state in ${language.name} takes anything else as it is written: ${line}`,
  );
}

function validateMetadataKey(key: string, language: LanguageSyntax): void {
  if (key === RESERVED_METADATA_KEY || key === '__proto__') {
    throw new Error(
      `clientMetadata: got the key ${key}, expected any other: the function refuses it, because it is reserved`,
    );
  }
  const kind = kindOf(key);
  if (kind === 'path' || kind === 'mixture') {
    throw new Error(
      `clientMetadata: got ${KIND_DESCRIPTIONS[kind]} as a key, expected a plain text, because keys are not looked up: give the metadata with a key of your own`,
    );
  }
  if (language.reference === 'path' && key.endsWith('.$')) {
    throw new Error(
      `clientMetadata: got the key ${key}, expected one that does not end in .$, with which JSONPath marks its paths: ${key.slice(0, -2)}: JsonPath.stringAt('$.…')`,
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
      `taskTimeout: got one of the other query language, expected one for ${language.name}: ${language.reference === 'path' ? "Timeout.at('$.seconds')" : "Timeout.jsonata('{% $states.input.seconds %}')"}`,
    );
  }
  if (seconds !== undefined && !Token.isUnresolved(seconds) && !timeout.isUnresolved()) {
    if (seconds < timeout.toSeconds()) {
      throw new Error(
        `taskTimeout: got ${Duration.seconds(seconds).toHumanString()}, expected at least the time-out of the function (${timeout.toHumanString()}): a reset that the workflow does not wait for goes on all the same`,
      );
    }
  }
}

/** JSONata takes a path for a text. */
function validateNoJsonPath(property: string, value: unknown): void {
  const [path] = FieldUtils.findReferencedPaths({ value });
  if (path !== undefined) {
    throw new Error(
      `${property}: got the JsonPath ${path}, expected JSONata expressions, because JSONata takes a path for a text: '{% $states.result.Payload.status %}'`,
    );
  }
}

/** The beginning of what a query language would look up, if it were told to. */
const LOOKALIKE = /^\s*(?:\$|\{%|States\.\w+\()/;

function kindOf(value: string): ValueKind {
  const fragments = Tokenization.reverseString(value);
  if (fragments.tokens.some((token) => JsonPath.isEncodedJsonPath(Token.asString(token)))) {
    return fragments.length === 1 ? 'path' : 'mixture';
  }
  if (value.startsWith('{%') && value.endsWith('%}')) return 'expression';
  // As a text, a token of the CDK begins with a dollar sign too.
  if (LOOKALIKE.test(value) && fragments.firstToken === undefined) return 'lookalike';
  return fragments.tokens.length > 0 ? 'token' : 'text';
}

/** What is not known until deployment may be as long as Lambda allows. */
function longestSecondsOf(timeout: Duration): number {
  return timeout.isUnresolved() ? 900 : timeout.toSeconds();
}
