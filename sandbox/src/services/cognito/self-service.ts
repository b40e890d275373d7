import type { Json } from '../../model';
import type { Backend } from './backend';
import { incorrectPassword, passwordResetRequired } from './errors';
import { checkPassword } from './password-policy';
import type { PoolUser } from './pool-user';
import type { Sessions } from './sessions';
import type { IndexedUserPool } from './user-store';

/** What users do for themselves with the tokens of a sign-in. */
export class SelfService {
  readonly #backend: Backend;
  readonly #sessions: Sessions;

  constructor(backend: Backend, sessions: Sessions) {
    this.#backend = backend;
    this.#sessions = sessions;
  }

  async getUser(input: { AccessToken: string }): Promise<Json> {
    this.#signedIn(input.AccessToken);
    return this.#backend.route('GetUser', input);
  }

  /** A user who must reset the password gets past that with a code only, not by knowing the old one. */
  async changePassword(input: {
    AccessToken: string;
    PreviousPassword?: string;
    ProposedPassword: string;
  }): Promise<Json> {
    const { pool, user } = this.#signedIn(input.AccessToken);
    if (user.UserStatus === 'RESET_REQUIRED') throw passwordResetRequired();
    if (input.PreviousPassword !== user.Password) throw incorrectPassword();
    checkPassword(pool.passwordPolicy, input.ProposedPassword);
    return this.#backend.route('ChangePassword', input);
  }

  async globalSignOut(input: { AccessToken: string }): Promise<Json> {
    const { sub } = this.#sessions.authorize(input.AccessToken);
    this.#sessions.revokeUser(sub);
    return {};
  }

  async revokeToken(input: { ClientId: string; Token: string }): Promise<Json> {
    this.#backend.client(input.ClientId);
    this.#sessions.revokeRefreshToken(input.Token, input.ClientId);
    return {};
  }

  #signedIn(accessToken: string): { pool: IndexedUserPool; user: PoolUser } {
    const session = this.#sessions.authorize(accessToken);
    const pool = this.#backend.pool(session.userPoolId);
    return { pool, user: pool.existing(session.sub) };
  }
}
