import { createHmac, randomUUID } from 'node:crypto';
import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import type { IdempotencyRecord } from '@aws-lambda-powertools/idempotency/persistence';
import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { IDEMPOTENCY_TABLE } from '../../lib/contract/reset';
import { CLOCK_TOLERANCE } from '../shared/clock';
import type { Sensitive } from '../shared/sensitive';
import type { ParsedRequest } from './request';

/** What is kept about a request, and answered again when it is repeated. It names no user. */
export type StoredOutcome =
  | { readonly kind: 'reset'; readonly httpStatus: number; readonly requestId: string }
  | { readonly kind: 'unknown' };

/** What became of a request that must be carried out once. Where `saved` is false, the table does not know of it. */
export type IdempotentResult =
  | { readonly kind: 'carriedOut'; readonly outcome: StoredOutcome; readonly saved: boolean }
  /** Certainly not carried out, for the reason that `run` threw. */
  | { readonly kind: 'failed'; readonly error: unknown; readonly saved: boolean }
  | { readonly kind: 'replayed'; readonly outcome: StoredOutcome }
  | { readonly kind: 'inProgress' }
  /** The key was used with another user or other metadata. */
  | { readonly kind: 'mismatch' }
  /** The table could not be used, and nothing was done. */
  | { readonly kind: 'unavailable'; readonly errorName: string };

/** How long the table may take in all before the reset, and after it, in milliseconds. */
const CLAIM_TIMEOUT = 7_000;
const SAVE_TIMEOUT = 1_500;

/** What is left for answering the caller when the table used all the time it could have, in milliseconds. */
const RESERVE = 500;

/**
 * A record in progress never expires before the others: were it to end with the invocation that made it, a retry of
 * the caller would reset again while nobody knows what became of the first one. So what Powertools stores as the end
 * of that invocation is ten years after its beginning.
 */
const NEVER = 10 * 365 * 24 * 3_600_000;

/** Runs a reset at most once for an idempotency key, by a record in DynamoDB. */
export class IdempotentResets {
  readonly #store: IdempotencyStore;
  readonly #config: IdempotencyConfig;

  constructor(tableName: string, expiresAfterSeconds: number) {
    // Whoever wants no idempotency deploys without it: this would answer as if there were.
    delete process.env.POWERTOOLS_IDEMPOTENCY_DISABLED;
    this.#store = new IdempotencyStore(tableName);
    this.#config = new IdempotencyConfig({
      eventKeyJmesPath: 'key',
      payloadValidationJmesPath: 'request',
      expiresAfterSeconds,
      hashFunction: 'sha256',
    });
    this.#config.registerLambdaContext({ getRemainingTimeInMillis: () => NEVER } as never);
  }

  /**
   * @param idempotencyKey of the request, which has one
   * @param remainingTime of the invocation, nearly all of which must be left
   * @param run resolves to what became of the reset; what it throws was certainly not carried out, and leaves no record
   */
  async once(
    request: ParsedRequest,
    idempotencyKey: Sensitive<string>,
    userPoolId: string,
    remainingTime: () => number,
    run: () => Promise<StoredOutcome>,
  ): Promise<IdempotentResult> {
    // Whoever began longer ago than this cannot be at work any more.
    const timeout = remainingTime();
    let result: { readonly outcome: StoredOutcome } | { readonly error: unknown } | undefined;
    const patience = new TimeLimit(CLAIM_TIMEOUT);
    const reset = makeIdempotent(
      async (_digests: { readonly key: string; readonly request: string }) => {
        // The claim succeeded after all, but the caller was told that nothing was sent.
        if (patience.isOver) throw new Error('too late');
        patience.stop();
        try {
          const outcome = await run();
          result = { outcome };
          return outcome;
        } catch (error) {
          result = { error };
          throw error;
        } finally {
          patience.restart(Math.min(SAVE_TIMEOUT, remainingTime() - RESERVE));
        }
      },
      { persistenceStore: this.#store, config: this.#config, keyPrefix: userPoolId },
    );
    const saved = await Promise.race([
      reset(digestsOf(request, idempotencyKey, userPoolId)).then(
        (stored) => ({ stored: stored as StoredOutcome }),
        (error: Error) => ({ error }),
      ),
      patience.over.then(() => ({ error: new TableTooSlow() })),
    ]);
    patience.stop();

    if (result === undefined) {
      return 'stored' in saved ? { kind: 'replayed', outcome: saved.stored } : explain(saved.error, timeout);
    }
    if ('outcome' in result) {
      return { kind: 'carriedOut', outcome: result.outcome, saved: 'stored' in saved };
    }
    // Powertools passes on what `run` threw once the record is deleted, and an error of its own when it is not.
    return { kind: 'failed', error: result.error, saved: 'error' in saved && saved.error === result.error };
  }
}

