import { setTimeout as wait } from 'node:timers/promises';

const ATTEMPTS = 3;
const ATTEMPT_TIMEOUT = 3_000;
const BACKOFF = 200;

/**
 * The event that CloudFormation sends for a custom resource.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref.html
 */
export interface CustomResourceEvent {
  readonly RequestType: string;
  readonly ResponseURL: string;
  readonly StackId: string;
  readonly RequestId: string;
  readonly LogicalResourceId: string;
  /** Missing for a creation. */
  readonly PhysicalResourceId?: string;
  readonly ResourceProperties?: Readonly<Record<string, unknown>>;
  /** Only for an update. */
  readonly OldResourceProperties?: Readonly<Record<string, unknown>>;
}

/** The fields of a response that depend on what was done. */
export type CustomResourceOutcome = { readonly PhysicalResourceId: string } & (
  | { readonly Status: 'FAILED'; readonly Reason: string }
  | { readonly Status: 'SUCCESS'; readonly Data?: Readonly<Record<string, string>> }
);

/** The maximum size of a response to CloudFormation, in bytes. */
export const MAX_RESPONSE_BYTES = 4_096;

/** The maximum length of a reason, in characters, which are ASCII. Leaves room for the other fields of the response. */
export const MAX_REASON_CHARACTERS = 2_000;

export function isCustomResourceEvent(event: unknown): event is CustomResourceEvent {
  return typeof event === 'object' && event !== null && 'RequestType' in event;
}

export function createResponseBody(event: CustomResourceEvent, outcome: CustomResourceOutcome): Buffer {
  const { StackId, RequestId, LogicalResourceId } = event;
  return Buffer.from(JSON.stringify({ ...outcome, StackId, RequestId, LogicalResourceId }));
}

/** Sends the response. Its errors do not contain the URL, which is signed: anyone who has it could respond. */
export async function sendResponse(event: CustomResourceEvent, body: Buffer): Promise<void> {
  const url = parseResponseUrl(event.ResponseURL);
  for (let attempt = 1; ; attempt++) {
    const sent = await putResponse(url, body).catch(() => false);
    if (sent) return;
    if (attempt === ATTEMPTS) {
      throw new Error('the response could not be sent to CloudFormation');
    }
    await wait(BACKOFF * 2 ** attempt);
  }
}

async function putResponse(url: URL, body: Buffer): Promise<boolean> {
  const response = await fetch(url, {
    method: 'PUT',
    // The URL is signed for a request without a content type.
    headers: { 'content-type': '' },
    body: new Uint8Array(body),
    signal: AbortSignal.timeout(ATTEMPT_TIMEOUT),
  });
  await response.body?.cancel();
  return response.ok;
}

/** Requires HTTPS, except for a sandbox on the same machine. */
function parseResponseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && url.hostname === '127.0.0.1')) return url;
  throw new Error('ResponseURL: expected an HTTPS URL');
}
