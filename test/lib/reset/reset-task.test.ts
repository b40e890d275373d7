import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as cognito from '@aws-sdk/client-cognito-identity-provider';
import { App, CfnParameter, Duration, Stack, Token } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { UserPool } from 'aws-cdk-lib/aws-cognito';
import { DefinitionBody, JsonPath, Pass, QueryLanguage, StateMachine, Timeout } from 'aws-cdk-lib/aws-stepfunctions';
import type { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import {
  AdminPasswordReset,
  type AdminPasswordResetProps,
  ResetErrors,
  type ResetTaskJsonataProps,
  type ResetTaskProps,
} from '../../../lib';
import { RESET_ERROR_NAMES } from '../../../lib/contract/reset';
import { definitionOf, type State, validationErrorsOf } from '../../support/definition';
import { CONTEXTS } from '../../support/synthesis';

const USERNAME = JsonPath.stringAt('$.username');
const USERNAME_JSONATA = '{% $states.input.username %}';
/** A duration that is not known before deployment. */
const NOT_KNOWN = Duration.seconds(Token.asNumber({ 'Fn::ImportValue': 'Seconds' }));
const FUNCTION = { 'Fn::GetAtt': ['ResetFunction7627FBC0', 'Arn'] };

const THROTTLED = {
  ErrorEquals: ['Lambda.TooManyRequestsException'],
  IntervalSeconds: 1,
  MaxAttempts: 6,
  BackoffRate: 2,
  MaxDelaySeconds: 30,
  JitterStrategy: 'FULL',
};
const SERVICE_ERRORS = {
  ErrorEquals: [
    'Lambda.ServiceException',
    'Lambda.AWSLambdaException',
    'Lambda.SdkClientException',
    'Lambda.ClientExecutionTimeoutException',
  ],
  IntervalSeconds: 2,
  MaxAttempts: 3,
  BackoffRate: 2,
  JitterStrategy: 'FULL',
};
const IN_PROGRESS = {
  ErrorEquals: ['IdempotencyInProgressError'],
  IntervalSeconds: 35,
  MaxAttempts: 2,
  BackoffRate: 1,
};

describe.each(CONTEXTS)('AdminPasswordReset with $context', ({ flags }) => {
  test('creates a task that sends the user name and returns only the result', () => {
    const { state } = synthesizeTask({}, {}, flags);

    expect(state).toEqual({
      Type: 'Task',
      End: true,
      // biome-ignore lint/suspicious/noTemplateCurlyInString: literal text of the definition
      Resource: 'arn:${AWS::Partition}:states:::lambda:invoke',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: literal text of the definition
      Parameters: { FunctionName: '${ResetFunction7627FBC0.Arn}', Payload: { 'username.$': '$.username' } },
      ResultSelector: {
        'status.$': '$.Payload.status',
        'userPoolId.$': '$.Payload.userPoolId',
        'httpStatus.$': '$.Payload.httpStatus',
        'requestId.$': '$.Payload.requestId',
        'signedOut.$': '$.Payload.signedOut',
        'replayed.$': '$.Payload.replayed',
      },
      Retry: [THROTTLED],
    });
  });

  test('creates a task in JSONata that sends the user name and returns only the result', () => {
    const { state } = synthesizeJsonata({}, {}, flags);

    expect(state).toEqual({
      Type: 'Task',
      End: true,
      // biome-ignore lint/suspicious/noTemplateCurlyInString: literal text of the definition
      Resource: 'arn:${AWS::Partition}:states:::lambda:invoke',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: literal text of the definition
      Arguments: { FunctionName: '${ResetFunction7627FBC0.Arn}', Payload: { username: USERNAME_JSONATA } },
      Output: {
        status: '{% $states.result.Payload.status %}',
        userPoolId: '{% $states.result.Payload.userPoolId %}',
        httpStatus: '{% $states.result.Payload.httpStatus %}',
        requestId: '{% $states.result.Payload.requestId %}',
        signedOut: '{% $states.result.Payload.signedOut %}',
        replayed: '{% $states.result.Payload.replayed %}',
      },
      Retry: [THROTTLED],
    });
  });

  test.each([
    ['a task', () => synthesizeTask(EVERY_PROPERTY, { idempotency: true }, flags)],
    ['a task in JSONata', () => synthesizeJsonata(EVERY_PROPERTY_JSONATA, { idempotency: true }, flags)],
  ])('grants the state machine of %s permission to invoke the unqualified function only', (_, synthesize) => {
    const { template } = synthesize();

    const policies = Object.values(template.findResources('AWS::IAM::Policy')).map(({ Properties }) => Properties);
    expect(policies.filter(({ Roles }) => /^Workflow/.test(Roles[0].Ref))).toEqual([
      {
        PolicyName: expect.any(String),
        Roles: [{ Ref: expect.stringMatching(/^WorkflowRole/) }],
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: FUNCTION }],
        },
      },
    ]);
    template.resourceCountIs('AWS::Lambda::Permission', 0);
  });

  test.each([
    ['a task', () => synthesizeTask(EVERY_PROPERTY, { idempotency: true }, flags)],
    ['a task in JSONata', () => synthesizeJsonata(EVERY_PROPERTY_JSONATA, { idempotency: true }, flags)],
  ])('creates %s with every property that is valid Amazon States Language', (_, synthesize) => {
    expect(validationErrorsOf(definitionOf(synthesize().template))).toEqual([]);
  });
});

