import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { Faults } from '../../../src/gateway/faults';
import { Gateway } from '../../../src/gateway/gateway';
import type { FunctionDefinition } from '../../../src/model';
import { LambdaService } from '../../../src/services/lambda';
import { until } from '../../../src/testing';

const folders: string[] = [];

/** A function definition with this code. */
function define(functionName: string, code: string, more: Partial<FunctionDefinition> = {}): FunctionDefinition {
  const codeDirectory = mkdtempSync(join(tmpdir(), 'function-'));
  folders.push(codeDirectory);
  writeFileSync(join(codeDirectory, 'index.js'), code);
  return {
    functionName,
    functionArn: `arn:aws:lambda:eu-central-1:111122223333:function:${functionName}`,
    roleArn: `arn:aws:iam::111122223333:role/${functionName}`,
    codeDirectory,
    handler: 'index.handler',
    runtime: 'nodejs24.x',
    timeoutSeconds: 5,
    memorySize: 256,
    environment: {},
    logGroupName: `/aws/lambda/${functionName}`,
    logFormat: 'Text',
    ...more,
  };
}

/** A function that does what its event says. */
const OBEDIENT = `
  let count = 0;
  exports.handler = async (event, context) => {
    count += 1;
    if (event.log) console.log(event.log);
    if (event.warn) process.stderr.write(event.warn);
    if (event.spin) for (;;);
    if (event.never) await new Promise(() => {});
    if (event.sleep) await new Promise((resolve) => setTimeout(resolve, event.sleep));
    if (event.exit !== undefined) process.exit(event.exit);
    if (event.signal) process.kill(process.pid, event.signal), await new Promise((resolve) => setTimeout(resolve, 1000));
    if (event.error) throw Object.assign(new Error('it failed'), { name: event.error });
    if (event.size) return 'x'.repeat(event.size);
    if (event.environment) return process.env;
    if (event.context) return { ...context, left: context.getRemainingTimeInMillis(), cwd: process.cwd() };
    return 'answer' in event ? event.answer : { count };
  };`;

/** The state of a process in the notation of ps; undefined when it has ended. */
function stateOf(processId: number): string | undefined {
  try {
    const state = execFileSync('ps', ['-o', 'stat=', '-p', String(processId)], { encoding: 'utf8' }).trim();
    return state.startsWith('Z') ? undefined : state;
  } catch {
    return undefined;
  }
}

let logged: string[] = [];
const services: LambdaService[] = [];

async function start(...functions: FunctionDefinition[]): Promise<LambdaService> {
  const service = await LambdaService.start({
    functions,
    environmentVariablesOf: ({ roleArn }) => ({
      AWS_ACCESS_KEY_ID: `key of ${roleArn}`,
      AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
    }),
    onLog: ({ functionName }, stream, line) => logged.push(`${functionName} ${stream} ${line}`),
  });
  services.push(service);
  return service;
}

beforeEach(() => {
  logged = [];
});
afterAll(async () => {
  await Promise.all(services.map((service) => service.stop()));
  for (const folder of folders) rmSync(folder, { recursive: true });
});

