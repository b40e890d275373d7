import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Stack, Validations } from 'aws-cdk-lib';
import { CfnBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { acknowledgeRules } from '../../../lib/private/acknowledge-rules';
import { importsOf, sourceFiles } from '../../support/imports';
import { strictApp } from '../../support/synthesis';

const ROOT = resolve(__dirname, '..', '..', '..');

/** A finding of the template validation of the CDK, and two of cdk-nag, for the bucket of {@link given}. */
const FINDINGS = ['CloudFormation-Validate::F3012', 'AwsSolutions-S1', 'AwsSolutions-S10'];

const reason = 'a bucket for a test';

describe('acknowledgeRules', () => {
  test.each(FINDINGS)('leaves the finding %s if all others are acknowledged', (finding) => {
    const { app, bucket } = given();

    acknowledgeRules(bucket, ...FINDINGS.filter((id) => id !== finding).map((id) => ({ id, reason })));

    const error = synthesisErrorOf(app);
    expect(FINDINGS.filter((id) => error.includes(`${id}'`))).toEqual([finding]);
  });

  test.each(['bucket', 'parent'] as const)('silences cdk-nag and the template validation, on the %s', (place) => {
    const { app, ...constructs } = given();

    acknowledgeRules(constructs[place], ...FINDINGS.map((id) => ({ id, reason })));

    expect(synthesisErrorOf(app)).toBe('');
  });

  test('accepts an id with the ARN of an S3 bucket', () => {
    const { bucket } = given();
    const id = 'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:s3:::example/*]';

    acknowledgeRules(bucket, { id, reason });

    expect(bucket.node.metadata).toContainEqual(
      expect.objectContaining({ type: Validations.ACKNOWLEDGED_RULES_METADATA_KEY, data: { [id]: reason } }),
    );
  });
});

test('no construct uses Validations, which the oldest aws-cdk-lib that is supported does not have', () => {
  const users = importsOf(ROOT, sourceFiles(ROOT))
    .filter(({ from, to }) => from.startsWith('lib/') && to === 'aws-cdk-lib')
    .filter(({ from }) => /\bValidations\.of\b/.test(readFileSync(join(ROOT, from), 'utf8')));

  expect(users).toEqual([]);
});

function given() {
  const app = strictApp();
  const parent = new Construct(new Stack(app, 'Stack'), 'Parent');
  const bucket = new CfnBucket(parent, 'Bucket');
  bucket.addPropertyOverride('VersioningConfiguration', 'a text instead of an object');
  return { app, parent, bucket };
}

/** The error of a synthesis, or an empty text. */
function synthesisErrorOf(app: ReturnType<typeof strictApp>): string {
  try {
    app.synth();
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}
