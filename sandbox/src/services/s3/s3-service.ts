import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { Agent, type IncomingHttpHeaders, type OutgoingHttpHeaders, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { type BucketDefinition, type RequestContext, ServiceError } from '../../model';
import { type Listing, writeListing } from './listing';

/** The least size of each part of a multipart upload but the last, in bytes. */
const MIN_PART = 5 * 1024 * 1024;

/** A request of the S3 API. */
export interface S3Request {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface S3Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** An action that the caller of an operation has to be allowed. */
export interface Permission {
  readonly action: string;
  readonly resource: string;
  readonly context?: RequestContext;
}

/** What a request asks for. */
export interface S3Call {
  readonly operation: string;
  readonly permissions: readonly Permission[];
  /** What a caller needs besides, to be told that there is no such object. */
  readonly permissionToSeeAbsence: Permission;
  /** Carries out the operation, or throws a {@link ServiceError}. */
  run(): Promise<S3Answer>;
}

interface Address {
  readonly bucket: string;
  /** Empty in a request for the bucket. */
  readonly key: string;
  readonly query: URLSearchParams;
}

/** Operations by method, what is addressed, and the parameters that tell them apart. */
const OPERATIONS: readonly [method: string, of: 'bucket' | 'object', query: readonly string[], operation: string][] = [
  ['GET', 'bucket', ['list-type'], 'ListObjectsV2'],
  ['GET', 'object', [], 'GetObject'],
  ['HEAD', 'object', [], 'HeadObject'],
  ['PUT', 'object', [], 'PutObject'],
  ['DELETE', 'object', [], 'DeleteObject'],
  ['POST', 'object', ['uploads'], 'CreateMultipartUpload'],
  ['PUT', 'object', ['partNumber', 'uploadId'], 'UploadPart'],
  ['POST', 'object', ['uploadId'], 'CompleteMultipartUpload'],
  ['DELETE', 'object', ['uploadId'], 'AbortMultipartUpload'],
];

/** What each operation does with the data: the actions on the key that encrypts it. */
const KEY_ACTIONS: Readonly<Record<string, readonly string[]>> = {
  GetObject: ['kms:Decrypt'],
  PutObject: ['kms:GenerateDataKey'],
  CreateMultipartUpload: ['kms:GenerateDataKey', 'kms:Decrypt'],
  UploadPart: ['kms:GenerateDataKey', 'kms:Decrypt'],
  CompleteMultipartUpload: ['kms:GenerateDataKey', 'kms:Decrypt'],
};

/** Operations whose IAM action has another name. */
const ACTIONS: Readonly<Record<string, string>> = {
  CompleteMultipartUpload: 's3:PutObject',
  CreateMultipartUpload: 's3:PutObject',
  HeadObject: 's3:GetObject',
  ListObjectsV2: 's3:ListBucket',
  UploadPart: 's3:PutObject',
};

/** Parameters of a listing; every other parameter that tells no operation apart asks for what is not here. */
const LIST_PARAMETERS = ['prefix', 'delimiter', 'max-keys', 'start-after', 'continuation-token', 'fetch-owner'];

/** The parts of s3rver that are used here: it ships no types. */
interface S3rver {
  store: Store;
  httpServer: Server;
  run(): Promise<AddressInfo>;
}

interface Store {
  getResourcePath(bucket: string, key: string | undefined, resource: string): string;
  putMetadata(bucket: string, key: string, metadata: object, md5: string): Promise<void>;
  putObject(object: StoredObject): Promise<{ size: number; md5: string }>;
  putPart(
    bucket: string,
    uploadId: string,
    part: string,
    content: NodeJS.ReadableStream,
  ): Promise<{ size: number; md5: string }>;
  listObjects(bucket: string, options: { prefix?: string; delimiter?: string }): Promise<Listing>;
}

interface StoredObject {
  readonly bucket: string;
  readonly key: string;
  readonly content: NodeJS.ReadableStream;
  readonly metadata: object;
}

/**
 * S3, by way of s3rver: the buckets of the cloud assembly, in a temporary folder. There are no versions, no lifecycle
 * and no bucket policies; objects are not encrypted, but who may not use the bucket's key is refused.
 */
export class S3Service {
  static async start(buckets: readonly BucketDefinition[]): Promise<S3Service> {
    const directory = mkdtempSync(join(tmpdir(), 'sandbox-s3-'));
    try {
      // Loaded here: most assemblies have no bucket.
      const Server: new (options: object) => S3rver = require('s3rver');
      const server = new Server({
        address: '127.0.0.1',
        port: 0,
        silent: true,
        directory,
        vhostBuckets: false,
        configureBuckets: buckets.map(({ bucketName }) => ({ name: bucketName })),
      });
      repair(server.store);
      await server.run();
      // Closing a quiet connection could cross a request on its way.
      server.httpServer.keepAliveTimeout = 0;
      return new S3Service(buckets, directory, server);
    } catch (error) {
      rmSync(directory, { recursive: true });
      throw error;
    }
  }

  readonly #buckets: readonly BucketDefinition[];
  readonly #directory: string;
  readonly #server: S3rver;
  readonly #agent = new Agent({ keepAlive: true });
  #last: Promise<unknown> = Promise.resolve();

  private constructor(buckets: readonly BucketDefinition[], directory: string, server: S3rver) {
    this.#buckets = buckets;
    this.#directory = directory;
    this.#server = server;
  }

  /** Reads a request. Every operation that is not offered here is an error. */
  read(asked: S3Request, region: string): S3Call {
    const address = addressOf(asked.url);
    const operation = operationOf(asked.method, address);
    const bucket = this.#buckets.find(({ bucketName }) => bucketName === address.bucket);
    const bucketArn = bucket?.bucketArn ?? `arn:aws:s3:::${address.bucket}`;
    return {
      operation,
      permissions: permissionsOf(operation, asked, address, bucketArn, bucket, region),
      permissionToSeeAbsence: { action: 's3:ListBucket', resource: bucketArn },
      // One after the other: what is read is whole, and a condition holds until the object is written.
      run: () => {
        const carryOut = () => this.#carryOut(operation, asked, address);
        const done = this.#last.then(carryOut, carryOut);
        this.#last = done;
        return done;
      },
    };
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.httpServer.close(resolve));
    this.#agent.destroy();
    this.#server.httpServer.closeAllConnections();
    await closed;
    rmSync(this.#directory, { recursive: true });
  }

  async #carryOut(operation: string, asked: S3Request, address: Address): Promise<S3Answer> {
    const { headers } = asked;
    if (!this.#buckets.some(({ bucketName }) => bucketName === address.bucket)) {
      throw new ServiceError('NoSuchBucket', 'The specified bucket does not exist', { status: 404 });
    }
    if (headers['x-amz-copy-source'] !== undefined) throw notImplemented('a copy');
    if (operation === 'ListObjectsV2') return this.#list(address);
    if (/aws-chunked/.test(headers['content-encoding'] ?? '')) {
      throw notImplemented('a body in chunks: give the SDK a string, a Buffer or a Uint8Array');
    }
    const uploadId = address.query.get('uploadId');
    if (uploadId !== null) await this.#checkUpload(operation, address.bucket, uploadId);
    if (operation === 'AbortMultipartUpload') {
      await rm(this.#uploadPath(address.bucket, String(uploadId)), { recursive: true });
      return { status: 204, headers: {}, body: Buffer.alloc(0) };
    }
    if (operation === 'PutObject') await this.#checkAbsence(asked);
    const answer = await this.#forward(asked);
    if (operation !== 'GetObject' && operation !== 'HeadObject') return answer;
    const ifMatch = headers['if-match'];
    if (answer.status === 200 && ifMatch !== undefined && ![answer.headers.etag, '*'].includes(ifMatch)) {
      throw preconditionFailed();
    }
    return operation === 'GetObject' && answer.status === 200 ? rangeOf(answer, headers.range) : answer;
  }

  async #list({ bucket, query }: Address): Promise<S3Answer> {
    const [prefix, delimiter] = [query.get('prefix') ?? '', query.get('delimiter') ?? ''];
    const listing = await this.#server.store.listObjects(bucket, { prefix, delimiter });
    const body = Buffer.from(writeListing(bucket, query, listing));
    return { status: 200, headers: { 'content-type': 'application/xml' }, body };
  }

  /** A condition of a write: s3rver has none. */
  async #checkAbsence(asked: S3Request): Promise<void> {
    const { 'if-none-match': ifNoneMatch, 'if-match': ifMatch } = asked.headers;
    if (ifMatch !== undefined) throw notImplemented('If-Match in PutObject');
    if (ifNoneMatch === undefined) return;
    const { status } = await this.#forward({ method: 'HEAD', url: asked.url, headers: {}, body: Buffer.alloc(0) });
    if (status === 200) throw preconditionFailed();
  }

  async #checkUpload(operation: string, bucket: string, uploadId: string): Promise<void> {
    const path = this.#uploadPath(bucket, uploadId);
    const files = /^[0-9a-f]+$/.test(uploadId) ? await readdir(path).catch(() => []) : [];
    if (files.length === 0) {
      const gone =
        'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.';
      throw new ServiceError('NoSuchUpload', gone, { status: 404 });
    }
    if (operation !== 'CompleteMultipartUpload') return;
    const parts = files.filter((file) => /^\d+$/.test(file)).sort((one, other) => Number(one) - Number(other));
    for (const part of parts.slice(0, -1)) {
      if ((await stat(join(path, part))).size < MIN_PART) {
        throw new ServiceError('EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size');
      }
    }
  }

  #uploadPath(bucket: string, uploadId: string): string {
    return join(this.#server.store.getResourcePath(bucket, undefined, 'uploads'), uploadId);
  }

  async #forward({ method, url, headers, body }: S3Request): Promise<S3Answer> {
    const { port } = this.#server.httpServer.address() as AddressInfo;
    const response = await new Promise<import('node:http').IncomingMessage>((resolve, reject) => {
      request({ agent: this.#agent, host: '127.0.0.1', port, method, path: url, headers: forwarded(headers, body) })
        .on('response', resolve)
        .on('error', reject)
        .end(body);
    });
    const answered = await buffer(response);
    return { status: response.statusCode ?? 500, headers: answerHeaders(response.headers), body: answered };
  }
}

