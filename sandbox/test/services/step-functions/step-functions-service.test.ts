import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { Duration, type Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Json } from '../../../src/model';
import type { ExecutionResult } from '../../../src/services/step-functions';
import { compileDefinition } from '../../../src/services/step-functions/compile-definition';
import { Deployment, until } from '../../../src/testing';

const INVOKE = 'arn:aws:states:::lambda:invoke';
const WORKER = 'arn:aws:lambda:us-east-1:111122223333:function:worker';
const UUID = '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}';

/**
 * A function that does what its event, or the input of its batch, says. It writes its items to a file, one line an
 * invocation, and then waits until its gate is open: until that file exists.
 */
const CODE = `
const fs = require('node:fs');
exports.handler = async (event) => {
  const { log, item = null, failing = [], times = 1e9, gate, exit, ...rest } = event.BatchInput ?? event;
  const items = event.Items ?? [item];
  const line = JSON.stringify(items);
  if (log) fs.appendFileSync(log, line + '\\n');
  while (gate && !fs.existsSync(gate)) await new Promise((done) => setTimeout(done, 10));
  if (exit) process.exit(1);
  const attempt = log ? fs.readFileSync(log, 'utf8').split('\\n').filter((other) => other === line).length : 1;
  if (attempt <= times && items.some((item) => failing.includes(item))) {
    throw Object.assign(new Error('failed on purpose'), { name: 'WorkError' });
  }
  return { items, attempt, rest };
};`;

const work = mkdtempSync(join(tmpdir(), 'step-functions-test-'));
let deployment: Deployment;
let client: S3Client;
let logs = 0;

/** Creates a file for the function to write to. */
function newLog(): string {
  const file = join(work, String(logs++));
  writeFileSync(file, '');
  return file;
}

/** A file that does not exist yet. */
const newGate = () => join(work, `gate-${logs++}`);
const open = (gate: string) => writeFileSync(gate, '');

const linesOf = (file: string) => readFileSync(file, 'utf8').trim().split('\n').filter(Boolean).sort();

beforeAll(async () => {
  deployment = await Deployment.start((stack) => {
    stack.node.setContext('@aws-cdk/aws-stepfunctions:useDistributedMapResultWriterV2', true);
    const worker = new lambda.Function(stack, 'Worker', {
      functionName: 'worker',
      code: lambda.Code.fromInline(CODE),
      handler: 'index.handler',
      runtime: lambda.Runtime.NODEJS_22_X,
      timeout: Duration.minutes(5),
    });
    const bucket = new s3.Bucket(stack, 'Files', { bucketName: 'files' });
    machines(stack, worker);
    encryptedMachines(stack);
    maps(stack, worker, bucket);
  });
  const { endpoint } = deployment.sandbox;
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
  client = new S3Client({ region: 'us-east-1', endpoint, credentials });
});
afterAll(async () => {
  client.destroy();
  const last = start('waiting', {});
  await deployment.stop();
  expect(await last.result).toEqual({ status: 'ABORTED' });
  rmSync(work, { recursive: true });
});
afterEach(() => deployment.sandbox.faults.clear());

const start = (...args: Parameters<Deployment['sandbox']['stepFunctions']['start']>) =>
  deployment.sandbox.stepFunctions.start(...args);
const run = (machine: string, input: Json, options: Parameters<typeof start>[2] = {}): Promise<ExecutionResult> =>
  start(machine, input, { maxWait: 1, ...options }).result;

