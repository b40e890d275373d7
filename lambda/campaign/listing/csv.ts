import { parse } from 'csv-parse/sync';

/** What can separate the cells of a CSV list. Spreadsheets write the first three, depending on the country. */
export const SEPARATORS = [',', ';', '\t', '|'] as const;

export type Separator = (typeof SEPARATORS)[number];

/** Stands for an escaped comma while a record is parsed. No user name contains it. */
const ESCAPED_COMMA = '\0';

/**
 * The cells of a record; undefined when it is malformed. Between commas and outside quotes, `\,` is a comma in a cell, as
 * in the files of Cognito's user import.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-using-import-tool.html
 */
export function csvCells(record: string, separator: Separator): string[] | undefined {
  if (record.includes(ESCAPED_COMMA)) return undefined;
  const escaped =
    separator === ','
      ? record.replace(/"(?:[^"]|"")*"|\\,/g, (match) => (match === '\\,' ? ESCAPED_COMMA : match))
      : record;
  // Most records have no quotes, and parsing them would take most of the time.
  if (!/["\r\n]/.test(escaped)) return escaped.split(separator).map(unescapedCell);
  try {
    const records = parse(escaped, { delimiter: separator, relax_column_count: true }) as string[][];
    // Several records mean that lines end in more than one way. Reading one would lose the others.
    if (records.length !== 1) return undefined;
    return records[0]?.map(unescapedCell);
  } catch {
    return undefined;
  }
}

function unescapedCell(cell: string): string {
  return cell.replaceAll(ESCAPED_COMMA, ',').trim();
}

/**
 * Whether a record goes on in the next line, because a quoted cell is still open. Spaces before the quote do not matter.
 *
 * @param startsInQuotes whether a quoted cell is open where the line begins
 */
export function endsInQuotes(line: string, separator: Separator, startsInQuotes = false): boolean {
  let at = 0;
  if (startsInQuotes) {
    at = endOfQuotes(line, 0);
    if (at < 0) return true;
    at = nextCell(line, at, separator);
  }
  while (at >= 0) {
    const cell = at;
    while (line[at] === ' ' || (line[at] === '\t' && separator !== '\t')) at += 1;
    if (line[at] === '"') {
      at = endOfQuotes(line, at + 1);
      if (at < 0) return true;
    } else {
      at = cell;
    }
    at = nextCell(line, at, separator);
  }
  return false;
}

/** Where quotes that are open at this place are closed; -1 when they are not. */
function endOfQuotes(line: string, from: number): number {
  let at = line.indexOf('"', from);
  while (at >= 0 && line[at + 1] === '"') at = line.indexOf('"', at + 2);
  return at < 0 ? -1 : at + 1;
}

/** Where the next cell begins; -1 when there is none. */
function nextCell(line: string, from: number, separator: Separator): number {
  let at = line.indexOf(separator, from);
  while (separator === ',' && at > 0 && line[at - 1] === '\\') at = line.indexOf(separator, at + 1);
  return at < 0 ? -1 : at + 1;
}
