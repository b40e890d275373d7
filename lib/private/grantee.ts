import { Stack, Token, Tokenization } from 'aws-cdk-lib';
import type { CompositePrincipal, IGrantable, IPrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct, type IConstruct } from 'constructs';
import { TYPES, validateType } from './validate-props';

/** Validates that a grantee is not everyone. */
export function validateGrantee(scope: IConstruct, grantee: IGrantable): void {
  validateType('grantee', grantee, TYPES.grantee);
  for (const principal of principalsOf(grantee)) {
    validateNotEveryone(scope, principal);
  }
}

/**
 * Validates a grantee of a function, whose resource policy it may be added to. A service needs a condition on its source:
 * otherwise, it would invoke the function on behalf of any account.
 */
export function validateInvoker(scope: IConstruct, grantee: IGrantable): void {
  validateType('grantee', grantee, TYPES.grantee);
  for (const principal of principalsOf(grantee)) {
    validateNotEveryone(scope, principal);
    validateConditionValues(principal);
    validateServiceSource(scope, principal);
  }
}

function principalsOf({ grantPrincipal }: IGrantable): IPrincipal[] {
  // The principal of a resource that was imported without its role is not known: the CDK warns.
  if (isUnknown(grantPrincipal)) return [];
  const { principals } = grantPrincipal as Partial<CompositePrincipal>;
  return Array.isArray(principals) ? principals.flatMap(principalsOf) : [grantPrincipal];
}

/** An UnknownPrincipal has the resource that was imported, and refuses to name a principal. */
function isUnknown(principal: IPrincipal): boolean {
  const { resource } = principal as { resource?: unknown };
  return Construct.isConstruct(resource) && !Construct.isConstruct(principal);
}

/** With any part left open, a principal is everyone, or AWS refuses it. */
function validateNotEveryone(scope: IConstruct, { policyFragment }: IPrincipal): void {
  const { principalJson, conditions } = policyFragment;
  const names: unknown[] = Object.values(principalJson).flat();
  const open = names.map((name) => JSON.stringify(Stack.of(scope).resolve(name))).find((name) => name.includes('*'));
  if (open !== undefined && !isClosed(conditionValue(conditions, 'StringEquals', 'aws:PrincipalOrgID'), /^o-/)) {
    throw new Error(
      `grantee: got the principal ${open}, expected one without *, because it would be everyone: name a role, an account with new AccountPrincipal('111122223333'), or an organization with new OrganizationPrincipal('o-…')`,
    );
  }
}

/** The CDK leaves a condition out of a Lambda permission, without a word, when its value is not one string. */
function validateConditionValues({ policyFragment }: IPrincipal): void {
  for (const keys of Object.values(policyFragment.conditions)) {
    for (const [key, value] of Object.entries(keys as object)) {
      if (typeof value !== 'string') {
        throw new Error(
          `grantee: got a condition on ${key} with a list of values, expected one string, because a Lambda permission has no lists: grant permission once for each value`,
        );
      }
    }
  }
}

function validateServiceSource(scope: IConstruct, { policyFragment }: IPrincipal): void {
  const { principalJson, conditions } = policyFragment;
  if (principalJson.Service === undefined) return;
  const account = conditionValue(conditions, 'StringEquals', 'aws:SourceAccount');
  if (isClosed(account, /^\d{12}$/) || isArnOfOneAccount(conditionValue(conditions, 'ArnLike', 'aws:SourceArn')))
    return;

  const [service, got] = [principalJson.Service, conditions].map((value) => Stack.of(scope).resolve(value));
  const condition = Object.keys(conditions).length === 0 ? 'without a condition' : `with ${JSON.stringify(got)}`;
  throw new Error(
    `grantee: got the service ${service} ${condition}, expected a condition on the ARN of the source, with its account and without a wildcard before it, or on its account: new ServicePrincipal('${service}', { conditions: { ArnLike: { 'aws:SourceArn': ruleOrTopicArn } } }), and also StringEquals: { 'aws:SourceAccount': '111122223333' } if the ARN has no account`,
  );
}

/** The value of a condition, by the operators and keys that the CDK supports in a Lambda permission. */
function conditionValue(conditions: Record<string, unknown>, operator: string, key: string): unknown {
  return (conditions[operator] as Record<string, unknown> | undefined)?.[key];
}

/** Whether a value is this pattern, or is known at deployment only, and has no wildcard. */
function isClosed(value: unknown, pattern: RegExp): boolean {
  return typeof value === 'string' && !/[*?]/.test(value) && (Token.isUnresolved(value) || pattern.test(value));
}

/**
 * Whether a pattern matches ARNs of one account only. AWS Lambda compares with `StringLike`, in which a wildcard matches
 * colons as well: one before the account would match any account. What is known at deployment only is the ARN of a
 * resource.
 */
function isArnOfOneAccount(pattern: unknown): boolean {
  if (typeof pattern !== 'string') return false;
  if (Tokenization.reverseString(pattern).firstToken !== undefined) return true;
  const [prefix, partition, service, region, account] = pattern.split(':');
  return (
    prefix === 'arn' &&
    [partition, service, region].every((field) => isClosed(field, /^/)) &&
    // The ARN of a bucket has no account, and its name can be taken by anyone when it is deleted.
    isClosed(account, /^\d{12}$/)
  );
}