/** State machines of Task, Choice, Wait and the like. */
function machines(stack: Stack, worker: lambda.Function): void {
  const machine = (name: string, states: Json, more: Json = {}) => {
    const definition = { StartAt: Object.keys(states)[0], States: states, ...more };
    return new sfn.StateMachine(stack, name, {
      stateMachineName: name,
      definitionBody: sfn.DefinitionBody.fromString(JSON.stringify(definition)),
    });
  };
  const invoke = (more: Json) => ({
    Type: 'Task',
    Resource: INVOKE,
    Parameters: { FunctionName: WORKER, 'Payload.$': '$' },
    ...more,
  });

  const lambdaInvoke = new tasks.LambdaInvoke(stack, 'Invoke', {
    lambdaFunction: worker,
    retryOnServiceExceptions: false,
  });
  new sfn.StateMachine(stack, 'once', {
    stateMachineName: 'once',
    definitionBody: sfn.DefinitionBody.fromChainable(lambdaInvoke),
  });
  const granted = [
    machine('plain', { Call: { Type: 'Task', Resource: WORKER, End: true } }),
    machine('caught', {
      Work: invoke({
        Retry: [{ ErrorEquals: ['WorkError'], IntervalSeconds: 60, MaxAttempts: 2 }],
        Catch: [{ ErrorEquals: ['WorkError'], ResultPath: '$.error', Next: 'Recovered' }],
        ResultPath: '$',
        End: true,
      }),
      Recovered: { Type: 'Pass', End: true },
    }),
    machine('steps', {
      First: invoke({
        Parameters: { FunctionName: WORKER, Payload: { 'log.$': '$.log', item: 'first' } },
        ResultPath: '$.first',
        Next: 'Pause',
      }),
      Pause: { Type: 'Wait', SecondsPath: '$.seconds', Next: 'Second' },
      Second: invoke({
        Parameters: {
          FunctionName: WORKER,
          Payload: {
            'log.$': '$.log',
            item: 'second',
            'failing.$': '$.failing',
            'times.$': '$.times',
            'gate.$': '$.gate',
          },
        },
        ResultSelector: { 'attempt.$': '$.Payload.attempt', 'redrives.$': '$$.Execution.RedriveCount' },
        ResultPath: '$.second',
        End: true,
      }),
    }),
  ];
  for (const each of granted) worker.grantInvoke(each);
  const hasty = new lambda.Function(stack, 'Hasty', {
    code: lambda.Code.fromInline('exports.handler = () => new Promise(() => setInterval(() => {}, 1_000));'),
    handler: 'index.handler',
    runtime: lambda.Runtime.NODEJS_22_X,
    timeout: Duration.seconds(1),
  });
  new sfn.StateMachine(stack, 'hasty', {
    stateMachineName: 'hasty',
    definitionBody: sfn.DefinitionBody.fromChainable(
      new tasks.LambdaInvoke(stack, 'InvokeHasty', { lambdaFunction: hasty, retryOnServiceExceptions: false }),
    ),
  });
  machine('denied', { Work: invoke({ End: true }) });
  machine('elsewhere', {
    Publish: {
      Type: 'Task',
      Resource: 'arn:aws:states:::sns:publish',
      Parameters: { Message: 'x' },
      Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }],
      End: true,
    },
    Caught: { Type: 'Pass', End: true },
  });
  machine('waiting', { Wait: { Type: 'Wait', Seconds: 1, End: true } });
  machine('limited', { Wait: { Type: 'Wait', Seconds: 60, End: true } }, { TimeoutSeconds: 1 });
  machine('patient', { Wait: { Type: 'Pass', End: true } }, { TimeoutSeconds: 30 * 24 * 60 * 60 });
  machine('context', {
    Inner: {
      Type: 'Map',
      ItemsPath: '$.items',
      ItemProcessor: {
        StartAt: 'See',
        States: {
          See: {
            Type: 'Pass',
            Parameters: {
              'id.$': '$$.Execution.Id',
              'name.$': '$$.Execution.Name',
              'input.$': '$$.Execution.Input',
              'started.$': '$$.Execution.StartTime',
              'role.$': '$$.Execution.RoleArn',
              'machine.$': '$$.StateMachine',
              'state.$': '$$.State.Name',
              'text.$': "States.Format('{}/{}', $$.Execution.Name, $$.State.Name)",
            },
            End: true,
          },
        },
      },
      End: true,
    },
  });
  machine('choices', {
    Choice: {
      Type: 'Choice',
      Choices: [
        { Variable: '$.a', IsPresent: false, Next: 'Zero' },
        {
          And: [{ Variable: '$.a', IsNull: false }, { Not: { Variable: '$.a', IsString: false } }],
          Next: 'False',
        },
      ],
      Default: 'Other',
    },
    Zero: { Type: 'Pass', Result: 0, ResultPath: '$.is', End: true },
    False: { Type: 'Pass', Result: false, ResultPath: '$.is', End: true },
    Other: { Type: 'Pass', Result: 'other', ResultPath: '$.is', End: true },
  });
  const failed = { Type: 'Fail', Error: 'Literal', Cause: 'fixed' };
  const formatted = { Type: 'Fail', Error: 'Formatted', CausePath: "States.Format('{} of {}', $.a, $$.State.Name)" };
  machine('failing', {
    Choice: {
      Type: 'Choice',
      Choices: ['Literal', 'Referred', 'Formatted', 'Computed', 'Number', 'Missing', 'Split'].map((Next) => ({
        Variable: '$.to',
        StringEquals: Next,
        Next,
      })),
    },
    Literal: failed,
    Referred: { Type: 'Fail', ErrorPath: '$.a', CausePath: '$.b' },
    Formatted: formatted,
    Computed: { Type: 'Fail', ErrorPath: "States.Format('{}Error', $.a)", CausePath: 'States.JsonToString($.b)' },
    Number: { Type: 'Fail', Error: 'Number', CausePath: 'States.ArrayGetItem($.b, 0)' },
    Missing: { Type: 'Fail', Error: 'Missing', CausePath: "States.Format('{}', $.c)" },
    Split: {
      Type: 'Parallel',
      Branches: [{ StartAt: 'Inner', States: { Inner: formatted } }],
      Catch: [{ ErrorEquals: ['Formatted'], Next: 'Caught' }],
      End: true,
    },
    Caught: { Type: 'Pass', End: true },
  });
  machine('invalid', { Work: { Type: 'Pass', Next: 'Nowhere' } });
  machine('jsonata', { Work: { Type: 'Pass', Output: '{% 1 %}', QueryLanguage: 'JSONata', End: true } });
  machine('variables', { Work: { Type: 'Pass', Assign: { x: 1 }, End: true } });
  machine('large', {
    Work: { ...invoke({ End: true, Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }] }) },
    Caught: { Type: 'Pass', End: true },
  });
  worker.grantInvoke(stack.node.findChild('large') as sfn.StateMachine);
}

