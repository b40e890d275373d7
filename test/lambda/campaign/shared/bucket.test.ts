import { randomBytes } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { Faults, Gateway, S3Service } from 'cloud-assembly-sandbox';
import fc from 'fast-check';
import { Bucket, type Chunk, type Line, type ObjectVersion } from '../../../../lambda/campaign/shared/bucket';

const NAME = 'campaigns';
const KEY = 'input/users.csv';

/** How much of an object one request reads, and the longest line that is read, in bytes. */
const CHUNK = 1024 * 1024;
const MAX_LINE = 256 * 1024;

/** The smallest part that S3 accepts in an upload, except for the last part, in bytes. */
const MIN_PART_SIZE = 5 * 1024 * 1024;

const faults = new Faults();
const environment = { ...process.env };
/** Ids of the multipart uploads that were started. */
const uploads = new Set<string>();
let service: S3Service;
let gateway: Gateway;
let client: S3Client;
let bucket: Bucket;

beforeAll(async () => {
  service = await S3Service.start([{ bucketName: NAME, bucketArn: `arn:aws:s3:::${NAME}`, properties: {} }]);
  const read = service.read.bind(service);
  service.read = (asked, region) => {
    const upload = new URL(asked.url, 'http://s3').searchParams.get('uploadId');
    if (upload !== null) uploads.add(upload);
    return read(asked, region);
  };
  gateway = await Gateway.start({ services: [], s3: service, faults });
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: gateway.endpoint,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'developer',
    AWS_SECRET_ACCESS_KEY: 'developer',
  });
  // Checksums would take as long as the rest of the tests.
  client = new S3Client({ requestChecksumCalculation: 'WHEN_REQUIRED', responseChecksumValidation: 'WHEN_REQUIRED' });
  bucket = new Bucket(NAME);
});
afterEach(() => faults.clear());
afterAll(async () => {
  client.destroy();
  await gateway.stop();
  await service.stop();
  process.env = environment;
});

const put = (Body: string | Uint8Array, Key = KEY) => client.send(new PutObjectCommand({ Bucket: NAME, Key, Body }));
const get = async (Key: string) => {
  const { Body } = await client.send(new GetObjectCommand({ Bucket: NAME, Key }));
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
};

async function read(from = 0): Promise<Line[]> {
  const lines: Line[] = [];
  for await (const line of bucket.lines(KEY, from)) lines.push(line);
  return lines;
}

/** Reads the bytes of an object, and its versions. */
async function readChunks(from = 0, version?: ObjectVersion) {
  const chunks: Chunk[] = [];
  for await (const chunk of bucket.chunks(KEY, from, version)) chunks.push(chunk);
  return {
    text: Buffer.concat(chunks.map(({ bytes }) => bytes)).toString(),
    versions: chunks.map((chunk) => chunk.version),
  };
}

/** A line as it is written into an object. It is read as the same text unless it is too long. */
interface Written {
  readonly text: string;
  readonly lineBreak?: '\n' | '\r\n' | '';
  readonly tooLong?: boolean;
}

/** Writes an object and returns the lines that must be read from it. */
async function write(written: readonly Written[]): Promise<Line[]> {
  let end = 0;
  const lines = written.map(({ text, lineBreak = '\n', tooLong }) => {
    end += Buffer.byteLength(text + lineBreak);
    return { text: tooLong ? undefined : text, end };
  });
  await put(Buffer.from(written.map(({ text, lineBreak = '\n' }) => text + lineBreak).join('')));
  return lines;
}

/** The lines of a text and where each line ends. */
function linesOf(all: string): Line[] {
  let end = 0;
  return (all.match(/[^\n]*\n|[^\n]+$/g) ?? []).map((line) => {
    end += Buffer.byteLength(line);
    return { text: line.replace(/\n$/, '').replace(/\r$/, ''), end };
  });
}

/** Short lines that have this many bytes in all. */
function filler(bytes: number): Written[] {
  const lines = Array.from({ length: Math.floor(bytes / 5_000) }, (_, line) => ({
    text: `${line}`.padEnd(4_999, '.'),
  }));
  const rest = bytes % 5_000;
  return rest === 0 ? lines : [...lines, { text: '-'.repeat(rest - 1) }];
}

