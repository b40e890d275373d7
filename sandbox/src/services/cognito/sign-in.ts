import { randomUUID } from 'node:crypto';
import type { Tokens } from 'cognito-local/lib/services/tokenGenerator';
import { attributesToRecord } from 'cognito-local/lib/services/userPoolService';
import type { Json } from '../../model';
import { requiresResetBeforePasswordCheck, STATUSES_THAT_CAN_REFRESH } from './assumptions';
import {
  incorrectUsernameOrPasswordError,
  invalidParameterError,
  notAuthorizedError,
  notSupportedError,
  passwordResetRequiredError,
  userDisabledError,
  userNotConfirmedError,
  userNotFoundError,
  userPoolClientNotFoundError,
} from './cognito-errors';
import type { CognitoLocal } from './cognito-local';
import type { IssuedTokens, TokenSession } from './issued-tokens';
import { validatePassword } from './password-policy';
import { attributeOf, type PoolUser } from './pool-user';
import type { UserPoolClient } from './user-pool-client';

interface InitiateAuthInput {
  readonly ClientId: string;
  readonly AuthFlow: string;
  readonly AuthParameters?: Readonly<Record<string, string>>;
}

interface RespondToAuthChallengeInput {
  readonly ClientId: string;
  readonly ChallengeName: string;
  readonly Session?: string;
  readonly ChallengeResponses?: Readonly<Record<string, string>>;
}

interface Challenge {
  readonly username: string;
  readonly client: UserPoolClient;
  readonly expiresAt: number;
}

/** Sign-in with a password, with a refresh token, and with the challenge NEW_PASSWORD_REQUIRED. */
export class SignIn {
  readonly #cognitoLocal: CognitoLocal;
  readonly #issuedTokens: IssuedTokens;
  readonly #challenges = new Map<string, Challenge>();

  constructor(cognitoLocal: CognitoLocal, issuedTokens: IssuedTokens) {
    this.#cognitoLocal = cognitoLocal;
    this.#issuedTokens = issuedTokens;
  }

