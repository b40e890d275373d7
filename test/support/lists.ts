import { type OpenList, openList, readRecords } from '../../lambda/campaign/listing/list-reader';
import type { ListRecord } from '../../lambda/campaign/listing/list-record';

/** What was read from a list. */
export interface ReadList extends OpenList {
  readonly records: readonly ListRecord[];
}

/**
 * Reads a list as the listing function does.
 *
 * @param chunkBytes how many bytes are read at once
 * @param handOver whether reading begins anew after each record, as in another invocation
 */
export async function readList(
  content: string | Buffer,
  { chunkBytes = 1024 * 1024, handOver = false } = {},
): Promise<ReadList> {
  const bytes = Buffer.from(content);
  const head = bytes.subarray(0, 1024 * 1024);
  const list = openList(head, head.length === bytes.length);
  const records: ListRecord[] = [];
  for (let from = list.begin; ; ) {
    const before = records.length;
    for await (const record of readRecords(chunksOf(bytes, from.offset, chunkBytes), list, from)) {
      records.push(record);
      if (handOver) break;
    }
    const last = records.at(-1);
    if (!handOver || last === undefined || records.length === before) return { ...list, records };
    // The position passes through AWS Step Functions.
    from = JSON.parse(JSON.stringify(last.next));
  }
}

async function* chunksOf(bytes: Buffer, from: number, chunkBytes: number): AsyncGenerator<Buffer> {
  for (let at = from; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
}

/** The names that a list has, by the number of the line or element. Undefined for one that is malformed. */
export async function namesIn(content: string | Buffer): Promise<[number: number, name: string | undefined][]> {
  const { records } = await readList(content);
  return records.map(({ number, user }) => [number, user?.username]);
}

/** Writes text in an encoding of lists, with its byte order mark. */
export function encode(text: string, encoding: 'UTF-8' | 'UTF-8 BOM' | 'UTF-16LE' | 'UTF-16BE'): Buffer {
  if (encoding === 'UTF-8') return Buffer.from(text);
  if (encoding === 'UTF-8 BOM') return Buffer.from(`\ufeff${text}`);
  const bytes = Buffer.from(`\ufeff${text}`, 'utf16le');
  return encoding === 'UTF-16LE' ? bytes : bytes.swap16();
}
