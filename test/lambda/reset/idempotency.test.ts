import { createHash, createHmac } from 'node:crypto';
import { DynamoDBClient, PutItemCommand, ScanCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { Fault } from 'cloud-assembly-sandbox';
import fc from 'fast-check';
import { type Answer, DeployedReset } from '../../support/deployed-reset';
import { cases, describeInSoak } from '../../support/soak';

const ALWAYS = Number.POSITIVE_INFINITY;

const AT_ONCE = cases(8, 50);

const KEY_SETS = cases(8, 200);

/** A key of more than 64 bytes whose SHA-256 is the bytes of a text. */
const LONG_KEY = 'arn:aws:states:us-east-1:111122223333:execution:Reset:0000000000-34683112';

/** Keys that a digest or a comparison may treat as one. */
const similarKeys = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
  .chain((text) =>
    fc.uniqueArray(
      fc.constantFrom(
        text,
        ...['\0', '\0\0', ' ', '\n', '"', '","key"]'].flatMap((end) => [`${text}${end}`, `${end}${text}`]),
        text.padEnd(64, '\0'),
        text.padEnd(65, '\0'),
        text.padEnd(64, 'x'),
        text.padEnd(65, 'x'),
        createHash('sha256').update(text).digest('hex'),
        createHash('sha256').update(text.padEnd(65, 'x')).digest('hex'),
        ...['NFC', 'NFD', 'NFKC'].map((form) => text.normalize(form)),
        text.toUpperCase(),
        text.toLowerCase(),
      ),
      { minLength: 2, maxLength: 4 },
    ),
  );

test(`calls Cognito once for ${AT_ONCE} concurrent invocations with one idempotency key`, async () => {
  // Without the sign-out, whose timeout the last of so many processes exceed on a small machine.
  const reset = await DeployedReset.start({ idempotency: true });
  try {
    await reset.addUser('one');
    const atOnce = (event: object) => Promise.all(Array.from({ length: AT_ONCE }, () => reset.invoke(event)));
    // Start the processes and their clients first, because so many take long to start.
    await Promise.all(
      Array.from({ length: AT_ONCE }, (_, i) => reset.invoke({ username: 'nobody', idempotencyKey: `start-${i}` })),
    );

    const before = reset.resets;
    const result = await atOnce({ username: 'one', idempotencyKey: 'ticket' });

    expect(reset.resets - before).toBe(1);
    const endings = new Set(result.map(({ status, errorType }) => status ?? errorType));
    expect(endings).toContain('RESET_REQUIRED');
    expect(
      [...endings].filter((ending) => !['RESET_REQUIRED', 'IdempotencyInProgressError'].includes(`${ending}`)),
    ).toEqual([]);
    expect(result.filter(({ replayed }) => replayed === false)).toHaveLength(1);
  } finally {
    await reset.stop();
  }
});

describe('a reset with an idempotency key', () => {
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

  /** Creates a request with a unique idempotency key. */
  const request = (more: object = {}) => ({ username: 'one', idempotencyKey: `ticket-${keys++}`, ...more });
  const records = async () => (await dynamodb.send(new ScanCommand({ TableName: tableName }))).Items ?? [];

  /** Counts the calls of Cognito during `run`. */
  async function counted<T>(run: () => Promise<T>) {
    const before = { resets: reset.resets, signOuts: reset.sandbox.countCalls('AdminUserGlobalSignOut') };
    const result = await run();
    return {
      result,
      resets: reset.resets - before.resets,
      signOuts: reset.sandbox.countCalls('AdminUserGlobalSignOut') - before.signOuts,
    };
  }

  test('returns the same result on a retry, marked as replayed', async () => {
    const event = request();
    const first = await reset.invoke(event);

    const { result, resets, signOuts } = await counted(() => reset.invoke(event));

    expect(first).toMatchObject({ status: 'RESET_REQUIRED', replayed: false });
    expect(result).toEqual({ ...first, replayed: true });
    expect({ resets, signOuts }).toEqual({ resets: 0, signOuts: 1 });
  });

  test.each(['cut-before', 'cut-after'] as const)(
    'fails with ResetOutcomeUnknownError on a retry after an unknown outcome, without a call (fault: %s)',
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

  test('signs out on a retry after a failed sign-out, without a second reset', async () => {
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
  ])('fails with InvalidRequestError when the key was used with different content: %s', async (_, other) => {
    const event = request({ clientMetadata: { template: 'breach', language: 'en' } });
    await reset.invoke(event);

    const { result, resets, signOuts } = await counted(() => reset.invoke({ ...event, ...other }));

    expect(result.errorType).toBe('InvalidRequestError');
    expect({ resets, signOuts }).toEqual({ resets: 0, signOuts: 0 });
  });

  test('treats the same metadata in another order as the same request', async () => {
    const event = request({ clientMetadata: { a: '1', b: '2' } });
    await reset.invoke(event);
    expect(await reset.invoke({ ...event, clientMetadata: { b: '2', a: '1' } })).toMatchObject({ replayed: true });
  });

  test('treats a request with another reason as the same request', async () => {
    const event = request({ reason: 'first try' });
    await reset.invoke(event);
    expect(await reset.invoke({ ...event, reason: 'second try' })).toMatchObject({ replayed: true });
  });

  test('is sent again with the same key if it was certainly not carried out', async () => {
    const event = request();
    const instead = { status: 400, name: 'LimitExceededException' };
    reset.sandbox.faults.add({ operation: 'AdminResetUserPassword', instead });

    expect((await reset.invoke(event)).errorType).toBe('LimitExceededException');
    expect(await reset.invoke(event)).toMatchObject({ status: 'RESET_REQUIRED', replayed: false });
  });

  test.each([
    ['does not exist', { status: 400, name: 'ResourceNotFoundException' }],
    ['denies access', { status: 400, name: 'AccessDeniedException' }],
    ['fails', { status: 500, name: 'InternalServerError' }],
    ['does not respond', 'hang'],
    ['returns an invalid response', 'garbage'],
  ] as const)('is not sent when the table %s before the call', async (_, instead) => {
    const remove = reset.sandbox.faults.add({ operation: 'PutItem', times: ALWAYS, instead });

    const { result, resets } = await counted(() => reset.invoke(request()));
    remove();

    expect(result.errorType).toBe('ResetNotSentError');
    expect(resets).toBe(0);
  });

  test.each(['cut-after', 'slow-body'] as const)(
    'is carried out once when the response to creating the record is lost (fault: %s)',
    async (instead) => {
      const event = request();
      reset.sandbox.faults.add({ operation: 'PutItem', instead });

      const { result, resets } = await counted(() => reset.invoke(event));

      expect(result).toMatchObject({ status: 'RESET_REQUIRED', replayed: false });
      expect(resets).toBe(1);
      expect(await reset.invoke(event)).toMatchObject({ replayed: true });
    },
  );

  describe('when the table fails after the call of Cognito', () => {
    const instead = { status: 500, name: 'InternalServerError' };

    test('returns the result and logs a warning; a retry is in progress, then its outcome is unknown', async () => {
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

      // The timeout of the function is 30 seconds: the invocation that created this record has ended.
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

    test('fails with the name of the exception of Cognito and logs a warning', async () => {
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

  test.each([
    ['a short key', 'ticket 4711'],
    ['the id of an execution', `arn:aws:states:us-east-1:111122223333:execution:Reset:${'0'.repeat(36)}`],
  ])('finds a record in the form that the tables of deployed functions have, for %s', async (_, idempotencyKey) => {
    const digest = (...parts: unknown[]) =>
      createHmac('sha256', idempotencyKey)
        .update(JSON.stringify([reset.userPoolId, ...parts]))
        .digest('base64');
    const stored = (text: string) => createHash('sha256').update(JSON.stringify(text)).digest('base64');
    await dynamodb.send(
      new PutItemCommand({
        TableName: tableName,
        Item: {
          id: { S: `${reset.userPoolId}#${stored(digest('key'))}` },
          status: { S: 'COMPLETED' },
          expiration: { N: `${Math.floor(Date.now() / 1_000) + 3_600}` },
          validation: { S: stored(digest('request', 'one', [['template', 'breach']])) },
          data: { M: { kind: { S: 'reset' }, httpStatus: { N: '200' }, requestId: { S: 'earlier' } } },
        },
      }),
    );

    const event = request({ idempotencyKey, clientMetadata: { template: 'breach' } });

    expect(await reset.invoke(event)).toMatchObject({ requestId: 'earlier', replayed: true });
  });

  test('stores neither the user name nor the key nor metadata in the table', async () => {
    await reset.invoke(request({ clientMetadata: { template: 'breach' } }));
    const stored = JSON.stringify(await records());

    expect(stored).not.toMatch(/one|two|ticket|breach|template/);
  });

  test('is carried out each time when the request has no key', async () => {
    const { resets } = await counted(async () => {
      await reset.invoke({ username: 'two' });
      await reset.invoke({ username: 'two' });
    });
    expect(resets).toBe(2);
  });

  test.each(['', 'k'.repeat(257), 'half \ud800', 7, null])(
    'fails with InvalidRequestError for an invalid key: %j',
    async (idempotencyKey) => {
      expect(await reset.invoke({ username: 'one', idempotencyKey })).toMatchObject({
        errorType: 'InvalidRequestError',
      });
    },
  );
});

describe('a reset tells idempotency keys apart', () => {
  const digestAsText = createHash('sha256').update(LONG_KEY).digest().toString();
  let reset: DeployedReset;
  beforeAll(async () => {
    let time = Date.now();
    // Each call comes a second later, so that the quota is never exceeded.
    const now = () => {
      time += 1_000;
      return new Date(time);
    };
    reset = await DeployedReset.start({ idempotency: true }, { now });
    await reset.addUser('one');
  });
  afterAll(() => reset.stop());

  async function expectOneResetEach(keys: readonly string[]): Promise<void> {
    for (const idempotencyKey of keys) {
      expect(await reset.invoke({ username: 'one', idempotencyKey })).toMatchObject({ replayed: false });
      expect(await reset.invoke({ username: 'one', idempotencyKey })).toMatchObject({ replayed: true });
    }
  }

  test.each([
    ['U+0000 at the end', ['zero', 'zero\0', 'zero\0\0', 'zero'.padEnd(64, '\0')]],
    ['the SHA-256 of a long key as a text', [LONG_KEY, digestAsText, `${digestAsText}\0`]],
  ])('that differ in %s', async (_, different) => {
    await expectOneResetEach(different);
  });

  test(`that are similar (${KEY_SETS} sets of keys)`, async () => {
    let sets = 0;
    await fc.assert(
      fc.asyncProperty(similarKeys, async (similar) => {
        // The number keeps the keys of each set apart from those before.
        const set = sets++;
        await expectOneResetEach(similar.map((key) => `${set}:${key}`));
      }),
      { numRuns: KEY_SETS },
    );
  });
});

// The timeout of 30 seconds suffices even when everything is slow. The cases run concurrently, because each takes nearly
// 30 seconds.
describeInSoak('a slow reset with an idempotency key', () => {
  const SLOW = { operation: 'AdminResetUserPassword', delay: 19_500 };
  const THROTTLED = { operation: 'AdminResetUserPassword', delay: 1_500, times: 4 };
  const cases: Record<string, { faults: Fault[]; expected: object }> = {
    'a slow table before the reset, and no response of the table after it': {
      faults: [
        { operation: 'PutItem', times: 2, instead: 'hang' },
        SLOW,
        { operation: 'UpdateItem', times: ALWAYS, instead: 'hang' },
      ],
      expected: { status: 'RESET_REQUIRED', replayed: false },
    },
    'throttling, and no response of the table after the reset': {
      faults: [
        { ...THROTTLED, instead: { status: 400, name: 'TooManyRequestsException' } },
        SLOW,
        { operation: 'UpdateItem', times: ALWAYS, instead: 'slow-body' },
      ],
      expected: { status: 'RESET_REQUIRED', replayed: false },
    },
    'a slow table, and no response of Cognito': {
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

  test.each(Object.keys(cases))('ends before the timeout of the function: %s', (name) => {
    expect(answers[name]).toMatchObject(cases[name]?.expected ?? {});
  });
});

test('the environment variable POWERTOOLS_IDEMPOTENCY_DISABLED does not turn off idempotency', async () => {
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