describe('AdminPasswordReset.task', () => {
  test.each<[string, Partial<ResetTaskProps>, object]>([
    [
      'clientMetadata',
      { clientMetadata: { template: 'help-desk', ticket: JsonPath.stringAt('$.ticket') } },
      { clientMetadata: { template: 'help-desk', 'ticket.$': '$.ticket' } },
    ],
    ['empty clientMetadata', { clientMetadata: {} }, { clientMetadata: {} }],
    ['idempotencyKey', { idempotencyKey: JsonPath.executionId }, { 'idempotencyKey.$': '$$.Execution.Id' }],
    [
      'idempotencyKey with an intrinsic function',
      { idempotencyKey: JsonPath.format('{}/1', JsonPath.executionId) },
      { 'idempotencyKey.$': "States.Format('{}/1', $$.Execution.Id)" },
    ],
    ['requestedBy', { requestedBy: JsonPath.stringAt('$.agent') }, { 'requestedBy.$': '$.agent' }],
    ['requestedBy as a text', { requestedBy: 'help desk' }, { requestedBy: 'help desk' }],
    ['reason', { reason: JsonPath.stringAt('$.reason') }, { 'reason.$': '$.reason' }],
    ['reason as a text', { reason: 'lost for 5 $ {% or so %}' }, { reason: 'lost for 5 $ {% or so %}' }],
    ['reason as an empty text', { reason: '' }, { reason: '' }],
    ['username from a variable', { username: JsonPath.stringAt('$name') }, { 'username.$': '$name' }],
  ])('sends %s', (_, props, payload) => {
    const { state } = synthesizeTask(props, { idempotency: true });
    const { Payload } = state.Parameters as { Payload: object };

    expect(Payload).toEqual({ ...('username' in payload || props.username ? {} : PAYLOAD), ...payload });
  });

  test.each<[string, Partial<ResetTaskProps>, object]>([
    ['comment', { comment: 'Resets' }, { Comment: 'Resets' }],
    ['resultPath', { resultPath: '$.reset' }, { ResultPath: '$.reset' }],
    ['resultPath DISCARD', { resultPath: JsonPath.DISCARD }, { ResultPath: null }],
    ['taskTimeout', { taskTimeout: Timeout.duration(Duration.seconds(30)) }, { TimeoutSeconds: 30 }],
    ['taskTimeout with a path', { taskTimeout: Timeout.at('$.seconds') }, { TimeoutSecondsPath: '$.seconds' }],
    [
      'assign',
      { assign: { requestId: JsonPath.stringAt('$.Payload.requestId') } },
      { Assign: { 'requestId.$': '$.Payload.requestId' } },
    ],
  ])('sets %s', (_, props, expected) => {
    const plain = synthesizeTask().state;

    for (const name of Object.keys(expected)) expect(plain).not.toHaveProperty(name);
    expect(synthesizeTask(props).state).toEqual({ ...plain, ...expected });
  });

  test('names the state after its construct id or stateName', () => {
    expect(Object.keys(definitionOf(synthesizeTask().template).States)).toEqual(['Reset password']);
    const { template } = synthesizeTask({ stateName: 'Choose a new password' });
    expect(Object.keys(definitionOf(template).States)).toEqual(['Choose a new password']);
  });

  test('refuses a state machine in JSONata, which does not evaluate paths', () => {
    expect(() => synthesizeTask({}, {}, {}, QueryLanguage.JSONATA)).toThrow(
      "task: got the state machine of Stack/Reset password in JSONata, expected one in JSONPath: reset.taskJsonata(this, 'Reset password', …)",
    );
  });

  test.each<[string, Partial<ResetTaskProps>, string]>([
    [
      'a user name',
      { username: 'jane@example.com' },
      "username: got a text, expected a JsonPath that refers to the user name, because a template must not contain a user name, and a text is not evaluated: username: JsonPath.stringAt('$.username')",
    ],
    [
      'a path as a text for the user name',
      { username: '$.username' },
      'username: got a text that looks like a path or an expression,',
    ],
    [
      'an expression as the user name',
      { username: USERNAME_JSONATA },
      'username: got a JSONata expression, expected a JsonPath',
    ],
    ['an empty user name', { username: '' }, 'username: got a text, expected a JsonPath'],
    ['a user name with a path in it', { username: `jane-${USERNAME}` }, 'username: got a text with a JsonPath in it,'],
    [
      'a CDK token as the user name',
      { username: Token.asString({ Ref: 'Name' }) },
      'username: got a token of the CDK, expected a',
    ],
    [
      'a path as a text for the reason',
      { reason: '$.reason' },
      "reason: got a text that looks like a path or an expression, expected a JsonPath or a plain text, because a state in JSONPath does not evaluate anything else: JsonPath.stringAt('$.reason')",
    ],
    [
      'a path after a space for the reason',
      { reason: ' $.reason' },
      'reason: got a text that looks like a path or an expression,',
    ],
    [
      'an intrinsic function as a text for the reason',
      { reason: 'States.UUID()' },
      'reason: got a text that looks like a path or an',
    ],
    [
      'an expression for requestedBy',
      { requestedBy: '{% $x %}' },
      'requestedBy: got a JSONata expression, expected a JsonPath or a',
    ],
    [
      'an incomplete expression for requestedBy',
      { requestedBy: '{% $x' },
      'requestedBy: got a text that looks like a path or an expression',
    ],
    [
      'a text with a path in it for the reason',
      { reason: `ticket ${JsonPath.stringAt('$.ticket')}` },
      "reason: got a text with a JsonPath in it, expected a JsonPath or a plain text, because a state in JSONPath does not evaluate anything else: JsonPath.format('… {}', JsonPath.stringAt('$.field'))",
    ],
    [
      'a path as a text in the metadata',
      { clientMetadata: { template: 'help-desk', ticket: '$$.Execution.Id' } },
      "clientMetadata.ticket: got a text that looks like a path or an expression, expected a JsonPath or a plain text, because a state in JSONPath does not evaluate anything else: JsonPath.stringAt('$.ticket')",
    ],
    [
      'the reserved key in the metadata',
      { clientMetadata: { cdkCognitoPasswordReset: 'x' } },
      'clientMetadata: got the key cdkCognitoPasswordReset, expected another key: this key is reserved',
    ],
    [
      'the key __proto__ in the metadata',
      { clientMetadata: { ['__proto__']: 'x' } },
      'clientMetadata: got the key __proto__,',
    ],
    [
      'a path as a key of the metadata',
      { clientMetadata: { [USERNAME]: 'x' } },
      'clientMetadata: got a JsonPath as a key, expected a',
    ],
    [
      'a key of the metadata that ends in .$',
      { clientMetadata: { 'ticket.$': '$.ticket' } },
      "clientMetadata: got the key ticket.$, expected a key that does not end in .$, which marks a path in JSONPath: ticket: JsonPath.stringAt('$.…')",
    ],
    [
      'the same idempotency key for all users',
      { idempotencyKey: 'key' },
      'idempotencyKey: got a text, expected a JsonPath, because with the same key for all users only the first user is reset: idempotencyKey: JsonPath.executionId',
    ],
    [
      'a path as a text for the idempotency key',
      { idempotencyKey: '$$.Execution.Id' },
      'idempotencyKey: got a text that looks like a path or an expression, expected a JsonPath or a plain text, because a state in JSONPath does not evaluate anything else: JsonPath.executionId',
    ],
    [
      'a timeout in JSONata',
      { taskTimeout: Timeout.jsonata('{% 60 %}') },
      "taskTimeout: got a timeout of the other query language, expected one for JSONPath: Timeout.at('$.seconds')",
    ],
  ])('refuses %s', (_, props, message) => {
    expect(() => synthesizeTask(props, { idempotency: true })).toThrow(message);
  });
});

