import { setTimeout as wait } from 'node:timers/promises';
import { SMS_READINESS_RESOURCE, type SmsReadinessReport } from '../../lib/contract/sms';

/** The maximum size of a response to CloudFormation, in bytes. */
const MAX_RESPONSE_BYTES = 4_096;

/** The maximum length of a reason, in characters, which are ASCII. Leaves room for the other fields of the response. */
const MAX_REASON_CHARACTERS = 2_000;

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
  readonly ResourceProperties?: Readonly<Record<string, unknown>>;
}

type DeploymentOutcome =
  | { readonly Status: 'FAILED'; readonly Reason: string }
  | { readonly Status: 'SUCCESS'; readonly Data?: Readonly<Record<string, string>> };

export function isCustomResourceEvent(event: unknown): event is CustomResourceEvent {
  return typeof event === 'object' && event !== null && 'RequestType' in event;
}

/** Fails only the creation of the resource, only if it is configured to fail, and only if a check failed. */
export function decideDeployment(event: CustomResourceEvent, report: SmsReadinessReport): DeploymentOutcome {
  const { onDeployment, fail } = SMS_READINESS_RESOURCE;
  const mayFail = event.RequestType === 'Create' && event.ResourceProperties?.[onDeployment] === fail;
  if (mayFail && report.status === 'NOT_READY') {
    const failed = report.checks.filter(({ status }) => status === 'FAILED').map(({ detail }) => detail);
    return { Status: 'FAILED', Reason: `SMS are not ready. ${failed.join(' ')}`.slice(0, MAX_REASON_CHARACTERS) };
  }
  return { Status: 'SUCCESS', Data: { Status: report.status, Report: JSON.stringify(report) } };
}

/** Sends the response. Its errors do not contain the URL, which is signed: anyone who has it could respond. */
export async function sendResponse(event: CustomResourceEvent, outcome: DeploymentOutcome): Promise<void> {
  const url = parseResponseUrl(event.ResponseURL);
  const body = createResponseBody(event, outcome);
  for (let attempt = 1; ; attempt++) {
    const sent = await putResponse(url, body).catch(() => false);
    if (sent) return;
    if (attempt === ATTEMPTS) {
      throw new Error('the response could not be sent to CloudFormation');
    }
    await wait(BACKOFF * 2 ** attempt);
  }
}

function createResponseBody(event: CustomResourceEvent, outcome: DeploymentOutcome): Buffer {
  const { StackId, RequestId, LogicalResourceId } = event;
  // The physical id never changes: with another one, CloudFormation would replace the resource.
  const whole = { ...outcome, PhysicalResourceId: LogicalResourceId, StackId, RequestId, LogicalResourceId };
  const body = Buffer.from(JSON.stringify(whole));
  if (body.length <= MAX_RESPONSE_BYTES || outcome.Status === 'FAILED' || outcome.Data === undefined) return body;
  const Data = { Status: outcome.Data.Status, Report: 'too long: see the log of the function' };
  return Buffer.from(JSON.stringify({ ...whole, Data }));
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
