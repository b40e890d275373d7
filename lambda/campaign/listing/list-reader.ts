import type { ListEncoding } from '../../../lib/contract/campaign';
import { splitLines } from '../shared/split-lines';
import { csvCells, endsInQuotes } from './csv';
import { bytesPerUnit, encodingOf, textOf, unitsOf, wellFormedUnits } from './encoding';
import { type JsonContainer, type JsonElement, JsonSplitError, jsonElements } from './json-elements';
import { type CsvFormat, detectFormat, type ListFormat } from './list-format';
import { type IdentifyingField, identifyingAttribute, type NamedUser, namedUser } from './named-user';

/** Where reading a list can begin or go on. */
export interface ListPosition {
  /** In bytes. */
  readonly offset: number;
  /** How many lines there are before. */
  readonly lines: number;
  /** How many elements of JSON there are before. */
  readonly elements: number;
  /** What the previous element of JSON was in. */
  readonly container: JsonContainer;
}

/** What a list says of one user. */
export interface ListRecord {
  /** The number of its first line, or of its element in JSON, from 1. */
  readonly number: number;
  /** Undefined when the record is malformed. */
  readonly user: NamedUser | undefined;
  /** Where the next record begins. */
  readonly next: ListPosition;
}

/** A list cannot be read any further. */
export class UnreadableListError extends Error {
  /**
   * @param found what is in the list, without any text of it
   * @param expected what should be in its place
   */
  constructor(
    readonly found: string,
    readonly expected: string,
  ) {
    super(found);
  }
}

/** Records with more than this many code units are not read. Only quotes that are never closed can make them so long. */
const MAX_RECORD_LENGTH = 64 * 1024;

/** A list of which it is known how to read it. */
export interface OpenList {
  readonly encoding: ListEncoding;
  readonly format: ListFormat;
  /** Where its records begin. */
  readonly begin: ListPosition;
}

/**
 * Tells how a list is read, by its beginning. Throws UnreadableListError.
 *
 * @param isWhole whether the list has no more
 */
export function openList(head: Buffer, isWhole: boolean): OpenList {
  const { encoding, markBytes } = encodingOf(head);
  const detected = detectFormat(unitsOf(head.subarray(markBytes), encoding), encoding, isWhole);
  if ('found' in detected) throw new UnreadableListError(detected.found, EXPECTED_LIST);
  const offset = markBytes + detected.begin * bytesPerUnit(encoding);
  return {
    encoding,
    format: detected.format,
    begin: { offset, lines: detected.lines, elements: 0, container: 'NOTHING' },
  };
}

const EXPECTED_LIST =
  'a first line with the names of the columns, such as `username;email`, separated by `,`, `;`, tabs or `|`, in UTF-8 or UTF-16, or else JSON';

/**
 * Reads the records of a list, one after the other. Blank lines are no records. Throws UnreadableListError.
 *
 * @param chunks the bytes of the list from this position on
 */
export async function* readRecords(
  chunks: AsyncIterable<Buffer>,
  { encoding, format }: Pick<OpenList, 'encoding' | 'format'>,
  from: ListPosition,
): AsyncGenerator<ListRecord> {
  const decode = strictDecoder(encoding, from.offset);
  const units = allUnitsOf(chunks, encoding);
  switch (format.kind) {
    case 'CSV':
      yield* readCsv(units, encoding, format, from, decode);
      break;
    case 'JSONL':
      yield* readJsonLines(units, encoding, from, decode);
      break;
    case 'JSON':
      yield* readJson(units, encoding, from, decode);
      break;
  }
}

async function* allUnitsOf(chunks: AsyncIterable<Buffer>, encoding: ListEncoding): AsyncGenerator<string> {
  for await (const bytes of chunks) yield unitsOf(bytes, encoding);
}

type Decode = (units: string, from: number, lines: number) => string;

/** Decodes code units, and refuses the list when they are not well-formed, with their place. */
function strictDecoder(encoding: ListEncoding, offset: number): Decode {
  return (units, from, lines) => {
    const text = textOf(units, encoding);
    if (text !== undefined) return text;
    const wellFormed = wellFormedUnits(units, encoding);
    const before = units.slice(0, wellFormed).split('\n').length - 1;
    const byte = offset + (from + wellFormed) * bytesPerUnit(encoding);
    throw new UnreadableListError(
      `bytes that are not ${encoding}, at byte ${byte + 1} in line ${lines + before + 1}`,
      'one encoding throughout (a Windows code page? save the list as CSV UTF-8)',
    );
  };
}

