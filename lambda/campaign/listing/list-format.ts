import { parse } from 'csv-parse/sync';
import { USERNAME_PATTERN } from '../../../lib/contract/reset';
import type { Line } from '../shared/bucket';

/** The column of a CSV list, and the field of a JSONL list; a report of ours, which is one as well, has `sub`. */
const FIELDS = ['username', 'sub'];

/** How the lines of a list are read. */
export type ListFormat = { readonly kind: 'JSONL' } | { readonly kind: 'CSV'; readonly column: number };

/** Of a CSV list by its first line; undefined when that has no column with user names. */
export function readCsvHeader(header: string | undefined): ListFormat | undefined {
  const columns = cells(header?.replace(/^\uFEFF/, ''))?.map((cell) => cell.trim()) ?? [];
  const column = columns.findIndex((name) => FIELDS.includes(name));
  return column < 0 ? undefined : { kind: 'CSV', column };
}

/** The user that a line names: by user name, alias or sub. Null for an empty line, undefined for a malformed one. */
export function readUsername({ text }: Pick<Line, 'text'>, format: ListFormat): string | null | undefined {
  if (text === undefined) return undefined;
  if (text.trim() === '') return null;
  const name = format.kind === 'CSV' ? cells(text)?.[format.column]?.trim() : fieldOf(text.replace(/^\uFEFF/, ''));
  return typeof name === 'string' && USERNAME_PATTERN.test(name) ? name : undefined;
}

/** A user name has no line break, and so no record has one. */
function cells(text = ''): string[] | undefined {
  try {
    const records = parse(text, { relax_column_count: true }) as string[][];
    // More than one when lines end with a carriage return only: the others must not be lost.
    return records.length === 1 ? records[0] : undefined;
  } catch {
    return undefined;
  }
}

/** A line is a user name as a JSON string, or an object with one. */
function fieldOf(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'string') return value;
    const fields = (value ?? {}) as Record<string, unknown>;
    return FIELDS.map((field) => fields[field]).find((field) => field !== undefined);
  } catch {
    return undefined;
  }
}
