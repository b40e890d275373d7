import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { DefinitionBody, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Deployment, until } from '../../../src/testing';

/** Returns its input, or fails when it says so. */
const DEFINITION = {
  StartAt: 'Choose',
  States: {
    Choose: {
      Type: 'Choice',
      Choices: [{ Variable: '$.fail', IsPresent: true, Next: 'Fail' }],
      Default: 'Succeed',
    },
    Succeed: { Type: 'Succeed' },
    Fail: { Type: 'Fail', Error: 'OnPurpose', Cause: 'as told' },
  },
};

let deployment: Deployment;
let client: SFNClient;
let stateMachineArn: string;

beforeAll(async () => {
  deployment = await Deployment.start((stack) => {
    new StateMachine(stack, 'Machine', { definitionBody: DefinitionBody.fromString(JSON.stringify(DEFINITION)) });
  });
  stateMachineArn = deployment.sandbox.assembly.stateMachines[0]?.stateMachineArn as string;
  const credentials = { accessKeyId: 'developer', secretAccessKey: 'developer' };
  client = new SFNClient({ endpoint: deployment.sandbox.endpoint, region: 'us-east-1', credentials, maxAttempts: 1 });
});
afterAll(async () => {
  client.destroy();
  await deployment.stop();
});

const start = (request: { name?: string; input?: string; stateMachineArn?: string } = {}) =>
  client.send(new StartExecutionCommand({ stateMachineArn, ...request }));

async function ended(input: string) {
  const { executionArn } = await start({ input });
  let last = await client.send(new DescribeExecutionCommand({ executionArn }));
  let asking = false;
  await until(() => {
    if (last.status === 'RUNNING' && !asking) {
      asking = true;
      void client.send(new DescribeExecutionCommand({ executionArn })).then((next) => {
        last = next;
        asking = false;
      });
    }
    return last.status !== 'RUNNING';
  });
  return last;
}

test('an execution that succeeded has its input and its output', async () => {
  const input = '{"a":1}';

  const execution = await ended(input);

  expect(execution).toMatchObject({ status: 'SUCCEEDED', stateMachineArn, input, output: input });
  expect(execution.stopDate?.getTime()).toBeGreaterThanOrEqual(execution.startDate?.getTime() as number);
});

test('an execution that failed has its error and its cause, and no output', async () => {
  const execution = await ended('{"fail":true}');

  expect(execution).toMatchObject({ status: 'FAILED', error: 'OnPurpose', cause: 'as told' });
  expect(execution.output).toBeUndefined();
});

test('refuses a name that was used', async () => {
  await start({ name: 'once' });

  await expect(start({ name: 'once' })).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
});

test.each([
  [
    'an unknown state machine',
    () => start({ stateMachineArn: `${stateMachineArn}-other` }),
    'StateMachineDoesNotExist',
  ],
  ['an input that is not JSON', () => start({ input: '{' }), 'InvalidExecutionInput'],
  ['an input of 262,145 characters', () => start({ input: `"${'a'.repeat(262_143)}"` }), 'InvalidExecutionInput'],
  [
    'an unknown execution',
    () => client.send(new DescribeExecutionCommand({ executionArn: `${stateMachineArn}:other` })),
    'ExecutionDoesNotExist',
  ],
])('refuses %s', async (_, call, name) => {
  await expect(call()).rejects.toMatchObject({ name });
});
