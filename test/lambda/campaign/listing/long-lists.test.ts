import { createHash } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { openList, readRecords } from '../../../../lambda/campaign/listing/list-reader';
import type { ListRecord } from '../../../../lambda/campaign/listing/list-record';
import { readList } from '../../../support/lists';
import { cases, describeInSoak } from '../../../support/soak';

const MEBIBYTE = 1024 * 1024;

/** How long the lists are, in bytes. A million lines of a hundred bytes, when it is the whole. */
const LENGTH = cases(1, 100) * MEBIBYTE;

/** How many records the listing function reads before another invocation may continue. */
const RECORDS_PER_PAGE = 100;

const folder = mkdtempSync(join(tmpdir(), 'long-lists-'));
afterAll(() => rmSync(folder, { recursive: true }));

setFlagsFromString('--expose-gc');
// Otherwise, memory that is free still counts for a while.
setFlagsFromString('--no-concurrent-array-buffer-sweeping');
const collectGarbage: () => void = runInNewContext('gc');

/** Writes a list of at least this many bytes. Returns how many records it has. */
function writeList(file: string, { head, tail, record, between }: LongList): number {
  const descriptor = openSync(file, 'w');
  let written = writeSync(descriptor, head);
  let records = 0;
  while (written < LENGTH) {
    // A mebibyte at a time.
    const texts: string[] = [];
    for (let length = 0; length < MEBIBYTE; records++) {
      const text = `${records === 0 ? '' : between}${record(records)}`;
      texts.push(text);
      length += text.length;
    }
    written += writeSync(descriptor, texts.join(''));
  }
  writeSync(descriptor, tail);
  closeSync(descriptor);
  return records;
}

async function* chunksOf(descriptor: number, from: number): AsyncGenerator<Buffer> {
  for (let at = from; ; at += MEBIBYTE) {
    const chunk = Buffer.alloc(MEBIBYTE);
    const length = readSync(descriptor, chunk, 0, MEBIBYTE, at);
    yield chunk.subarray(0, length);
    if (length < MEBIBYTE) return;
  }
}

interface Reading {
  readonly records: number;
  /** Of the number and the user of each record. */
  readonly digest: string;
  /** The most memory that was in use, above that at the beginning, in mebibytes. */
  readonly peakMebibytes: number;
}

async function read(file: string, handOver: boolean): Promise<Reading> {
  const descriptor = openSync(file, 'r');
  const [head] = [(await chunksOf(descriptor, 0).next()).value as Buffer];
  const list = openList(Buffer.from(head), false);
  const hash = createHash('sha256');
  const memory = () => {
    collectGarbage();
    const { heapUsed, external } = process.memoryUsage();
    return (heapUsed + external) / MEBIBYTE;
  };
  const before = memory();
  let peak = 0;
  let records = 0;
  let position = list.begin;
  for (let done = false; !done; ) {
    done = true;
    let inPage = 0;
    for await (const record of readRecords(chunksOf(descriptor, position.offset), list, position)) {
      addTo(hash, record);
      records += 1;
      position = record.next;
      if (records % Math.ceil(LENGTH / 400) === 0) peak = Math.max(peak, memory() - before);
      inPage += 1;
      if (handOver && inPage === RECORDS_PER_PAGE) {
        position = JSON.parse(JSON.stringify(position));
        done = false;
        break;
      }
    }
  }
  closeSync(descriptor);
  return { records, digest: hash.digest('hex'), peakMebibytes: Math.max(peak, memory() - before) };
}

function addTo(hash: ReturnType<typeof createHash>, { number, user }: ListRecord): void {
  hash.update(`${number} ${user?.username}\n`);
}

interface LongList {
  readonly head: string;
  readonly tail: string;
  readonly between: string;
  readonly record: (index: number) => string;
}

const object = (index: number) =>
  JSON.stringify({ Username: `user-${index}`, Enabled: true, Attributes: [{ Name: 'name', Value: 'x'.repeat(20) }] });

test.each<[string, LongList]>([
  ['CSV', { head: 'note,username\n', between: '\n', tail: '', record: (index) => `${'x'.repeat(88)},user-${index}` }],
  ['JSONL', { head: '', between: '\n', tail: '\n', record: object }],
  ['JSON on one line', { head: '{"Users":[', between: ',', tail: ']}', record: object }],
  ['JSON with line breaks', { head: '[\n', between: ',\n  ', tail: '\n]\n', record: object }],
])('a long list is read in parts as in one go, with the same memory: %s', async (_, list) => {
  const file = join(folder, 'list');
  const expected = createHash('sha256');
  const records = writeList(file, list);
  const firstNumber = list.head.startsWith('note') ? 2 : 1;
  for (let index = 0; index < records; index++) {
    addTo(expected, { number: firstNumber + index, user: { username: `user-${index}` } } as ListRecord);
  }
  const digest = expected.digest('hex');

  const whole = await read(file, false);
  const inParts = await read(file, true);

  expect({ ...whole, peakMebibytes: 0 }).toEqual({ records, digest, peakMebibytes: 0 });
  expect({ ...inParts, peakMebibytes: 0 }).toEqual({ records, digest, peakMebibytes: 0 });
  // A chunk of bytes, its code units, and what the generators keep of them; not the list.
  expect(whole.peakMebibytes).toBeLessThan(8);
  expect(inParts.peakMebibytes).toBeLessThan(8);
});

// It measures real time.
describeInSoak('a quoted cell with line breaks', () => {
  test('costs as much for each line, however many lines are before it', async () => {
    /** The time of the processor for as many lines in cells of this many lines, whatever else the machine does. */
    const cost = async (linesPerCell: number) => {
      const records = 40_000 / linesPerCell;
      const content = `name,username\n${`"${'""\n'.repeat(linesPerCell)}",jane\n`.repeat(records)}`;
      const before = process.cpuUsage();
      expect((await readList(content)).records.map(({ user }) => user?.username)).toEqual(Array(records).fill('jane'));
      const { user, system } = process.cpuUsage(before);
      return user + system;
    };
    await cost(100);

    // Each line of the longer cells has two hundred times as many lines before it.
    expect(await cost(20_000)).toBeLessThan(5 * (await cost(100)));
  });
});
