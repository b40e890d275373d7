import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import type { Json } from '../../model';
import { isTransformed, resultsFolder } from './assumptions';
import type { DistributedMap, MapInput } from './compiled-definition';
import { TaskError, unsupportedError } from './task-errors';

/** A child execution in the files of a ResultWriter. */
export interface ChildRecord {
  readonly ExecutionArn: string;
  readonly Name: string;
  readonly Status: 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED' | 'PENDING';
  /** JSON text, like the output. */
  readonly Input: string;
  readonly Output?: string;
  readonly Error?: string;
  readonly Cause?: string;
  readonly [field: string]: unknown;
}

/** The statuses of the child executions in each file. */
const FILES: Readonly<Record<string, readonly ChildRecord['Status'][]>> = {
  FAILED: ['FAILED', 'TIMED_OUT', 'ABORTED'],
  PENDING: ['PENDING'],
  SUCCEEDED: ['SUCCEEDED'],
};

/**
 * Writes the results of the child executions, and returns the output of their map.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultwriter.html
 */
export async function writeResults(
  s3: S3Client,
  map: DistributedMap,
  { Writer: where = {} }: MapInput,
  mapRun: { readonly id: string; readonly arn: string },
  children: readonly ChildRecord[],
): Promise<unknown> {
  const succeeded = children.filter(({ Status }) => Status === 'SUCCEEDED');
  const { Transformation: transformation = 'NONE', OutputType: type = 'JSON' } = map.writerConfig;
  if (map.writerResource === undefined)
    return transformResults(succeeded, transformation === 'NONE' ? 'COMPACT' : transformation);
  if (!/^arn:[^:]+:states:::s3:putObject$/.test(map.writerResource)) {
    throw unsupportedError(`the result writer ${map.writerResource}`, 'arn:aws:states:::s3:putObject');
  }
  const { Bucket, Prefix } = where as { Bucket: string; Prefix?: string };
  const folder = resultsFolder(Prefix, mapRun.id);
  const ResultFiles: Record<string, object[]> = {};
  try {
    for (const [file, statuses] of Object.entries(FILES)) {
      const records = children.filter(({ Status }) => statuses.includes(Status));
      ResultFiles[file] = [];
      if (records.length === 0) continue;
      const body = fileContent(isTransformed(file) ? transformResults(records, transformation) : records, type);
      const Key = `${folder}/${file}_0.${type === 'JSONL' ? 'jsonl' : 'json'}`;
      await upload(s3, Bucket, Key, body);
      ResultFiles[file].push({ Key, Size: body.length });
    }
    const Key = `${folder}/manifest.json`;
    const manifest = { DestinationBucket: Bucket, MapRunArn: mapRun.arn, ResultFiles };
    await s3.send(new PutObjectCommand({ Bucket, Key, Body: JSON.stringify(manifest) }));
    return { MapRunArn: mapRun.arn, ResultWriterDetails: { Bucket, Key } };
  } catch (error) {
    const { name, message } = error as Error;
    throw new TaskError('States.ResultWriterFailed', `s3://${Bucket}/${folder}: ${name}: ${message}`);
  }
}

function transformResults(children: readonly ChildRecord[], transformation: unknown): readonly unknown[] {
  if (transformation === 'NONE') return children;
  const outputs = children.map(({ Output }) => JSON.parse(Output ?? 'null') as unknown);
  return transformation === 'FLATTEN' ? outputs.flat() : outputs;
}

function fileContent(records: readonly unknown[], type: unknown): Buffer {
  return Buffer.from(
    type === 'JSONL' ? `${records.map((record) => JSON.stringify(record)).join('\n')}\n` : JSON.stringify(records),
  );
}

/** Uploads in parts, as Step Functions does, because a multipart upload needs more permissions than PutObject. */
async function upload(s3: S3Client, Bucket: string, Key: string, Body: Buffer): Promise<void> {
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key }));
  const part = { Bucket, Key, UploadId, PartNumber: 1 };
  const { ETag } = await s3.send(new UploadPartCommand({ ...part, Body }));
  const MultipartUpload = { Parts: [{ ETag, PartNumber: 1 }] };
  await s3.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload }));
}

/** A record without the fields that are undefined. */
export function childRecord(fields: Json): ChildRecord {
  return JSON.parse(JSON.stringify(fields)) as ChildRecord;
}
