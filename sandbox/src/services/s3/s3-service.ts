import { readdir, rm, stat } from 'node:fs/promises';
import { Agent, type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { type BucketDefinition, type Permission, ServiceError } from '../../model';
import { TemporaryFolder } from '../../temporary-folder';
import { listObjectsV2Page } from './list-objects-v2';
import { notImplemented, operationOf, permissionsOf, type S3Request, type S3Target, targetOf } from './s3-request';
import { type S3rver, startS3rver } from './s3rver';

/** The minimum size of every part of a multipart upload except the last one, in bytes. */
const MIN_PART_BYTES = 5 * 1024 * 1024;

export interface S3Response {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** A request that was read: the operation, and the permissions that it needs. */
export interface S3Call {
  readonly operation: string;
  readonly permissions: readonly Permission[];
  /** What a caller needs besides, to be told that there is no such object. */
  readonly permissionToSeeAbsence: Permission;
  /** Carries out the operation, or throws a {@link ServiceError}. */
  run(): Promise<S3Response>;
}

/**
 * Amazon S3, served by s3rver: the buckets of the cloud assembly, in a temporary folder. Versions, lifecycle rules and
 * bucket policies are not supported. Objects are not encrypted, but a caller that may not use the bucket's KMS key is
 * refused.
 */
export class S3Service {
  static async start(buckets: readonly BucketDefinition[]): Promise<S3Service> {
    const folder = new TemporaryFolder('sandbox-s3-');
    try {
      const server = await startS3rver(
        folder.path,
        buckets.map(({ bucketName }) => bucketName),
      );
      return new S3Service(buckets, server, folder);
    } catch (error) {
      folder.remove();
      throw error;
    }
  }

  readonly #buckets: readonly BucketDefinition[];
  readonly #server: S3rver;
  readonly #folder: TemporaryFolder;
  readonly #agent = new Agent({ keepAlive: true });
  #last: Promise<unknown> = Promise.resolve();

  private constructor(buckets: readonly BucketDefinition[], server: S3rver, folder: TemporaryFolder) {
    this.#buckets = buckets;
    this.#server = server;
    this.#folder = folder;
  }

  /**
   * Reads a request.
   *
   * @throws ServiceError NotImplemented when the operation is not supported
   */
  read(asked: S3Request, region: string): S3Call {
    const address = targetOf(asked.url);
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
    this.#folder.remove();
  }

  async #carryOut(operation: string, asked: S3Request, address: S3Target): Promise<S3Response> {
    const { headers } = asked;
    if (!this.#buckets.some(({ bucketName }) => bucketName === address.bucket)) {
      throw new ServiceError('NoSuchBucket', 'The specified bucket does not exist', { status: 404 });
    }
    if (headers['x-amz-copy-source'] !== undefined) throw notImplemented('a copy');
    if (operation === 'ListObjectsV2') return this.#list(address);
    if (/aws-chunked/.test(headers['content-encoding'] ?? '')) {
      throw notImplemented('a body in chunks: give the SDK a string, a Buffer or a Uint8Array');
    }
    validateLimits(operation, address, asked.body);
    const uploadId = address.query.get('uploadId');
    if (uploadId !== null) await this.#checkUpload(operation, address.bucket, uploadId);
    if (operation === 'AbortMultipartUpload') {
      await rm(this.#uploadPath(address.bucket, String(uploadId)), { recursive: true });
      return { status: 204, headers: {}, body: Buffer.alloc(0) };
    }
    if (operation === 'PutObject') await this.#checkPreconditions(asked);
    const answer = await this.#forward(asked);
    if (operation !== 'GetObject' && operation !== 'HeadObject') return answer;
    const ifMatch = headers['if-match'];
    if (answer.status === 200 && ifMatch !== undefined && ![answer.headers.etag, '*'].includes(ifMatch)) {
      throw preconditionFailed();
    }
    return operation === 'GetObject' && answer.status === 200 ? rangeResponse(answer, headers.range) : answer;
  }

  async #list({ bucket, query }: S3Target): Promise<S3Response> {
    const [prefix, delimiter] = [query.get('prefix') ?? '', query.get('delimiter') ?? ''];
    const listing = await this.#server.store.listObjects(bucket, { prefix, delimiter });
    const body = Buffer.from(listObjectsV2Page(bucket, query, listing));
    return { status: 200, headers: { 'content-type': 'application/xml' }, body };
  }

  /** Checks If-None-Match, because s3rver does not support conditional writes. */
  async #checkPreconditions(asked: S3Request): Promise<void> {
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
      const message =
        'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.';
      throw new ServiceError('NoSuchUpload', message, { status: 404 });
    }
    if (operation !== 'CompleteMultipartUpload') return;
    const parts = files.filter((file) => /^\d+$/.test(file)).sort((one, other) => Number(one) - Number(other));
    for (const part of parts.slice(0, -1)) {
      if ((await stat(join(path, part))).size < MIN_PART_BYTES) {
        throw new ServiceError('EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size');
      }
    }
  }

  #uploadPath(bucket: string, uploadId: string): string {
    return join(this.#server.store.getResourcePath(bucket, undefined, 'uploads'), uploadId);
  }

  async #forward({ method, url, headers, body }: S3Request): Promise<S3Response> {
    const { port } = this.#server.httpServer.address() as AddressInfo;
    const response = await new Promise<import('node:http').IncomingMessage>((resolve, reject) => {
      request({
        agent: this.#agent,
        host: '127.0.0.1',
        port,
        method,
        path: url,
        headers: headersToForward(headers, body),
      })
        .on('response', resolve)
        .on('error', reject)
        .end(body);
    });
    const content = await buffer(response);
    return { status: response.statusCode ?? 500, headers: responseHeaders(response.headers), body: content };
  }
}

