import { REQUEST_LIMITS, RESERVED_METADATA_KEY, type ResetRequest, USERNAME_PATTERN } from '../../lib/contract/reset';
import { invalidRequest } from '../shared/reset-error';
import type { ResetTarget } from '../shared/reset-target';
import { Sensitive } from '../shared/sensitive';
import { maskUsername } from './claim';

/** A validated request. Values that must not appear in any output are wrapped in {@link Sensitive}. */
export interface ParsedRequest extends ResetTarget {
  readonly idempotencyKey?: Sensitive<string>;
  /** What the caller claims, for the log. It does not contain the user name. */
  readonly claims: { readonly requestedBy?: string; readonly reason?: string };
}

/** The configuration of the function that a request is validated against. */
export interface RequestRules {
  readonly userPoolId: string;
  /** Whether the function was deployed with the `idempotency` option. */
  readonly idempotency: boolean;
}

const FIELDS: Readonly<Record<keyof ResetRequest, true>> = {
  username: true,
  clientMetadata: true,
  userPoolId: true,
  idempotencyKey: true,
  requestedBy: true,
  reason: true,
};

/** Validates an event. Throws InvalidRequestError, whose text never carries a value of the event. */
export function parseRequest(event: unknown, rules: RequestRules): ParsedRequest {
  if (!isObject(event)) {
    throw invalidRequest('the event: expected a JSON object');
  }
  if (Object.keys(event).some((field) => !Object.hasOwn(FIELDS, field))) {
    throw invalidRequest(`the event: got an unknown field, expected only ${Object.keys(FIELDS).join(', ')}`);
  }
  if (event.userPoolId !== undefined && event.userPoolId !== rules.userPoolId) {
    throw invalidRequest('userPoolId: got another user pool, expected the user pool of this function or no value');
  }
  const username = parseUsername(event.username);
  return {
    username: new Sensitive(username),
    clientMetadata: event.clientMetadata === undefined ? undefined : parseMetadata(event.clientMetadata),
    idempotencyKey: parseIdempotencyKey(event.idempotencyKey, rules),
    claims: {
      requestedBy: parseClaim('requestedBy', event.requestedBy, REQUEST_LIMITS.requestedByCharacters, username),
      reason: parseClaim('reason', event.reason, REQUEST_LIMITS.reasonCharacters, username),
    },
  };
}

function parseUsername(value: unknown): string {
  if (typeof value !== 'string' || !USERNAME_PATTERN.test(value)) {
    throw invalidRequest(
      `username: expected 1 to ${REQUEST_LIMITS.usernameCharacters} letters, marks, symbols, numbers or punctuation, and no space`,
    );
  }
  return value;
}

function parseMetadata(value: unknown): Sensitive<Readonly<Record<string, string>>> {
  if (!isObject(value)) {
    throw invalidRequest('clientMetadata: expected an object of strings');
  }
  let total = 0;
  for (const [key, text] of Object.entries(value)) {
    if (key === RESERVED_METADATA_KEY || key === '__proto__') {
      throw invalidRequest(
        `clientMetadata: got a reserved key, expected any key except ${RESERVED_METADATA_KEY} and __proto__`,
      );
    }
    if (
      !isWellFormedText(key, REQUEST_LIMITS.metadataKeyCharacters) ||
      !isWellFormedText(text, REQUEST_LIMITS.metadataValueCharacters)
    ) {
      throw invalidRequest(
        `clientMetadata: expected keys and values to be well-formed strings of at most ${REQUEST_LIMITS.metadataValueCharacters} characters`,
      );
    }
    total += countCharacters(key) + countCharacters(text);
  }
  if (total > REQUEST_LIMITS.metadataTotalCharacters) {
    throw invalidRequest(
      `clientMetadata: expected at most ${REQUEST_LIMITS.metadataTotalCharacters} characters in total`,
    );
  }
  return new Sensitive(value as Record<string, string>);
}

function parseIdempotencyKey(value: unknown, rules: RequestRules): Sensitive<string> | undefined {
  if (value === undefined) {
    return undefined;
  }
  if (!rules.idempotency) {
    throw invalidRequest('idempotencyKey: got a value, expected none: deploy the function with the idempotency option');
  }
  if (!isWellFormedText(value, REQUEST_LIMITS.idempotencyKeyCharacters) || value === '') {
    throw invalidRequest(
      `idempotencyKey: expected a string of 1 to ${REQUEST_LIMITS.idempotencyKeyCharacters} characters`,
    );
  }
  return new Sensitive(value);
}

function parseClaim(field: string, value: unknown, characters: number, username: string): string | undefined {
  if (value === undefined) {
    return undefined;
  }
  if (!isWellFormedText(value, characters)) {
    throw invalidRequest(`${field}: expected a well-formed string of at most ${characters} characters`);
  }
  return maskUsername(username, value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isWellFormedText(value: unknown, characters: number): value is string {
  return typeof value === 'string' && value.isWellFormed() && countCharacters(value) <= characters;
}

/** Counts code points, as AWS does: a surrogate pair is one character. */
function countCharacters(text: string): number {
  let count = 0;
  for (const _ of text) {
    count++;
  }
  return count;
}
