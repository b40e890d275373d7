import type { ListEncoding } from '../../../lib/contract/campaign';
import { readCsv } from './csv-reader';
import { bytesPerUnit, encodingOf, unitsOf } from './encoding';
import { readJson, readJsonLines } from './json-reader';
import { detectFormat, type ListFormat } from './list-format';
import { type ListPosition, type ListRecord, UnreadableListError } from './list-record';
import { StrictDecoder } from './strict-decoder';

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
export function readRecords(
  chunks: AsyncIterable<Buffer>,
  { encoding, format }: Pick<OpenList, 'encoding' | 'format'>,
  from: ListPosition,
): AsyncGenerator<ListRecord> {
  const decoder = new StrictDecoder(encoding, from);
  const units = allUnitsOf(chunks, encoding);
  switch (format.kind) {
    case 'CSV':
      return readCsv(units, format, from, decoder);
    case 'JSONL':
      return readJsonLines(units, from, decoder);
    case 'JSON':
      return readJson(units, from, decoder);
  }
}

async function* allUnitsOf(chunks: AsyncIterable<Buffer>, encoding: ListEncoding): AsyncGenerator<string> {
  for await (const bytes of chunks) yield unitsOf(bytes, encoding);
}
