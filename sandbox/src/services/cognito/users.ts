import type { UserStatusType } from '@aws-sdk/client-cognito-identity-provider';
import { userToResponseObject } from 'cognito-local/lib/targets/responses';
import { type Json, ServiceError } from '../../model';
import { changeAfterSending, noInvitationContactError } from './assumptions';
import type { Backend, RoutedOperation } from './backend';
import { notOffered, userExists } from './errors';
import type { Messages } from './messages';
import { type Attribute, checkAliases, nameNewUser, temporaryPassword } from './new-user';
import { checkPassword } from './password-policy';
import { attributeOf, CONTEXT, type PoolUser } from './pool-user';
import type { Contact } from './recovery-contact';
import type { Sessions } from './sessions';
import type { IndexedUserPool } from './user-store';

interface UserInput {
  readonly UserPoolId: string;
  readonly Username: string;
}

interface CreateInput extends UserInput {
  readonly TemporaryPassword?: string;
  readonly UserAttributes?: readonly Attribute[];
  readonly MessageAction?: 'RESEND' | 'SUPPRESS';
  readonly DesiredDeliveryMediums?: readonly ('SMS' | 'EMAIL')[];
  readonly ForceAliasCreation?: boolean;
  readonly ClientMetadata?: Record<string, string>;
}

/** A user that the sandbox itself puts into a pool. */
export interface NewUser {
  readonly userPoolId: string;
  readonly username: string;
  /** A user without a password cannot sign in with one. */
  readonly password?: string;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly status?: UserStatusType;
  readonly enabled?: boolean;
  readonly mfa?: readonly ('SMS_MFA' | 'EMAIL_OTP' | 'SOFTWARE_TOKEN_MFA')[];
}

/** What administrators do with users: `cognito-local` carries it out once its gaps are closed. */
export class Users {
  readonly #backend: Backend;
  readonly #messages: Messages;
  readonly #sessions: Sessions;

  constructor(backend: Backend, messages: Messages, sessions: Sessions) {
    this.#backend = backend;
    this.#messages = messages;
    this.#sessions = sessions;
  }

  /** Puts a user into a pool as it is, without messages; returns the `sub`. */
  async add(user: NewUser): Promise<string> {
    const pool = this.#backend.pool(user.userPoolId);
    const attributes = Object.entries(user.attributes ?? {}).map(([Name, Value]) => ({ Name, Value }));
    const { Username, UserAttributes } = this.#name(pool, user.username, attributes);
    const now = this.#backend.now();
    await pool.saveUser(CONTEXT, {
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

  async create(input: CreateInput): Promise<Json> {
    if (input.ForceAliasCreation) throw notOffered('ForceAliasCreation');
    const pool = this.#backend.pool(input.UserPoolId);
    const password = input.TemporaryPassword ?? temporaryPassword(pool.passwordPolicy);
    checkPassword(pool.passwordPolicy, password);
    if (input.MessageAction === 'RESEND') return this.#inviteAgain(pool, input, password);
    const named = this.#name(pool, input.Username, input.UserAttributes ?? []);
    const create = { ...input, ...named, TemporaryPassword: password, MessageAction: 'SUPPRESS' };
    let created: Json = {};
    await changeAfterSending(
      () => (input.MessageAction === 'SUPPRESS' ? Promise.resolve() : this.#invite(pool, input, named, password)),
      async () => {
        created = await this.#backend.route('AdminCreateUser', create);
      },
    );
    return created;
  }

  async setPassword(input: UserInput & { Password: string; Permanent?: boolean }): Promise<Json> {
    checkPassword(this.#backend.pool(input.UserPoolId).passwordPolicy, input.Password);
    return this.route('AdminSetUserPassword', input);
  }

  async updateAttributes(input: UserInput & { UserAttributes: readonly Attribute[] }): Promise<Json> {
    const pool = this.#backend.pool(input.UserPoolId);
    const user = pool.existing(input.Username);
    const UserAttributes = withContacts(user, input.UserAttributes);
    checkAliases(pool, UserAttributes, user.Username);
    const change = { ...input, UserAttributes };
    return this.route('AdminUpdateUserAttributes', change);
  }

  /** AWS revokes the tokens of a user who is disabled or deleted. */
  async disableOrDelete(operation: 'AdminDisableUser' | 'AdminDeleteUser', input: UserInput): Promise<Json> {
    await this.globalSignOut(input);
    return this.route(operation, input);
  }

  async globalSignOut(input: UserInput): Promise<Json> {
    const user = this.#backend.pool(input.UserPoolId).existing(input.Username);
    this.#sessions.revokeUser(attributeOf(user, 'sub') as string);
    return {};
  }

  /** An operation on one user, whichever of the user's names the caller gave. */
  async route(operation: RoutedOperation, input: UserInput): Promise<Json> {
    const { Username } = this.#backend.pool(input.UserPoolId).existing(input.Username);
    return this.#backend.route(operation, { ...input, Username });
  }

  #name(pool: IndexedUserPool, username: string, attributes: readonly Attribute[]) {
    if (pool.find(username) !== undefined) throw userExists();
    const named = nameNewUser(pool, username, attributes);
    checkAliases(pool, named.UserAttributes);
    return named;
  }

  async #inviteAgain(pool: IndexedUserPool, input: CreateInput, password: string): Promise<Json> {
    const user = pool.existing(input.Username);
    if (user.UserStatus !== 'FORCE_CHANGE_PASSWORD') {
      throw new ServiceError('UnsupportedUserStateException', 'User is not in a state that takes an invitation.');
    }
    const named = { Username: user.Username, UserAttributes: user.Attributes as Attribute[] };
    await changeAfterSending(
      () => this.#invite(pool, input, named, password),
      () => pool.update(user.Username, { Password: password }),
    );
    return { User: userToResponseObject(pool.existing(user.Username)) };
  }

  async #invite(
    pool: IndexedUserPool,
    { DesiredDeliveryMediums = ['SMS'], ClientMetadata }: CreateInput,
    { Username, UserAttributes }: { Username: string; UserAttributes: Attribute[] },
    password: string,
  ): Promise<void> {
    const user = { Username, Attributes: UserAttributes, UserStatus: 'FORCE_CHANGE_PASSWORD' };
    const attribute = (name: string) => UserAttributes.find(({ Name }) => Name === name)?.Value;
    const contacts = DesiredDeliveryMediums.map((DeliveryMedium) => {
      const AttributeName = DeliveryMedium === 'SMS' ? 'phone_number' : 'email';
      return { AttributeName, DeliveryMedium, Destination: attribute(AttributeName) };
    }).filter((contact): contact is Contact => contact.Destination !== undefined);
    if (contacts.length === 0) throw noInvitationContactError();
    const mail = { source: 'AdminCreateUser', pool: pool.definition, user, code: password } as const;
    for (const to of contacts) await this.#messages.send({ ...mail, to, clientMetadata: ClientMetadata });
  }
}

/** `cognito-local` wants the contact named again when only its verification changes; AWS does not. */
function withContacts(user: PoolUser, attributes: readonly Attribute[]): Attribute[] {
  const has = (name: string) => attributes.some(({ Name }) => Name === name);
  const contacts = ['email', 'phone_number']
    .filter((name) => has(`${name}_verified`) && !has(name))
    .map((Name) => ({ Name, Value: attributeOf(user, Name) }))
    .filter(({ Value }) => Value !== undefined);
  return [...attributes, ...contacts];
}