describe('the lines of an object', () => {
  test.each<[string, readonly Written[]]>([
    ['that is empty', []],
    ['of one byte', [{ text: 'x', lineBreak: '' }]],
    ['of one line break', [{ text: '' }]],
    ['of nothing but line breaks', [{ text: '' }, { text: '', lineBreak: '\r\n' }, { text: '' }]],
    ['whose last line has a line break', [{ text: 'one' }, { text: 'two' }]],
    ['whose last line has no line break', [{ text: 'one' }, { text: 'two', lineBreak: '' }]],
    ['with the line breaks of Windows', ['\ufeffone', '', 'two'].map((text) => ({ text, lineBreak: '\r\n' as const }))],
    ['with a carriage return within a line', [{ text: 'o\rne' }, { text: '\rtwo', lineBreak: '\r\n' }]],
    ['of a chunk and a third', Array.from({ length: 500 }, (_, line) => ({ text: 'äß日😀'.repeat(line) }))],
    ['of exactly a chunk', filler(CHUNK)],
    ['of exactly two chunks', filler(2 * CHUNK)],
    ['of exactly a chunk, without the last line break', [...filler(CHUNK - 5), { text: 'light', lineBreak: '' }]],
    ['of a byte more than a chunk', [...filler(CHUNK), { text: 'x', lineBreak: '' }]],
    ['of a line break more than a chunk', [...filler(CHUNK - 5), { text: 'light' }]],
    ['of a byte less than a chunk', filler(CHUNK - 1)],
    [
      'whose line break lies across a boundary',
      [...filler(CHUNK - 5), { text: 'four', lineBreak: '\r\n' }, { text: '' }],
    ],
    ['whose last carriage return ends a chunk', [...filler(CHUNK - 4), { text: 'one', lineBreak: '\r\n' }]],
    ...[1, 2, 3].map<[string, Written[]]>((bytes) => [
      `with a character across a boundary, ${bytes} bytes before it`,
      [...filler(CHUNK - bytes), { text: '😀' }, { text: 'next' }],
    ]),
  ])('are read exactly and from any offset: an object %s', async (_, written) => {
    const lines = await write(written);

    expect(await read()).toEqual(lines);
    // Reading from the end of a line returns the lines after it: the first and last line, and those at the boundary.
    const boundary = lines.findIndex(({ end }) => end >= CHUNK);
    for (const at of new Set([0, boundary - 1, boundary, lines.length - 1])) {
      const line = lines[at];
      if (line !== undefined) expect(await read(line.end)).toEqual(lines.slice(at + 1));
    }
  });

  test('are read exactly, whatever characters lie at the boundary of a chunk', async () => {
    const character = fc.constantFrom('a', '"', 'é', '日', '😀', '\n', '\r\n');
    const text = fc.string({ unit: character, minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(text, text, fc.nat({ max: 4 }), async (before, after, shift) => {
        const first = filler(CHUNK - Math.max(2, Buffer.byteLength(before) - shift));
        const all = first.map(({ text }) => `${text}\n`).join('') + before + after;
        await put(all);

        expect((await read()).slice(first.length)).toEqual(linesOf(all).slice(first.length));
      }),
      { numRuns: 8 },
    );
  });

  test('are read only as far as they are consumed', async () => {
    await write(filler(3 * CHUNK));
    const before = gateway.calls().length;

    for await (const { text } of bucket.lines(KEY, 0)) if (text?.startsWith('9')) break;

    expect(gateway.calls().slice(before)).toHaveLength(1);
  });

  test.each([
    [0, 1],
    [CHUNK - 1, 1],
    [CHUNK, 2],
    [CHUNK + 1, 2],
  ])('take one call for each chunk: %d bytes take %d calls', async (bytes, calls) => {
    await write(filler(bytes));
    const before = gateway.calls().length;

    await read();

    expect(gateway.calls()).toHaveLength(before + calls);
  });

  test('are read completely when calls fail', async () => {
    const lines = await write(filler(2 * CHUNK));
    faults.add({ operation: 'GetObject', instead: 'cut-before' });
    faults.add({ operation: 'GetObject', instead: { status: 500, name: 'InternalError' } });

    expect(await read()).toEqual(lines);
  });

  test('cannot be read when the object does not exist', async () => {
    await client.send(new DeleteObjectCommand({ Bucket: NAME, Key: KEY }));

    await expect(read()).rejects.toMatchObject({ name: 'NoSuchKey' });
  });
});

describe('a line that is too long', () => {
  const upTo = (bytes: number) => filler(CHUNK - bytes);
  const line = (bytes: number) => ({ text: 'x'.repeat(bytes) });

  test.each<[string, Written[], number]>([
    ['within a chunk', [], MAX_LINE + 1],
    ['ending with a chunk', upTo(MAX_LINE + 2), MAX_LINE + 1],
    ['with a line break that begins a chunk', upTo(MAX_LINE + 1), MAX_LINE + 1],
    ['beginning with a chunk', upTo(0), MAX_LINE + 1],
    ['with the greater part before a boundary', upTo(MAX_LINE), MAX_LINE + 1],
    ['already too long before a boundary', upTo(MAX_LINE + 100), MAX_LINE + 200],
    ['with the smaller part before a boundary', upTo(1), MAX_LINE + 1],
    ['over three chunks', upTo(100), CHUNK + 200],
    ['over two chunks from the beginning', [], CHUNK + 5],
  ])('is read without its text, and the next lines are read: %s', async (_, first, bytes) => {
    const tooLong = { ...line(bytes), tooLong: true };
    const rest = [{ text: 'short' }, { text: '' }, { text: 'last', lineBreak: '' as const }];
    for (const written of [
      [...first, tooLong, { ...tooLong, lineBreak: '\r\n' as const }, ...rest],
      [...first, { ...tooLong, lineBreak: '' as const }],
    ]) {
      const lines = await write(written);

      expect(await read()).toEqual(lines);
      expect(await read(lines[first.length]?.end)).toEqual(lines.slice(first.length + 1));
    }
  });

  test.each<[string, Written[]]>([
    ['within a chunk', []],
    ['before a boundary', upTo(MAX_LINE + 1)],
    ['up to a boundary', upTo(MAX_LINE)],
    ['across a boundary', upTo(100)],
  ])('has more than 256 KiB, and a line of 256 KiB is read: %s', async (_, first) => {
    for (const lineBreak of ['\n', ''] as const) {
      const lines = await write([...first, { ...line(MAX_LINE), lineBreak }]);

      expect((await read()).slice(first.length)).toEqual(lines.slice(first.length));
    }
  });
});

describe('an object that changes', () => {
  const changed = { name: 'PreconditionFailed' };

  test('cannot be read further when it changes between two chunks', async () => {
    await write(filler(2 * CHUNK));
    const lines = bucket.lines(KEY, 0);
    await lines.next();

    await write(filler(2 * CHUNK).reverse());

    const readOn = async () => {
      for await (const _ of lines);
    };
    await expect(readOn()).rejects.toMatchObject(changed);
  });

  test('cannot be read with its earlier version, from any offset', async () => {
    const [first, second] = await write([{ text: 'one' }, { text: 'two' }]);
    const [version] = (await readChunks()).versions;
    expect(version).toEqual({
      etag: expect.stringMatching(/^"[0-9a-f]{32}"$/),
      lastModified: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/),
    });
    expect(await readChunks(first?.end, version)).toEqual({ text: 'two\n', versions: [version] });

    await write([{ text: 'one' }, { text: 'two' }, { text: 'three' }]);

    for (const from of [0, first?.end, second?.end]) {
      await expect(readChunks(from, version)).rejects.toMatchObject(changed);
    }
    expect(await read(first?.end)).toHaveLength(2);
  });

  // The ETag can be the MD5 of the content, and two files can have the same.
  test('cannot be read with its ETag when it was put at another time', async () => {
    await put('one\ntwo\n');
    const [version] = (await readChunks()).versions;
    const earlier = { etag: version?.etag, lastModified: '2026-01-01T00:00:00.000Z' };

    expect((await readChunks(4, version)).text).toBe('two\n');
    await expect(readChunks(4, earlier)).rejects.toMatchObject(changed);
  });
});

