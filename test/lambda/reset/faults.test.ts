import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { type Fault, type FunctionDefinition, LambdaService } from 'cloud-assembly-sandbox';
import { type Answer, DeployedReset } from '../../support/deployed-reset';
import { endsBefore, until } from '../../support/deployment';

const ALWAYS = Number.POSITIVE_INFINITY;

/** The maximum number of attempts. */
const ALL_ATTEMPTS = 5;

const REFUSALS = [
  'AccessDeniedException',
  'InvalidEmailRoleAccessPolicyException',
  'InvalidLambdaResponseException',
  'InvalidParameterException',
  'InvalidSmsRoleAccessPolicyException',
  'InvalidSmsRoleTrustRelationshipException',
  'LimitExceededException',
  'NotAuthorizedException',
  'OperationNotEnabledException',
  'ResourceNotFoundException',
  'UnexpectedLambdaException',
  'UserLambdaValidationException',
  'UserNotFoundException',
];

interface Row {
  readonly fault: string;
  readonly instead: Fault['instead'];
  readonly times?: number;
  readonly errorType: string | undefined;
  /** The number of AdminResetUserPassword calls. */
  readonly calls: number;
}

const ROWS: readonly Row[] = [
  // Exceptions of Cognito keep their names and are not retried.
  ...REFUSALS.map((name) => ({
    fault: name,
    instead: { status: 400, name },
    times: ALWAYS,
    errorType: name,
    calls: 1,
  })),
  {
    fault: 'an exception that this library does not know',
    instead: { status: 403, name: 'ExpiredTokenException' },
    times: ALWAYS,
    errorType: 'ExpiredTokenException',
    calls: 1,
  },
  // A throttled call was not carried out, so it is retried.
  {
    fault: 'all calls throttled',
    instead: { status: 400, name: 'TooManyRequestsException' },
    times: ALWAYS,
    errorType: 'TooManyRequestsException',
    calls: ALL_ATTEMPTS,
  },
  {
    fault: 'two calls throttled',
    instead: { status: 400, name: 'TooManyRequestsException' },
    times: 2,
    errorType: undefined,
    calls: 3,
  },
  {
    fault: 'one call throttled with the exception of the AWS front end',
    instead: { status: 400, name: 'ThrottlingException' },
    times: 1,
    errorType: undefined,
    calls: 2,
  },
  // A call that may have been carried out is never retried.
  ...[
    { fault: 'InternalErrorException', instead: { status: 500, name: 'InternalErrorException' } },
    { fault: 'a status 503 with ThrottlingException', instead: { status: 503, name: 'ThrottlingException' } },
    { fault: 'a status 400 without an exception name', instead: { status: 400, name: '' } },
    { fault: 'a connection cut before the reset is carried out', instead: 'cut-before' as const },
    { fault: 'a connection cut after the reset is carried out', instead: 'cut-after' as const },
    { fault: 'a response that is not JSON', instead: 'garbage' as const },
  ].map((row) => ({ ...row, times: ALWAYS, errorType: 'ResetOutcomeUnknownError', calls: 1 })),
];

interface Unanswered {
  readonly answer: Answer;
  readonly resets: number;
  readonly tooEarly: boolean;
  readonly timely: boolean;
}

/** Ways in which no complete response arrives. Each takes 20 seconds: they start first, and are checked last. */
const ENDINGS = { 'no response': 'hang', 'a response that stops halfway': 'slow-body' } as const;
const unanswered: Record<string, Promise<Unanswered>> = {};
beforeAll(() => {
  for (const [ending, instead] of Object.entries(ENDINGS)) {
    const ended = resetWithout(instead);
    ended.catch(() => {});
    unanswered[ending] = ended;
  }
});

async function resetWithout(instead: Fault['instead']): Promise<Unanswered> {
  const reset = await DeployedReset.start();
  await reset.addUser('one');
  reset.sandbox.faults.add({ operation: 'AdminResetUserPassword', instead, times: ALWAYS });
  const invoked = reset.invoke({ username: 'one' });
  await until(() => reset.resets > 0);
  const [tooEarly, timely] = await Promise.all([endsBefore(19_000, invoked), endsBefore(25_000, invoked)]);
  const answer = await invoked;
  const { resets } = reset;
  await reset.stop();
  return { answer, resets, tooEarly, timely };
}

describe('a reset with a fault of Cognito', () => {
  let reset: DeployedReset;
  beforeAll(async () => {
    reset = await DeployedReset.start();
    await reset.addUser('one');
  });
  afterAll(() => reset.stop());

  test.each(ROWS.map((row) => ({ ...row, result: row.errorType ?? 'RESET_REQUIRED' })))(
    'ends with $result (number of calls: $calls) for the fault: $fault',
    async ({ instead, times, errorType, calls }) => {
      // GIVEN
      const remove = reset.sandbox.faults.add({ operation: 'AdminResetUserPassword', times, instead });
      const before = reset.resets;

      // WHEN
      const answer = await reset.invoke({ username: 'one' });
      remove();

      // THEN
      expect(answer.errorType).toBe(errorType);
      expect(reset.resets - before).toBe(calls);
      expect(answer.status).toBe(errorType === undefined ? 'RESET_REQUIRED' : undefined);
    },
  );

  test.each(['one', 'nobody'])(
    'fails with a fixed error text that contains neither the user name nor the text of a trigger: user %s',
    async (username) => {
      const instead = {
        status: 400,
        name: 'UserLambdaValidationException',
        message: `PreSignUp failed for ${username}`,
      };
      reset.sandbox.faults.add({ operation: 'AdminResetUserPassword', instead });

      const answer = await reset.invoke({ username });

      expect(answer.errorMessage).toBe('a trigger of the user pool failed');
      expect(JSON.stringify(answer)).not.toContain('PreSignUp');
      expect(reset.output.join()).not.toContain('PreSignUp');
    },
  );

  test('succeeds when Cognito responds slowly but in time', async () => {
    reset.sandbox.faults.add({ operation: 'AdminResetUserPassword', delay: 3_000 });
    expect(await reset.invoke({ username: 'one' })).toMatchObject({ status: 'RESET_REQUIRED' });
  });
});

