import { randomUUID } from 'node:crypto';
import { Logger } from '@aws-lambda-powertools/logger';
import { DynamoDbService, Faults, Gateway, type Service } from 'cloud-assembly-sandbox';
import { Ledger } from '../../../../lambda/campaign/shared/ledger';
import { Batch } from '../../../../lambda/campaign/worker/batch';
import { Pacer, type PacerOptions } from '../../../../lambda/campaign/worker/pacer';
import { UserPool } from '../../../../lambda/shared/user-pool';

const TABLE = 'ledger';
const POOL = 'eu-central-1_example';
const RATE = 20;
const CAMPAIGN = 'breach';

const faults = new Faults();
const environment = { ...process.env };
let dynamodb: DynamoDbService;
let gateway: Gateway;
let ledger: Ledger;

/** The users who were reset, in order. The user pool resets every user. */
let resets: unknown[] = [];
const cognito: Service = {
  prefix: 'cognito-idp',
  resource: () => '*',
  call: async (_, { Username }) => {
    resets.push(Username);
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
  gateway = await Gateway.start({ services: [dynamodb, cognito], faults });
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: gateway.endpoint,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'developer',
    AWS_SECRET_ACCESS_KEY: 'developer',
  });
  ledger = new Ledger(TABLE, 1_000);
});
beforeEach(() => {
  faults.clear();
  resets = [];
});
afterAll(async () => {
  await gateway.stop();
  await dynamodb.stop();
  process.env = environment;
});

/** A clock of slots that only one batch uses. */
function ownClock(): PacerOptions['takeSlots'] {
  let nextAt = 0;
  return async ({ duration, lead }) => {
    const first = Math.max(nextAt, Date.now() + lead);
    nextAt = first + duration;
    return first;
  };
}

function batch(takeSlots = ownClock(), run = 'run-1'): Batch {
  const tools = {
    userPool: new UserPool(POOL),
    ledger,
    pacer: new Pacer({ callsPerSecond: RATE, workers: 1, takeSlots }),
    signer: undefined,
    failWithoutSignature: false,
    globalSignOut: false,
    logger: new Logger({ logLevel: 'SILENT' }),
  };
  const assignment = {
    campaignId: CAMPAIGN,
    run,
    claimant: randomUUID(),
    clientMetadata: {},
    resetRequired: new Set<string>(),
  };
  return new Batch(tools, assignment, () => 60_000);
}

test('a batch sends one message to a user who is in it twice', async () => {
  const [one, other] = [randomUUID(), randomUUID()];
  faults.add({ operation: 'AdminResetUserPassword', delay: 300, times: Number.POSITIVE_INFINITY });

  const counts = await batch().run([one, other, other, one]);

  expect(resets.sort()).toEqual([one, other].sort());
  expect(counts).toMatchObject({ reset: 2, left: 0 });
});

test('a batch does not retry a refused user in the same run, and tries the user again in the next run', async () => {
  const sub = randomUUID();
  faults.add({ operation: 'AdminResetUserPassword', instead: { status: 400, name: 'UserLambdaValidationException' } });

  expect(await batch().run([sub])).toMatchObject({ notSent: 1 });
  expect(await batch().run([sub])).toMatchObject({ notSent: 0, reset: 0, left: 0 });
  expect(resets).toEqual([]);
  expect(await batch(ownClock(), 'run-2').run([sub])).toMatchObject({ reset: 1 });
});

test('a batch completes the resets in flight and leaves the rest when no slots can be taken any more', async () => {
  // GIVEN
  const users = Array.from({ length: RATE + 20 }, () => randomUUID());
  const clock = ownClock();
  let taken = 0;
  const failingClock: typeof clock = (...time) => {
    taken += 1;
    return taken > 1 ? Promise.reject(new Error('no slots')) : clock(...time);
  };
  faults.add({ operation: 'AdminResetUserPassword', delay: 300, times: Number.POSITIVE_INFINITY });

  // WHEN
  const counts = await batch(failingClock).run(users);

  // THEN
  expect(counts.reset).toBe(resets.length);
  expect(counts.reset).toBeGreaterThan(0);
  expect(counts.left).toBe(users.length - resets.length);
  const records = await ledger.findRecords(CAMPAIGN, users, true);
  for (const user of users) expect(records.get(user)?.status === 'DONE').toBe(resets.includes(user));
  expect([...records.values()].filter(({ status }) => status === 'CLAIMED')).toEqual([]);
});
