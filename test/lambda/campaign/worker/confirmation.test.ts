import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { Faults, Gateway, type Service } from 'cloud-assembly-sandbox';
import { Confirmation, type ResetUser } from '../../../../lambda/campaign/worker/confirmation';
import { Sensitive } from '../../../../lambda/shared/sensitive';

const POOL = 'eu-central-1_example';

/** When Cognito answered the resets. */
const ANSWERED = Date.UTC(2026, 10, 27);

const faults = new Faults();
const environment = { ...process.env };
let gateway: Gateway;
let client: CognitoIdentityProviderClient;

/** What the user pool knows of each user who is looked up, and who that was. */
let found: { UserStatus: string; changed?: number; sub?: string };
let lookedUp: unknown[];
const cognito: Service = {
  prefix: 'cognito-idp',
  resource: () => '*',
  call: async (_, { Username }) => {
    lookedUp.push(Username);
    const { UserStatus, changed = ANSWERED, sub = subOf(String(Username)) } = found;
    return {
      Username,
      UserStatus,
      UserLastModifiedDate: changed / 1000,
      UserAttributes: [{ Name: 'sub', Value: sub }],
    };
  },
};

const subOf = (username: string) => `sub of ${username}`;

beforeAll(async () => {
  gateway = await Gateway.start({ services: [cognito], faults });
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: gateway.endpoint,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'developer',
    AWS_SECRET_ACCESS_KEY: 'developer',
  });
  client = new CognitoIdentityProviderClient({ maxAttempts: 1 });
});
beforeEach(() => {
  faults.clear();
  found = { UserStatus: 'RESET_REQUIRED' };
  lookedUp = [];
});
afterAll(async () => {
  client.destroy();
  await gateway.stop();
  process.env = environment;
});

const users = (many: number): ResetUser[] =>
  Array.from({ length: many }, (_, index) => ({
    user: { sub: subOf(`user-${index}`), username: new Sensitive(`user-${index}`) },
    answeredAt: ANSWERED,
  }));

// The rate does not matter here, so it is as high as it can be.
const confirmation = () => new Confirmation({ client, userPoolId: POOL, workers: 0.01 });
const check = (many: number, usersOfCampaign = many, remainingTime = 60_000) =>
  confirmation().check(users(many), usersOfCampaign, () => remainingTime);

test.each([
  ['RESET_REQUIRED', 0, true],
  // The user has chosen a new password already.
  ['CONFIRMED', 1, true],
  ['CONFIRMED', 60_000, true],
  ['CONFIRMED', 0, false],
  ['CONFIRMED', -1, false],
  ['FORCE_CHANGE_PASSWORD', 1, false],
  ['UNCONFIRMED', 1, false],
])('a user who is %s and was changed %i ms after the answer: confirmed is %s', async (UserStatus, after, confirmed) => {
  found = { UserStatus, changed: ANSWERED + after };

  expect(await check(1)).toEqual([{ sub: 'sub of user-0', confirmed }]);
});

test('a user of the same name with another sub is not confirmed', async () => {
  found = { UserStatus: 'RESET_REQUIRED', sub: 'another sub' };

  expect(await check(1)).toEqual([{ sub: 'sub of user-0', confirmed: false }]);
});

test('a user who is no longer found is not confirmed', async () => {
  faults.add({ operation: 'AdminGetUser', instead: { status: 400, name: 'UserNotFoundException' } });

  expect(await check(1)).toEqual([{ sub: 'sub of user-0', confirmed: false }]);
});

test.each(['TooManyRequestsException', 'AccessDeniedException', 'InternalErrorException'])(
  'nothing is known of a user whose look-up fails with %s',
  async (name) => {
    faults.add({ operation: 'AdminGetUser', instead: { status: 400, name } });

    expect(await check(2)).toHaveLength(1);
  },
);

test('a user who was RESET_REQUIRED before is not looked up, because that says nothing about the reset', async () => {
  const [one, other] = users(2);
  const before = { ...one?.user, wasResetRequired: true } as ResetUser['user'];

  const checked = await confirmation().check(
    [{ user: before, answeredAt: ANSWERED }, other as ResetUser],
    2,
    () => 60_000,
  );

  expect(checked).toEqual([{ sub: 'sub of user-1', confirmed: true }]);
  expect(lookedUp).toEqual(['user-1']);
});

test('nobody is looked up when no time is left', async () => {
  expect(await check(3, 3, 5_000)).toEqual([]);
  expect(lookedUp).toEqual([]);
});

test.each([
  [20, 20, 20],
  [20, 1_000, 20],
  [20, 2_000, 10],
  [20, 100_000, 1],
  [20, 10_000_000, 1],
  [0, 10, 0],
])('of %i users who were reset, in a campaign of %i, %i are looked up, each once', async (many, campaign, expected) => {
  const checked = await check(many, campaign);

  expect(checked).toHaveLength(expected);
  expect(new Set(lookedUp).size).toBe(expected);
  expect(lookedUp).toHaveLength(expected);
});
