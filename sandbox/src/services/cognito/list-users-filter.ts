import type { User } from 'cognito-local/lib/services/userPoolService';
import { invalidParameterError } from './cognito-errors';
import { attributeOf } from './pool-user';

/** The parsed `Filter` parameter of ListUsers, such as `email ^= "j"`. */
interface ListUsersFilter {
  readonly attribute: string;
  readonly prefix: boolean;
  readonly value: string;
}

/** @see https://docs.aws.amazon.com/cognito/latest/developerguide/how-to-manage-user-accounts.html */
const SEARCHABLE_ATTRIBUTES: Readonly<Record<string, (user: User) => string | undefined>> = {
  username: (user) => user.Username,
  'cognito:user_status': (user) => user.UserStatus,
  status: (user) => (user.Enabled ? 'Enabled' : 'Disabled'),
  ...Object.fromEntries(
    ['email', 'phone_number', 'name', 'given_name', 'family_name', 'preferred_username', 'sub'].map((attribute) => [
      attribute,
      (user: User) => attributeOf(user, attribute),
    ]),
  ),
};

/** Whether ListUsers can filter by the attribute. */
export function isSearchable(attribute: string): boolean {
  return Object.hasOwn(SEARCHABLE_ATTRIBUTES, attribute);
}

const FILTER_SYNTAX = /^\s*"?(?<attribute>[\w:]+)"?\s*(?<operator>\^?=)\s*"(?<value>.*)"\s*$/;

export function parseListUsersFilter(filter: string | undefined): ListUsersFilter | undefined {
  if (filter === undefined || filter === '') return undefined;
  const parts = FILTER_SYNTAX.exec(filter)?.groups;
  if (parts === undefined) throw invalidParameterError('Error while parsing filter.');
  if (!isSearchable(parts.attribute)) throw invalidParameterError('Invalid search attribute.');
  return { attribute: parts.attribute, prefix: parts.operator === '^=', value: parts.value.replaceAll('\\"', '"') };
}

export function matchesFilter(filter: ListUsersFilter | undefined, user: User): boolean {
  if (filter === undefined) return true;
  const found = SEARCHABLE_ATTRIBUTES[filter.attribute](user) ?? '';
  if (filter.attribute === 'cognito:user_status')
    return compare(found.toLowerCase(), filter.value.toLowerCase(), filter);
  return compare(found, filter.value, filter);
}

function compare(found: string, value: string, { prefix }: ListUsersFilter): boolean {
  return prefix ? found.startsWith(value) : found === value;
}
