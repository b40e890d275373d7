import { randomUUID } from 'node:crypto';
import { Logger } from '@aws-lambda-powertools/logger';
import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDbService, Faults, Gateway, type RecordedCall, type Service } from 'cloud-assembly-sandbox';
import { Ledger } from '../../../../lambda/campaign/shared/ledger';
import { Batch, type BatchDependencies } from '../../../../lambda/campaign/worker/batch';
import type { BatchUser } from '../../../../lambda/campaign/worker/batch-users';
import { Confirmation } from '../../../../lambda/campaign/worker/confirmation';
import { Pacer, type PacerOptions } from '../../../../lambda/campaign/worker/pacer';
import { Sensitive } from '../../../../lambda/shared/sensitive';
import { UserPool } from '../../../../lambda/shared/user-pool';
import { cases } from '../../../support/soak';

const TABLE = 'ledger';
const POOL = 'eu-central-1_example';
const RATE = 20;
const CAMPAIGN = 'breach';
const ALWAYS = { times: Number.POSITIVE_INFINITY };

const faults = new Faults();
const environment = { ...process.env };
let dynamodb: DynamoDbService;
let gateway: Gateway;
let client: DynamoDBClient;
let ledger: Ledger;

const PREFIX = 'name of ';

/** The status of every user who is looked up. */
let statusAfterReset = 'RESET_REQUIRED';

/** The names of the users who were reset, in order. The user pool resets every user. */
let resets: unknown[] = [];
let signOuts: unknown[] = [];
/** The operations that were called, in order. */
let called: string[] = [];
/** Called with each reset before it is carried out. */
let onReset = () => {};
/** Awaited before each answer to a reset. */
let beforeAnswer = async () => {};
/** Called with each look-up before it is carried out. */
let onLookUp = () => {};
/** Called when a worker asks the ledger whether the run is halted. */
let onQuestion = () => {};
const onCall = ({ operation }: RecordedCall) => {
  called.push(operation);
  if (operation === 'AdminResetUserPassword') onReset();
  if (operation === 'AdminGetUser') onLookUp();
  if (operation === 'GetItem') onQuestion();
};
const cognito: Service = {
  prefix: 'cognito-idp',
  resource: () => '*',
  call: async (operation, { Username }) => {
    if (operation === 'AdminGetUser') {
      const UserAttributes = [{ Name: 'sub', Value: String(Username).slice(PREFIX.length) }];
      return { Username, UserStatus: statusAfterReset, UserAttributes };
    }
    (operation === 'AdminUserGlobalSignOut' ? signOuts : resets).push(Username);
    if (operation === 'AdminResetUserPassword') await beforeAnswer();
    return {};
  },
};

beforeAll(async () => {
  const keys = ['campaign', 'user'];
  const properties = {
    KeySchema: keys.map((AttributeName, index) => ({ AttributeName, KeyType: index === 0 ? 'HASH' : 'RANGE' })),
    AttributeDefinitions: keys.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
  };
  const tableArn = `arn:aws:dynamodb:eu-central-1:111122223333:table/${TABLE}`;
  dynamodb = await DynamoDbService.start([{ tableName: TABLE, tableArn, properties }]);
  gateway = await Gateway.start({ services: [dynamodb, cognito], faults, onCall });
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: gateway.endpoint,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'developer',
    AWS_SECRET_ACCESS_KEY: 'developer',
  });
  client = new DynamoDBClient();
  ledger = new Ledger(TABLE, 1_000);
});
beforeEach(() => {
  faults.clear();
  resets = [];
  signOuts = [];
  statusAfterReset = 'RESET_REQUIRED';
  called = [];
  onReset = () => {};
  beforeAnswer = async () => {};
  onLookUp = () => {};
  onQuestion = () => {};
});
afterAll(async () => {
  client.destroy();
  await gateway.stop();
  await dynamodb.stop();
  process.env = environment;
});

const nameOf = (sub: string) => `${PREFIX}${sub}`;

