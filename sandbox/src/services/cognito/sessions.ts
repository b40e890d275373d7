import { notAuthorized } from './errors';

/** What a sign-in opened: one refresh token and the access tokens that were issued for it. */
export interface Session {
  readonly userPoolId: string;
  readonly clientId: string;
  readonly sub: string;
  readonly refreshToken: string;
  readonly expiresAt: number;
}

interface AccessToken {
  readonly session: Session;
  readonly expiresAt: number;
}

/** The tokens that were issued, by themselves, so that no forged one is taken and each can be revoked. */
export class Sessions {
  readonly #now: () => Date;
  readonly #refreshTokens = new Map<string, Session>();
  readonly #accessTokens = new Map<string, AccessToken>();
  readonly #ofUser = new Map<string, Set<Session>>();
  readonly #revoked = new WeakSet<Session>();

  constructor(now: () => Date) {
    this.#now = now;
  }

  open(session: Session): void {
    this.#refreshTokens.set(session.refreshToken, session);
    const sessions = this.#ofUser.get(session.sub) ?? new Set();
    this.#ofUser.set(session.sub, sessions.add(session));
  }

  addAccessToken(token: string, accessToken: AccessToken): void {
    this.#accessTokens.set(token, accessToken);
  }

  /** The session of a refresh token that may still be used. */
  refresh(refreshToken: string, clientId: string): Session {
    const session = this.#refreshTokens.get(refreshToken);
    if (session === undefined || session.clientId !== clientId) throw notAuthorized('Invalid Refresh Token');
    if (this.#revoked.has(session)) throw notAuthorized('Refresh Token has been revoked');
    if (session.expiresAt <= this.#now().getTime()) throw notAuthorized('Refresh Token has expired');
    return session;
  }

  /** The session of an access token that Cognito's own operations still take. */
  authorize(token: string): Session {
    const accessToken = this.#accessTokens.get(token);
    if (accessToken === undefined) throw notAuthorized('Invalid Access Token');
    if (this.#revoked.has(accessToken.session)) throw notAuthorized('Access Token has been revoked');
    if (accessToken.expiresAt <= this.#now().getTime()) throw notAuthorized('Access Token has expired');
    return accessToken.session;
  }

  revokeUser(sub: string): void {
    for (const session of this.#ofUser.get(sub) ?? []) this.#revoked.add(session);
  }

  revokeRefreshToken(refreshToken: string, clientId: string): void {
    const session = this.#refreshTokens.get(refreshToken);
    if (session?.clientId === clientId) this.#revoked.add(session);
  }
}
