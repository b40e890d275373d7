import { parse } from 'csv-parse/sync';
import type { Line } from '../campaign/bucket';

/** The column of a CSV list, and the field of a JSONL list; a report of ours, which is one as well, has `sub`. */
const FIELDS = ['username', 'sub'];

// Cognito's own pattern for Username.
const USERNAME = /^[\p{L}\p{M}\p{S}\p{N}\p{P}]{1,128}$/u;

/** How the lines of a list are read. */
export type Format = { readonly kind: 'JSONL' } | { readonly kind: 'CSV'; readonly column: number };

/** Of a CSV list by its first line; undefined when that has no column with user names. */
export function csvFormat(header: string | undefined): Format | undefined {
  const columns = cells(header?.replace(/^\uFEFF/, ''))?.map((cell) => cell.trim()) ?? [];
  const column = columns.findIndex((name) => FIELDS.includes(name));
  return column < 0 ? undefined : { kind: 'CSV', column };
}

/** The user that a line names: by user name, alias or sub. Null for an empty line, undefined for a malformed one. */
export function nameIn({ text }: Pick<Line, 'text'>, format: Format): string | null | undefined {
  if (text === undefined) return undefined;
  if (text.trim() === '') return null;
  const name = format.kind === 'CSV' ? cells(text)?.[format.column]?.trim() : fieldOf(text.replace(/^\uFEFF/, ''));
  return typeof name === 'string' && USERNAME.test(name) ? name : undefined;
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