/** With a customer managed key: the condition that the CDK writes matches only when the state machine has a name. */
function encryptedMachines(stack: Stack): void {
  const key = new kms.Key(stack, 'Key');
  for (const [id, stateMachineName] of [
    ['Named', 'named'],
    ['Nameless', undefined],
  ] as const) {
    new sfn.StateMachine(stack, id, {
      stateMachineName,
      definitionBody: sfn.DefinitionBody.fromChainable(new sfn.Pass(stack, `${id}Pass`)),
      encryptionConfiguration: new sfn.CustomerManagedEncryptionConfiguration(key),
    });
  }
}

/** Distributed Maps. */
function maps(stack: Stack, worker: lambda.Function, bucket: s3.Bucket): void {
  const batchInput = {
    'log.$': '$.log',
    'failing.$': '$.failing',
    'times.$': '$.times',
    'gate.$': '$.gate',
    'run.$': '$$.Execution.Name',
  };
  const invoke = (id: string) =>
    new tasks.LambdaInvoke(stack, id, {
      lambdaFunction: worker,
      payloadResponseOnly: true,
      retryOnServiceExceptions: false,
    });
  const mapOf = (label: string, props: sfn.DistributedMapProps, processor: sfn.IChainable) => {
    const map = new sfn.DistributedMap(stack, `${label} map`, {
      itemReader: new sfn.S3JsonLItemReader({ bucket, key: sfn.JsonPath.stringAt('$.key') }),
      itemBatcher: new sfn.ItemBatcher({ maxItemsPerBatch: 3, batchInput }),
      resultWriterV2: new sfn.ResultWriterV2({ bucket, prefix: 'results' }),
      label,
      ...props,
    });
    map.itemProcessor(processor);
    return map;
  };
  const express = { mapExecutionType: sfn.StateMachineType.EXPRESS };
  const own = { itemBatcher: undefined, resultWriterV2: undefined };
  const ownItems = { ...own, itemReader: undefined, itemsPath: '$.items' };
  const pass = (label: string, props: sfn.PassProps = {}) => new sfn.Pass(stack, `${label} work`, props);
  const machineOf = (name: string, definition: sfn.IChainable) =>
    new sfn.StateMachine(stack, name, {
      stateMachineName: name,
      definitionBody: sfn.DefinitionBody.fromChainable(definition),
    });

  const concurrency = { maxConcurrencyPath: '$.concurrency' };
  machineOf('express', mapOf('express', { ...express, ...concurrency }, invoke('Express work')));
  const retry = { errors: ['WorkError'], interval: Duration.seconds(30), maxAttempts: 1 };
  const before = new sfn.Pass(stack, 'Before', { resultPath: '$.Before' });
  machineOf('standard', mapOf('standard', concurrency, before.next(invoke('Standard work').addRetry(retry))));

  // One state machine for all, because compiling a definition takes a while.
  const others: Record<string, sfn.DistributedMap> = {
    percent: mapOf(
      'percent',
      { ...express, maxConcurrency: 1, toleratedFailurePercentage: 50 },
      invoke('Percent work'),
    ),
    count: mapOf(
      'count',
      { ...express, maxConcurrency: 1, toleratedFailureCountPath: '$.tolerated' },
      invoke('Count work'),
    ),
    many: mapOf(
      'many',
      { ...express, itemBatcher: new sfn.ItemBatcher({ maxItemsPerBatch: 300, batchInput }) },
      pass('many', { outputPath: '$.Items[0]' }),
    ),
    csv: mapOf(
      'csv',
      {
        ...own,
        itemReader: new sfn.S3CsvItemReader({
          bucket,
          key: 'input/items.csv',
          csvHeaders: sfn.CsvHeaders.useFirstRow(),
        }),
      },
      pass('csv'),
    ),
    json: mapOf(
      'json',
      { ...own, itemReader: new sfn.S3JsonItemReader({ bucket, key: 'input/items.json', maxItems: 2 }) },
      pass('json'),
    ),
    bytes: mapOf(
      'bytes',
      { ...ownItems, itemBatcher: new sfn.ItemBatcher({ maxInputBytesPerBatch: 40 }) },
      pass('bytes'),
    ),
    selected: mapOf(
      'selected',
      {
        ...ownItems,
        itemSelector: { 'value.$': '$$.Map.Item.Value', 'index.$': '$$.Map.Item.Index', 'all.$': '$.all' },
      },
      pass('selected', { parameters: { 'in.$': '$', 'state.$': '$$.State.Name', 'id.$': '$$.Execution.Id' } }),
    ),
    slow: mapOf(
      'slow',
      { ...ownItems, ...express },
      new sfn.Wait(stack, 'slow work', { time: sfn.WaitTime.duration(Duration.hours(1)) }),
    ),
  };
  const choice = new sfn.Choice(stack, 'Which');
  for (const [name, map] of Object.entries(others)) choice.when(sfn.Condition.stringEquals('$.map', name), map);
  machineOf('various', choice);

  const role = new iam.Role(stack, 'Without', { assumedBy: new iam.ServicePrincipal('states.amazonaws.com') });
  const map = (name: string, more: Json) => ({
    Type: 'Map',
    ItemProcessor: {
      ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'EXPRESS' },
      StartAt: name,
      States: { [name]: { Type: 'Pass', Parameters: { 'a.$': '$.a' }, End: true } },
    },
    ...more,
    End: true,
  });
  const ItemReader = {
    Resource: 'arn:aws:states:::s3:getObject',
    ReaderConfig: { InputType: 'JSONL' },
    Parameters: { Bucket: 'files', 'Key.$': '$.key' },
  };
  new sfn.CfnStateMachine(stack, 'Powerless', {
    stateMachineName: 'powerless',
    roleArn: role.roleArn,
    definition: {
      StartAt: 'Choice',
      States: {
        Choice: {
          Type: 'Choice',
          Choices: [{ Variable: '$.key', IsPresent: true, Next: 'Read' }],
          Default: 'Start',
        },
        Read: map('A', { ItemReader }),
        Start: map('B', { ItemsPath: '$.items' }),
      },
    },
  });
  const starter = new iam.Role(stack, 'Starter', { assumedBy: new iam.ServicePrincipal('states.amazonaws.com') });
  starter.addToPolicy(new iam.PolicyStatement({ actions: ['states:StartExecution'], resources: ['*'] }));
  new sfn.CfnStateMachine(stack, 'OnlyOnce', {
    stateMachineName: 'only-once',
    roleArn: starter.roleArn,
    definition: { StartAt: 'Map', States: { Map: { ...map('A', { Label: 'All', ItemsPath: '$.items' }) } } },
  });
  // Each can be assumed for these ARNs only.
  const MACHINE = 'arn:aws:states:us-east-1:111122223333:stateMachine';
  for (const [stateMachineName, ...sourceArns] of [
    ['trusted', `${MACHINE}:trusted`, `${MACHINE}:trusted/*`],
    ['half-trusted', `${MACHINE}:half-trusted`],
    ['mistrusted', `${MACHINE}:trusted`, `${MACHINE}:mistrusted/*`],
  ] as const) {
    const conditions = {
      StringEquals: { 'aws:SourceAccount': '111122223333' },
      ArnLike: { 'aws:SourceArn': sourceArns },
    };
    const assumedBy = new iam.ServicePrincipal('states.amazonaws.com', { conditions });
    const trusting = new iam.Role(stack, `Role of ${stateMachineName}`, { assumedBy });
    trusting.addToPolicy(new iam.PolicyStatement({ actions: ['states:StartExecution'], resources: ['*'] }));
    new sfn.CfnStateMachine(stack, `Machine ${stateMachineName}`, {
      stateMachineName,
      roleArn: trusting.roleArn,
      definition: { StartAt: 'Map', States: { Map: { ...map('A', { Label: 'All', ItemsPath: '$.items' }) } } },
    });
  }
}

