import { setTimeout as wait } from 'node:timers/promises';
import { SMS_READINESS_RESOURCE, type SmsReadinessReport } from '../../lib/contract/sms';

/** The most bytes of an answer. */
const MAX_ANSWER = 4_096;

/** The most characters of a reason: beside it stand two ARNs and the rest. All of ours are ASCII. */
const MAX_REASON = 2_000;

const ATTEMPTS = 3;
const ATTEMPT_TIMEOUT = 3_000;
const BACKOFF = 200;

/**
 * What CloudFormation sends for a custom resource.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref.html
 */
export interface ResourceEvent {
  readonly RequestType: string;
  readonly ResponseURL: string;
  readonly StackId: string;
  readonly RequestId: string;
  readonly LogicalResourceId: string;
  readonly ResourceProperties?: Readonly<Record<string, unknown>>;
}

type Outcome =
  | { readonly Status: 'FAILED'; readonly Reason: string }
  | { readonly Status: 'SUCCESS'; readonly Data?: Readonly<Record<string, string>> };

export function isResourceEvent(event: unknown): event is ResourceEvent {
  return typeof event === 'object' && event !== null && 'RequestType' in event;
}

/** Fails a first deployment only, only when asked to, and only for what is known. */
export function decide(event: ResourceEvent, report: SmsReadinessReport): Outcome {
  const { onDeployment, fail } = SMS_READINESS_RESOURCE;
  const mayFail = event.RequestType === 'Create' && event.ResourceProperties?.[onDeployment] === fail;
  if (mayFail && report.status === 'NOT_READY') {
    const failed = report.checks.filter(({ status }) => status === 'FAILED').map(({ detail }) => detail);
    return { Status: 'FAILED', Reason: `SMS are not ready. ${failed.join(' ')}`.slice(0, MAX_REASON) };
  }
  return { Status: 'SUCCESS', Data: { Status: report.status, Report: JSON.stringify(report) } };
}

/** Throws without the URL, which whoever has it may answer to. */
export async function answer(event: ResourceEvent, outcome: Outcome): Promise<void> {
  const url = responseUrl(event.ResponseURL);
  const body = bodyOf(event, outcome);
  for (let attempt = 1; ; attempt++) {
    const sent = await put(url, body).catch(() => false);
    if (sent) return;
    if (attempt === ATTEMPTS) {
      throw new Error('CloudFormation could not be answered');
    }
    await wait(BACKOFF * 2 ** attempt);
  }
}

function bodyOf(event: ResourceEvent, outcome: Outcome): Buffer {
  const { StackId, RequestId, LogicalResourceId } = event;
  // The same for all requests: another one would be a replacement.
  const whole = { ...outcome, PhysicalResourceId: LogicalResourceId, StackId, RequestId, LogicalResourceId };
  const body = Buffer.from(JSON.stringify(whole));
  if (body.length <= MAX_ANSWER || outcome.Status === 'FAILED' || outcome.Data === undefined) return body;
  const Data = { Status: outcome.Data.Status, Report: 'too long: see the log of the function' };
  return Buffer.from(JSON.stringify({ ...whole, Data }));
}

async function put(url: URL, body: Buffer): Promise<boolean> {
  const response = await fetch(url, {
    method: 'PUT',
    // The URL is signed for a request without a type.
    headers: { 'content-type': '' },
    body: new Uint8Array(body),
    signal: AbortSignal.timeout(ATTEMPT_TIMEOUT),
  });
  await response.body?.cancel();
  return response.ok;
}

/** Plain HTTP is for a sandbox on this machine. */
function responseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && url.hostname === '127.0.0.1')) return url;
  throw new Error('ResponseURL: expected one of HTTPS');
}