/** s3rver answers before what it was given is written, so that a read that follows can find the half of it. */
function repair(store: Store): void {
  const write = async (path: string, content: NodeJS.ReadableStream) => {
    const bytes = await buffer(content);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes);
    return { size: bytes.length, md5: createHash('md5').update(bytes).digest('hex') };
  };
  store.putObject = async ({ bucket, key, content, metadata }) => {
    const written = await write(store.getResourcePath(bucket, key, 'object'), content);
    await store.putMetadata(bucket, key, metadata, written.md5);
    return written;
  };
  store.putPart = (bucket, uploadId, part, content) =>
    write(join(store.getResourcePath(bucket, undefined, 'uploads'), uploadId, part), content);
}

function addressOf(url: string): Address {
  const { pathname, searchParams: query } = new URL(`http://s3${url}`);
  const [, bucket = '', ...key] = decodeURIComponent(pathname).split('/');
  query.delete('x-id');
  return { bucket, key: key.join('/'), query };
}

function operationOf(method: string, { bucket, key, query }: Address): string {
  const of = key === '' ? 'bucket' : 'object';
  const names = [...query.keys()].filter((name) => key !== '' || !LIST_PARAMETERS.includes(name)).sort();
  const found = OPERATIONS.find(
    ([itsMethod, itsOf, itsNames]) => itsMethod === method && itsOf === of && itsNames.join() === names.join(),
  );
  if (!found || bucket === '') throw notImplemented(`${method} of ${of} with the parameters [${names.join()}]`);
  if (key.split('/').some((part) => part === '.' || part === '..')) throw notImplemented('a key with "." or ".."');
  return found[3];
}

