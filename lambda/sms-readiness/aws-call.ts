import type { SmsReadinessCheck } from '../../lib/contract/sms';
import { withTimeLimit } from '../shared/time-limit';

/** The result of a check, without its name. */
export type CheckResult = Omit<SmsReadinessCheck, 'name'>;

/** The error name for a response without the expected fields. */
const UNEXPECTED_ANSWER = 'UnexpectedAnswer';

/** The timeout for one call with both attempts, in milliseconds. */
const CALL_TIMEOUT = 5_000;

/** The configuration of all clients. The timeouts are short, so that the function reports in time. */
export const CLIENT_CONFIG = {
  maxAttempts: 2,
  retryMode: 'standard',
  requestHandler: {
    connectionTimeout: 1_000,
    requestTimeout: 2_000,
    throwOnRequestTimeout: true,
    // A socket kept across a freeze of the function may be dead.
    httpAgent: { keepAlive: false },
    httpsAgent: { keepAlive: false },
  },
};

/** A call of an AWS API failed, or its response lacks the expected fields. */
export class AwsCallError extends Error {
  constructor(
    readonly api: string,
    readonly errorName: string,
  ) {
    super(`${api}: ${errorName}`);
  }
}

/**
 * Calls an API and reads a value from its response. Throws {@link AwsCallError} on any error, and also when `read` throws
 * or finds no value.
 */
export async function callAws<Output, Value>(
  api: string,
  send: (options: { abortSignal: AbortSignal }) => Promise<Output>,
  read: (output: Output) => Value | undefined,
): Promise<Value> {
  const output = await withTimeLimit(CALL_TIMEOUT, (abortSignal) => send({ abortSignal })).catch((error: unknown) => {
    throw new AwsCallError(api, errorNameOf(error));
  });
  let value: Value | undefined;
  try {
    value = read(output);
  } catch {
    // The response differs from what AWS documents: handled like a missing value.
  }
  if (value === undefined) throw new AwsCallError(api, UNEXPECTED_ANSWER);
  return value;
}

/** Runs a check. Never rejects: the result of a check that throws is `UNKNOWN`. */
export async function runCheck(
  name: SmsReadinessCheck['name'],
  evaluate: () => Promise<CheckResult>,
): Promise<SmsReadinessCheck> {
  return { name, ...(await evaluate().catch(unknownResult)) };
}

export function unknownResult(error: unknown): CheckResult {
  const { api, errorName } =
    error instanceof AwsCallError ? error : { api: 'The check', errorName: errorNameOf(error) };
  return {
    status: 'UNKNOWN',
    detail: `${api} failed with ${errorName}: check the permissions and the network of the function, or try again later.`,
  };
}

/** Returns the value if it looks like an identifier, so that no other text gets into the report. */
export function parseIdentifier(value: unknown): string | undefined {
  return typeof value === 'string' && /^[\w:/-]{1,256}$/.test(value) ? value : undefined;
}

/** Returns the value as a finite number, if it is one. */
export function parseAmount(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

/** The name or code of the error. Never its message, which may contain anything. */
function errorNameOf(error: unknown): string {
  const { name, code } = (error ?? {}) as { name?: unknown; code?: unknown };
  const names = [name, code].filter((text) => typeof text === 'string' && /^[A-Za-z]{1,64}$/.test(text));
  return String(names.find((text) => text !== 'Error') ?? 'Error');
}
