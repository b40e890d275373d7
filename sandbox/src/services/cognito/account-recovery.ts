import { type Json, ServiceError } from '../../model';
import {
  STATUSES_THAT_CANNOT_BE_RESET,
  STATUSES_THAT_CANNOT_BE_RESET_WITH_CONTACT,
  sendThenChange,
  validateCodeThenPassword,
  validCode,
} from './assumptions';
import { userDisabledError, userNotFoundError, userStatusError } from './cognito-errors';
import { type CognitoLocal, generateConfirmationCode } from './cognito-local';
import type { IndexedUserPool } from './indexed-user-pool';
import type { MessageSender } from './message-sender';
import { validatePassword } from './password-policy';
import type { PoolUser } from './pool-user';
import {
  findRecoveryContact,
  maskedDeliveryDetails,
  recoveryContact,
  simulatedDeliveryDetails,
} from './recovery-contact';
import type { UserPoolClient } from './user-pool-client';

const CODE_LIFETIME_MS = 3_600_000;

/** Password resets by an administrator (AdminResetUserPassword) and by the user (ForgotPassword). */
export class AccountRecovery {
  readonly #cognitoLocal: CognitoLocal;
  readonly #messageSender: MessageSender;

  constructor(cognitoLocal: CognitoLocal, messageSender: MessageSender) {
    this.#cognitoLocal = cognitoLocal;
    this.#messageSender = messageSender;
  }

  async adminResetUserPassword(input: {
    UserPoolId: string;
    Username: string;
    ClientMetadata?: Record<string, string>;
  }): Promise<Json> {
    const pool = this.#cognitoLocal.pool(input.UserPoolId);
    const user = pool.findUser(input.Username);
    const { ClientMetadata: clientMetadata } = input;
    await this.#sendCode(pool, user, { clientMetadata, changes: { UserStatus: 'RESET_REQUIRED' } });
    return {};
  }

  async forgotPassword(input: {
    ClientId: string;
    Username: string;
    ClientMetadata?: Record<string, string>;
  }): Promise<Json> {
    const { pool, preventsUserExistenceErrors, clientId } = this.#cognitoLocal.client(input.ClientId);
    const { properties } = pool.definition;
    const user = pool.findUser(input.Username);
    const reachable = user?.Enabled === true && findRecoveryContact(properties, user) !== undefined;
    if (preventsUserExistenceErrors && !reachable) return { CodeDeliveryDetails: simulatedDeliveryDetails(properties) };
    const { ClientMetadata: clientMetadata } = input;
    return { CodeDeliveryDetails: await this.#sendCode(pool, user, { clientId, clientMetadata, changes: {} }) };
  }

  async confirmForgotPassword(input: {
    ClientId: string;
    Username: string;
    ConfirmationCode: string;
    Password: string;
  }): Promise<Json> {
    const client = this.#cognitoLocal.client(input.ClientId);
    const user = confirmingUser(client, input.Username);
    validateCodeThenPassword(
      () => this.#validateCode(user, input.ConfirmationCode),
      () => validatePassword(client.pool.passwordPolicy, input.Password),
    );
    const { Password } = input;
    await client.pool.updateUser(user.Username, { Password, UserStatus: 'CONFIRMED', ResetCode: undefined });
    return {};
  }

  /** Sends a new code. Returns the CodeDeliveryDetails. */
  async #sendCode(
    pool: IndexedUserPool,
    user: PoolUser | undefined,
    request: { clientId?: string; clientMetadata?: Record<string, string>; changes: Partial<PoolUser> },
  ): Promise<Json> {
    if (user === undefined) throw userNotFoundError();
    if (!user.Enabled) throw userDisabledError();
    if (STATUSES_THAT_CANNOT_BE_RESET.has(user.UserStatus)) throw userStatusError();
    const to = recoveryContact(pool.definition.properties, user);
    if (STATUSES_THAT_CANNOT_BE_RESET_WITH_CONTACT.has(user.UserStatus)) throw userStatusError();
    const { changes, ...caller } = request;
    const code = generateConfirmationCode();
    const latest = { value: code, expiresAt: this.#cognitoLocal.now().getTime() + CODE_LIFETIME_MS };
    const ResetCode = validCode({ earlier: user.ResetCode, latest });
    await sendThenChange(
      () => this.#messageSender.send({ source: 'ForgotPassword', pool: pool.definition, user, to, code, ...caller }),
      () => pool.updateUser(user.Username, { ...changes, ResetCode }),
    );
    return maskedDeliveryDetails(to);
  }

  #validateCode({ ResetCode }: PoolUser, code: string): void {
    if (ResetCode === undefined || ResetCode.expiresAt <= this.#cognitoLocal.now().getTime()) {
      throw new ServiceError('ExpiredCodeException', 'Invalid code provided, please request a code again.');
    }
    if (ResetCode.value !== code) throw codeMismatchError();
  }
}

/**
 * The user of a ConfirmForgotPassword request. An app client that prevents user existence errors gets the error of a
 * wrong code for an unknown or disabled user.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pool-managing-errors.html
 */
function confirmingUser({ pool, preventsUserExistenceErrors }: UserPoolClient, username: string): PoolUser {
  const user = pool.findUser(username);
  if (preventsUserExistenceErrors && user?.Enabled !== true) throw codeMismatchError();
  if (user === undefined) throw userNotFoundError();
  if (!user.Enabled) throw userDisabledError();
  return user;
}

function codeMismatchError(): ServiceError {
  return new ServiceError('CodeMismatchException', 'Invalid verification code provided, please try again.');
}
