import type { Json, RoleDefinition } from '../../model';
import { CONDITION_OPERATORS } from './condition-operators';
import { listOf } from './policy-document';

/** Who asks for a role: a service of AWS, with what it says about itself. */
export interface AssumeRoleRequest {
  /** Such as `cognito-idp.amazonaws.com`. */
  readonly service: string;
  /** By condition key, such as `aws:SourceAccount`. What the service does not say is undefined. */
  readonly context: Readonly<Record<string, string | undefined>>;
}

/** The comparisons that are evaluated here. */
const COMPARISONS: Readonly<Record<string, (pattern: string, value: string) => boolean>> = {
  StringEquals: CONDITION_OPERATORS.StringEquals,
  ArnLike: CONDITION_OPERATORS.ArnLike,
};

/**
 * Decides whether a service may assume a role: an explicit deny wins, then an allow; else it may not. What cannot be
 * evaluated here is an error, never an answer.
 *
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
  // All of them, so that what cannot be evaluated shows whatever the others say.
  const results = Object.entries(condition as Json).flatMap(([operator, tests]) =>
    Object.entries(tests as Json).map(([key, patterns]) =>
      matchesCondition(operator, key, listOf(patterns), request, role),
    ),
  );
  return results.every((result) => result);
}

/** A key that the request does not have matches nothing. */
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
