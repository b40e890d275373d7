import { randomUUID } from 'node:crypto';
import { Logger } from '@aws-lambda-powertools/logger';
import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { DynamoDbService, Faults, Gateway, type Service } from 'cloud-assembly-sandbox';
import { Ledger } from '../../../../lambda/campaign/shared/ledger';
import { Batch } from '../../../../lambda/campaign/worker/batch';
import type { BatchUser } from '../../../../lambda/campaign/worker/batch-users';
import { Confirmation } from '../../../../lambda/campaign/worker/confirmation';
import { Pacer, type PacerOptions } from '../../../../lambda/campaign/worker/pacer';
import { Sensitive } from '../../../../lambda/shared/sensitive';
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

const PREFIX = 'name of ';

/** Called before each answer. */
let cognitoCalled: (operation: string) => void = () => {};

/** The status of every user who is looked up. */
let statusAfterReset = 'RESET_REQUIRED';

/** The names of the users who were reset, in order. The user pool resets every user. */
let resets: unknown[] = [];
let signOuts: unknown[] = [];
const cognito: Service = {
  prefix: 'cognito-idp',
  resource: () => '*',
  call: async (operation, { Username }) => {
    cognitoCalled(operation);
    if (operation === 'AdminGetUser') {
      const UserAttributes = [{ Name: 'sub', Value: String(Username).slice(PREFIX.length) }];
      return { Username, UserStatus: statusAfterReset, UserAttributes };
    }
    (operation === 'AdminUserGlobalSignOut' ? signOuts : resets).push(Username);
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
  signOuts = [];
  statusAfterReset = 'RESET_REQUIRED';
  cognitoCalled = () => {};
});
afterAll(async () => {
  await gateway.stop();
  await dynamodb.stop();
  process.env = environment;
});

const nameOf = (sub: string) => `${PREFIX}${sub}`;

const userOf = (sub: string): BatchUser => ({ sub, username: new Sensitive(nameOf(sub)) });

/** A clock of slots that only one batch uses. */
function ownClock(): PacerOptions['takeSlots'] {
  let nextAt = 0;
  return async ({ duration, lead }) => {
    const first = Math.max(nextAt, Date.now() + lead);
    nextAt = first + duration;
    return first;
  };
}

function batch(takeSlots = ownClock(), run = 'run-1', globalSignOut = false): Batch {
  const tools = {
    userPool: new UserPool(POOL),
    ledger,
    confirmation: new Confirmation({ client: new CognitoIdentityProviderClient({}), userPoolId: POOL, workers: 1 }),
    pacer: new Pacer({ callsPerSecond: RATE, workers: 1, takeSlots }),
    signer: undefined,
    failWithoutSignature: false,
    globalSignOut,
    logger: new Logger({ logLevel: 'SILENT' }),
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

  await batch(ownClock(), 'run-1', true).run([userOf(sub)]);
  expect([resets, signOuts]).toEqual([[nameOf(sub)], []]);
  expect(await batch(ownClock(), 'run-1', true).run([userOf(sub)])).toMatchObject({ signedOut: 1, reset: 0 });
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

test('a batch is done although a confirmation cannot be written', async () => {
  const sub = randomUUID();
  const write = { operation: 'UpdateItem', instead: { status: 400, name: 'AccessDeniedException' } } as const;
  statusAfterReset = 'CONFIRMED';
  // The claim and its outcome are written before the look-up.
  cognitoCalled = (operation) => {
    if (operation === 'AdminGetUser') faults.add({ ...write, times: Number.POSITIVE_INFINITY });
  };

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
  let taken = 0;
  const failingClock: typeof clock = (...time) => {
    taken += 1;
    return taken > 1 ? Promise.reject(new Error('no slots')) : clock(...time);
  };
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