describe('AdminPasswordReset.taskJsonata', () => {
  test.each<[string, Partial<ResetTaskJsonataProps>, object]>([
    [
      'clientMetadata',
      { clientMetadata: { template: 'help-desk', ticket: '{% $states.input.ticket %}', 'a.$': 'b' } },
      { clientMetadata: { template: 'help-desk', ticket: '{% $states.input.ticket %}', 'a.$': 'b' } },
    ],
    [
      'idempotencyKey',
      { idempotencyKey: '{% $states.context.Execution.Id %}' },
      { idempotencyKey: '{% $states.context.Execution.Id %}' },
    ],
    ['requestedBy', { requestedBy: '{% $states.input.agent %}' }, { requestedBy: '{% $states.input.agent %}' }],
    ['requestedBy as a text', { requestedBy: 'help desk' }, { requestedBy: 'help desk' }],
    ['reason', { reason: '{% $states.input.reason %}' }, { reason: '{% $states.input.reason %}' }],
    ['reason as a text', { reason: 'lost for 5 $' }, { reason: 'lost for 5 $' }],
  ])('sends %s', (_, props, payload) => {
    const { state } = synthesizeJsonata(props, { idempotency: true });
    const { Payload } = state.Arguments as { Payload: object };

    expect(Payload).toEqual({ username: USERNAME_JSONATA, ...payload });
  });

  test.each<[string, Partial<ResetTaskJsonataProps>, object]>([
    ['comment', { comment: 'Resets' }, { Comment: 'Resets' }],
    ['taskTimeout', { taskTimeout: Timeout.duration(Duration.minutes(1)) }, { TimeoutSeconds: 60 }],
    ['taskTimeout with an expression', { taskTimeout: Timeout.jsonata('{% 60 %}') }, { TimeoutSeconds: '{% 60 %}' }],
    [
      'assign',
      { assign: { requestId: '{% $states.result.Payload.requestId %}' } },
      { Assign: { requestId: '{% $states.result.Payload.requestId %}' } },
    ],
  ])('sets %s', (_, props, expected) => {
    const plain = synthesizeJsonata().state;

    for (const name of Object.keys(expected)) expect(plain).not.toHaveProperty(name);
    expect(synthesizeJsonata(props).state).toEqual({ ...plain, ...expected });
  });

  test('uses outputs instead of the result', () => {
    const outputs = { status: '{% $states.result.Payload.status %}', ticket: '{% $states.input.ticket %}' };
    expect(synthesizeJsonata({ outputs }).state.Output).toEqual(outputs);
  });

  test('names the state after its construct id or stateName', () => {
    expect(Object.keys(definitionOf(synthesizeJsonata().template).States)).toEqual(['Reset password']);
    const { template } = synthesizeJsonata({ stateName: 'Choose a new password' });
    expect(Object.keys(definitionOf(template).States)).toEqual(['Choose a new password']);
  });

  test('sets QueryLanguage in a state machine in JSONPath', () => {
    const inJsonata = synthesizeJsonata().state;
    const inJsonPath = synthesizeJsonata({}, {}, {}, QueryLanguage.JSON_PATH);

    expect(inJsonPath.state).toEqual({ ...inJsonata, QueryLanguage: 'JSONata' });
    expect(validationErrorsOf(definitionOf(inJsonPath.template))).toEqual([]);
  });

  test.each<[string, Partial<ResetTaskJsonataProps>, string]>([
    [
      'a user name',
      { username: 'jane@example.com' },
      "username: got a text, expected a JSONata expression that refers to the user name, because a template must not contain a user name, and a text is not evaluated: username: '{% $states.input.username %}'",
    ],
    ['a path for the user name', { username: USERNAME }, 'username: got a JsonPath, expected a JSONata expression'],
    [
      'a path as a text for the user name',
      { username: '$.username' },
      'username: got a text that looks like a path or an expression,',
    ],
    [
      'an incomplete expression for the user name',
      { username: '{% $name' },
      'username: got a text that looks like a path or an expression,',
    ],
    ['a user name in an expression', { username: "{% 'jane' %}" }, 'username: got a JSONata expression, expected a'],
    ['a path in an expression', { username: `{% ${USERNAME} %}` }, 'username: got a text with a JsonPath in it,'],
    [
      'a path for the reason',
      { reason: JsonPath.stringAt('$.reason') },
      "reason: got a JsonPath, expected a JSONata expression or a plain text, because a state in JSONata does not evaluate anything else: '{% $states.input.reason %}'",
    ],
    ['a path as a text for the reason', { reason: '$.reason' }, 'reason: got a text that looks like a path or an'],
    ['an incomplete expression for the reason', { reason: '{% $x' }, 'reason: got a text that looks like a path or an'],
    [
      'a text with a path in it for requestedBy',
      { requestedBy: `desk ${JsonPath.stringAt('$.desk')}` },
      'requestedBy: got a text with a JsonPath in it, expected a JSONata expression or a plain text, because a state in JSONata does not evaluate anything else: "{% \'… \' & $states.input.field %}"',
    ],
    [
      'a path in the metadata',
      { clientMetadata: { ticket: JsonPath.stringAt('$.ticket') } },
      "clientMetadata.ticket: got a JsonPath, expected a JSONata expression or a plain text, because a state in JSONata does not evaluate anything else: '{% $states.input.ticket %}'",
    ],
    [
      'the reserved key in the metadata',
      { clientMetadata: { cdkCognitoPasswordReset: 'x' } },
      'clientMetadata: got the key cdkCogn',
    ],
    [
      'the key __proto__ in the metadata',
      { clientMetadata: { ['__proto__']: 'x' } },
      'clientMetadata: got the key __proto__,',
    ],
    [
      'a path in a key of the metadata',
      { clientMetadata: { [`a${USERNAME}`]: 'x' } },
      'clientMetadata: got a text with a JsonPath in',
    ],
    [
      'a path for the idempotency key',
      { idempotencyKey: JsonPath.executionId },
      "idempotencyKey: got a JsonPath, expected a JSONata expression or a plain text, because a state in JSONata does not evaluate anything else: '{% $states.context.Execution.Id %}'",
    ],
    [
      'the same idempotency key for all users',
      { idempotencyKey: 'key' },
      "idempotencyKey: got a text, expected a JSONata expression, because with the same key for all users only the first user is reset: idempotencyKey: '{% $states.context.Execution.Id %}'",
    ],
    [
      'a path for the timeout',
      { taskTimeout: Timeout.at('$.seconds') },
      "taskTimeout: got a timeout of the other query language, expected one for JSONata: Timeout.jsonata('{% $states.input.seconds %}')",
    ],
    [
      'a path in outputs',
      { outputs: { result: { status: JsonPath.stringAt('$.Payload.status') } } },
      "outputs: got the JsonPath $.Payload.status, expected JSONata expressions, because JSONata does not evaluate a path: '{% $states.result.Payload.status %}'",
    ],
    ['a path in assign', { assign: { id: JsonPath.executionId } }, 'assign: got the JsonPath $$.Execution.Id,'],
  ])('refuses %s', (_, props, message) => {
    expect(() => synthesizeJsonata(props, { idempotency: true })).toThrow(message);
  });
});

