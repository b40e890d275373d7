import type { Json, ServiceError } from '../model';

/**
 * The AWS Query protocol: a form in, XML out.
 *
 * @see https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
 */

/** Reads a form. `Name.member.1` is a list, `Name.Other` an object; every value is text. */
export function readForm(body: string): { action?: string; version?: string; input: Json } {
  const { Action: action, Version: version, ...fields } = Object.fromEntries(new URLSearchParams(body));
  const input = empty();
  for (const [name, value] of Object.entries(fields)) {
    const path = name.split('.');
    const last = path.pop() as string;
    let at = input;
    for (const part of path) {
      at[part] ??= empty();
      at = at[part] as Json;
    }
    at[last] = value;
  }
  return { action, version, input: lists(input) as Json };
}

/** A form may name what every object has. */
function empty(): Json {
  return Object.create(null);
}

/** An object whose only field is `member` is a list. */
function lists(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const { member, ...others } = value as Json;
  if (typeof member === 'object' && member !== null && Object.keys(others).length === 0) {
    return Object.values(member).map(lists);
  }
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, lists(item)]));
}

/** The answer to an action, with a Map where the API has a map. */
export function writeResult(action: string, namespace: string, requestId: string, output: Json): string {
  const result = `<${action}Result>${xml(output)}</${action}Result>`;
  return `<${action}Response xmlns="${namespace}">${result}${metadata(requestId)}</${action}Response>`;
}

/** The error to an action. The code is the name of the SDK's exception without its ending, save for a few. */
export function writeError(namespace: string, requestId: string, { name, message, status }: ServiceError): string {
  const error = { Type: status < 500 ? 'Sender' : 'Receiver', Code: errorCode(name), Message: message };
  return `<ErrorResponse xmlns="${namespace}">${xml({ Error: error, RequestId: requestId })}</ErrorResponse>`;
}

/** An error as S3 words it: without a namespace, and its code is the SDK's name for it. */
export function writePlainError(requestId: string, { name, message }: ServiceError): string {
  const code = name === 'AccessDeniedException' ? 'AccessDenied' : name;
  return `<?xml version="1.0" encoding="UTF-8"?>\n${xml({ Error: { Code: code, Message: message, RequestId: requestId } })}`;
}

function errorCode(name: string): string {
  return CODES[name] ?? name.replace(/Exception$/, '');
}

const CODES: Readonly<Record<string, string>> = {
  AccessDeniedException: 'AuthorizationError',
  InvalidParameterValueException: 'ParameterValueInvalid',
  ValidationException: 'ValidationException',
};

function metadata(requestId: string): string {
  return `<ResponseMetadata>${xml({ RequestId: requestId })}</ResponseMetadata>`;
}

function xml(value: unknown): string {
  if (value instanceof Map) {
    const entries = [...value].map(([key, item]) => `<entry>${xml({ key, value: item })}</entry>`);
    return entries.join('');
  }
  if (Array.isArray(value)) return value.map((item) => `<member>${xml(item)}</member>`).join('');
  if (value instanceof Date) return value.toISOString();
  if (typeof value !== 'object' || value === null) return escaped(String(value));
  return Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .map(([name, item]) => `<${name}>${xml(item)}</${name}>`)
    .join('');
}

function escaped(text: string): string {
  return text.replace(/[&<>"'\r]/g, (character) => `&#${character.charCodeAt(0)};`);
}
