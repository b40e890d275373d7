import { createHash } from 'node:crypto';
import { type Condition, type RequestContext, type RoleDefinition, ServiceError, type Statement } from '../../model';
import { CONDITION_OPERATORS } from './conditions';

/** Condition keys of which the sandbox knows when a request has none, such as that of a call by way of a service. */
const KNOWN_KEYS = /^(kms:ViaService|kms:EncryptionContext:.+|s3:prefix)$/i;

/**
 * Decides whether a role may do an action on a resource: an explicit deny wins, then an allow; else it may not. A
 * condition on what the request does not have does not hold.
 */
export function isAllowed(role: RoleDefinition, action: string, resource: string, context?: RequestContext): boolean {
  const effects = new Set(matching(role, action, resource, context).map((statement) => statement.effect));
  return effects.has('Allow') && !effects.has('Deny');
}

/** The error for what {@link isAllowed} refuses, in IAM's own words. */
export function accessDenied(
  role: RoleDefinition,
  action: string,
  resource: string,
  context?: RequestContext,
): ServiceError {
  const denied = matching(role, action, resource, context).some((statement) => statement.effect === 'Deny');
  const reason = denied
    ? 'with an explicit deny in an identity-based policy'
    : `because no identity-based policy allows the ${action} action`;
  return new ServiceError(
    'AccessDeniedException',
    `User: ${assumedRoleArn(role)} is not authorized to perform: ${action} on resource: ${resource} ${reason}`,
  );
}

/** Hands out access keys for roles, and finds the role behind one. They are the same each time, and no secret. */
export class RoleCredentials {
  constructor(private readonly roles: readonly RoleDefinition[]) {}

  for(roleArn: string): { accessKeyId: string; secretAccessKey: string; sessionToken: string } {
    if (!this.roles.some((role) => role.roleArn === roleArn)) {
      throw new Error(`the cloud assembly has no role ${roleArn}`);
    }
    return {
      accessKeyId: accessKeyId(roleArn),
      secretAccessKey: digest('secret access key', roleArn).toString('base64').slice(0, 40),
      sessionToken: digest('session token', roleArn).toString('base64'),
    };
  }

  roleOf(id: string): RoleDefinition | undefined {
    return this.roles.find((role) => accessKeyId(role.roleArn) === id);
  }
}

/** Where policies allow one value instead of a list. */
export function listOf(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

/** The access key id in the Authorization header of a request with an AWS signature of version 4. */
export function accessKeyIdOf(authorization: string | undefined): string | undefined {
  return authorization?.match(/^AWS4-[^ ]+ (?:.*[ ,])?Credential=([^/, ]+)\//)?.[1];
}

/** The Region that such a request is signed for. */
export function signedRegion(authorization: string | undefined): string | undefined {
  return authorization?.match(/^AWS4-[^ ]+ (?:.*[ ,])?Credential=[^/, ]+\/\d+\/([^/, ]+)\//)?.[1];
}

/** The service that such a request is signed for, such as `s3`. */
export function signedService(authorization: string | undefined): string | undefined {
  return authorization?.match(/^AWS4-[^ ]+ (?:.*[ ,])?Credential=[^/, ]+\/\d+\/[^/, ]+\/([^/, ]+)\/aws4_request/)?.[1];
}

function matching(role: RoleDefinition, action: string, resource: string, context: RequestContext = {}): Statement[] {
  return role.statements.filter(
    (statement) =>
      statement.actions.some((pattern) => wildcard(pattern, 'i').test(action)) &&
      statement.resources.some((pattern) => wildcard(pattern, '').test(resource)) &&
      (statement.conditions ?? []).every((condition) => holds(condition, statement, role, context)),
  );
}

/** A deny that depends on what the sandbox knows nothing of is an error: real requests might have it. */
function holds(condition: Condition, { effect }: Statement, role: RoleDefinition, context: RequestContext): boolean {
  const { operator, key, values } = condition;
  const known = Object.keys(context).find((name) => name.toLowerCase() === key.toLowerCase());
  if (known !== undefined) return values.some((value) => CONDITION_OPERATORS[operator](value, String(context[known])));
  if (effect === 'Deny' && !KNOWN_KEYS.test(key)) {
    throw new Error(`role ${role.roleName}: the sandbox cannot evaluate the condition key ${key} in a deny`);
  }
  return false;
}

/**
 * A pattern of IAM as a regular expression. Wildcards stay within one segment of an ARN, except for an asterisk at a
 * segment's end, which may reach beyond the colon.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
function wildcard(pattern: string, flags: string): RegExp {
  const source = pattern.replace(/(\*+(?=:|$))|(\*)|(\?)|\W/g, (character, atEnd, asterisk, questionMark) => {
    if (atEnd) return '.*';
    if (asterisk) return '[^:]*';
    return questionMark ? '[^:]' : `\\${character}`;
  });
  // Flag s: a line break in a name must not escape a deny.
  return new RegExp(`^${source}$`, `s${flags}`);
}

function assumedRoleArn({ roleArn, roleName }: RoleDefinition): string {
  const [, partition, , , account] = roleArn.split(':');
  return `arn:${partition}:sts::${account}:assumed-role/${roleName}/sandbox`;
}

function accessKeyId(roleArn: string): string {
  const characters = Array.from(digest('access key id', roleArn).subarray(0, 16), (byte) => KEY_CHARACTERS[byte % 32]);
  return `ASIA${characters.join('')}`;
}

const KEY_CHARACTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

function digest(purpose: string, roleArn: string): Buffer {
  return createHash('sha512').update(`${purpose} ${roleArn}`).digest();
}
