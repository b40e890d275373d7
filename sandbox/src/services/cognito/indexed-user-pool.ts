import type { Context } from 'cognito-local/lib/services/context';
import type { DataStore } from 'cognito-local/lib/services/dataStore/dataStore';
import { type User, type UserPool, UserPoolServiceImpl } from 'cognito-local/lib/services/userPoolService';
import type { Json, UserPoolDefinition } from '../../model';
import { LIST_USERS_LAG, LOOKUP_ORDER } from './assumptions';
import { userNotFoundError } from './cognito-errors';
import { matchesFilter, parseListUsersFilter } from './list-users-filter';
import { type PasswordPolicy, passwordPolicyOf } from './password-policy';
import { attributeOf, COGNITO_LOCAL_CONTEXT, type PoolUser } from './pool-user';

const LOOKUP_ATTRIBUTES = ['sub', 'email', 'phone_number', 'preferred_username'];
const CASE_INSENSITIVE_ATTRIBUTES = ['email', 'preferred_username'];
const VERIFIED_ALIASES: Readonly<Record<string, string>> = {
  email: 'email_verified',
  phone_number: 'phone_number_verified',
};

export interface IndexedUserPoolOptions {
  readonly definition: UserPoolDefinition;
  readonly now: () => Date;
  /** How long ListUsers returns a user as before a change, in milliseconds. */
  readonly listUsersLag?: number;
}

interface Entry {
  readonly order: number;
  readonly user: PoolUser;
  /** What ListUsers returns until a time, in milliseconds since 1970. Without a user, it does not return this one. */
  readonly listed?: { readonly user?: PoolUser; readonly until: number };
}

