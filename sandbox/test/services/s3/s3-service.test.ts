import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { App, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Sandbox } from '../../../src/sandbox';

const PART = 5 * 1024 * 1024;
const REGION = 'us-east-1';
const Bucket = 'files';

const directory = mkdtempSync(join(tmpdir(), 's3-test-'));
let sandbox: Sandbox;
let client: S3Client;
const clients: S3Client[] = [];

function clientOf(role?: string): S3Client {
  const credentials =
    role === undefined
      ? { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' }
      : sandbox.credentialsOf(`arn:aws:iam::111122223333:role/${role}`);
  const created = new S3Client({ region: REGION, endpoint: sandbox.endpoint, credentials, maxAttempts: 1 });
  clients.push(created);
  return created;
}

beforeAll(async () => {
  const app = new App({ outdir: directory });
  const stack = new Stack(app, 'Stack');
  const key = new kms.Key(stack, 'Key');
  const bucket = new s3.Bucket(stack, 'Files', { bucketName: Bucket });
  const byBucketKey = { encryptionKey: key, bucketKeyEnabled: true };
  const encrypted = new s3.Bucket(stack, 'Encrypted', { bucketName: 'encrypted', ...byBucketKey });
  const byObject = new s3.Bucket(stack, 'ByObject', { bucketName: 'by-object', encryptionKey: key });

  const roleWith = (roleName: string, ...statements: iam.PolicyStatementProps[]) => {
    const role = new iam.Role(stack, roleName, {
      roleName,
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
    });
    for (const statement of statements) role.addToPolicy(new iam.PolicyStatement(statement));
  };
  const everything = { actions: ['s3:*'], resources: ['*'] };
  const onKey = (actions: string[], arn: string) => ({
    actions,
    resources: [key.keyArn],
    conditions: {
      StringEquals: { 'kms:ViaService': `s3.${stack.region}.amazonaws.com`, 'kms:EncryptionContext:aws:s3:arn': arn },
    },
  });
  const of = (action: string) => ({ actions: [action], resources: [`${bucket.bucketArn}/input/*`] });
  roleWith('Reader', of('s3:GetObject'));
  roleWith('Writer', of('s3:PutObject'));
  roleWith('Deleter', of('s3:DeleteObject'));
  roleWith('Aborter', of('s3:AbortMultipartUpload'));
  roleWith('Finder', of('s3:GetObject'), { actions: ['s3:ListBucket'], resources: [bucket.bucketArn] });
  roleWith('Lister', {
    actions: ['s3:ListBucket'],
    resources: [bucket.bucketArn],
    conditions: { StringLike: { 's3:prefix': 'input/*' } },
  });
  roleWith('WithoutKey', everything);
  roleWith('MayDecrypt', everything, onKey(['kms:Decrypt'], encrypted.bucketArn));
  roleWith('MayEncrypt', everything, onKey(['kms:GenerateDataKey'], encrypted.bucketArn));
  roleWith('MayBoth', everything, onKey(['kms:GenerateDataKey', 'kms:Decrypt'], encrypted.bucketArn));
  roleWith('MayBothByObject', everything, onKey(['kms:GenerateDataKey'], `${byObject.bucketArn}/a`));
  app.synth();
  sandbox = await Sandbox.start({ assemblyDirectory: directory });
  client = clientOf();
});
afterAll(async () => {
  for (const each of clients) each.destroy();
  await sandbox.stop();
  rmSync(directory, { recursive: true });
});
afterEach(() => sandbox.faults.clear());

const put = (Key: string, Body: string | Uint8Array, more: object = {}, by = client) =>
  by.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
const get = async (Key: string, more: object = {}, by = client) => {
  const output = await by.send(new GetObjectCommand({ Bucket, Key, ...more }));
  return { ...output, Body: Buffer.from((await output.Body?.transformToByteArray()) ?? []) };
};
const list = (more: object = {}, by = client) => by.send(new ListObjectsV2Command({ Bucket, ...more }));
const begin = async (Key: string, more: object = {}, by = client) =>
  (await by.send(new CreateMultipartUploadCommand({ Bucket, Key, ...more }))).UploadId;
const upload = (
  Key: string,
  UploadId: string | undefined,
  PartNumber: number,
  Body: Uint8Array,
  more: object = {},
  by = client,
) => by.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body, ...more }));
const complete = (Key: string, UploadId: string | undefined, Parts: object[], more: object = {}, by = client) =>
  by.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts }, ...more }));

