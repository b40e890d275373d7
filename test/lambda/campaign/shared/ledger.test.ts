import { randomUUID } from 'node:crypto';
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { DynamoDbService, Faults, Gateway } from 'cloud-assembly-sandbox';
import {
  CLAIM_LIFETIME,
  type ClaimOutcome,
  isClaimActive,
  isClaimable,
  isHalted,
  Ledger,
  type LedgerRecord,
} from '../../../../lambda/campaign/shared/ledger';
import { CLOCK_TOLERANCE } from '../../../../lambda/shared/clock';
import { until } from '../../../support/deployment';
import { cases } from '../../../support/soak';

const TABLE = 'ledger';
const POOL = 'eu-central-1_example';
const CAMPAIGN = 'breach';
const DAYS_90 = 90 * 24 * 60 * 60;

const faults = new Faults();
const environment = { ...process.env };
let service: DynamoDbService;
let gateway: Gateway;
let client: DynamoDBDocumentClient;
let ledger: Ledger;

const DEFINITION = {
  tableName: TABLE,
  tableArn: `arn:aws:dynamodb:eu-central-1:111122223333:table/${TABLE}`,
  properties: {
    KeySchema: [
      { AttributeName: 'campaign', KeyType: 'HASH' },
      { AttributeName: 'user', KeyType: 'RANGE' },
    ],
    AttributeDefinitions: [
      { AttributeName: 'campaign', AttributeType: 'S' },
      { AttributeName: 'user', AttributeType: 'S' },
    ],
  },
};

beforeAll(async () => {
  service = await DynamoDbService.start([DEFINITION]);
  gateway = await Gateway.start({ services: [service], faults });
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: gateway.endpoint,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'developer',
    AWS_SECRET_ACCESS_KEY: 'developer',
  });
  client = DynamoDBDocumentClient.from(new DynamoDBClient());
  ledger = new Ledger(TABLE, DAYS_90);
});
afterEach(() => faults.clear());
afterAll(async () => {
  client.destroy();
  await gateway.stop();
  await service.stop();
  process.env = environment;
});

const everyItem = async () => (await client.send(new ScanCommand({ TableName: TABLE }))).Items ?? [];
const countCalls = (operation: string) => gateway.calls().filter((call) => call.operation === operation).length;

const claimAs = (user: string, claimant = 'one', more: object = {}, campaign = CAMPAIGN) =>
  ledger.claim(campaign, user, { run: 'run-1', claimant, owesSignOut: false, ...more });
const recordAs = (user: string, status: 'CLAIMED' | 'DONE' | 'UNKNOWN', outcome: ClaimOutcome, claimant = 'one') =>
  ledger.recordOutcome(CAMPAIGN, user, { claimant, status }, outcome);
const recordOf = async (user: string) => (await ledger.findRecords(CAMPAIGN, [user], true)).get(user);

/** A user with a record of this status. */
async function userWith(status: LedgerRecord['status'], outcome: Omit<ClaimOutcome, 'status'> = {}): Promise<string> {
  const user = randomUUID();
  await claimAs(user);
  if (status !== 'CLAIMED') await recordAs(user, 'CLAIMED', { status, ...outcome });
  expect(await recordOf(user)).toMatchObject({ status, claimant: 'one', ...outcome });
  return user;
}

/** Starts this many calls at once. */
function atOnce<T>(times: number, work: (index: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: times }, (_, index) => work(index)));
}

