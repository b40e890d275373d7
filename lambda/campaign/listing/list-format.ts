import { parse } from 'csv-parse/sync';
import { USERNAME_PATTERN } from '../../../lib/contract/reset';
import type { Line } from '../shared/bucket';

/** The columns of a CSV list and the fields of a JSONL list that name the user. A report of a campaign has `sub`. */
const USERNAME_FIELDS = ['username', 'sub'];

/** The format of a list. The column of a CSV list is the index of the user names. */
export type ListFormat = { readonly kind: 'JSONL' } | { readonly kind: 'CSV'; readonly column: number };

/** Reads the first line of a CSV list. Returns undefined when no column has user names. */
export function readCsvHeader(header: string | undefined): ListFormat | undefined {
  const columns = csvCells(header?.replace(/^\uFEFF/, ''))?.map((cell) => cell.trim()) ?? [];
  const column = columns.findIndex((name) => USERNAME_FIELDS.includes(name));
  return column < 0 ? undefined : { kind: 'CSV', column };
}

/** Reads the user name, alias or `sub` in a line. Returns null for an empty line, undefined for a malformed one. */
export function readUsername({ text }: Pick<Line, 'text'>, format: ListFormat): string | null | undefined {
  if (text === undefined) return undefined;
  if (text.trim() === '') return null;
  const username =
    format.kind === 'CSV' ? csvCells(text)?.[format.column]?.trim() : usernameInJson(text.replace(/^\uFEFF/, ''));
  return typeof username === 'string' && USERNAME_PATTERN.test(username) ? username : undefined;
}

/** The cells of a line. A record must not span lines: no user name contains a line break. */
function csvCells(text = ''): string[] | undefined {
  try {
    const records = parse(text, { relax_column_count: true }) as string[][];
    // Several records in a line mean that the lines end with a carriage return only. Reading one would lose the others.
    return records.length === 1 ? records[0] : undefined;
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
