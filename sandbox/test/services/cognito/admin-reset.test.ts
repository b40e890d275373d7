import {
  AdminDisableUserCommand,
  AdminResetUserPasswordCommand,
  ConfirmForgotPasswordCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import type { Json } from '../../../src/model';
import type { NewUser } from '../../../src/services/cognito/user-administration';
import {
  accountRecovery,
  CLIENT_ID,
  CognitoHarness,
  OTHER_USER_POOL_ID,
  PASSWORD,
  USER_POOL_ID,
  VERIFIED_EMAIL,
  VERIFIED_PHONE,
} from '../../support/cognito-harness';

let harness: CognitoHarness;
afterEach(() => harness.stop());

function reset(Username = 'jane', more: { UserPoolId?: string; ClientMetadata?: Record<string, string> } = {}) {
  return harness.client.send(new AdminResetUserPasswordCommand({ UserPoolId: USER_POOL_ID, Username, ...more }));
}

function confirm(ConfirmationCode: string, Password = 'Another-horse-2') {
  return harness.client.send(
    new ConfirmForgotPasswordCommand({ ClientId: CLIENT_ID, Username: 'jane', ConfirmationCode, Password }),
  );
}

describe('AdminResetUserPassword', () => {
  beforeEach(async () => {
    harness = await CognitoHarness.start();
    await harness.addUser();
  });

  test('returns an empty response, sets RESET_REQUIRED and sends a code', async () => {
    // WHEN
    const { $metadata, ...answer } = await reset();

    // THEN
    expect($metadata.httpStatusCode).toBe(200);
    expect(answer).toEqual({});
    expect(await harness.status()).toBe('RESET_REQUIRED');
    expect(harness.messages).toEqual([
      {
        channel: 'EMAIL',
        destination: 'jane@example.com',
        subject: expect.stringMatching(/./),
        body: expect.stringMatching(/^Your password reset code is \d{6}$/),
        origin: 'DEFAULT',
        triggerSource: 'CustomMessage_ForgotPassword',
        userPoolId: USER_POOL_ID,
        sentAt: new Date(harness.time),
      },
    ]);
  });

  test('requires a reset until the user confirms the code with a new password', async () => {
    // GIVEN
    await reset();

    // WHEN
    await confirm(harness.lastCode);

    // THEN
    expect(await harness.status()).toBe('CONFIRMED');
    await expect(harness.signIn('Another-horse-2')).resolves.toMatchObject({
      AuthenticationResult: { TokenType: 'Bearer' },
    });
    await expect(harness.signIn(PASSWORD)).rejects.toMatchObject({ name: 'NotAuthorizedException' });
  });

  test('sends a new code for a user in RESET_REQUIRED and invalidates the earlier one (assumed)', async () => {
    // GIVEN
    await reset();
    const first = harness.lastCode;

    // WHEN
    do await reset();
    while (harness.lastCode === first);

    // THEN
    await expect(confirm(first)).rejects.toMatchObject({ name: 'CodeMismatchException' });
    await expect(confirm(harness.lastCode)).resolves.toBeDefined();
  });
});

describe('AdminResetUserPassword', () => {
  const both = { ...VERIFIED_EMAIL, ...VERIFIED_PHONE };
  const unverified = { email: 'jane@example.com', ...VERIFIED_PHONE };
  test.each<[string, Json, Partial<NewUser>, string, boolean]>([
    ['finds a user by user name', {}, {}, 'jane', true],
    ['does not find a user by a user name in another case', {}, {}, 'Jane', false],
    [
      'finds a user by a user name in another case in a case-insensitive user pool',
      { UsernameConfiguration: { CaseSensitive: false } },
      {},
      'JANE',
      true,
    ],
    ['does not find a user by email address in a user pool without aliases', {}, {}, 'jane@example.com', false],
    ['finds a user by email alias', { AliasAttributes: ['email'] }, {}, 'jane@example.com', true],
    [
      'does not find a user by an unverified email alias',
      { AliasAttributes: ['email'] },
      { attributes: unverified },
      'jane@example.com',
      false,
    ],
    [
      'finds a user by phone number alias',
      { AliasAttributes: ['phone_number'] },
      { attributes: both },
      '+15555550100',
      true,
    ],
    [
      'does not find a user by phone number if only the email address is an alias',
      { AliasAttributes: ['email'] },
      { attributes: both },
      '+15555550100',
      false,
    ],
    [
      'finds a user by an email address that is the user name attribute',
      { UsernameAttributes: ['email', 'phone_number'] },
      { username: 'jane@example.com' },
      'jane@example.com',
      true,
    ],
    [
      'finds a user by a phone number that is the user name attribute',
      { UsernameAttributes: ['email', 'phone_number'] },
      { username: '+15555550100', attributes: both },
      '+15555550100',
      true,
    ],
    [
      'finds a user by an unverified email address that is the user name attribute',
      { UsernameAttributes: ['email'] },
      { username: 'jane@example.com', attributes: unverified },
      'jane@example.com',
      true,
    ],
  ])('%s', async (_name, properties, user, username, found) => {
    // GIVEN
    harness = await CognitoHarness.start(properties);
    await harness.addUser(user);

    // WHEN
    const answer = reset(username);

    // THEN
    if (found) await expect(answer).resolves.toBeDefined();
    else await expect(answer).rejects.toMatchObject({ name: 'UserNotFoundException' });
    expect(harness.messages).toHaveLength(found ? 1 : 0);
  });

  test('finds a user by sub', async () => {
    harness = await CognitoHarness.start();
    const sub = await harness.addUser();
    await reset(sub);
    expect(await harness.status('jane')).toBe('RESET_REQUIRED');
  });

  test('finds a user only by the new email address after a change', async () => {
    // GIVEN
    harness = await CognitoHarness.start({ UsernameAttributes: ['email'] });
    const sub = await harness.addUser({ username: 'jane@example.com' });
    await harness.service.call('AdminUpdateUserAttributes', {
      UserPoolId: USER_POOL_ID,
      Username: sub,
      UserAttributes: [
        { Name: 'email', Value: 'new@example.com' },
        { Name: 'email_verified', Value: 'true' },
      ],
    });

    // THEN
    await expect(reset('jane@example.com')).rejects.toMatchObject({ name: 'UserNotFoundException' });
    await expect(reset('new@example.com')).resolves.toBeDefined();
  });
});

describe('a reset code', () => {
  const both = { ...VERIFIED_EMAIL, ...VERIFIED_PHONE };
  const email = 'verified_email';
  const phone = 'verified_phone_number';
  const NONE = undefined;
  test.each<[string, Json, Partial<NewUser>, 'EMAIL' | 'SMS' | undefined]>([
    ['is sent by SMS in a user pool without AccountRecoverySetting', {}, { attributes: both }, 'SMS'],
    [
      'is sent by SMS in a user pool without AccountRecoverySetting, even if SMS is used for MFA',
      {},
      { attributes: both, mfa: ['SMS_MFA'] },
      'SMS',
    ],
    [
      'is sent by email in a user pool without AccountRecoverySetting if the user has no phone number',
      {},
      { attributes: VERIFIED_EMAIL },
      'EMAIL',
    ],
    ['is sent by email if email has priority 1', accountRecovery(email, phone), { attributes: both }, 'EMAIL'],
    ['is sent by SMS if SMS has priority 1', accountRecovery(phone, email), { attributes: both }, 'SMS'],
    [
      'follows the priority of the recovery mechanisms, not their position',
      {
        AccountRecoverySetting: {
          RecoveryMechanisms: [
            { Name: email, Priority: 2 },
            { Name: phone, Priority: 1 },
          ],
        },
      },
      { attributes: both },
      'SMS',
    ],
    [
      'is sent to the next contact if the first is not verified',
      accountRecovery(email, phone),
      { attributes: { ...VERIFIED_PHONE, email: 'jane@example.com', email_verified: 'false' } },
      'SMS',
    ],
    [
      'is sent to the next contact if the first is missing',
      accountRecovery(phone, email),
      { attributes: VERIFIED_EMAIL },
      'EMAIL',
    ],
    [
      'is not sent to a phone number used for MFA',
      accountRecovery(phone, email),
      { attributes: both, mfa: ['SMS_MFA'] },
      'EMAIL',
    ],
    [
      'is not sent to an email address used for MFA',
      accountRecovery(email, phone),
      { attributes: both, mfa: ['EMAIL_OTP'] },
      'SMS',
    ],
    [
      'is not affected by MFA with an authenticator app',
      accountRecovery(email, phone),
      { attributes: both, mfa: ['SOFTWARE_TOKEN_MFA'] },
      'EMAIL',
    ],
    [
      'is not sent if the only contact is used for MFA',
      accountRecovery(phone),
      { attributes: both, mfa: ['SMS_MFA'] },
      NONE,
    ],
    [
      'is not sent if the contact is not a recovery mechanism',
      accountRecovery(email),
      { attributes: VERIFIED_PHONE },
      NONE,
    ],
    ['is not sent without a verified contact', {}, { attributes: { email: 'jane@example.com' } }, NONE],
    ['is not sent without a contact', {}, { attributes: {} }, NONE],
    [
      'is not sent in a user pool with account recovery admin_only (assumed)',
      accountRecovery('admin_only'),
      { attributes: both },
      NONE,
    ],
  ])('%s', async (_name, properties, user, channel) => {
    // GIVEN
    harness = await CognitoHarness.start(properties);
    await harness.addUser(user);

    // WHEN
    const answer = reset();

    // THEN
    if (channel === undefined) {
      await expect(answer).rejects.toMatchObject({
        name: 'InvalidParameterException',
        message: 'Cannot reset password for the user as there is no registered/verified email or phone_number',
      });
      expect(await harness.status()).toBe('CONFIRMED');
    } else {
      await answer;
    }
    expect(harness.messages.map((message) => message.channel)).toEqual(channel === undefined ? [] : [channel]);
  });
});

describe('AdminResetUserPassword', () => {
  test.each<[string, Partial<NewUser>, string, string]>([
    ['refuses a disabled user', { enabled: false }, 'NotAuthorizedException', 'User is disabled.'],
    [
      'refuses a user with a temporary password',
      { status: 'FORCE_CHANGE_PASSWORD' },
      'NotAuthorizedException',
      'User password cannot be reset in the current state.',
    ],
    [
      // https://github.com/keboola/developer-portal/issues/113, https://github.com/aws-amplify/aws-sdk-android/issues/713
      'refuses a user who never confirmed for want of a verified contact',
      { status: 'UNCONFIRMED', attributes: { email: 'jane@example.com', email_verified: 'false' } },
      'InvalidParameterException',
      'Cannot reset password for the user as there is no registered/verified email or phone_number',
    ],
    [
      'refuses a user who never confirmed and has a verified contact (assumed)',
      { status: 'UNCONFIRMED' },
      'NotAuthorizedException',
      'User password cannot be reset in the current state.',
    ],
    [
      'refuses a user with a temporary password and without a verified contact in the same way (assumed)',
      { status: 'FORCE_CHANGE_PASSWORD', attributes: {} },
      'NotAuthorizedException',
      'User password cannot be reset in the current state.',
    ],
    [
      'refuses a user of an external provider (assumed)',
      { status: 'EXTERNAL_PROVIDER' },
      'NotAuthorizedException',
      'User password cannot be reset in the current state.',
    ],
    ['refuses a user who does not exist', { username: 'john' }, 'UserNotFoundException', 'User does not exist.'],
    [
      'refuses a user of another user pool',
      { userPoolId: OTHER_USER_POOL_ID },
      'UserNotFoundException',
      'User does not exist.',
    ],
  ])('%s', async (_name, user, name, message) => {
    harness = await CognitoHarness.start();
    await harness.addUser(user);
    await expect(reset()).rejects.toMatchObject({ name, message, $metadata: { httpStatusCode: 400 } });
    expect(harness.messages).toEqual([]);
  });

  test('refuses a user whom AdminDisableUser disabled', async () => {
    harness = await CognitoHarness.start();
    await harness.addUser();
    await harness.client.send(new AdminDisableUserCommand({ UserPoolId: USER_POOL_ID, Username: 'jane' }));
    await expect(reset()).rejects.toMatchObject({ message: 'User is disabled.' });
  });

  test.each<[string, Json, string]>([
    ['refuses a missing user pool id', { UserPoolId: undefined }, 'InvalidParameterException'],
    ['refuses an empty user pool id', { UserPoolId: '' }, 'InvalidParameterException'],
    ['refuses a user pool id without underscore', { UserPoolId: 'us-east-1' }, 'InvalidParameterException'],
    [
      'refuses a user pool id of 56 characters',
      { UserPoolId: `us-east-1_${'a'.repeat(46)}` },
      'InvalidParameterException',
    ],
    [
      'refuses a user pool that does not exist',
      { UserPoolId: `us-east-1_${'a'.repeat(45)}` },
      'ResourceNotFoundException',
    ],
    ['refuses a missing user name', { Username: undefined }, 'InvalidParameterException'],
    ['refuses an empty user name', { Username: '' }, 'InvalidParameterException'],
    ['refuses a space in the user name', { Username: 'jane doe' }, 'InvalidParameterException'],
    ['refuses a line break in the user name', { Username: 'jane\n' }, 'InvalidParameterException'],
    ['refuses a user name of 129 characters', { Username: 'a'.repeat(129) }, 'InvalidParameterException'],
    [
      'reports an unknown user name of 128 characters as not found',
      { Username: 'a'.repeat(128) },
      'UserNotFoundException',
    ],
    ['refuses a user name that is a property of every object', { Username: '__proto__' }, 'UserNotFoundException'],
    ['refuses a number as user name', { Username: 1 }, 'SerializationException'],
    [
      'refuses a ClientMetadata value of 131,073 characters',
      { ClientMetadata: { a: 'a'.repeat(131_073) } },
      'InvalidParameterException',
    ],
    [
      'refuses a ClientMetadata key of 131,073 characters',
      { ClientMetadata: { ['a'.repeat(131_073)]: 'a' } },
      'InvalidParameterException',
    ],
    ['refuses ClientMetadata that is a list', { ClientMetadata: ['a'] }, 'SerializationException'],
    ['refuses ClientMetadata with a number as value', { ClientMetadata: { a: 1 } }, 'SerializationException'],
  ])('%s', async (_name, change, name) => {
    harness = await CognitoHarness.start();
    await harness.addUser();
    const input = { UserPoolId: USER_POOL_ID, Username: 'jane', ...change } as never;
    const answer = harness.client.send(new AdminResetUserPasswordCommand(input));
    await expect(answer).rejects.toMatchObject({ name, $metadata: { httpStatusCode: 400 } });
    expect(await harness.status()).toBe('CONFIRMED');
  });

  test('names every invalid parameter in its error, but no value', async () => {
    harness = await CognitoHarness.start();
    const answer = reset('personal name', { UserPoolId: 'secret' });
    await expect(answer).rejects.toMatchObject({
      message: expect.stringMatching(/^2 validation errors detected: .*'userPoolId'.*'username'/),
    });
    await expect(answer).rejects.not.toMatchObject({ message: expect.stringMatching(/personal|secret/) });
  });

  test('accepts a ClientMetadata value of 131,072 characters', async () => {
    harness = await CognitoHarness.start();
    await harness.addUser();
    await expect(reset('jane', { ClientMetadata: { a: 'a'.repeat(131_072) } })).resolves.toBeDefined();
  });
});
