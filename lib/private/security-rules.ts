import type { IConstruct } from 'constructs';
import { acknowledgeRules } from './acknowledge-rules';

/** The packs of cdk-nag that name their rules alike. Those of AWS Solutions have numbers. */
const PACKS = ['HIPAA.Security', 'NIST.800.53.R4', 'NIST.800.53.R5', 'PCI.DSS.321', 'Serverless'];

/** A policy of its own that is created with the role. */
export function acknowledgeInlinePolicy(construct: IConstruct): void {
  acknowledgeInPacks(construct, {
    IAMNoInlinePolicy:
      'The policy is for one role, and whatever needs the role waits for it. A managed policy could be attached to other roles.',
  });
}

/** A function whose events contain user names. */
export function acknowledgeNoDestination(lambdaFunction: IConstruct): void {
  acknowledgeInPacks(lambdaFunction, {
    LambdaDLQ: 'A dead-letter queue would store events with user names. The caller sees the error.',
    LambdaAsyncFailureDestination: 'A destination would store events with user names. The caller sees the error.',
  });
}

/** A bucket with user names, which expire. */
export function acknowledgeExpiringBucket(bucket: IConstruct): void {
  const logging = 'Who may read which prefix is granted one by one, and AWS CloudTrail can record each access.';
  acknowledgeRules(bucket, { id: 'AwsSolutions-S1', reason: logging });
  acknowledgeInPacks(bucket, {
    S3BucketLoggingEnabled: logging,
    S3BucketReplicationEnabled: 'A copy of the objects would store user names in another place.',
    S3BucketVersioningEnabled: 'An old version of an object would store user names after the object has expired.',
  });
}

function acknowledgeInPacks(construct: IConstruct, reasons: Readonly<Record<string, string>>): void {
  const rules = Object.entries(reasons).flatMap(([rule, reason]) =>
    PACKS.map((pack) => ({ id: `${pack}-${rule}`, reason })),
  );
  acknowledgeRules(construct, ...rules);
}