describe('a function that works', () => {
  let service: LambdaService;

  beforeAll(async () => {
    process.env.OF_THE_SANDBOX = 'not for functions';
    service = await start(
      define('obedient', OBEDIENT, {
        environment: { OWN: 'kept', TZ: 'Asia/Tokyo', AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'own' },
      }),
      define('json', OBEDIENT, { logFormat: 'JSON' }),
      define('module', 'export const handler = async () => import.meta.url', { handler: 'index.handler' }),
      define('addon', 'exports.handler = async () => require("./rapid-client.node")'),
    );
  });

  test.each([
    ['an object', { a: [1, { b: null }] }],
    ['text with every kind of character', 'ä €\u2028\n"\\ 🔑'],
    ['null', null],
  ])('returns %s', async (_, answer) => {
    expect(await service.invoke('obedient', { answer })).toEqual({ payload: answer });
  });

  test('returns null when its handler returns nothing', async () => {
    const { payload } = await (await start(define('silent', 'exports.handler = async () => {}'))).invoke('silent', {});

    expect(payload).toBeNull();
  });

  test('gets an empty object as its event when it is invoked without a payload', async () => {
    const echo = await start(define('echo', 'exports.handler = async (event) => event'));

    expect(await echo.invoke('echo', undefined)).toEqual({ payload: {} });
  });

  test('gets the context of its invocation', async () => {
    const { payload } = await service.invoke('obedient:live', { context: true });

    expect(payload).toMatchObject({
      awsRequestId: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
      functionName: 'obedient',
      functionVersion: '$LATEST',
      invokedFunctionArn: 'arn:aws:lambda:eu-central-1:111122223333:function:obedient:live',
      logGroupName: '/aws/lambda/obedient',
      memoryLimitInMB: '256',
    });
    const { left, cwd } = payload as { left: number; cwd: string };
    expect(left).toBeGreaterThan(4000);
    expect(left).toBeLessThanOrEqual(5000);
    expect(folders).toContain(cwd);
  });

  test('has the environment variables that Lambda sets and no others', async () => {
    const { payload } = await service.invoke('obedient', { environment: true });

    const {
      _X_AMZN_TRACE_ID,
      AWS_LAMBDA_LOG_STREAM_NAME,
      AWS_LAMBDA_RUNTIME_API,
      LAMBDA_TASK_ROOT,
      HOME,
      PATH,
      ...rest
    } = payload as Record<string, string>;
    expect(rest).toEqual({
      _HANDLER: 'index.handler',
      AWS_ACCESS_KEY_ID: 'key of arn:aws:iam::111122223333:role/obedient',
      AWS_DEFAULT_REGION: 'eu-central-1',
      AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
      AWS_LAMBDA_FUNCTION_NAME: 'obedient',
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
      AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/obedient',
      AWS_REGION: 'eu-central-1',
      LANG: 'en_US.UTF-8',
      OWN: 'kept',
      TZ: 'Asia/Tokyo',
    });
    expect(HOME).not.toBe(process.env.HOME);
    expect(folders).toContain(LAMBDA_TASK_ROOT);
  });

  test('has its output passed to onLog line by line before its invocation ends', async () => {
    await service.invoke('obedient', { log: 'first\nsecond', warn: 'third\nfourth\n' });

    expect(logged).toEqual([
      expect.stringMatching(/^obedient stdout \S+Z\t[0-9a-f-]{36}\tINFO\tfirst\rsecond$/),
      'obedient stderr third',
      'obedient stderr fourth',
    ]);
  });

  test('logs JSON when its template sets the log format JSON', async () => {
    await service.invoke('json', { log: 'hello' });

    expect(logged.map((line) => JSON.parse(line.replace('json stdout ', '')))).toEqual([
      { level: 'INFO', message: 'hello', requestId: expect.any(String), timestamp: expect.any(String) },
    ]);
  });

  test('cannot load the replacement of the native addon as a file of its own', async () => {
    const { payload } = await service.invoke('addon', {});

    expect(payload).toMatchObject({ errorMessage: expect.stringContaining('Cannot find module') });
  });

  test.each([
    'obedient',
    'obedient:live',
    '111122223333:function:obedient',
    'arn:aws:lambda:eu-central-1:111122223333:function:obedient',
    'arn:aws:lambda:eu-central-1:111122223333:function:obedient:live',
  ])('can be invoked as %s', async (name) => {
    expect(await service.invoke(name, { answer: 1 })).toEqual({ payload: 1 });
  });

  test.each(['obed', 'obedient2', 'arn:aws:lambda:us-east-1:111122223333:function:obedient'])(
    'is not found as %s',
    async (name) => {
      await expect(service.invoke(name, {})).rejects.toMatchObject({ name: 'ResourceNotFoundException', status: 404 });
    },
  );

  test('cannot be invoked with a payload of more than 6 MB', async () => {
    const fits = { answer: 1, fill: '' };
    fits.fill = 'x'.repeat(6_291_456 - JSON.stringify(fits).length);

    expect(await service.invoke('obedient', fits)).toEqual({ payload: 1 });
    await expect(service.invoke('obedient', { ...fits, fill: `${fits.fill}x` })).rejects.toMatchObject({
      name: 'RequestTooLargeException',
      status: 413,
    });
  });

  test('cannot return more than 6 MB', async () => {
    expect(await service.invoke('obedient', { size: 6_291_555 })).toEqual({
      functionError: 'Unhandled',
      payload: {
        errorType: 'Function.ResponseSizeTooLarge',
        errorMessage: 'Response payload size exceeded maximum allowed payload size (6291556 bytes).',
      },
    });
  });
});

