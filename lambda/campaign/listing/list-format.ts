import { parse } from 'csv-parse/sync';
import { USERNAME_PATTERN } from '../../../lib/contract/reset';
import type { Line } from '../shared/bucket';

/**
 * The columns of a CSV list and the fields of a JSONL list that name the user, the preferred one first. A report of a
 * campaign has `sub`.
 */
const USERNAME_FIELDS = ['username', 'sub'];

/** Stands for an escaped comma while a line is parsed. No user name contains it. */
const ESCAPED_COMMA = '\0';

/** The format of a list. A CSV list has its user names in one of its columns, by index. */
export type ListFormat =
  | { readonly kind: 'JSONL' }
  | { readonly kind: 'CSV'; readonly column: number; readonly columns: number };

/** Reads the first line of a CSV list. Returns undefined when no column has user names. */
export function readCsvHeader(header: string | undefined): ListFormat | undefined {
  const names = csvCells(header?.replace(/^\uFEFF/, ''))?.map((cell) => cell.trim()) ?? [];
  const column = USERNAME_FIELDS.map((field) => names.indexOf(field)).find((index) => index >= 0);
  return column === undefined ? undefined : { kind: 'CSV', column, columns: names.length };
}

/** Reads the user name, alias or `sub` in a line. Returns null for an empty line, undefined for a malformed one. */
export function readUsername({ text }: Pick<Line, 'text'>, format: ListFormat): string | null | undefined {
  if (text === undefined) return undefined;
  if (text.trim() === '') return null;
  const username = format.kind === 'CSV' ? usernameInCsv(text, format) : usernameInJson(text.replace(/^\uFEFF/, ''));
  return typeof username === 'string' && USERNAME_PATTERN.test(username) ? username : undefined;
}

/** A line with another number of cells than the header has a bare comma somewhere: any cell could be part of another. */
function usernameInCsv(text: string, { column, columns }: ListFormat & { kind: 'CSV' }): string | undefined {
  const cells = csvCells(text);
  return cells?.length === columns ? cells[column]?.trim() : undefined;
}

/**
 * The cells of a line. A record must not span lines: no user name contains a line break. Outside quotes, `\,` is a comma
 * in a cell, as in the files of Cognito's user import.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-using-import-tool.html
 */
function csvCells(text = ''): string[] | undefined {
  if (text.includes(ESCAPED_COMMA)) return undefined;
  const escaped = text.replace(/"(?:[^"]|"")*"|\\,/g, (match) => (match === '\\,' ? ESCAPED_COMMA : match));
  try {
    const records = parse(escaped, { relax_column_count: true }) as string[][];
    // Several records in a line mean that the lines end with a carriage return only. Reading one would lose the others.
    return records.length === 1 ? records[0]?.map((cell) => cell.replaceAll(ESCAPED_COMMA, ',')) : undefined;
  } catch {
    return undefined;
  }
}

/** A JSONL line is a user name as a JSON string, or an object with a user name. */
function usernameInJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'string') return value;
    const fields = (value ?? {}) as Record<string, unknown>;
    return USERNAME_FIELDS.map((field) => fields[field]).find((field) => field !== undefined);
  } catch {
    return undefined;
  }
}