async function put(key: string, body: string): Promise<string> {
  await client.send(
    new PutObjectCommand({ Bucket: 'files', Key: key, Body: body, ContentLength: Buffer.byteLength(body) }),
  );
  return key;
}

async function read(key: string): Promise<unknown> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket: 'files', Key: key }));
  return JSON.parse((await Body?.transformToString()) ?? '');
}

describe('a Task state', () => {
  test('returns the result of the Lambda integration', async () => {
    const { status, output } = await run('once', { item: 'x', more: 'ä' });

    expect(status).toBe('SUCCEEDED');
    expect(output).toEqual({
      ExecutedVersion: '$LATEST',
      Payload: { items: ['x'], attempt: 1, rest: { more: 'ä' } },
      SdkHttpMetadata: { HttpStatusCode: 200 },
      SdkResponseMetadata: { RequestId: expect.any(String) },
      StatusCode: 200,
    });
  });

  test('can name a function by its ARN alone', async () => {
    expect(await run('plain', { item: 'x' })).toEqual({
      status: 'SUCCEEDED',
      output: { items: ['x'], attempt: 1, rest: {} },
    });
  });

  test('fails with the name of the function error, and the error document as the cause', async () => {
    const { status, error, cause } = await run('once', { item: 1, failing: [1] });

    expect([status, error]).toEqual(['FAILED', 'WorkError']);
    expect(JSON.parse(String(cause))).toMatchObject({ errorType: 'WorkError', errorMessage: 'failed on purpose' });
  });

  test.each([
    [1, { output: { Payload: { attempt: 2 } } }],
    [9, { output: { item: 1, error: { Error: 'WorkError', Cause: expect.stringContaining('failed on purpose') } } }],
  ])('is retried and then caught when it fails %i times', async (times, expected) => {
    const log = newLog();

    expect(await run('caught', { log, item: 1, failing: [1], times })).toMatchObject({
      status: 'SUCCEEDED',
      ...expected,
    });
    expect(linesOf(log)).toHaveLength(Math.min(times + 1, 3));
  });

  test.each([
    ['exits', 'once', 'Runtime.ExitError'],
    ['times out', 'hasty', 'Sandbox.Timedout'],
  ])('fails with the error of Lambda when its function %s', async (_, machine, error) => {
    expect(await run(machine, { exit: true })).toMatchObject({ status: 'FAILED', error });
  });

  test.each([
    [{ status: 429, name: 'TooManyRequestsException' }, 'Lambda.TooManyRequestsException'],
    [{ status: 500, name: 'ServiceException' }, 'Lambda.ServiceException'],
    ['cut-before' as const, 'Lambda.SdkClientException'],
  ])('fails on an error of the Lambda API: %j as %s', async (instead, error) => {
    deployment.sandbox.faults.add({ service: 'lambda', operation: 'Invoke', instead });
    const before = deployment.sandbox.countCalls('Invoke');

    expect(await run('once', {})).toMatchObject({ status: 'FAILED', error });
    expect(deployment.sandbox.countCalls('Invoke')).toBe(before + 1);
  });

  test('fails when the role of the state machine does not allow the call', async () => {
    expect(await run('denied', {})).toMatchObject({
      status: 'FAILED',
      error: 'Lambda.AWSLambdaException',
      cause: expect.stringContaining(`is not authorized to perform: lambda:InvokeFunction on resource: ${WORKER}`),
    });
  });

  test('fails for another service, and no Catch applies', async () => {
    expect(await run('elsewhere', {})).toMatchObject({
      status: 'FAILED',
      error: 'States.Runtime',
      cause: expect.stringContaining(
        'the sandbox does not support the resource arn:aws:states:::sns:publish, expected',
      ),
    });
  });

  test('can return up to 256 KB', async () => {
    expect(await run('large', { item: 'x'.repeat(200 * 1024) })).toMatchObject({ status: 'SUCCEEDED' });
    expect(await run('large', { item: 'x'.repeat(256 * 1024) })).toMatchObject({
      status: 'FAILED',
      error: 'States.DataLimitExceeded',
    });
  });

  test('can take longer than a minute', () => {
    const { states } = compileDefinition('x', {
      StartAt: 'A',
      States: { A: { Type: 'Task', Resource: WORKER, End: true } },
    });

    const seconds = Number(states.A?.TimeoutSeconds);
    expect(seconds).toBeGreaterThan(24 * 60 * 60);
    // A timer of Node.js with a longer time fires at once.
    expect(seconds * 1000).toBeLessThan(2 ** 31);
  });
});

