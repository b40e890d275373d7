import type { SmsReadinessCheck } from '../../lib/contract/sms';
import { withTimeLimit } from '../shared/time-limit';

/** A check before it has its name. */
export type Finding = Omit<SmsReadinessCheck, 'name'>;

/** For an answer that is none. */
const UNEXPECTED = 'UnexpectedAnswer';

/** What one call may take with both attempts, in milliseconds. */
const CALL_TIMEOUT = 5_000;

/** What every client is told: a report that comes late helps nobody. */
export const CLIENT = {
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

/** AWS did not say what was asked. */
export class Unanswered extends Error {
  constructor(
    readonly api: string,
    readonly errorName: string,
  ) {
    super(`${api}: ${errorName}`);
  }
}

/**
 * Calls an API and reads its answer. Throws {@link Unanswered} whatever goes wrong, also when there is nothing of it in
 * the answer.
 */
export async function ask<Output, Value>(
  api: string,
  send: (options: { abortSignal: AbortSignal }) => Promise<Output>,
  read: (output: Output) => Value | undefined,
): Promise<Value> {
  const output = await withTimeLimit(CALL_TIMEOUT, (abortSignal) => send({ abortSignal })).catch((error: unknown) => {
    throw new Unanswered(api, nameOf(error));
  });
  let value: Value | undefined;
  try {
    value = read(output);
  } catch {
    // Not what AWS documents: taken for no answer.
  }
  if (value === undefined) throw new Unanswered(api, UNEXPECTED);
  return value;
}

/** Never rejects: what could not be found out is unknown. */
export async function check(name: SmsReadinessCheck['name'], find: () => Promise<Finding>): Promise<SmsReadinessCheck> {
  return { name, ...(await find().catch(unknown)) };
}

export function unknown(error: unknown): Finding {
  const { api, errorName } = error instanceof Unanswered ? error : { api: 'The check', errorName: nameOf(error) };
  return {
    status: 'UNKNOWN',
    detail: `${api} failed with ${errorName}: look into the permissions of the function or its network, or ask again later.`,
  };
}

/** A word that AWS answered, if it is one: texts of others stay out of the report. */
export function word(value: unknown): string | undefined {
  return typeof value === 'string' && /^[\w:/-]{1,256}$/.test(value) ? value : undefined;
}

/** An amount that AWS answered, if it is one. */
export function amount(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

/** The name of the error, never its message, which can say anything. */
function nameOf(error: unknown): string {
  const { name, code } = (error ?? {}) as { name?: unknown; code?: unknown };
  const names = [name, code].filter((text) => typeof text === 'string' && /^[A-Za-z]{1,64}$/.test(text));
  return String(names.find((text) => text !== 'Error') ?? 'Error');
}
