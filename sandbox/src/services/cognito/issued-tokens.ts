import { notAuthorizedError } from './cognito-errors';

/** The session of one sign-in: a refresh token and the access tokens that were issued with it. */
export interface TokenSession {
  readonly userPoolId: string;
  readonly clientId: string;
  readonly sub: string;
  readonly refreshToken: string;
  readonly expiresAt: number;
}

interface AccessToken {
  readonly session: TokenSession;
  readonly expiresAt: number;
}

/**
 * All issued tokens. Only a token that is in here is valid, so a forged token is refused and each token can be revoked.
 */
export class IssuedTokens {
  readonly #now: () => Date;
  readonly #refreshTokens = new Map<string, TokenSession>();
  readonly #accessTokens = new Map<string, AccessToken>();
  readonly #sessionsBySub = new Map<string, Set<TokenSession>>();
  readonly #revokedSessions = new WeakSet<TokenSession>();

  constructor(now: () => Date) {
    this.#now = now;
  }

  addSession(session: TokenSession): void {
    this.#refreshTokens.set(session.refreshToken, session);
    const sessions = this.#sessionsBySub.get(session.sub) ?? new Set();
    this.#sessionsBySub.set(session.sub, sessions.add(session));
  }

  addAccessToken(token: string, accessToken: AccessToken): void {
    this.#accessTokens.set(token, accessToken);
  }

  /** The session of a valid refresh token. */
  sessionOfRefreshToken(refreshToken: string, clientId: string): TokenSession {
    const session = this.#refreshTokens.get(refreshToken);
    if (session === undefined || session.clientId !== clientId) throw notAuthorizedError('Invalid Refresh Token');
    if (this.#revokedSessions.has(session)) throw notAuthorizedError('Refresh Token has been revoked');
    if (session.expiresAt <= this.#now().getTime()) throw notAuthorizedError('Refresh Token has expired');
    return session;
  }

  /** The session of an access token that is valid for operations of Cognito. */
  sessionOfAccessToken(token: string): TokenSession {
    const accessToken = this.#accessTokens.get(token);
    if (accessToken === undefined) throw notAuthorizedError('Invalid Access Token');
    if (this.#revokedSessions.has(accessToken.session)) throw notAuthorizedError('Access Token has been revoked');
    if (accessToken.expiresAt <= this.#now().getTime()) throw notAuthorizedError('Access Token has expired');
    return accessToken.session;
  }

  revokeUser(sub: string): void {
    for (const session of this.#sessionsBySub.get(sub) ?? []) this.#revokedSessions.add(session);
  }

  revokeRefreshToken(refreshToken: string, clientId: string): void {
    const session = this.#refreshTokens.get(refreshToken);
    if (session?.clientId === clientId) this.#revokedSessions.add(session);
  }
}
