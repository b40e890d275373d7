import { userToResponseObject } from 'cognito-local/lib/targets/responses';
import type { Json } from '../../model';
import { LIST_USERS_TOKEN_LIFETIME } from './assumptions';
import { invalidParameterError } from './cognito-errors';
import type { CognitoLocal } from './cognito-local';
import type { IndexedUserPool } from './indexed-user-pool';
import { isSearchable } from './list-users-filter';
import { attributeOf, type PoolUser } from './pool-user';

const DEFAULT_LIMIT = 60;

/** ListUsers. The pagination token holds the position of the last user of the page, and the time. */
export async function listUsers(
  cognitoLocal: CognitoLocal,
  input: {
    UserPoolId: string;
    AttributesToGet?: readonly string[];
    Limit?: number;
    PaginationToken?: string;
    Filter?: string;
  },
): Promise<Json> {
  const pool = cognitoLocal.pool(input.UserPoolId);
  const now = cognitoLocal.now().getTime();
  const after =
    input.PaginationToken === undefined ? -1 : decodePaginationToken(input.UserPoolId, input.PaginationToken, now);
  const { users, next } = pool.listPage({ after, limit: input.Limit || DEFAULT_LIMIT, filter: input.Filter });
  if (input.AttributesToGet) validateAttributesToGet(input.AttributesToGet, users, pool);
  return {
    Users: users.map((user) => toUserType(user, input.AttributesToGet)),
    ...(next !== undefined && { PaginationToken: encodePaginationToken(input.UserPoolId, next, now) }),
  };
}

/**
 * Every user of the page must have a value for a searchable attribute. Every user of the pool must have one for any other
 * attribute.
 *
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ListUsers.html
 */
function validateAttributesToGet(names: readonly string[], page: readonly PoolUser[], pool: IndexedUserPool): void {
  const lacksValue = (name: string) => (user: PoolUser) => attributeOf(user, name) === undefined;
  const isRefused = (name: string) => (isSearchable(name) ? page : pool.everyUser()).some(lacksValue(name));
  if (names.some(isRefused)) throw invalidParameterError('One or more requested attributes do not exist.');
}

function toUserType(user: PoolUser, attributesToGet: readonly string[] | undefined): Json {
  const description = userToResponseObject(user);
  if (attributesToGet === undefined) return { ...description };
  const Attributes = user.Attributes.filter(({ Name }) => attributesToGet.includes(Name));
  return { ...description, Attributes };
}

function encodePaginationToken(userPoolId: string, after: number, now: number): string {
  return Buffer.from(`${userPoolId} ${after} ${now}`).toString('base64url');
}

function decodePaginationToken(userPoolId: string, token: string, now: number): number {
  const [pool, after, time] = Buffer.from(token, 'base64url').toString().split(' ');
  const isOurs = pool === userPoolId && [after, time].every((number) => /^\d+$/.test(number ?? ''));
  if (!isOurs || Number(time) + LIST_USERS_TOKEN_LIFETIME < now)
    throw invalidParameterError('Invalid pagination token.');
  return Number(after);
}