const userOf = (sub: string): BatchUser => ({ sub, username: new Sensitive(nameOf(sub)) });

/** A clock of slots that only one batch uses. */
function ownClock(soon = false): PacerOptions['takeSlots'] {
  let nextAt = 0;
  return async ({ duration, lead }) => {
    const first = Math.max(nextAt, Date.now() + (soon ? lead / 20 : lead));
    nextAt = first + duration;
    return first;
  };
}

function batch(takeSlots = ownClock(), run = 'run-1', more: Partial<BatchDependencies> = {}): Batch {
  const tools = {
    userPool: new UserPool(POOL),
    ledger,
    confirmation: new Confirmation({ client: new CognitoIdentityProviderClient({}), userPoolId: POOL, workers: 1 }),
    pacer: new Pacer({ callsPerSecond: RATE, workers: 1, takeSlots }),
    signer: undefined,
    failWithoutSignature: false,
    globalSignOut: false,
    logger: new Logger({ logLevel: 'SILENT' }),
    ...more,
  };
  const assignment = { campaignId: CAMPAIGN, run, claimant: randomUUID(), clientMetadata: {}, users: 100 };
  return new Batch(tools, assignment, () => 60_000);
}

test('a batch sends one message to a user who is in it twice', async () => {
  const [one, other] = [randomUUID(), randomUUID()];
  faults.add({ operation: 'AdminResetUserPassword', delay: 300, times: Number.POSITIVE_INFINITY });

  const counts = await batch().run([one, other, other, one].map(userOf));

  expect(resets.sort()).toEqual([one, other].map(nameOf).sort());
  expect(counts).toMatchObject({ reset: 2, left: 0 });
});

test('a batch calls Cognito with the user name, also to sign out a user whose sign-out was owed', async () => {
  const sub = randomUUID();
  faults.add({ operation: 'AdminUserGlobalSignOut', instead: { status: 400, name: 'NotAuthorizedException' } });

  await batch(ownClock(), 'run-1', { globalSignOut: true }).run([userOf(sub)]);
  expect([resets, signOuts]).toEqual([[nameOf(sub)], []]);
  expect(await batch(ownClock(), 'run-1', { globalSignOut: true }).run([userOf(sub)])).toMatchObject({
    signedOut: 1,
    reset: 0,
  });
  expect([resets, signOuts]).toEqual([[nameOf(sub)], [nameOf(sub)]]);
});

test('a batch writes to the ledger whether a look-up confirmed the reset', async () => {
  const [one, other] = [randomUUID(), randomUUID()];

  expect(await batch().run([userOf(one)])).toMatchObject({ reset: 1, notConfirmed: 0 });
  statusAfterReset = 'CONFIRMED';
  expect(await batch().run([userOf(other)])).toMatchObject({ reset: 1, notConfirmed: 1 });

  const records = await ledger.findRecords(CAMPAIGN, [one, other], true);
  expect([one, other].map((sub) => records.get(sub)?.confirmed)).toEqual([true, false]);
});

test('a batch looks up a user directly after the reset, and not only when all its users are reset', async () => {
  const users = [randomUUID(), randomUUID()];
  const lookedUp = new Promise<void>((resolve) => {
    onLookUp = resolve;
  });
  beforeAnswer = async () => (resets.length === users.length ? lookedUp : undefined);

  expect(await batch().run(users.map(userOf))).toMatchObject({ reset: 2, unknown: 0 });
});

test('a batch is done although a confirmation cannot be written', async () => {
  const sub = randomUUID();
  const write = { operation: 'UpdateItem', instead: { status: 400, name: 'AccessDeniedException' } } as const;
  statusAfterReset = 'CONFIRMED';
  // The claim and its outcome are written before the look-up.
  onLookUp = () => faults.add({ ...write, times: Number.POSITIVE_INFINITY });

  expect(await batch().run([userOf(sub)])).toMatchObject({ reset: 1, notConfirmed: 1, left: 0 });
  faults.clear();
  expect((await ledger.findRecords(CAMPAIGN, [sub], true)).get(sub)).toMatchObject({ status: 'DONE' });
});

