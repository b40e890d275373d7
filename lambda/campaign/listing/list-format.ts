import { parse } from 'csv-parse/sync';
import { USERNAME_PATTERN } from '../../../lib/contract/reset';
import type { Line } from '../shared/bucket';

/**
 * The columns of a CSV list and the fields of a JSONL list that name the user, the preferred one first. A report of a
 * campaign has `sub`.
 */
const USERNAME_FIELDS = ['username', 'sub'];

/** The columns and fields that say more about the user. Cognito's user import writes some with the prefix `cognito:`. */
const IDENTIFIERS = ['sub', 'email', 'phone_number'];

/** The columns or fields of a line with their values, in order. A column can be there twice. */
type Fields = readonly (readonly [name: string, value: unknown])[];

/** The user that a line names: by user name, alias or `sub`. */
export interface NamedUser {
  readonly username: string;
  /** What must hold for the user as well, so that a line that was read in the wrong way resets no other user. */
  readonly identifiers: readonly { readonly attribute: string; readonly value: string }[];
}

/** Stands for an escaped comma while a line is parsed. No user name contains it. */
const ESCAPED_COMMA = '\0';

/** The format of a list. A CSV list has its user names in one of its columns, by index. */
export type ListFormat =
  | { readonly kind: 'JSONL' }
  | { readonly kind: 'CSV'; readonly column: number; readonly columns: readonly string[] };

/** Reads the first line of a CSV list. Returns undefined when no column has user names. */
export function readCsvHeader(header: string | undefined): ListFormat | undefined {
  const names = csvCells(header?.replace(/^\uFEFF/, ''))?.map((cell) => cell.trim()) ?? [];
  const column = USERNAME_FIELDS.map((field) => names.indexOf(field)).find((index) => index >= 0);
  return column === undefined ? undefined : { kind: 'CSV', column, columns: names };
}

/** Reads the user that a line names. Returns null for an empty line, undefined for a malformed one. */
export function readNamedUser({ text }: Pick<Line, 'text'>, format: ListFormat): NamedUser | null | undefined {
  if (text === undefined) return undefined;
  if (text.trim() === '') return null;
  const { username, fields } =
    (format.kind === 'CSV' ? readCsvLine(text, format) : readJsonLine(text.replace(/^\uFEFF/, ''))) ?? {};
  if (typeof username !== 'string' || !USERNAME_PATTERN.test(username)) return undefined;
  return { username, identifiers: identifiersIn(fields ?? []) };
}

/** Identifiers that are empty say nothing. */
function identifiersIn(fields: Fields): NamedUser['identifiers'] {
  return fields.flatMap(([name, value]) => {
    const attribute = name.replace(/^cognito:/, '');
    const says = IDENTIFIERS.includes(attribute) && typeof value === 'string' && value.trim() !== '';
    return says ? [{ attribute, value: value.trim() }] : [];
  });
}

/** A line with another number of cells than the header has a bare comma somewhere: any cell could be part of another. */
function readCsvLine(
  text: string,
  { column, columns }: ListFormat & { kind: 'CSV' },
): { username: unknown; fields: Fields } | undefined {
  const cells = csvCells(text);
  if (cells?.length !== columns.length) return undefined;
  return { username: cells[column]?.trim(), fields: columns.map((name, at) => [name, cells[at]]) };
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
function readJsonLine(text: string): { username: unknown; fields: Fields } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'string') return { username: value, fields: [] };
    const fields = (value ?? {}) as Record<string, unknown>;
    const username = USERNAME_FIELDS.map((field) => fields[field]).find((field) => field !== undefined);
    return { username, fields: Object.entries(fields) };
  } catch {
    return undefined;
  }
}
