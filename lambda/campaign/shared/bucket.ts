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

/** How much of an object one request reads, in bytes. */
const CHUNK_SIZE = 1024 * 1024;

/** The smallest part that Amazon S3 accepts in a multipart upload, except for the last part, in bytes. */
const MIN_PART_SIZE = 5 * 1024 * 1024;

/** The longest line that is read, in bytes. A longer line cannot be a user name. */
const MAX_LINE_LENGTH = 8 * 1024;

/** A line of an object. */
export interface Line {
  /** Without the line break; undefined when the line is too long. */
  readonly text: string | undefined;
  /** Where the next line begins, in bytes. */
  readonly end: number;
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
   * The lines of an object. The last line may lack a line break.
   *
   * @param from where to start, in bytes
   * @param version the ETag that the object must still have; if undefined, the current one
   * @param onVersion is called with the ETag of the object
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
        yield { text: tooLong || at > MAX_LINE_LENGTH ? undefined : textOf(bytes.subarray(0, at)), end: offset };
        tooLong = false;
        bytes = bytes.subarray(at + 1);
      }
      rest = Buffer.from(bytes);
      if (rest.length > MAX_LINE_LENGTH) {
        offset += rest.length;
        rest = Buffer.alloc(0);
        tooLong = true;
      }
    }
    if (rest.length > 0 || tooLong) yield { text: tooLong ? undefined : textOf(rest), end: offset + rest.length };
  }

  /** Concatenates objects by a multipart upload, so that no more than one part is in memory. */
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
          if (buffers.reduce((size, { length }) => size + length, 0) >= MIN_PART_SIZE) await upload();
        }
      }
      // An upload needs at least one part, which is empty for an empty object.
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
    for (let at = from; ; at += CHUNK_SIZE) {
      let chunk: Buffer;
      try {
        const { Body, ETag } = await this.#client.send(
          new GetObjectCommand({
            Bucket: this.name,
            Key: key,
            Range: `bytes=${at}-${at + CHUNK_SIZE - 1}`,
            IfMatch: expected,
          }),
        );
        expected ??= ETag;
        if (at === from) onVersion(expected);
        chunk = Buffer.from((await Body?.transformToByteArray()) ?? []);
      } catch (error) {
        // The object ended with the previous chunk.
        if ((error as Error).name === 'InvalidRange') return;
        throw error;
      }
      yield chunk;
      if (chunk.length < CHUNK_SIZE) return;
    }
  }
}

/** Lists may have the line breaks of Windows. */
function textOf(bytes: Buffer): string {
  return bytes.toString().replace(/\r$/, '');
}