describe('a user without a record', () => {
  test('is claimed by one claimant when many try at once', async () => {
    const user = randomUUID();

    const claimed = await atOnce(cases(10, 25), (index) => claimAs(user, `claimant-${index}`));

    expect(claimed.filter(Boolean)).toHaveLength(1);
    expect((await recordOf(user))?.claimant).toBe(`claimant-${claimed.indexOf(true)}`);
    expect(await claimAs(user, 'late')).toBe(false);
  });

  test('gets a record with every attribute of the claim', async () => {
    const user = randomUUID();
    const before = Date.now();

    await claimAs(user, 'one', { run: 'run-7', owesSignOut: true });

    const { claimedAt, ...record } = (await recordOf(user)) ?? { claimedAt: 0 };
    expect(record).toEqual({
      campaign: CAMPAIGN,
      user,
      status: 'CLAIMED',
      run: 'run-7',
      claimant: 'one',
      owesSignOut: true,
      expiresAt: expect.any(Number),
    });
    expect(claimedAt).toBeGreaterThanOrEqual(before);
    expect(claimedAt).toBeLessThanOrEqual(Date.now());
  });

  test('gets a record that says whether the user was RESET_REQUIRED at the last claim', async () => {
    const user = randomUUID();

    await claimAs(user, 'one', { wasResetRequired: true });
    expect(await recordOf(user)).toHaveProperty('wasResetRequired', true);
    await recordAs(user, 'CLAIMED', { status: 'NOT_SENT', reason: 'ResetNotSentError' });
    expect(await recordOf(user)).toHaveProperty('wasResetRequired', true);

    await claimAs(user, 'two');
    expect(await recordOf(user)).not.toHaveProperty('wasResetRequired');
  });

  test('can be claimed by another campaign after a claim', async () => {
    const user = randomUUID();
    await claimAs(user);

    expect(await claimAs(user, 'two', {}, 'other')).toBe(true);
  });
});

describe('a claim', () => {
  test('can be renewed by its claimant', async () => {
    const user = await userWith('CLAIMED');
    const { claimedAt = 0 } = (await recordOf(user)) ?? {};
    await until(() => Date.now() > claimedAt);

    expect(await claimAs(user)).toBe(true);

    expect((await recordOf(user))?.claimedAt).toBeGreaterThan(claimedAt);
  });

  test('stays unchanged when another claimant tries, in the same run or another one', async () => {
    const user = await userWith('CLAIMED');
    const before = await recordOf(user);

    expect(await claimAs(user, 'two')).toBe(false);
    expect(await claimAs(user, 'two', { run: 'run-2' })).toBe(false);
    expect(await claimAs(user, '')).toBe(false);

    expect(await recordOf(user)).toEqual(before);
  });

  test.each([1, 3])('belongs to the claimant after its response was lost (%d times)', async (times) => {
    const user = randomUUID();
    faults.add({ operation: 'UpdateItem', instead: 'cut-after', times });
    const before = countCalls('UpdateItem');

    expect(await claimAs(user)).toBe(true);

    expect(countCalls('UpdateItem') - before).toBe(times + 1);
    expect(await recordOf(user)).toMatchObject({ status: 'CLAIMED', claimant: 'one' });
    expect(await claimAs(user, 'two')).toBe(false);
  });

  test('belongs to the claimant without delay when the body of the response never ends', async () => {
    const user = randomUUID();
    faults.add({ operation: 'UpdateItem', instead: 'slow-body' });
    const before = countCalls('UpdateItem');

    expect(await claimAs(user)).toBe(true);

    expect(countCalls('UpdateItem') - before).toBe(2);
    expect(await claimAs(user, 'two')).toBe(false);
  });

  test('belongs to the claimant when it claims again after all responses were lost', async () => {
    const user = randomUUID();
    faults.add({ operation: 'UpdateItem', instead: 'cut-after', times: 4 });

    await expect(claimAs(user)).rejects.toThrow();

    expect(await claimAs(user, 'two')).toBe(false);
    expect(await claimAs(user)).toBe(true);
  });

  test('rejects and writes nothing when DynamoDB refuses it', async () => {
    const user = randomUUID();
    faults.add({ operation: 'UpdateItem', instead: { status: 400, name: 'AccessDeniedException' } });

    await expect(claimAs(user)).rejects.toMatchObject({ name: 'AccessDeniedException' });

    expect(await recordOf(user)).toBeUndefined();
  });
});

