import { setTimeout as sleep } from 'node:timers/promises';
import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { BatchGetCommand, DynamoDBDocumentClient, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { LEDGER_TABLE } from '../../../lib/contract/campaign';
import { CLOCK_TOLERANCE } from '../../shared/clock';
import { HttpHandler } from '../../shared/http-handler';

/**
 * How long a claim is active, in milliseconds. A reset takes 20 seconds at most and its outcome is written at once. When
 * a claim is older than this and the clock tolerance, its claimant no longer works on it.
 */
export const CLAIM_LIFETIME = 30_000;

/** How old a claim may be when its reset starts, in milliseconds: the reset must end while the claim is active. */
export const MAX_CLAIM_AGE_AT_RESET = 6_000;

/** The most keys that one BatchGetItem accepts. */
const MAX_KEYS_PER_CALL = 100;

/** How often keys are asked for that DynamoDB leaves unprocessed. With the pauses, that takes about ten seconds. */
const MAX_BATCH_READS = 10;

/** The longest pauses before keys are asked for again, in milliseconds: the first one, doubled each time, and the last one. */
const FIRST_PAUSE = 50;
const LAST_PAUSE = 3_200;

/** The ledger's record of a user in a campaign. */
export interface LedgerRecord {
  readonly user: string;
  readonly status: 'CLAIMED' | 'DONE' | 'NOT_SENT' | 'UNKNOWN';
  /** The campaign run of the last claim. */
  readonly run: string;
  /** The request id of the invocation that made the last claim. */
  readonly claimant: string;
  /** When the last claim was made or renewed, in milliseconds since 1970. */
  readonly claimedAt: number;
  /** Why the status is NOT_SENT or UNKNOWN: the name of an error. A claim that was given back unused has none. */
  readonly reason?: string;
  /** Whether the user is still to be signed out. */
  readonly owesSignOut?: boolean;
  /** Whether a look-up directly after the reset confirmed it. Missing without one. */
  readonly confirmed?: boolean;
  /** Set when the user was RESET_REQUIRED before the claim: this status then says nothing about its outcome. */
  readonly wasResetRequired?: true;
}

/** DynamoDB did not read keys of the ledger, although it was asked several times. */
export class LedgerOverloadedError extends Error {
  constructor(unprocessed: number) {
    super(
      `the ledger: got ${unprocessed} unprocessed keys after ${MAX_BATCH_READS} reads, expected none: look at the throttled requests of the table`,
    );
    this.name = 'LedgerOverloadedError';
  }
}

/** The outcome of a claim. */
export interface ClaimOutcome {
  readonly status: 'DONE' | 'NOT_SENT' | 'UNKNOWN';
  readonly reason?: string;
  readonly owesSignOut?: boolean;
}

/** The refusals in a row that a campaign run got from Cognito, over all workers, of those that everybody would get. */
export interface Refusals {
  /** The name that all of them have. */
  readonly errorName: string;
  /** The users who were refused since the last refusal with another name and the last reset; undefined for none. */
  readonly refused?: ReadonlySet<string>;
  /** How many of them halt the run. */
  readonly enough: number;
}

/** Whether a run with these refusals is halted. No worker of it may call Cognito any more. */
export function isHalted(refusals: Refusals | undefined): refusals is Refusals {
  return refusals?.refused !== undefined && refusals.refused.size >= refusals.enough;
}

/** Whether the user of this record can be claimed. */
export function isClaimable(record: LedgerRecord | undefined): boolean {
  return record === undefined || record.status === 'NOT_SENT';
}

/** Whether a claimant may still be working on this record. */
export function isClaimActive({ status, claimedAt }: LedgerRecord, now: number): boolean {
  return status === 'CLAIMED' && claimedAt + CLAIM_LIFETIME + CLOCK_TOLERANCE > now;
}

/**
 * The DynamoDB table of claims: which users were claimed in a campaign, and the outcomes. No user is reset without a
 * claim, and only one claimant gets the claim. Nothing else prevents a second message.
 */
export class Ledger {
  readonly #tableName: string;
  readonly #expiresAfterSeconds: number;
  readonly #client: DynamoDBDocumentClient;
  readonly #pause: (milliseconds: number) => Promise<unknown>;

  /** @param pause waits before keys are asked for again */
  constructor(
    tableName: string,
    expiresAfterSeconds: number,
    pause: (milliseconds: number) => Promise<unknown> = sleep,
  ) {
    this.#tableName = tableName;
    this.#expiresAfterSeconds = expiresAfterSeconds;
    this.#pause = pause;
    const client = new DynamoDBClient({
      maxAttempts: 4,
      retryMode: 'standard',
      requestHandler: new HttpHandler({
        connectionTimeout: 1_000,
        requestTimeout: 2_000,
        throwOnRequestTimeout: true,
        // A response that has started may never end.
        socketTimeout: 2_000,
      }),
    });
    this.#client = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
  }

  /** The records of these users. Without `consistent`, very recent writes may be missing. */
  async findRecords(
    campaignId: string,
    users: readonly string[],
    consistent = false,
  ): Promise<Map<string, LedgerRecord>> {
    const records = new Map<string, LedgerRecord>();
    // DynamoDB refuses a request with duplicate keys.
    const distinct = [...new Set(users)];
    for (let at = 0; at < distinct.length; at += MAX_KEYS_PER_CALL) {
      const keys = distinct.slice(at, at + MAX_KEYS_PER_CALL).map((user) => this.#key(campaignId, user));
      for (const item of await this.#readBatch(keys, consistent)) records.set(item.user, item);
    }
    return records;
  }

  /**
   * Claims a user who was not claimed yet, or who was certainly not sent a message. Resolves to whether the claimant has
   * the claim. Idempotent: a claimant whose response was lost can claim again, and a claimant can renew its own claim.
   */
  async claim(
    campaignId: string,
    user: string,
    claim: Pick<LedgerRecord, 'run' | 'claimant' | 'wasResetRequired'> & { readonly owesSignOut: boolean },
  ): Promise<boolean> {
    return this.#write(
      new UpdateCommand({
        TableName: this.#tableName,
        Key: this.#key(campaignId, user),
        UpdateExpression: [
          'SET #status = :claimed, #run = :run, claimant = :claimant, claimedAt = :now, owesSignOut = :owesSignOut, #expires = :expires',
          claim.wasResetRequired
            ? ', wasResetRequired = :wasResetRequired REMOVE reason'
            : ' REMOVE reason, wasResetRequired',
        ].join(''),
        ConditionExpression:
          'attribute_not_exists(#status) OR #status = :notSent OR (#status = :claimed AND claimant = :claimant)',
        ExpressionAttributeNames: { '#status': 'status', '#run': 'run', '#expires': LEDGER_TABLE.timeToLiveAttribute },
        ExpressionAttributeValues: {
          ':claimed': 'CLAIMED',
          ':notSent': 'NOT_SENT',
          ':run': claim.run,
          ':claimant': claim.claimant,
          ':now': Date.now(),
          ':owesSignOut': claim.owesSignOut,
          ':wasResetRequired': claim.wasResetRequired,
          ':expires': this.#expiry(),
        },
      }),
    );
  }

  /**
   * Writes the outcome of a claim, unless the claimant or the status in the record has changed. Resolves to whether it
   * was written.
   */
  async recordOutcome(
    campaignId: string,
    user: string,
    from: { readonly claimant: string; readonly status: 'CLAIMED' | 'DONE' | 'UNKNOWN' },
    { status, reason, owesSignOut }: ClaimOutcome,
  ): Promise<boolean> {
    return this.#write(
      new UpdateCommand({
        TableName: this.#tableName,
        Key: this.#key(campaignId, user),
        UpdateExpression: [
          'SET #status = :status',
          ...(reason === undefined ? [] : [', reason = :reason']),
          ...(owesSignOut === undefined ? [] : [', owesSignOut = :owesSignOut']),
          ...(reason === undefined ? [' REMOVE reason'] : []),
        ].join(''),
        ConditionExpression: 'claimant = :claimant AND #status = :from',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: {
          ':claimant': from.claimant,
          ':from': from.status,
          ':status': status,
          ':reason': reason,
          ':owesSignOut': owesSignOut,
        },
      }),
    );
  }

  /** Writes whether a look-up confirmed the reset by this claimant. */
  async recordConfirmation(campaignId: string, user: string, claimant: string, confirmed: boolean): Promise<void> {
    await this.#write(
      new UpdateCommand({
        TableName: this.#tableName,
        Key: this.#key(campaignId, user),
        UpdateExpression: 'SET confirmed = :confirmed',
        ConditionExpression: 'claimant = :claimant AND #status = :done',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':claimant': claimant, ':done': 'DONE', ':confirmed': confirmed },
      }),
    );
  }

  /**
   * Resolves to whether this line of the list is the first one, in its run, that names the user. Idempotent: the first
   * line that asks stays the first.
   */
  async isFirstLineOfUser(campaignId: string, run: string, user: string, line: number): Promise<boolean> {
    return this.#putOnce(partitionOfRun(campaignId, run), user, 'line', line);
  }

  /** The refusals in a row that this run got. */
  async findRefusals(campaignId: string, run: string): Promise<Refusals | undefined> {
    const { Item } = await this.#client.send(
      new GetCommand({ TableName: this.#tableName, Key: this.#refusalsKey(campaignId, run), ConsistentRead: true }),
    );
    return Item as Refusals | undefined;
  }

  /**
   * Notes a refusal, unless the run is halted. A refusal with another name is the first one in a row. Idempotent: a user
   * counts once.
   *
   * @returns the refusals in a row, with this one
   */
  async noteRefusal(
    campaignId: string,
    run: string,
    { errorName, enough, user }: Pick<Refusals, 'errorName' | 'enough'> & { readonly user: string },
  ): Promise<Refusals> {
    const shared = {
      TableName: this.#tableName,
      Key: this.#refusalsKey(campaignId, run),
      ReturnValues: 'ALL_NEW',
    } as const;
    const values = { ':name': errorName, ':user': new Set([user]) };
    const addToRow = new UpdateCommand({
      ...shared,
      UpdateExpression: 'ADD refused :user',
      ConditionExpression: 'errorName = :name AND size(refused) < enough',
      ExpressionAttributeValues: values,
    });
    const startRow = new UpdateCommand({
      ...shared,
      UpdateExpression: 'SET refused = :user, errorName = :name, enough = :enough, #expires = :expires',
      ConditionExpression: 'attribute_not_exists(refused) OR (errorName <> :name AND size(refused) < enough)',
      ExpressionAttributeNames: { '#expires': LEDGER_TABLE.timeToLiveAttribute },
      ExpressionAttributeValues: { ...values, ':enough': enough, ':expires': this.#expiry() },
    });
    for (;;) {
      for (const command of [addToRow, startRow]) {
        try {
          const { Attributes } = await this.#client.send(command);
          return Attributes as Refusals;
        } catch (error) {
          if (!(error instanceof ConditionalCheckFailedException)) throw error;
        }
      }
      const found = await this.findRefusals(campaignId, run);
      if (isHalted(found)) return found;
      // Another worker started a row with this name between the two commands.
      await pauseBeforeRetry();
    }
  }

  /** Ends the refusals in a row, because a user was reset. A run that is halted stays halted. */
  async endRefusals(campaignId: string, run: string): Promise<void> {
    await this.#write(
      new UpdateCommand({
        TableName: this.#tableName,
        Key: this.#refusalsKey(campaignId, run),
        UpdateExpression: 'REMOVE refused',
        ConditionExpression: 'size(refused) < enough',
      }),
    );
  }

  /** Resolves to false when the id was registered for another campaign, which has another digest. */
  async matchesCampaign(campaignId: string, digest: string): Promise<boolean> {
    const { Item } = await this.#client.send(
      new GetCommand({ TableName: this.#tableName, Key: this.#key(campaignId, CAMPAIGN_ROW), ConsistentRead: true }),
    );
    return Item === undefined || Item.digest === digest;
  }

  /** Registers the id for this campaign. Resolves to false when it was registered for another one. Idempotent. */
  async registerCampaign(campaignId: string, digest: string): Promise<boolean> {
    return this.#putOnce(campaignId, CAMPAIGN_ROW, 'digest', digest);
  }

  /**
   * Takes the next free slots of the clock with this name. Workers that share a clock never get the same slots.
   *
   * @param duration how long the slots last together, in milliseconds
   * @param lead how far in the future the first slot must be, in milliseconds
   * @param latest when the first slot must begin at the latest, in milliseconds since 1970
   * @returns when the first slot begins, in milliseconds since 1970; undefined when no slot was taken, because the first
   * one would begin after `latest`
   */
  async takeSlots(
    name: string,
    { duration, lead, latest }: { readonly duration: number; readonly lead: number; readonly latest: number },
  ): Promise<number | undefined> {
    const shared = {
      TableName: this.#tableName,
      Key: this.#key(PACE_PARTITION, name),
      ReturnValues: 'UPDATED_NEW',
    } as const;
    for (let attempt = 0; attempt < MAX_SLOT_ATTEMPTS; attempt++) {
      const earliest = Date.now() + lead;
      if (earliest > latest) return undefined;
      const advanceClock = new UpdateCommand({
        ...shared,
        UpdateExpression: 'SET nextAt = nextAt + :taken',
        ConditionExpression: 'nextAt BETWEEN :earliest AND :latest',
        ExpressionAttributeValues: { ':taken': duration, ':earliest': earliest, ':latest': latest },
      });
      const restartClock = new UpdateCommand({
        ...shared,
        UpdateExpression: 'SET nextAt = :next',
        // A time further in the future than any worker takes was written by a machine whose clock is wrong.
        ConditionExpression: 'attribute_not_exists(nextAt) OR NOT (nextAt BETWEEN :earliest AND :horizon)',
        ExpressionAttributeValues: {
          ':next': earliest + duration,
          ':earliest': earliest,
          ':horizon': earliest + MAX_LOOKAHEAD,
        },
      });
      for (const command of [advanceClock, restartClock]) {
        try {
          const { Attributes } = await this.#client.send(command);
          return Number(Attributes?.nextAt) - duration;
        } catch (error) {
          if (!(error instanceof ConditionalCheckFailedException)) throw error;
        }
      }
      // Another worker was faster, or the next slot is too late.
      await pauseBeforeRetry();
    }
    return undefined;
  }

  /**
   * Reads up to {@link MAX_KEYS_PER_CALL} records. DynamoDB may leave keys unprocessed, for example because a partition is
   * read too fast. AWS recommends exponential backoff.
   *
   * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
   */
  async #readBatch(wanted: Record<string, string>[], consistent: boolean): Promise<LedgerRecord[]> {
    const records: LedgerRecord[] = [];
    let keys = wanted;
    for (let read = 1; ; read++) {
      const { Responses, UnprocessedKeys } = await this.#client.send(
        new BatchGetCommand({ RequestItems: { [this.#tableName]: { Keys: keys, ConsistentRead: consistent } } }),
      );
      records.push(...((Responses?.[this.#tableName] ?? []) as LedgerRecord[]));
      keys = (UnprocessedKeys?.[this.#tableName]?.Keys ?? []) as typeof keys;
      if (keys.length === 0) return records;
      if (read === MAX_BATCH_READS) throw new LedgerOverloadedError(keys.length);
      const longest = Math.min(FIRST_PAUSE * 2 ** (read - 1), LAST_PAUSE);
      await this.#pause(longest * (1 + Math.random()) * 0.5);
    }
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

  /** Resolves to whether the condition of the write was met. */
  async #write(command: UpdateCommand | PutCommand): Promise<boolean> {
    try {
      // The client accepts both commands, but its types do not accept their union.
      await this.#client.send(command as UpdateCommand);
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }

  #refusalsKey(campaignId: string, run: string): Record<string, string> {
    return this.#key(partitionOfRun(campaignId, run), REFUSALS_ROW);
  }

  #key(campaign: string, user: string): Record<string, string> {
    return { [LEDGER_TABLE.partitionKey]: campaign, [LEDGER_TABLE.sortKey]: user };
  }

  #expiry(): number {
    return Math.floor(Date.now() / 1000) + this.#expiresAfterSeconds;
  }
}

/** The sort key of a campaign's own record, beside those of its users. No `sub` looks like it. */
const CAMPAIGN_ROW = '#campaign';

/** The sort key of the refusals of a run, beside the lines of its list. No `sub` looks like it. */
const REFUSALS_ROW = '#refusals';

/** The partition key of what belongs to one run. */
function partitionOfRun(campaignId: string, run: string): string {
  return `${campaignId} ${run}`;
}

/** The partition key of the clocks, beside those of the campaigns. No campaign id looks like it. */
const PACE_PARTITION = '#pace';

/** No worker takes slots that begin further in the future than this, in milliseconds. */
const MAX_LOOKAHEAD = 300_000;

/** How often slots are asked for while other workers take them. */
const MAX_SLOT_ATTEMPTS = 20;

/** Waits up to 50 ms, so that workers do not retry at the same time. */
function pauseBeforeRetry(): Promise<void> {
  return sleep(Math.random() * 50);
}
