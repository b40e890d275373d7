import { AttachmentError, BY_HAND } from './attachment-error';
import { type Field, type Fields, USER_POOL_FIELDS } from './fields';

export type Json = Readonly<Record<string, unknown>>;

/**
 * Makes the request of UpdateUserPool that changes nothing but the custom message trigger.
 *
 * @param userPool as DescribeUserPool returned it
 * @param trigger the ARN of the function; undefined for none
 * @throws an {@link AttachmentError} when the user pool has a field that is not known, because it would be set to a default
 */
export function toUpdateRequest(userPool: Json, trigger: string | undefined): Json {
  const unknown = unknownFields(userPool, USER_POOL_FIELDS);
  if (unknown.length > 0) {
    throw new AttachmentError(
      `the user pool: got ${unknown.join(', ')}, which this version does not know, expected known fields only, because UpdateUserPool would reset the others: use a newer version, or ${BY_HAND}`,
    );
  }
  const { LambdaConfig, ...request } = carried(userPool, USER_POOL_FIELDS);
  const { CustomMessage: _, ...otherTriggers } = (LambdaConfig ?? {}) as Json;
  return {
    ...withoutSystemTags(withoutDefaultAcrNames(withoutDuplicateValidity(request))),
    UserPoolId: userPool.Id,
    LambdaConfig: { ...otherTriggers, ...(trigger !== undefined && { CustomMessage: trigger }) },
  };
}

/** The paths of fields that the table does not know. */
export function unknownFields(value: Json, fields: Fields, path = ''): string[] {
  return Object.entries(value).flatMap(([name, member]) => {
    const at = path === '' ? name : `${path}.${name}`;
    if (!Object.hasOwn(fields, name)) return [at];
    return member === null ? [] : unknownMembers(member, fields[name], at);
  });
}

function unknownMembers(value: unknown, field: Field, path: string): string[] {
  if (field === 'CARRIED') return isObject(value) || hasObjects(value) ? [path] : [];
  if ('renamed' in field || 'leftOut' in field) return [];
  if ('members' in field) return isObject(value) ? unknownFields(value, field.members, path) : [path];
  if ('each' in field) {
    if (!Array.isArray(value)) return [path];
    return [
      ...new Set(value.flatMap((item) => (isObject(item) ? unknownFields(item, field.each, `${path}[]`) : [path]))),
    ];
  }
  if (!isObject(value)) return [path];
  const { map } = field;
  return Object.values(value).flatMap((item) => {
    if (map === 'TEXTS') return typeof item === 'string' ? [] : [path];
    return isObject(item) ? unknownFields(item, map, `${path}.*`) : [path];
  });
}

/** The fields that UpdateUserPool takes, under their names there. Null stands for a field that is not set. */
function carried(value: Json, fields: Fields): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) => {
      const field = fields[name];
      if (member === null || (typeof field === 'object' && 'leftOut' in field)) return [];
      return [[typeof field === 'object' && 'renamed' in field ? field.renamed : name, member]];
    }),
  );
}

/**
 * UpdateUserPool refuses UnusedAccountValidityDays beside TemporaryPasswordValidityDays, although DescribeUserPool returns
 * both. AWS documents that the newer one is used when both are there.
 *
 * @see https://github.com/aws/aws-sdk-js/issues/3817
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminCreateUserConfigType.html
 */
export function withoutDuplicateValidity(request: Json): Json {
  const { AdminCreateUserConfig, Policies } = request as {
    AdminCreateUserConfig?: Json;
    Policies?: { PasswordPolicy?: Json };
  };
  const { UnusedAccountValidityDays: _, ...config } = AdminCreateUserConfig ?? {};
  const isReplaced = Policies?.PasswordPolicy?.TemporaryPasswordValidityDays !== undefined;
  if (AdminCreateUserConfig === undefined || !isReplaced) return request;
  return { ...request, AdminCreateUserConfig: config };
}

/** DescribeUserPool returns the default names too, and writing any needs a feature plan. Left out, they are the default. */
function withoutDefaultAcrNames(request: Json): Json {
  const { AcrConfiguration, ...others } = request as { AcrConfiguration?: Readonly<Record<string, Json>> };
  const levels = Object.entries(AcrConfiguration ?? {});
  return levels.every(([level, { AcrValue }]) => AcrValue === `urn:cognito:loa:${level.replace('Level', '')}`)
    ? others
    : request;
}

/** Only AWS writes tags whose keys begin with `aws:`, such as those of CloudFormation, and keeps them. */
function withoutSystemTags(request: Json): Json {
  const { UserPoolTags } = request as { UserPoolTags?: Json };
  if (UserPoolTags === undefined) return request;
  const own = Object.entries(UserPoolTags).filter(([key]) => !key.toLowerCase().startsWith('aws:'));
  return { ...request, UserPoolTags: Object.fromEntries(own) };
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function hasObjects(value: unknown): boolean {
  return Array.isArray(value) && value.some((item) => typeof item === 'object' && item !== null);
}