/** Bytes that are not text and hardly repeat. */
function bytes(size: number): Buffer {
  const all = Buffer.alloc(size);
  for (let i = 0; i + 4 <= size; i += 4) all.writeUInt32LE(Math.imul(i, 2654435761) >>> 0, i);
  return all;
}

describe('an S3 object', () => {
  test.each([
    ['text', 'input/ä.jsonl', Buffer.from('{"sub":"ä"}\n')],
    ['bytes', 'bytes', bytes(100_003)],
    ['no bytes', 'empty', Buffer.alloc(0)],
    ['a key with special characters', "a b/+%25/ö!'()*~&=?#/日本", Buffer.from('x')],
    ['a key that ends in a slash', 'folder/', Buffer.from('x')],
  ])('is returned as it was put when it has %s', async (_, key, body) => {
    const { ETag } = await put(key, body, { ContentType: 'application/x-test', Metadata: { note: 'kept' } });

    const output = await get(key);
    expect(output.Body.equals(body)).toBe(true);
    expect(output).toMatchObject({
      ContentType: 'application/x-test',
      ContentLength: body.length,
      Metadata: { note: 'kept' },
      ETag,
      LastModified: expect.any(Date),
    });
    expect(ETag).toBe(`"${createHash('md5').update(body).digest('hex')}"`);
    const head = await client.send(new HeadObjectCommand({ Bucket, Key: key }));
    expect(head).toMatchObject({ ContentLength: body.length, ETag });
  });

  test('is complete as soon as it was put, and is replaced by the next put', async () => {
    for (const size of [3_000_000, 10, 2_000_000]) {
      await put('replaced', bytes(size));
      expect((await get('replaced')).Body.equals(bytes(size))).toBe(true);
    }
  });

  test('can be larger than the requests of other services', async () => {
    await put('large', bytes(11 * 1024 * 1024));

    expect((await get('large')).ContentLength).toBe(11 * 1024 * 1024);
  });

  test('is not found after it was deleted, and deleting it again succeeds', async () => {
    await put('deleted', 'x');
    await client.send(new DeleteObjectCommand({ Bucket, Key: 'deleted' }));
    await client.send(new DeleteObjectCommand({ Bucket, Key: 'deleted' }));

    await expect(get('deleted')).rejects.toMatchObject({ name: 'NoSuchKey', $metadata: { httpStatusCode: 404 } });
    await expect(client.send(new HeadObjectCommand({ Bucket, Key: 'deleted' }))).rejects.toMatchObject({
      name: 'NotFound',
    });
  });

  test('is not replaced by a put with If-None-Match', async () => {
    await put('once', 'first', { IfNoneMatch: '*' });

    await expect(put('once', 'second', { IfNoneMatch: '*' })).rejects.toMatchObject({ name: 'PreconditionFailed' });
    expect((await get('once')).Body.toString()).toBe('first');
  });

  test('is put by exactly one of several concurrent puts with If-None-Match', async () => {
    const races = await Promise.allSettled(
      Array.from({ length: 10 }, (_, i) => put('raced', `${i}`, { IfNoneMatch: '*' })),
    );

    const winners = races.flatMap(({ status }, i) => (status === 'fulfilled' ? [`${i}`] : []));
    expect(winners).toEqual([(await get('raced')).Body.toString()]);
  });

  test('is read with If-Match only while its ETag matches', async () => {
    const { ETag } = await put('meant', 'first');
    expect((await get('meant', { IfMatch: ETag })).Body.toString()).toBe('first');

    await put('meant', 'second');

    await expect(get('meant', { IfMatch: ETag })).rejects.toMatchObject({ name: 'PreconditionFailed' });
  });

  test('is not found in a bucket that is not in the assembly', async () => {
    await expect(get('x', { Bucket: 'elsewhere' })).rejects.toMatchObject({ name: 'NoSuchBucket' });
  });
});

