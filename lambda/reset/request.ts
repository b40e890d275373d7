import { REQUEST_LIMITS, RESERVED_METADATA_KEY, type ResetRequest, USERNAME_PATTERN } from '../../lib/contract/reset';
import { invalidRequest } from '../shared/reset-error';
import type { ResetTarget } from '../shared/reset-target';
import { Sensitive } from '../shared/sensitive';

/** A request that keeps the contract, with what must not be shown wrapped. */
export interface ParsedRequest extends ResetTarget {
  readonly idempotencyKey?: Sensitive<string>;
  /** What the caller says of itself, with the user name cut out. */
  readonly claims: { readonly requestedBy?: string; readonly reason?: string };
}

/** What the function is set up to take. */
export interface RequestRules {
  readonly userPoolId: string;
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

/** Checks an event against the contract. Throws InvalidRequestError, whose text never carries a value of the event. */
export function parseRequest(event: unknown, rules: RequestRules): ParsedRequest {
  if (!isObject(event)) {
    throw invalidRequest('the event: expected a JSON object');
  }
  if (Object.keys(event).some((field) => !Object.hasOwn(FIELDS, field))) {
    throw invalidRequest(`the event has an unknown field: expected only ${Object.keys(FIELDS).join(', ')}`);
  }
  if (event.userPoolId !== undefined && event.userPoolId !== rules.userPoolId) {
    throw invalidRequest('userPoolId: expected the user pool that this function is for, or none');
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
        'clientMetadata has a reserved key: expected any key but that of the signature, or __proto__',
      );
    }
    if (!isText(key, REQUEST_LIMITS.metadataKeyCharacters) || !isText(text, REQUEST_LIMITS.metadataValueCharacters)) {
      throw invalidRequest(
        `clientMetadata: expected keys and values to be well-formed strings of at most ${REQUEST_LIMITS.metadataValueCharacters} characters`,
      );
    }
    total += countCharacters(key) + countCharacters(text);
  }
  if (total > REQUEST_LIMITS.metadataTotalCharacters) {
    throw invalidRequest(
      `clientMetadata: expected at most ${REQUEST_LIMITS.metadataTotalCharacters} characters in all`,
    );
  }
  return new Sensitive(value as Record<string, string>);
}

function parseIdempotencyKey(value: unknown, rules: RequestRules): Sensitive<string> | undefined {
  if (value === undefined) {
    return undefined;
  }
  if (!rules.idempotency) {
    throw invalidRequest('idempotencyKey: expected none, because the function was deployed without idempotency');
  }
  if (!isText(value, REQUEST_LIMITS.idempotencyKeyCharacters) || value === '') {
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
  if (!isText(value, characters)) {
    throw invalidRequest(`${field}: expected a well-formed string of at most ${characters} characters`);
  }
  return cutOut(username, value);
}

/** Stands for a user name. With spaces, because no name has one: with what is beside it, it cannot make up the name. */
const MASK = '* * *';

/** A name written in capitals or in full-width letters is the same name. */
function cutOut(username: string, text: string): string {
  const cut = text.replaceAll(username, MASK);
  const folded = fold(cut);
  const name = fold(username);
  return folded.includes(name) ? folded.replaceAll(name, MASK) : cut;
}

function fold(text: string): string {
  return text.normalize('NFKC').toUpperCase().toLowerCase().normalize('NFKC');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown, characters: number): value is string {
  return typeof value === 'string' && value.isWellFormed() && countCharacters(value) <= characters;
}

/** AWS counts code points: a well-formed surrogate pair is one character. */
function countCharacters(text: string): number {
  let count = 0;
  for (const _ of text) {
    count++;
  }
  return count;
}
