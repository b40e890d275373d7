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
  jest.restoreAllMocks();
  faults.clear();
  found = { UserStatus: 'RESET_REQUIRED' };
  lookedUp = [];
});
afterAll(async () => {
  client.destroy();
  await gateway.stop();
  process.env = environment;
});

const resetUser = (index = 0): ResetUser => ({
  user: { sub: subOf(`user-${index}`), username: new Sensitive(`user-${index}`) },
  answeredAt: ANSWERED,
});

// The rate does not matter here, so it is as high as it can be.
const confirmation = () => new Confirmation({ client, userPoolId: POOL, workers: 0.01 });
const check = (usersOfCampaign = 1, remainingTime = 60_000) =>
  confirmation().check(resetUser(), usersOfCampaign, () => remainingTime);

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

  expect(await check()).toBe(confirmed);
});

test('a user of the same name with another sub is not confirmed', async () => {
  found = { UserStatus: 'RESET_REQUIRED', sub: 'another sub' };

  expect(await check()).toBe(false);
});

test('a user who is no longer found is not confirmed', async () => {
  faults.add({ operation: 'AdminGetUser', instead: { status: 400, name: 'UserNotFoundException' } });

  expect(await check()).toBe(false);
});

test.each(['TooManyRequestsException', 'AccessDeniedException', 'InternalErrorException'])(
  'nothing is known of a user whose look-up fails with %s',
  async (name) => {
    faults.add({ operation: 'AdminGetUser', instead: { status: 400, name } });

    expect(await check()).toBeUndefined();
    expect(await check()).toBe(true);
  },
);

test('a user who was RESET_REQUIRED before is not looked up, because that says nothing about the reset', async () => {
  const { user, answeredAt } = resetUser();
  const before = { user: { ...user, wasResetRequired: true as const }, answeredAt };

  expect(await confirmation().check(before, 1, () => 60_000)).toBeUndefined();
  expect(lookedUp).toEqual([]);
});

test('nobody is looked up when no time is left', async () => {
  expect(await check(1, 5_000)).toBeUndefined();
  expect(lookedUp).toEqual([]);
});

test.each([1, 20, 1_000])('everyone of %i users is looked up', async (usersOfCampaign) => {
  for (let index = 0; index < 20; index += 1) expect(await check(usersOfCampaign)).toBe(true);
});

test.each([
  [0.499, 2_000, true],
  [0.5, 2_000, false],
  [0.0099, 100_000, true],
  [0.01, 100_000, false],
])('with the random number %d, of %i users: %s', async (random, usersOfCampaign, expected) => {
  jest.spyOn(Math, 'random').mockReturnValue(random);

  expect((await check(usersOfCampaign)) === true).toBe(expected);
  expect(lookedUp).toHaveLength(expected ? 1 : 0);
});
