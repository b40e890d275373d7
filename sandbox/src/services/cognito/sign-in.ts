import { randomUUID } from 'node:crypto';
import type { Tokens } from 'cognito-local/lib/services/tokenGenerator';
import { attributesToRecord } from 'cognito-local/lib/services/userPoolService';
import type { Json } from '../../model';
import type { UserPoolClient } from './app-client';
import { refusesBeforePassword, STATUSES_THAT_REFRESH } from './assumptions';
import type { Backend } from './backend';
import {
  incorrectPassword,
  invalidParameter,
  notAuthorized,
  notOffered,
  passwordResetRequired,
  unknownClient,
  userDisabled,
  userNotConfirmed,
  userNotFound,
} from './errors';
import { checkPassword } from './password-policy';
import { attributeOf, type PoolUser } from './pool-user';
import type { Session, Sessions } from './sessions';

interface AuthInput {
  readonly ClientId: string;
  readonly AuthFlow: string;
  readonly AuthParameters?: Readonly<Record<string, string>>;
}

interface ChallengeInput {
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

/** Signing in: with a password, with a refresh token, and by answering the challenge to set a new password. */
export class SignIn {
  readonly #backend: Backend;
  readonly #sessions: Sessions;
  readonly #challenges = new Map<string, Challenge>();

  constructor(backend: Backend, sessions: Sessions) {
    this.#backend = backend;
    this.#sessions = sessions;
  }

