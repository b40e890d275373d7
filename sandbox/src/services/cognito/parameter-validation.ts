import { type Json, ServiceError } from '../../model';
import { invalidParameterError } from './cognito-errors';

/** The constraint of a string parameter, which is the same in all operations. */
interface Constraint {
  readonly min?: number;
  readonly max: number;
  readonly pattern?: RegExp;
}

const USERNAME_PATTERN = /^[\p{L}\p{M}\p{S}\p{N}\p{P}]+$/u;

/** @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminResetUserPassword.html */
const STRING_CONSTRAINTS: Readonly<Record<string, Constraint>> = {
  UserPoolId: { min: 1, max: 55, pattern: /^[\w-]+_[0-9a-zA-Z]+$/ },
  Username: { min: 1, max: 128, pattern: USERNAME_PATTERN },
  ClientId: { min: 1, max: 128, pattern: /^[\w+]+$/ },
  ConfirmationCode: { min: 1, max: 2048, pattern: /^\S+$/ },
  Password: { max: 256, pattern: /^\S+.*\S+$/s },
  PreviousPassword: { max: 256, pattern: /^\S+.*\S+$/s },
  ProposedPassword: { max: 256, pattern: /^\S+.*\S+$/s },
  TemporaryPassword: { max: 256, pattern: /^\S+.*\S+$/s },
  Filter: { max: 256 },
  PaginationToken: { min: 1, max: 131_072 },
  AccessToken: { max: 131_072 },
  AuthFlow: { max: 131_072 },
  ChallengeName: { max: 131_072 },
  MessageAction: { max: 131_072, pattern: /^(RESEND|SUPPRESS)$/ },
  Session: { min: 20, max: 2048 },
  Token: { max: 131_072 },
};

const STRING_MAP_PARAMETERS = ['ClientMetadata', 'AuthParameters', 'ChallengeResponses'];
const STRING_LIST_PARAMETERS = ['AttributesToGet', 'DesiredDeliveryMediums'];
const ATTRIBUTE_NAME: Constraint = { min: 1, max: 32, pattern: USERNAME_PATTERN };
const ATTRIBUTE_VALUE: Constraint = { max: 2048 };
const MAX_MAP_STRING_LENGTH = 131_072;
const MAX_LIMIT = 60;

/**
 * Throws what Cognito's parameter validation throws. No message contains a value, because values may be personal data.
 */
export function validateParameters(input: Json, required: readonly string[]): void {
  validateLists(input);
  const violations = [
    ...required.filter((name) => input[name] === undefined).map(mustNotBeNull),
    ...Object.entries(STRING_CONSTRAINTS).flatMap(([name, constraint]) =>
      stringViolations(name, input[name], constraint),
    ),
    ...STRING_MAP_PARAMETERS.flatMap((name) => mapViolations(name, input[name])),
    ...attributeViolations(input.UserAttributes),
    ...limitViolations(input.Limit),
  ];
  if (violations.length > 0) {
    const errors = violations.length === 1 ? 'error' : 'errors';
    throw invalidParameterError(`${violations.length} validation ${errors} detected: ${violations.join('; ')}`);
  }
}

const mustNotBeNull = (name: string) => violation(name, 'must not be null');

function violation(name: string, constraint: string): string {
  const member = name.charAt(0).toLowerCase() + name.slice(1);
  return `Value at '${member}' failed to satisfy constraint: Member ${constraint}`;
}

function stringViolations(name: string, value: unknown, { min = 0, max, pattern }: Constraint): string[] {
  if (value === undefined) return [];
  if (typeof value !== 'string') throw serializationError();
  const violations = lengthViolations(value, min, max);
  if (pattern !== undefined && !pattern.test(value)) {
    violations.push(`must satisfy regular expression pattern: ${pattern.source}`);
  }
  return violations.map((text) => violation(name, text));
}

function mapViolations(name: string, value: unknown): string[] {
  if (value === undefined) return [];
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw serializationError();
  const parts = Object.entries(value).flat();
  if (!parts.every((part): part is string => typeof part === 'string')) throw serializationError();
  const tooLong = parts.some((part) => lengthOf(part) > MAX_MAP_STRING_LENGTH);
  return tooLong ? [violation(name, `must have length less than or equal to ${MAX_MAP_STRING_LENGTH}`)] : [];
}

function validateLists(input: Json): void {
  for (const name of STRING_LIST_PARAMETERS) {
    if (!isListOf(input[name], (item) => typeof item === 'string')) throw serializationError();
  }
  if (!isListOf(input.UserAttributes, isAttribute)) throw serializationError();
}

function isListOf(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return value === undefined || (Array.isArray(value) && value.every(isItem));
}

function isAttribute(item: unknown): boolean {
  const { Name, Value = '' } = (item ?? {}) as { Name?: unknown; Value?: unknown };
  return typeof Name === 'string' && typeof Value === 'string';
}

/** @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AttributeType.html */
function attributeViolations(attributes: unknown): string[] {
  return ((attributes ?? []) as readonly Json[]).flatMap(({ Name, Value }) => [
    ...stringViolations('Name', Name, ATTRIBUTE_NAME),
    ...stringViolations('Value', Value, ATTRIBUTE_VALUE),
  ]);
}

function limitViolations(value: unknown): string[] {
  if (value === undefined) return [];
  if (!Number.isInteger(value)) throw serializationError();
  if ((value as number) < 0) return [violation('Limit', 'must have value greater than or equal to 0')];
  return (value as number) > MAX_LIMIT
    ? [violation('Limit', `must have value less than or equal to ${MAX_LIMIT}`)]
    : [];
}

function lengthViolations(value: string, min: number, max: number): string[] {
  const length = lengthOf(value);
  if (length < min) return [`must have length greater than or equal to ${min}`];
  return length > max ? [`must have length less than or equal to ${max}`] : [];
}

/**
 * The number of code points, as AWS's API model defines the length of a string.
 *
 * @see https://smithy.io/2.0/spec/constraint-traits.html#length-trait
 */
function lengthOf(value: string): number {
  return [...value].length;
}

/** The error of all AWS JSON protocol APIs for a value of the wrong JSON type. */
function serializationError(): ServiceError {
  return new ServiceError('SerializationException', 'a parameter has the wrong type');
}
