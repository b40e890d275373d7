import { isUtf8 } from 'node:buffer';
import { createHash, createHmac, randomUUID } from 'node:crypto';
import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import type { IdempotencyRecord } from '@aws-lambda-powertools/idempotency/persistence';
import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { IDEMPOTENCY_TABLE } from '../../lib/contract/reset';
import { CLOCK_TOLERANCE } from '../shared/clock';
import { HttpHandler } from '../shared/http-handler';
import type { Sensitive } from '../shared/sensitive';
import type { ParsedRequest } from './request';

/** The stored outcome of a request, which a retry gets as well. It does not name the user. */
export type StoredOutcome =
  | { readonly kind: 'reset'; readonly httpStatus: number; readonly requestId: string }
  | { readonly kind: 'unknown' };

/** The result of an idempotent reset. `saved` is false when the table could not be updated after the reset. */
export type IdempotentResult =
  | { readonly kind: 'carriedOut'; readonly outcome: StoredOutcome; readonly saved: boolean }
  /** Certainly not carried out; `error` is what `reset` threw. */
  | { readonly kind: 'failed'; readonly error: unknown; readonly saved: boolean }
  | { readonly kind: 'replayed'; readonly outcome: StoredOutcome }
  /** Another invocation with the same key is at work. */
  | { readonly kind: 'inProgress' }
  /** The key was used with another user or other metadata. */
  | { readonly kind: 'mismatch' }
  /** The table could not be used; nothing was sent. */
  | { readonly kind: 'unavailable'; readonly errorName: string };

/** The timeout for creating the record before the reset, retries included, in milliseconds. */
const CLAIM_TIMEOUT = 7_000;

/** The timeout for updating or deleting the record after the reset, retries included, in milliseconds. */
const SAVE_TIMEOUT = 1_500;

/** The time kept for answering the caller when saving takes until its timeout, in milliseconds. */
const RESPONSE_RESERVE = 500;

/**
 * Powertools lets a record in progress expire when the invocation that created it times out. A retry would then reset
 * again although the first reset may have been carried out. So Powertools is told that each invocation has ten years
 * left, in milliseconds.
 */
const IN_PROGRESS_LIFETIME = 10 * 365 * 24 * 3_600_000;

/** Resets at most once for each idempotency key, by a record in DynamoDB. */
export class IdempotentResets {
  readonly #store: IdempotencyStore;
  readonly #config: IdempotencyConfig;

  constructor(tableName: string, expiresAfterSeconds: number) {
    // With this variable, Powertools would reset every time. Idempotency is turned off in the construct instead.
    delete process.env.POWERTOOLS_IDEMPOTENCY_DISABLED;
    this.#store = new IdempotencyStore(tableName);
    this.#config = new IdempotencyConfig({
      eventKeyJmesPath: 'key',
      payloadValidationJmesPath: 'request',
      expiresAfterSeconds,
      hashFunction: 'sha256',
    });
    this.#config.registerLambdaContext({ getRemainingTimeInMillis: () => IN_PROGRESS_LIFETIME } as never);
  }

  /**
   * Call it at the start of the invocation: the time that is left then stands for the timeout of the function.
   *
   * @param idempotencyKey the key of the request
   * @param remainingTime the time left of the invocation, in milliseconds
   * @param reset resolves to the outcome of the reset; throws only if it was certainly not carried out, and then the
   * record is deleted
   */
  async resetOnce(
    request: ParsedRequest,
    idempotencyKey: Sensitive<string>,
    userPoolId: string,
    remainingTime: () => number,
    reset: () => Promise<StoredOutcome>,
  ): Promise<IdempotentResult> {
    // An invocation that started longer ago than this has ended.
    const functionTimeout = remainingTime();
    let result: { readonly outcome: StoredOutcome } | { readonly error: unknown } | undefined;
    const tableTimer = new RestartableTimer(CLAIM_TIMEOUT);
    const idempotentReset = makeIdempotent(
      async (_digests: { readonly key: string; readonly request: string }) => {
        // The record was created too late: the caller was told that nothing was sent.
        if (tableTimer.hasExpired) throw new TableTimeoutError();
        tableTimer.stop();
        try {
          const outcome = await reset();
          result = { outcome };
          return outcome;
        } catch (error) {
          result = { error };
          throw error;
        } finally {
          tableTimer.restart(Math.min(SAVE_TIMEOUT, remainingTime() - RESPONSE_RESERVE));
        }
      },
      { persistenceStore: this.#store, config: this.#config, keyPrefix: userPoolId },
    );
    const saved = await Promise.race([
      idempotentReset(digestRequest(request, idempotencyKey, userPoolId)).then(
        (stored) => ({ stored: stored as StoredOutcome }),
        (error: Error) => ({ error }),
      ),
      tableTimer.expiry.then(() => ({ error: new TableTimeoutError() })),
    ]);
    tableTimer.stop();

    if (result === undefined) {
      return 'stored' in saved
        ? { kind: 'replayed', outcome: saved.stored }
        : resultOfTableError(saved.error, functionTimeout);
    }
    if ('outcome' in result) {
      return { kind: 'carriedOut', outcome: result.outcome, saved: 'stored' in saved };
    }
    // Powertools rethrows the error of `reset` when the record was deleted, and throws its own error otherwise.
    return { kind: 'failed', error: result.error, saved: 'error' in saved && saved.error === result.error };
  }
}

