import type { Json } from '../../model';
import { isSystemTag, UNUSED_MEMBERS } from './assumptions';
import type { CognitoLocal } from './cognito-local';
import type { SmsSender } from './sms-sender';
import { readStructure } from './structure-validation';
import { UPDATE_USER_POOL, USER_POOL_MEMBERS } from './user-pool-members';
import { validateCombinations } from './user-pool-rules';
import { validateTier } from './user-pool-tiers';

/** UpdateUserPool: every setting that the request leaves out gets its default, with the exceptions in the table. */
export async function updateUserPool(
  { cognitoLocal, sms }: { cognitoLocal: CognitoLocal; sms?: Pick<SmsSender, 'validateRole'> },
  { UserPoolId, ...input }: { UserPoolId: string } & Json,
): Promise<Json> {
  const pool = cognitoLocal.pool(UserPoolId);
  const { PoolName, ...members } = readStructure(UPDATE_USER_POOL, input);
  const request = PoolName === undefined ? members : { ...members, UserPoolName: PoolName };
  const { definition } = pool;
  validateCombinations(request, definition);
  const properties = changedProperties(definition.properties, request);
  validateTier(request, properties, String(properties.UserPoolTier ?? USER_POOL_MEMBERS.UserPoolTier?.default));
  sms?.validateRole({ ...definition, properties });
  pool.replaceProperties(properties);
  return {};
}

function changedProperties(present: Json, request: Json): Json {
  const kept = Object.entries(present).filter(([name]) => (USER_POOL_MEMBERS[name]?.leftOut ?? 'KEPT') === 'KEPT');
  const given = Object.entries(request).filter(([name]) => !UNUSED_MEMBERS.includes(name));
  const systemTags = Object.entries((present.UserPoolTags ?? {}) as Json).filter(([key]) => isSystemTag(key));
  const UserPoolTags = { ...Object.fromEntries(systemTags), ...(request.UserPoolTags as Json | undefined) };
  return { ...Object.fromEntries(kept), ...Object.fromEntries(given), UserPoolTags };
}
