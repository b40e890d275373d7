import type { Json } from '../../model';
import { UNKNOWN_MEMBERS_FAIL } from './assumptions';
import { lengthViolations, serializationError, throwViolations, violation } from './parameter-validation';

/** The type and the constraints of a parameter, as AWS's API model gives them. */
export type Shape =
  | { readonly type: 'boolean' }
  | { readonly type: 'integer'; readonly min: number; readonly max: number }
  | {
      readonly type: 'string';
      /** @default 0 */
      readonly min?: number;
      /** @default 131072 */
      readonly max?: number;
      readonly pattern?: RegExp;
      /** The values of an enum. */
      readonly values?: readonly string[];
    }
  | { readonly type: 'list'; readonly items: Shape; readonly min?: number; readonly max?: number }
  | { readonly type: 'map'; readonly keys: Shape; readonly values: Shape }
  | StructureShape;

export interface StructureShape {
  readonly type: 'structure';
  readonly members: Readonly<Record<string, Shape>>;
  /** The names of the required members. */
  readonly required?: readonly string[];
}

/** The longest string that Cognito accepts where its API model names no other limit. */
const MAX_STRING_LENGTH = 131_072;

/**
 * A copy of the members that the shape has. Other members are ignored, and null is a missing member. Throws what Cognito's parameter validation throws; no message contains a value.
 */
export function readStructure(shape: StructureShape, input: Json): Json {
  const violations: string[] = [];
  const value = read(shape, input, '', violations) as Json;
  throwViolations(violations);
  return value;
}

function read(shape: Shape, value: unknown, path: string, violations: string[]): unknown {
  switch (shape.type) {
    case 'boolean':
      if (typeof value !== 'boolean') throw serializationError();
      return value;
    case 'integer':
      if (!Number.isInteger(value)) throw serializationError();
      violations.push(...rangeViolations(value as number, shape).map((text) => violation(path, text)));
      return value;
    case 'string':
      if (typeof value !== 'string') throw serializationError();
      violations.push(...stringViolations(value, shape).map((text) => violation(path, text)));
      return value;
    case 'list': {
      if (!Array.isArray(value)) throw serializationError();
      violations.push(...countViolations(value.length, shape).map((text) => violation(path, text)));
      return value.map((item, index) => read(shape.items, item, `${path}.${index + 1}.member`, violations));
    }
    case 'map':
      return Object.fromEntries(
        Object.entries(objectOf(value)).map(([key, item]) => [
          read(shape.keys, key, path, violations),
          // The key is not part of the path, because it is a value of the request.
          read(shape.values, item, `${path}.member`, violations),
        ]),
      );
    case 'structure':
      return readMembers(shape, objectOf(value), path, violations);
  }
}

function readMembers({ members, required = [] }: StructureShape, input: Json, path: string, violations: string[]) {
  const pathOf = (name: string) => `${path}${path && '.'}${name.charAt(0).toLowerCase()}${name.slice(1)}`;
  if (UNKNOWN_MEMBERS_FAIL && Object.keys(input).some((name) => !Object.hasOwn(members, name)))
    throw serializationError();
  const given = Object.entries(members).filter(([name]) => (input[name] ?? undefined) !== undefined);
  for (const name of required.filter((other) => given.every(([known]) => known !== other))) {
    violations.push(violation(pathOf(name), 'must not be null'));
  }
  return Object.fromEntries(given.map(([name, member]) => [name, read(member, input[name], pathOf(name), violations)]));
}

function objectOf(value: unknown): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw serializationError();
  return value as Json;
}

function stringViolations(value: string, shape: Extract<Shape, { type: 'string' }>): string[] {
  const { min = 0, max = MAX_STRING_LENGTH, pattern, values } = shape;
  if (values !== undefined) {
    return values.includes(value) ? [] : [`must satisfy enum value set: [${values.join(', ')}]`];
  }
  const violations = lengthViolations(value, min, max);
  if (pattern !== undefined && !pattern.test(value)) {
    violations.push(`must satisfy regular expression pattern: ${pattern.source}`);
  }
  return violations;
}

function rangeViolations(value: number, { min, max }: { min: number; max: number }): string[] {
  if (value < min) return [`must have value greater than or equal to ${min}`];
  return value > max ? [`must have value less than or equal to ${max}`] : [];
}

function countViolations(count: number, { min = 0, max = Infinity }: { min?: number; max?: number }): string[] {
  if (count < min) return [`must have length greater than or equal to ${min}`];
  return count > max ? [`must have length less than or equal to ${max}`] : [];
}
