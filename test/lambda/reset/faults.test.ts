import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { type Fault, type FunctionDefinition, LambdaService } from 'cloud-assembly-sandbox';
import { type Answer, DeployedReset } from '../../support/deployed-reset';

const ALWAYS = Number.POSITIVE_INFINITY;

/** Five attempts, and no more. */
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
  /** How often Cognito was called. */
  readonly calls: number;
}

const ROWS: readonly Row[] = [
  // What Cognito refuses arrives under its own name, and is not asked for again.
  ...REFUSALS.map((name) => ({
    fault: name,
    instead: { status: 400, name },
    times: ALWAYS,
    errorType: name,
    calls: 1,
  })),
  {
    fault: 'a refusal that this library does not know',
    instead: { status: 403, name: 'ExpiredTokenException' },
    times: ALWAYS,
    errorType: 'ExpiredTokenException',
    calls: 1,
  },
  // What was throttled was not carried out.
  {
    fault: 'throttled for good',
    instead: { status: 400, name: 'TooManyRequestsException' },
    times: ALWAYS,
    errorType: 'TooManyRequestsException',
    calls: ALL_ATTEMPTS,
  },
  {
    fault: 'throttled twice',
    instead: { status: 400, name: 'TooManyRequestsException' },
    times: 2,
    errorType: undefined,
    calls: 3,
  },
  {
    fault: 'throttled by the front of AWS',
    instead: { status: 400, name: 'ThrottlingException' },
    times: 1,
    errorType: undefined,
    calls: 2,
  },
  // What may have been carried out is never sent again.
  ...[
    { fault: 'InternalErrorException', instead: { status: 500, name: 'InternalErrorException' } },
    { fault: 'a 503 that says throttled', instead: { status: 503, name: 'ThrottlingException' } },
    { fault: 'a refusal without a name', instead: { status: 400, name: '' } },
    { fault: 'a connection cut before it was carried out', instead: 'cut-before' as const },
    { fault: 'a connection cut after it was carried out', instead: 'cut-after' as const },
    { fault: 'an answer that is no JSON', instead: 'garbage' as const },
  ].map((row) => ({ ...row, times: ALWAYS, errorType: 'ResetOutcomeUnknownError', calls: 1 })),
];

describe('with a fault of Cognito', () => {
  let reset: DeployedReset;
  beforeAll(async () => {
    reset = await DeployedReset.start();
    await reset.addUser('one');
  });
  afterAll(() => reset.stop());

  test.each(ROWS)('$fault: $errorType after $calls calls', async ({ instead, times, errorType, calls }) => {
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
  });

  test.each(['one', 'nobody'])(
    'the text of an error is fixed, and carries nothing of the request: %s',
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

  test('a reset that is slow, but answered in time, succeeds', async () => {
    reset.sandbox.faults.add({ operation: 'AdminResetUserPassword', delay: 3_000 });
    expect(await reset.invoke({ username: 'one' })).toMatchObject({ status: 'RESET_REQUIRED' });
  });
});

// At the same time, because each takes twenty seconds.
describe('when Cognito does not answer', () => {
  const ENDINGS = { 'at all': 'hang', 'to the end': 'slow-body' } as const;
  const results: Record<string, { answer: Answer; resets: number; seconds: number }> = {};
  beforeAll(() =>
    Promise.all(
      Object.entries(ENDINGS).map(async ([ending, instead]) => {
        const reset = await DeployedReset.start();
        await reset.addUser('one');
        reset.sandbox.faults.add({ operation: 'AdminResetUserPassword', instead, times: ALWAYS });
        const started = Date.now();
        const answer = await reset.invoke({ username: 'one' });
        results[ending] = { answer, resets: reset.resets, seconds: (Date.now() - started) / 1000 };
        await reset.stop();
      }),
    ),
  );

  test.each(Object.keys(ENDINGS))('%s, the outcome is unknown after 20 seconds', (ending) => {
    const { answer, resets, seconds } = results[ending] as NonNullable<(typeof results)[string]>;
    expect(answer.errorType).toBe('ResetOutcomeUnknownError');
    expect(resets).toBe(1);
    expect(seconds).toBeGreaterThan(19.5);
    expect(seconds).toBeLessThan(25);
  });
});

describe('when the call never leaves', () => {
  test.each([
    ['the connection is refused', { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' }],
    ['connecting fails in another way', { AWS_ENDPOINT_URL: 'http://127.255.255.255:9' }],
    ['the name does not resolve', { AWS_ENDPOINT_URL: 'http://cognito.invalid' }],
    ['there are no credentials', { AWS_ACCESS_KEY_ID: '' }],
  ])('%s: ResetNotSentError', async (_, functionEnvironment) => {
    expect(await answerOf('one', functionEnvironment)).toMatchObject({ errorType: 'ResetNotSentError' });
  });

  test('a connection is not made in time: ResetNotSentError', async () => {
    // GIVEN a listener that is stopped, and whose queue of connections is full
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

  test('a connection that is refused at first is tried again', async () => {
    // GIVEN a port on which nothing listens yet
    const server = createServer((request, response) => request.resume().on('end', () => response.end('{}')));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const reset = await DeployedReset.start(
      {},
      { functionEnvironment: { AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` } },
    );
    // A first invocation starts the process and loads everything, so that the second one connects at once.
    expect((await reset.invoke({ username: 'one' })).errorType).toBe('ResetNotSentError');

    // WHEN something listens there a moment after the first attempt
    const pending = reset.invoke({ username: 'one' });
    await wait(20);
    server.listen(port, '127.0.0.1');
    const answer = await pending;
    server.closeAllConnections();
    server.close();
    await reset.stop();

    // THEN
    expect(answer).toMatchObject({ status: 'RESET_REQUIRED' });
  });

  test('too little time is left to wait for an answer: Cognito is not called', async () => {
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

// Lambda freezes a function between invocations; meanwhile, what is idle is closed or forgotten at the other end. Node.js
// may see in time that a kept socket was closed; that it was forgotten, never.
test.each([
  ['closed', (connection: Socket) => connection.end()],
  // Nothing tells the client until it sends: then its connection is reset.
  [
    'forgot',
    (connection: Socket) => connection.removeAllListeners('data').on('data', () => connection.resetAndDestroy()),
  ],
])('a socket that the endpoint %s while the function was frozen is not used again', async (_, abandon) => {
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
  await wait(2_000);
  answers.push(await reset.invoke({ username: 'one' }));
  await reset.stop();
  server.closeAllConnections();
  server.close();

  // THEN
  expect(answers.map(({ status, errorType }) => status ?? errorType)).toEqual(['RESET_REQUIRED', 'RESET_REQUIRED']);
  expect(requests).toBe(2);
});
