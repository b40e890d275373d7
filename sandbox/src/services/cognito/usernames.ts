import { randomUUID } from 'node:crypto';
import { ServiceError } from '../../model';
import { invalidParameterError } from './cognito-errors';
import { type IndexedUserPool, stringList } from './indexed-user-pool';

export interface UserAttribute {
  readonly Name: string;
  readonly Value?: string;
}

/** The user name and attributes of a new user. In a user pool with UsernameAttributes, the user name is the `sub`. */
export function assignUsername(
  pool: IndexedUserPool,
  username: string,
  attributes: readonly UserAttribute[],
): { Username: string; UserAttributes: UserAttribute[] } {
  if (attributes.some(({ Name }) => Name === 'sub'))
    throw invalidParameterError('Cannot modify the non-mutable attribute sub');
  const sub = { Name: 'sub', Value: randomUUID() };
  const { UsernameAttributes, AliasAttributes } = pool.definition.properties;
  const contact = contactAttribute(username);
  const contacts = stringList(UsernameAttributes);
  if (contacts.length === 0) {
    if (contact !== undefined && stringList(AliasAttributes).includes(contact)) {
      throw invalidParameterError(
        `Username cannot be of ${contact} format, since user pool is configured for ${contact} alias.`,
      );
    }
    return { Username: username, UserAttributes: [sub, ...attributes] };
  }
  if (contact === undefined || !contacts.includes(contact)) {
    throw invalidParameterError(`Username should have a format that the user pool supports: ${contacts.join(' or ')}.`);
  }
  const others = attributes.filter(({ Name }) => Name !== contact);
  return { Username: sub.Value, UserAttributes: [sub, { Name: contact, Value: username }, ...others] };
}

/**
 * Throws AliasExistsException for a contact that is another user's alias.
 *
 * @param own the user name of the user who gets the attributes; undefined for a new user
 */
export function validateAliases(pool: IndexedUserPool, attributes: readonly UserAttribute[], own?: string): void {
  const { UsernameAttributes, AliasAttributes } = pool.definition.properties;
  for (const { Name, Value = '' } of attributes) {
    const verified = attributes.some((other) => other.Name === `${Name}_verified` && other.Value === 'true');
    const isAlias =
      stringList(UsernameAttributes).includes(Name) || (stringList(AliasAttributes).includes(Name) && verified);
    const holder = isAlias ? pool.findUserByAlias(Value) : undefined;
    if (holder !== undefined && holder.Username !== own) {
      throw new ServiceError('AliasExistsException', `An account with the given ${Name} already exists.`);
    }
  }
}

function contactAttribute(username: string): 'email' | 'phone_number' | undefined {
  if (username.includes('@')) return 'email';
  return /^\+\d+$/.test(username) ? 'phone_number' : undefined;
}