test('put replaces an object with exactly what it is given', async () => {
  await bucket.put('listings/1', 'one, which is longer\n');
  await bucket.put('listings/1', 'zwölf\n');

  expect((await get('listings/1')).toString()).toBe('zwölf\n');
});

test('put writes an empty object without a warning', async () => {
  const warn = jest.spyOn(console, 'warn');

  await bucket.put('listings/1', '');

  expect(await get('listings/1')).toHaveLength(0);
  expect(warn).not.toHaveBeenCalled();
  warn.mockRestore();
});

describe('concatenate', () => {
  const TARGET = 'listings/breach/run.jsonl';

  /** Objects of these sizes, each with other content. */
  const sourcesOf = async (sizes: readonly number[]) => {
    const bodies = sizes.map((bytes) => randomBytes(bytes));
    const keys = bodies.map((_, source) => `${TARGET}.parts/${source}`);
    for (const [source, key] of keys.entries()) await put(bodies[source] as Buffer, key);
    return { keys, whole: Buffer.concat(bodies) };
  };
  const calls = (operation: string) => gateway.calls().filter((call) => call.operation === operation).length;
  const abort = (UploadId: string) =>
    client.send(new AbortMultipartUploadCommand({ Bucket: NAME, Key: TARGET, UploadId }));

  beforeEach(async () => {
    uploads.clear();
    await client.send(new DeleteObjectCommand({ Bucket: NAME, Key: TARGET }));
  });
  afterEach(async () => {
    expect(uploads.size).toBe(1);
    for (const upload of uploads) await expect(abort(upload)).rejects.toMatchObject({ name: 'NoSuchUpload' });
  });

  test.each<[string, number[], number]>([
    ['many sources of more than one part', [...Array(14).fill(400_000), 0, 1, CHUNK, 20], 2],
    ['a source of exactly one part', [MIN_PART_SIZE], 1],
    ['sources of one part and a byte', [MIN_PART_SIZE, 1], 2],
    ['small sources', [10, 0, 20], 1],
    ['empty sources', [0, 0], 1],
    ['no sources', [], 1],
  ])('joins %s', async (_, sizes, parts) => {
    const { keys, whole } = await sourcesOf(sizes);
    const before = calls('UploadPart');

    await bucket.concatenate(keys, TARGET);

    expect((await get(TARGET)).equals(whole)).toBe(true);
    expect(calls('UploadPart') - before).toBe(parts);
  });

  test('retries calls that fail', async () => {
    const { keys, whole } = await sourcesOf([10, 20]);
    for (const operation of ['CreateMultipartUpload', 'UploadPart', 'CompleteMultipartUpload']) {
      faults.add({ operation, instead: { status: 500, name: 'InternalError' } });
    }
    faults.add({ operation: 'UploadPart', instead: 'cut-after' });

    await bucket.concatenate(keys, TARGET);

    expect((await get(TARGET)).equals(whole)).toBe(true);
  });

  describe('after a failure', () => {
    const denied = { status: 403, name: 'AccessDenied' };

    test.each(['UploadPart', 'CompleteMultipartUpload'])(
      'writes nothing and aborts the upload: %s fails',
      async (operation) => {
        const { keys } = await sourcesOf([10, 20]);
        faults.add({ operation, instead: denied });

        await expect(bucket.concatenate(keys, TARGET)).rejects.toMatchObject({ name: 'AccessDenied' });

        await expect(get(TARGET)).rejects.toMatchObject({ name: 'NoSuchKey' });
      },
    );

    test('writes nothing and aborts the upload: a later part fails', async () => {
      const { keys } = await sourcesOf([MIN_PART_SIZE, 10]);
      const before = calls('UploadPart');
      const failed = expect(bucket.concatenate(keys, TARGET)).rejects.toMatchObject({ name: 'AccessDenied' });
      while (calls('UploadPart') === before) await new Promise(setImmediate);
      faults.add({ operation: 'UploadPart', instead: denied });

      await failed;

      expect(calls('UploadPart')).toBe(before + 2);
      await expect(get(TARGET)).rejects.toMatchObject({ name: 'NoSuchKey' });
    });

    test('writes nothing and aborts the upload: a source is missing', async () => {
      const { keys } = await sourcesOf([10]);

      await expect(bucket.concatenate([...keys, 'listings/none'], TARGET)).rejects.toMatchObject({ name: 'NoSuchKey' });

      await expect(get(TARGET)).rejects.toMatchObject({ name: 'NoSuchKey' });
    });
  });
});

test('concatenate rejects with the first error when the upload cannot be aborted either', async () => {
  await put('x', 'listings/source');
  faults.add({ operation: 'UploadPart', instead: { status: 403, name: 'AccessDenied' } });
  faults.add({ operation: 'AbortMultipartUpload', instead: { status: 400, name: 'InvalidRequest' } });

  await expect(bucket.concatenate(['listings/source'], 'listings/target')).rejects.toMatchObject({
    name: 'AccessDenied',
  });
});
