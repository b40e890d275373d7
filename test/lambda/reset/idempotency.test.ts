import { DynamoDBClient, ScanCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { Fault } from 'cloud-assembly-sandbox';
import { type Answer, DeployedReset } from '../../support/deployed-reset';

const ALWAYS = Number.POSITIVE_INFINITY;

describe('with an idempotency key', () => {
  let reset: DeployedReset;
  let dynamodb: DynamoDBClient;
  let tableName: string;
  let keys = 0;
  beforeAll(async () => {
    reset = await DeployedReset.start({ idempotency: true, globalSignOut: true });
    await reset.addUser('one');
    await reset.addUser('two');
    tableName = reset.sandbox.assembly.tables[0]?.tableName ?? '';
    dynamodb = new DynamoDBClient({
      endpoint: reset.sandbox.endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'developer', secretAccessKey: 'developer' },
    });
  });
  afterAll(() => reset.stop());

  /** A request with a key that no other test uses. */
  const request = (more: object = {}) => ({ username: 'one', idempotencyKey: `ticket-${keys++}`, ...more });
  const records = async () => (await dynamodb.send(new ScanCommand({ TableName: tableName }))).Items ?? [];

  /** What happens to Cognito while this runs. */
  async function counted<T>(run: () => Promise<T>) {
    const before = { resets: reset.resets, signOuts: reset.sandbox.countCalls('AdminUserGlobalSignOut') };
    const result = await run();
    return {
      result,
      resets: reset.resets - before.resets,
      signOuts: reset.sandbox.countCalls('AdminUserGlobalSignOut') - before.signOuts,
    };
  }

  test('50 concurrent invocations make one call to Cognito', async () => {
    const fiftyTimes = (event: unknown) => Promise.all(Array.from({ length: 50 }, () => reset.invoke(event)));
    const event = request();
    // The processes and their clients are started before, because a small machine takes its time for so many.
    await Promise.all(Array.from({ length: 50 }, () => reset.invoke({ ...request(), username: 'nobody' })));

    const { result, resets } = await counted(() => fiftyTimes(event));

    expect(resets).toBe(1);
    const endings = new Set(result.map(({ status, errorType }) => status ?? errorType));
    expect(endings).toContain('RESET_REQUIRED');
    expect(
      [...endings].filter((ending) => !['RESET_REQUIRED', 'IdempotencyInProgressError'].includes(`${ending}`)),
    ).toEqual([]);
    expect(result.filter(({ replayed }) => replayed === false)).toHaveLength(1);
  });

  test('a repeat answers the same, and says that it is a replay', async () => {
    const event = request();
    const first = await reset.invoke(event);

    const { result, resets, signOuts } = await counted(() => reset.invoke(event));

    expect(first).toMatchObject({ status: 'RESET_REQUIRED', replayed: false });
    expect(result).toEqual({ ...first, replayed: true });
    expect({ resets, signOuts }).toEqual({ resets: 0, signOuts: 1 });
  });

  test.each(['cut-before', 'cut-after'] as const)(
    'a repeat after an unknown outcome (%s) is answered as unknown, without a call',
    async (instead) => {
      const event = request();
      reset.sandbox.faults.add({ operation: 'AdminResetUserPassword', instead });
      const first = await reset.invoke(event);

      const { result, resets, signOuts } = await counted(() => reset.invoke(event));

      expect(first.errorType).toBe('ResetOutcomeUnknownError');
      expect(result.errorType).toBe('ResetOutcomeUnknownError');
      expect({ resets, signOuts }).toEqual({ resets: 0, signOuts: 0 });
    },
  );

  test('a repeat after a failed sign-out signs out, and does not reset again', async () => {
    const event = request();
    const instead = { status: 400, name: 'NotAuthorizedException' };
    reset.sandbox.faults.add({ operation: 'AdminUserGlobalSignOut', instead });
    const first = await reset.invoke(event);

    const { result, resets, signOuts } = await counted(() => reset.invoke(event));

    expect(first.errorType).toBe('GlobalSignOutError');
    expect(result).toMatchObject({ status: 'RESET_REQUIRED', signedOut: true, replayed: true });
    expect({ resets, signOuts }).toEqual({ resets: 0, signOuts: 1 });
  });

  test.each([
    ['another user', { username: 'two' }],
    ['other metadata', { clientMetadata: { template: 'other' } }],
    ['no metadata', { clientMetadata: undefined }],
  ])('the same key with %s is refused', async (_, other) => {
    const event = request({ clientMetadata: { template: 'breach', language: 'en' } });
    await reset.invoke(event);

    const { result, resets, signOuts } = await counted(() => reset.invoke({ ...event, ...other }));

    expect(result.errorType).toBe('InvalidRequestError');
    expect({ resets, signOuts }).toEqual({ resets: 0, signOuts: 0 });
  });

  test('the same metadata in another order is the same request', async () => {
    const event = request({ clientMetadata: { a: '1', b: '2' } });
    await reset.invoke(event);
    expect(await reset.invoke({ ...event, clientMetadata: { b: '2', a: '1' } })).toMatchObject({ replayed: true });
  });

  test('claims are not part of what must be the same', async () => {
    const event = request({ reason: 'first try' });
    await reset.invoke(event);
    expect(await reset.invoke({ ...event, reason: 'second try' })).toMatchObject({ replayed: true });
  });

  test('a reset that was certainly not carried out is tried again with the same key', async () => {
    const event = request();
    const instead = { status: 400, name: 'LimitExceededException' };
    reset.sandbox.faults.add({ operation: 'AdminResetUserPassword', instead });

    expect((await reset.invoke(event)).errorType).toBe('LimitExceededException');
    expect(await reset.invoke(event)).toMatchObject({ status: 'RESET_REQUIRED', replayed: false });
  });

  test.each([
    ['is missing', { status: 400, name: 'ResourceNotFoundException' }],
    ['does not allow it', { status: 400, name: 'AccessDeniedException' }],
    ['fails', { status: 500, name: 'InternalServerError' }],
    ['does not answer', 'hang'],
    ['answers nonsense', 'garbage'],
  ] as const)('a table that %s before the call: nothing is sent', async (_, instead) => {
    const remove = reset.sandbox.faults.add({ operation: 'PutItem', times: ALWAYS, instead });

    const { result, resets } = await counted(() => reset.invoke(request()));
    remove();

    expect(result.errorType).toBe('ResetNotSentError');
    expect(resets).toBe(0);
  });

  test.each(['cut-after', 'slow-body'] as const)(
    'a claim whose answer is lost (%s) is recognized, and the reset carried out once',
    async (instead) => {
      const event = request();
      reset.sandbox.faults.add({ operation: 'PutItem', instead });

      const { result, resets } = await counted(() => reset.invoke(event));

      expect(result).toMatchObject({ status: 'RESET_REQUIRED', replayed: false });
      expect(resets).toBe(1);
      expect(await reset.invoke(event)).toMatchObject({ replayed: true });
    },
  );

  describe('when the table fails after the call', () => {
    const instead = { status: 500, name: 'InternalServerError' };

    test('the result is returned and the failure logged; a repeat is in progress, then unknown', async () => {
      // GIVEN
      const event = request();
      const known = new Set((await records()).map(({ id }) => id?.S));
      const remove = reset.sandbox.faults.add({ operation: 'UpdateItem', times: ALWAYS, instead });
      reset.output.length = 0;

      // WHEN
      const first = await reset.invoke(event);
      remove();

      // THEN
      expect(first).toMatchObject({ status: 'RESET_REQUIRED', replayed: false });
      expect(reset.logged).toContainEqual(
        expect.objectContaining({ level: 'WARN', message: expect.stringMatching(/table was not updated/) }),
      );

      const again = await counted(() => reset.invoke(event));
      expect(again).toMatchObject({ result: { errorType: 'IdempotencyInProgressError' }, resets: 0, signOuts: 0 });

      // The function's time-out is thirty seconds: whoever made this record is not at work any more.
      const record = (await records()).find(({ id }) => !known.has(id?.S));
      await dynamodb.send(
        new UpdateItemCommand({
          TableName: tableName,
          Key: { id: record?.id as { S: string } },
          UpdateExpression: 'SET in_progress_expiration = :earlier',
          ExpressionAttributeValues: { ':earlier': { N: `${Number(record?.in_progress_expiration?.N) - 40_000}` } },
        }),
      );
      const later = await counted(() => reset.invoke(event));
      expect(later).toMatchObject({ result: { errorType: 'ResetOutcomeUnknownError' }, resets: 0, signOuts: 0 });
    });

    test('what Cognito refused keeps its name, and the failure is logged', async () => {
      const event = request({ username: 'nobody' });
      const remove = reset.sandbox.faults.add({ operation: 'DeleteItem', times: ALWAYS, instead });
      reset.output.length = 0;
      const answer = await reset.invoke(event);
      remove();

      expect(answer.errorType).toBe('UserNotFoundException');
      expect(reset.logged).toContainEqual(
        expect.objectContaining({ level: 'WARN', message: expect.stringMatching(/table was not updated/) }),
      );
      expect(await reset.invoke(event)).toMatchObject({ errorType: 'IdempotencyInProgressError' });
    });
  });

  test('the table holds neither user names nor keys nor metadata', async () => {
    await reset.invoke(request({ clientMetadata: { template: 'breach' } }));
    const stored = JSON.stringify(await records());

    expect(stored).not.toMatch(/one|two|ticket|breach|template/);
  });

  test('a request without a key is carried out each time', async () => {
    const { resets } = await counted(async () => {
      await reset.invoke({ username: 'two' });
      await reset.invoke({ username: 'two' });
    });
    expect(resets).toBe(2);
  });

  test.each(['', 'k'.repeat(257), 'half \ud800', 7, null])(
    'a key that is none is refused: %j',
    async (idempotencyKey) => {
      expect(await reset.invoke({ username: 'one', idempotencyKey })).toMatchObject({
        errorType: 'InvalidRequestError',
      });
    },
  );
});

