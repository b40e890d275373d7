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

describe('the effect of a reset', () => {
  beforeEach(async () => {
    harness = await CognitoHarness.start();
    await harness.addUser();
  });

  it('answers nothing, requires a reset and sends a code', async () => {
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

  it('is undone by the code and a new password', async () => {
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

  it('sends another code when repeated, and the earlier one no longer counts', async () => {
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

describe('the user is found', () => {
  const both = { ...VERIFIED_EMAIL, ...VERIFIED_PHONE };
  const unverified = { email: 'jane@example.com', ...VERIFIED_PHONE };
  it.each<[string, Json, Partial<NewUser>, string, boolean]>([
    ['by user name', {}, {}, 'jane', true],
    ['not by a name in other letters', {}, {}, 'Jane', false],
    [
      'by any letters, in a pool that ignores case',
      { UsernameConfiguration: { CaseSensitive: false } },
      {},
      'JANE',
      true,
    ],
    ['not by email, in a pool without aliases', {}, {}, 'jane@example.com', false],
    ['by email alias', { AliasAttributes: ['email'] }, {}, 'jane@example.com', true],
    [
      'not by an unverified email alias',
      { AliasAttributes: ['email'] },
      { attributes: unverified },
      'jane@example.com',
      false,
    ],
    ['by phone alias', { AliasAttributes: ['phone_number'] }, { attributes: both }, '+15555550100', true],
    [
      'not by phone, if email is the alias',
      { AliasAttributes: ['email'] },
      { attributes: both },
      '+15555550100',
      false,
    ],
    [
      'by the email it signs in with',
      { UsernameAttributes: ['email', 'phone_number'] },
      { username: 'jane@example.com' },
      'jane@example.com',
      true,
    ],
    [
      'by the phone number it signs in with',
      { UsernameAttributes: ['email', 'phone_number'] },
      { username: '+15555550100', attributes: both },
      '+15555550100',
      true,
    ],
    [
      'by an unverified email it signs in with',
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

  it('by sub', async () => {
    harness = await CognitoHarness.start();
    const sub = await harness.addUser();
    await reset(sub);
    expect(await harness.status('jane')).toBe('RESET_REQUIRED');
  });

  it('by the new contact only, once it has changed', async () => {
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

describe('the code goes', () => {
  const both = { ...VERIFIED_EMAIL, ...VERIFIED_PHONE };
  const email = 'verified_email';
  const phone = 'verified_phone_number';
  const NONE = undefined;
  it.each<[string, Json, Partial<NewUser>, 'EMAIL' | 'SMS' | undefined]>([
    ['by SMS when the pool has no preference', {}, { attributes: both }, 'SMS'],
    ['by SMS when the pool has no preference, even if used for MFA', {}, { attributes: both, mfa: ['SMS_MFA'] }, 'SMS'],
    ['by email when the pool has no preference and there is no phone', {}, { attributes: VERIFIED_EMAIL }, 'EMAIL'],
    ['by email when that comes first', accountRecovery(email, phone), { attributes: both }, 'EMAIL'],
    ['by SMS when that comes first', accountRecovery(phone, email), { attributes: both }, 'SMS'],
    [
      'by priority, not by position',
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
      'to the next contact when the first is not verified',
      accountRecovery(email, phone),
      { attributes: { ...VERIFIED_PHONE, email: 'jane@example.com', email_verified: 'false' } },
      'SMS',
    ],
    [
      'to the next contact when the first is missing',
      accountRecovery(phone, email),
      { attributes: VERIFIED_EMAIL },
      'EMAIL',
    ],
    ['not to a phone used for MFA', accountRecovery(phone, email), { attributes: both, mfa: ['SMS_MFA'] }, 'EMAIL'],
    ['not to an email used for MFA', accountRecovery(email, phone), { attributes: both, mfa: ['EMAIL_OTP'] }, 'SMS'],
    [
      'wherever it goes without MFA by app',
      accountRecovery(email, phone),
      { attributes: both, mfa: ['SOFTWARE_TOKEN_MFA'] },
      'EMAIL',
    ],
    [
      'nowhere when the only contact is used for MFA',
      accountRecovery(phone),
      { attributes: both, mfa: ['SMS_MFA'] },
      NONE,
    ],
    [
      'nowhere when the contact is not a recovery channel',
      accountRecovery(email),
      { attributes: VERIFIED_PHONE },
      NONE,
    ],
    ['nowhere without a verified contact', {}, { attributes: { email: 'jane@example.com' } }, NONE],
    ['nowhere without a contact', {}, { attributes: {} }, NONE],
    ['nowhere when only administrators recover accounts', accountRecovery('admin_only'), { attributes: both }, NONE],
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

describe('a reset is refused', () => {
  it.each<[string, Partial<NewUser>, string, string]>([
    ['of a user who is disabled', { enabled: false }, 'NotAuthorizedException', 'User is disabled.'],
    [
      'of a user with a temporary password',
      { status: 'FORCE_CHANGE_PASSWORD' },
      'NotAuthorizedException',
      'User password cannot be reset in the current state.',
    ],
    [
      'of a user who is not confirmed (assumed)',
      { status: 'UNCONFIRMED' },
      'NotAuthorizedException',
      'User password cannot be reset in the current state.',
    ],
    [
      'of a user of an external provider (assumed)',
      { status: 'EXTERNAL_PROVIDER' },
      'NotAuthorizedException',
      'User password cannot be reset in the current state.',
    ],
    ['of a user who does not exist', { username: 'john' }, 'UserNotFoundException', 'User does not exist.'],
    ['of a user of another pool', { userPoolId: OTHER_USER_POOL_ID }, 'UserNotFoundException', 'User does not exist.'],
  ])('%s', async (_name, user, name, message) => {
    harness = await CognitoHarness.start();
    await harness.addUser(user);
    await expect(reset()).rejects.toMatchObject({ name, message, $metadata: { httpStatusCode: 400 } });
    expect(harness.messages).toEqual([]);
  });

  it('of a user whom an administrator disabled', async () => {
    harness = await CognitoHarness.start();
    await harness.addUser();
    await harness.client.send(new AdminDisableUserCommand({ UserPoolId: USER_POOL_ID, Username: 'jane' }));
    await expect(reset()).rejects.toMatchObject({ message: 'User is disabled.' });
  });

  it.each<[string, Json, string]>([
    ['without a pool', { UserPoolId: undefined }, 'InvalidParameterException'],
    ['with an empty pool id', { UserPoolId: '' }, 'InvalidParameterException'],
    ['with a pool id without underscore', { UserPoolId: 'us-east-1' }, 'InvalidParameterException'],
    ['with a pool id of 56 characters', { UserPoolId: `us-east-1_${'a'.repeat(46)}` }, 'InvalidParameterException'],
    ['with a pool that does not exist', { UserPoolId: `us-east-1_${'a'.repeat(45)}` }, 'ResourceNotFoundException'],
    ['without a user name', { Username: undefined }, 'InvalidParameterException'],
    ['with an empty user name', { Username: '' }, 'InvalidParameterException'],
    ['with a blank in the user name', { Username: 'jane doe' }, 'InvalidParameterException'],
    ['with a line break in the user name', { Username: 'jane\n' }, 'InvalidParameterException'],
    ['with a user name of 129 characters', { Username: 'a'.repeat(129) }, 'InvalidParameterException'],
    ['with an unknown name of 128 characters', { Username: 'a'.repeat(128) }, 'UserNotFoundException'],
    ['with a name that every object has', { Username: '__proto__' }, 'UserNotFoundException'],
    ['with a number for a user name', { Username: 1 }, 'SerializationException'],
    [
      'with metadata over 131,072 characters',
      { ClientMetadata: { a: 'a'.repeat(131_073) } },
      'InvalidParameterException',
    ],
    [
      'with a metadata key over 131,072',
      { ClientMetadata: { ['a'.repeat(131_073)]: 'a' } },
      'InvalidParameterException',
    ],
    ['with metadata that is a list', { ClientMetadata: ['a'] }, 'SerializationException'],
    ['with metadata of numbers', { ClientMetadata: { a: 1 } }, 'SerializationException'],
  ])('%s', async (_name, change, name) => {
    harness = await CognitoHarness.start();
    await harness.addUser();
    const input = { UserPoolId: USER_POOL_ID, Username: 'jane', ...change } as never;
    const answer = harness.client.send(new AdminResetUserPasswordCommand(input));
    await expect(answer).rejects.toMatchObject({ name, $metadata: { httpStatusCode: 400 } });
    expect(await harness.status()).toBe('CONFIRMED');
  });

  it('naming every parameter at fault, and no value', async () => {
    harness = await CognitoHarness.start();
    const answer = reset('personal name', { UserPoolId: 'secret' });
    await expect(answer).rejects.toMatchObject({
      message: expect.stringMatching(/^2 validation errors detected: .*'userPoolId'.*'username'/),
    });
    await expect(answer).rejects.not.toMatchObject({ message: expect.stringMatching(/personal|secret/) });
  });

  it('but not for metadata of exactly 131,072 characters', async () => {
    harness = await CognitoHarness.start();
    await harness.addUser();
    await expect(reset('jane', { ClientMetadata: { a: 'a'.repeat(131_072) } })).resolves.toBeDefined();
  });
});
