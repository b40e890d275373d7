import {
  CAMPAIGN_PREFIXES,
  type Campaign,
  type ListDescription,
  type ListedUser,
  type ListingCounts,
  type ListingObjects,
  type ListingProgress,
  SKIPPED_LINE_NUMBERS,
  type SkippedLines,
} from '../../../lib/contract/campaign';
import type { Bucket } from '../shared/bucket';
import { INVOCATION_TIME_BUDGET, LINES_PER_OBJECT } from '../shared/invocation-limits';
import type { Ledger } from '../shared/ledger';
import { type PoolUser, resettability } from '../shared/pool-user';
import { rangesOf } from './ranges';

/** Some users, or lines of the list that name none, and where the next page begins. */
export interface SourcePage<Cursor> {
  readonly lines: readonly (PoolUser | Extract<ListedUser, { line: number }>)[];
  readonly cursor: Cursor;
  readonly done: boolean;
  /** How the list is read; null for the user pool. */
  readonly list: ListDescription | null;
}

/** Where the users come from: the user pool or a list. */
export interface UserSource<Cursor> {
  readPage(campaign: Campaign, cursor: Cursor): Promise<SourcePage<Cursor>>;
}

/** The state of the listing between two invocations. */
export interface ListingCursor<Cursor> {
  /** Where the next page of the source begins. */
  readonly at: Cursor;
  /** The names of the parts that were written, in order. */
  readonly parts: readonly string[];
}

/** Writes the listing: which users are to be reset, and which are skipped and why. */
export class Lister {
  readonly #bucket: Bucket;
  readonly #ledger: Ledger;
  readonly #maxUsers: number;
  readonly #batchSize: number;

  constructor(bucket: Bucket, ledger: Ledger, maxUsers: number, batchSize: number) {
    this.#bucket = bucket;
    this.#ledger = ledger;
    this.#maxUsers = maxUsers;
    this.#batchSize = batchSize;
  }

  /**
   * Lists as many users as one invocation has time for.
   *
   * @param invocation its request id, which is part of the names of the objects. An invocation that Step Functions gave
   * up may still be writing objects, which must not replace these.
   */
  async continueListing<Cursor>(
    source: UserSource<Cursor>,
    campaign: Campaign,
    listing: ListingProgress<ListingCursor<Cursor>>,
    invocation: string,
  ): Promise<ListingProgress<ListingCursor<Cursor>>> {
    const deadline = Date.now() + INVOCATION_TIME_BUDGET;
    let { at } = listing.cursor;
    const parts = [...listing.cursor.parts];
    const counts = { ...listing.counts };
    let { list, skippedLines } = listing;
    let done = false;
    const canContinue = () => !done && Date.now() < deadline && !this.#exceedsLimit(campaign, counts);
    while (canContinue()) {
      const lines: string[] = [];
      while (lines.length < LINES_PER_OBJECT && canContinue()) {
        const page = await source.readPage(campaign, at);
        for (const user of await this.#toListedUsers(campaign, page.lines, counts)) lines.push(JSON.stringify(user));
        counts.lines += page.lines.length;
        skippedLines = addSkippedLines(skippedLines, page.lines);
        ({ cursor: at, done, list } = page);
      }
      parts.push(`${parts.length + 1}-${invocation.slice(0, 8)}`);
      await this.#bucket.put(partKey(campaign.listingPath, parts.at(-1)), lines.map((line) => `${line}\n`).join(''));
    }
    const objects = done ? await this.#complete(campaign, parts, invocation) : null;
    // More users than were confirmed: the campaign run will be refused, so the rest need not be listed.
    done ||= this.#exceedsLimit(campaign, counts);
    return { cursor: { at, parts }, done, objects, counts, list, skippedLines };
  }

  async #complete({ listingPath }: Campaign, parts: readonly string[], invocation: string): Promise<ListingObjects> {
    const listingKey = `${CAMPAIGN_PREFIXES.listings}${listingPath}${invocation}.jsonl`;
    const rangesKey = `${CAMPAIGN_PREFIXES.ranges}${listingPath}${invocation}.jsonl`;
    const keys = parts.map((part) => partKey(listingPath, part));
    const listingEtag = await this.#bucket.concatenate(keys, listingKey);
    const ranges: string[] = [];
    const lines = this.#bucket.lines(listingKey, 0, { etag: listingEtag });
    for await (const range of rangesOf(lines, listingEtag, this.#batchSize)) ranges.push(`${JSON.stringify(range)}\n`);
    await this.#bucket.put(rangesKey, ranges.join(''));
    return { listingKey, listingEtag, rangesKey };
  }

  async #toListedUsers(
    { campaignId, recovery, audience }: Campaign,
    found: SourcePage<unknown>['lines'],
    counts: { -readonly [Name in keyof ListingCounts]: number },
  ): Promise<ListedUser[]> {
    const subs = found.flatMap((line) => ('sub' in line ? [line.sub] : []));
    const records = await this.#ledger.findRecords(campaignId, subs);
    return found.map((line) => {
      if (!('sub' in line)) return line;
      const { sub, username } = line;
      const user = { sub, username };
      const toWorker = { ...user, ...(line.status === 'RESET_REQUIRED' && { wasResetRequired: true as const }) };
      counts.found += 1;
      const record = records.get(sub);
      if (record?.status === 'DONE' && record.owesSignOut) {
        counts.signOuts += 1;
        return toWorker;
      }
      // The claim of a CLAIMED user may be released before the workers reach the user, so the user is listed.
      if (record?.status === 'DONE' || record?.status === 'UNKNOWN') return { ...user, skip: 'IN_LEDGER' };
      const { channel, skip } = resettability(line, recovery, audience);
      if (skip !== undefined) return { ...user, skip };
      counts.users += 1;
      counts[channel === 'SMS' ? 'sms' : 'email'] += 1;
      return toWorker;
    });
  }

  #exceedsLimit({ expectedUsers }: Campaign, { users }: ListingCounts): boolean {
    return users > Math.min(expectedUsers, this.#maxUsers);
  }
}

function addSkippedLines(skipped: SkippedLines, lines: SourcePage<unknown>['lines']): SkippedLines {
  const next: { -readonly [Reason in keyof SkippedLines]: SkippedLines[Reason] } = { ...skipped };
  for (const line of lines) {
    if (!('line' in line)) continue;
    const { count, first } = next[line.skip] ?? { count: 0, first: [] };
    next[line.skip] = {
      count: count + 1,
      first: first.length < SKIPPED_LINE_NUMBERS ? [...first, line.line] : first,
    };
  }
  return next;
}

function partKey(listingPath: string, part: string | undefined): string {
  return `${CAMPAIGN_PREFIXES.listings}${listingPath}parts/${part}`;
}