describe('a function that fails', () => {
  test('returns the name of its error as the error type', async () => {
    const service = await start(define('thrower', OBEDIENT));

    const result = await service.invoke('thrower', { error: 'ResetOutcomeUnknownError' });

    expect(result).toEqual({
      functionError: 'Unhandled',
      payload: {
        errorType: 'ResetOutcomeUnknownError',
        errorMessage: 'it failed',
        trace: expect.arrayContaining([expect.stringContaining('index.js')]),
      },
    });
    expect(logged[0]).toMatch(/^thrower stdout .*ERROR\tInvoke Error/);
  });

  test('keeps its execution environment after an error', async () => {
    const service = await start(define('thrower', OBEDIENT));
    await service.invoke('thrower', { error: 'Error' });

    expect(await service.invoke('thrower', {})).toEqual({ payload: { count: 2 } });
  });

  test.each([
    ['sleeps', { sleep: 60_000 }],
    ['is in an endless loop', { spin: true }],
  ])('is killed after its timeout when it %s', async (_, event) => {
    const service = await start(define('slow', OBEDIENT, { timeoutSeconds: 1 }));
    const waiting = service.invoke('slow', event);
    const started = Date.now();
    await until(() => service.processIds('slow').length === 1);
    const [processId = 0] = service.processIds('slow');

    const result = await waiting;

    // real time: at least that long.
    expect(Date.now() - started).toBeGreaterThanOrEqual(1000);
    expect(result).toEqual({
      functionError: 'Unhandled',
      payload: {
        errorType: 'Sandbox.Timedout',
        errorMessage: expect.stringMatching(/^RequestId: [0-9a-f-]{36} Error: Task timed out after 1\.00 seconds$/),
      },
    });
    expect(stateOf(processId)).toBeUndefined();
  });

  test.each([
    ['exits with a status', { exit: 3 }, 'Runtime exited with error: exit status 3'],
    ['exits with status 0', { exit: 0 }, 'Runtime exited without providing a reason'],
    ['waits for nothing', { never: true }, 'Runtime exited without providing a reason'],
    ['is killed', { signal: 'SIGKILL' }, 'Runtime exited with error: signal: killed'],
  ])('returns the reason why its process ended when it %s', async (_, event, reason) => {
    const service = await start(define('exiting', OBEDIENT));

    const result = await service.invoke('exiting', { log: 'last words', ...event });

    expect(result).toEqual({
      functionError: 'Unhandled',
      payload: {
        errorType: 'Runtime.ExitError',
        errorMessage: expect.stringMatching(`^RequestId: .{36} Error: ${reason}$`),
      },
    });
    expect(logged).toEqual([expect.stringContaining('last words')]);
    // THEN the next invocation gets a new environment
    expect(await service.invoke('exiting', {})).toEqual({ payload: { count: 1 } });
  });

  test.each([
    [
      'throws',
      'throw Object.assign(new Error("no table"), { name: "ConfigurationError" })',
      'ConfigurationError',
      'no table',
    ],
    ['lacks a module', 'require("nowhere")', 'Runtime.ImportModuleError', "Cannot find module 'nowhere'"],
    ['has no handler', 'exports.other = 1', 'Runtime.HandlerNotFound', 'index.handler is undefined or not exported'],
    ['is not JavaScript', 'exports.handler = ;', 'Runtime.UserCodeSyntaxError', 'Unexpected token'],
    ['exits', 'process.exit(7)', 'Runtime.ExitError', 'exit status 7'],
  ])('returns the error of its initialization when its module %s', async (_, code, errorType, errorMessage) => {
    const service = await start(define('unready', code));

    expect(await service.invoke('unready', {})).toMatchObject({
      functionError: 'Unhandled',
      payload: { errorType, errorMessage: expect.stringContaining(errorMessage) },
    });
    expect(service.processIds('unready')).toEqual([]);
  });

  test('makes the start of the service fail when its code is missing', async () => {
    const fn = { ...define('codeless', ''), codeDirectory: join(tmpdir(), 'nowhere') };

    await expect(LambdaService.start({ functions: [fn] })).rejects.toThrow('function codeless has no code');
  });
});