test('a batch does not retry a refused user in the same run, and tries the user again in the next run', async () => {
  const sub = randomUUID();
  faults.add({ operation: 'AdminResetUserPassword', instead: { status: 400, name: 'UserLambdaValidationException' } });

  expect(await batch().run([userOf(sub)])).toMatchObject({ notSent: 1 });
  expect(await batch().run([userOf(sub)])).toMatchObject({ notSent: 0, reset: 0, left: 0 });
  expect(resets).toEqual([]);
  expect(await batch(ownClock(), 'run-2').run([userOf(sub)])).toMatchObject({ reset: 1 });
});

test('a batch completes the resets in flight and leaves the rest when no slots can be taken any more', async () => {
  // GIVEN
  const users = Array.from({ length: RATE + 20 }, () => randomUUID());
  const clock = ownClock();
  // The first slots are missed on a machine that is busy.
  const failingClock: typeof clock = (...time) =>
    resets.length > 0 ? Promise.reject(new Error('no slots')) : clock(...time);
  faults.add({ operation: 'AdminResetUserPassword', delay: 300, times: Number.POSITIVE_INFINITY });

  // WHEN
  const counts = await batch(failingClock).run(users.map(userOf));

  // THEN
  expect(counts.reset).toBe(resets.length);
  expect(counts.reset).toBeGreaterThan(0);
  expect(counts.left).toBe(users.length - resets.length);
  const records = await ledger.findRecords(CAMPAIGN, users, true);
  for (const user of users) expect(records.get(user)?.status === 'DONE').toBe(resets.includes(nameOf(user)));
  expect([...records.values()].filter(({ status }) => status === 'CLAIMED')).toEqual([]);
});

