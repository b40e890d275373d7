import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';

/** An HTTP request whose body has been read. */
export interface HttpRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** An HTTP response that has not been sent yet. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

/** Reads the whole request; undefined when its body is larger than the limit, in bytes. */
export async function readRequest(request: IncomingMessage, limit: number): Promise<HttpRequest | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size <= limit) chunks.push(chunk);
  }
  if (size > limit) return undefined;
  const { method = '', url = '', headers } = request;
  return { method, url, headers, body: Buffer.concat(chunks) };
}

export function sendResponse(to: ServerResponse, { status, headers, body }: HttpResponse): void {
  writeHead(to, status, headers).end(body);
}

/** Promises one byte more than it sends, so that the client goes on waiting for it. */
export function sendEndlessResponse(to: ServerResponse, { status, headers, body }: HttpResponse): void {
  writeHead(to, status, { ...headers, 'content-length': String(Buffer.byteLength(body) + 1) }).write(body);
}

function writeHead(to: ServerResponse, status: number, headers: HttpResponse['headers']): ServerResponse {
  return to.writeHead(status, { 'x-amzn-RequestId': randomUUID(), ...headers });
}
