import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AdminDisableUserCommand,
  AdminGetUserCommand,
  CognitoIdentityProviderClient,
} from '@aws-sdk/client-cognito-identity-provider';
import { App, type Stack } from 'aws-cdk-lib';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import type { CfnStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Sandbox } from 'cloud-assembly-sandbox';
import { HelpDeskWorkflow } from '../../examples/help-desk-workflow/app';

const ENV = { account: '111122223333', region: 'us-east-1' };
const WORKFLOW = 'help-desk-password-reset';
const UNKNOWN = { service: 'cognito-idp', operation: 'AdminResetUserPassword', instead: 'cut-after' } as const;

/**
 * The sandbox does not support tasks that call Cognito directly. This function replaces them: it calls Cognito with its
 * event, and fails with the error name that Step Functions would use.
 */
const CALL_COGNITO = `
  exports.handler = async (event) => {
    const response = await fetch(process.env.AWS_ENDPOINT_URL, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': 'AWSCognitoIdentityProviderService.' + process.env.OPERATION,
        authorization: 'AWS4-HMAC-SHA256 Credential=developer/20261123/us-east-1/cognito-idp/aws4_request',
      },
      body: JSON.stringify(event),
    });
    const body = await response.json();
    if (response.ok) return body;
    const error = new Error('Cognito refused');
    error.name = 'CognitoIdentityProvider.' + body.__type.split('#').pop();
    throw error;
  };`;

let directory: string;
let sandbox: Sandbox;
let userPoolId: string;
const output: string[] = [];

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'help-desk-'));
  const app = new App({ outdir: directory });
  const stack = new HelpDeskWorkflow(app, 'HelpDesk', { env: ENV });
  callCognitoByFunction(stack, 'AdminGetUser', 'AdminUserGlobalSignOut');
  app.synth();
  sandbox = await Sandbox.start({ assemblyDirectory: directory, onLog: (line) => output.push(line) });
  userPoolId = sandbox.assembly.userPools[0]?.userPoolId ?? '';
});
afterAll(async () => {
  await sandbox.stop();
  rmSync(directory, { recursive: true });
});

test('the workflow resets and signs out a user, who gets one message', async () => {
  await addUser('reset');
  const signOuts = sandbox.countCalls('AdminUserGlobalSignOut');

  expect(await run('reset')).toEqual({
    result: { status: 'SUCCEEDED', output: { outcome: 'RESET_REQUIRED' } },
    states: ['Reset password', 'Reset done'],
  });
  expect(messagesTo('reset')).toBe(1);
  expect(await statusOf('reset')).toBe('RESET_REQUIRED');
  expect(sandbox.countCalls('AdminUserGlobalSignOut') - signOuts).toBe(1);
});

test('the workflow ends with USER_NOT_FOUND for a user who does not exist, and does not log the user name', async () => {
  expect(await run('missing-user')).toEqual({
    result: { status: 'SUCCEEDED', output: { outcome: 'USER_NOT_FOUND' } },
    states: ['Reset password', 'User not found'],
  });
  expect(output.join('\n')).not.toContain('missing-user');
});

test('the workflow ends with WRONG_STATE for a disabled user, who gets no message', async () => {
  await addUser('disabled');
  await client().send(new AdminDisableUserCommand({ UserPoolId: userPoolId, Username: 'disabled' }));

  expect(await run('disabled')).toEqual({
    result: { status: 'SUCCEEDED', output: { outcome: 'WRONG_STATE' } },
    states: ['Reset password', 'Disabled or never signed in'],
  });
  expect(messagesTo('disabled')).toBe(0);
});

test('the workflow looks up the user after an unknown outcome, and signs out a user who was reset, without a second message', async () => {
  await addUser('unknown');
  const signOuts = sandbox.countCalls('AdminUserGlobalSignOut');
  sandbox.faults.add(UNKNOWN);

  expect(await run('unknown')).toEqual({
    result: { status: 'SUCCEEDED', output: { outcome: 'RESET_REQUIRED' } },
    states: ['Reset password', 'Let Cognito finish', 'Look up the user', 'Reset?', 'Sign out', 'Reset and signed out'],
  });
  expect(messagesTo('unknown')).toBe(1);
  expect(sandbox.countCalls('AdminUserGlobalSignOut') - signOuts).toBe(1);
});

test('the workflow looks up the user after an unknown outcome, and ends with NOT_RESET if the user was not reset', async () => {
  await addUser('untouched');
  sandbox.faults.add({ ...UNKNOWN, instead: 'cut-before' });

  expect(await run('untouched')).toEqual({
    result: { status: 'SUCCEEDED', output: { outcome: 'NOT_RESET' } },
    states: ['Reset password', 'Let Cognito finish', 'Look up the user', 'Reset?', 'Not reset'],
  });
  expect(messagesTo('untouched')).toBe(0);
  expect(await statusOf('untouched')).toBe('CONFIRMED');
});

