import type { Campaign, ListedUser, Listing, ListingCounts } from '../../lib/campaign-contract';
import type { Bucket } from '../campaign/bucket';
import { isOpen, type Ledger } from '../campaign/ledger';
import { judge, type PoolUser, type Verdict } from '../campaign/user';

/** Lines of one part of the listing, which is all that is in memory. */
const PART = 20_000;

/** How long listing goes on before it hands over to the next invocation, in milliseconds. */
const HANDS_OVER_AFTER = 300_000;

/** Some users, or lines that stand for none, and where the next ones begin. */
export interface Found<Cursor> {
  readonly lines: readonly (PoolUser | Extract<ListedUser, { line: number }>)[];
  readonly cursor: Cursor;
  readonly done: boolean;
}

/** Where users come from: a pool or a list. */
export interface Source<Cursor> {
  next(campaign: Campaign, cursor: Cursor): Promise<Found<Cursor>>;
}

/** How far listing has come: in the source, and in parts of the listing. */
export interface ListingCursor<Cursor> {
  readonly at: Cursor;
  readonly parts: number;
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

  async goOn<Cursor>(
    source: Source<Cursor>,
    campaign: Campaign,
    listing: Listing<ListingCursor<Cursor>>,
  ): Promise<Listing<ListingCursor<Cursor>>> {
    const until = Date.now() + HANDS_OVER_AFTER;
    let { at, parts } = listing.cursor;
    const counts = { ...listing.counts };
    let done = false;
    while (!done && Date.now() < until && !this.#tooMany(campaign, counts)) {
      const lines: string[] = [];
      while (!done && lines.length < PART && Date.now() < until && !this.#tooMany(campaign, counts)) {
        const found = await source.next(campaign, at);
        for (const user of await this.#judgeAll(campaign, found.lines, counts)) lines.push(JSON.stringify(user));
        counts.lines += found.lines.length;
        ({ cursor: at, done } = found);
      }
      parts += 1;
      await this.#bucket.put(partKey(campaign, parts), lines.map((line) => `${line}\n`).join(''));
    }
    if (done) {
      const keys = Array.from({ length: parts }, (_, index) => partKey(campaign, index + 1));
      await this.#bucket.concatenate(keys, campaign.listingKey);
    }
    // Beyond what was confirmed nobody need be listed: nothing will be sent.
    return { cursor: { at, parts }, done: done || this.#tooMany(campaign, counts), counts };
  }

  async #judgeAll(
    { campaignId, recovery }: Campaign,
    found: Found<unknown>['lines'],
    counts: { -readonly [Name in keyof ListingCounts]: number },
  ): Promise<ListedUser[]> {
    const subs = found.flatMap((line) => ('sub' in line ? [line.sub] : []));
    const records = await this.#ledger.find(campaignId, subs);
    return found.map((line) => {
      if (!('sub' in line)) return line;
      const { sub } = line;
      const record = records.get(sub);
      const claimed = !isOpen(record);
      // The sign-out that is owed sends nothing.
      if (claimed && !(record?.status === 'DONE' && record.owesSignOut)) return { sub, skip: 'IN_LEDGER' };
      const { channel, skip }: Verdict = claimed ? {} : judge(line, recovery);
      if (skip !== undefined) return { sub, skip };
      counts.users += 1;
      if (channel !== undefined) counts[channel === 'SMS' ? 'sms' : 'email'] += 1;
      return { sub };
    });
  }

  #tooMany({ expectedUsers }: Campaign, { users }: ListingCounts): boolean {
    return users > Math.min(expectedUsers, this.#maxUsers);
  }
}

function partKey({ listingKey }: Campaign, part: number): string {
  return `${listingKey}.parts/${String(part).padStart(6, '0')}`;
}