describe('a reset that cannot be sent', () => {
  test.each([
    ['the connection is refused', { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' }],
    ['the connection fails with another error', { AWS_ENDPOINT_URL: 'http://127.255.255.255:9' }],
    ['the name does not resolve', { AWS_ENDPOINT_URL: 'http://cognito.invalid' }],
    ['there are no credentials', { AWS_ACCESS_KEY_ID: '' }],
  ])('ends with ResetNotSentError when %s', async (_, functionEnvironment) => {
    expect(await answerOf('one', functionEnvironment)).toMatchObject({ errorType: 'ResetNotSentError' });
  });

  test('ends with ResetNotSentError when the connection times out', async () => {
    // GIVEN a listener that is stopped and has a full connection queue
    const listener = spawn(process.execPath, [
      '-e',
      `const server = require('node:net').createServer();
       server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => console.log(server.address().port));`,
    ]);
    const port = Number(String((await once(listener.stdout, 'data'))[0]));
    listener.kill('SIGSTOP');
    const queue = Array.from({ length: 4 }, () => connect(port, '127.0.0.1').on('error', () => {}));

    // WHEN
    const answer = await answerOf('one', { AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` });
    for (const connection of queue) connection.destroy();
    listener.kill('SIGKILL');

    // THEN
    expect(answer).toMatchObject({ errorType: 'ResetNotSentError' });
  });

  test('ends with ResetNotSentError, without a call, when the invocation has too little time left for a response', async () => {
    const reset = await DeployedReset.start();
    await reset.addUser('one');
    const [fn] = reset.sandbox.assembly.functions;
    const hurried = await LambdaService.start({
      functions: [{ ...(fn as FunctionDefinition), timeoutSeconds: 20 }],
      environmentVariablesOf: () => ({
        AWS_ENDPOINT_URL: reset.sandbox.endpoint,
        AWS_ACCESS_KEY_ID: 'a',
        AWS_SECRET_ACCESS_KEY: 'b',
      }),
    });

    const answer = (await hurried.invoke(reset.functionName, { username: 'one' })).payload as Answer;
    await hurried.stop();
    const { resets } = reset;
    await reset.stop();

    expect(answer.errorType).toBe('ResetNotSentError');
    expect(resets).toBe(0);
  });

  async function answerOf(username: string, functionEnvironment: Record<string, string>): Promise<Answer> {
    const reset = await DeployedReset.start({}, { functionEnvironment });
    await reset.addUser(username);
    const answer = await reset.invoke({ username });
    expect(reset.resets).toBe(0);
    await reset.stop();
    return answer;
  }
});

// Lambda freezes a function between invocations. Meanwhile, the endpoint closes or drops idle connections. Node.js may
// notice in time that a socket was closed, but never that its connection was dropped.
test.each([
  ['closes', (connection: Socket) => connection.end()],
  // The client learns of it only when it sends: then its connection is reset.
  [
    'drops',
    (connection: Socket) => connection.removeAllListeners('data').on('data', () => connection.resetAndDestroy()),
  ],
])('a reset does not use a socket that the endpoint %s while the function is frozen', async (_, abandon) => {
  // GIVEN
  const connections = new Set<Socket>();
  let requests = 0;
  const server = createServer((request, response) => {
    requests += 1;
    request.resume().on('end', () => response.end('{}'));
  }).on('connection', (connection) => {
    connections.add(connection);
    connection.on('error', () => {}).on('close', () => connections.delete(connection));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const reset = await DeployedReset.start(
    {},
    { functionEnvironment: { AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` } },
  );

  // WHEN
  const answers: Answer[] = [await reset.invoke({ username: 'one' })];
  reset.sandbox.lambda.freeze(reset.functionName);
  connections.forEach(abandon);
  // real time: at least that long.
  await wait(2_000);
  answers.push(await reset.invoke({ username: 'one' }));
  await reset.stop();
  server.closeAllConnections();
  server.close();

  // THEN
  expect(answers.map(({ status, errorType }) => status ?? errorType)).toEqual(['RESET_REQUIRED', 'RESET_REQUIRED']);
  expect(requests).toBe(2);
});

test.each(Object.keys(ENDINGS))('a reset ends with ResetOutcomeUnknownError after 20 seconds: %s', async (ending) => {
  const { answer, ...others } = (await unanswered[ending]) as Unanswered;

  expect(answer.errorType).toBe('ResetOutcomeUnknownError');
  expect(others).toEqual({ resets: 1, tooEarly: false, timely: true });
});
