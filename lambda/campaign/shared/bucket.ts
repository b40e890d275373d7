import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';

/** How much of an object is in memory at once, in bytes. */
const CHUNK = 1024 * 1024;

/** Amazon S3 takes no smaller part of a multipart upload but the last, in bytes. */
const MINIMUM_PART = 5 * 1024 * 1024;

/** A longer line is nobody's user name, and is given up after these bytes. */
const MAX_LINE = 8 * 1024;

/** A line of an object. */
export interface Line {
  /** Without its line break; undefined when it is too long to be one. */
  readonly text: string | undefined;
  /** Where the next one begins, in bytes. */
  readonly end: number;
}

/** The bucket of the campaigns: objects are read line by line, and never held whole. */
export class Bucket {
  readonly name: string;
  readonly #client = new S3Client({
    maxAttempts: 5,
    retryMode: 'standard',
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      connectionTimeout: 3_000,
      requestTimeout: 30_000,
      throwOnRequestTimeout: true,
      // An answer that began may never end.
      socketTimeout: 30_000,
    },
  });

  constructor(name: string) {
    this.name = name;
  }

  async put(key: string, body: string): Promise<void> {
    // As bytes: of a string that is empty the SDK warns that nobody knows its length.
    const Body = Buffer.from(body);
    await this.#client.send(
      new PutObjectCommand({ Bucket: this.name, Key: key, Body, ContentType: 'application/jsonl' }),
    );
  }

  /**
   * The lines from a byte on. Every line ends with a line break, but for the last.
   *
   * @param version what the object must still be; whatever it is now, otherwise
   * @param onVersion told what it is
   */
  async *lines(
    key: string,
    from: number,
    version?: string,
    onVersion: (version: string | undefined) => void = () => {},
  ): AsyncGenerator<Line> {
    let rest = Buffer.alloc(0);
    let offset = from;
    let tooLong = false;
    for await (const chunk of this.#chunks(key, from, version, onVersion)) {
      let bytes: Buffer = Buffer.concat([rest, chunk]);
      for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a)) {
        offset += at + 1;
        yield { text: tooLong || at > MAX_LINE ? undefined : textOf(bytes.subarray(0, at)), end: offset };
        tooLong = false;
        bytes = bytes.subarray(at + 1);
      }
      rest = Buffer.from(bytes);
      if (rest.length > MAX_LINE) {
        offset += rest.length;
        rest = Buffer.alloc(0);
        tooLong = true;
      }
    }
    if (rest.length > 0 || tooLong) yield { text: tooLong ? undefined : textOf(rest), end: offset + rest.length };
  }

  /** Puts objects together into one, in parts, so that no more than one part is in memory. */
  async concatenate(sources: readonly string[], target: string): Promise<void> {
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
        for await (const chunk of this.#chunks(source, 0)) {
          buffers.push(chunk);
          if (buffers.reduce((size, { length }) => size + length, 0) >= MINIMUM_PART) await upload();
        }
      }
      // Without any part there is no upload, so that an empty object has an empty one.
      if (buffers.length > 0 || parts.length === 0) await upload();
      await this.#client.send(
        new CompleteMultipartUploadCommand({ ...where, UploadId, MultipartUpload: { Parts: parts } }),
      );
    } catch (error) {
      await this.#client.send(new AbortMultipartUploadCommand({ ...where, UploadId })).catch(() => {});
      throw error;
    }
  }

  async *#chunks(
    key: string,
    from: number,
    version?: string,
    onVersion: (version: string | undefined) => void = () => {},
  ): AsyncGenerator<Buffer> {
    let expected = version;
    for (let at = from; ; at += CHUNK) {
      let chunk: Buffer;
      try {
        const { Body, ETag } = await this.#client.send(
          new GetObjectCommand({
            Bucket: this.name,
            Key: key,
            Range: `bytes=${at}-${at + CHUNK - 1}`,
            IfMatch: expected,
          }),
        );
        expected ??= ETag;
        if (at === from) onVersion(expected);
        chunk = Buffer.from((await Body?.transformToByteArray()) ?? []);
      } catch (error) {
        // The end lay on the boundary of a chunk.
        if ((error as Error).name === 'InvalidRange') return;
        throw error;
      }
      yield chunk;
      if (chunk.length < CHUNK) return;
    }
  }
}

/** Lists are written on all kinds of machines. */
function textOf(bytes: Buffer): string {
  return bytes.toString().replace(/\r$/, '');
}
