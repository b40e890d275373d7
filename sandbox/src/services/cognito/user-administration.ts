import type { UserStatusType } from '@aws-sdk/client-cognito-identity-provider';
import { userToResponseObject } from 'cognito-local/lib/targets/responses';
import { type Json, ServiceError } from '../../model';
import { noInvitationContactError, sendThenChange } from './assumptions';
import { notAuthorizedError, notSupportedError, usernameExistsError } from './cognito-errors';
import type { CognitoLocal, CognitoLocalOperation } from './cognito-local';
import { type IndexedUserPool, stringList } from './indexed-user-pool';
import type { IssuedTokens } from './issued-tokens';
import type { MessageSender } from './message-sender';
import { generateTemporaryPassword, validatePassword } from './password-policy';
import { attributeOf, COGNITO_LOCAL_CONTEXT, type PoolUser } from './pool-user';
import type { Contact } from './recovery-contact';
import { assignUsername, type UserAttribute, validateAliases } from './usernames';

interface UserInput {
  readonly UserPoolId: string;
  readonly Username: string;
}

interface AdminCreateUserInput extends UserInput {
  readonly TemporaryPassword?: string;
  readonly UserAttributes?: readonly UserAttribute[];
  readonly MessageAction?: 'RESEND' | 'SUPPRESS';
  readonly DesiredDeliveryMediums?: readonly ('SMS' | 'EMAIL')[];
  readonly ForceAliasCreation?: boolean;
  readonly ClientMetadata?: Record<string, string>;
}

interface SignUpInput {
  readonly ClientId: string;
  readonly Username: string;
  readonly Password: string;
  readonly UserAttributes?: readonly UserAttribute[];
}

/** A user that the sandbox adds to a user pool. */
export interface NewUser {
  readonly userPoolId: string;
  readonly username: string;
  /** @default - the user cannot sign in with a password */
  readonly password?: string;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly status?: UserStatusType;
  readonly enabled?: boolean;
  readonly mfa?: readonly ('SMS_MFA' | 'EMAIL_OTP' | 'SOFTWARE_TOKEN_MFA')[];
}

/** The operations of an administrator on users, carried out by `cognito-local` after the checks that it lacks. */
export class UserAdministration {
  readonly #cognitoLocal: CognitoLocal;
  readonly #messageSender: MessageSender;
  readonly #issuedTokens: IssuedTokens;

  constructor(cognitoLocal: CognitoLocal, messageSender: MessageSender, issuedTokens: IssuedTokens) {
    this.#cognitoLocal = cognitoLocal;
    this.#messageSender = messageSender;
    this.#issuedTokens = issuedTokens;
  }

  /** Adds a user with the given status and password, without a message. Returns the `sub`. */
  async addUser(user: NewUser): Promise<string> {
    const pool = this.#cognitoLocal.pool(user.userPoolId);
    const attributes = Object.entries(user.attributes ?? {}).map(([Name, Value]) => ({ Name, Value }));
    const { Username, UserAttributes } = this.#assignUsername(pool, user.username, attributes);
    const now = this.#cognitoLocal.now();
    pool.addUser({
      Username,
      Password: user.password ?? '',
      Attributes: UserAttributes,
      Enabled: user.enabled ?? true,
      UserStatus: user.status ?? 'CONFIRMED',
      UserMFASettingList: user.mfa && [...user.mfa],
      UserCreateDate: now,
      UserLastModifiedDate: now,
      RefreshTokens: [],
    });
    return UserAttributes[0].Value as string;
  }

  async adminCreateUser(input: AdminCreateUserInput): Promise<Json> {
    if (input.ForceAliasCreation) throw notSupportedError('ForceAliasCreation');
    const pool = this.#cognitoLocal.pool(input.UserPoolId);
    const password = input.TemporaryPassword ?? generateTemporaryPassword(pool.passwordPolicy);
    validatePassword(pool.passwordPolicy, password);
    if (input.MessageAction === 'RESEND') return this.#resendInvitation(pool, input, password);
    const newUser = this.#assignUsername(pool, input.Username, input.UserAttributes ?? []);
    const create = { ...input, ...newUser, TemporaryPassword: password, MessageAction: 'SUPPRESS' };
    let created: Json = {};
    await sendThenChange(
      () =>
        input.MessageAction === 'SUPPRESS' ? Promise.resolve() : this.#sendInvitation(pool, input, newUser, password),
      async () => {
        created = await this.#cognitoLocal.call('AdminCreateUser', create);
      },
    );
    return created;
  }

