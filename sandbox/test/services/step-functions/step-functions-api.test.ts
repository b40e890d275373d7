import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { DefinitionBody, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Deployment, until } from '../../../src/testing';

/** Returns its input, or fails or waits when it says so. */
const DEFINITION = {
  StartAt: 'Choose',
  States: {
    Choose: {
      Type: 'Choice',
      Choices: [
        { Variable: '$.fail', IsPresent: true, Next: 'Fail' },
        { Variable: '$.wait', IsPresent: true, Next: 'Wait' },
      ],
      Default: 'Succeed',
    },
    Wait: { Type: 'Wait', Seconds: 600, Next: 'Succeed' },
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

async function ended(input: string, name?: string) {
  const { executionArn } = await start({ input, name });
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

test('a second start with the name and the input of a running execution is answered as the first', async () => {
  const first = await start({ name: 'twice', input: '{"wait":true}' });

  expect((await start({ name: 'twice', input: '{"wait":true}' })).executionArn).toBe(first.executionArn);
  await expect(start({ name: 'twice', input: '{}' })).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
});

test('refuses the name of an execution that has ended', async () => {
  await ended('{}', 'once');

  await expect(start({ name: 'once' })).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
});

test.each([
  [
    'an unknown state machine',
    () => start({ stateMachineArn: `${stateMachineArn}-other` }),
    'StateMachineDoesNotExist',
  ],
  ['a text that is no ARN', () => start({ stateMachineArn: 'Machine' }), 'InvalidArn'],
  [
    'an ARN of 257 characters',
    () => start({ stateMachineArn: stateMachineArn.padEnd(257, 'a') }),
    'ValidationException',
  ],
  ['the ARN of a map', () => start({ stateMachineArn: `${stateMachineArn}/Label` }), 'ValidationException'],
  ['a name of 81 characters', () => start({ name: 'a'.repeat(81) }), 'InvalidName'],
  ['a name with a slash', () => start({ name: 'a/b' }), 'InvalidName'],
  ['an input that is not JSON', () => start({ input: '{' }), 'InvalidExecutionInput'],
  ['an input of 262,145 bytes', () => start({ input: JSON.stringify('a'.repeat(262_143)) }), 'ValidationException'],
  [
    'an unknown execution',
    () => client.send(new DescribeExecutionCommand({ executionArn: `${stateMachineArn}:other` })),
    'ExecutionDoesNotExist',
  ],
])('refuses %s', async (_, call, name) => {
  await expect(call()).rejects.toMatchObject({ name });
});
