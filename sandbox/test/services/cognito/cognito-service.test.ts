import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CognitoIdentityProvider } from '@aws-sdk/client-cognito-identity-provider';
import type { Json } from '../../../src/model';
import {
  CLIENT_ID,
  CognitoHarness,
  CUSTOM_MESSAGE_TRIGGER,
  OTHER_USER_POOL_ARN,
  OTHER_USER_POOL_ID,
  PASSWORD,
  USER_POOL_ARN,
  USER_POOL_ID,
} from '../../support/cognito-harness';

let harness: CognitoHarness;
afterEach(() => harness.stop());

describe('the resource that IAM checks', () => {
  beforeEach(async () => {
    harness = await CognitoHarness.start();
  });

  it.each([
    ['of a pool', 'AdminResetUserPassword', { UserPoolId: USER_POOL_ID }, USER_POOL_ARN],
    ['of another pool', 'AdminGetUser', { UserPoolId: OTHER_USER_POOL_ID }, OTHER_USER_POOL_ARN],
    [
      'of an unknown pool',
      'AdminGetUser',
      { UserPoolId: 'us-east-1_None' },
      USER_POOL_ARN.replace(USER_POOL_ID, 'us-east-1_None'),
    ],
    [
      'of a pool id with a pattern',
      'AdminGetUser',
      { UserPoolId: '$&*' },
      USER_POOL_ARN.replace(USER_POOL_ID, () => '$&*'),
    ],
    ['of an operation that is not offered', 'DeleteUserPool', { UserPoolId: USER_POOL_ID }, USER_POOL_ARN],
    ['of an operation without a pool', 'ListUserPools', {}, '*'],
    ['of a request without its pool', 'AdminResetUserPassword', {}, '*'],
    ['of a request with a number for a pool', 'AdminResetUserPassword', { UserPoolId: 5 }, '*'],
  ])('%s', (_name, operation, input, arn) => {
    expect(harness.service.resource(operation, input)).toBe(arn);
  });

  it.each([
    'InitiateAuth',
    'RespondToAuthChallenge',
    'ForgotPassword',
    'ConfirmForgotPassword',
    'SignUp',
    'ConfirmSignUp',
    'ResendConfirmationCode',
    'GetUser',
    'ChangePassword',
    'RevokeToken',
    'GlobalSignOut',
  ])('is none for %s, which needs no credentials', (operation) => {
    expect(harness.service.resource(operation, { UserPoolId: USER_POOL_ID })).toBeUndefined();
  });

  it('is asked for with every operation of an administrator that AWS has', () => {
    const operations = Object.getOwnPropertyNames(CognitoIdentityProvider.prototype)
      .filter((name) => name.startsWith('admin'))
      .map((name) => name.charAt(0).toUpperCase() + name.slice(1));
    expect(operations).toContain('AdminResetUserPassword');
    for (const operation of operations) {
      expect([operation, harness.service.resource(operation, { UserPoolId: USER_POOL_ID })]).toEqual([
        operation,
        USER_POOL_ARN,
      ]);
    }
  });
});

it('is the API that signatures and policies call cognito-idp', async () => {
  harness = await CognitoHarness.start();
  expect(harness.service.prefix).toBe('cognito-idp');
});

it.each(['CreateUserPool', 'SignUp', 'constructor', 'toString', ''])(
  'says that it does not offer the operation %j, and repeats no input',
  async (operation) => {
    harness = await CognitoHarness.start();
    const call = harness.service.call(operation, { UserPoolId: USER_POOL_ID, Username: 'personal' });
    await expect(call).rejects.toMatchObject({
      name: 'InvalidAction',
      status: 400,
      message: "the sandbox's user pool does not support this operation",
    });
  },
);

