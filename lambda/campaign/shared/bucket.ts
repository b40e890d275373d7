import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { HttpHandler } from '../../shared/http-handler';
import { splitLines } from './split-lines';

/** How much of an object one request reads, in bytes. */
const CHUNK_SIZE = 1024 * 1024;

/** The smallest part that Amazon S3 accepts in a multipart upload, except for the last part, in bytes. */
const MIN_PART_SIZE = 5 * 1024 * 1024;

/** A line of an object. */
export interface Line {
  /** Without the line break; undefined when the line is too long. */
  readonly text: string | undefined;
  /** Where the next line begins, in bytes. */
  readonly end: number;
}

/** A part of an object. */
export interface Chunk {
  readonly bytes: Buffer;
  readonly version: ObjectVersion;
}

/**
 * What tells an object from another one under its key. An ETag alone can be the MD5 of the content, and files with the same
 * MD5 can be made.
 */
export interface ObjectVersion {
  readonly etag?: string;
  /** In ISO 8601, to the second. */
  readonly lastModified?: string;
}

/** The bucket of the campaigns. Objects are read line by line, and are never in memory as a whole. */
export class Bucket {
  readonly name: string;
  readonly #client = new S3Client({
    maxAttempts: 5,
    retryMode: 'standard',
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: new HttpHandler({
      connectionTimeout: 3_000,
      requestTimeout: 30_000,
      throwOnRequestTimeout: true,
      // A response that has started may never end.
      socketTimeout: 30_000,
    }),
  });

  constructor(name: string) {
    this.name = name;
  }

  async put(key: string, body: string): Promise<void> {
    // As bytes: the SDK warns about the unknown length of an empty string.
    const Body = Buffer.from(body);
    await this.#client.send(
      new PutObjectCommand({ Bucket: this.name, Key: key, Body, ContentType: 'application/jsonl' }),
    );
  }

  /**
   * The lines of an object in UTF-8, such as the functions of a campaign write it. The last line may lack a line break.
   *
   * @param from where to start, in bytes
   * @param version which the object must still have; if undefined, the current one
   */
  async *lines(key: string, from: number, version?: ObjectVersion): AsyncGenerator<Line> {
    let end = from;
    for await (const { units, length } of splitLines(this.#unitsOfBytes(key, from, version))) {
      end += length;
      yield { text: units === undefined ? undefined : textOf(units), end };
    }
  }

  /**
   * The bytes of an object in chunks of an even length, except for the last one.
   *
   * @param from where to start, in bytes
   * @param version which the object must still have; if undefined, the current one
   */
  async *chunks(key: string, from: number, version?: ObjectVersion): AsyncGenerator<Chunk> {
    let expected = version;
    for (let at = from; ; at += CHUNK_SIZE) {
      let bytes: Buffer;
      try {
        const { Body, ETag, LastModified } = await this.#client.send(
          new GetObjectCommand({
            Bucket: this.name,
            Key: key,
            Range: `bytes=${at}-${at + CHUNK_SIZE - 1}`,
            IfMatch: expected?.etag,
          }),
        );
        const found = { etag: ETag, lastModified: LastModified?.toISOString() };
        expected ??= found;
        const { lastModified = found.lastModified } = expected;
        if (found.lastModified !== lastModified) throw new ObjectChangedError();
        bytes = Buffer.from((await Body?.transformToByteArray()) ?? []);
      } catch (error) {
        // The object ended with the previous chunk.
        if ((error as Error).name === 'InvalidRange') return;
        throw error;
      }
      yield { bytes, version: expected };
      if (bytes.length < CHUNK_SIZE) return;
    }
  }

  /** Some bytes of an object that has this ETag; fewer if the object ends before. */
  async bytes(key: string, etag: string, from: number, length: number): Promise<Buffer> {
    const { Body } = await this.#client.send(
      new GetObjectCommand({
        Bucket: this.name,
        Key: key,
        Range: `bytes=${from}-${from + length - 1}`,
        IfMatch: etag,
      }),
    );
    return Buffer.from((await Body?.transformToByteArray()) ?? []);
  }

  /**
   * Concatenates objects by a multipart upload, so that no more than one part is in memory. Resolves to the ETag of the
   * new object.
   */
  async concatenate(sources: readonly string[], target: string): Promise<string> {
    const where = { Bucket: this.name, Key: target };
    const { UploadId } = await this.#client.send(
      new CreateMultipartUploadCommand({ ...where, ContentType: 'application/jsonl' }),
    );
    try {
      const parts: { ETag: string | undefined; PartNumber: number }[] = [];
      let buffers: Buffer[] = [];
      const upload = async () => {
        const PartNumber = parts.length + 1;
        const Body = Buffer.concat(buffers);
        buffers = [];
        const { ETag } = await this.#client.send(new UploadPartCommand({ ...where, UploadId, PartNumber, Body }));
        parts.push({ ETag, PartNumber });
      };
      for (const source of sources) {
        for await (const { bytes } of this.chunks(source, 0)) {
          buffers.push(bytes);
          if (buffers.reduce((size, { length }) => size + length, 0) >= MIN_PART_SIZE) await upload();
        }
      }
      // An upload needs at least one part, which is empty for an empty object.
      if (buffers.length > 0 || parts.length === 0) await upload();
      const { ETag = '' } = await this.#client.send(
        new CompleteMultipartUploadCommand({ ...where, UploadId, MultipartUpload: { Parts: parts } }),
      );
      return ETag;
    } catch (error) {
      await this.#client.send(new AbortMultipartUploadCommand({ ...where, UploadId })).catch(() => {});
      throw error;
    }
  }

  async *#unitsOfBytes(key: string, from: number, version: ObjectVersion | undefined): AsyncGenerator<string> {
    for await (const { bytes } of this.chunks(key, from, version)) yield bytes.toString('latin1');
  }
}

/** An object has the ETag of another one that was under its key. Its name is that of the error when the ETag differs. */
class ObjectChangedError extends Error {
  override readonly name = 'PreconditionFailed';
}

/** The text of the bytes of a line. A carriage return before the line feed belongs to the line break. */
function textOf(units: string): string {
  return Buffer.from(units, 'latin1').toString().replace(/\r$/, '');
}
