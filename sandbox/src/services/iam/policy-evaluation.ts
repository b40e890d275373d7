import { type Condition, type RequestContext, type RoleDefinition, ServiceError, type Statement } from '../../model';
import { CONDITION_OPERATORS } from './condition-operators';

/** Condition keys of which the sandbox knows when a request has none, such as that of a call by way of a service. */
const KNOWN_KEYS = /^(kms:ViaService|kms:EncryptionContext:.+|s3:prefix)$/i;

/**
 * Decides whether a role may do an action on a resource: an explicit deny wins, then an allow; else it may not. A
 * condition on what the request does not have does not hold.
 */
export function isAllowed(role: RoleDefinition, action: string, resource: string, context?: RequestContext): boolean {
  const effects = new Set(matchingStatements(role, action, resource, context).map((statement) => statement.effect));
  return effects.has('Allow') && !effects.has('Deny');
}

/** The error for what {@link isAllowed} refuses, in IAM's own words. */
export function accessDenied(
  role: RoleDefinition,
  action: string,
  resource: string,
  context?: RequestContext,
): ServiceError {
  const denied = matchingStatements(role, action, resource, context).some((statement) => statement.effect === 'Deny');
  const reason = denied
    ? 'with an explicit deny in an identity-based policy'
    : `because no identity-based policy allows the ${action} action`;
  return new ServiceError(
    'AccessDeniedException',
    `User: ${assumedRoleArn(role)} is not authorized to perform: ${action} on resource: ${resource} ${reason}`,
  );
}

function matchingStatements(
  role: RoleDefinition,
  action: string,
  resource: string,
  context: RequestContext = {},
): Statement[] {
  return role.statements.filter(
    (statement) =>
      statement.actions.some((pattern) => wildcard(pattern, 'i').test(action)) &&
      statement.resources.some((pattern) => wildcard(pattern, '').test(resource)) &&
      (statement.conditions ?? []).every((condition) => matchesCondition(condition, statement, role, context)),
  );
}

/** A deny that depends on what the sandbox knows nothing of is an error: real requests might have it. */
function matchesCondition(
  condition: Condition,
  { effect }: Statement,
  role: RoleDefinition,
  context: RequestContext,
): boolean {
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