  async initiateAuth(input: AuthInput): Promise<Json> {
    return this.#start(this.#backend.client(input.ClientId), input, {
      flow: 'USER_PASSWORD_AUTH',
      enabledBy: ['ALLOW_USER_PASSWORD_AUTH', 'USER_PASSWORD_AUTH'],
      other: 'ADMIN_USER_PASSWORD_AUTH',
    });
  }

  async adminInitiateAuth(input: AuthInput & { UserPoolId: string }): Promise<Json> {
    return this.#start(this.#clientOf(input), input, {
      flow: 'ADMIN_USER_PASSWORD_AUTH',
      enabledBy: ['ALLOW_ADMIN_USER_PASSWORD_AUTH', 'ADMIN_NO_SRP_AUTH'],
      other: 'USER_PASSWORD_AUTH',
    });
  }

  async respondToAuthChallenge(input: ChallengeInput): Promise<Json> {
    return this.#answer(this.#backend.client(input.ClientId), input);
  }

  async adminRespondToAuthChallenge(input: ChallengeInput & { UserPoolId: string }): Promise<Json> {
    return this.#answer(this.#clientOf(input), input);
  }

  /** IAM let the caller act on one pool, so that the client must be of that pool. */
  #clientOf(input: { ClientId: string; UserPoolId: string }): UserPoolClient {
    const pool = this.#backend.pool(input.UserPoolId);
    const client = this.#backend.client(input.ClientId);
    if (client.pool !== pool) throw unknownClient(input.ClientId);
    return client;
  }

  async #start(
    client: UserPoolClient,
    { AuthFlow, AuthParameters = {} }: AuthInput,
    password: { flow: string; enabledBy: readonly string[]; other: string },
  ): Promise<Json> {
    if (AuthFlow === 'REFRESH_TOKEN_AUTH' || AuthFlow === 'REFRESH_TOKEN') {
      return this.#refresh(client, required(AuthParameters, 'REFRESH_TOKEN'));
    }
    if (AuthFlow === password.other) throw invalidParameter('Initiate Auth method not supported.');
    if (AuthFlow !== password.flow) throw notOffered('this authentication flow');
    if (!client.allows(...password.enabledBy)) {
      throw invalidParameter(`${password.flow} flow not enabled for this client`);
    }
    const user = this.#checkPassword(
      client,
      required(AuthParameters, 'USERNAME'),
      required(AuthParameters, 'PASSWORD'),
    );
    if (user.UserStatus === 'FORCE_CHANGE_PASSWORD') return this.#challenge(client, user);
    checkNoMfa(client, user);
    return this.#signIn(client, user);
  }

  #checkPassword(client: UserPoolClient, username: string, password: string): PoolUser {
    const user = client.pool.find(username);
    if (user === undefined) throw client.hidesUsers ? incorrectPassword() : userNotFound();
    if (!user.Enabled) throw userDisabled();
    if (refusesBeforePassword(user.UserStatus)) throw passwordResetRequired();
    if (user.Password !== password) throw incorrectPassword();
    if (user.UserStatus === 'UNCONFIRMED') throw userNotConfirmed();
    return user;
  }

  #challenge(client: UserPoolClient, user: PoolUser): Json {
    const Session = randomUUID();
    const expiresAt = this.#backend.now().getTime() + client.challengeLifetime;
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

  async #answer(client: UserPoolClient, input: ChallengeInput): Promise<Json> {
    if (input.ChallengeName !== 'NEW_PASSWORD_REQUIRED') throw notOffered('this challenge');
    const responses = input.ChallengeResponses ?? {};
    const username = required(responses, 'USERNAME');
    const password = required(responses, 'NEW_PASSWORD');
    const challenge = this.#challenges.get(input.Session ?? '');
    const user = client.pool.find(username);
    const valid = challenge?.client === client && challenge.expiresAt > this.#backend.now().getTime();
    if (!valid || user === undefined || challenge.username !== user.Username) throw invalidSession();
    // The user may have been disabled, or reset, since the challenge was issued.
    if (!user.Enabled) throw userDisabled();
    if (user.UserStatus === 'RESET_REQUIRED') throw passwordResetRequired();
    if (user.UserStatus !== 'FORCE_CHANGE_PASSWORD') throw invalidSession();
    checkPassword(client.pool.passwordPolicy, password);
    checkNoMfa(client, user);
    this.#challenges.delete(input.Session ?? '');
    await client.pool.update(user.Username, { Password: password, UserStatus: 'CONFIRMED' });
    return this.#signIn(client, user);
  }

  async #signIn(client: UserPoolClient, user: PoolUser): Promise<Json> {
    const tokens = await this.#backend.tokens(client, user, 'Authentication');
    const session = {
      userPoolId: client.pool.definition.userPoolId,
      clientId: client.clientId,
      sub: attributeOf(user, 'sub') as string,
      refreshToken: tokens.RefreshToken,
      expiresAt: this.#backend.now().getTime() + client.lifetime('RefreshToken'),
    };
    this.#sessions.open(session);
    return { ChallengeParameters: {}, AuthenticationResult: this.#result(client, session, tokens) };
  }

  async #refresh(client: UserPoolClient, refreshToken: string): Promise<Json> {
    if (!client.allows('ALLOW_REFRESH_TOKEN_AUTH')) throw invalidParameter('Auth flow not enabled for this client');
    const session = this.#sessions.refresh(refreshToken, client.clientId);
    const user = client.pool.existing(session.sub);
    if (!STATUSES_THAT_REFRESH.has(user.UserStatus)) throw notAuthorized('Refresh Token has been revoked');
    const { RefreshToken: _, ...tokens } = await this.#backend.tokens(client, user, 'RefreshTokens');
    return { ChallengeParameters: {}, AuthenticationResult: this.#result(client, session, tokens) };
  }

  #result(client: UserPoolClient, session: Session, tokens: Omit<Tokens, 'RefreshToken'>): Json {
    const expiresAt = this.#backend.now().getTime() + client.lifetime('AccessToken');
    this.#sessions.addAccessToken(tokens.AccessToken, { session, expiresAt });
    return { ...tokens, TokenType: 'Bearer', ExpiresIn: client.lifetime('AccessToken') / 1000 };
  }
}

function required(parameters: Readonly<Record<string, string>>, name: string): string {
  if (!parameters[name]) throw invalidParameter(`Missing required parameter ${name}`);
  return parameters[name];
}

function invalidSession() {
  return notAuthorized('Invalid session for the user, session is expired.');
}

/** Nobody may get past a second factor that the sandbox cannot ask for. */
function checkNoMfa({ pool }: UserPoolClient, user: PoolUser): void {
  const { MfaConfiguration = 'OFF' } = pool.definition.properties;
  const active = (user.UserMFASettingList ?? []).length > 0;
  if (MfaConfiguration === 'ON' || (MfaConfiguration === 'OPTIONAL' && active)) throw notOffered('MFA challenges');
}