describe('a user with an outcome', () => {
  test.each(['DONE', 'UNKNOWN'] as const)('can never be claimed again after %s', async (status) => {
    const user = await userWith(status, { reason: 'ResetOutcomeUnknownError', owesSignOut: true });
    const before = await recordOf(user);

    expect(await claimAs(user)).toBe(false);
    expect(await claimAs(user, 'two', { run: 'run-2' })).toBe(false);

    expect(await recordOf(user)).toEqual(before);
  });

  test('can be claimed again by one claimant after NOT_SENT, which removes the reason', async () => {
    const user = await userWith('NOT_SENT', { reason: 'ResetNotSentError', owesSignOut: false });

    const claimed = await atOnce(10, (index) =>
      claimAs(user, `claimant-${index}`, { run: 'run-2', owesSignOut: true }),
    );

    expect(claimed.filter(Boolean)).toHaveLength(1);
    const record = await recordOf(user);
    expect(record).toMatchObject({
      status: 'CLAIMED',
      run: 'run-2',
      claimant: `claimant-${claimed.indexOf(true)}`,
      owesSignOut: true,
    });
    expect(record).not.toHaveProperty('reason');
  });

  test('keeps a newer claim when the outcome of an older claim is written late', async () => {
    const user = await userWith('NOT_SENT');
    await claimAs(user, 'two');

    expect(await recordAs(user, 'CLAIMED', { status: 'DONE' })).toBe(false);

    expect(await recordOf(user)).toMatchObject({ status: 'CLAIMED', claimant: 'two' });
  });
});

describe('an outcome', () => {
  const STATUSES = ['CLAIMED', 'DONE', 'NOT_SENT', 'UNKNOWN'] as const;
  const FROM = ['CLAIMED', 'DONE', 'UNKNOWN'] as const;
  const cases = STATUSES.flatMap((is) => FROM.map((from) => [from, is, is === from] as const));

  test.each(cases)(
    'is written only over the status that it expects: expected %s, found %s, written: %s',
    async (from, is, written) => {
      const user = await userWith(is);
      const before = await recordOf(user);
      const outcome = { status: 'UNKNOWN', reason: 'WORKER_LOST', owesSignOut: true } as const;

      expect(await recordAs(user, from, outcome)).toBe(written);

      expect(await recordOf(user)).toEqual(written ? { ...before, ...outcome } : before);
    },
  );

  test('is not written for a user without a claim', async () => {
    const user = randomUUID();

    expect(await recordAs(user, 'CLAIMED', { status: 'DONE' })).toBe(false);

    expect(await recordOf(user)).toBeUndefined();
  });

  test('is not written for the claim of another claimant', async () => {
    const user = await userWith('CLAIMED');

    expect(await recordAs(user, 'CLAIMED', { status: 'DONE' }, 'two')).toBe(false);

    expect(await recordOf(user)).toMatchObject({ status: 'CLAIMED' });
  });

  test('is written once when several disagree', async () => {
    const user = await userWith('CLAIMED');
    const outcomes = ['DONE', 'UNKNOWN', 'NOT_SENT'] as const;

    const written = await atOnce(3, (index) => recordAs(user, 'CLAIMED', { status: outcomes[index] ?? 'DONE' }));

    expect(written.filter(Boolean)).toHaveLength(1);
    expect((await recordOf(user))?.status).toBe(outcomes[written.indexOf(true)]);
  });

  test('removes the earlier reason, and keeps owesSignOut unless it is given', async () => {
    const user = await userWith('UNKNOWN', { reason: 'ResetOutcomeUnknownError', owesSignOut: true });

    await recordAs(user, 'UNKNOWN', { status: 'DONE' });
    expect(await recordOf(user)).toMatchObject({ status: 'DONE', owesSignOut: true });
    expect(await recordOf(user)).not.toHaveProperty('reason');

    await recordAs(user, 'DONE', { status: 'DONE', owesSignOut: false });
    expect(await recordOf(user)).toMatchObject({ status: 'DONE', owesSignOut: false });
  });

  test.each(['cut-before', 'cut-after'] as const)('is written although a connection breaks (%s)', async (instead) => {
    const user = await userWith('CLAIMED');
    faults.add({ operation: 'UpdateItem', instead });

    await recordAs(user, 'CLAIMED', { status: 'DONE' });

    expect(await recordOf(user)).toMatchObject({ status: 'DONE' });
  });
});

