import { splitLines } from '../shared/split-lines';
import { csvCells, endsInQuotes } from './csv';
import type { CsvFormat } from './list-format';
import { type ListPosition, type ListRecord, UnreadableListError } from './list-record';
import { type NamedUser, namedUser } from './named-user';
import type { StrictDecoder } from './strict-decoder';

/** Records with more than this many code units are not read. Only quotes that are never closed can make them so long. */
const MAX_RECORD_LENGTH = 64 * 1024;

/** Reads the records of a CSV list. A record may have several lines, within quotes. */
export async function* readCsv(
  units: AsyncIterable<string>,
  format: CsvFormat,
  from: ListPosition,
  decoder: StrictDecoder,
): AsyncGenerator<ListRecord> {
  let end = 0;
  let { lines } = from;
  // The lines of a record are put together at its end: what a line costs must not depend on the lines before it.
  let recordLines: string[] = [];
  let recordLength = 0;
  let recordBegin = 0;
  const notClosed = () =>
    new UnreadableListError(
      `a quoted cell that begins in line ${lines - recordLines.length + 1} and is not closed`,
      `a quotation mark at its end, within ${MAX_RECORD_LENGTH} characters`,
    );
  for await (const line of splitLines(units, format.lineBreak)) {
    lines += 1;
    if (line.units === undefined) {
      throw new UnreadableListError(`a line ${lines} that is too long`, 'a line for each user');
    }
    const isInQuotes = endsInQuotes(line.units, format.separator, recordLines.length > 0);
    recordLines.push(line.units);
    recordLength += line.length;
    end += line.length;
    if (isInQuotes) {
      if (recordLength > MAX_RECORD_LENGTH) throw notClosed();
      continue;
    }
    const number = lines - recordLines.length + 1;
    // A line feed that was written as CRLF twice is preceded by two carriage returns.
    const record = recordLines.join(format.lineBreak);
    const text = decoder.decode(record, recordBegin, number - 1 - from.lines).replace(/\r\r?$/, '');
    const next = { ...from, offset: decoder.offsetOf(end), lines };
    const cells = csvCells(text, format.separator);
    // Nobody is meant by a record without text.
    if (text.trim() !== '' && !cells?.every((cell) => cell === '')) {
      yield { number, user: userInCells(cells, format), next };
    }
    recordBegin = end;
    recordLines = [];
    recordLength = 0;
  }
  if (recordLines.length > 0) throw notClosed();
}

/** A record with another number of cells than the header has a bare separator: any cell could be part of another. */
function userInCells(cells: readonly string[] | undefined, { width, columns }: CsvFormat): NamedUser | undefined {
  if (cells?.length !== width) return undefined;
  return namedUser(columns.map(({ index, attribute }) => ({ attribute, value: cells[index] })));
}