test('an S3 object has a key of 1,024 bytes at most', async () => {
  await expect(put('é'.repeat(513), 'x')).rejects.toMatchObject({ name: 'KeyTooLongError' });
});

describe('a range of an S3 object', () => {
  beforeAll(() => put('range', '0123456789'));

  test.each([
    ['bytes=0-0', '0', '0-0'],
    ['bytes=2-4', '234', '2-4'],
    ['bytes=7-', '789', '7-9'],
    ['bytes=8-100', '89', '8-9'],
    ['bytes=-3', '789', '7-9'],
    ['bytes=-100', '0123456789', '0-9'],
  ])('returns for %s the bytes %s', async (Range, expected, content) => {
    const output = await get('range', { Range });

    expect(output.Body.toString()).toBe(expected);
    expect(output).toMatchObject({
      ContentRange: `bytes ${content}/10`,
      ContentLength: expected.length,
      $metadata: { httpStatusCode: 206 },
    });
  });

  test.each(['bytes=10-', 'bytes=-0'])('is refused for %s', async (Range) => {
    await expect(get('range', { Range })).rejects.toMatchObject({ name: 'InvalidRange' });
  });
});

describe('a multipart upload', () => {
  test('joins its parts to one object, in their order', async () => {
    const [first, second, last] = [bytes(PART), bytes(8 * 1024 * 1024), Buffer.from('end')] as const;
    const id = await begin('parts', { ContentType: 'application/x-parts' });
    const etags = [];
    for (const [number, body] of [
      [2, second],
      [1, first],
      [10, last],
    ] as const) {
      etags.push({ PartNumber: number, ETag: (await upload('parts', id, number, body)).ETag });
    }
    await expect(get('parts')).rejects.toMatchObject({ name: 'NoSuchKey' });

    await complete(
      'parts',
      id,
      etags.sort((one, other) => one.PartNumber - other.PartNumber),
    );

    const output = await get('parts');
    expect(output.Body.equals(Buffer.concat([first, second, last]))).toBe(true);
    expect(output.ContentType).toBe('application/x-parts');
    await expect(complete('parts', id, etags)).rejects.toMatchObject({ name: 'NoSuchUpload' });
  });

  test('leaves nothing when it is aborted', async () => {
    const id = await begin('aborted');
    const { ETag } = await upload('aborted', id, 1, bytes(10));

    await client.send(new AbortMultipartUploadCommand({ Bucket, Key: 'aborted', UploadId: id }));

    for (const attempt of [
      () => upload('aborted', id, 2, bytes(10)),
      () => complete('aborted', id, [{ PartNumber: 1, ETag }]),
      () => upload('aborted', '../../x', 2, bytes(10)),
    ]) {
      await expect(attempt()).rejects.toMatchObject({ name: 'NoSuchUpload', $metadata: { httpStatusCode: 404 } });
    }
    await expect(get('aborted')).rejects.toMatchObject({ name: 'NoSuchKey' });
  });

  test('requires at least 5 MB of every part except the last', async () => {
    const id = await begin('small');
    const etags = [];
    for (const number of [1, 2]) {
      etags.push({ PartNumber: number, ETag: (await upload('small', id, number, bytes(PART - 1))).ETag });
    }

    await expect(complete('small', id, etags)).rejects.toMatchObject({ name: 'EntityTooSmall' });
  });

  test('is completed only with its parts in ascending order', async () => {
    const id = await begin('order');
    const parts = [];
    for (const number of [2, 1]) {
      parts.push({ PartNumber: number, ETag: (await upload('order', id, number, bytes(PART))).ETag });
    }

    await expect(complete('order', id, parts)).rejects.toMatchObject({ name: 'InvalidPartOrder' });
  });

  test.each([0, 10_001])('has no part with the number %d', async (number) => {
    const id = await begin('numbers');
    await expect(upload('numbers', id, number, bytes(1))).rejects.toMatchObject({ name: 'InvalidArgument' });
  });
});