describe('an execution environment', () => {
  test('is used for the next invocation', async () => {
    const service = await start(define('counter', OBEDIENT));

    const counts = [];
    for (let i = 0; i < 20; i += 1) counts.push((await service.invoke('counter', {})).payload);

    expect(counts).toEqual(Array.from({ length: 20 }, (_, i) => ({ count: i + 1 })));
    expect(service.processIds('counter')).toHaveLength(1);
  });

  test('runs one invocation at a time', async () => {
    const service = await start(define('counter', OBEDIENT));

    const three = () => Promise.all([1, 2, 3].map(() => service.invoke('counter', { sleep: 100 })));
    const first = await three();
    const processIds = service.processIds('counter');
    const second = await three();

    expect(first).toEqual([1, 1, 1].map((count) => ({ payload: { count } })));
    expect(second).toEqual([2, 2, 2].map((count) => ({ payload: { count } })));
    expect(new Set(processIds).size).toBe(3);
    expect(service.processIds('counter')).toEqual(processIds);
  });

  test.each([
    [0, 1, 1],
    [1, 3, 2],
    [2, 3, 1],
  ])(
    'is limited by the reserved concurrency: %i reserved, %i at once, %i refused',
    async (reserved, atOnce, refused) => {
      const service = await start(define('reserved', OBEDIENT, { reservedConcurrentExecutions: reserved }));

      const results = await Promise.allSettled(
        Array.from({ length: atOnce }, () => service.invoke('reserved', { sleep: 100 })),
      );

      const reasons = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
      expect(reasons).toHaveLength(refused);
      for (const reason of reasons) {
        expect(reason).toMatchObject({ name: 'TooManyRequestsException', message: 'Rate Exceeded.', status: 429 });
      }
      // THEN the concurrency is free again afterwards
      if (reserved) expect(await service.invoke('reserved', { answer: 'free' })).toEqual({ payload: 'free' });
    },
  );

  test('can be frozen and thawed while it is idle', async () => {
    const service = await start(define('frozen', OBEDIENT));
    await service.invoke('frozen', {});
    const [processId = 0] = service.processIds('frozen');

    service.freeze('frozen');
    await until(() => stateOf(processId)?.startsWith('T') === true);
    service.thaw('frozen');
    await until(() => stateOf(processId)?.startsWith('T') === false);

    expect(await service.invoke('frozen', {})).toEqual({ payload: { count: 2 } });
  });

  test('is thawed by an invocation', async () => {
    const service = await start(define('frozen', OBEDIENT));
    await service.invoke('frozen', {});
    service.freeze('frozen');

    expect(await service.invoke('frozen', {})).toEqual({ payload: { count: 2 } });
  });

  test('ends when the service stops, even during an invocation', async () => {
    const service = await start(define('busy', OBEDIENT), define('idle', OBEDIENT), define('frozen', OBEDIENT));
    await Promise.all([service.invoke('idle', {}), service.invoke('frozen', {}), service.invoke('busy', {})]);
    service.freeze('frozen');
    const busy = service.invoke('busy', { sleep: 60_000 });
    const processIds = ['busy', 'idle', 'frozen'].flatMap((name) => service.processIds(name));

    await service.stop();

    expect(processIds).toHaveLength(3);
    expect(processIds.map(stateOf)).toEqual([undefined, undefined, undefined]);
    expect(await busy).toMatchObject({
      payload: { errorType: 'Runtime.ExitError', errorMessage: expect.stringContaining('signal: killed') },
    });
    await expect(service.invoke('idle', {})).rejects.toThrow('the Lambda service was stopped');
  });
});