test('the workflow signs the user out if the function could not, without a second reset', async () => {
  await addUser('signed-in');
  sandbox.faults.add({
    service: 'cognito-idp',
    operation: 'AdminUserGlobalSignOut',
    instead: { status: 400, name: 'InvalidParameterException' },
  });

  expect(await run('signed-in')).toEqual({
    result: { status: 'SUCCEEDED', output: { outcome: 'RESET_REQUIRED' } },
    states: ['Reset password', 'Sign out', 'Reset and signed out'],
  });
  expect(messagesTo('signed-in')).toBe(1);
});

test('the workflow retries a throttled invocation', async () => {
  await addUser('throttled');
  sandbox.faults.add({
    service: 'lambda',
    operation: 'Invoke',
    times: 3,
    instead: { status: 429, name: 'TooManyRequestsException' },
  });
  const invocations = sandbox.countCalls('Invoke');

  expect((await run('throttled')).result).toEqual({ status: 'SUCCEEDED', output: { outcome: 'RESET_REQUIRED' } });
  expect(sandbox.countCalls('Invoke') - invocations).toBe(4);
  expect(messagesTo('throttled')).toBe(1);
});

test('the workflow sends no second message when an invocation that reset the user is retried', async () => {
  await addUser('repeated');
  sandbox.faults.add({ service: 'lambda', operation: 'Invoke', instead: 'cut-after' });

  expect(await run('repeated')).toEqual({
    result: { status: 'SUCCEEDED', output: { outcome: 'RESET_REQUIRED' } },
    states: ['Reset password', 'Reset done'],
  });
  expect(messagesTo('repeated')).toBe(1);
});

test('the workflow fails with the name of any other error, and with a cause without the user name', async () => {
  sandbox.faults.add({
    service: 'cognito-idp',
    operation: 'AdminResetUserPassword',
    instead: { status: 400, name: 'LimitExceededException', message: 'for limited' },
  });

  expect(await run('limited')).toEqual({
    result: {
      status: 'FAILED',
      error: 'LimitExceededException',
      cause: 'The user was not reset, or not signed out: see the state before this one.',
    },
    states: ['Reset password', 'Failed'],
  });
});

async function run(username: string) {
  const states: string[] = [];
  const { result } = sandbox.stepFunctions.start(
    WORKFLOW,
    { username, agent: 'agent-17' },
    { maxWait: 100, onStateEntered: (state) => states.push(state) },
  );
  return { result: await result, states };
}

function addUser(username: string): Promise<string> {
  const attributes = { email: `${username}@example.com`, email_verified: 'true' };
  return sandbox.cognito.addUser({ userPoolId, username, password: 'Old-password-1', attributes });
}

function messagesTo(username: string): number {
  return sandbox.messages.filter(({ destination }) => destination === `${username}@example.com`).length;
}

async function statusOf(username: string): Promise<string | undefined> {
  return (await client().send(new AdminGetUserCommand({ UserPoolId: userPoolId, Username: username }))).UserStatus;
}

function client(): CognitoIdentityProviderClient {
  const credentials = { accessKeyId: 'developer', secretAccessKey: 'developer' };
  return new CognitoIdentityProviderClient({ region: ENV.region, endpoint: sandbox.endpoint, credentials });
}

/** Replaces the tasks that call Cognito directly with functions. */
function callCognitoByFunction(stack: HelpDeskWorkflow, ...operations: string[]): void {
  const machine = stack.stateMachine.node.defaultChild as CfnStateMachine;
  let definition = JSON.stringify((stack as Stack).resolve(machine.definitionString));
  for (const operation of operations) {
    const lambdaFunction = new LambdaFunction(stack, operation, {
      functionName: operation,
      runtime: Runtime.NODEJS_24_X,
      handler: 'index.handler',
      code: Code.fromInline(CALL_COGNITO),
      environment: { OPERATION: operation },
    });
    lambdaFunction.grantInvoke(stack.stateMachine);
    const action = `${operation.charAt(0).toLowerCase()}${operation.slice(1)}`;
    const replaced = definition.replace(
      `:states:::aws-sdk:cognitoidentityprovider:${action}`,
      `:lambda:${ENV.region}:${ENV.account}:function:${operation}`,
    );
    if (replaced === definition) throw new Error(`expected a task that calls ${operation}`);
    definition = replaced;
  }
  machine.addPropertyOverride('DefinitionString', JSON.parse(definition));
}
