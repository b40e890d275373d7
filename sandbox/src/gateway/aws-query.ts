import { randomUUID } from 'node:crypto';
import type { Json, Service, ServiceError } from '../model';
import { signedRegion } from '../services/iam/signature';
import { type Call, statusOf } from './call';
import type { HttpRequest, HttpResponse } from './http';
import { writeXml } from './xml';

interface Api {
  /** The prefix of the service's IAM actions. */
  readonly prefix: string;
  /** The XML namespace of its responses. */
  readonly namespace: string;
  readonly internalErrorName: string;
}

/** The APIs by the version that each names in its requests. */
const APIS: Readonly<Record<string, Api>> = {
  '2010-03-31': {
    prefix: 'sns',
    namespace: 'http://sns.amazonaws.com/doc/2010-03-31/',
    internalErrorName: 'InternalError',
  },
};

/** Error codes that are not the name of the SDK's exception without its suffix. */
const ERROR_CODES: Readonly<Record<string, string>> = {
  AccessDeniedException: 'AuthorizationError',
  InvalidParameterValueException: 'ParameterValueInvalid',
  ValidationException: 'ValidationException',
};

/**
 * Reads a call in the AWS Query protocol, which takes a form and answers XML; undefined when no service has it.
 *
 * @see https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
 */
export function readAwsQueryCall(request: HttpRequest, services: readonly Service[]): Call | undefined {
  const { headers, body } = request;
  if (!headers['content-type']?.startsWith('application/x-www-form-urlencoded')) return undefined;
  const { action, version = '', input } = readForm(body.toString());
  const api = APIS[version];
  const service = services.find(({ prefix }) => prefix === api?.prefix);
  if (!api || !service || !action) return undefined;
  const requestId = randomUUID();
  return {
    service: api.prefix,
    operation: action,
    parameters: input,
    internalErrorName: api.internalErrorName,
    errorResponse: (error) => response(statusOf(error), errorDocument(error, api.namespace, requestId)),
    run: async (authorize) => {
      const region = signedRegion(headers.authorization);
      const resource = service.resource(action, input, region);
      if (resource !== undefined) authorize(`${api.prefix}:${action}`, resource);
      const output = await service.call(action, input, region);
      return response(200, resultDocument(action, output, api.namespace, requestId));
    },
  };
}

/** Reads a form: `Name.member.1` is an item of a list, `Name.Other` a field of an object; every value is a string. */
function readForm(body: string): { action?: string; version?: string; input: Json } {
  const { Action: action, Version: version, ...fields } = Object.fromEntries(new URLSearchParams(body));
  const input = objectWithoutPrototype();
  for (const [name, value] of Object.entries(fields)) {
    const path = name.split('.');
    const last = path.pop() as string;
    let at = input;
    for (const part of path) {
      at[part] ??= objectWithoutPrototype();
      at = at[part] as Json;
    }
    at[last] = value;
  }
  return { action, version, input: withLists(input) as Json };
}

/** A form may have a field named as a member of Object.prototype, such as `constructor`. */
function objectWithoutPrototype(): Json {
  return Object.create(null);
}

/** Replaces every object whose only field is `member` with a list. */
function withLists(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const { member, ...others } = value as Json;
  if (typeof member === 'object' && member !== null && Object.keys(others).length === 0) {
    return Object.values(member).map(withLists);
  }
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, withLists(item)]));
}

function resultDocument(action: string, output: Json, namespace: string, requestId: string): string {
  const result = `<${action}Result>${writeXml(output)}</${action}Result>`;
  const metadata = `<ResponseMetadata>${writeXml({ RequestId: requestId })}</ResponseMetadata>`;
  return `<${action}Response xmlns="${namespace}">${result}${metadata}</${action}Response>`;
}

function errorDocument({ name, message, status }: ServiceError, namespace: string, requestId: string): string {
  const code = ERROR_CODES[name] ?? name.replace(/Exception$/, '');
  const error = { Type: status < 500 ? 'Sender' : 'Receiver', Code: code, Message: message };
  return `<ErrorResponse xmlns="${namespace}">${writeXml({ Error: error, RequestId: requestId })}</ErrorResponse>`;
}

function response(status: number, body: string): HttpResponse {
  return { status, headers: { 'Content-Type': 'text/xml' }, body };
}
