import { createHmac } from 'node:crypto';
import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import type { IdempotencyRecord } from '@aws-lambda-powertools/idempotency/persistence';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { IDEMPOTENCY_TABLE } from '../../lib/contract';
import type { ParsedRequest } from './request';

/** What is kept about a request, and answered again when it is repeated. It names no user. */
export type Outcome =
  | { readonly kind: 'reset'; readonly httpStatus: number; readonly requestId: string }
  | { readonly kind: 'unknown' };

/** What became of a request that must be carried out once. */
export type Once =
  | { readonly kind: 'carriedOut'; readonly outcome: Outcome; readonly saved: boolean }
  | { readonly kind: 'replayed'; readonly outcome: Outcome }
  | { readonly kind: 'inProgress' }
  /** The key was used with another user or other metadata. */
  | { readonly kind: 'mismatch' }
  /** The table could not be reached, and nothing was done. */
  | { readonly kind: 'unavailable'; readonly errorName: string };

/** Timestamps are whole seconds, and taken by more than one machine. */
const CLOCK_TOLERANCE_SECONDS = 2;

/** Runs a reset at most once for an idempotency key, by a record in DynamoDB. */
export class IdempotentResets {
  readonly #store: IdempotencyStore;
  readonly #config: IdempotencyConfig;

  constructor(tableName: string, expiresAfterSeconds: number) {
    this.#store = new IdempotencyStore(tableName);
    this.#config = new IdempotencyConfig({
      eventKeyJmesPath: 'key',
      payloadValidationJmesPath: 'request',
      expiresAfterSeconds,
      hashFunction: 'sha256',
    });
    // A record in progress is kept as long as any other: were it to expire with the invocation that made it, a
    // retry of the caller would reset again while nobody knows what became of the first one.
    this.#config.registerLambdaContext({ getRemainingTimeInMillis: () => expiresAfterSeconds * 1000 } as never);
  }

  /**
   * @param run resolves to what became of the reset; what it throws was certainly not carried out, and leaves no record
   * @param timeout the function's time-out in milliseconds, after which an invocation cannot be at work any more
   */
  async once(
    request: ParsedRequest,
    idempotencyKey: string,
    userPoolId: string,
    timeout: number,
    run: () => Promise<Outcome>,
  ): Promise<Once> {
    let outcome: Outcome | undefined;
    let rejection: { readonly error: unknown } | undefined;
    const reset = makeIdempotent(
      async (_digests: { readonly key: string; readonly request: string }) => {
        try {
          outcome = await run();
          return outcome;
        } catch (error) {
          rejection = { error };
          throw error;
        }
      },
      { persistenceStore: this.#store, config: this.#config, keyPrefix: userPoolId },
    );
    try {
      const stored = (await reset(digestsOf(request, idempotencyKey, userPoolId))) as Outcome;
      return outcome === undefined
        ? { kind: 'replayed', outcome: stored }
        : { kind: 'carriedOut', outcome, saved: true };
    } catch (error) {
      if (rejection !== undefined) {
        // The record could not be deleted, perhaps. What Cognito said matters more.
        throw rejection.error;
      }
      if (outcome !== undefined) {
        return { kind: 'carriedOut', outcome, saved: false };
      }
      return explain(error as Error, timeout);
    }
  }
}

function explain(error: Error, timeout: number): Once {
  if (error instanceof RecordInProgress) {
    return error.ageSeconds > timeout / 1000 + CLOCK_TOLERANCE_SECONDS
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
  readonly ageSeconds: number;

  constructor(ageSeconds: number) {
    super('the record is in progress');
    this.ageSeconds = ageSeconds;
  }
}

/** The table, with how old a record in progress is: Powertools itself only says that there is one. */
class IdempotencyStore extends DynamoDBPersistenceLayer {
  constructor(tableName: string) {
    super({
      tableName,
      keyAttr: IDEMPOTENCY_TABLE.partitionKey,
      expiryAttr: IDEMPOTENCY_TABLE.timeToLiveAttribute,
      awsSdkV3Client: new DynamoDBClient({
        maxAttempts: 3,
        retryMode: 'standard',
        // Three attempts of two seconds leave enough of the shortest time-out for the reset itself.
        requestHandler: {
          requestTimeout: 2_000,
          throwOnRequestTimeout: true,
          httpAgent: { keepAlive: false },
          httpsAgent: { keepAlive: false },
        },
      }),
    });
  }

  override processExistingRecord(record: IdempotencyRecord, data: never): IdempotencyRecord {
    const existing = super.processExistingRecord(record, data);
    if (existing.getStatus() === 'INPROGRESS') {
      const madeAt = (existing.expiryTimestamp ?? 0) - this.getExpiresAfterSeconds();
      throw new RecordInProgress(Date.now() / 1000 - madeAt);
    }
    return existing;
  }
}

/**
 * What is stored is keyed with the idempotency key, which is not stored: whoever reads the table learns nothing of
 * the user without it.
 */
function digestsOf(request: ParsedRequest, idempotencyKey: string, userPoolId: string) {
  const digest = (...parts: unknown[]) =>
    createHmac('sha256', idempotencyKey)
      .update(JSON.stringify([userPoolId, ...parts]))
      .digest('base64');
  const metadata = Object.entries(request.clientMetadata?.reveal() ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return { key: digest('key'), request: digest('request', request.username.reveal(), metadata) };
}
