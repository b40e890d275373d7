import type { ListEncoding } from '../../../lib/contract/campaign';
import { nameOfSeparator } from '../shared/list-reading';
import { csvCells, SEPARATORS, type Separator } from './csv';
import { textOf } from './encoding';
import { type IdentifyingAttribute, identifyingAttribute, namingIndex } from './named-user';

/** How a list is read. It contains nothing of the list but the name of a known column. */
export type ListFormat = CsvFormat | { readonly kind: 'JSONL' } | { readonly kind: 'JSON' };

export interface CsvFormat {
  readonly kind: 'CSV';
  readonly separator: Separator;
  readonly lineBreak: '\n' | '\r';
  /** How many columns the header has. */
  readonly width: number;
  /** The columns that identify a user, by index. */
  readonly columns: readonly { readonly index: number; readonly attribute: IdentifyingAttribute }[];
  /** The name of the column that names the users. */
  readonly column: string;
}

/** A format, and where the first line or element that can name a user begins. */
export interface DetectedFormat {
  readonly format: ListFormat;
  /** In code units. */
  readonly begin: number;
  /** How many lines there are before it. */
  readonly lines: number;
}

/** A list whose format is not known. */
export interface UnknownFormat {
  /** What was found, without any text of the list. */
  readonly found: string;
}

/** The longest header that is read, in code units: a user pool has at most 70 attributes, whose names are short. */
const MAX_HEADER_LENGTH = 16 * 1024;

/** How ZIP files begin, which workbooks are, and gzip files. */
const COMPRESSED = ['PK\u0003\u0004', '\u001f\u008b'];

/** The first line of some spreadsheets, which tells the separator. */
const SEPARATOR_LINE = /^"?sep=(.)"?$/i;

/** The first line of Export-Csv in Windows PowerShell, which tells the type of the objects. */
const TYPE_LINE = /^#TYPE /;

/**
 * Tells the format of a list by how it begins.
 *
 * @param head the first code units of the list, without a byte order mark
 * @param isWhole whether the list has no more
 */
export function detectFormat(head: string, encoding: ListEncoding, isWhole: boolean): DetectedFormat | UnknownFormat {
  const begin = head.search(/[^ \t\r\n]/);
  if (begin < 0) return { found: 'no line' };
  if (COMPRESSED.some((start) => head.startsWith(start))) return { found: 'a workbook or a compressed file' };
  if (head.slice(0, endOfLine(head, begin)).includes('\0'))
    return { found: 'bytes of zero, as in UTF-16 without a byte order mark' };
  // Spaces before the first line belong to it, because they can separate cells.
  const lineBegin = Math.max(head.lastIndexOf('\n', begin), head.lastIndexOf('\r', begin)) + 1;
  const lines = head.slice(0, lineBegin).match(/\r?\r\n|[\r\n]/g)?.length ?? 0;
  const start = { begin: lineBegin, lines };
  const csv = detectCsv(head, encoding, start);
  // A first line in quotation marks is a header: a column of that name must not be taken for a user.
  if ('format' in csv || !'{['.includes(head[begin] as string)) return csv;
  return { ...start, format: { kind: jsonKind(head.slice(begin), isWhole) } };
}

function endOfLine(head: string, from: number): number {
  const at = head.indexOf('\n', from);
  return at < 0 ? head.length : at;
}

/** A list of JSON lines has a user in its first line. Any other JSON may have line breaks anywhere, or none. */
function jsonKind(text: string, isWhole: boolean): 'JSONL' | 'JSON' {
  const end = text.indexOf('\n');
  if (end < 0 && !isWhole) return 'JSON';
  try {
    const value: unknown = JSON.parse(end < 0 ? text : text.slice(0, end));
    return Array.isArray(value) || Array.isArray((value as { Users?: unknown }).Users) ? 'JSON' : 'JSONL';
  } catch {
    return 'JSON';
  }
}

function detectCsv(
  head: string,
  encoding: ListEncoding,
  start: { readonly begin: number; readonly lines: number },
): DetectedFormat | UnknownFormat {
  const first = lineAt(head, start);
  if (TYPE_LINE.test(first.units)) return readHeader(lineAt(head, first), encoding, SEPARATORS);
  const told = SEPARATOR_LINE.exec(first.units)?.[1];
  if (told === undefined) return readHeader(first, encoding, SEPARATORS);
  const separator = SEPARATORS.find((known) => known === told);
  if (separator === undefined) return { found: 'a first line with a separator that is not known' };
  return readHeader(lineAt(head, first), encoding, [separator]);
}

interface HeadLine {
  readonly units: string;
  readonly lineBreak: '\n' | '\r';
  /** Where the next line begins, and how many lines there are before. */
  readonly begin: number;
  readonly lines: number;
}

function lineAt(head: string, { begin, lines }: { readonly begin: number; readonly lines: number }): HeadLine {
  const rest = head.slice(begin, begin + MAX_HEADER_LENGTH);
  const [units = ''] = /^[^\r\n]*/.exec(rest) ?? [];
  const [lineBreak = '\n'] = /^(?:\r?\r\n|\r|\n)/.exec(rest.slice(units.length)) ?? [];
  return {
    units,
    lineBreak: lineBreak === '\r' ? '\r' : '\n',
    begin: begin + units.length + lineBreak.length,
    lines: lines + 1,
  };
}

/** Reads a header with the one separator that makes sense. */
function readHeader(
  { units, lineBreak, begin, lines }: HeadLine,
  encoding: ListEncoding,
  separators: readonly Separator[],
): DetectedFormat | UnknownFormat {
  const text = textOf(units, encoding);
  if (text === undefined) return { found: 'a first line that is not well-formed' };
  if (units.length === MAX_HEADER_LENGTH) return { found: 'a first line that is too long' };
  const readings = separators.flatMap((separator) => {
    const cells = csvCells(text, separator) ?? [];
    const attributes = cells.map(identifyingAttribute);
    const column = cells[namingIndex(attributes)];
    const columns = attributes.flatMap((attribute, index) => (attribute === undefined ? [] : [{ index, attribute }]));
    return column === undefined
      ? []
      : [{ kind: 'CSV', separator, lineBreak, width: cells.length, columns, column } as const];
  });
  const wide = readings.filter(({ width }) => width > 1);
  if (wide.length > 1) return { found: 'a first line with several separators' };
  // A header of one column has no separator, so that each one reads it.
  const format = wide[0] ?? readings[0];
  return format ? { format, begin, lines } : { found: describeColumns(text, separators) };
}

function describeColumns(text: string, separators: readonly Separator[]): string {
  const [most = { separator: ',', width: 1 }] = separators
    .map((separator) => ({ separator, width: csvCells(text, separator)?.length ?? 0 }))
    .sort((one, other) => other.width - one.width);
  if (most.width === 0) return 'a first line that is neither CSV nor JSON';
  return most.width === 1
    ? 'a first line with one column, which is not called username or sub'
    : `a first line with ${most.width} columns separated by ${nameOfSeparator(most.separator)}, none of which is called username or sub`;
}