describe('killing the sandbox', () => {
  let parent: ChildProcess;
  let processIds: number[];

  beforeAll(async () => {
    const names = ['idle', 'sleeping', 'spinning', 'frozen'];
    const script = `
      const { LambdaService } = require(${JSON.stringify(join(__dirname, '../../../src/services/lambda'))});
      (async () => {
        const names = ${JSON.stringify(names)};
        const functions = ${JSON.stringify(names.map((name) => define(name, OBEDIENT, { timeoutSeconds: 900 })))};
        const service = await LambdaService.start({ functions });
        await Promise.all(names.map((name) => service.invoke(name, {})));
        service.freeze('frozen');
        service.invoke('sleeping', { sleep: 600_000 });
        service.invoke('spinning', { spin: true });
        console.log(JSON.stringify(names.flatMap((name) => service.processIds(name))));
      })();`;
    parent = spawn(process.execPath, ['--require', require.resolve('tsx/cjs'), '--eval', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = await once(parent.stdout as NonNullable<typeof parent.stdout>, 'data');
    processIds = JSON.parse(String(line));
  });

  afterAll(() => parent.kill('SIGKILL'));

  test('kills every function, whether it is idle, working, in an endless loop or frozen', async () => {
    const states = [/^S/, /^S/, /^R/, /^T/];
    await until(() => states.every((state, index) => state.test(stateOf(processIds[index] ?? 0) ?? '')));

    parent.kill('SIGKILL');

    await until(() => processIds.every((processId) => stateOf(processId) === undefined));
  });
});

describe('the Lambda API', () => {
  let gateway: Gateway;
  let client: LambdaClient;
  let authorized: unknown[] = [];

  beforeAll(async () => {
    const lambda = await start(
      define('obedient', OBEDIENT),
      define('reserved', OBEDIENT, { reservedConcurrentExecutions: 0 }),
    );
    gateway = await Gateway.start({
      services: [],
      lambda,
      faults: new Faults(),
      authorize: (...call) => authorized.push(call),
    });
    client = new LambdaClient({
      region: 'eu-central-1',
      endpoint: gateway.endpoint,
      credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
      maxAttempts: 1,
    });
  });
  beforeEach(() => {
    authorized = [];
  });
  afterAll(() => gateway.stop());

  const invoke = async (input: Partial<ConstructorParameters<typeof InvokeCommand>[0]>) => {
    const output = await client.send(new InvokeCommand({ FunctionName: 'obedient', ...input }));
    return { ...output, Payload: output.Payload?.transformToString() };
  };

  test('returns the result of a function', async () => {
    const output = await invoke({ Payload: '{"answer":{"ä":1}}' });

    expect(output).toMatchObject({ StatusCode: 200, ExecutedVersion: '$LATEST', Payload: '{"ä":1}' });
    expect(output.FunctionError).toBeUndefined();
  });

  test('returns a function error in the header', async () => {
    const output = await invoke({ Payload: '{"error":"UserNotFoundException"}' });

    expect(output).toMatchObject({ StatusCode: 200, FunctionError: 'Unhandled' });
    expect(JSON.parse(output.Payload ?? '')).toMatchObject({ errorType: 'UserNotFoundException' });
  });

  test('accepts an asynchronous invocation and runs it', async () => {
    const output = await invoke({ InvocationType: 'Event', Payload: '{"log":"in the background"}' });

    expect(output).toMatchObject({ StatusCode: 202 });
    expect(output.Payload).toBeUndefined();
    await until(() => logged.some((line) => line.includes('in the background')));
  });

  test('accepts a dry run without invoking the function', async () => {
    const output = await invoke({ InvocationType: 'DryRun', Payload: '{"log":"not me"}' });

    expect(output).toMatchObject({ StatusCode: 204 });
    await invoke({ Payload: '{"log":"me"}' });
    expect(logged).toEqual([expect.stringContaining('\tme')]);
  });

  test.each([
    ['ResourceNotFoundException', 404, { FunctionName: 'nobody' }],
    ['TooManyRequestsException', 429, { FunctionName: 'reserved' }],
    ['InvalidRequestContentException', 400, { Payload: '{no json' }],
    ['RequestTooLargeException', 413, { Payload: JSON.stringify('x'.repeat(6_291_456)) }],
    [
      'RequestTooLargeException',
      413,
      { InvocationType: 'Event' as const, Payload: JSON.stringify('x'.repeat(1_048_576)) },
    ],
  ])('answers %s with status %i', async (name, httpStatusCode, input) => {
    await expect(invoke(input)).rejects.toMatchObject({ name, $metadata: { httpStatusCode } });
  });

  test.each([
    [{ FunctionName: 'obedient' }, 'obedient'],
    [{ FunctionName: 'obedient', Qualifier: 'live' }, 'obedient:live'],
    [{ FunctionName: 'arn:aws:lambda:eu-central-1:111122223333:function:obedient:live' }, 'obedient:live'],
  ])('authorizes %j for lambda:InvokeFunction on the ARN that it names', async (input, name) => {
    await invoke(input);

    expect(authorized).toEqual([
      [
        { accessKeyId: 'AKIDEXAMPLE' },
        'lambda:InvokeFunction',
        `arn:aws:lambda:eu-central-1:111122223333:function:${name}`,
      ],
    ]);
  });
});
