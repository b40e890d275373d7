import type { Json, RoleDefinition } from '../../model';
import { CONDITION_OPERATORS } from './condition-operators';
import { listOf } from './policy-document';

/** A request of an AWS service to assume a role. */
export interface AssumeRoleRequest {
  /** The service principal, such as `cognito-idp.amazonaws.com`. */
  readonly service: string;
  /** The values by condition key, such as `aws:SourceAccount`. Undefined for a key that the service does not send. */
  readonly context: Readonly<Record<string, string | undefined>>;
}

/** The condition operators that are supported in a trust policy. */
const COMPARISONS: Readonly<Record<string, (pattern: string, value: string) => boolean>> = {
  StringEquals: CONDITION_OPERATORS.StringEquals,
  ArnLike: CONDITION_OPERATORS.ArnLike,
};

/**
 * Whether the trust policy of a role lets a service assume it. An explicit deny overrides an allow, and without an allow the
 * request is denied.
 *
 * @throws Error when the policy has an element, an operator or a condition key that the sandbox cannot evaluate
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function canAssumeRole(role: RoleDefinition, request: AssumeRoleRequest): boolean {
  const { Statement: statements } = (role.trustPolicy ?? {}) as Json;
  const effects = listOf(statements)
    .filter((statement) => matchesStatement(statement as Json, request, role))
    .map((statement) => (statement as Json).Effect);
  return effects.includes('Allow') && !effects.includes('Deny');
}

function matchesStatement(statement: Json, request: AssumeRoleRequest, role: RoleDefinition): boolean {
  const { Sid: _, Effect: __, Action: actions, Principal: principal, Condition: condition = {}, ...others } = statement;
  for (const element of Object.keys(others)) throw cannotEvaluate(role, element);
  const named = listOf(actions).map((action) => String(action).toLowerCase());
  const services = principal === '*' ? [principal] : listOf((principal as Json | undefined)?.Service);
  const asked = ['sts:assumerole', 'sts:*', '*'].some((action) => named.includes(action));
  if (!asked || !['*', request.service].some((name) => services.includes(name))) return false;
  // Evaluates every condition, so that one that cannot be evaluated is an error even when another does not match.
  const results = Object.entries(condition as Json).flatMap(([operator, tests]) =>
    Object.entries(tests as Json).map(([key, patterns]) =>
      matchesCondition(operator, key, listOf(patterns), request, role),
    ),
  );
  return results.every((result) => result);
}

/** A condition key without a value in the request does not match. */
function matchesCondition(
  operator: string,
  key: string,
  patterns: readonly unknown[],
  { context }: AssumeRoleRequest,
  role: RoleDefinition,
): boolean {
  const compare = Object.hasOwn(COMPARISONS, operator) ? COMPARISONS[operator] : undefined;
  if (compare === undefined) throw cannotEvaluate(role, `the operator ${operator}`);
  const known = Object.keys(context).find((name) => name.toLowerCase() === key.toLowerCase());
  if (known === undefined) throw cannotEvaluate(role, `the condition key ${key}`);
  const value = context[known];
  return value !== undefined && patterns.some((pattern) => compare(String(pattern), value));
}

function cannotEvaluate({ roleName }: RoleDefinition, what: string): Error {
  return new Error(
    `the trust policy of the role ${roleName}: got ${what}, expected StringEquals or ArnLike on ${KEYS}, because the sandbox evaluates nothing else`,
  );
}

const KEYS = 'sts:ExternalId, aws:SourceAccount and aws:SourceArn';