async function* readCsv(
  units: AsyncIterable<string>,
  encoding: ListEncoding,
  format: CsvFormat,
  from: ListPosition,
  decode: Decode,
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
    const text = decode(recordLines.join(format.lineBreak), recordBegin, number - 1).replace(/\r\r?$/, '');
    const next = { ...from, offset: from.offset + end * bytesPerUnit(encoding), lines };
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

async function* readJsonLines(
  units: AsyncIterable<string>,
  encoding: ListEncoding,
  from: ListPosition,
  decode: Decode,
): AsyncGenerator<ListRecord> {
  let end = 0;
  let { lines } = from;
  for await (const line of splitLines(units)) {
    const begin = end;
    end += line.length;
    lines += 1;
    const next = { ...from, offset: from.offset + end * bytesPerUnit(encoding), lines };
    // Files that were put together can have a byte order mark anywhere.
    const text = line.units === undefined ? undefined : decode(line.units, begin, lines - 1).replace(/^\uFEFF/, '');
    if (text?.trim() === '') continue;
    yield { number: lines, user: text === undefined ? undefined : userInJson(parseJson(text)), next };
  }
}

async function* readJson(
  units: AsyncIterable<string>,
  encoding: ListEncoding,
  from: ListPosition,
  decode: Decode,
): AsyncGenerator<ListRecord> {
  let number = from.elements;
  const place = (at: number, lineFeeds: number) =>
    `at byte ${from.offset + at * bytesPerUnit(encoding) + 1} in line ${from.lines + lineFeeds + 1}`;
  try {
    for await (const element of jsonElements(units, from.container)) {
      number += 1;
      yield {
        number,
        user: userInElement(element, decode, from, place),
        next: positionAfter(element, encoding, from, number),
      };
    }
  } catch (error) {
    if (!(error instanceof JsonSplitError)) throw error;
    throw new UnreadableListError(`${error.found}, ${place(error.at, error.lineFeeds)}`, EXPECTED_JSON);
  }
}

const EXPECTED_JSON = 'JSON with an object or a string for each user, complete to its end';

function userInElement(
  { units, begin, lineFeeds }: JsonElement,
  decode: Decode,
  from: ListPosition,
  place: (at: number, lineFeeds: number) => string,
): NamedUser | undefined {
  if (units === undefined) return undefined;
  const before = lineFeeds - (units.split('\n').length - 1);
  const value = parseJson(decode(units, begin, from.lines + before));
  if (value === undefined) {
    throw new UnreadableListError(`an element that is not JSON, ${place(begin, before)}`, EXPECTED_JSON);
  }
  return userInJson(value);
}

function positionAfter(
  { end, lineFeeds, container }: JsonElement,
  encoding: ListEncoding,
  from: ListPosition,
  elements: number,
): ListPosition {
  return { offset: from.offset + end * bytesPerUnit(encoding), lines: from.lines + lineFeeds, elements, container };
}

/** Undefined when the text is not JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The names of the fields with a user name. Other spellings are those of other directories. */
const USERNAME_FIELDS = ['username', 'Username', 'cognito:username'];

/** A user is named by a string, or by an object such as those of ListUsers and of reports. */
function userInJson(value: unknown): NamedUser | undefined {
  if (typeof value === 'string') return namedUser([{ attribute: 'username', value }]);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const { Attributes = [], UserAttributes = [], ...fields } = value as Record<string, unknown>;
  const direct = Object.entries(fields).filter(
    ([name]) => identifyingAttribute(name) !== 'username' || USERNAME_FIELDS.includes(name),
  );
  const attributes = [Attributes, UserAttributes].flatMap(attributeFields);
  return namedUser(identifyingFields(direct), identifyingFields(attributes));
}

/** Attributes as Cognito returns them, or an object of them, which `from_entries` of jq makes. */
function attributeFields(attributes: unknown): [name: string, value: unknown][] {
  if (!Array.isArray(attributes)) return Object.entries(attributes ?? {});
  return attributes.map((attribute) => {
    const { Name, Value } = (attribute ?? {}) as Record<string, unknown>;
    return [`${Name}`, Value];
  });
}

function identifyingFields(fields: readonly [name: string, value: unknown][]): IdentifyingField[] {
  return fields.flatMap(([name, value]) => {
    const attribute = identifyingAttribute(name);
    return attribute === undefined ? [] : [{ attribute, value }];
  });
}