describe.each<[string, Synthesize]>([
  ['AdminPasswordReset.task', synthesizeTask],
  ['AdminPasswordReset.taskJsonata', synthesizeJsonata],
])('%s', (_, synthesize) => {
  const idempotencyKey = synthesize === synthesizeTask ? JsonPath.executionId : '{% $states.context.Execution.Id %}';

  test.each<[string, Partial<ResetTaskProps>, Partial<AdminPasswordResetProps>, object[]]>([
    ['only a throttled invocation', {}, {}, [THROTTLED]],
    [
      'only a throttled invocation if idempotency is on without an idempotency key',
      {},
      { idempotency: true },
      [THROTTLED],
    ],
    [
      'errors of Lambda as well with an idempotency key',
      { idempotencyKey },
      { idempotency: true },
      [THROTTLED, SERVICE_ERRORS, IN_PROGRESS],
    ],
    [
      'an idempotency key in progress after the timeout of the function',
      { idempotencyKey },
      { idempotency: true, timeout: Duration.minutes(2) },
      [THROTTLED, SERVICE_ERRORS, { ...IN_PROGRESS, IntervalSeconds: 125 }],
    ],
    [
      'an idempotency key in progress after 15 minutes if the timeout of the function is not known',
      { idempotencyKey },
      { idempotency: true, timeout: NOT_KNOWN },
      [THROTTLED, SERVICE_ERRORS, { ...IN_PROGRESS, IntervalSeconds: 905 }],
    ],
  ])('retries %s', (_, props, resetProps, retriers) => {
    expect(synthesize(props, resetProps).state.Retry).toEqual(retriers);
  });

  test('accepts CDK tokens for all properties except the user name', () => {
    const given = (stack: Stack) => new CfnParameter(stack, 'Given').valueAsString;
    const { state } = synthesize(
      (stack) => ({
        idempotencyKey: given(stack),
        reason: `see ${stack.account}`,
        clientMetadata: { a: stack.region },
      }),
      { idempotency: true },
    );

    const { Payload } = (state.Parameters ?? state.Arguments) as { Payload: object };
    expect(Payload).toMatchObject({
      // biome-ignore-start lint/suspicious/noTemplateCurlyInString: literal text of the definition
      idempotencyKey: '${Given}',
      reason: 'see ${AWS::AccountId}',
      clientMetadata: { a: '${AWS::Region}' },
      // biome-ignore-end lint/suspicious/noTemplateCurlyInString: end of the literal texts
    });
  });

  test('refuses an idempotency key if the function has no idempotency', () => {
    expect(() => synthesize({ idempotencyKey })).toThrow(
      'idempotencyKey: got a key for a reset without idempotency, expected a reset with idempotency: new AdminPasswordReset(this, …, { userPool, idempotency: true })',
    );
  });

  test.each<[string, Partial<AdminPasswordResetProps>, string]>([
    [
      'the default timeout',
      { idempotencyExpiresAfter: Duration.seconds(324) },
      'got a key that expires after 5 minutes 24 seconds, expected it to outlast the retries of the task (5 minutes 25 seconds), the last of which would otherwise reset the user again: idempotencyExpiresAfter: Duration.seconds(325)',
    ],
    [
      'a longer timeout',
      { timeout: Duration.minutes(1), idempotencyExpiresAfter: Duration.minutes(9) },
      'got a key that expires after 9 minutes, expected it to outlast the retries of the task (9 minutes 25 seconds)',
    ],
  ])('refuses an idempotency key that expires before the retries of the task end: %s', (_, resetProps, message) => {
    expect(() => synthesize({ idempotencyKey }, { idempotency: true, ...resetProps })).toThrow(
      `idempotencyKey: ${message}`,
    );
  });

  test.each<[string, Duration]>([
    ['the minimum', Duration.seconds(325)],
    ['not known', NOT_KNOWN],
  ])('accepts an idempotency key if its expiry is %s', (_, idempotencyExpiresAfter) => {
    expect(() => synthesize({ idempotencyKey }, { idempotency: true, idempotencyExpiresAfter })).not.toThrow();
  });

  test.each<[Timeout, Partial<AdminPasswordResetProps>]>([
    [Timeout.duration(Duration.seconds(29)), {}],
    [Timeout.duration(Duration.seconds(59)), { timeout: Duration.minutes(1) }],
  ])('refuses a task timeout that is shorter than the timeout of the function: %j', (taskTimeout, resetProps) => {
    expect(() => synthesize({ taskTimeout }, resetProps)).toThrow(
      /^taskTimeout: got \d+ seconds, expected at least the timeout of the function \((30 seconds|1 minute)\): the function continues a reset even if the workflow stops waiting$/,
    );
  });

  test.each<[string, Duration, Duration]>([
    ['the state', NOT_KNOWN, Duration.minutes(1)],
    ['the function', Duration.seconds(1), NOT_KNOWN],
  ])('accepts a task timeout if the timeout of %s is not known at synth', (_, duration, timeout) => {
    expect(() => synthesize({ taskTimeout: Timeout.duration(duration) }, { timeout })).not.toThrow();
  });

  test.each(['jane', '$jane', '{% jane', `jane ${USERNAME}`, '{% "jane" %}'])(
    'does not repeat a refused user name in the error text: %j',
    (username) => {
      let message = '';
      try {
        synthesize({ username });
      } catch (error) {
        message = (error as Error).message;
      }
      expect(message).toMatch(/^username: got /);
      expect(message).not.toContain('jane');
    },
  );

  test('supports catches and next states', () => {
    const { state } = synthesize({}, {}, {}, undefined, (task, stack) => {
      task.addCatch(new Pass(stack, 'Unknown'), { errors: ResetErrors.maybeReset() });
      task.next(new Pass(stack, 'Done'));
    });

    expect(state).toMatchObject({ Next: 'Done', Catch: [{ ErrorEquals: ResetErrors.maybeReset(), Next: 'Unknown' }] });
  });
});