describe('records of users', () => {
  test.each([true, false])(
    'are found for more users than one call accepts, with consistent reads: %s',
    async (latest) => {
      const users = Array.from({ length: 230 }, () => randomUUID());
      const claimed = users.filter((_, index) => index % 50 === 0);
      await Promise.all(claimed.map((user) => claimAs(user)));

      const found = await ledger.findRecords(CAMPAIGN, users, latest);

      expect([...found.keys()].sort()).toEqual([...claimed].sort());
      for (const [user, record] of found) expect(record).toMatchObject({ user, status: 'CLAIMED', claimant: 'one' });
    },
  );

  test('are not read when there are no users', async () => {
    const before = gateway.calls().length;

    expect((await ledger.findRecords(CAMPAIGN, [])).size).toBe(0);

    expect(gateway.calls()).toHaveLength(before);
  });

  test('are found when a user is given twice', async () => {
    const user = await userWith('DONE');

    expect([...(await ledger.findRecords(CAMPAIGN, [user, randomUUID(), user])).keys()]).toEqual([user]);
  });

  test.each([
    [undefined, true],
    ['CLAIMED', false],
    ['DONE', false],
    ['NOT_SENT', true],
    ['UNKNOWN', false],
  ] as const)('say whether the user can be claimed: status %s, %s', (status, open) => {
    const record = status && { user: 'x', status, run: 'run-1', claimant: 'one', claimedAt: 0 };

    expect(isClaimable(record)).toBe(open);
  });

  test.each([
    ['CLAIMED', 0, true],
    ['CLAIMED', -CLOCK_TOLERANCE, true],
    ['CLAIMED', CLAIM_LIFETIME + CLOCK_TOLERANCE - 1, true],
    ['CLAIMED', CLAIM_LIFETIME + CLOCK_TOLERANCE, false],
    ['DONE', 0, false],
    ['NOT_SENT', 0, false],
    ['UNKNOWN', 0, false],
  ] as const)('say whether a claim is active: status %s for %d ms, %s', (status, age, fresh) => {
    const now = Date.now();

    expect(isClaimActive({ user: 'x', status, run: 'run-1', claimant: 'one', claimedAt: now - age }, now)).toBe(fresh);
  });
});

describe('a line of a list', () => {
  test('is and stays the first line of its user when many lines are read at once', async () => {
    const user = randomUUID();

    const first = await atOnce(10, (line) => ledger.isFirstLineOfUser(CAMPAIGN, 'run-1', user, line));

    expect(first.filter(Boolean)).toHaveLength(1);
    const again = await atOnce(10, (line) => ledger.isFirstLineOfUser(CAMPAIGN, 'run-1', user, line));
    expect(again).toEqual(first);
  });

  test('can be the first line of its user in each run and campaign', async () => {
    const user = randomUUID();
    await ledger.isFirstLineOfUser(CAMPAIGN, 'run-1', user, 1);

    expect(await ledger.isFirstLineOfUser(CAMPAIGN, 'run-1', user, 2)).toBe(false);
    expect(await ledger.isFirstLineOfUser(CAMPAIGN, 'run-2', user, 2)).toBe(true);
    expect(await ledger.isFirstLineOfUser('other', 'run-1', user, 2)).toBe(true);
    expect(await ledger.isFirstLineOfUser(CAMPAIGN, 'run-1', randomUUID(), 2)).toBe(true);
  });

  test('is the first line of its user when the response was lost', async () => {
    faults.add({ operation: 'PutItem', instead: 'cut-after' });

    expect(await ledger.isFirstLineOfUser(CAMPAIGN, 'run-1', randomUUID(), 1)).toBe(true);
  });

  test('does not claim its user', async () => {
    const user = randomUUID();
    await ledger.isFirstLineOfUser(CAMPAIGN, 'run-1', user, 1);

    expect(await recordOf(user)).toBeUndefined();
    expect(await claimAs(user)).toBe(true);
  });
});