it('prints nothing and leaves no files', async () => {
  // GIVEN a folder for temporary files that no other test uses
  const { TMPDIR } = process.env;
  const folder = mkdtempSync(join(tmpdir(), 'service-'));
  process.env.TMPDIR = folder;
  const printed = [jest.spyOn(process.stdout, 'write'), jest.spyOn(process.stderr, 'write')];
  const logged = (['log', 'info', 'warn', 'error', 'debug'] as const).map((name) => jest.spyOn(console, name));

  // WHEN
  harness = await CognitoHarness.start(CUSTOM_MESSAGE_TRIGGER);
  await harness.addUser();
  await harness.service.call('AdminResetUserPassword', { UserPoolId: USER_POOL_ID, Username: 'jane' });
  await expect(
    harness.service.call('AdminGetUser', { UserPoolId: USER_POOL_ID, Username: 'none' }),
  ).rejects.toBeDefined();

  // THEN
  const calls = [...printed, ...logged].flatMap((spy) => spy.mock.calls);
  jest.restoreAllMocks();
  if (TMPDIR === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = TMPDIR;
  expect(calls).toEqual([]);
  expect(readdirSync(folder)).toEqual([]);
  rmSync(folder, { recursive: true });
});

it('takes a parameter that is null for one that is missing', async () => {
  harness = await CognitoHarness.start(CUSTOM_MESSAGE_TRIGGER);
  await harness.addUser();
  const call = (input: Json) => harness.service.call('AdminResetUserPassword', { UserPoolId: USER_POOL_ID, ...input });
  await expect(call({ Username: 'jane', ClientMetadata: null })).resolves.toEqual({});
  expect(harness.triggerEvents[0].request).not.toHaveProperty('clientMetadata');
  await expect(call({ Username: null })).rejects.toMatchObject({
    name: 'InvalidParameterException',
    message: expect.stringContaining("'username' failed to satisfy constraint: Member must not be null"),
  });
});

it('hands out copies only', async () => {
  // GIVEN
  harness = await CognitoHarness.start();
  await harness.addUser();
  const jane = { UserPoolId: USER_POOL_ID, Username: 'jane' };

  // WHEN
  const user = await harness.service.call('AdminGetUser', jane);
  (user.UserAttributes as unknown[]).length = 0;

  // THEN
  await expect(harness.service.call('AdminGetUser', jane)).resolves.not.toEqual(user);
});

it('keeps nothing that its caller can still change', async () => {
  // GIVEN
  harness = await CognitoHarness.start({ AliasAttributes: ['email'] });
  const email = { Name: 'email', Value: 'jane@example.com' };
  const UserAttributes = [email, { Name: 'email_verified', Value: 'true' }];
  await harness.service.call('AdminCreateUser', {
    UserPoolId: USER_POOL_ID,
    Username: 'jane',
    MessageAction: 'SUPPRESS',
    UserAttributes,
  });

  // WHEN
  email.Value = 'other@example.com';

  // THEN
  const user = await harness.service.call('AdminGetUser', { UserPoolId: USER_POOL_ID, Username: 'jane' });
  expect(user.UserAttributes).toContainEqual({ Name: 'email', Value: 'jane@example.com' });
});

describe('a user that the sandbox adds', () => {
  it('is confirmed and can sign in', async () => {
    harness = await CognitoHarness.start();
    await harness.addUser();
    await expect(harness.signIn()).resolves.toHaveProperty('AuthenticationResult.AccessToken');
    expect(harness.messages).toEqual([]);
  });

  it('is refused when there is one already, or no such pool', async () => {
    harness = await CognitoHarness.start();
    await harness.addUser();
    await expect(harness.addUser()).rejects.toMatchObject({ name: 'UsernameExistsException' });
    await expect(harness.addUser({ userPoolId: 'us-east-1_None' })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  it('has tokens that name the pool’s own issuer', async () => {
    harness = await CognitoHarness.start();
    const sub = await harness.addUser();
    const token = (await harness.signIn(PASSWORD)).AuthenticationResult?.AccessToken as string;
    expect(JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString())).toMatchObject({
      iss: `https://cognito-idp.us-east-1.amazonaws.com/${USER_POOL_ID}`,
      client_id: CLIENT_ID,
      sub,
      username: 'jane',
      token_use: 'access',
    });
  });
});