  async initiateAuth(input: InitiateAuthInput): Promise<Json> {
    return this.#initiateAuth(this.#cognitoLocal.client(input.ClientId), input, {
      flow: 'USER_PASSWORD_AUTH',
      enabledBy: ['ALLOW_USER_PASSWORD_AUTH', 'USER_PASSWORD_AUTH'],
      other: 'ADMIN_USER_PASSWORD_AUTH',
    });
  }

  async adminInitiateAuth(input: InitiateAuthInput & { UserPoolId: string }): Promise<Json> {
    return this.#initiateAuth(this.#clientOf(input), input, {
      flow: 'ADMIN_USER_PASSWORD_AUTH',
      enabledBy: ['ALLOW_ADMIN_USER_PASSWORD_AUTH', 'ADMIN_NO_SRP_AUTH'],
      other: 'USER_PASSWORD_AUTH',
    });
  }

  async respondToAuthChallenge(input: RespondToAuthChallengeInput): Promise<Json> {
    return this.#respondToChallenge(this.#cognitoLocal.client(input.ClientId), input);
  }

  async adminRespondToAuthChallenge(input: RespondToAuthChallengeInput & { UserPoolId: string }): Promise<Json> {
    return this.#respondToChallenge(this.#clientOf(input), input);
  }

  /** IAM authorized the caller for one user pool, so the app client must belong to that pool. */
  #clientOf(input: { ClientId: string; UserPoolId: string }): UserPoolClient {
    const pool = this.#cognitoLocal.pool(input.UserPoolId);
    const client = this.#cognitoLocal.client(input.ClientId);
    if (client.pool !== pool) throw userPoolClientNotFoundError(input.ClientId);
    return client;
  }

  async #initiateAuth(
    client: UserPoolClient,
    { AuthFlow, AuthParameters = {} }: InitiateAuthInput,
    password: { flow: string; enabledBy: readonly string[]; other: string },
  ): Promise<Json> {
    if (AuthFlow === 'REFRESH_TOKEN_AUTH' || AuthFlow === 'REFRESH_TOKEN') {
      return this.#refreshTokens(client, requiredParameter(AuthParameters, 'REFRESH_TOKEN'));
    }
    if (AuthFlow === password.other) throw invalidParameterError('Initiate Auth method not supported.');
    if (AuthFlow !== password.flow) throw notSupportedError('this authentication flow');
    if (!client.allowsAuthFlow(...password.enabledBy)) {
      throw invalidParameterError(`${password.flow} flow not enabled for this client`);
    }
    const user = this.#authenticate(
      client,
      requiredParameter(AuthParameters, 'USERNAME'),
      requiredParameter(AuthParameters, 'PASSWORD'),
    );
    if (user.UserStatus === 'FORCE_CHANGE_PASSWORD') return this.#newPasswordChallenge(client, user);
    validateNoMfa(client, user);
    return this.#openSession(client, user);
  }

  #authenticate(client: UserPoolClient, username: string, password: string): PoolUser {
    const user = client.pool.findUser(username);
    if (user === undefined)
      throw client.preventsUserExistenceErrors ? incorrectUsernameOrPasswordError() : userNotFoundError();
    if (!user.Enabled) throw userDisabledError();
    if (requiresResetBeforePasswordCheck(user.UserStatus)) throw passwordResetRequiredError();
    if (user.Password !== password) throw incorrectUsernameOrPasswordError();
    if (user.UserStatus === 'UNCONFIRMED') throw userNotConfirmedError();
    return user;
  }

  #newPasswordChallenge(client: UserPoolClient, user: PoolUser): Json {
    const Session = randomUUID();
    const expiresAt = this.#cognitoLocal.now().getTime() + client.authSessionLifetime;
    this.#challenges.set(Session, { username: user.Username, client, expiresAt });
    const { sub: _, ...userAttributes } = attributesToRecord(user.Attributes);
    return {
      ChallengeName: 'NEW_PASSWORD_REQUIRED',
      Session,
      ChallengeParameters: {
        USER_ID_FOR_SRP: user.Username,
        requiredAttributes: '[]',
        userAttributes: JSON.stringify(userAttributes),
      },
    };
  }

  async #respondToChallenge(client: UserPoolClient, input: RespondToAuthChallengeInput): Promise<Json> {
    if (input.ChallengeName !== 'NEW_PASSWORD_REQUIRED') throw notSupportedError('this challenge');
    const responses = input.ChallengeResponses ?? {};
    const username = requiredParameter(responses, 'USERNAME');
    const password = requiredParameter(responses, 'NEW_PASSWORD');
    const challenge = this.#challenges.get(input.Session ?? '');
    const user = client.pool.findUser(username);
    const valid = challenge?.client === client && challenge.expiresAt > this.#cognitoLocal.now().getTime();
    if (!valid || user === undefined || challenge.username !== user.Username) throw invalidSessionError();
    // The user may have been disabled or reset since the challenge was issued.
    if (!user.Enabled) throw userDisabledError();
    if (user.UserStatus === 'RESET_REQUIRED') throw passwordResetRequiredError();
    if (user.UserStatus !== 'FORCE_CHANGE_PASSWORD') throw invalidSessionError();
    validatePassword(client.pool.passwordPolicy, password);
    validateNoMfa(client, user);
    this.#challenges.delete(input.Session ?? '');
    await client.pool.updateUser(user.Username, { Password: password, UserStatus: 'CONFIRMED' });
    return this.#openSession(client, user);
  }

  async #openSession(client: UserPoolClient, user: PoolUser): Promise<Json> {
    const tokens = await this.#cognitoLocal.issueTokens(client, user, 'Authentication');
    const session = {
      userPoolId: client.pool.definition.userPoolId,
      clientId: client.clientId,
      sub: attributeOf(user, 'sub') as string,
      refreshToken: tokens.RefreshToken,
      expiresAt: this.#cognitoLocal.now().getTime() + client.tokenLifetime('RefreshToken'),
    };
    this.#issuedTokens.addSession(session);
    return { ChallengeParameters: {}, AuthenticationResult: this.#authenticationResult(client, session, tokens) };
  }

  async #refreshTokens(client: UserPoolClient, refreshToken: string): Promise<Json> {
    if (!client.allowsAuthFlow('ALLOW_REFRESH_TOKEN_AUTH'))
      throw invalidParameterError('Auth flow not enabled for this client');
    const session = this.#issuedTokens.sessionOfRefreshToken(refreshToken, client.clientId);
    const user = client.pool.existingUser(session.sub);
    if (!STATUSES_THAT_CAN_REFRESH.has(user.UserStatus)) throw notAuthorizedError('Refresh Token has been revoked');
    const { RefreshToken: _, ...tokens } = await this.#cognitoLocal.issueTokens(client, user, 'RefreshTokens');
    return { ChallengeParameters: {}, AuthenticationResult: this.#authenticationResult(client, session, tokens) };
  }

  #authenticationResult(client: UserPoolClient, session: TokenSession, tokens: Omit<Tokens, 'RefreshToken'>): Json {
    const expiresAt = this.#cognitoLocal.now().getTime() + client.tokenLifetime('AccessToken');
    this.#issuedTokens.addAccessToken(tokens.AccessToken, { session, expiresAt });
    return { ...tokens, TokenType: 'Bearer', ExpiresIn: client.tokenLifetime('AccessToken') / 1000 };
  }
}

function requiredParameter(parameters: Readonly<Record<string, string>>, name: string): string {
  if (!parameters[name]) throw invalidParameterError(`Missing required parameter ${name}`);
  return parameters[name];
}

function invalidSessionError() {
  return notAuthorizedError('Invalid session for the user, session is expired.');
}

/** The sandbox does not support MFA challenges, so it refuses a sign-in that requires one. */
function validateNoMfa({ pool }: UserPoolClient, user: PoolUser): void {
  const { MfaConfiguration = 'OFF' } = pool.definition.properties;
  const active = (user.UserMFASettingList ?? []).length > 0;
  if (MfaConfiguration === 'ON' || (MfaConfiguration === 'OPTIONAL' && active))
    throw notSupportedError('MFA challenges');
}