/** A user pool of `cognito-local` that finds its users through indexes instead of searching all of them. */
export class IndexedUserPool extends UserPoolServiceImpl {
  #definition: UserPoolDefinition;
  #lastModified: Date;
  readonly #now: () => Date;
  readonly #listUsersLag: number;
  readonly #users = new Map<string, Entry>();
  /** By attribute and value, the keys of the users that have this value. */
  readonly #keysByAttribute = new Map<string, Set<string>>();
  /** The keys of the users in the order of their creation; undefined for a deleted user. */
  readonly #keysInCreationOrder: (string | undefined)[] = [];
  readonly #find = {
    username: (name: string) => this.#users.get(this.#key(name))?.user,
    sub: (name: string) => this.#findUserByAttribute('sub', name),
    alias: (name: string) => this.findUserByAlias(name),
  };

  constructor(
    { definition, now, listUsersLag = LIST_USERS_LAG }: IndexedUserPoolOptions,
    clients: DataStore,
    own: DataStore,
    options: UserPool,
  ) {
    super(clients, { get: now }, own, options);
    this.#definition = definition;
    this.#lastModified = now();
    this.#now = now;
    this.#listUsersLag = listUsersLag;
  }

  /** The user pool with its present properties: those of the template, until something changes them. */
  get definition(): UserPoolDefinition {
    return this.#definition;
  }

  /** When the properties were changed last. */
  get lastModified(): Date {
    return this.#lastModified;
  }

  /** Replaces the properties, under the names that they have in a template. */
  replaceProperties(properties: Json): void {
    this.#definition = { ...this.#definition, properties };
    this.#lastModified = this.#now();
  }

  get passwordPolicy(): PasswordPolicy {
    const policies = this.definition.properties.Policies as { PasswordPolicy?: Partial<PasswordPolicy> } | undefined;
    return passwordPolicyOf(policies?.PasswordPolicy);
  }

  get size(): number {
    return this.#users.size;
  }

  /** @param name the user name, the `sub` or an alias of the user */
  findUser(name: string): PoolUser | undefined {
    for (const kind of LOOKUP_ORDER) {
      const user = this.#find[kind](name);
      if (user !== undefined) return user;
    }
    return undefined;
  }

  /** Whether no new user may have this user name, because it is another user's user name or alias. */
  isUsernameTaken(name: string): boolean {
    return this.#find.username(name) !== undefined || this.findUserByAlias(name) !== undefined;
  }

  existingUser(name: string): PoolUser {
    const user = this.findUser(name);
    if (user === undefined) throw userNotFoundError();
    return user;
  }

  /** @param value an email address, a phone number or a preferred user name */
  findUserByAlias(value: string): PoolUser | undefined {
    const { UsernameAttributes, AliasAttributes } = this.definition.properties;
    for (const attribute of stringList(UsernameAttributes)) {
      const user = this.#findUserByAttribute(attribute, value);
      if (user !== undefined) return user;
    }
    for (const attribute of stringList(AliasAttributes)) {
      const user = this.#findUserByAttribute(attribute, value, VERIFIED_ALIASES[attribute]);
      if (user !== undefined) return user;
    }
    return undefined;
  }

  /** The matching users after position `after`, in the order of their creation, as ListUsers shows them by now. */
  listPage(options: { after: number; limit: number; filter?: string }): { users: PoolUser[]; next?: number } {
    const filter = parseListUsersFilter(options.filter);
    const users: PoolUser[] = [];
    let last = options.after;
    for (let order = options.after + 1; order < this.#keysInCreationOrder.length; order += 1) {
      const key = this.#keysInCreationOrder[order];
      const user = key === undefined ? undefined : this.#listedUser(key);
      if (user === undefined || !matchesFilter(filter, user)) continue;
      if (users.length === options.limit) return { users, next: last };
      users.push(user);
      last = order;
    }
    return { users };
  }

  everyUser(): PoolUser[] {
    return [...this.#users.values()].map(({ user }) => user);
  }

  /** Changes the current state of a user. Does nothing if the user was deleted since the caller read it. */
  async updateUser(username: string, changes: Partial<PoolUser>): Promise<void> {
    const entry = this.#users.get(this.#key(username));
    if (entry === undefined) return;
    const UserLastModifiedDate = this.#now();
    await this.saveUser(COGNITO_LOCAL_CONTEXT, { ...entry.user, UserLastModifiedDate, ...changes });
  }

  override async getUserByUsername(_context: unknown, username: string): Promise<User | null> {
    return this.findUser(username) ?? null;
  }

  override async saveUser(_context: unknown, user: User): Promise<void> {
    const listed = this.#listedUser(this.#key(user.Username));
    this.#save(user, { user: listed, until: this.#now().getTime() + this.#listUsersLag });
  }

  /** Saves a user who has been in the pool for long, so that ListUsers returns the user. */
  addUser(user: User): void {
    this.#save(user);
  }

  override async deleteUser(context: Context, user: User): Promise<void> {
    const key = this.#key(user.Username);
    const known = this.#users.get(key);
    if (known !== undefined) {
      this.#updateIndex(key, known.user, 'delete');
      this.#keysInCreationOrder[known.order] = undefined;
    }
    this.#users.delete(key);
    await super.deleteUser(context, user);
  }

  #save(user: User, listed?: Entry['listed']): void {
    const key = this.#key(user.Username);
    const known = this.#users.get(key);
    if (known !== undefined) this.#updateIndex(key, known.user, 'delete');
    this.#users.set(key, { order: known?.order ?? this.#keysInCreationOrder.push(key) - 1, user, listed });
    this.#updateIndex(key, user, 'add');
  }

  #listedUser(key: string): PoolUser | undefined {
    const { user, listed } = this.#users.get(key) ?? {};
    return listed !== undefined && this.#now().getTime() < listed.until ? listed.user : user;
  }

  #findUserByAttribute(attribute: string, value: string, verifiedBy?: string): PoolUser | undefined {
    for (const key of this.#keysByAttribute.get(this.#attributeKey(attribute, value)) ?? []) {
      const user = this.#users.get(key)?.user;
      if (user !== undefined && (verifiedBy === undefined || attributeOf(user, verifiedBy) === 'true')) return user;
    }
    return undefined;
  }

  #updateIndex(key: string, user: User, change: 'add' | 'delete'): void {
    for (const attribute of LOOKUP_ATTRIBUTES) {
      const value = attributeOf(user, attribute);
      if (value === undefined) continue;
      const attributeKey = this.#attributeKey(attribute, value);
      const holders = this.#keysByAttribute.get(attributeKey) ?? new Set();
      holders[change](key);
      if (holders.size > 0) this.#keysByAttribute.set(attributeKey, holders);
      else this.#keysByAttribute.delete(attributeKey);
    }
  }

  #attributeKey(attribute: string, value: string): string {
    return `${attribute}=${CASE_INSENSITIVE_ATTRIBUTES.includes(attribute) ? this.#key(value) : value}`;
  }

  /** User names are case-sensitive unless the template has `CaseSensitive: false`. */
  #key(username: string): string {
    const configuration = this.definition.properties.UsernameConfiguration as { CaseSensitive?: boolean } | undefined;
    return configuration?.CaseSensitive === false ? username.toLowerCase() : username;
  }
}

/** A list property of a template; empty if the property is missing. */
export function stringList(value: unknown): readonly string[] {
  return Array.isArray(value) ? value : [];
}
