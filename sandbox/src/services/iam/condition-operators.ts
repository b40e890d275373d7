import type { ConditionOperator } from '../../model';

/**
 * The condition operators that the sandbox supports. Each compares a value of the policy with the value of the request.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
export const CONDITION_OPERATORS: Readonly<Record<ConditionOperator, (pattern: string, value: string) => boolean>> = {
  ArnEquals: matchesArn,
  ArnLike: matchesArn,
  StringEquals: (pattern, value) => pattern === value,
  StringLike: (pattern, value) => wildcard(pattern).test(value),
};

/** Compares each of the six parts of an ARN separately, as IAM does. */
function matchesArn(pattern: string, arn: string): boolean {
  const [patterns, parts] = [pattern, arn].map((text) => text.split(':')) as [string[], string[]];
  const sixth = (all: string[]) => [...all.slice(0, 5), all.slice(5).join(':')];
  const wanted = sixth(patterns);
  return sixth(parts).every((part, index) => wildcard(wanted[index] ?? '').test(part));
}

function wildcard(pattern: string): RegExp {
  const source = pattern.replace(/\*|\?|\W/g, (character) => ({ '*': '.*', '?': '.' })[character] ?? `\\${character}`);
  return new RegExp(`^${source}$`, 's');
}