describe('the id of a campaign', () => {
  test('matches any campaign until it is registered for one, and then only that one', async () => {
    const id = randomUUID();
    expect(await ledger.matchesCampaign(id, 'list a')).toBe(true);
    expect(await ledger.matchesCampaign(id, 'list b')).toBe(true);

    expect(await ledger.registerCampaign(id, 'list a')).toBe(true);

    expect(await ledger.matchesCampaign(id, 'list a')).toBe(true);
    expect(await ledger.matchesCampaign(id, 'list b')).toBe(false);
    expect(await ledger.registerCampaign(id, 'list a')).toBe(true);
    expect(await ledger.registerCampaign(id, 'list b')).toBe(false);
    expect(await ledger.matchesCampaign(id, 'list a')).toBe(true);
  });

  test('is registered for one campaign when several start at once', async () => {
    const id = randomUUID();

    const begun = await atOnce(10, (index) => ledger.registerCampaign(id, `list ${index}`));

    expect(begun.filter(Boolean)).toHaveLength(1);
    expect(await ledger.matchesCampaign(id, `list ${begun.indexOf(true)}`)).toBe(true);
  });

  test('is registered when the response was lost', async () => {
    faults.add({ operation: 'PutItem', instead: 'cut-after' });

    expect(await ledger.registerCampaign(randomUUID(), 'list a')).toBe(true);
  });
});

describe('the refusals of a run', () => {
  const LIMIT = { errorName: 'LimitExceededException', enough: 3 };
  const TRIGGER = { errorName: 'UnexpectedLambdaException', enough: 3 };
  const newRun = () => randomUUID();
  const refusalsOf = (run: string) => ledger.findRefusals(CAMPAIGN, run);
  const note = (run: string, refusal = LIMIT, user: string = randomUUID()) =>
    ledger.noteRefusal(CAMPAIGN, run, { ...refusal, user });

  test('halt it when there are enough of them in a row', async () => {
    const run = newRun();
    expect(isHalted(await refusalsOf(run))).toBe(false);

    const halted = [isHalted(await note(run)), isHalted(await note(run)), isHalted(await note(run))];

    expect(halted).toEqual([false, false, true]);
    expect(await refusalsOf(run)).toMatchObject(LIMIT);
    expect(isHalted(await refusalsOf(run))).toBe(true);
  });

  test('halt it at the first one when that is enough', async () => {
    const run = newRun();

    expect(isHalted(await note(run, { ...LIMIT, enough: 1 }))).toBe(true);

    expect(isHalted(await refusalsOf(run))).toBe(true);
  });

  test('are counted exactly when many are noted at once', async () => {
    const run = newRun();
    const many = { ...LIMIT, enough: 25 };

    const noted = await atOnce(24, () => note(run, many));

    expect(noted.filter(isHalted)).toEqual([]);
    expect((await refusalsOf(run))?.refused?.size).toBe(24);
    expect(isHalted(await note(run, many))).toBe(true);
  });

  test('of one user count once, also when a response is lost', async () => {
    const [run, user] = [newRun(), randomUUID()];
    await note(run);
    faults.add({ operation: 'UpdateItem', instead: 'cut-after' });
    await note(run, LIMIT, user);
    await note(run, LIMIT, user);

    expect((await refusalsOf(run))?.refused?.size).toBe(2);
  });

  test('start anew with another name', async () => {
    const run = newRun();
    for (const refusal of [LIMIT, LIMIT, TRIGGER, LIMIT, TRIGGER]) await note(run, refusal);

    expect(await refusalsOf(run)).toMatchObject({ ...TRIGGER, refused: expect.objectContaining({ size: 1 }) });
    expect(isHalted(await note(run, TRIGGER))).toBe(false);
    expect(isHalted(await note(run, TRIGGER))).toBe(true);
  });

  test('start anew after a reset', async () => {
    const run = newRun();
    await note(run);
    await note(run);

    await ledger.endRefusals(CAMPAIGN, run);

    expect(await refusalsOf(run)).not.toHaveProperty('refused');
    expect(isHalted(await refusalsOf(run))).toBe(false);
    expect([isHalted(await note(run)), isHalted(await note(run)), isHalted(await note(run))]).toEqual([
      false,
      false,
      true,
    ]);
  });

  test('stay when the run is halted, whatever comes later', async () => {
    const run = newRun();
    const users = [randomUUID(), randomUUID(), randomUUID()];
    for (const user of users) await note(run, LIMIT, user);

    await ledger.endRefusals(CAMPAIGN, run);
    await note(run, LIMIT);
    const last = await note(run, { ...TRIGGER, enough: 1 });

    expect(last).toMatchObject({ ...LIMIT, refused: new Set(users) });
    expect(await refusalsOf(run)).toEqual(last);
  });

  test('are those of one run of one campaign, and no record of a user', async () => {
    const run = newRun();
    await note(run, { ...LIMIT, enough: 1 });

    expect(await ledger.findRefusals(CAMPAIGN, newRun())).toBeUndefined();
    expect(await ledger.findRefusals('other', run)).toBeUndefined();
    await ledger.endRefusals('other', run);
    expect(await ledger.findRefusals('other', run)).toBeUndefined();
  });

  test('cannot be noted when the ledger fails', async () => {
    faults.add({ operation: 'UpdateItem', instead: { status: 400, name: 'AccessDeniedException' } });

    await expect(note(newRun())).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });
});