// Thirty seconds are enough for the slowest of everything; at the same time, because each takes nearly all of them.
describe('with an idempotency key, at the limit of the time-out', () => {
  const SLOW = { operation: 'AdminResetUserPassword', delay: 19_500 };
  const THROTTLED = { operation: 'AdminResetUserPassword', delay: 1_500, times: 4 };
  const cases: Record<string, { faults: Fault[]; expected: object }> = {
    'a table that is slow before, and silent after': {
      faults: [
        { operation: 'PutItem', times: 2, instead: 'hang' },
        SLOW,
        { operation: 'UpdateItem', times: ALWAYS, instead: 'hang' },
      ],
      expected: { status: 'RESET_REQUIRED', replayed: false },
    },
    'throttling, and a table that is silent after': {
      faults: [
        { ...THROTTLED, instead: { status: 400, name: 'TooManyRequestsException' } },
        SLOW,
        { operation: 'UpdateItem', times: ALWAYS, instead: 'slow-body' },
      ],
      expected: { status: 'RESET_REQUIRED', replayed: false },
    },
    'a table that is slow before, and a Cognito that never answers': {
      faults: [
        { operation: 'PutItem', times: 2, instead: 'hang' },
        { operation: 'AdminResetUserPassword', instead: 'hang' },
        { operation: 'UpdateItem', times: ALWAYS, instead: 'hang' },
      ],
      expected: { errorType: 'ResetOutcomeUnknownError' },
    },
  };
  const answers: Record<string, Answer> = {};
  beforeAll(() =>
    Promise.all(
      Object.entries(cases).map(async ([name, { faults }]) => {
        const reset = await DeployedReset.start({ idempotency: true });
        await reset.addUser('one');
        for (const fault of faults) reset.sandbox.faults.add(fault);
        answers[name] = await reset.invoke({ username: 'one', idempotencyKey: 'key' });
        await reset.stop();
      }),
    ),
  );

  test.each(Object.keys(cases))('%s: the function answers by itself', (name) => {
    expect(answers[name]).toMatchObject(cases[name]?.expected ?? {});
  });
});

test('an environment variable does not turn idempotency off', async () => {
  const reset = await DeployedReset.start(
    { idempotency: true },
    { functionEnvironment: { POWERTOOLS_IDEMPOTENCY_DISABLED: 'true' } },
  );
  await reset.addUser('one');
  await reset.invoke({ username: 'one', idempotencyKey: 'key' });
  const answer = await reset.invoke({ username: 'one', idempotencyKey: 'key' });
  await reset.stop();

  expect(answer).toMatchObject({ replayed: true });
});
