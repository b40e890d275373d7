import { setTimeout as sleep } from 'node:timers/promises';
import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { BatchGetCommand, DynamoDBDocumentClient, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { LEDGER_TABLE } from '../../../lib/contract/campaign';
import { CLOCK_TOLERANCE } from '../../shared/clock';

/**
 * How long a claim holds, in milliseconds: a reset must begin within the first seconds of it, takes twenty at most, and
 * is written down at once. Whoever claimed longer ago than this, and the tolerance, is not at work any more.
 */
export const CLAIM_HOLDS = 30_000;
export const BEGIN_WITHIN = 6_000;

/** The most keys that DynamoDB takes at once. */
const MAX_KEYS = 100;

/** What the ledger says of a user in a campaign. */
export interface LedgerRecord {
  readonly user: string;
  readonly status: 'CLAIMED' | 'DONE' | 'NOT_SENT' | 'UNKNOWN';
  /** The run that claimed last. */
  readonly run: string;
  /** The invocation that claimed last. */
  readonly claimant: string;
  /** When it claimed, in milliseconds since 1970. */
  readonly claimedAt: number;
  /** Why it was not sent, or is unknown: the name of an error. */
  readonly reason?: string;
  /** Whether the user's tokens are still to be revoked. */
  readonly owesSignOut?: boolean;
}

/** What a claim ends with. */
export interface Ending {
  readonly status: 'DONE' | 'NOT_SENT' | 'UNKNOWN';
  readonly reason?: string;
  readonly owesSignOut?: boolean;
}

/** Whether a record can be claimed again. */
export function isOpen(record: LedgerRecord | undefined): boolean {
  return record === undefined || record.status === 'NOT_SENT';
}

/** Whether somebody may still be at work on a claim. */
export function isFresh({ status, claimedAt }: LedgerRecord, now: number): boolean {
  return status === 'CLAIMED' && claimedAt + CLAIM_HOLDS + CLOCK_TOLERANCE > now;
}

/**
 * Who was claimed in which campaign, and what came of it. No user is reset without a claim, and a claim is given once:
 * that, and nothing else, keeps a second message from being sent.
 */
export class Ledger {
  readonly #tableName: string;
  readonly #expiresAfterSeconds: number;
  readonly #client: DynamoDBDocumentClient;

  constructor(tableName: string, expiresAfterSeconds: number) {
    this.#tableName = tableName;
    this.#expiresAfterSeconds = expiresAfterSeconds;
    const client = new DynamoDBClient({
      maxAttempts: 4,
      retryMode: 'standard',
      requestHandler: {
        connectionTimeout: 1_000,
        requestTimeout: 2_000,
        throwOnRequestTimeout: true,
        // An answer that began may never end.
        socketTimeout: 2_000,
      },
    });
    this.#client = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
  }

  /** What is known of these users. Unless it must be the latest, what was written a moment ago may be missing. */
  async find(campaignId: string, users: readonly string[], latest = false): Promise<Map<string, LedgerRecord>> {
    const records = new Map<string, LedgerRecord>();
    // DynamoDB refuses to be asked for the same key twice.
    const distinct = [...new Set(users)];
    for (let at = 0; at < distinct.length; at += MAX_KEYS) {
      let keys = distinct.slice(at, at + MAX_KEYS).map((user) => this.#key(campaignId, user));
      while (keys.length > 0) {
        const { Responses, UnprocessedKeys } = await this.#client.send(
          new BatchGetCommand({ RequestItems: { [this.#tableName]: { Keys: keys, ConsistentRead: latest } } }),
        );
        for (const item of Responses?.[this.#tableName] ?? []) records.set(item.user, item as LedgerRecord);
        keys = (UnprocessedKeys?.[this.#tableName]?.Keys ?? []) as typeof keys;
        if (keys.length > 0) await pause();
      }
    }
    return records;
  }

  /**
   * Claims a user whom nobody has claimed yet, or who was certainly not sent a message. Tells whether the claim is the
   * claimant's, which it also is when its answer was lost before. In that case, and in no other, it is renewed.
   */
  async claim(
    campaignId: string,
    user: string,
    claim: { readonly run: string; readonly claimant: string; readonly owesSignOut: boolean },
  ): Promise<boolean> {
    return this.#write(
      new UpdateCommand({
        TableName: this.#tableName,
        Key: this.#key(campaignId, user),
        UpdateExpression:
          'SET #status = :claimed, #run = :run, claimant = :claimant, claimedAt = :now, owesSignOut = :owes, #expires = :expires REMOVE reason',
        ConditionExpression:
          'attribute_not_exists(#status) OR #status = :notSent OR (#status = :claimed AND claimant = :claimant)',
        ExpressionAttributeNames: { '#status': 'status', '#run': 'run', '#expires': LEDGER_TABLE.timeToLiveAttribute },
        ExpressionAttributeValues: {
          ':claimed': 'CLAIMED',
          ':notSent': 'NOT_SENT',
          ':run': claim.run,
          ':claimant': claim.claimant,
          ':now': Date.now(),
          ':owes': claim.owesSignOut,
          ':expires': this.#expiry(),
        },
      }),
    );
  }

  /** Writes what came of a claim, unless the record is no longer what it was. Tells whether it was written. */
  async end(
    campaignId: string,
    user: string,
    from: { readonly claimant: string; readonly status: 'CLAIMED' | 'DONE' | 'UNKNOWN' },
    { status, reason, owesSignOut }: Ending,
  ): Promise<boolean> {
    return this.#write(
      new UpdateCommand({
        TableName: this.#tableName,
        Key: this.#key(campaignId, user),
        UpdateExpression: [
          'SET #status = :status',
          ...(reason === undefined ? [] : [', reason = :reason']),
          ...(owesSignOut === undefined ? [] : [', owesSignOut = :owes']),
          ...(reason === undefined ? [' REMOVE reason'] : []),
        ].join(''),
        ConditionExpression: 'claimant = :claimant AND #status = :from',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: {
          ':claimant': from.claimant,
          ':from': from.status,
          ':status': status,
          ':reason': reason,
          ':owes': owesSignOut,
        },
      }),
    );
  }

  /** Whether this line of a list is the first in its run that stands for the user. Asking again changes nothing. */
  async isFirst(campaignId: string, run: string, user: string, line: number): Promise<boolean> {
    return this.#putOnce(`${campaignId} ${run}`, user, 'line', line);
  }

  /** Whether the campaign is what its id stood for when it was first begun; until then it is anything. */
  async isSame(campaignId: string, digest: string): Promise<boolean> {
    const { Item } = await this.#client.send(
      new GetCommand({ TableName: this.#tableName, Key: this.#key(campaignId, CAMPAIGN), ConsistentRead: true }),
    );
    return Item === undefined || Item.digest === digest;
  }

  /** From now on the id stands for this campaign. Tells whether it did not stand for another. */
  async begin(campaignId: string, digest: string): Promise<boolean> {
    return this.#putOnce(campaignId, CAMPAIGN, 'digest', digest);
  }

  /**
   * Takes the next moments at which a call may be made, over all who take some of the same name: so many, so far apart.
   *
   * @param milliseconds for how long
   * @param lead how far ahead they must at least be, in milliseconds
   * @param latest when the first of them must be at the latest, in milliseconds since 1970
   * @returns the first of them, in milliseconds since 1970; undefined, and nothing is taken, when it would be later
   */
  async takeTime(
    name: string,
    { milliseconds, lead, latest }: { readonly milliseconds: number; readonly lead: number; readonly latest: number },
  ): Promise<number | undefined> {
    const shared = { TableName: this.#tableName, Key: this.#key(PACE, name), ReturnValues: 'UPDATED_NEW' } as const;
    for (let attempt = 0; attempt < MAX_RACES; attempt++) {
      const earliest = Date.now() + lead;
      if (earliest > latest) return undefined;
      const goOn = new UpdateCommand({
        ...shared,
        UpdateExpression: 'SET nextAt = nextAt + :taken',
        ConditionExpression: 'nextAt BETWEEN :earliest AND :latest',
        ExpressionAttributeValues: { ':taken': milliseconds, ':earliest': earliest, ':latest': latest },
      });
      const beginAnew = new UpdateCommand({
        ...shared,
        UpdateExpression: 'SET nextAt = :next',
        // What lies further ahead than anybody takes was written by a clock that is wrong.
        ConditionExpression: 'attribute_not_exists(nextAt) OR NOT (nextAt BETWEEN :earliest AND :horizon)',
        ExpressionAttributeValues: {
          ':next': earliest + milliseconds,
          ':earliest': earliest,
          ':horizon': earliest + HORIZON,
        },
      });
      for (const command of [goOn, beginAnew]) {
        try {
          const { Attributes } = await this.#client.send(command);
          return Number(Attributes?.nextAt) - milliseconds;
        } catch (error) {
          if (!(error instanceof ConditionalCheckFailedException)) throw error;
        }
      }
      // Others were faster, or the next moment is too late.
      await pause();
    }
    return undefined;
  }

  async #putOnce(partition: string, user: string, field: string, value: string | number): Promise<boolean> {
    return this.#write(
      new PutCommand({
        TableName: this.#tableName,
        Item: { ...this.#key(partition, user), [field]: value, [LEDGER_TABLE.timeToLiveAttribute]: this.#expiry() },
        ConditionExpression: 'attribute_not_exists(#field) OR #field = :value',
        ExpressionAttributeNames: { '#field': field },
        ExpressionAttributeValues: { ':value': value },
      }),
    );
  }

  /** Tells whether the condition held. */
  async #write(command: UpdateCommand | PutCommand): Promise<boolean> {
    try {
      // They are the same to a client, but not to its types.
      await this.#client.send(command as UpdateCommand);
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }

  #key(campaign: string, user: string): Record<string, string> {
    return { [LEDGER_TABLE.partitionKey]: campaign, [LEDGER_TABLE.sortKey]: user };
  }

  #expiry(): number {
    return Math.floor(Date.now() / 1000) + this.#expiresAfterSeconds;
  }
}

/** Stands beside the users of a campaign: no `sub` looks like it. */
const CAMPAIGN = '#campaign';

/** Stands beside the campaigns: no id looks like it. */
const PACE = '#pace';

/** Further ahead than time is taken by any worker, in milliseconds. */
const HORIZON = 300_000;

/** How often the next moment is asked for while others take it. */
const MAX_RACES = 20;

/** Up to a twentieth of a second: not at once again, and not all together. */
function pause(): Promise<void> {
  return sleep(Math.random() * 50);
}
