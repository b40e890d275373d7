import {
  LINE_REASONS,
  type LineReason,
  type ListDescription,
  type ListingCounts,
  type SkippedLines,
} from '../../../lib/contract/campaign';

/** Tells how a list was read, without any text of it. */
export function describeReading(
  list: ListDescription,
  { lines, found }: Pick<ListingCounts, 'lines' | 'found'>,
  skippedLines: SkippedLines,
): string {
  const skipped = describeLines(skippedLines, LINE_REASONS);
  return `${describeFormat(list)}; of ${lines} lines, ${found} name a user of the user pool${skipped === '' ? '' : ` and ${skipped}`}`;
}

/** Tells what a list was taken for. */
export function describeFormat({ format, encoding, separator, column, sha256 }: ListDescription): string {
  const cells = separator === undefined ? '' : `, separated by ${nameOfSeparator(separator)}`;
  const users = column === undefined ? '' : `, with the users in the column ${column}`;
  return `the list was read as ${format} in ${encoding}${cells}${users}; its SHA-256 is ${sha256}`;
}

/** The numbers of skipped lines by reason. */
export function describeLines(skippedLines: SkippedLines, reasons: readonly LineReason[]): string {
  return reasons
    .flatMap((reason) => {
      const { count = 0, first = [] } = skippedLines[reason] ?? {};
      return count === 0 ? [] : [`${count} ${reason}: ${first.join(', ')}${count > first.length ? ', …' : ''}`];
    })
    .join('; ');
}

export function nameOfSeparator(separator: string): string {
  return separator === '\t' ? 'tabs' : `\`${separator}\``;
}