describe('an execution', () => {
  test('has its data in the context object, also within a Map', async () => {
    const execution = start('context', { items: [1, 2] });

    const { output } = await execution.result;

    expect(execution.name).toMatch(new RegExp(`^${UUID}$`));
    expect(execution.executionArn).toBe(`arn:aws:states:us-east-1:111122223333:execution:context:${execution.name}`);
    const expected = {
      id: execution.executionArn,
      name: execution.name,
      input: { items: [1, 2] },
      started: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      role: expect.stringMatching(/^arn:aws:iam::111122223333:role\/Stack-contextRole/),
      machine: { Id: 'arn:aws:states:us-east-1:111122223333:stateMachine:context', Name: 'context' },
      state: 'See',
      text: `${execution.name}/See`,
    };
    expect(output).toEqual([expected, expected]);
  });

  test('can be started by ARN with a name, and reports the states that it enters', async () => {
    const states: string[] = [];
    const arn = 'arn:aws:states:us-east-1:111122223333:stateMachine:choices';

    const execution = start(arn, { a: 1 }, { name: 'mine', onStateEntered: (name) => states.push(name) });

    await execution.result;
    expect(execution.name).toBe('mine');
    expect(states).toEqual(['Choice', 'Other']);
  });

  test.each([
    [{}, 0],
    [{ a: 'text' }, false],
    [{ a: 1 }, 'other'],
    [{ a: null }, 'other'],
  ])('takes the choice that matches its input: %j leads to %j', async (input, is) => {
    expect(await run('choices', input)).toEqual({ status: 'SUCCEEDED', output: { ...input, is } });
  });

  test('waits for the time in the definition, or at most maxWait', async () => {
    const ended: string[] = [];
    const before = Date.now();
    const long = run('waiting', {}, { maxWait: undefined }).then(() => ended.push('long'));
    const short = run('waiting', {}, { maxWait: 20 }).then(() => ended.push('short'));
    await Promise.all([long, short]);

    expect(ended).toEqual(['short', 'long']);
    // real time: at least that long.
    expect(Date.now() - before).toBeGreaterThanOrEqual(990);
  });

  test('fails with States.Timeout after the timeout of the state machine', async () => {
    expect(await run('limited', {}, { maxWait: undefined })).toMatchObject({
      status: 'FAILED',
      error: 'States.Timeout',
    });
    expect(await run('patient', {})).toMatchObject({ status: 'SUCCEEDED' });
  });

  test.each([
    ['nowhere', 'state machine: got nowhere, expected one of the cloud assembly: [once, plain,'],
    ['invalid', 'state machine invalid: its definition is not valid: '],
    ['jsonata', 'state machine jsonata, "Work": got JSONata, expected JSONPath'],
    ['variables', 'state machine variables, "Work": got Assign, which the sandbox does not support'],
  ])('does not start when its state machine is %s', (name, problem) => {
    expect(() => start(name, {})).toThrow(problem);
  });

  test.each([
    ['trusted', { status: 'SUCCEEDED' }],
    // The child executions present another ARN.
    ['half-trusted', { status: 'FAILED', error: 'States.ExceedToleratedFailureThreshold' }],
    [
      'mistrusted',
      {
        status: 'FAILED',
        error: 'StepFunctions.RoleNotAssumable',
        cause: expect.stringMatching(/is not authorized to assume .+ for arn:aws:states:.+:stateMachine:mistrusted$/),
      },
    ],
  ])('assumes the role of the state machine only when its trust policy matches: %s', async (name, result) => {
    expect(await run(name, { items: [{ a: 1 }] })).toMatchObject(result);
  });

  test('uses the customer managed key only when the condition in the policy of its role matches', async () => {
    const { stateMachines } = deployment.sandbox.assembly;
    const nameless = stateMachines.find(({ stateMachineName }) => stateMachineName.includes('Nameless'));

    expect(await run('named', {})).toEqual({ status: 'SUCCEEDED', output: {} });
    expect(await run(String(nameless?.stateMachineName), {})).toMatchObject({
      status: 'FAILED',
      error: 'KmsAccessDeniedException',
      cause: expect.stringContaining('kms:GenerateDataKey'),
    });
  });
});