describe('ResetErrors', () => {
  const {
    prototype: _,
    maybeReset: __,
    ...names
  } = Object.fromEntries(
    Object.getOwnPropertyNames(ResetErrors).map((name) => [name, ResetErrors[name as keyof typeof ResetErrors]]),
  ) as Record<string, unknown>;
  const constants = Object.entries(names).filter(([name]) => /^[A-Z_]+$/.test(name)) as [string, string][];
  const NOT_IN_THE_MODEL = ['AccessDeniedException', 'ThrottlingException'];

  test('contains each error name of the library and of Cognito once', () => {
    const own: string[] = Object.values(RESET_ERROR_NAMES);
    const values = constants.map(([, value]) => value);

    expect(new Set(values).size).toBe(values.length);
    expect(values.filter((value) => own.includes(value)).sort()).toEqual([...own].sort());
    const others = values.filter((value) => !own.includes(value) && !NOT_IN_THE_MODEL.includes(value));
    expect(others.filter((value) => !(value in cognito))).toEqual([]);
    expect(others).toHaveLength(15);
  });

  test.each(constants)('has an entry for %s in docs/workflows.md', (constant, value) => {
    const documentation = readFileSync(join(__dirname, '..', '..', '..', 'docs', 'workflows.md'), 'utf8');

    expect(documentation).toContain(`| \`${constant}\` | \`${value}\` |`);
  });

  test('returns the names of Lambda and AWS Step Functions as well from maybeReset', () => {
    expect(ResetErrors.maybeReset()).toEqual([
      'ResetOutcomeUnknownError',
      'IdempotencyInProgressError',
      'Lambda.ServiceException',
      'Lambda.AWSLambdaException',
      'Lambda.SdkClientException',
      'Lambda.ClientExecutionTimeoutException',
      'Lambda.Unknown',
      'Runtime.ExitError',
      'Sandbox.Timedout',
      'States.Timeout',
    ]);
  });
});

