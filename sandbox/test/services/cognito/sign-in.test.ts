import {
  AdminDeleteUserCommand,
  AdminDisableUserCommand,
  AdminEnableUserCommand,
  AdminInitiateAuthCommand,
  AdminResetUserPasswordCommand,
  AdminRespondToAuthChallengeCommand,
  AdminSetUserPasswordCommand,
  AdminUserGlobalSignOutCommand,
  ChangePasswordCommand,
  GetUserCommand,
  GlobalSignOutCommand,
  InitiateAuthCommand,
  RespondToAuthChallengeCommand,
  RevokeTokenCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import type { Json } from '../../../src/model';
import type { NewUser } from '../../../src/services/cognito/user-administration';
import {
  CLIENT_ID,
  CognitoHarness,
  HIDING_CLIENT_ID,
  OTHER_CLIENT_ID,
  PASSWORD,
  USER_POOL_ID,
} from '../../support/cognito-harness';

const NEW_PASSWORD = 'Another-horse-2';
const MINUTE = 60_000;

let harness: CognitoHarness;
afterEach(() => harness.stop());

interface Attempt {
  username?: string;
  password?: string;
  clientId?: string;
}

/** By authentication flow, a sign-in with a password. */
const flows: [string, (attempt?: Attempt) => Promise<Json>][] = [
  [
    'USER_PASSWORD_AUTH',
    async ({ username = 'jane', password = PASSWORD, clientId = CLIENT_ID } = {}) => ({
      ...(await harness.client.send(
        new InitiateAuthCommand({
          ClientId: clientId,
          AuthFlow: 'USER_PASSWORD_AUTH',
          AuthParameters: { USERNAME: username, PASSWORD: password },
        }),
      )),
    }),
  ],
  [
    'ADMIN_USER_PASSWORD_AUTH',
    async ({ username = 'jane', password = PASSWORD, clientId = CLIENT_ID } = {}) => ({
      ...(await harness.client.send(
        new AdminInitiateAuthCommand({
          UserPoolId: USER_POOL_ID,
          ClientId: clientId,
          AuthFlow: 'ADMIN_USER_PASSWORD_AUTH',
          AuthParameters: { USERNAME: username, PASSWORD: password },
        }),
      )),
    }),
  ],
];

/** By operation, a response to the challenge NEW_PASSWORD_REQUIRED. */
const answers: [string, (Session?: string, more?: Json) => Promise<Json>][] = [
  [
    'RespondToAuthChallenge',
    async (Session, more) => ({
      ...(await harness.client.send(
        new RespondToAuthChallengeCommand({
          ClientId: CLIENT_ID,
          ChallengeName: 'NEW_PASSWORD_REQUIRED',
          Session,
          ChallengeResponses: { USERNAME: 'jane', NEW_PASSWORD, ...more },
        }),
      )),
    }),
  ],
  [
    'AdminRespondToAuthChallenge',
    async (Session, more) => ({
      ...(await harness.client.send(
        new AdminRespondToAuthChallengeCommand({
          UserPoolId: USER_POOL_ID,
          ClientId: CLIENT_ID,
          ChallengeName: 'NEW_PASSWORD_REQUIRED',
          Session,
          ChallengeResponses: { USERNAME: 'jane', NEW_PASSWORD, ...more },
        }),
      )),
    }),
  ],
];

async function start(user: Partial<NewUser> = {}, properties: Json = {}, clientProperties: Json = {}) {
  harness = await CognitoHarness.start(properties, clientProperties);
  return harness.addUser(user);
}

const reset = () =>
  harness.client.send(new AdminResetUserPasswordCommand({ UserPoolId: USER_POOL_ID, Username: 'jane' }));

async function tokens(): Promise<{ AccessToken: string; RefreshToken: string }> {
  const { AuthenticationResult } = await harness.signIn();
  return AuthenticationResult as never;
}

const refresh = (REFRESH_TOKEN: string, ClientId = CLIENT_ID) =>
  harness.client.send(
    new InitiateAuthCommand({ ClientId, AuthFlow: 'REFRESH_TOKEN_AUTH', AuthParameters: { REFRESH_TOKEN } }),
  );

const getUser = (AccessToken: string) => harness.client.send(new GetUserCommand({ AccessToken }));

describe.each(flows)('a sign-in with %s', (_flow, signIn) => {
  test('returns tokens', async () => {
    await start();
    expect(await signIn()).toMatchObject({
      AuthenticationResult: {
        AccessToken: expect.any(String),
        IdToken: expect.any(String),
        RefreshToken: expect.any(String),
        TokenType: 'Bearer',
        ExpiresIn: 3600,
      },
    });
  });

  const incorrect = { name: 'NotAuthorizedException', message: 'Incorrect username or password.' };
  const mustReset = { name: 'PasswordResetRequiredException', message: 'Password reset required for the user' };
  const disabled = { name: 'NotAuthorizedException', message: 'User is disabled.' };
  test.each<[string, Partial<NewUser>, Attempt, Json]>([
    ['with a wrong password', {}, { password: 'Wrong-horse-3' }, incorrect],
    ['with a wrong temporary password', { status: 'FORCE_CHANGE_PASSWORD' }, { password: 'Wrong-horse-3' }, incorrect],
    ['for a user without a password', { password: undefined }, { password: 'undefined' }, incorrect],
    [
      'for an unknown user',
      {},
      { username: 'john' },
      { name: 'UserNotFoundException', message: 'User does not exist.' },
    ],
    [
      'for an unknown user if the app client prevents user existence errors',
      {},
      { username: 'john', clientId: HIDING_CLIENT_ID },
      incorrect,
    ],
    ['for a disabled user', { enabled: false }, {}, disabled],
    ['for a disabled user in RESET_REQUIRED', { enabled: false, status: 'RESET_REQUIRED' }, {}, disabled],
    ['for a user in RESET_REQUIRED', { status: 'RESET_REQUIRED' }, {}, mustReset],
    [
      'for a user in RESET_REQUIRED if the app client prevents user existence errors',
      { status: 'RESET_REQUIRED' },
      { clientId: HIDING_CLIENT_ID },
      mustReset,
    ],
    [
      'for a user in RESET_REQUIRED even with a wrong password (assumed)',
      { status: 'RESET_REQUIRED' },
      { password: 'wrong' },
      mustReset,
    ],
    ['for a user who is not confirmed', { status: 'UNCONFIRMED' }, {}, { name: 'UserNotConfirmedException' }],
    [
      'for a user who is not confirmed, with a wrong password',
      { status: 'UNCONFIRMED' },
      { password: 'wrong' },
      incorrect,
    ],
    ['without a password', {}, { password: '' }, { name: 'InvalidParameterException' }],
    ['without a user name', {}, { username: '' }, { name: 'InvalidParameterException' }],
    ['through an unknown app client', {}, { clientId: 'unknown' }, { name: 'ResourceNotFoundException' }],
  ])('is refused %s', async (_name, user, attempt, error) => {
    await start(user);
    await expect(signIn(attempt)).rejects.toMatchObject(error);
  });

  test('is refused after a reset until the user confirms the code', async () => {
    // GIVEN
    await start();
    await signIn();

    // WHEN
    await reset();

    // THEN
    await expect(signIn()).rejects.toMatchObject(mustReset);
    await harness.service.call('ConfirmForgotPassword', {
      ClientId: CLIENT_ID,
      Username: 'jane',
      ConfirmationCode: harness.lastCode,
      Password: NEW_PASSWORD,
    });
    await expect(signIn()).rejects.toMatchObject(incorrect);
    await expect(signIn({ password: NEW_PASSWORD })).resolves.toHaveProperty('AuthenticationResult.AccessToken');
  });

  test.each([[['ALLOW_REFRESH_TOKEN_AUTH']], [[]], [undefined]])(
    'is refused by an app client with ExplicitAuthFlows %j',
    async (ExplicitAuthFlows) => {
      await start({}, {}, { ExplicitAuthFlows });
      await expect(signIn()).rejects.toMatchObject({ name: 'InvalidParameterException' });
    },
  );

  test.each<[string, Json, Partial<NewUser>]>([
    ['the user pool requires MFA', { MfaConfiguration: 'ON' }, {}],
    ['the user has set up MFA', { MfaConfiguration: 'OPTIONAL' }, { mfa: ['SMS_MFA'] }],
  ])('is refused as not supported if %s', async (_name, properties, user) => {
    await start(user, properties);
    await expect(signIn()).rejects.toMatchObject({ name: 'InvalidAction' });
  });
});

describe('sign-in operations', () => {
  test.each([
    ['InitiateAuth', 'ADMIN_USER_PASSWORD_AUTH', 'InvalidParameterException'],
    ['AdminInitiateAuth', 'USER_PASSWORD_AUTH', 'InvalidParameterException'],
    ['InitiateAuth', 'USER_SRP_AUTH', 'InvalidAction'],
    ['AdminInitiateAuth', 'CUSTOM_AUTH', 'InvalidAction'],
  ])('%s refuses the authentication flow %s', async (operation, AuthFlow, name) => {
    await start();
    const AuthParameters = { USERNAME: 'jane', PASSWORD };
    const input = { UserPoolId: USER_POOL_ID, ClientId: CLIENT_ID, AuthFlow, AuthParameters };
    await expect(harness.service.call(operation, input)).rejects.toMatchObject({ name, status: 400 });
  });

  test('AdminInitiateAuth refuses an app client of another user pool', async () => {
    await start();
    const attempt = flows[1][1]({ clientId: OTHER_CLIENT_ID });
    await expect(attempt).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});

describe.each(answers)('%s with NEW_PASSWORD_REQUIRED', (_operation, answer) => {
  async function challenge(): Promise<string> {
    const { ChallengeName, Session } = await harness.signIn();
    expect(ChallengeName).toBe('NEW_PASSWORD_REQUIRED');
    return Session as string;
  }

  test('replaces the temporary password and signs the user in', async () => {
    await start({ status: 'FORCE_CHANGE_PASSWORD' });
    await expect(answer(await challenge())).resolves.toHaveProperty('AuthenticationResult.RefreshToken');
    expect(await harness.status()).toBe('CONFIRMED');
    await expect(harness.signIn(NEW_PASSWORD)).resolves.toHaveProperty('AuthenticationResult.AccessToken');
  });

  test('is refused if the password was reset after the challenge', async () => {
    // GIVEN
    await start({ status: 'FORCE_CHANGE_PASSWORD' });
    const session = await challenge();
    await harness.client.send(
      new AdminSetUserPasswordCommand({
        UserPoolId: USER_POOL_ID,
        Username: 'jane',
        Password: PASSWORD,
        Permanent: true,
      }),
    );

    // WHEN
    await reset();

    // THEN
    await expect(answer(session)).rejects.toMatchObject({ name: 'PasswordResetRequiredException' });
    expect(await harness.status()).toBe('RESET_REQUIRED');
  });

  test('is refused with the session of an earlier challenge', async () => {
    await start({ status: 'FORCE_CHANGE_PASSWORD' });
    const session = await challenge();
    await answer(session);
    await harness.client.send(
      new AdminSetUserPasswordCommand({ UserPoolId: USER_POOL_ID, Username: 'jane', Password: PASSWORD }),
    );
    await expect(answer(session)).rejects.toMatchObject({ name: 'NotAuthorizedException' });
  });

  test('is refused if the user was disabled after the challenge', async () => {
    await start({ status: 'FORCE_CHANGE_PASSWORD' });
    const session = await challenge();
    await harness.client.send(new AdminDisableUserCommand({ UserPoolId: USER_POOL_ID, Username: 'jane' }));
    await expect(answer(session)).rejects.toMatchObject({ message: 'User is disabled.' });
  });

  test('is refused if a permanent password was set after the challenge', async () => {
    await start({ status: 'FORCE_CHANGE_PASSWORD' });
    const session = await challenge();
    await harness.client.send(
      new AdminSetUserPasswordCommand({
        UserPoolId: USER_POOL_ID,
        Username: 'jane',
        Password: PASSWORD,
        Permanent: true,
      }),
    );
    await expect(answer(session)).rejects.toMatchObject({ name: 'NotAuthorizedException' });
  });

  test.each<[string, (session: string) => Promise<Json>, string]>([
    ['with an invented session', () => answer('a'.repeat(20)), 'NotAuthorizedException'],
    ['without a session', () => answer(undefined), 'NotAuthorizedException'],
    ['for another user', (session) => answer(session, { USERNAME: 'john' }), 'NotAuthorizedException'],
    ['without a user name', (session) => answer(session, { USERNAME: '' }), 'InvalidParameterException'],
    ['without a password', (session) => answer(session, { NEW_PASSWORD: '' }), 'InvalidParameterException'],
    ['with a weak password', (session) => answer(session, { NEW_PASSWORD: 'weak' }), 'InvalidPasswordException'],
    ['a second time', (session) => answer(session).then(() => answer(session)), 'NotAuthorizedException'],
  ])('is refused %s', async (_name, attempt, name) => {
    await start({ status: 'FORCE_CHANGE_PASSWORD' });
    await harness.addUser({ username: 'john', status: 'FORCE_CHANGE_PASSWORD' });
    await expect(attempt(await challenge())).rejects.toMatchObject({ name });
  });

  test.each([
    [3 * MINUTE - 1, undefined, true],
    [3 * MINUTE, undefined, false],
    [15 * MINUTE - 1, 15, true],
    [15 * MINUTE, 15, false],
  ])(
    'is accepted only within AuthSessionValidity, 3 minutes by default (after %d ms, validity %s, accepted: %s)',
    async (later, AuthSessionValidity, accepted) => {
      await start({ status: 'FORCE_CHANGE_PASSWORD' }, {}, { AuthSessionValidity });
      const session = await challenge();
      harness.time += later;
      if (accepted) await expect(answer(session)).resolves.toBeDefined();
      else await expect(answer(session)).rejects.toMatchObject({ name: 'NotAuthorizedException' });
    },
  );
});

describe('a session', () => {
  test('can be refreshed', async () => {
    await start();
    const { RefreshToken } = await tokens();
    const { AuthenticationResult } = await refresh(RefreshToken);
    expect(AuthenticationResult).toMatchObject({ AccessToken: expect.any(String), ExpiresIn: 3600 });
    expect(AuthenticationResult?.RefreshToken).toBeUndefined();
    await expect(getUser(AuthenticationResult?.AccessToken as string)).resolves.toMatchObject({ Username: 'jane' });
  });

  test('stays valid after a reset (assumed), but the user cannot change the password without a code', async () => {
    await start();
    const { AccessToken, RefreshToken } = await tokens();
    await reset();
    await expect(getUser(AccessToken)).resolves.toBeDefined();
    await expect(refresh(RefreshToken)).resolves.toBeDefined();
    await expect(
      harness.client.send(
        new ChangePasswordCommand({ AccessToken, PreviousPassword: PASSWORD, ProposedPassword: NEW_PASSWORD }),
      ),
    ).rejects.toMatchObject({ name: 'PasswordResetRequiredException' });
  });

  const admin = { UserPoolId: USER_POOL_ID, Username: 'jane' };
  const revoked = 'Access Token has been revoked';
  test.each<[string, (tokens: { AccessToken: string; RefreshToken: string }) => Promise<unknown>, string, string]>([
    [
      'AdminUserGlobalSignOut',
      () => harness.client.send(new AdminUserGlobalSignOutCommand(admin)),
      revoked,
      'Refresh Token has been revoked',
    ],
    [
      'GlobalSignOut',
      ({ AccessToken }) => harness.client.send(new GlobalSignOutCommand({ AccessToken })),
      revoked,
      'Refresh Token has been revoked',
    ],
    [
      'RevokeToken',
      ({ RefreshToken }) => harness.client.send(new RevokeTokenCommand({ ClientId: CLIENT_ID, Token: RefreshToken })),
      revoked,
      'Refresh Token has been revoked',
    ],
    [
      'AdminDisableUser',
      () => harness.client.send(new AdminDisableUserCommand(admin)),
      revoked,
      'Refresh Token has been revoked',
    ],
    [
      'AdminDeleteUser',
      () => harness.client.send(new AdminDeleteUserCommand(admin)),
      revoked,
      'Refresh Token has been revoked',
    ],
  ])('is ended by %s', async (_name, end, accessMessage, refreshMessage) => {
    // GIVEN
    await start();
    const session = await tokens();
    const { AuthenticationResult } = await refresh(session.RefreshToken);

    // WHEN
    await end(session);

    // THEN
    const refused = { name: 'NotAuthorizedException', message: accessMessage };
    await expect(getUser(session.AccessToken)).rejects.toMatchObject(refused);
    await expect(getUser(AuthenticationResult?.AccessToken as string)).rejects.toMatchObject(refused);
    await expect(harness.client.send(new GlobalSignOutCommand(session))).rejects.toMatchObject(refused);
    await expect(
      harness.client.send(
        new ChangePasswordCommand({ ...session, PreviousPassword: PASSWORD, ProposedPassword: NEW_PASSWORD }),
      ),
    ).rejects.toMatchObject(refused);
    await expect(refresh(session.RefreshToken)).rejects.toMatchObject({ ...refused, message: refreshMessage });
  });

  test('is not ended by the sign-out of another user or by an earlier sign-out', async () => {
    // GIVEN
    await start();
    await harness.addUser({ username: 'john', attributes: {} });
    const others = (await harness.signIn(PASSWORD, 'john')).AuthenticationResult?.AccessToken as string;
    await tokens();

    // WHEN
    await harness.client.send(new AdminUserGlobalSignOutCommand(admin));

    // THEN
    await expect(getUser(others)).resolves.toBeDefined();
    await expect(getUser((await tokens()).AccessToken)).resolves.toBeDefined();
  });

  test('stays ended if the user is enabled again', async () => {
    await start();
    const { AccessToken } = await tokens();
    await harness.client.send(new AdminDisableUserCommand(admin));
    await harness.client.send(new AdminEnableUserCommand(admin));
    await expect(getUser(AccessToken)).rejects.toMatchObject({ message: revoked });
    await expect(harness.signIn()).resolves.toBeDefined();
  });

  test('cannot be ended for an unknown user', async () => {
    await start();
    const signOut = new AdminUserGlobalSignOutCommand({ UserPoolId: USER_POOL_ID, Username: 'john' });
    await expect(harness.client.send(signOut)).rejects.toMatchObject({ name: 'UserNotFoundException' });
  });

  test.each<[string, Json, number, number]>([
    ['an hour, and its refresh token 30 days, by default', {}, 60 * MINUTE, 30 * 24 * 60 * MINUTE],
    [
      'as long as the app client specifies',
      {
        AccessTokenValidity: 5,
        RefreshTokenValidity: 2,
        TokenValidityUnits: { AccessToken: 'minutes', RefreshToken: 'hours' },
      },
      5 * MINUTE,
      120 * MINUTE,
    ],
  ])('lasts %s', async (_name, clientProperties, access, refreshing) => {
    await start({}, {}, clientProperties);
    const signedIn = harness.time;
    const { AccessToken, RefreshToken } = await tokens();
    harness.time = signedIn + access - 1;
    await expect(getUser(AccessToken)).resolves.toBeDefined();
    harness.time = signedIn + access;
    await expect(getUser(AccessToken)).rejects.toMatchObject({ message: 'Access Token has expired' });
    harness.time = signedIn + refreshing - 1;
    await expect(refresh(RefreshToken)).resolves.toBeDefined();
    harness.time = signedIn + refreshing;
    await expect(refresh(RefreshToken)).rejects.toMatchObject({ message: 'Refresh Token has expired' });
  });

  test('cannot be refreshed through an app client that does not allow it', async () => {
    await start({}, {}, { ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH'] });
    const { RefreshToken } = await tokens();
    await expect(refresh(RefreshToken)).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });

  test('cannot be ended through another app client', async () => {
    await start();
    const { AccessToken, RefreshToken } = await tokens();
    await harness.client.send(new RevokeTokenCommand({ ClientId: HIDING_CLIENT_ID, Token: RefreshToken }));
    await expect(getUser(AccessToken)).resolves.toBeDefined();
  });

  test('cannot be used with a forged access token', async () => {
    await start();
    const { AccessToken } = await tokens();
    const [header, payload] = AccessToken.split('.');
    const refused = { name: 'NotAuthorizedException', message: 'Invalid Access Token' };
    await expect(getUser(`${header}.${payload}.AAAA`)).rejects.toMatchObject(refused);
  });

  test('can be refreshed only through its own app client', async () => {
    await start();
    const { RefreshToken } = await tokens();
    const refused = { name: 'NotAuthorizedException', message: 'Invalid Refresh Token' };
    await expect(refresh(RefreshToken, HIDING_CLIENT_ID)).rejects.toMatchObject(refused);
    await expect(refresh('forged')).rejects.toMatchObject(refused);
  });
});

describe('ChangePassword', () => {
  const change = async (PreviousPassword: string, ProposedPassword: string) => {
    const { AccessToken } = await tokens();
    return harness.client.send(new ChangePasswordCommand({ AccessToken, PreviousPassword, ProposedPassword }));
  };

  test('requires the old password and a new password that meets the policy', async () => {
    await start();
    await expect(change('Wrong-horse-3', NEW_PASSWORD)).rejects.toMatchObject({ name: 'NotAuthorizedException' });
    await expect(change(PASSWORD, 'weak-password')).rejects.toMatchObject({ name: 'InvalidPasswordException' });
    await change(PASSWORD, NEW_PASSWORD);
    await expect(harness.signIn(NEW_PASSWORD)).resolves.toBeDefined();
    await expect(harness.signIn(PASSWORD)).rejects.toMatchObject({ name: 'NotAuthorizedException' });
  });
});
