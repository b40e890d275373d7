import { AdminResetUserPasswordCommand, ListUsersCommand } from '@aws-sdk/client-cognito-identity-provider';
import type { Json } from '../../../src/model';
import { CLIENT_ID, CognitoHarness, PASSWORD, USER_POOL_ID } from '../../support/cognito-harness';

let harness: CognitoHarness;
beforeEach(async () => {
  harness = await CognitoHarness.start();
  await harness.addUser();
});
afterEach(() => harness.stop());

const user = { UserPoolId: USER_POOL_ID, Username: 'jane' };

/** Sends that many requests, one after the other. Returns how many were throttled. */
async function throttled(operation: string, input: Json, times: number): Promise<number> {
  let refused = 0;
  for (let i = 0; i < times; i++) {
    await harness.service.call(operation, input).catch(({ name }) => {
      if (name === 'TooManyRequestsException') refused++;
    });
  }
  return refused;
}

describe('request rate quotas', () => {
  test.each<[string, number, Json]>([
    ['AdminResetUserPassword', 30, user],
    ['ForgotPassword', 30, { ClientId: CLIENT_ID, Username: 'jane' }],
    ['ConfirmForgotPassword', 30, { ClientId: CLIENT_ID, Username: 'jane', ConfirmationCode: '1', Password: PASSWORD }],
    ['ChangePassword', 30, { AccessToken: 'none', ProposedPassword: PASSWORD }],
    ['AdminSetUserPassword', 30, { ...user, Password: PASSWORD }],
    ['AdminUserGlobalSignOut', 25, user],
    ['ListUsers', 30, { UserPoolId: USER_POOL_ID }],
    ['AdminGetUser', 120, user],
    ['DescribeUserPool', 15, { UserPoolId: USER_POOL_ID }],
    ['GetUserPoolMfaConfig', 15, { UserPoolId: USER_POOL_ID }],
    ['UpdateUserPool', 15, { UserPoolId: USER_POOL_ID }],
  ])('throttle %s beyond %d requests per second', async (operation, limit, input) => {
    expect(await throttled(operation, input, limit)).toBe(0);
    expect(await throttled(operation, input, 1)).toBe(1);
    harness.time += 999;
    expect(await throttled(operation, input, 1)).toBe(1);
    harness.time += 1;
    expect(await throttled(operation, input, limit + 1)).toBe(1);
  });

  test('throttle a reset with TooManyRequestsException, without a message to the user', async () => {
    await throttled('AdminResetUserPassword', user, 30);
    const reset = harness.client.send(new AdminResetUserPasswordCommand(user));
    await expect(reset).rejects.toMatchObject({
      name: 'TooManyRequestsException',
      $metadata: { httpStatusCode: 400 },
    });
    expect(harness.messages).toHaveLength(30);
  });

  test('count all operations of a category together', async () => {
    await throttled('ForgotPassword', { ClientId: CLIENT_ID, Username: 'nobody' }, 10);
    await throttled('ConfirmForgotPassword', { ClientId: CLIENT_ID, Username: 'nobody' }, 10);
    await throttled('AdminSetUserPassword', { ...user, Password: PASSWORD }, 5);
    await throttled('ChangePassword', { AccessToken: 'none', ProposedPassword: PASSWORD }, 4);
    expect(await throttled('AdminResetUserPassword', user, 2)).toBe(1);
  });

  test('count all user pools together', async () => {
    await throttled('AdminResetUserPassword', user, 15);
    expect(await throttled('AdminResetUserPassword', { ...user, UserPoolId: 'us-east-1_Unknown00' }, 16)).toBe(1);
  });

  test('apply to any 1,000 ms, not to a second of the clock', async () => {
    await throttled('AdminResetUserPassword', user, 10);
    harness.time += 600;
    await throttled('AdminResetUserPassword', user, 20);
    harness.time += 400;
    expect(await throttled('AdminResetUserPassword', user, 30)).toBe(20);
  });
});

test('request rate quotas do not affect the operations of other categories', async () => {
  await throttled('AdminResetUserPassword', user, 31);
  await expect(harness.client.send(new ListUsersCommand({ UserPoolId: USER_POOL_ID }))).resolves.toBeDefined();
  expect(await harness.status()).toBe('RESET_REQUIRED');
});

test('request rate quotas do not count users that the sandbox adds', async () => {
  for (let i = 0; i < 200; i++) await harness.addUser({ username: `user-${i}` });
  expect(await throttled('AdminSetUserPassword', { ...user, Password: PASSWORD }, 30)).toBe(0);
});