const PAYLOAD = { 'username.$': '$.username' };

const EVERY_PROPERTY: Partial<ResetTaskProps> = {
  clientMetadata: { template: 'help-desk', ticket: JsonPath.stringAt('$.ticket') },
  idempotencyKey: JsonPath.executionId,
  requestedBy: JsonPath.stringAt('$.agent'),
  reason: 'lost',
  comment: 'Resets',
  stateName: 'Reset',
  resultPath: '$.reset',
  taskTimeout: Timeout.duration(Duration.minutes(1)),
  assign: { requestId: JsonPath.stringAt('$.Payload.requestId') },
};

const EVERY_PROPERTY_JSONATA: Partial<ResetTaskJsonataProps> = {
  clientMetadata: { template: 'help-desk', ticket: '{% $states.input.ticket %}' },
  idempotencyKey: '{% $states.context.Execution.Id %}',
  requestedBy: '{% $states.input.agent %}',
  reason: 'lost',
  comment: 'Resets',
  stateName: 'Reset',
  taskTimeout: Timeout.duration(Duration.minutes(1)),
  assign: { requestId: '{% $states.result.Payload.requestId %}' },
  outputs: { status: '{% $states.result.Payload.status %}' },
};

type Synthesize = (
  props?: Partial<ResetTaskProps> | ((stack: Stack) => Partial<ResetTaskProps>),
  resetProps?: Partial<AdminPasswordResetProps>,
  context?: Record<string, unknown>,
  queryLanguage?: QueryLanguage,
  extend?: (task: LambdaInvoke, stack: Stack) => void,
) => { state: State; template: Template };

