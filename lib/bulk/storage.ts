import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AttributeType, type CfnTable, type ITable, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption, type IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { LEDGER_TABLE } from '../contract/campaign';
import { acknowledgeExpiringBucket } from '../private/security-rules';
import { resourceOf } from '../private/template-properties';

/** Creates the key for the bucket and the execution histories. */
export function createEncryptionKey(scope: Construct): IKey {
  return new Key(scope, 'Key', {
    description: 'Encrypts lists, reports and execution histories of bulk password resets',
    enableKeyRotation: true,
    removalPolicy: RemovalPolicy.RETAIN,
  });
}

/** Creates the bucket. It is retained, because its reports show which users were reset. Its objects expire. */
export function createBucket(scope: Construct, encryptionKey: IKey, expiresAfter: Duration): IBucket {
  const bucket = new Bucket(scope, 'Bucket', {
    encryption: BucketEncryption.KMS,
    encryptionKey,
    bucketKeyEnabled: true,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    lifecycleRules: [{ expiration: expiresAfter, abortIncompleteMultipartUploadAfter: Duration.days(1) }],
    removalPolicy: RemovalPolicy.RETAIN,
  });
  acknowledgeExpiringBucket(bucket);
  return bucket;
}

/** Creates the ledger. It is retained and restorable: without it, a campaign would send its messages again. */
export function createLedger(scope: Construct): ITable {
  return new TableV2(scope, 'Ledger', {
    partitionKey: { name: LEDGER_TABLE.partitionKey, type: AttributeType.STRING },
    sortKey: { name: LEDGER_TABLE.sortKey, type: AttributeType.STRING },
    timeToLiveAttribute: LEDGER_TABLE.timeToLiveAttribute,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    removalPolicy: RemovalPolicy.RETAIN,
  });
}

/** Validates the keys of a table that this app creates. The keys of an imported table are not known. */
export function validateLedger(ledger: ITable): ITable {
  const resource = resourceOf<CfnTable>(ledger, 'AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable');
  if (resource === undefined) return ledger;
  const { keySchema, attributeDefinitions } = resource.stack.resolve({
    keySchema: resource.keySchema,
    attributeDefinitions: resource.attributeDefinitions,
  });
  const typeOf = (name: string) =>
    attributeDefinitions.find(({ attributeName }: { attributeName: string }) => attributeName === name)?.attributeType;
  const keys = keySchema
    .map((key: { attributeName: string; keyType: string }) => ({ ...key, type: typeOf(key.attributeName) }))
    .map((key: { attributeName: string; keyType: string; type: string }) =>
      [key.keyType, key.attributeName, key.type].join(' '),
    )
    .join(', ');
  const expected = `HASH ${LEDGER_TABLE.partitionKey} S, RANGE ${LEDGER_TABLE.sortKey} S`;
  if (keys !== expected) {
    throw new Error(
      `ledger: got a table with the keys ${keys}, expected ${expected}: new TableV2(this, 'Ledger', { partitionKey: { name: '${LEDGER_TABLE.partitionKey}', type: AttributeType.STRING }, sortKey: { name: '${LEDGER_TABLE.sortKey}', type: AttributeType.STRING }, timeToLiveAttribute: '${LEDGER_TABLE.timeToLiveAttribute}' })`,
    );
  }
  return ledger;
}

/** Allows the actions on the objects under a prefix. */
export function objectStatement(bucket: IBucket, prefix: string, ...actions: string[]): PolicyStatement {
  return new PolicyStatement({ actions, resources: [bucket.arnForObjects(`${prefix}*`)] });
}

/** Allows the actions on the key of the bucket, through Amazon S3 only. Empty if the bucket has no key of AWS KMS. */
export function keyStatements(scope: Construct, bucket: IBucket, ...actions: string[]): PolicyStatement[] {
  const { encryptionKey } = bucket;
  return encryptionKey
    ? [new PolicyStatement({ actions, resources: [encryptionKey.keyArn], conditions: viaS3Condition(scope) })]
    : [];
}

/**
 * The condition that a key is used through Amazon S3.
 *
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
 */
export function viaS3Condition(scope: Construct): Record<string, Record<string, string>> {
  // The suffix is the same in all partitions, including aws-cn.
  return { StringEquals: { 'kms:ViaService': `s3.${Stack.of(scope).region}.amazonaws.com` } };
}