describe('ListObjectsV2', () => {
  const keys = ['list/a', 'list/a-b', 'list/a.b', 'list/a/b', 'list/b', 'list/ä', 'list/😀'];

  beforeAll(() => Promise.all([...keys].reverse().map((key) => put(key, key))));

  test('returns keys in the order of their bytes', async () => {
    const { Contents } = await list({ Prefix: 'list/' });

    expect(Contents?.map(({ Key }) => Key)).toEqual([
      'list/a',
      'list/a-b',
      'list/a.b',
      'list/a/b',
      'list/b',
      'list/ä',
      'list/😀',
    ]);
    expect(Contents?.[0]).toMatchObject({ Size: 6, LastModified: expect.any(Date), ETag: expect.any(String) });
  });

  test('returns pages that contain every key', async () => {
    const found: unknown[] = [];
    let ContinuationToken: string | undefined;
    do {
      const page = await list({ Prefix: 'list/', MaxKeys: 2, ContinuationToken });
      found.push(...(page.Contents ?? []).map(({ Key }) => Key));
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken);

    expect(found).toEqual(keys);
  });

  test('returns common prefixes for a delimiter', async () => {
    const { Contents, CommonPrefixes } = await list({ Prefix: 'list/', Delimiter: '/' });

    expect(Contents).toHaveLength(6);
    expect(CommonPrefixes).toEqual([{ Prefix: 'list/a/' }]);
  });

  test('returns an empty page when no key matches', async () => {
    expect((await list({ Prefix: 'nobody/' })).KeyCount).toBe(0);
  });
});

describe('a role that calls S3', () => {
  const denied = { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } };
  const on = 'on resource: arn:aws:s3:::files/input/x because no identity-based policy allows';
  const operations: [operation: string, role: string, action: string, call: (by: S3Client) => Promise<unknown>][] = [
    ['GetObject', 'Reader', 's3:GetObject', (by) => get('input/x', {}, by)],
    ['PutObject', 'Writer', 's3:PutObject', (by) => put('input/x', 'x', {}, by)],
    ['CreateMultipartUpload', 'Writer', 's3:PutObject', (by) => begin('input/x', {}, by)],
    [
      'UploadPart',
      'Writer',
      's3:PutObject',
      async (by) => upload('input/x', await begin('input/x'), 1, bytes(1), {}, by),
    ],
    [
      'CompleteMultipartUpload',
      'Writer',
      's3:PutObject',
      async (by) => {
        const id = await begin('input/x');
        const { ETag } = await upload('input/x', id, 1, bytes(1));
        return complete('input/x', id, [{ ETag, PartNumber: 1 }], {}, by);
      },
    ],
    [
      'AbortMultipartUpload',
      'Aborter',
      's3:AbortMultipartUpload',
      async (by) =>
        by.send(new AbortMultipartUploadCommand({ Bucket, Key: 'input/x', UploadId: await begin('input/x') })),
    ],
    [
      'DeleteObject',
      'Deleter',
      's3:DeleteObject',
      (by) => by.send(new DeleteObjectCommand({ Bucket, Key: 'input/x' })),
    ],
  ];

  beforeEach(() => put('input/x', 'x'));

  test.each(operations)('is allowed to call %s as %s with %s, and denied without it', async (_, role, action, call) => {
    await expect(call(clientOf(role))).resolves.toBeDefined();
    const other = role === 'Reader' ? 'Writer' : 'Reader';
    await expect(call(clientOf(other))).rejects.toMatchObject({
      ...denied,
      message: expect.stringContaining(`${action} ${on} the ${action} action`),
    });
  });

  test('is denied outside the prefix that its policy allows', async () => {
    await expect(put('output/x', 'x', {}, clientOf('Writer'))).rejects.toMatchObject(denied);
  });

  test('is denied HeadObject without permission to read the object', async () => {
    const head = (role: string) => clientOf(role).send(new HeadObjectCommand({ Bucket, Key: 'input/x' }));

    await expect(head('Reader')).resolves.toBeDefined();
    await expect(head('Writer')).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } });
  });

  test('can list only the prefixes that the condition of its policy allows', async () => {
    await expect(list({ Prefix: 'input/2026' }, clientOf('Lister'))).resolves.toBeDefined();
    await expect(list({ Prefix: 'reports/' }, clientOf('Lister'))).rejects.toMatchObject(denied);
    await expect(list({}, clientOf('Lister'))).rejects.toMatchObject(denied);
  });

  test('is told that an object is missing only if it may list the bucket', async () => {
    await expect(get('input/none', {}, clientOf('Finder'))).rejects.toMatchObject({ name: 'NoSuchKey' });
    await expect(get('input/none', {}, clientOf('Reader'))).rejects.toMatchObject({
      ...denied,
      message: expect.stringContaining('s3:ListBucket on resource: arn:aws:s3:::files because'),
    });
  });

  test.each<[role: string, read: boolean, write: boolean, multipart: boolean]>([
    ['WithoutKey', false, false, false],
    ['MayDecrypt', true, false, false],
    ['MayEncrypt', false, true, false],
    ['MayBoth', true, true, true],
  ])(
    'uses an encrypted bucket as far as its permissions on the KMS key go: %s, read %s, write %s, multipart %s',
    async (role, read, write, multipart) => {
      const encrypted = { Bucket: 'encrypted' };
      await put('a', 'x', encrypted);
      const by = clientOf(role);
      const isDone = (call: Promise<unknown>) =>
        call.then(
          () => true,
          (error) => {
            expect(error).toMatchObject({ ...denied, message: expect.stringContaining('kms:') });
            return false;
          },
        );

      expect(await isDone(get('a', encrypted, by))).toBe(read);
      expect(await isDone(put('b', 'x', encrypted, by))).toBe(write);
      expect(await isDone(begin('c', encrypted, by))).toBe(multipart);
    },
  );

  test('is authorized on the KMS key for each object when the bucket has no S3 Bucket Key', async () => {
    const by = clientOf('MayBothByObject');

    await expect(put('a', 'x', { Bucket: 'by-object' }, by)).resolves.toBeDefined();
    await expect(put('b', 'x', { Bucket: 'by-object' }, by)).rejects.toMatchObject(denied);
    await expect(put('b', 'x', { Bucket: 'by-object' }, clientOf('MayBoth'))).rejects.toMatchObject(denied);
  });
});

