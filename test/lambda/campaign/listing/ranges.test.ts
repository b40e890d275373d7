import fc from 'fast-check';
import { rangesOf } from '../../../../lambda/campaign/listing/ranges';
import type { ListedUser, ListingRange } from '../../../../lib/contract/campaign';
import { cases } from '../../../support/soak';

const ETAG = '"etag"';

async function rangesIn(listing: readonly ListedUser[], batchSize: number) {
  const lines = listing.map((line) => `${JSON.stringify(line)}\n`);
  async function* read() {
    let end = 0;
    for (const text of lines) {
      end += Buffer.byteLength(text);
      yield { text: text.trimEnd(), end };
    }
  }
  const ranges: ListingRange[] = [];
  for await (const range of rangesOf(read(), ETAG, batchSize)) ranges.push(range);
  return { bytes: Buffer.from(lines.join('')), ranges };
}

const userOf = (number: number) => ({ sub: `sub-${number}`, username: `zoë-${number}` });
const skippedOf = (number: number): ListedUser => ({ ...userOf(number), skip: 'DISABLED' });

test('every user to process is in exactly one range, which begins and ends with such a user', async () => {
  const kinds = fc.array(fc.constantFrom('user', 'skipped', 'line'), { maxLength: 60 });
  const property = fc.asyncProperty(kinds, fc.integer({ min: 1, max: 7 }), async (wanted, batchSize) => {
    const listing = wanted.map((kind, index): ListedUser => {
      if (kind === 'line') return { line: index + 1, skip: 'USER_NOT_FOUND' };
      return kind === 'user' ? userOf(index) : skippedOf(index);
    });
    const { bytes, ranges } = await rangesIn(listing, batchSize);
    const read = ranges.map(({ etag, offset, length, lines }) => {
      const part = bytes.subarray(offset, offset + length).toString();
      const users: ListedUser[] = part
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
      expect([etag, part.endsWith('\n'), users.length]).toEqual([ETAG, true, lines]);
      expect([users[0]?.skip, users.at(-1)?.skip]).toEqual([undefined, undefined]);
      const processed = users.filter(({ skip }) => skip === undefined);
      expect(processed.length).toBeLessThanOrEqual(batchSize);
      return processed;
    });
    expect(read.flat()).toEqual(listing.filter(({ skip }) => skip === undefined));
    // No batch is smaller than it could be.
    for (const processed of read.slice(0, -1)) expect(processed).toHaveLength(batchSize);
  });
  await fc.assert(property, { numRuns: cases(300, 10_000) });
});

test('a listing in which nobody is to be processed has no range', async () => {
  expect((await rangesIn([skippedOf(1), { line: 2, skip: 'MALFORMED' }], 5)).ranges).toEqual([]);
  expect((await rangesIn([], 5)).ranges).toEqual([]);
});

test('a range has at most 5,000 lines, because a worker reads it whole', async () => {
  const between = Array.from({ length: 6_000 }, (_, number) => skippedOf(number));

  const { ranges } = await rangesIn([userOf(1), userOf(2), ...between, userOf(3)], 100);

  expect(ranges.map(({ lines }) => lines)).toEqual([2, 1]);
});
