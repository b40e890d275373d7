import { isUtf8 } from 'node:buffer';
import type { ListEncoding } from '../../../lib/contract/campaign';

/** The byte order marks. Spreadsheets write that of UTF-16 before what they call Unicode text. */
const MARKS: readonly { readonly encoding: ListEncoding; readonly mark: Buffer }[] = [
  { encoding: 'UTF-8', mark: Buffer.from([0xef, 0xbb, 0xbf]) },
  { encoding: 'UTF-16LE', mark: Buffer.from([0xff, 0xfe]) },
  { encoding: 'UTF-16BE', mark: Buffer.from([0xfe, 0xff]) },
];

/** The encoding of a list that begins with these bytes, and the length of its byte order mark. UTF-16 needs a mark. */
export function encodingOf(head: Buffer): { readonly encoding: ListEncoding; readonly markBytes: number } {
  const found = MARKS.find(({ mark }) => head.subarray(0, mark.length).equals(mark));
  return { encoding: found?.encoding ?? 'UTF-8', markBytes: found?.mark.length ?? 0 };
}

/** The length of a code unit, in bytes. */
export function bytesPerUnit(encoding: ListEncoding): 1 | 2 {
  return encoding === 'UTF-8' ? 1 : 2;
}

/**
 * The code units of bytes, each as one character: the bytes of UTF-8, the 16 bits of UTF-16. Line breaks, separators,
 * quotes and brackets are one unit in all encodings, and no other character contains such a unit. Half a unit at the end
 * of a list is one that is not well-formed.
 */
export function unitsOf(bytes: Buffer, encoding: ListEncoding): string {
  if (encoding === 'UTF-8') return bytes.toString('latin1');
  const even = bytes.subarray(0, bytes.length - (bytes.length % 2));
  const units = encoding === 'UTF-16LE' ? even : Buffer.from(even).swap16();
  return `${units.toString('utf16le')}${even.length === bytes.length ? '' : '\ud800'}`;
}

/** The text of code units; undefined when they are not well-formed. */
export function textOf(units: string, encoding: ListEncoding): string | undefined {
  if (encoding !== 'UTF-8') return units.isWellFormed() ? units : undefined;
  const bytes = Buffer.from(units, 'latin1');
  return isUtf8(bytes) ? bytes.toString() : undefined;
}

/** How many code units there are before the first one that is not well-formed. */
export function wellFormedUnits(units: string, encoding: ListEncoding): number {
  if (encoding !== 'UTF-8') {
    const repaired = units.toWellFormed();
    let at = 0;
    while (at < units.length && units[at] === repaired[at]) at += 1;
    return at;
  }
  const bytes = Buffer.from(units, 'latin1');
  let at = 0;
  for (let length = 1; length > 0; at += length) {
    length = [1, 2, 3, 4].find((some) => at + some <= bytes.length && isUtf8(bytes.subarray(at, at + some))) ?? 0;
  }
  return at;
}
