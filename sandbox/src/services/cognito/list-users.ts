import { userToResponseObject } from 'cognito-local/lib/targets/responses';
import type { Json } from '../../model';
import type { Backend } from './backend';
import { invalidParameter } from './errors';
import type { PoolUser } from './pool-user';

const PAGE = 60;

/** ListUsers, page by page; a token says after which user the next page begins. */
export async function listUsers(
  backend: Backend,
  input: {
    UserPoolId: string;
    AttributesToGet?: readonly string[];
    Limit?: number;
    PaginationToken?: string;
    Filter?: string;
  },
): Promise<Json> {
  const pool = backend.pool(input.UserPoolId);
  const after = input.PaginationToken === undefined ? -1 : readToken(input.UserPoolId, input.PaginationToken);
  const { users, next } = pool.page({ after, limit: input.Limit || PAGE, filter: input.Filter });
  return {
    Users: users.map((user) => describe(user, input.AttributesToGet)),
    ...(next !== undefined && { PaginationToken: writeToken(input.UserPoolId, next) }),
  };
}

function describe(user: PoolUser, attributesToGet: readonly string[] | undefined): Json {
  const description = userToResponseObject(user);
  if (attributesToGet === undefined) return { ...description };
  const Attributes = user.Attributes.filter(({ Name }) => attributesToGet.includes(Name));
  return { ...description, Attributes };
}

function writeToken(userPoolId: string, after: number): string {
  return Buffer.from(`${userPoolId} ${after}`).toString('base64url');
}

function readToken(userPoolId: string, token: string): number {
  const [pool, after] = Buffer.from(token, 'base64url').toString().split(' ');
  if (pool !== userPoolId || !/^\d+$/.test(after ?? '')) throw invalidParameter('Invalid pagination token.');
  return Number(after);
}
