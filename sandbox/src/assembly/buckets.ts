import type { BucketDefinition, BucketEncryption } from '../model';
import { type DeployedResource, resourcesOfType } from './deployed-resource';
import { keyArnOf } from './keys';
import { lazyObject } from './lazy-object';
import type { Stack } from './stack';

/** The `BucketEncryption` property of a bucket. */
interface BucketEncryptionProperty {
  readonly ServerSideEncryptionConfiguration?: readonly {
    readonly BucketKeyEnabled?: boolean;
    readonly ServerSideEncryptionByDefault?: { readonly SSEAlgorithm: string; readonly KMSMasterKeyID?: string };
  }[];
}

/** The S3 buckets of the assembly. */
export function bucketsOf(stacks: readonly Stack[]): BucketDefinition[] {
  return resourcesOfType(stacks, 'AWS::S3::Bucket').map((bucket) =>
    lazyObject<BucketDefinition>({
      bucketName: () => bucket.attribute('Ref'),
      bucketArn: () => bucket.attribute('Arn'),
      properties: () => bucket.properties,
      encryption: () => encryptionOf(bucket, stacks),
    }),
  );
}

/**
 * The customer managed key of a bucket. Undefined for `aws:kms` without a key id too: that is the AWS managed key, which
 * every role of the account may use through S3.
 */
function encryptionOf(bucket: DeployedResource, stacks: readonly Stack[]): BucketEncryption | undefined {
  const { ServerSideEncryptionConfiguration: rules } = (bucket.property('BucketEncryption') ??
    {}) as BucketEncryptionProperty;
  const [{ BucketKeyEnabled: bucketKeyEnabled = false, ServerSideEncryptionByDefault: byDefault } = {}] = rules ?? [];
  const key = byDefault?.SSEAlgorithm.startsWith('aws:kms') ? byDefault.KMSMasterKeyID : undefined;
  return key === undefined ? undefined : { keyArn: keyArnOf(key, bucket, stacks), bucketKeyEnabled };
}