describe('a clock of slots', () => {
  const LEAD = 200;
  const WORKERS = cases(20, 50);

  interface Taken {
    readonly first: number;
    readonly end: number;
  }

  async function take(name: string, duration: number, lead = LEAD): Promise<Taken> {
    const first = await ledger.takeSlots(name, { duration, lead, latest: Date.now() + 200_000 });
    if (first === undefined) throw new Error('there was no slot');
    return { first, end: first + duration };
  }

  /** The time between the end of each and the beginning of the next one, in milliseconds. */
  function gaps(taken: readonly Taken[]): number[] {
    const inOrder = [...taken].sort((one, other) => one.first - other.first);
    return inOrder.slice(1).map(({ first }, index) => first - (inOrder[index]?.end ?? 0));
  }

  /** Writes the time of the next free slot, as another worker would. */
  async function write(name: string, nextAt: number): Promise<void> {
    await client.send(new PutCommand({ TableName: TABLE, Item: { campaign: '#pace', user: name, nextAt } }));
  }

  test(`gives ${WORKERS} workers that ask at once slots of their own, without gaps`, async () => {
    const name = randomUUID();
    const before = Date.now();

    // Intervals that have no exact floating-point number.
    const taken = await atOnce(WORKERS, (index) => take(name, (1 + (index % 3)) * (1000 / (24 * 0.96)) * 40));

    const [first] = taken.map((each) => each.first).sort((one, other) => one - other);
    expect(first).toBeGreaterThanOrEqual(before + LEAD);
    expect(first).toBeLessThanOrEqual(Date.now() + LEAD);
    for (const gap of gaps(taken)) expect(Math.abs(gap)).toBeLessThan(0.01);
  });

  test('does not make up for a pause', async () => {
    const name = randomUUID();
    const taken = [await take(name, 20)];
    await until(() => Date.now() + LEAD > (taken[0]?.end ?? 0) + 30);
    const before = Date.now();

    taken.push(...(await atOnce(5, () => take(name, 10_000))));

    expect(taken[1]?.first).toBeGreaterThanOrEqual(before + LEAD);
    const [pause = 0, ...others] = gaps(taken);
    expect(pause).toBeGreaterThan(30);
    for (const gap of others) expect(Math.abs(gap)).toBeLessThan(0.01);
  });

  test('gives slots as far in the future as is asked for', async () => {
    const name = randomUUID();
    const near = await take(name, 10, 0);
    const before = Date.now();

    const far = await take(name, 10, 5_000);

    expect(near.first).toBeLessThanOrEqual(before);
    expect(far.first).toBeGreaterThanOrEqual(before + 5_000);
    expect(far.first).toBeLessThanOrEqual(Date.now() + 5_000);
  });

  test.each([
    ['a minute ahead', 60_000],
    ['a little ahead', 20_000],
  ])('continues after the slots that others took, which end %s', async (_, ahead) => {
    const name = randomUUID();
    const nextAt = Date.now() + ahead;
    await write(name, nextAt);

    expect(await take(name, 250)).toEqual({ first: nextAt, end: nextAt + 250 });
    expect(await take(name, 250)).toEqual({ first: nextAt + 250, end: nextAt + 500 });
  });

  test.each([
    ['ten minutes ahead', () => Date.now() + 600_000],
    ['in microseconds', () => Date.now() * 1_000],
    ['long ago', () => 0],
    ['before all time', () => -1e15],
  ])('restarts and is shared when its next slot is wrong: %s', async (_, nextAt) => {
    const name = randomUUID();
    await write(name, nextAt());
    const before = Date.now();

    const taken = await atOnce(5, () => take(name, 10_000));

    const [first] = taken.map((each) => each.first).sort((one, other) => one - other);
    expect(first).toBeGreaterThanOrEqual(before + LEAD);
    expect(first).toBeLessThanOrEqual(Date.now() + LEAD);
    for (const gap of gaps(taken)) expect(Math.abs(gap)).toBeLessThan(0.01);
  });

  test('gives no slot twice when responses are lost', async () => {
    const name = randomUUID();
    faults.add({ operation: 'UpdateItem', instead: 'cut-after', times: 8, probability: 0.3 });

    const before = countCalls('UpdateItem');

    const taken = await atOnce(20, () => take(name, 5_000));

    expect(gaps(taken)).toHaveLength(19);
    for (const gap of gaps(taken)) expect(gap).toBeGreaterThan(-0.01);
    // Only the slots of lost responses are lost. On a busy machine, responses are also lost because they are late.
    const lost = gaps(taken).reduce((sum, gap) => sum + gap, 0);
    expect(lost).toBeLessThan((countCalls('UpdateItem') - before - taken.length) * 5_000 + 1);
  });

  test('gives no slot that would be too late', async () => {
    const name = randomUUID();
    const now = Date.now();
    await write(name, now + 20_000);

    expect(await ledger.takeSlots(name, { duration: 100, lead: 0, latest: now + 19_000 })).toBeUndefined();
    expect(await ledger.takeSlots(name, { duration: 100, lead: 0, latest: now + 21_000 })).toBe(now + 20_000);
    expect(await ledger.takeSlots(name, { duration: 100, lead: 1_000, latest: now })).toBeUndefined();
  });

  test('is independent of the clock of another user pool', async () => {
    const [one, other] = await atOnce(2, () => take(randomUUID(), 150_000));

    expect(Math.abs((one?.first ?? 0) - (other?.first ?? 0))).toBeLessThan(75_000);
  });
});

