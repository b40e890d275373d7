import {
  AdminResetUserPasswordCommand,
  ConfirmForgotPasswordCommand,
  ForgotPasswordCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import type { Json } from '../../../src/model';
import type { NewUser } from '../../../src/services/cognito/user-administration';
import {
  accountRecovery,
  CLIENT_ID,
  CognitoHarness,
  HIDING_CLIENT_ID,
  OTHER_CLIENT_ID,
  PASSWORD,
  USER_POOL_ID,
  VERIFIED_EMAIL,
  VERIFIED_PHONE,
} from '../../support/cognito-harness';

const HOUR = 3_600_000;
const NEW_PASSWORD = 'Another-horse-2';

let harness: CognitoHarness;
afterEach(() => harness.stop());

function forgot(Username = 'jane', ClientId = CLIENT_ID) {
  return harness.client.send(new ForgotPasswordCommand({ ClientId, Username }));
}

function confirm(ConfirmationCode: string, { Password = NEW_PASSWORD, ClientId = CLIENT_ID, Username = 'jane' } = {}) {
  return harness.client.send(new ConfirmForgotPasswordCommand({ ClientId, Username, ConfirmationCode, Password }));
}

const wrong = (code: string) => (code === '000000' ? '000001' : '000000');

describe('ForgotPassword', () => {
  test.each<[string, Json, Record<string, string>, Json]>([
    [
      'by email',
      accountRecovery('verified_email'),
      VERIFIED_EMAIL,
      { DeliveryMedium: 'EMAIL', AttributeName: 'email', Destination: 'j***@e***' },
    ],
    [
      'by SMS',
      {},
      { ...VERIFIED_EMAIL, ...VERIFIED_PHONE },
      { DeliveryMedium: 'SMS', AttributeName: 'phone_number', Destination: '+*******0100' },
    ],
  ])('sends a code %s and returns only the masked contact', async (_name, properties, attributes, details) => {
    harness = await CognitoHarness.start(properties);
    await harness.addUser({ attributes });
    expect((await forgot()).CodeDeliveryDetails).toEqual(details);
    expect(harness.messages).toHaveLength(1);
  });

  test('keeps the password valid until a new one is set', async () => {
    harness = await CognitoHarness.start();
    await harness.addUser();
    await forgot();
    expect(await harness.status()).toBe('CONFIRMED');
    await expect(harness.signIn()).resolves.toBeDefined();
    await confirm(harness.lastCode);
    await expect(harness.signIn()).rejects.toMatchObject({ name: 'NotAuthorizedException' });
    await expect(harness.signIn(NEW_PASSWORD)).resolves.toBeDefined();
  });

  test('sends a newer code to a user in RESET_REQUIRED', async () => {
    harness = await CognitoHarness.start();
    await harness.addUser();
    await harness.client.send(new AdminResetUserPasswordCommand({ UserPoolId: USER_POOL_ID, Username: 'jane' }));
    await forgot();
    expect(await harness.status()).toBe('RESET_REQUIRED');
    await confirm(harness.lastCode);
    expect(await harness.status()).toBe('CONFIRMED');
  });

  const unreachable: [string, Partial<NewUser>][] = [
    ['does not exist', { username: 'john' }],
    ['is disabled', { enabled: false }],
    ['has no verified contact', { attributes: {} }],
  ];
  const errors = ['UserNotFoundException', 'NotAuthorizedException', 'InvalidParameterException'];
  test.each(unreachable.map((row, index) => [...row, errors[index]] as const))(
    'fails for a user who %s',
    async (_name, user, name) => {
      harness = await CognitoHarness.start();
      await harness.addUser(user);
      await expect(forgot()).rejects.toMatchObject({ name });
    },
  );

  test.each(unreachable)(
    'returns a simulated contact for a user who %s, if the app client prevents user existence errors',
    async (_name, user) => {
      harness = await CognitoHarness.start();
      await harness.addUser(user);
      const answer = await forgot('jane', HIDING_CLIENT_ID);
      expect(answer.CodeDeliveryDetails).toEqual({
        DeliveryMedium: 'SMS',
        AttributeName: 'phone_number',
        Destination: expect.stringContaining('***'),
      });
      expect(harness.messages).toEqual([]);
    },
  );

  test('fails for a user with a temporary password', async () => {
    harness = await CognitoHarness.start();
    await harness.addUser({ status: 'FORCE_CHANGE_PASSWORD' });
    await expect(forgot()).rejects.toMatchObject({ message: 'User password cannot be reset in the current state.' });
  });

  test.each([
    ['an unknown app client', 'unknown', 'ResourceNotFoundException'],
    ['an app client of another user pool', OTHER_CLIENT_ID, 'UserNotFoundException'],
    ['a client id with invalid characters', 'a-b', 'InvalidParameterException'],
    ['a client id that is a property of every object', 'constructor', 'ResourceNotFoundException'],
  ])('fails for %s', async (_name, clientId, name) => {
    harness = await CognitoHarness.start();
    await harness.addUser();
    await expect(forgot('jane', clientId)).rejects.toMatchObject({ name });
  });
});

describe('ConfirmForgotPassword', () => {
  beforeEach(async () => {
    harness = await CognitoHarness.start();
    await harness.addUser();
    await forgot();
  });

  test('accepts a code for an hour', async () => {
    harness.time += HOUR - 1;
    await expect(confirm(harness.lastCode)).resolves.toBeDefined();
  });

  const expired = {
    name: 'ExpiredCodeException',
    message: 'Invalid code provided, please request a code again.',
  };

  test('refuses a code after an hour', async () => {
    harness.time += HOUR;
    await expect(confirm(harness.lastCode)).rejects.toMatchObject(expired);
    await expect(harness.signIn()).resolves.toBeDefined();
  });

  test('refuses a code that was used before', async () => {
    await confirm(harness.lastCode);
    await expect(confirm(harness.lastCode)).rejects.toMatchObject(expired);
  });

  test('refuses a code if none was sent', async () => {
    await harness.addUser({ username: 'john', attributes: {} });
    await expect(confirm('123456', { Username: 'john' })).rejects.toMatchObject(expired);
  });

  test('refuses a wrong code, and still accepts the right one', async () => {
    await expect(confirm(wrong(harness.lastCode))).rejects.toMatchObject({ name: 'CodeMismatchException' });
    await expect(confirm(harness.lastCode)).resolves.toBeDefined();
  });

  test('validates the code before the password (assumed)', async () => {
    const confirming = confirm(wrong(harness.lastCode), { Password: 'weak-password' });
    await expect(confirming).rejects.toMatchObject({ name: 'CodeMismatchException' });
  });

  test('refuses the code of another user', async () => {
    const code = harness.lastCode;
    await harness.addUser({ username: 'john', attributes: { email: 'john@example.com', email_verified: 'true' } });
    do await forgot('john');
    while (harness.lastCode === code);
    await expect(confirm(code, { Username: 'john' })).rejects.toMatchObject({ name: 'CodeMismatchException' });
  });

  test.each([
    ['unknown', CLIENT_ID, 'UserNotFoundException'],
    ['unknown', HIDING_CLIENT_ID, 'CodeMismatchException'],
  ])('fails for an %s user through app client %s with %s', async (Username, ClientId, name) => {
    await expect(confirm('123456', { Username, ClientId })).rejects.toMatchObject({ name });
  });

  test.each([
    [CLIENT_ID, 'NotAuthorizedException'],
    [HIDING_CLIENT_ID, 'CodeMismatchException'],
  ])('fails for a disabled user through app client %s with %s', async (ClientId, name) => {
    await harness.service.call('AdminDisableUser', { UserPoolId: USER_POOL_ID, Username: 'jane' });
    await expect(confirm(harness.lastCode, { ClientId })).rejects.toMatchObject({ name });
  });
});

describe('ConfirmForgotPassword', () => {
  const own = { MinimumLength: 10, RequireNumbers: true };
  test.each<[string, Json | undefined, string, boolean]>([
    ['refuses a password of seven characters', undefined, 'Abcde-1', false],
    ['accepts a password of eight characters', undefined, 'Abcdef-1', true],
    ['refuses a password without upper case', undefined, 'abcdefg-1', false],
    ['refuses a password without lower case', undefined, 'ABCDEFG-1', false],
    ['refuses a password without a number', undefined, 'Abcdefgh-', false],
    ['refuses a password without a symbol', undefined, 'Abcdefgh1', false],
    ['refuses a password with a non-ASCII letter instead of a symbol', undefined, 'Abcdefghé1', false],
    ['accepts a password with a space inside as symbol', undefined, 'Abcd efgh1', true],
    ['refuses a password that is shorter than the policy of the user pool requires', own, 'abcdefgh1', false],
    ['accepts a password that meets the policy of the user pool', own, 'abcdefghi1', true],
    ['refuses a password that lacks what the policy of the user pool requires', own, 'abcdefghij', false],
  ])('%s', async (_name, PasswordPolicy, Password, accepted) => {
    // GIVEN
    harness = await CognitoHarness.start(PasswordPolicy && { Policies: { PasswordPolicy } });
    await harness.addUser();
    await forgot();

    // WHEN
    const confirming = confirm(harness.lastCode, { Password });

    // THEN
    if (accepted) return expect(confirming).resolves.toBeDefined();
    await expect(confirming).rejects.toMatchObject({
      name: 'InvalidPasswordException',
      message: expect.stringMatching(/^Password did not conform with policy: /),
    });
    await expect(harness.signIn(PASSWORD)).resolves.toBeDefined();
    return expect(confirm(harness.lastCode)).resolves.toBeDefined();
  });
});
