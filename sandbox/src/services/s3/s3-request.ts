import type { IncomingHttpHeaders } from 'node:http';
import { type BucketDefinition, type Permission, ServiceError } from '../../model';

/** A request of the S3 API. */
export interface S3Request {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** What a request addresses. */
export interface S3Target {
  readonly bucket: string;
  /** Empty when the request addresses the bucket. */
  readonly key: string;
  readonly query: URLSearchParams;
}

/** The supported operations, by method, target, and the query parameters that identify the operation. */
const OPERATIONS: readonly [
  method: string,
  target: 'bucket' | 'object',
  query: readonly string[],
  operation: string,
][] = [
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

/** The actions on the bucket's KMS key that each operation needs. */
const KMS_ACTIONS: Readonly<Record<string, readonly string[]>> = {
  GetObject: ['kms:Decrypt'],
  PutObject: ['kms:GenerateDataKey'],
  CreateMultipartUpload: ['kms:GenerateDataKey', 'kms:Decrypt'],
  UploadPart: ['kms:GenerateDataKey', 'kms:Decrypt'],
  CompleteMultipartUpload: ['kms:GenerateDataKey', 'kms:Decrypt'],
};

/** Operations whose IAM action has another name. */
const S3_ACTIONS: Readonly<Record<string, string>> = {
  CompleteMultipartUpload: 's3:PutObject',
  CreateMultipartUpload: 's3:PutObject',
  HeadObject: 's3:GetObject',
  ListObjectsV2: 's3:ListBucket',
  UploadPart: 's3:PutObject',
};

/** The parameters of ListObjectsV2 that are supported. Any other parameter of a bucket asks for another operation. */
const LIST_PARAMETERS = ['prefix', 'delimiter', 'max-keys', 'start-after', 'continuation-token', 'fetch-owner'];

/** Reads the bucket, the key and the query parameters of a path-style URL. */
export function targetOf(url: string): S3Target {
  const { pathname, searchParams: query } = new URL(`http://s3${url}`);
  const [, bucket = '', ...key] = decodeURIComponent(pathname).split('/');
  query.delete('x-id');
  return { bucket, key: key.join('/'), query };
}

/** @throws ServiceError NotImplemented when the operation is not supported */
export function operationOf(method: string, { bucket, key, query }: S3Target): string {
  const target = key === '' ? 'bucket' : 'object';
  const names = [...query.keys()].filter((name) => key !== '' || !LIST_PARAMETERS.includes(name)).sort();
  const found = OPERATIONS.find(
    ([itsMethod, itsTarget, itsNames]) =>
      itsMethod === method && itsTarget === target && itsNames.join() === names.join(),
  );
  if (!found || bucket === '') throw notImplemented(`${method} of ${target} with the parameters [${names.join()}]`);
  if (key.split('/').some((part) => part === '.' || part === '..')) throw notImplemented('a key with "." or ".."');
  return found[3];
}

/** The permissions that an operation needs: its own, and those on the KMS key of the bucket. */
export function permissionsOf(
  operation: string,
  { headers }: S3Request,
  { key, query }: S3Target,
  bucketArn: string,
  bucket: BucketDefinition | undefined,
  region: string,
): Permission[] {
  if (operation === 'ListObjectsV2') {
    return [{ action: 's3:ListBucket', resource: bucketArn, context: { 's3:prefix': query.get('prefix') ?? '' } }];
  }
  const objectArn = `${bucketArn}/${key}`;
  const ownPermission = { action: S3_ACTIONS[operation] ?? `s3:${operation}`, resource: objectArn };
  if (!bucket?.encryption) return [ownPermission];
  const { keyArn, bucketKeyEnabled } = bucket.encryption;
  const context = {
    'kms:ViaService': `s3.${region}.amazonaws.com`,
    'kms:EncryptionContext:aws:s3:arn': bucketKeyEnabled ? bucketArn : objectArn,
  };
  // The checksum of an object is encrypted like the object itself.
  const withChecksum = operation === 'HeadObject' && headers['x-amz-checksum-mode'] !== undefined;
  const actions = withChecksum ? KMS_ACTIONS.GetObject : KMS_ACTIONS[operation];
  return [ownPermission, ...(actions ?? []).map((action) => ({ action, resource: keyArn, context }))];
}

export function notImplemented(what: string): ServiceError {
  return new ServiceError('NotImplemented', `the sandbox does not support ${what}`, { status: 501 });
}
