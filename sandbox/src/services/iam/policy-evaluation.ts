import { type Condition, type RequestContext, type RoleDefinition, ServiceError, type Statement } from '../../model';
import { CONDITION_OPERATORS } from './condition-operators';

/**
 * Condition keys that the sandbox sets in every request to which they apply. When a request in the sandbox has none, a real
 * request has none either.
 */
const KNOWN_KEYS = /^(kms:ViaService|kms:EncryptionContext:.+|s3:prefix|iam:PassedToService)$/i;

/**
 * Whether the policies of a role allow an action on a resource. An explicit deny overrides an allow, and without an allow the
 * action is denied. A condition on a key that the request does not have does not match.
 *
 * @throws Error when a deny depends on a condition key that the sandbox cannot evaluate
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function isAllowed(role: RoleDefinition, action: string, resource: string, context?: RequestContext): boolean {
  const effects = new Set(matchingStatements(role, action, resource, context).map((statement) => statement.effect));
  return effects.has('Allow') && !effects.has('Deny');
}

/** The error for a call that {@link isAllowed} denies, with the text that IAM uses. */
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

/** A deny on a condition key that the sandbox does not know is an error, because a real request might have that key. */
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
 * An IAM pattern as a regular expression. A wildcard matches within one segment of an ARN, except that an asterisk at the end
 * of a segment also matches colons.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
function wildcard(pattern: string, flags: string): RegExp {
  const source = pattern.replace(/(\*+(?=:|$))|(\*)|(\?)|\W/g, (character, atEnd, asterisk, questionMark) => {
    if (atEnd) return '.*';
    if (asterisk) return '[^:]*';
    return questionMark ? '[^:]' : `\\${character}`;
  });
  // With flag s, a name with a line break cannot escape a deny.
  return new RegExp(`^${source}$`, `s${flags}`);
}

function assumedRoleArn({ roleArn, roleName }: RoleDefinition): string {
  const [, partition, , , account] = roleArn.split(':');
  return `arn:${partition}:sts::${account}:assumed-role/${roleName}/sandbox`;
}
