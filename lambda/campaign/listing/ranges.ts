import type { ListedUser, ListingRange } from '../../../lib/contract/campaign';
import type { Line } from '../shared/bucket';
import { LINES_PER_OBJECT } from '../shared/invocation-limits';

/**
 * Divides the listing into ranges, each with at most `batchSize` users to process. A range begins and ends with such a
 * user: lines that need no processing are between them, or in no range. A worker holds the lines of its range in memory.
 */
export async function* rangesOf(
  lines: AsyncIterable<Line>,
  etag: string,
  batchSize: number,
): AsyncGenerator<ListingRange> {
  let range: OpenRange | undefined;
  let begin = 0;
  for await (const { text, end } of lines) {
    const { skip }: ListedUser = JSON.parse(text ?? '');
    if (range && (range.users === batchSize || range.linesRead === LINES_PER_OBJECT)) {
      yield closed(range, etag);
      range = undefined;
    }
    if (range) range.linesRead += 1;
    if (skip === undefined) {
      range ??= { offset: begin, linesRead: 1, users: 0, end, lines: 1 };
      Object.assign(range, { users: range.users + 1, end, lines: range.linesRead });
    }
    begin = end;
  }
  if (range) yield closed(range, etag);
}

/** A range to which lines may still be added. */
interface OpenRange {
  readonly offset: number;
  /** All lines since the first one. */
  linesRead: number;
  users: number;
  /** Where the line of the last user ends, in bytes. */
  readonly end: number;
  /** The number of lines to the one of the last user. */
  readonly lines: number;
}

function closed({ offset, end, lines }: OpenRange, etag: string): ListingRange {
  return { etag, offset, length: end - offset, lines };
}
