import type { ServerResponse } from 'node:http';
import { ServiceError } from '../model';
import type { Call } from './call';
import { type Fault, type Faults, parseFault } from './faults';
import { type HttpRequest, type HttpResponse, sendEndlessResponse, sendResponse } from './http';
import { parseJson } from './json';

/** The path at which faults are added and removed by hand. */
export const FAULTS_PATH = '/_sandbox/faults';

/** Serves {@link FAULTS_PATH}: POST adds a fault, DELETE removes all faults. */
export function editFaults(faults: Faults, { method, body }: HttpRequest): HttpResponse {
  const done = { status: 204, headers: {}, body: '' };
  if (method === 'DELETE') {
    faults.clear();
    return done;
  }
  if (method !== 'POST') return { ...done, status: 405 };
  try {
    faults.add(parseFault(parseJson(body.toString())));
    return done;
  } catch (error) {
    return { status: 400, headers: { 'Content-Type': 'text/plain' }, body: `${(error as Error).message}\n` };
  }
}

/**
 * Answers a call, or does what its fault says instead.
 *
 * @param carryOut carries out the operation and returns its response, which may be an error
 */
export async function respond(
  to: ServerResponse,
  call: Call,
  instead: Fault['instead'],
  carryOut: () => Promise<HttpResponse>,
): Promise<void> {
  if (typeof instead === 'object') {
    const { name, message = 'injected fault', status } = instead;
    return sendResponse(to, call.errorResponse(new ServiceError(name, message, { status })));
  }
  if (instead === 'hang') return;
  if (instead === 'cut-before') return void to.socket?.destroy();
  const response = await carryOut();
  if (instead === 'cut-after') return void to.socket?.destroy();
  if (instead === 'slow-body') return sendEndlessResponse(to, response);
  sendResponse(to, instead === 'garbage' ? garbled(response) : response);
}

function garbled({ headers: { 'content-length': _, ...headers } }: HttpResponse): HttpResponse {
  return { status: 200, headers, body: '<not json' };
}