  /**
   * Signs a user up, who is UNCONFIRMED then. Not for a user pool that would send a code to confirm a contact.
   *
   * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_SignUp.html
   */
  async signUp(input: SignUpInput): Promise<Json> {
    const { pool } = this.#cognitoLocal.client(input.ClientId);
    const { AdminCreateUserConfig: config, AutoVerifiedAttributes } = pool.definition.properties;
    if ((config as { AllowAdminCreateUserOnly?: boolean } | undefined)?.AllowAdminCreateUserOnly === true) {
      throw notAuthorizedError('SignUp is not permitted for this user pool');
    }
    if (stringList(AutoVerifiedAttributes).length > 0) throw notSupportedError('a sign-up that sends a code');
    validatePassword(pool.passwordPolicy, input.Password);
    const newUser = this.#assignUsername(pool, input.Username, input.UserAttributes ?? []);
    const now = this.#cognitoLocal.now();
    await pool.saveUser(COGNITO_LOCAL_CONTEXT, {
      Username: newUser.Username,
      Password: input.Password,
      Attributes: newUser.UserAttributes,
      Enabled: true,
      UserStatus: 'UNCONFIRMED',
      UserCreateDate: now,
      UserLastModifiedDate: now,
      RefreshTokens: [],
    });
    return { UserConfirmed: false, UserSub: newUser.UserAttributes[0].Value };
  }

  async adminSetUserPassword(input: UserInput & { Password: string; Permanent?: boolean }): Promise<Json> {
    validatePassword(this.#cognitoLocal.pool(input.UserPoolId).passwordPolicy, input.Password);
    return this.callForUser('AdminSetUserPassword', input);
  }

  async adminUpdateUserAttributes(input: UserInput & { UserAttributes: readonly UserAttribute[] }): Promise<Json> {
    const pool = this.#cognitoLocal.pool(input.UserPoolId);
    const user = pool.existingUser(input.Username);
    const UserAttributes = withContactValues(user, input.UserAttributes);
    validateAliases(pool, UserAttributes, user.Username);
    const change = { ...input, UserAttributes };
    return this.callForUser('AdminUpdateUserAttributes', change);
  }

  /** AWS revokes the tokens of a user who is disabled or deleted. */
  async disableOrDelete(operation: 'AdminDisableUser' | 'AdminDeleteUser', input: UserInput): Promise<Json> {
    await this.adminUserGlobalSignOut(input);
    return this.callForUser(operation, input);
  }

  async adminUserGlobalSignOut(input: UserInput): Promise<Json> {
    const user = this.#cognitoLocal.pool(input.UserPoolId).existingUser(input.Username);
    this.#issuedTokens.revokeUser(attributeOf(user, 'sub') as string);
    return {};
  }

  /** Calls an operation on one user, whom the caller identifies by user name, alias or `sub`. */
  async callForUser(operation: CognitoLocalOperation, input: UserInput): Promise<Json> {
    const { Username } = this.#cognitoLocal.pool(input.UserPoolId).existingUser(input.Username);
    return this.#cognitoLocal.call(operation, { ...input, Username });
  }

  #assignUsername(pool: IndexedUserPool, username: string, attributes: readonly UserAttribute[]) {
    if (pool.isUsernameTaken(username)) throw usernameExistsError();
    const newUser = assignUsername(pool, username, attributes);
    validateAliases(pool, newUser.UserAttributes);
    return newUser;
  }

  async #resendInvitation(pool: IndexedUserPool, input: AdminCreateUserInput, password: string): Promise<Json> {
    const user = pool.existingUser(input.Username);
    if (user.UserStatus !== 'FORCE_CHANGE_PASSWORD') {
      throw new ServiceError('UnsupportedUserStateException', 'User is not in a state that allows an invitation.');
    }
    const newUser = { Username: user.Username, UserAttributes: user.Attributes as UserAttribute[] };
    await sendThenChange(
      () => this.#sendInvitation(pool, input, newUser, password),
      () => pool.updateUser(user.Username, { Password: password }),
    );
    return { User: userToResponseObject(pool.existingUser(user.Username)) };
  }

  async #sendInvitation(
    pool: IndexedUserPool,
    { DesiredDeliveryMediums = ['SMS'], ClientMetadata }: AdminCreateUserInput,
    { Username, UserAttributes }: { Username: string; UserAttributes: UserAttribute[] },
    password: string,
  ): Promise<void> {
    const user = { Username, Attributes: UserAttributes, UserStatus: 'FORCE_CHANGE_PASSWORD' };
    const attribute = (name: string) => UserAttributes.find(({ Name }) => Name === name)?.Value;
    const contacts = DesiredDeliveryMediums.map((DeliveryMedium) => {
      const AttributeName = DeliveryMedium === 'SMS' ? 'phone_number' : 'email';
      return { AttributeName, DeliveryMedium, Destination: attribute(AttributeName) };
    }).filter((contact): contact is Contact => contact.Destination !== undefined);
    if (contacts.length === 0) throw noInvitationContactError();
    const message = { source: 'AdminCreateUser', pool: pool.definition, user, code: password } as const;
    for (const to of contacts) await this.#messageSender.send({ ...message, to, clientMetadata: ClientMetadata });
  }
}

/** `cognito-local` requires the contact together with its verification; AWS accepts the verification alone. */
function withContactValues(user: PoolUser, attributes: readonly UserAttribute[]): UserAttribute[] {
  const has = (name: string) => attributes.some(({ Name }) => Name === name);
  const contacts = ['email', 'phone_number']
    .filter((name) => has(`${name}_verified`) && !has(name))
    .map((Name) => ({ Name, Value: attributeOf(user, Name) }))
    .filter(({ Value }) => Value !== undefined);
  return [...attributes, ...contacts];
}