/** The longest key, in bytes. */
const MAX_KEY_BYTES = 1024;
const MAX_PART_NUMBER = 10_000;

/**
 * Checks what s3rver does not.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
 */
function validateLimits(operation: string, { key, query }: S3Target, body: Buffer): void {
  if (Buffer.byteLength(key) > MAX_KEY_BYTES) throw new ServiceError('KeyTooLongError', 'Your key is too long');
  if (operation === 'UploadPart') {
    const number = Number(query.get('partNumber'));
    if (!Number.isInteger(number) || number < 1 || number > MAX_PART_NUMBER) {
      const message = `Part number must be an integer between 1 and ${MAX_PART_NUMBER}, inclusive`;
      throw new ServiceError('InvalidArgument', message);
    }
  }
  if (operation === 'CompleteMultipartUpload') {
    const numbers = [...body.toString().matchAll(/<PartNumber>(\d+)</g)].map(([, number]) => Number(number));
    if (numbers.some((number, index) => index > 0 && number <= (numbers[index - 1] ?? 0))) {
      throw new ServiceError('InvalidPartOrder', 'The list of parts was not in ascending order');
    }
  }
}

/**
 * Leaves out the signature, which s3rver would check with a secret of its own, and the range, because s3rver misreads one
 * that ends at the first byte.
 */
function headersToForward(headers: IncomingHttpHeaders, body: Buffer): OutgoingHttpHeaders {
  const dropped = ['authorization', 'connection', 'expect', 'host', 'if-match', 'range', 'transfer-encoding'];
  const kept = Object.entries(headers).filter(([name]) => !dropped.includes(name));
  return { ...Object.fromEntries(kept), 'content-length': body.length };
}

function responseHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const dropped = ['connection', 'date', 'keep-alive', 'transfer-encoding'];
  const kept = Object.entries(headers).filter(([name]) => !dropped.includes(name));
  return Object.fromEntries(kept.map(([name, value]) => [name, String(value)]));
}

/** @see https://www.rfc-editor.org/rfc/rfc9110#section-14.2 */
function rangeResponse(answer: S3Response, range: string | undefined): S3Response {
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