test('every record but that of the clock expires after the same time, in whole seconds since 1970', async () => {
  // GIVEN
  const [id, user] = [randomUUID(), randomUUID()];
  const before = Math.floor(Date.now() / 1_000) + DAYS_90;

  // WHEN
  await claimAs(user, 'one', {}, id);
  await ledger.recordOutcome(id, user, { claimant: 'one', status: 'CLAIMED' }, { status: 'NOT_SENT' });
  await ledger.isFirstLineOfUser(id, 'run-1', user, 1);
  await ledger.registerCampaign(id, 'list');
  await ledger.noteRefusal(id, 'run-1', { errorName: 'LimitExceededException', enough: 25, user });
  await ledger.takeSlots(POOL, { duration: 10, lead: 0, latest: Date.now() + 60_000 });

  // THEN
  const items = (await everyItem()).filter(({ campaign }) => campaign?.S?.startsWith(id));
  expect(items.map(({ campaign, user: of }) => [campaign?.S, of?.S]).sort()).toEqual(
    [
      [id, user],
      [id, '#campaign'],
      [`${id} run-1`, user],
      [`${id} run-1`, '#refusals'],
    ].sort(),
  );
  for (const { expiresAt } of items) {
    expect(expiresAt?.N).toMatch(/^\d{10}$/);
    expect(Number(expiresAt?.N)).toBeGreaterThanOrEqual(before);
    expect(Number(expiresAt?.N)).toBeLessThanOrEqual(Math.floor(Date.now() / 1_000) + DAYS_90);
  }
  const rest = (await everyItem()).filter(({ expiresAt }) => expiresAt === undefined);
  expect(new Set(rest.map(({ campaign }) => campaign?.S))).toEqual(new Set(['#pace']));
});