describe('the halt of a run', () => {
  const NOTHING = {
    reset: 0,
    notSent: 0,
    unknown: 0,
    throttled: 0,
    signedOut: 0,
    unsigned: 0,
    notConfirmed: 0,
    left: 0,
  };
  const refuse = (name: string, times = 1) =>
    faults.add({ operation: 'AdminResetUserPassword', times, instead: { status: 400, name } });
  const count = (operation: string) => called.filter((each) => each === operation).length;
  const newUsers = (many: number) => Array.from({ length: many }, () => randomUUID());
  /** Notes refusals of other users, as other workers would. */
  const noteRefusals = async (run: string, errorName: string, many: number) => {
    for (const user of newUsers(many)) await ledger.noteRefusal(CAMPAIGN, run, { errorName, enough: 25, user });
  };
  /** Lets a worker of its own process these users in a run. */
  const work = (run: string, users = newUsers(1)) => batch(ownClock(true), run).run(users.map(userOf));

  test('comes after 25 refusals, each of which another worker got, and then no worker calls Cognito any more', async () => {
    const run = randomUUID();
    refuse('LimitExceededException', Number.POSITIVE_INFINITY);

    const counts = [];
    for (let worker = 1; worker <= 27; worker++) counts.push(await work(run));

    expect(counts.map(({ notSent }) => notSent)).toEqual([...Array(25).fill(1), 0, 0]);
    expect(counts.map(({ halted }) => halted)).toEqual([
      ...Array(24).fill(undefined),
      ...Array(3).fill('LimitExceededException'),
    ]);
    expect(counts.map(({ left }) => left)).toEqual([...Array(25).fill(0), 1, 1]);
    expect(count('AdminResetUserPassword')).toBe(25);
  });

  test.each([
    'InvalidEmailRoleAccessPolicyException',
    'InvalidLambdaResponseException',
    'InvalidSmsRoleAccessPolicyException',
    'InvalidSmsRoleTrustRelationshipException',
    'LimitExceededException',
    'UnexpectedLambdaException',
    'UserLambdaValidationException',
  ])('comes with the 25th refusal in a row, and the next run goes on: %s', async (name) => {
    const [run, next] = [randomUUID(), randomUUID()];
    const users = newUsers(3);
    await noteRefusals(run, name, 23);
    refuse(name, 2);

    expect(await work(run, users.slice(0, 1))).not.toHaveProperty('halted');
    expect(await work(run, users.slice(1, 2))).toMatchObject({ notSent: 1, left: 0, halted: name });
    expect(await work(run, users)).toMatchObject({ notSent: 0, left: 1, halted: name });

    expect(count('AdminResetUserPassword')).toBe(2);
    expect(await work(next, users)).toMatchObject({ reset: 3, left: 0 });
    expect([...resets].sort()).toEqual(users.map(nameOf).sort());
  });

  test.each(['AccessDeniedException', 'OperationNotEnabledException', 'ResourceNotFoundException'])(
    'comes with the first refusal that certainly does not depend on the user: %s',
    async (name) => {
      const run = randomUUID();
      refuse(name);

      expect(await work(run)).toMatchObject({ notSent: 1, left: 0, halted: name });
      expect(await work(run)).toMatchObject({ notSent: 0, left: 1, halted: name });

      expect(count('AdminResetUserPassword')).toBe(1);
    },
  );

  test.each(['InvalidParameterException', 'NotAuthorizedException', 'UserNotFoundException'])(
    'does not depend on users who are refused alone: %s',
    async (name) => {
      const run = randomUUID();
      await noteRefusals(run, 'LimitExceededException', 24);

      refuse(name);
      expect(await work(run)).not.toHaveProperty('halted');
      refuse('LimitExceededException');
      expect(await work(run)).toHaveProperty('halted', 'LimitExceededException');
    },
  );

  test('does not come when a user is reset in between', async () => {
    const run = randomUUID();
    await noteRefusals(run, 'LimitExceededException', 24);

    expect(await work(run)).toMatchObject({ reset: 1 });
    await noteRefusals(run, 'LimitExceededException', 23);
    refuse('LimitExceededException', 2);

    expect(await work(run)).not.toHaveProperty('halted');
    expect(await work(run)).toHaveProperty('halted', 'LimitExceededException');
  });

  test('does not come when the refusals have two names in turn', async () => {
    const run = randomUUID();
    await noteRefusals(run, 'LimitExceededException', 24);

    refuse('UnexpectedLambdaException');
    expect(await work(run)).not.toHaveProperty('halted');
    refuse('LimitExceededException');
    expect(await work(run)).not.toHaveProperty('halted');
  });

  test('does not come when every tenth user is refused, over all workers', async () => {
    // GIVEN a run that had 20 refusals in a row
    const [run, clock] = [randomUUID(), ownClock()];
    const workers = Array.from({ length: 3 }, () => newUsers(cases(20, 200)));
    await noteRefusals(run, 'LimitExceededException', 20);
    let arrived = 0;
    onReset = () => {
      arrived += 1;
      if (arrived % 10 === 1) refuse('LimitExceededException');
    };

    // WHEN
    const counts = await Promise.all(workers.map((users) => batch(clock, run).run(users.map(userOf))));

    // THEN
    const sum = (of: 'reset' | 'notSent') => counts.reduce((total, each) => total + each[of], 0);
    const all = workers.flat().length;
    expect(counts.map(({ halted }) => halted)).toEqual([undefined, undefined, undefined]);
    expect(sum('notSent')).toBeGreaterThanOrEqual(all / 10);
    expect(sum('reset') + sum('notSent')).toBe(all);
  });

  test('lets only the calls go out that had asked the ledger before', async () => {
    // GIVEN
    const [run, clock] = [randomUUID(), ownClock()];
    const workers = [newUsers(40), newUsers(40)];
    refuse('LimitExceededException', Number.POSITIVE_INFINITY);

    // WHEN
    const working = Promise.all(workers.map((users) => batch(clock, run).run(users.map(userOf))));
    const asked = () => count('GetItem');
    const askedBeforeHalt = await Promise.race([onceHalted(run, asked), working.then(asked)]);
    const counts = await working;

    // THEN
    const calls = count('AdminResetUserPassword');
    expect(calls).toBeGreaterThanOrEqual(25);
    expect(calls).toBeLessThanOrEqual(askedBeforeHalt);
    expect(calls).toBeLessThan(80);
    expect(counts.map(({ halted }) => halted)).toEqual(Array(2).fill('LimitExceededException'));
    expect(counts.reduce((sum, { left }) => sum + left, 0)).toBe(80 - calls);
    // No claim is left.
    const records = [...(await ledger.findRecords(CAMPAIGN, workers.flat(), true)).values()];
    const reasons = records.map(({ status, reason }) => `${status} ${reason}`);
    expect(new Set(reasons)).toEqual(new Set(['NOT_SENT LimitExceededException', 'NOT_SENT undefined']));
    expect(reasons.filter((reason) => reason === 'NOT_SENT LimitExceededException')).toHaveLength(calls);
  });

  test('signs out no user any more', async () => {
    const [run, sub, claimant] = [randomUUID(), randomUUID(), randomUUID()];
    await ledger.claim(CAMPAIGN, sub, { run: 'earlier', claimant, owesSignOut: true });
    await ledger.recordOutcome(CAMPAIGN, sub, { claimant, status: 'CLAIMED' }, { status: 'DONE', owesSignOut: true });
    await noteRefusals(run, 'AccessDeniedException', 25);

    expect(await work(run, [sub])).toMatchObject({ signedOut: 0, left: 1, halted: 'AccessDeniedException' });
    expect(count('AdminUserGlobalSignOut')).toBe(0);
    expect(await work('later', [sub])).toMatchObject({ signedOut: 1, left: 0 });
  });

  test('is unknown when the ledger cannot be read, and then no call is made', async () => {
    const [run, users] = [randomUUID(), newUsers(20)];
    faults.add({ operation: 'GetItem', ...ALWAYS, instead: { status: 400, name: 'AccessDeniedException' } });

    const counts = await work(run, users);

    expect(counts).toMatchObject({ reset: 0, notSent: 0, left: 20 });
    expect(counts).not.toHaveProperty('halted');
    expect(count('AdminResetUserPassword')).toBe(0);
    const records = [...(await ledger.findRecords(CAMPAIGN, users, true)).values()];
    expect(records.filter(({ status }) => status === 'CLAIMED')).toEqual([]);
    // A retry of the batch resets them.
    faults.clear();
    expect(await work(run, users)).toMatchObject({ reset: 20, left: 0 });
  });

  test('does not depend on a refusal that cannot be noted, and the batch goes on', async () => {
    const run = randomUUID();
    refuse('AccessDeniedException', 2);
    // What is written after the first response: the refusal, and the outcome of the user.
    onReset = () => {
      onReset = () => {};
      faults.add({ operation: 'UpdateItem', times: 2, instead: { status: 400, name: 'ValidationException' } });
    };

    expect(await work(run)).toEqual({ ...NOTHING, notSent: 1 });
    expect(await work(run)).toEqual({ ...NOTHING, notSent: 1, halted: 'AccessDeniedException' });
  });

  /** Resolves to the value as soon as the ledger is known to have the halt. */
  async function onceHalted<T>(run: string, value: () => T): Promise<T> {
    // A query, so that it does not count as a question of a worker.
    const query = new QueryCommand({
      TableName: TABLE,
      KeyConditionExpression: 'campaign = :run',
      ExpressionAttributeValues: { ':run': { S: `${CAMPAIGN} ${run}` } },
      ConsistentRead: true,
    });
    for (;;) {
      // The halt is looked for whenever a worker asks for it.
      await new Promise<void>((resolve) => {
        onQuestion = resolve;
      });
      const { Items } = await client.send(query);
      if (Items?.[0]?.refused?.SS?.length === 25) return value();
    }
  }
});
