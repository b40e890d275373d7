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

  test.each([
    ['is the ARN of the user pool', 'AdminResetUserPassword', { UserPoolId: USER_POOL_ID }, USER_POOL_ARN],
    [
      'is the ARN of another user pool for that pool',
      'AdminGetUser',
      { UserPoolId: OTHER_USER_POOL_ID },
      OTHER_USER_POOL_ARN,
    ],
    [
      'is an ARN with the given id for an unknown user pool',
      'AdminGetUser',
      { UserPoolId: 'us-east-1_None' },
      USER_POOL_ARN.replace(USER_POOL_ID, 'us-east-1_None'),
    ],
    [
      'is an ARN with the given id, even if the id contains a replacement pattern',
      'AdminGetUser',
      { UserPoolId: '$&*' },
      USER_POOL_ARN.replace(USER_POOL_ID, () => '$&*'),
    ],
    [
      'is the ARN of the user pool for an operation that is not supported',
      'DeleteUserPool',
      { UserPoolId: USER_POOL_ID },
      USER_POOL_ARN,
    ],
    ['is * for an operation without a user pool', 'ListUserPools', {}, '*'],
    ['is * for a request without its user pool id', 'AdminResetUserPassword', {}, '*'],
    ['is * for a request with a number as user pool id', 'AdminResetUserPassword', { UserPoolId: 5 }, '*'],
  ])('%s', (_name, operation, input, arn) => {
    expect(harness.service.resource(operation, input)).toBe(arn);
  });

  test.each([
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
  ])('is undefined for %s, which needs no credentials', (operation) => {
    expect(harness.service.resource(operation, { UserPoolId: USER_POOL_ID })).toBeUndefined();
  });

  test('is the ARN of the user pool for every admin operation of the SDK', () => {
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

test('CognitoService has the prefix cognito-idp of signatures and policies', async () => {
  harness = await CognitoHarness.start();
  expect(harness.service.prefix).toBe('cognito-idp');
});

test.each(['CreateUserPool', 'ConfirmSignUp', 'constructor', 'toString', ''])(
  'CognitoService refuses the unsupported operation %j with an error that contains no input',
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

test('CognitoService prints nothing and leaves no files', async () => {
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

test('CognitoService treats null as a missing parameter', async () => {
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

test('CognitoService returns copies, so callers cannot change stored users', async () => {
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

test('CognitoService stores copies, so callers cannot change stored users later', async () => {
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

describe('addUser', () => {
  test('adds a confirmed user who can sign in', async () => {
    harness = await CognitoHarness.start();
    await harness.addUser();
    await expect(harness.signIn()).resolves.toHaveProperty('AuthenticationResult.AccessToken');
    expect(harness.messages).toEqual([]);
  });

  test('refuses an existing user and an unknown user pool', async () => {
    harness = await CognitoHarness.start();
    await harness.addUser();
    await expect(harness.addUser()).rejects.toMatchObject({ name: 'UsernameExistsException' });
    await expect(harness.addUser({ userPoolId: 'us-east-1_None' })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  test('adds a user whose tokens have the issuer of the user pool', async () => {
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