function synthesizeTask(...[props = {}, ...others]: Parameters<Synthesize>) {
  return synthesizeWorkflow(
    (reset, stack) =>
      reset.task(stack, 'Reset password', {
        username: USERNAME,
        ...(typeof props === 'function' ? props(stack) : props),
      }),
    QueryLanguage.JSON_PATH,
    ...others,
  );
}

function synthesizeJsonata(
  props: Partial<ResetTaskJsonataProps> | ((stack: Stack) => Partial<ResetTaskJsonataProps>) = {},
  ...others: Parameters<Synthesize> extends [unknown?, ...infer Others] ? Others : never
) {
  return synthesizeWorkflow(
    (reset, stack) =>
      reset.taskJsonata(stack, 'Reset password', {
        username: USERNAME_JSONATA,
        ...(typeof props === 'function' ? props(stack) : props),
      }),
    QueryLanguage.JSONATA,
    ...others,
  );
}

function synthesizeWorkflow(
  createTask: (reset: AdminPasswordReset, stack: Stack) => LambdaInvoke,
  usualLanguage: QueryLanguage,
  resetProps: Partial<AdminPasswordResetProps> = {},
  context: Record<string, unknown> = {},
  queryLanguage: QueryLanguage = usualLanguage,
  extend: (task: LambdaInvoke, stack: Stack) => void = () => {},
) {
  const stack = new Stack(new App({ context }), 'Stack');
  const userPool = UserPool.fromUserPoolId(stack, 'Pool', 'us-east-1_AbCdEfGhI');
  const task = createTask(new AdminPasswordReset(stack, 'Reset', { userPool, ...resetProps }), stack);
  extend(task, stack);
  new StateMachine(stack, 'Workflow', { definitionBody: DefinitionBody.fromChainable(task), queryLanguage });
  const template = Template.fromStack(stack);
  const { StartAt, States } = definitionOf(template);
  return { state: States[StartAt] as State, template };
}