/** A time limit that can be stopped and set again. */
class TimeLimit {
  /** Resolves when the limit was reached. */
  readonly over: Promise<void>;
  isOver = false;
  #end: () => void = () => {};
  #timer: NodeJS.Timeout | undefined;

  constructor(milliseconds: number) {
    this.over = new Promise((resolve) => {
      this.#end = resolve;
    });
    this.restart(milliseconds);
  }

  restart(milliseconds: number): void {
    this.stop();
    this.#timer = setTimeout(() => {
      this.isOver = true;
      this.#end();
    }, milliseconds);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}

class TableTooSlow extends Error {
  override readonly name = 'TimeoutError';
}

function explain(error: Error, timeout: number): IdempotentResult {
  if (error instanceof RecordInProgress) {
    return error.age > timeout + CLOCK_TOLERANCE
      ? { kind: 'replayed', outcome: { kind: 'unknown' } }
      : { kind: 'inProgress' };
  }
  if (error.name === 'IdempotencyValidationError') {
    return { kind: 'mismatch' };
  }
  return { kind: 'unavailable', errorName: error.cause instanceof Error ? error.cause.name : error.name };
}

/** Another invocation made this record, and has not finished it. */
class RecordInProgress extends Error {
  /** In milliseconds. */
  readonly age: number;

  constructor(age: number) {
    super('the record is in progress');
    this.age = age;
  }
}

/** The table, with how old a record in progress is: Powertools itself only says that there is one. */
class IdempotencyStore extends DynamoDBPersistenceLayer {
  constructor(tableName: string) {
    super({
      tableName,
      keyAttr: IDEMPOTENCY_TABLE.partitionKey,
      expiryAttr: IDEMPOTENCY_TABLE.timeToLiveAttribute,
      awsSdkV3Client: createClient(),
    });
  }

  override processExistingRecord(record: IdempotencyRecord, data: never): IdempotencyRecord {
    const existing = super.processExistingRecord(record, data);
    if (existing.getStatus() === 'INPROGRESS') {
      throw new RecordInProgress(Date.now() + NEVER - (existing.inProgressExpiryTimestamp ?? 0));
    }
    return existing;
  }
}

function createClient(): DynamoDBClient {
  const client = new DynamoDBClient({
    maxAttempts: 3,
    retryMode: 'standard',
    requestHandler: {
      requestTimeout: 2_000,
      throwOnRequestTimeout: true,
      // For an answer that breaks off halfway, which the one above does not end.
      socketTimeout: 2_000,
      httpAgent: { keepAlive: false },
      httpsAgent: { keepAlive: false },
    },
  });
  // When the answer to a put is lost, the SDK puts again, and the condition fails on the record that the first one
  // made. A mark that is different for each put tells that record from somebody else's.
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
 * What is stored is keyed with the idempotency key, which is not stored: whoever reads the table learns nothing of
 * the user without it.
 */
function digestsOf(request: ParsedRequest, idempotencyKey: Sensitive<string>, userPoolId: string) {
  const digest = (...parts: unknown[]) =>
    createHmac('sha256', idempotencyKey.reveal())
      .update(JSON.stringify([userPoolId, ...parts]))
      .digest('base64');
  const metadata = Object.entries(request.clientMetadata?.reveal() ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return { key: digest('key'), request: digest('request', request.username.reveal(), metadata) };
}