describe('stopping an execution', () => {
  const input = { failing: [], times: 9, seconds: 60, gate: '' };

  test('starts no further task, and a running execution cannot be redriven', async () => {
    const log = newLog();
    const states: string[] = [];
    const execution = start('steps', { ...input, log }, { onStateEntered: (name) => states.push(name) });
    await until(() => states.includes('Pause'));

    execution.stop();

    expect(await execution.result).toEqual({ status: 'ABORTED' });
    expect(linesOf(log)).toEqual(['["first"]']);
    expect(() => start('steps', { ...input, log }).redrive()).toThrow('got status RUNNING, expected FAILED or ABORTED');
  });

  test('does not wait for a running task', async () => {
    const log = newLog();
    const gate = newGate();
    const execution = start('steps', { ...input, log, gate }, { maxWait: 1 });
    await until(() => linesOf(log).length === 2);

    execution.stop();

    // While the gate is closed.
    expect(await execution.result).toEqual({ status: 'ABORTED' });
    open(gate);
  });

  test('ends a retrier that is waiting', async () => {
    const execution = start('caught', { item: 1, failing: [1] }, { maxWait: 60_000 });
    // real time: were it too short, the retrier would not wait yet.
    await wait(300);

    execution.stop();

    expect(await execution.result).toEqual({ status: 'ABORTED' });
  });

  test('starts no state when it comes before the first one, and a redrive starts from there', async () => {
    const log = newLog();
    const execution = start('steps', { ...input, log });
    execution.stop();

    expect(await execution.result).toEqual({ status: 'ABORTED' });
    expect(linesOf(log)).toEqual([]);
    const redriven = execution.redrive();
    await until(() => linesOf(log).length === 1);
    redriven.stop();
    expect(await redriven.result).toEqual({ status: 'ABORTED' });
  });
});

describe('a Fail state', () => {
  test.each([
    ['Literal', 'Literal', 'fixed'],
    ['Referred', 'A', 'text'],
    ['Formatted', 'Formatted', 'A of Formatted'],
    ['Computed', 'AError', '"text"'],
  ])('fails with its error and its cause, which can be paths and intrinsic functions: %s', async (to, error, cause) => {
    expect(await run('failing', { to, a: 'A', b: 'text' })).toEqual({ status: 'FAILED', error, cause });
  });

  test.each(['Number', 'Missing'])('fails otherwise when its cause is no string: %s', async (to) => {
    expect(await run('failing', { to, b: [1] })).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
  });

  test('can be caught outside of its branch', async () => {
    expect(await run('failing', { to: 'Split', a: 'A' })).toEqual({
      status: 'SUCCEEDED',
      output: { Error: 'Formatted', Cause: 'A of Inner' },
    });
  });

  test('fails again when it is redriven', async () => {
    const failed = start('failing', { to: 'Formatted', a: 'A' });
    const result = await failed.result;

    expect(await failed.redrive().result).toEqual(result);
  });
});

describe('redriving an execution', () => {
  test('continues from the state that failed, with its input', async () => {
    const log = newLog();
    const input = { log, failing: ['second'], times: 2, seconds: 0, gate: '' };
    const failed = start('steps', input);
    expect(await failed.result).toMatchObject({ status: 'FAILED', error: 'WorkError' });
    const again = failed.redrive();
    expect(await again.result).toMatchObject({ status: 'FAILED' });

    const last = again.redrive();

    const result = await last.result;
    expect(result).toMatchObject({
      status: 'SUCCEEDED',
      output: { ...input, first: { Payload: { items: ['first'] } }, second: { attempt: 3, redrives: 2 } },
    });
    expect(linesOf(log)).toEqual(['["first"]', '["second"]', '["second"]', '["second"]']);
    expect([last.name, last.executionArn]).toEqual([failed.name, failed.executionArn]);
    expect(() => last.redrive()).toThrow('got status SUCCEEDED, expected FAILED or ABORTED');
  });
});