describe('an unsupported S3 feature', () => {
  test.each([
    ['copying an object', () => client.send(new CopyObjectCommand({ Bucket, Key: 'x', CopySource: 'files/range' }))],
    ['reading a version', () => get('range', { VersionId: '1' })],
    ['reading a part', () => get('range', { PartNumber: 1 })],
    ['If-Match in PutObject', () => put('range', 'x', { IfMatch: '"x"' })],
    ['a key that leads out of the bucket', () => put('../x', 'x')],
  ])('is refused with NotImplemented: %s', async (_, call) => {
    await expect(call()).rejects.toMatchObject({ name: 'NotImplemented', $metadata: { httpStatusCode: 501 } });
  });
});

describe('the sandbox with S3', () => {
  test('counts the calls of S3 and applies injected faults to them', async () => {
    const before = sandbox.countCalls('PutObject');
    sandbox.faults.add({ service: 's3', operation: 'PutObject', instead: { status: 503, name: 'SlowDown' } });

    await expect(put('slow', 'x')).rejects.toMatchObject({ name: 'SlowDown', $metadata: { httpStatusCode: 503 } });
    await expect(get('slow')).rejects.toMatchObject({ name: 'NoSuchKey' });
    await expect(put('slow', 'x')).resolves.toBeDefined();
    expect(sandbox.countCalls('PutObject')).toBe(before + 2);
  });

  test.each([
    ['cut-before', false],
    ['cut-after', true],
  ] as const)('breaks a connection of S3 with %s: carried out %s', async (instead, carriedOut) => {
    await client.send(new DeleteObjectCommand({ Bucket, Key: 'cut' }));
    sandbox.faults.add({ service: 's3', operation: 'PutObject', instead });

    await expect(put('cut', 'x')).rejects.toThrow();

    const { KeyCount } = await list({ Prefix: 'cut' });
    expect(KeyCount).toBe(carriedOut ? 1 : 0);
  });

  test('deletes its temporary folder when it stops', async () => {
    const folders = () => readdirSync(tmpdir()).filter((name) => name.startsWith('sandbox-s3-'));
    const before = folders();
    const other = await Sandbox.start({ assemblyDirectory: directory });
    const [own] = folders().filter((name) => !before.includes(name));

    await other.stop();

    expect(own).toBeDefined();
    expect(existsSync(join(tmpdir(), String(own)))).toBe(false);
  });
});
