import type { Json } from '../../model';
import { incorrectUsernameOrPasswordError, passwordResetRequiredError } from './cognito-errors';
import type { CognitoLocal } from './cognito-local';
import type { IndexedUserPool } from './indexed-user-pool';
import type { IssuedTokens } from './issued-tokens';
import { validatePassword } from './password-policy';
import type { PoolUser } from './pool-user';

/** The operations that users call with the tokens of their sign-in. */
export class SignedInUserOperations {
  readonly #cognitoLocal: CognitoLocal;
  readonly #issuedTokens: IssuedTokens;

  constructor(cognitoLocal: CognitoLocal, issuedTokens: IssuedTokens) {
    this.#cognitoLocal = cognitoLocal;
    this.#issuedTokens = issuedTokens;
  }

  async getUser(input: { AccessToken: string }): Promise<Json> {
    this.#signedInUser(input.AccessToken);
    return this.#cognitoLocal.call('GetUser', input);
  }

  /** A user in RESET_REQUIRED needs a code to set a new password; the old password does not suffice. */
  async changePassword(input: {
    AccessToken: string;
    PreviousPassword?: string;
    ProposedPassword: string;
  }): Promise<Json> {
    const { pool, user } = this.#signedInUser(input.AccessToken);
    if (user.UserStatus === 'RESET_REQUIRED') throw passwordResetRequiredError();
    if (input.PreviousPassword !== user.Password) throw incorrectUsernameOrPasswordError();
    validatePassword(pool.passwordPolicy, input.ProposedPassword);
    return this.#cognitoLocal.call('ChangePassword', input);
  }

  async globalSignOut(input: { AccessToken: string }): Promise<Json> {
    const { sub } = this.#issuedTokens.sessionOfAccessToken(input.AccessToken);
    this.#issuedTokens.revokeUser(sub);
    return {};
  }

  async revokeToken(input: { ClientId: string; Token: string }): Promise<Json> {
    this.#cognitoLocal.client(input.ClientId);
    this.#issuedTokens.revokeRefreshToken(input.Token, input.ClientId);
    return {};
  }

  #signedInUser(accessToken: string): { pool: IndexedUserPool; user: PoolUser } {
    const session = this.#issuedTokens.sessionOfAccessToken(accessToken);
    const pool = this.#cognitoLocal.pool(session.userPoolId);
    return { pool, user: pool.existingUser(session.sub) };
  }
}
