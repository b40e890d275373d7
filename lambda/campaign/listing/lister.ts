import type { Campaign, ListedUser, ListingCounts, ListingProgress } from '../../../lib/contract/campaign';
import type { Bucket } from '../shared/bucket';
import { HANDS_OVER_AFTER, LINES_PER_OBJECT } from '../shared/hand-over';
import type { Ledger } from '../shared/ledger';
import { type PoolUser, resettability } from '../shared/pool-user';

/** Some users, or lines that stand for none, and where the next ones begin. */
export interface SourcePage<Cursor> {
  readonly lines: readonly (PoolUser | Extract<ListedUser, { line: number }>)[];
  readonly cursor: Cursor;
  readonly done: boolean;
}

/** Where users come from: a pool or a list. */
export interface UserSource<Cursor> {
  next(campaign: Campaign, cursor: Cursor): Promise<SourcePage<Cursor>>;
}

/** How far listing has come: in the source, and in parts of the listing. */
export interface ListingCursor<Cursor> {
  readonly at: Cursor;
  /** The names of the parts, in order. */
  readonly parts: readonly string[];
}

/** Writes down who is to be reset, and who is not and why, by `sub`. */
export class Lister {
  readonly #bucket: Bucket;
  readonly #ledger: Ledger;
  readonly #maxUsers: number;

  constructor(bucket: Bucket, ledger: Ledger, maxUsers: number) {
    this.#bucket = bucket;
    this.#ledger = ledger;
    this.#maxUsers = maxUsers;
  }

  /** @param invocation names the parts: an earlier invocation, of which nobody knows, may still be writing its own */
  async goOn<Cursor>(
    source: UserSource<Cursor>,
    campaign: Campaign,
    listing: ListingProgress<ListingCursor<Cursor>>,
    invocation: string,
  ): Promise<ListingProgress<ListingCursor<Cursor>>> {
    const until = Date.now() + HANDS_OVER_AFTER;
    let { at } = listing.cursor;
    const parts = [...listing.cursor.parts];
    const counts = { ...listing.counts };
    let done = false;
    while (!done && Date.now() < until && !this.#tooMany(campaign, counts)) {
      const lines: string[] = [];
      while (!done && lines.length < LINES_PER_OBJECT && Date.now() < until && !this.#tooMany(campaign, counts)) {
        const found = await source.next(campaign, at);
        for (const user of await this.#judgeAll(campaign, found.lines, counts)) lines.push(JSON.stringify(user));
        counts.lines += found.lines.length;
        ({ cursor: at, done } = found);
      }
      parts.push(`${parts.length + 1}-${invocation.slice(0, 8)}`);
      await this.#bucket.put(partKey(campaign, parts.at(-1)), lines.map((line) => `${line}\n`).join(''));
    }
    if (done) {
      const keys = parts.map((part) => partKey(campaign, part));
      await this.#bucket.concatenate(keys, campaign.listingKey);
    }
    // Beyond what was confirmed nobody need be listed: nothing will be sent.
    const stopped = !done && this.#tooMany(campaign, counts);
    return { cursor: { at, parts }, done: done || stopped, stopped, counts };
  }

  async #judgeAll(
    { campaignId, recovery }: Campaign,
    found: SourcePage<unknown>['lines'],
    counts: { -readonly [Name in keyof ListingCounts]: number },
  ): Promise<ListedUser[]> {
    const subs = found.flatMap((line) => ('sub' in line ? [line.sub] : []));
    const records = await this.#ledger.find(campaignId, subs);
    return found.map((line) => {
      if (!('sub' in line)) return line;
      const { sub } = line;
      const record = records.get(sub);
      if (record?.status === 'DONE' && record.owesSignOut) {
        counts.signOuts += 1;
        return { sub };
      }
      // Whoever is claimed may be given back before the workers get there.
      if (record?.status === 'DONE' || record?.status === 'UNKNOWN') return { sub, skip: 'IN_LEDGER' };
      const { channel, skip } = resettability(line, recovery);
      if (skip !== undefined) return { sub, skip };
      counts.users += 1;
      counts[channel === 'SMS' ? 'sms' : 'email'] += 1;
      return { sub };
    });
  }

  #tooMany({ expectedUsers }: Campaign, { users }: ListingCounts): boolean {
    return users > Math.min(expectedUsers, this.#maxUsers);
  }
}

function partKey({ listingKey }: Campaign, part: string | undefined): string {
  return `${listingKey}.parts/${part}`;
}
