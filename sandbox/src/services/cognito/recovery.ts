import { type Json, ServiceError } from '../../model';
import type { UserPoolClient } from './app-client';
import { changeAfterSending, checkCodeThenPassword, STATUSES_THAT_CANNOT_BE_RESET } from './assumptions';
import { type Backend, newCode } from './backend';
import { notAuthorized, userDisabled, userNotFound } from './errors';
import type { Messages } from './messages';
import { checkPassword } from './password-policy';
import type { PoolUser } from './pool-user';
import { findRecoveryContact, masked, recoveryContact, simulated } from './recovery-contact';
import type { IndexedUserPool } from './user-store';

const CODE_LIFETIME_MS = 3_600_000;

/** How users get back into their accounts: resets by an administrator, and by themselves. */
export class Recovery {
  readonly #backend: Backend;
  readonly #messages: Messages;

  constructor(backend: Backend, messages: Messages) {
    this.#backend = backend;
    this.#messages = messages;
  }

  async adminResetUserPassword(input: {
    UserPoolId: string;
    Username: string;
    ClientMetadata?: Record<string, string>;
  }): Promise<Json> {
    const pool = this.#backend.pool(input.UserPoolId);
    const user = pool.find(input.Username);
    const { ClientMetadata: clientMetadata } = input;
    await this.#sendCode(pool, user, { clientMetadata, changes: { UserStatus: 'RESET_REQUIRED' } });
    return {};
  }

  async forgotPassword(input: {
    ClientId: string;
    Username: string;
    ClientMetadata?: Record<string, string>;
  }): Promise<Json> {
    const { pool, hidesUsers, clientId } = this.#backend.client(input.ClientId);
    const { properties } = pool.definition;
    const user = pool.find(input.Username);
    const reachable = user?.Enabled === true && findRecoveryContact(properties, user) !== undefined;
    if (hidesUsers && !reachable) return { CodeDeliveryDetails: simulated(properties) };
    const { ClientMetadata: clientMetadata } = input;
    return { CodeDeliveryDetails: await this.#sendCode(pool, user, { clientId, clientMetadata, changes: {} }) };
  }

  async confirmForgotPassword(input: {
    ClientId: string;
    Username: string;
    ConfirmationCode: string;
    Password: string;
  }): Promise<Json> {
    const client = this.#backend.client(input.ClientId);
    const user = knownUser(client, input.Username);
    checkCodeThenPassword(
      () => this.#checkCode(user, input.ConfirmationCode),
      () => checkPassword(client.pool.passwordPolicy, input.Password),
    );
    const { Password } = input;
    await client.pool.update(user.Username, { Password, UserStatus: 'CONFIRMED', ResetCode: undefined });
    return {};
  }

  /** Sends a fresh code, which replaces any earlier one, and tells where it went. */
  async #sendCode(
    pool: IndexedUserPool,
    user: PoolUser | undefined,
    request: { clientId?: string; clientMetadata?: Record<string, string>; changes: Partial<PoolUser> },
  ): Promise<Json> {
    if (user === undefined) throw userNotFound();
    if (!user.Enabled) throw userDisabled();
    if (STATUSES_THAT_CANNOT_BE_RESET.has(user.UserStatus)) {
      throw notAuthorized('User password cannot be reset in the current state.');
    }
    const to = recoveryContact(pool.definition.properties, user);
    const { changes, ...caller } = request;
    const code = newCode();
    const expiresAt = this.#backend.now().getTime() + CODE_LIFETIME_MS;
    await changeAfterSending(
      () => this.#messages.send({ source: 'ForgotPassword', pool: pool.definition, user, to, code, ...caller }),
      () => pool.update(user.Username, { ...changes, ResetCode: { value: code, expiresAt } }),
    );
    return masked(to);
  }

  #checkCode({ ResetCode }: PoolUser, code: string): void {
    if (ResetCode === undefined || ResetCode.expiresAt <= this.#backend.now().getTime()) {
      throw new ServiceError('ExpiredCodeException', 'Invalid code provided, please request a code again.');
    }
    if (ResetCode.value !== code) throw codeMismatch();
  }
}

/** @see https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pool-managing-errors.html */
function knownUser({ pool, hidesUsers }: UserPoolClient, username: string): PoolUser {
  const user = pool.find(username);
  if (hidesUsers && user?.Enabled !== true) throw codeMismatch();
  if (user === undefined) throw userNotFound();
  if (!user.Enabled) throw userDisabled();
  return user;
}

function codeMismatch(): ServiceError {
  return new ServiceError('CodeMismatchException', 'Invalid verification code provided, please try again.');
}