function permissionsOf(
  operation: string,
  { headers }: S3Request,
  { key, query }: Address,
  bucketArn: string,
  bucket: BucketDefinition | undefined,
  region: string,
): Permission[] {
  if (operation === 'ListObjectsV2') {
    return [{ action: 's3:ListBucket', resource: bucketArn, context: { 's3:prefix': query.get('prefix') ?? '' } }];
  }
  const objectArn = `${bucketArn}/${key}`;
  const own = { action: ACTIONS[operation] ?? `s3:${operation}`, resource: objectArn };
  if (!bucket?.encryption) return [own];
  const { keyArn, bucketKeyEnabled } = bucket.encryption;
  const context = {
    'kms:ViaService': `s3.${region}.amazonaws.com`,
    'kms:EncryptionContext:aws:s3:arn': bucketKeyEnabled ? bucketArn : objectArn,
  };
  // The checksum of an object is encrypted as the object is.
  const withChecksum = operation === 'HeadObject' && headers['x-amz-checksum-mode'] !== undefined;
  const actions = withChecksum ? KEY_ACTIONS.GetObject : KEY_ACTIONS[operation];
  return [own, ...(actions ?? []).map((action) => ({ action, resource: keyArn, context }))];
}

/** s3rver would check the signature by a secret of its own, and reads a range wrongly that ends at the first byte. */
function forwarded(headers: IncomingHttpHeaders, body: Buffer): OutgoingHttpHeaders {
  const hopByHop = ['authorization', 'connection', 'expect', 'host', 'if-match', 'range', 'transfer-encoding'];
  const kept = Object.entries(headers).filter(([name]) => !hopByHop.includes(name));
  return { ...Object.fromEntries(kept), 'content-length': body.length };
}

function answerHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const hopByHop = ['connection', 'date', 'keep-alive', 'transfer-encoding'];
  const kept = Object.entries(headers).filter(([name]) => !hopByHop.includes(name));
  return Object.fromEntries(kept.map(([name, value]) => [name, String(value)]));
}

/** @see https://www.rfc-editor.org/rfc/rfc9110#section-14.2 */
function rangeOf(answer: S3Answer, range: string | undefined): S3Answer {
  const [, first = '', last = ''] = range?.match(/^bytes=(\d*)-(\d*)$/) ?? [];
  if (first === '' && last === '') return answer;
  const size = answer.body.length;
  const start = first === '' ? Math.max(size - Number(last), 0) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (start > end) {
    throw new ServiceError('InvalidRange', 'The requested range is not satisfiable', { status: 416 });
  }
  const headers = {
    ...answer.headers,
    'content-length': String(end + 1 - start),
    'content-range': `bytes ${start}-${end}/${size}`,
  };
  return { status: 206, headers, body: answer.body.subarray(start, end + 1) };
}

function preconditionFailed(): ServiceError {
  const message = 'At least one of the pre-conditions you specified did not hold';
  return new ServiceError('PreconditionFailed', message, { status: 412 });
}

function notImplemented(what: string): ServiceError {
  return new ServiceError('NotImplemented', `the sandbox does not offer ${what}`, { status: 501 });
}