/** A timer that can be stopped and restarted. */
class RestartableTimer {
  /** Resolves when the timer expires. */
  readonly expiry: Promise<void>;
  hasExpired = false;
  #resolveExpiry: () => void = () => {};
  #timer: NodeJS.Timeout | undefined;

  constructor(milliseconds: number) {
    this.expiry = new Promise((resolve) => {
      this.#resolveExpiry = resolve;
    });
    this.restart(milliseconds);
  }

  restart(milliseconds: number): void {
    this.stop();
    this.#timer = setTimeout(() => {
      this.hasExpired = true;
      this.#resolveExpiry();
    }, milliseconds);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}

class TableTimeoutError extends Error {
  override readonly name = 'TimeoutError';
}

function resultOfTableError(error: Error, functionTimeout: number): IdempotentResult {
  if (error instanceof RecordInProgressError) {
    return error.age > functionTimeout + CLOCK_TOLERANCE
      ? { kind: 'replayed', outcome: { kind: 'unknown' } }
      : { kind: 'inProgress' };
  }
  if (error.name === 'IdempotencyValidationError') {
    return { kind: 'mismatch' };
  }
  return { kind: 'unavailable', errorName: error.cause instanceof Error ? error.cause.name : error.name };
}

/** Another invocation created the record and has not completed it. */
class RecordInProgressError extends Error {
  /** The age of the record, in milliseconds. */
  readonly age: number;

  constructor(age: number) {
    super('the record is in progress');
    this.age = age;
  }
}

/** The table. Adds the age of a record in progress to the error, which Powertools leaves out. */
class IdempotencyStore extends DynamoDBPersistenceLayer {
  constructor(tableName: string) {
    super({
      tableName,
      keyAttr: IDEMPOTENCY_TABLE.partitionKey,
      expiryAttr: IDEMPOTENCY_TABLE.timeToLiveAttribute,
      awsSdkV3Client: createDynamoDbClient(),
    });
  }

  override processExistingRecord(record: IdempotencyRecord, data: never): IdempotencyRecord {
    const existing = super.processExistingRecord(record, data);
    if (existing.getStatus() === 'INPROGRESS') {
      throw new RecordInProgressError(Date.now() + IN_PROGRESS_LIFETIME - (existing.inProgressExpiryTimestamp ?? 0));
    }
    return existing;
  }
}

function createDynamoDbClient(): DynamoDBClient {
  const client = new DynamoDBClient({
    maxAttempts: 3,
    retryMode: 'standard',
    requestHandler: new HttpHandler({
      requestTimeout: 2_000,
      throwOnRequestTimeout: true,
      // Covers a response that stops halfway; `requestTimeout` does not.
      socketTimeout: 2_000,
    }),
  });
  // When the response to a put is lost, the SDK retries, and the condition fails on the record of the first attempt. A
  // mark that is unique to each put tells that record from the record of another invocation.
  client.middlewareStack.add(
    (next) => async (args) => {
      if (!('Item' in args.input) || args.input.Item === undefined) {
        return next(args);
      }
      const mark = randomUUID();
      args.input.Item.mark = { S: mark };
      try {
        return await next(args);
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException && error.Item?.mark?.S === mark) {
          return { response: undefined, output: { $metadata: error.$metadata } };
        }
        throw error;
      }
    },
    { name: 'ownPutsSucceed', step: 'initialize' },
  );
  return client;
}

/**
 * Digests of the key and of the request, for the table. They are HMACs keyed with the idempotency key, which is not
 * stored: without it, a reader of the table learns nothing about the user.
 *
 * Do not change them for usual keys: after an update, the function would not find its own records, and a retry would
 * send a second message.
 */
function digestRequest(request: ParsedRequest, idempotencyKey: Sensitive<string>, userPoolId: string) {
  const key = idempotencyKey.reveal();
  const unclear = isUnclearHmacKey(key) ? [key] : [];
  const digest = (...parts: unknown[]) =>
    createHmac('sha256', key)
      .update(JSON.stringify([userPoolId, ...parts, ...unclear]))
      .digest('base64');
  const metadata = Object.entries(request.clientMetadata?.reveal() ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return { key: digest('key'), request: digest('request', request.username.reveal(), metadata) };
}

/** The bytes up to which an HMAC with SHA-256 uses its key itself. It uses the digest of a longer one. */
const HMAC_BLOCK = 64;

/**
 * Whether an HMAC may treat another text as the same key. It fills a short key with zeros, and uses the digest of a long
 * one, which may be the bytes of a text: that is so for one digest in a hundred million.
 */
function isUnclearHmacKey(key: string): boolean {
  const isLong = Buffer.byteLength(key) > HMAC_BLOCK;
  return isLong ? isUtf8(createHash('sha256').update(key).digest()) : key.endsWith('\0');
}