describe('a Distributed Map', () => {
  const base = { failing: [], times: 99, gate: '', tolerated: 0, concurrency: 2 };
  const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);
  let tenItems: string;

  beforeAll(async () => {
    tenItems = await put('input/ten items.jsonl', `${numbers(1, 10).join('\n')}\n`);
  });

  const outputOf = (result: ExecutionResult) =>
    result.output as { MapRunArn: string; ResultWriterDetails: { Bucket: string; Key: string } };

  /** The child executions in the files of a manifest, by status. */
  async function resultsAt(key: string) {
    const manifest = (await read(key)) as { ResultFiles: Record<string, { Key: string; Size: number }[]> };
    const files = Object.entries(manifest.ResultFiles).map(async ([status, [file]]) => [
      status,
      file ? ((await read(file.Key)) as Record<string, string>[]) : [],
    ]);
    return Object.fromEntries(await Promise.all(files)) as Record<string, Record<string, string>[]>;
  }

  async function manifests(): Promise<string[]> {
    const { Contents } = await client.send(new ListObjectsV2Command({ Bucket: 'files', Prefix: 'results/' }));
    return (Contents ?? []).flatMap(({ Key = '' }) => (Key.endsWith('/manifest.json') ? [Key] : []));
  }

  const itemsOf = (records: Record<string, string>[] | undefined) =>
    records?.flatMap(({ Input }) => JSON.parse(String(Input)).Items as number[]);

  test('runs a child execution for each batch, and writes their results', async () => {
    const log = newLog();
    const execution = start('express', { ...base, key: tenItems, log });

    const result = await execution.result;

    expect(result.status).toBe('SUCCEEDED');
    expect(linesOf(log)).toEqual(['[1,2,3]', '[10]', '[4,5,6]', '[7,8,9]']);
    const { MapRunArn, ResultWriterDetails } = outputOf(result);
    const id = String(
      MapRunArn.match(new RegExp(`^arn:aws:states:us-east-1:111122223333:mapRun:express/express:(${UUID})$`))?.[1],
    );
    expect(ResultWriterDetails).toEqual({ Bucket: 'files', Key: `results/${id}/manifest.json` });
    const succeeded = { Key: `results/${id}/SUCCEEDED_0.json`, Size: expect.any(Number) };
    expect(await read(ResultWriterDetails.Key)).toEqual({
      DestinationBucket: 'files',
      MapRunArn,
      ResultFiles: { FAILED: [], PENDING: [], SUCCEEDED: [succeeded] },
    });
    const records = (await read(succeeded.Key)) as Record<string, string>[];
    expect(itemsOf(records)).toEqual(numbers(1, 10));
    const name = records[0]?.Name;
    expect(records[0]).toEqual({
      ExecutionArn: `arn:aws:states:us-east-1:111122223333:express:express/express:${id}:${name}`,
      Name: name,
      Input: JSON.stringify({
        BatchInput: { log, failing: [], times: 99, gate: '', run: execution.name },
        Items: [1, 2, 3],
      }),
      InputDetails: { Included: true },
      Output: JSON.stringify({ items: [1, 2, 3], attempt: 1, rest: { run: execution.name } }),
      OutputDetails: { Included: true },
      RedriveCount: 0,
      StartDate: expect.any(String),
      StateMachineArn: 'arn:aws:states:us-east-1:111122223333:stateMachine:express/express',
      Status: 'SUCCEEDED',
      StopDate: expect.any(String),
    });
  });

  test('keeps to its maximum concurrency, also after it was stopped and redriven', async () => {
    const log = newLog();
    const gate = newGate();
    const execution = start('express', { ...base, key: tenItems, log, gate });
    await until(() => linesOf(log).length === 2);
    // real time: a third child execution would have started by then.
    await wait(100);

    expect(linesOf(log)).toHaveLength(2);
    execution.stop();
    expect(await execution.result).toEqual({ status: 'ABORTED' });
    open(gate);
    // real time: the next child executions would have started by then.
    await wait(300);
    expect(linesOf(log)).toHaveLength(2);
    // THEN the redrive runs what was stopped and what had not started
    const result = await execution.redrive().result;
    expect(result.status).toBe('SUCCEEDED');
    expect(linesOf(log)).toHaveLength(6);
    const { SUCCEEDED: records } = await resultsAt(outputOf(result).ResultWriterDetails.Key);
    expect(itemsOf(records)).toEqual(numbers(1, 10));
  });

  test('succeeds without items', async () => {
    const key = await put('input/empty.jsonl', '');

    const result = await run('express', { ...base, key, log: newLog() });

    expect(result.status).toBe('SUCCEEDED');
    expect(await resultsAt(outputOf(result).ResultWriterDetails.Key)).toEqual({
      FAILED: [],
      PENDING: [],
      SUCCEEDED: [],
    });
  });

  test.each([
    ['percent', { failing: [1, 2] }, 'SUCCEEDED', { SUCCEEDED: numbers(4, 10), FAILED: [1, 2, 3], PENDING: [] }],
    ['percent', { failing: [1, 4] }, 'FAILED', { SUCCEEDED: [], FAILED: numbers(1, 6), PENDING: numbers(7, 10) }],
    [
      'count',
      { failing: [4], tolerated: 3 },
      'SUCCEEDED',
      { SUCCEEDED: [1, 2, 3, 7, 8, 9, 10], FAILED: [4, 5, 6], PENDING: [] },
    ],
    [
      'count',
      { failing: [4], tolerated: 2 },
      'FAILED',
      { SUCCEEDED: [1, 2, 3], FAILED: [4, 5, 6], PENDING: numbers(7, 10) },
    ],
  ])('applies its tolerated failure %s: with %j it is %s', async (map, input, status, expected) => {
    const before = await manifests();
    const result = await run('various', { ...base, map, key: tenItems, log: newLog(), ...input });

    expect(result.status).toBe(status);
    expect(result.error).toBe(status === 'FAILED' ? 'States.ExceedToleratedFailureThreshold' : undefined);
    const [manifest = ''] = (await manifests()).filter((key) => !before.includes(key));
    const results = await resultsAt(manifest);
    expect(Object.fromEntries(Object.entries(results).map(([name, records]) => [name, itemsOf(records)]))).toEqual(
      expected,
    );
    expect(results.FAILED?.[0]).toMatchObject({ Status: 'FAILED', Error: 'WorkError', Cause: expect.any(String) });
  });

  test.each(['express', 'standard'])('runs only what did not succeed when it is redriven: %s', async (machine) => {
    const log = newLog();
    // One child execution after the other: the last one fails, and stops none that is running.
    const input = { ...base, key: tenItems, log, failing: [10], times: 2, concurrency: 1 };
    // A STANDARD child execution retries once itself.
    const failed = start(machine, input, { maxWait: 1 });
    expect(await failed.result).toMatchObject({
      status: 'FAILED',
      error: 'States.ExceedToleratedFailureThreshold',
    });
    const again = failed.redrive();
    const last = (await again.result).status === 'SUCCEEDED' ? again : again.redrive();

    const result = await last.result;

    expect(result.status).toBe('SUCCEEDED');
    expect(linesOf(log)).toEqual(['[1,2,3]', '[10]', '[10]', '[10]', '[4,5,6]', '[7,8,9]']);
    const { SUCCEEDED: records } = await resultsAt(outputOf(result).ResultWriterDetails.Key);
    expect(itemsOf(records)).toEqual(numbers(1, 10));
    expect(records?.map(({ RedriveCount }) => RedriveCount)).toEqual([0, 0, 0, machine === 'express' ? 2 : 1]);
  });

  test('stops its running child executions when too many have failed', async () => {
    // Each waits for an hour.
    const execution = start('various', { map: 'slow', items: [1, 2] }, { expressDuration: 200 });

    expect(await execution.result).toMatchObject({ status: 'FAILED', error: 'States.ExceedToleratedFailureThreshold' });
  });

  test('reads items from CSV', async () => {
    await put('input/items.csv', '\uFEFFusername,note\r\njane,"a, ""b"""\r\njohn,\r\n');

    expect(await run('various', { map: 'csv' })).toEqual({
      status: 'SUCCEEDED',
      output: [
        { username: 'jane', note: 'a, "b"' },
        { username: 'john', note: '' },
      ],
    });
  });

  test('reads items from JSON, up to MaxItems', async () => {
    await put('input/items.json', '[{"a":1},2,3]');

    expect(await run('various', { map: 'json' })).toEqual({ status: 'SUCCEEDED', output: [{ a: 1 }, 2] });
  });

  test.each([
    ['an object that is missing', 'input/none.jsonl', undefined],
    ['a line that is not JSON', 'input/broken.jsonl', '1\n{\n'],
  ])('fails when it reads %s', async (_, key, body) => {
    if (body) await put(key, body);

    expect(await run('express', { ...base, key, log: newLog() })).toMatchObject({
      status: 'FAILED',
      error: 'States.ItemReaderFailed',
    });
  });

  test('limits batches by their size in bytes', async () => {
    const { output } = await run('various', { map: 'bytes', items: ['aaaaaaaa', 'bbbbbbbb', 'cccccccc', 'd'] });

    expect(output).toEqual([{ Items: ['aaaaaaaa', 'bbbbbbbb'] }, { Items: ['cccccccc', 'd'] }]);
  });

  test('applies its ItemSelector to the input of each child execution', async () => {
    const { output } = await run('various', { map: 'selected', items: ['a', 'b'], all: 2 });

    const child = `^arn:aws:states:us-east-1:111122223333:execution:various/selected:${UUID}$`;
    expect(output).toEqual(
      ['a', 'b'].map((value, index) => ({
        in: { value, index, all: 2 },
        state: 'selected work',
        id: expect.stringMatching(new RegExp(child)),
      })),
    );
  });

  test('runs 20,000 items within ten seconds of CPU', async () => {
    const key = await put(
      'input/many.jsonl',
      numbers(1, 20_000)
        .map((sub) => `{"sub":${sub}}\n`)
        .join(''),
    );
    const before = process.cpuUsage();

    const result = await run('various', { ...base, map: 'many', key, log: '' });

    const { SUCCEEDED: children } = await resultsAt(outputOf(result).ResultWriterDetails.Key);
    expect(children).toHaveLength(67);
    expect(itemsOf(children)).toHaveLength(20_000);
    expect(process.cpuUsage(before).user).toBeLessThan(10_000_000);
  });

  test('fails when the role does not allow to redrive child executions', async () => {
    const failed = start('only-once', { items: [{}] });
    expect(await failed.result).toMatchObject({ error: 'States.ExceedToleratedFailureThreshold' });

    expect(await failed.redrive().result).toMatchObject({
      status: 'FAILED',
      error: 'States.Permissions',
      cause: expect.stringContaining(
        'states:RedriveExecution on arn:aws:states:us-east-1:111122223333:execution:only-once/All:',
      ),
    });
  });

  test('fails when the role does not allow to start child executions, or to read the items', async () => {
    expect(await run('powerless', { items: [1] })).toMatchObject({
      status: 'FAILED',
      error: 'States.Permissions',
      cause: expect.stringContaining(
        'states:StartExecution on arn:aws:states:us-east-1:111122223333:stateMachine:powerless',
      ),
    });
    expect(await run('powerless', { key: tenItems })).toMatchObject({
      status: 'FAILED',
      error: 'States.ItemReaderFailed',
      cause: expect.stringContaining('AccessDenied'),
    });
  });
});
