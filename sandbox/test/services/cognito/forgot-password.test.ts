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

describe('forgetting a password', () => {
  it.each<[string, Json, Record<string, string>, Json]>([
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
  ])('sends a code %s, and shows the masked contact only', async (_name, properties, attributes, details) => {
    harness = await CognitoHarness.start(properties);
    await harness.addUser({ attributes });
    expect((await forgot()).CodeDeliveryDetails).toEqual(details);
    expect(harness.messages).toHaveLength(1);
  });

  it('keeps the password until a new one is set', async () => {
    harness = await CognitoHarness.start();
    await harness.addUser();
    await forgot();
    expect(await harness.status()).toBe('CONFIRMED');
    await expect(harness.signIn()).resolves.toBeDefined();
    await confirm(harness.lastCode);
    await expect(harness.signIn()).rejects.toMatchObject({ name: 'NotAuthorizedException' });
    await expect(harness.signIn(NEW_PASSWORD)).resolves.toBeDefined();
  });

  it('gives a user who must reset the password a newer code', async () => {
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
  it.each(unreachable.map((row, index) => [...row, errors[index]] as const))(
    'of a user who %s fails',
    async (_name, user, name) => {
      harness = await CognitoHarness.start();
      await harness.addUser(user);
      await expect(forgot()).rejects.toMatchObject({ name });
    },
  );

  it.each(unreachable)(
    'of a user who %s looks like any other, through a client that hides users',
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

  it('fails with a temporary password', async () => {
    harness = await CognitoHarness.start();
    await harness.addUser({ status: 'FORCE_CHANGE_PASSWORD' });
    await expect(forgot()).rejects.toMatchObject({ message: 'User password cannot be reset in the current state.' });
  });

  it.each([
    ['an unknown app client', 'unknown', 'ResourceNotFoundException'],
    ['another pool’s app client', OTHER_CLIENT_ID, 'UserNotFoundException'],
    ['a client id of other characters', 'a-b', 'InvalidParameterException'],
    ['a client id that every object has', 'constructor', 'ResourceNotFoundException'],
  ])('fails for %s', async (_name, clientId, name) => {
    harness = await CognitoHarness.start();
    await harness.addUser();
    await expect(forgot('jane', clientId)).rejects.toMatchObject({ name });
  });
});

describe('a code', () => {
  beforeEach(async () => {
    harness = await CognitoHarness.start();
    await harness.addUser();
    await forgot();
  });

  it('is good for an hour', async () => {
    harness.time += HOUR - 1;
    await expect(confirm(harness.lastCode)).resolves.toBeDefined();
  });

  const expired = {
    name: 'ExpiredCodeException',
    message: 'Invalid code provided, please request a code again.',
  };

  it('is refused after an hour', async () => {
    harness.time += HOUR;
    await expect(confirm(harness.lastCode)).rejects.toMatchObject(expired);
    await expect(harness.signIn()).resolves.toBeDefined();
  });

  it('is refused when used before', async () => {
    await confirm(harness.lastCode);
    await expect(confirm(harness.lastCode)).rejects.toMatchObject(expired);
  });

  it('is refused when none was sent', async () => {
    await harness.addUser({ username: 'john', attributes: {} });
    await expect(confirm('123456', { Username: 'john' })).rejects.toMatchObject(expired);
  });

  it('is refused when wrong, and the right one still works', async () => {
    await expect(confirm(wrong(harness.lastCode))).rejects.toMatchObject({ name: 'CodeMismatchException' });
    await expect(confirm(harness.lastCode)).resolves.toBeDefined();
  });

  it('is looked at before the password (assumed)', async () => {
    const confirming = confirm(wrong(harness.lastCode), { Password: 'weak-password' });
    await expect(confirming).rejects.toMatchObject({ name: 'CodeMismatchException' });
  });

  it('of somebody else is refused', async () => {
    const code = harness.lastCode;
    await harness.addUser({ username: 'john', attributes: { email: 'john@example.com', email_verified: 'true' } });
    do await forgot('john');
    while (harness.lastCode === code);
    await expect(confirm(code, { Username: 'john' })).rejects.toMatchObject({ name: 'CodeMismatchException' });
  });

  it.each([
    ['unknown', CLIENT_ID, 'UserNotFoundException'],
    ['unknown', HIDING_CLIENT_ID, 'CodeMismatchException'],
  ])('for an %s user fails, through %s, with %s', async (Username, ClientId, name) => {
    await expect(confirm('123456', { Username, ClientId })).rejects.toMatchObject({ name });
  });

  it.each([
    [CLIENT_ID, 'NotAuthorizedException'],
    [HIDING_CLIENT_ID, 'CodeMismatchException'],
  ])('for a disabled user fails, through %s, with %s', async (ClientId, name) => {
    await harness.service.call('AdminDisableUser', { UserPoolId: USER_POOL_ID, Username: 'jane' });
    await expect(confirm(harness.lastCode, { ClientId })).rejects.toMatchObject({ name });
  });
});

describe('the new password', () => {
  const own = { MinimumLength: 10, RequireNumbers: true };
  it.each<[string, Json | undefined, string, boolean]>([
    ['of seven characters', undefined, 'Abcde-1', false],
    ['of eight characters', undefined, 'Abcdef-1', true],
    ['without upper case', undefined, 'abcdefg-1', false],
    ['without lower case', undefined, 'ABCDEFG-1', false],
    ['without a number', undefined, 'Abcdefgh-', false],
    ['without a symbol', undefined, 'Abcdefgh1', false],
    ['with a letter that is no symbol', undefined, 'Abcdefghé1', false],
    ['with a blank inside for a symbol', undefined, 'Abcd efgh1', true],
    ['shorter than the pool wants', own, 'abcdefgh1', false],
    ['with all that the pool wants', own, 'abcdefghi1', true],
    ['without what the pool wants', own, 'abcdefghij', false],
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
