import { createHash } from 'node:crypto';
import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { USED_SIGNATURES_TABLE } from '../../lib/contract/messages';
import { HttpHandler } from '../shared/http-handler';

/**
 * How long a signature may be used after its first use, in milliseconds. Cognito invokes a slow trigger up to three times
 * with the same event, in which nothing tells one request from another, and waits five seconds each time. A campaign's
 * worker uses a signature for 15 seconds.
 */
const SAME_REQUEST = 20_000;

/** How long a use is remembered, in seconds. A signature that is too old to be accepted is not asked for. */
const EXPIRES_AFTER_SECONDS = 3_600;

/** In milliseconds. Short enough for another attempt within the time that the trigger has. */
const CONNECTION_TIMEOUT = 500;

/** The table of the signatures that were used, which makes each of them count for one request. */
export class UsedSignatures {
  readonly #tableName: string;
  readonly #client = new DynamoDBClient({
    maxAttempts: 3,
    retryMode: 'standard',
    requestHandler: new HttpHandler({ connectionTimeout: CONNECTION_TIMEOUT }),
  });

  constructor(tableName: string) {
    this.#tableName = tableName;
  }

  /**
   * Stores the first use of a signature, which must be verified: otherwise anybody could fill the table. Resolves to
   * whether this use belongs to the same request as the first one. Idempotent, because the first use stays the first.
   */
  async use(mac: Uint8Array, abortSignal: AbortSignal): Promise<boolean> {
    const now = Date.now();
    const { Attributes } = await this.#client.send(
      new UpdateItemCommand({
        TableName: this.#tableName,
        // A reader of the table cannot use a signature.
        Key: { [USED_SIGNATURES_TABLE.partitionKey]: { S: createHash('sha256').update(mac).digest('base64url') } },
        UpdateExpression: 'SET usedAt = if_not_exists(usedAt, :now), #expires = :expires',
        ExpressionAttributeNames: { '#expires': USED_SIGNATURES_TABLE.timeToLiveAttribute },
        ExpressionAttributeValues: {
          ':now': { N: `${now}` },
          ':expires': { N: `${Math.floor(now / 1000) + EXPIRES_AFTER_SECONDS}` },
        },
        ReturnValues: 'ALL_NEW',
      }),
      { abortSignal },
    );
    // Not a number without a time: no use then.
    return now - Number(Attributes?.usedAt?.N) <= SAME_REQUEST;
  }
}
