import type { Json, RequestContext, ServiceError } from '../model';
import type { HttpResponse } from './http';

/** Throws a {@link ServiceError} unless the caller may do the action on the resource, or on each of several. */
export type Authorize = (action: string, resource: string | readonly string[], context?: RequestContext) => void;

/** A call of an AWS API, which a protocol has read from an HTTP request. */
export interface Call {
  /** The prefix of the service's IAM actions. */
  readonly service: string;
  readonly operation: string;
  /** The parameters under their names in the API reference. Empty when they cannot be read. */
  readonly parameters: Json;
  /** The name of the error that the service answers when it fails itself. */
  readonly internalErrorName: string;
  /** Asks for every permission that the operation needs, and carries it out. */
  run(authorize: Authorize): Promise<HttpResponse>;
  /** Writes an error in the call's protocol. */
  errorResponse(error: ServiceError): HttpResponse;
}

/** The HTTP status of an error outside of the AWS JSON protocol, which alone answers 400 when access is denied. */
export function statusOf({ name, status }: ServiceError): number {
  return name === 'AccessDeniedException' || name === 'MissingAuthenticationTokenException' ? 403 : status;
}
