import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { ObjectListing } from './list-objects-v2';

/** The parts of s3rver that the sandbox uses. The package ships no types. */
export interface S3rver {
  store: S3rverStore;
  httpServer: Server;
  run(): Promise<AddressInfo>;
}

interface S3rverStore {
  getResourcePath(bucket: string, key: string | undefined, resource: string): string;
  putMetadata(bucket: string, key: string, metadata: object, md5: string): Promise<void>;
  putObject(object: StoredObject): Promise<{ size: number; md5: string }>;
  putPart(
    bucket: string,
    uploadId: string,
    part: string,
    content: NodeJS.ReadableStream,
  ): Promise<{ size: number; md5: string }>;
  listObjects(bucket: string, options: { prefix?: string; delimiter?: string }): Promise<ObjectListing>;
}

interface StoredObject {
  readonly bucket: string;
  readonly key: string;
  readonly content: NodeJS.ReadableStream;
  readonly metadata: object;
}

/** Starts s3rver on a free port, with these buckets in this folder. */
export async function startS3rver(directory: string, bucketNames: readonly string[]): Promise<S3rver> {
  // Loaded on demand, because most assemblies have no bucket.
  const S3rverServer: new (options: object) => S3rver = require('s3rver');
  const server = new S3rverServer({
    address: '127.0.0.1',
    port: 0,
    silent: true,
    directory,
    vhostBuckets: false,
    configureBuckets: bucketNames.map((name) => ({ name })),
  });
  writeBeforeAnswering(server.store);
  await server.run();
  // If s3rver closed an idle connection, it could do so while a request is on its way.
  server.httpServer.keepAliveTimeout = 0;
  return server;
}

/** By itself s3rver answers before the object is written, so that the next read can find half of it. */
function writeBeforeAnswering(store: S3rverStore): void {
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