test('a repeated claim expires as late as a new one', async () => {
  const short = new Ledger(TABLE, 10);
  const user = randomUUID();
  const claim = { run: 'run-1', claimant: 'one', owesSignOut: false };
  await short.claim(CAMPAIGN, user, claim);

  await ledger.claim(CAMPAIGN, user, claim);

  const [item] = (await everyItem()).filter((each) => each.user?.S === user);
  expect(Number(item?.expiresAt?.N)).toBeGreaterThanOrEqual(Math.floor(Date.now() / 1_000) + DAYS_90 - 5);
});

describe('keys that DynamoDB leaves unprocessed', () => {
  /** Reads 100 records, of which DynamoDB reads so many a second. Each pause is over at once, as if after a second. */
  async function findAll(reads: number) {
    let time = 0;
    const pauses: number[] = [];
    const limited = await DynamoDbService.start([DEFINITION], { reads, now: () => new Date(time) });
    const limitedGateway = await Gateway.start({ services: [limited], faults: new Faults() });
    process.env.AWS_ENDPOINT_URL = limitedGateway.endpoint;
    const limitedLedger = new Ledger(TABLE, DAYS_90, async (milliseconds) => {
      pauses.push(milliseconds);
      time += 1000;
    });
    const users = Array.from({ length: 100 }, (_, index) => `user-${index}`);
    const claim = { run: 'run', claimant: 'one', owesSignOut: false };
    for (const user of users) await limitedLedger.claim(CAMPAIGN, user, claim);
    const [found] = await Promise.allSettled([limitedLedger.findRecords(CAMPAIGN, users, true)]);
    process.env.AWS_ENDPOINT_URL = gateway.endpoint;
    await limitedGateway.stop();
    await limited.stop();
    return { found, pauses };
  }

  test('are read after pauses that grow', async () => {
    const { found, pauses } = await findAll(30);

    expect(found).toMatchObject({ status: 'fulfilled', value: { size: 100 } });
    expect(pauses).toHaveLength(3);
    expectBackoff(pauses);
  });

  test('end with an error after ten reads', async () => {
    const { found, pauses } = await findAll(1);

    expect(found).toMatchObject({
      reason: {
        name: 'LedgerOverloadedError',
        message:
          'the ledger: got 90 unprocessed keys after 10 reads, expected none: look at the throttled requests of the table',
      },
    });
    expect(pauses).toHaveLength(9);
    expectBackoff(pauses);
  });

  /** The longest pause doubles up to 3.2 seconds, and each pause is at least half of it. */
  function expectBackoff(pauses: readonly number[]): void {
    for (const [index, pause] of pauses.entries()) {
      const longest = Math.min(50 * 2 ** index, 3_200);
      expect(pause).toBeGreaterThanOrEqual(longest / 2);
      expect(pause).toBeLessThanOrEqual(longest);
    }
  }
});
