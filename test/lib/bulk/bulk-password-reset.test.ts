import { App, CfnParameter, type CfnResource, Duration, Stack, Stage, Validations } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { CfnUserPool, UserPool, type UserPoolProps } from 'aws-cdk-lib/aws-cognito';
import { AttributeType, Table, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { EventField, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import { AccountPrincipal, type Grant, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type CfnKey, Key } from 'aws-cdk-lib/aws-kms';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { IConstruct } from 'constructs';
import {
  AdminPasswordReset,
  type AdminPasswordResetProps,
  BulkPasswordReset,
  type BulkPasswordResetProps,
  MessageCatalog,
  OnSigningFailure,
  ResetMessages,
  SmsReadiness,
  SnsSmsDelivery,
} from '../../../lib';
import { grantsOf, linesOf, textOf } from '../../support/policies';
import { acknowledgePoolFindings, CONTEXTS, strictApp } from '../../support/synthesis';

const ACCOUNT = '111122223333';
const ENV = { account: ACCOUNT, region: 'us-east-1' };
const POOL = `arn:aws:cognito-idp:us-east-1:${ACCOUNT}:userpool/us-east-1_AbC`;
const SIGNING_KEY = `arn:aws:kms:us-east-1:${ACCOUNT}:key/signing`;
const LOG_DELIVERY = `Service delivery.logs.amazonaws.com: kms:Decrypt on * if StringLike kms:EncryptionContext:SourceArn arn:aws:logs:us-east-1:${ACCOUNT}:*`;
const THROUGH_S3 = ' if StringEquals kms:ViaService s3.us-east-1.amazonaws.com';

const FUNCTIONS = ['Preflight', 'Listing', 'Worker', 'Summary'] as const;
type FunctionName = (typeof FUNCTIONS)[number];

/** The resources that the construct creates by default. */
const OWN = {
  bucket: '<BulkBucket821E2CE9.Arn>',
  bucketKey: '<BulkKey31112037.Arn>',
  ledger: '<BulkLedger60BCBBA2.Arn>',
  logs: '<BulkLogGroupB1B3A25A.Arn>',
};

/** The permissions of each function without options. */
function grantsOfFunctions({
  bucket,
  bucketKey,
  ledger,
  logs,
}: Omit<typeof OWN, 'bucketKey'> & { bucketKey?: string }) {
  const key = bucketKey
    ? [`kms:Decrypt on ${bucketKey}${THROUGH_S3}`, `kms:GenerateDataKey on ${bucketKey}${THROUGH_S3}`]
    : [];
  const log = [`logs:CreateLogStream on ${logs}`, `logs:PutLogEvents on ${logs}`];
  return {
    Preflight: [
      `cognito-idp:DescribeUserPool on ${POOL}`,
      `dynamodb:GetItem on ${ledger}`,
      `dynamodb:PutItem on ${ledger}`,
      ...log,
      'ses:GetAccount on *',
    ],
    Listing: [
      `cognito-idp:AdminGetUser on ${POOL}`,
      `cognito-idp:ListUsers on ${POOL}`,
      `dynamodb:BatchGetItem on ${ledger}`,
      `dynamodb:PutItem on ${ledger}`,
      ...key,
      ...log,
      `s3:AbortMultipartUpload on ${bucket}/listings/*`,
      `s3:GetObject on ${bucket}/input/*`,
      `s3:GetObject on ${bucket}/listings/*`,
      `s3:PutObject on ${bucket}/listings/*`,
      `s3:PutObject on ${bucket}/ranges/*`,
    ],
    Worker: [
      `cognito-idp:AdminGetUser on ${POOL}`,
      `cognito-idp:AdminResetUserPassword on ${POOL}`,
      `dynamodb:BatchGetItem on ${ledger}`,
      `dynamodb:GetItem on ${ledger}`,
      `dynamodb:UpdateItem on ${ledger}`,
      ...key.slice(0, 1),
      ...log,
      `s3:GetObject on ${bucket}/listings/*`,
    ],
    Summary: [
      `cognito-idp:AdminGetUser on ${POOL}`,
      `dynamodb:BatchGetItem on ${ledger}`,
      `dynamodb:GetItem on ${ledger}`,
      `dynamodb:UpdateItem on ${ledger}`,
      ...key,
      ...log,
      `s3:GetObject on ${bucket}/listings/*`,
      `s3:PutObject on ${bucket}/reports/*`,
    ],
  } satisfies Record<FunctionName, string[]>;
}

describe.each(CONTEXTS)('BulkPasswordReset with $context', ({ flags }) => {
  test('grants each function exactly the required permissions', () => {
    const { template, app } = synthesize({ app: strictApp(flags) });

    expect(() => app.synth()).not.toThrow();
    for (const [name, grants] of Object.entries(grantsOfFunctions(OWN))) {
      expect([name, grantsOf(template, roleOf(template, name))]).toEqual([name, grants]);
    }
  });

  test('grants the additional permissions for globalSignOut, signingKey and smsReadiness', () => {
    // GIVEN
    const app = strictApp(flags);
    const stack = new Stack(app, 'Stack', { env: ENV });
    const userPool = new CfnUserPool(stack, 'Users', { userPoolName: 'users' });
    acknowledgePoolFindings(userPool);
    const delivery = new SnsSmsDelivery(stack, 'Sms', { userPool });
    const smsReadiness = new SmsReadiness(stack, 'Readiness', { delivery });

    // WHEN
    const signingKey = Key.fromKeyArn(stack, 'SigningKey', SIGNING_KEY);
    const passwordReset = new AdminPasswordReset(stack, 'Reset', { userPool, signingKey, globalSignOut: true });
    new BulkPasswordReset(stack, 'Bulk', { passwordReset, smsReadiness });

    // THEN
    app.synth();
    const template = Template.fromStack(stack);
    const grants = grantsOfFunctions(OWN);
    const readiness = idOf(smsReadiness, 'Function', 'Resource');
    const expected = {
      ...grants,
      Preflight: [...grants.Preflight, `lambda:InvokeFunction on <${readiness}.Arn>`],
      Worker: [...grants.Worker, `cognito-idp:AdminUserGlobalSignOut on ${POOL}`, `kms:GenerateMac on ${SIGNING_KEY}`],
    };
    for (const [name, lines] of Object.entries(expected)) {
      const here = lines.map((line) => line.replace(POOL, '<Users.Arn>')).sort();
      expect([name, grantsOf(template, roleOf(template, name))]).toEqual([name, here]);
    }
  });

  test('uses the bucket, ledger, key, log groups and roles of another stack', () => {
    // GIVEN
    const app = strictApp(flags);
    const other = new Stack(app, 'Other', { env: ENV });
    const stack = new Stack(app, 'Stack', { env: ENV });
    const role = (id: string, service: string) => new Role(other, id, { assumedBy: new ServicePrincipal(service) });
    const roles = {
      preflight: role('Preflight', 'lambda.amazonaws.com'),
      listing: role('Listing', 'lambda.amazonaws.com'),
      worker: role('Worker', 'lambda.amazonaws.com'),
      summary: role('Summary', 'lambda.amazonaws.com'),
      campaign: role('Campaign', 'states.amazonaws.com'),
      dryRun: role('DryRun', 'states.amazonaws.com'),
    };
    const given = {
      bucket: bucketWithKey(other),
      ledger: new TableV2(other, 'Ledger', {
        partitionKey: { name: 'campaign', type: AttributeType.STRING },
        sortKey: { name: 'user', type: AttributeType.STRING },
        timeToLiveAttribute: 'expiresAt',
        pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      }),
      encryptionKey: new Key(other, 'HistoryKey', { enableKeyRotation: true }),
      logGroup: new LogGroup(other, 'Logs'),
      stateMachineLogGroup: new LogGroup(other, 'StateMachineLogs'),
    };

    // WHEN
    const bulk = new BulkPasswordReset(stack, 'Bulk', {
      passwordReset: new AdminPasswordReset(stack, 'Reset', { userPool: importedPool(stack) }),
      ...given,
      roles,
    });

    // THEN
    app.synth();
    for (const [name, value] of Object.entries(given)) expect(bulk[name as keyof typeof given] === value).toBe(true);
    expect(stack.dependencies).toEqual([other]);
    expect(other.dependencies).toEqual([]);
    const template = Template.fromStack(stack);
    for (const type of ['S3::Bucket', 'KMS::Key', 'DynamoDB::GlobalTable']) template.resourceCountIs(`AWS::${type}`, 0);
    // The log group and the role of the reset.
    template.resourceCountIs('AWS::Logs::LogGroup', 1);
    template.resourceCountIs('AWS::IAM::Role', 1);
    const shared = (value: string) => textOf(stack.resolve(value));
    const expected = grantsOfFunctions({
      bucket: shared(given.bucket.bucketArn),
      bucketKey: shared(given.bucket.encryptionKey?.keyArn ?? ''),
      ledger: shared(given.ledger.tableArn),
      logs: shared(given.logGroup.logGroupArn),
    });
    const grants = (role: Role) => grantsOf(template, stack.resolve(role.roleName));
    expect(grants(roles.preflight)).toEqual(expected.Preflight.sort());
    expect(grants(roles.listing)).toEqual(expected.Listing.sort());
    expect(grants(roles.worker)).toEqual(expected.Worker.sort());
    expect(grants(roles.summary)).toEqual(expected.Summary.sort());
    for (const role of [roles.campaign, roles.dryRun]) {
      expect(grants(role)).toContain(`s3:GetObject on ${shared(given.bucket.bucketArn)}/ranges/*`);
      expect(grants(role)).toContain(
        `kms:GenerateDataKey on ${shared(given.encryptionKey.keyArn)} if StringEquals kms:EncryptionContext:SourceArn arn:aws:logs:us-east-1:${ACCOUNT}:*`,
      );
    }
    const key =
      Template.fromStack(other).toJSON().Resources[other.getLogicalId(given.encryptionKey.node.defaultChild as CfnKey)];
    expect(linesOf(key.Properties.KeyPolicy.Statement)).toEqual([
      `AWS arn:aws:iam::${ACCOUNT}:root: kms:* on *`,
      LOG_DELIVERY,
    ]);
  });
});

test('BulkPasswordReset uses an imported key, whose policy it cannot change', () => {
  const stack = new Stack(new App(), 'Stack', { env: ENV });
  const keyArn = `arn:aws:kms:us-east-1:${ACCOUNT}:key/11111111-1111-4111-8111-111111111111`;

  const { template } = synthesize({ stack, bulk: { encryptionKey: Key.fromKeyArn(stack, 'Given', keyArn) } });

  template.resourceCountIs('AWS::KMS::Key', 0);
  template.allResourcesProperties('AWS::StepFunctions::StateMachine', {
    EncryptionConfiguration: { KmsKeyId: keyArn, Type: 'CUSTOMER_MANAGED_KMS_KEY' },
  });
});

test('BulkPasswordReset grants no key permissions for a bucket without a key', () => {
  const stack = new Stack(new App(), 'Stack', { env: ENV });
  const bucket = Bucket.fromBucketName(stack, 'Given', 'campaigns');
  const { template } = synthesize({ stack, bulk: { bucket } });

  const expected = grantsOfFunctions({ ...OWN, bucket: 'arn:aws:s3:::campaigns', bucketKey: undefined });
  for (const name of FUNCTIONS) {
    expect([name, grantsOf(template, roleOf(template, name))]).toEqual([name, expected[name]]);
  }
});

test('BulkPasswordReset creates no policy for immutable roles', () => {
  const stack = new Stack(new App(), 'Stack', { env: ENV });
  const role = Role.fromRoleArn(stack, 'Given', `arn:aws:iam::${ACCOUNT}:role/given`, { mutable: false });
  const { template } = synthesize({
    stack,
    bulk: { roles: { preflight: role, listing: role, worker: role, summary: role, campaign: role, dryRun: role } },
  });

  expect(Object.keys(template.findResources('AWS::IAM::Policy'))).toEqual(['ResetPolicy131255D1']);
});

describe('the functions of BulkPasswordReset', () => {
  const DEFAULTS = {
    USER_POOL_ID: 'us-east-1_AbC',
    LEDGER_TABLE_NAME: { Ref: 'BulkLedger60BCBBA2' },
    LEDGER_EXPIRES_AFTER_SECONDS: '7776000',
  };
  const BUCKET = { CAMPAIGN_BUCKET_NAME: { Ref: 'BulkBucket821E2CE9' } };

  test.each<[FunctionName, number, number, object]>([
    ['Preflight', 256, 60, { ...DEFAULTS, MAX_RESETS_PER_SECOND: '10', SMS_PRICE: '0.05' }],
    ['Listing', 512, 900, { ...DEFAULTS, ...BUCKET, USERS_PER_BATCH: '225' }],
    ['Worker', 512, 110, { ...DEFAULTS, ...BUCKET, MAX_RESETS_PER_SECOND: '10', MAX_WORKERS: '2' }],
    ['Summary', 512, 900, { ...DEFAULTS, ...BUCKET }],
  ])('have the documented default properties: %s', (name, memory, timeout, environment) => {
    const template = defaults();
    const { Properties } = functionOf(template, name);

    expect(Properties).toEqual({
      Code: expect.anything(),
      Description: expect.stringMatching(/bulk password reset/),
      Handler: 'index.handler',
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      MemorySize: memory,
      Timeout: timeout,
      Environment: { Variables: environment },
      LoggingConfig: { LogFormat: 'JSON', LogGroup: { Ref: 'BulkLogGroupB1B3A25A' } },
      Role: { 'Fn::GetAtt': [expect.stringMatching(`^Bulk${name}Role`), 'Arn'] },
    });
  });

  test.each<[string, FunctionName, Partial<BulkPasswordResetProps>, object]>([
    ['maxUsers to the preflight', 'Preflight', { maxUsers: 500 }, { MAX_USERS: '500' }],
    ['requireListDigest to the preflight', 'Preflight', { requireListDigest: true }, { REQUIRE_LIST_DIGEST: 'true' }],
    ['maxUsers to the listing', 'Listing', { maxUsers: 500 }, { MAX_USERS: '500' }],
    ['maxResetsPerSecond to the preflight', 'Preflight', { maxResetsPerSecond: 3 }, { MAX_RESETS_PER_SECOND: '3' }],
    ['smsPrice to the preflight', 'Preflight', { smsPrice: 0.08 }, { SMS_PRICE: '0.08' }],
    [
      'expiresAfter to the summary',
      'Summary',
      { expiresAfter: Duration.days(30) },
      { LEDGER_EXPIRES_AFTER_SECONDS: '2592000' },
    ],
    [
      'maxResetsPerSecond to the worker',
      'Worker',
      { maxResetsPerSecond: 24 },
      { MAX_RESETS_PER_SECOND: '24', MAX_WORKERS: '4' },
    ],
    [
      'useWholeQuota to the worker',
      'Worker',
      { maxResetsPerSecond: 30, useWholeQuota: true },
      { MAX_RESETS_PER_SECOND: '30', MAX_WORKERS: '5' },
    ],
  ])('get an environment variable that passes %s', (_, name, bulk, environment) => {
    const { template } = synthesize({ bulk });
    expect(functionOf(template, name).Properties.Environment.Variables).toMatchObject(environment);
  });

  test.each([
    ['a text of one part', 'a'.repeat(134), '1'],
    ['a text outside of GSM-7', 'ă'.repeat(70), '2'],
    ['a value, which may have characters outside of GSM-7', `${'a'.repeat(60)} {{attribute.given_name}}`, '2'],
    ['a text of characters that count twice', '€'.repeat(134), '2'],
  ])('get the most parts of an SMS message of the catalog: %s', (_, text, parts) => {
    const stack = new Stack(new App(), 'Stack', { env: ENV });
    const userPool = new UserPool(stack, 'Pool');
    const sms = (before: string) => ({ en: { sms: `${before}{{code}}` } });
    const catalog = MessageCatalog.fromInline({
      defaultLocale: 'en',
      attributes: { given_name: 20 },
      templates: { short: sms(''), long: sms(text), email: { en: { emailSubject: 'Code', emailHtml: '<p>{{code}}' } } },
    });
    const messages = new ResetMessages(stack, 'Messages', { userPool, catalog });
    const { template } = synthesize({ stack, reset: { userPool, messages } });

    expect(functionOf(template, 'Preflight').Properties.Environment.Variables).toMatchObject({ SMS_PARTS: parts });
  });

  test('get the maximum of users and the SMS price from CloudFormation parameters', () => {
    const stack = new Stack(new App(), 'Stack', { env: ENV });
    const number = (id: string) => new CfnParameter(stack, id, { type: 'Number' }).valueAsNumber;
    const { template } = synthesize({ stack, bulk: { maxUsers: number('Most'), smsPrice: number('Price') } });
    expect(functionOf(template, 'Preflight').Properties.Environment.Variables).toMatchObject({
      MAX_USERS: { Ref: 'Most' },
      SMS_PRICE: { Ref: 'Price' },
    });
  });

  test('sign and sign out with the settings of the AdminPasswordReset', () => {
    const stack = new Stack(new App(), 'Stack', { env: ENV });
    const { template } = synthesize({
      stack,
      reset: {
        signingKey: Key.fromKeyArn(stack, 'SigningKey', SIGNING_KEY),
        onSigningFailure: OnSigningFailure.FAIL,
        globalSignOut: true,
      },
    });
    const { DependsOn, Properties } = functionOf(template, 'Worker');

    expect(Properties.Environment.Variables).toMatchObject({
      GLOBAL_SIGN_OUT: 'true',
      SIGNING_KEY_ARN: SIGNING_KEY,
      FAIL_WITHOUT_SIGNATURE: 'true',
    });
    expect(DependsOn).toContain('ResetFunction7627FBC0');
  });

  test('include a preflight that gets the ARN of the SmsReadiness function', () => {
    const stack = new Stack(new App(), 'Stack', { env: ENV });
    const userPool = new CfnUserPool(stack, 'Users');
    const smsReadiness = readinessOf(userPool);
    const { template } = synthesize({ stack, reset: { userPool }, bulk: { smsReadiness } });

    expect(functionOf(template, 'Preflight').Properties.Environment.Variables).toMatchObject({
      SMS_READINESS_FUNCTION_ARN: stack.resolve(smsReadiness.lambdaFunction.functionArn),
    });
  });

  test('have no retries for asynchronous invocations', () => {
    const template = defaults();
    const all = Object.entries(template.findResources('AWS::Lambda::EventInvokeConfig'));
    const retries = all
      .filter(([id]) => id.startsWith('Bulk'))
      .map(([, { Properties }]) => Properties.MaximumRetryAttempts);
    expect(retries).toEqual([0, 0, 0, 0]);
  });

  test('depend on their roles and policies', () => {
    const template = defaults();
    for (const name of FUNCTIONS) {
      expect(functionOf(template, name).DependsOn).toEqual([
        expect.stringMatching(`^Bulk${name}Policy`),
        expect.stringMatching(`^Bulk${name}Role`),
      ]);
    }
  });

  test('have roles that only Lambda can assume, without managed policies', () => {
    const template = defaults();
    for (const name of FUNCTIONS) {
      const [id] = Object.keys(template.findResources('AWS::IAM::Role')).filter((role) =>
        role.startsWith(`Bulk${name}`),
      );
      expect(template.findResources('AWS::IAM::Role')[id ?? '']?.Properties).toEqual({
        AssumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } }],
        },
      });
    }
  });
});

describe('BulkPasswordReset', () => {
  // A changed logical id would replace deployed resources.
  test('keeps the logical ids of its stateful resources', () => {
    const template = defaults();
    const ids = (type: string) => Object.keys(template.findResources(type)).filter((id) => id.startsWith('Bulk'));

    expect(ids('AWS::S3::Bucket')).toEqual(['BulkBucket821E2CE9']);
    expect(ids('AWS::KMS::Key')).toEqual(['BulkKey31112037']);
    expect(ids('AWS::DynamoDB::GlobalTable')).toEqual(['BulkLedger60BCBBA2']);
    expect(ids('AWS::Logs::LogGroup')).toEqual(['BulkLogGroupB1B3A25A', 'BulkStateMachineLogGroupB23A1BD3']);
    expect(ids('AWS::StepFunctions::StateMachine')).toEqual([
      'BulkCampaignStateMachine7D23251D',
      'BulkDryRunStateMachineB0270189',
    ]);
  });

  test('creates a retained bucket that is encrypted, private, and expires its objects', () => {
    const template = defaults();
    const { BulkBucket821E2CE9: bucket } = template.findResources('AWS::S3::Bucket');

    expect(bucket).toEqual({
      Type: 'AWS::S3::Bucket',
      Properties: {
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [
            {
              BucketKeyEnabled: true,
              ServerSideEncryptionByDefault: {
                KMSMasterKeyID: { 'Fn::GetAtt': ['BulkKey31112037', 'Arn'] },
                SSEAlgorithm: 'aws:kms',
              },
            },
          ],
        },
        LifecycleConfiguration: {
          Rules: [
            { AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 }, ExpirationInDays: 90, Status: 'Enabled' },
          ],
        },
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
      },
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
    });
    const [policy] = Object.values(template.findResources('AWS::S3::BucketPolicy'));
    expect(linesOf(policy?.Properties.PolicyDocument.Statement)).toEqual([
      'Deny AWS *: s3:* on <BulkBucket821E2CE9.Arn> if Bool aws:SecureTransport false',
      'Deny AWS *: s3:* on <BulkBucket821E2CE9.Arn>/* if Bool aws:SecureTransport false',
    ]);
  });

  test('creates a bucket that expires its objects after expiresAfter', () => {
    synthesize({ bulk: { expiresAfter: Duration.days(30) } }).template.hasResourceProperties('AWS::S3::Bucket', {
      LifecycleConfiguration: { Rules: [Match.objectLike({ ExpirationInDays: 30 })] },
    });
  });

  test('creates a retained key that is rotated and that log delivery can decrypt logs with, and nothing else', () => {
    const template = defaults();
    const { BulkKey31112037: key } = template.findResources('AWS::KMS::Key');

    expect(key).toMatchObject({ DeletionPolicy: 'Retain', Properties: { EnableKeyRotation: true } });
    expect(linesOf(key?.Properties.KeyPolicy.Statement)).toEqual([
      `AWS arn:aws:iam::${ACCOUNT}:root: kms:* on *`,
      LOG_DELIVERY,
    ]);
  });

  test('creates a retained ledger with on-demand billing, point-in-time recovery and expiring records', () => {
    const template = defaults();

    expect(template.findResources('AWS::DynamoDB::GlobalTable').BulkLedger60BCBBA2).toEqual({
      Type: 'AWS::DynamoDB::GlobalTable',
      Properties: {
        KeySchema: [
          { AttributeName: 'campaign', KeyType: 'HASH' },
          { AttributeName: 'user', KeyType: 'RANGE' },
        ],
        AttributeDefinitions: [
          { AttributeName: 'campaign', AttributeType: 'S' },
          { AttributeName: 'user', AttributeType: 'S' },
        ],
        BillingMode: 'PAY_PER_REQUEST',
        Replicas: [{ Region: 'us-east-1', PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } }],
        TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      },
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
    });
  });

  test('retains the log groups and gives each stack a unique log group name for the state machines', () => {
    const logGroups = defaults().findResources('AWS::Logs::LogGroup');

    expect(logGroups.BulkLogGroupB1B3A25A).toMatchObject({
      DeletionPolicy: 'Retain',
      Properties: { RetentionInDays: 731 },
    });
    expect(logGroups.BulkStateMachineLogGroupB23A1BD3).toMatchObject({
      DeletionPolicy: 'Retain',
      Properties: {
        LogGroupName: {
          'Fn::Join': [
            '',
            [
              '/aws/vendedlogs/states/Stack-Bulk-CA58785C-',
              { 'Fn::Select': [2, { 'Fn::Split': ['/', { Ref: 'AWS::StackId' }] }] },
            ],
          ],
        },
        RetentionInDays: 731,
      },
    });
  });
});

describe('BulkPasswordReset', () => {
  test.each<[string, (stack: Stack, app: App) => AdminPasswordResetProps['userPool']]>([
    ['an L2 user pool in the same stack', (stack) => ownedPool(stack)],
    ['an L2 user pool in another stack', (_, app) => ownedPool(new Stack(app, 'PoolStack', { env: ENV }))],
    ['an L1 user pool', (stack) => ownedPool(stack).node.defaultChild as CfnUserPool],
    ['an imported user pool', (stack) => importedPool(stack)],
    ['a user pool in another Region', (stack) => UserPool.fromUserPoolId(stack, 'Pool', 'eu-west-1_AbC')],
  ])('synthesizes for %s', (_, userPool) => {
    const app = strictApp();
    const stack = new Stack(app, 'Stack', { env: ENV });

    synthesize({ stack, reset: { userPool: userPool(stack, app) } });

    expect(() => app.synth()).not.toThrow();
  });

  test('grants permissions on the ARN of a user pool in another Region', () => {
    const stack = new Stack(new App(), 'Stack', { env: ENV });
    const { template } = synthesize({
      stack,
      reset: { userPool: UserPool.fromUserPoolId(stack, 'Other', 'eu-west-1_AbC') },
    });
    expect(grantsOf(template, roleOf(template, 'Worker'))).toContain(
      `cognito-idp:AdminResetUserPassword on arn:aws:cognito-idp:eu-west-1:${ACCOUNT}:userpool/eu-west-1_AbC`,
    );
  });

  test('synthesizes for an AdminPasswordReset in another stack that signs', () => {
    const app = strictApp();
    const resetStack = new Stack(app, 'ResetStack', { env: ENV });
    const signingKey = Key.fromKeyArn(resetStack, 'SigningKey', SIGNING_KEY);
    const passwordReset = new AdminPasswordReset(resetStack, 'Reset', {
      userPool: importedPool(resetStack),
      signingKey,
    });
    const stack = new Stack(app, 'Stack', { env: ENV });

    new BulkPasswordReset(stack, 'Bulk', { passwordReset });

    expect(() => app.synth()).not.toThrow();
    expect(stack.dependencies).toEqual([resetStack]);
  });

  test.each([
    ['in the same stack', false],
    ['in another stack', true],
  ])('synthesizes with the ResetMessages of a case-insensitive user pool %s', (_, twoStacks) => {
    // GIVEN
    const app = strictApp();
    const poolStack = new Stack(app, 'PoolStack', { env: ENV });
    const userPool = ownedPool(poolStack, { signInCaseSensitive: false });
    const messages = new ResetMessages(poolStack, 'Messages', {
      userPool,
      catalog: MessageCatalog.fromInline({
        defaultLocale: 'en',
        templates: { reset: { en: { sms: 'Your code is {{code}}' } } },
      }),
    });

    // WHEN
    const stack = twoStacks ? new Stack(app, 'Stack', { env: ENV }) : poolStack;
    const { template } = synthesize({ stack, reset: { userPool, messages } });

    // THEN
    expect(() => app.synth()).not.toThrow();
    expect(functionOf(template, 'Worker').Properties.Environment.Variables).toMatchObject({
      SIGNING_KEY_ARN: stack.resolve(messages.signingKeyArn),
      USERNAME_CASE_INSENSITIVE: 'true',
    });
  });

  test('synthesizes in two stages, each with its own user pool', () => {
    const app = strictApp();
    for (const name of ['Beta', 'Prod']) synthesizeInto(new Stack(new Stage(app, name), 'Stack'));
    expect(() => app.synth()).not.toThrow();
  });

  test('synthesizes if account and Region of the stack are not known', () => {
    const app = strictApp();
    synthesizeInto(new Stack(app, 'Stack'));
    expect(() => app.synth()).not.toThrow();
  });

  test.each([
    ['aws-cn', 'cn-north-1'],
    ['aws-us-gov', 'us-gov-west-1'],
  ])('synthesizes in the partition %s with the same suffix in kms:ViaService', (partition, region) => {
    // GIVEN
    const app = strictApp();
    const stack = new Stack(app, 'Stack', { env: { account: ACCOUNT, region } });

    // WHEN
    const userPool = UserPool.fromUserPoolId(stack, 'Imported', `${region}_AbC`);
    const { template } = synthesize({ stack, reset: { userPool } });

    // THEN
    expect(() => app.synth()).not.toThrow();
    expect(grantsOf(template, roleOf(template, 'Summary'))).toContain(
      `kms:Decrypt on <BulkKey31112037.Arn> if StringEquals kms:ViaService s3.${region}.amazonaws.com`,
    );
    const [machine] = Object.values(template.findResources('AWS::StepFunctions::StateMachine'));
    expect(textOf(machine?.Properties.DefinitionString, partition)).toContain(
      `"arn:${partition}:states:::s3:getObject"`,
    );
  });
});

describe('BulkPasswordReset', () => {
  test.each<[string, Partial<BulkPasswordResetProps>, Partial<AdminPasswordResetProps>, string]>([
    [
      'more than 24 resets per second without useWholeQuota',
      { maxResetsPerSecond: 25 },
      {},
      'maxResetsPerSecond: got 25, expected a number from 0.1 to 24: users who finish their resets share the quota of 30; to use all of it, set useWholeQuota: true',
    ],
    [
      'more than 20 resets per second with globalSignOut, without useWholeQuota',
      { maxResetsPerSecond: 20.5 },
      { globalSignOut: true },
      'maxResetsPerSecond: got 20.5, expected a number from 0.1 to 20 with globalSignOut: users who finish their resets share the quota of 25; to use all of it, set useWholeQuota: true',
    ],
    [
      'more than 30 resets per second',
      { maxResetsPerSecond: 31, useWholeQuota: true },
      {},
      'maxResetsPerSecond: got 31, expected a number from 0.1 to 30: the quota of an account in a Region is 30',
    ],
    [
      'more than 25 resets per second with globalSignOut',
      { maxResetsPerSecond: 26, useWholeQuota: true },
      { globalSignOut: true },
      'maxResetsPerSecond: got 26, expected a number from 0.1 to 25 with globalSignOut: the quota of an account in a Region is 25',
    ],
    [
      'less than 0.1 resets per second',
      { maxResetsPerSecond: 0.05 },
      {},
      'maxResetsPerSecond: got 0.05, expected a number from 0.1 to 24: ',
    ],
    [
      'NaN resets per second',
      { maxResetsPerSecond: Number.NaN },
      {},
      'maxResetsPerSecond: got NaN, expected a number from 0.1 to 24: ',
    ],
    [
      'a maxUsers of 0',
      { maxUsers: 0 },
      {},
      'maxUsers: got 0, expected a positive integer: leave it out if the number that the input confirms is the only limit',
    ],
    ['a maxUsers that is not an integer', { maxUsers: 1.5 }, {}, 'maxUsers: got 1.5, expected a positive integer: '],
    [
      'a negative smsPrice',
      { smsPrice: -1 },
      {},
      'smsPrice: got -1, expected the price of one SMS message in US dollars, such as 0.05',
    ],
    [
      'an expiresAfter of less than 30 days',
      { expiresAfter: Duration.days(29) },
      {},
      'expiresAfter: got 29 days, expected whole days, and at least 30: a campaign can be redriven for 14 days after it ended, and users whose ledger records have expired by then could be sent a second message',
    ],
    [
      'an expiresAfter that is not in whole days',
      { expiresAfter: Duration.hours(732) },
      {},
      'expiresAfter: got 30 days 12 hours, expected whole days',
    ],
  ])('refuses %s', (_, bulk, reset, message) => {
    expect(() => synthesize({ bulk, reset })).toThrow(message);
  });

  test.each<[string, Partial<BulkPasswordResetProps>, Partial<AdminPasswordResetProps>]>([
    ['24 resets per second', { maxResetsPerSecond: 24 }, {}],
    ['20 resets per second with globalSignOut', { maxResetsPerSecond: 20 }, { globalSignOut: true }],
    ['30 resets per second with useWholeQuota', { maxResetsPerSecond: 30, useWholeQuota: true }, {}],
    [
      '25 resets per second with globalSignOut and useWholeQuota',
      { maxResetsPerSecond: 25, useWholeQuota: true },
      { globalSignOut: true },
    ],
    ['0.1 resets per second', { maxResetsPerSecond: 0.1 }, {}],
    ['a maxUsers of 1', { maxUsers: 1 }, {}],
    ['an smsPrice of 0', { smsPrice: 0 }, {}],
  ])('accepts %s', (_, bulk, reset) => {
    expect(() => synthesize({ bulk, reset })).not.toThrow();
  });

  test('refuses a maxResetsPerSecond that is not known at synth', () => {
    const stack = new Stack(new App(), 'Stack', { env: ENV });
    const maxResetsPerSecond = new CfnParameter(stack, 'Pace', { type: 'Number' }).valueAsNumber;
    expect(() => synthesize({ stack, bulk: { maxResetsPerSecond } })).toThrow(
      'maxResetsPerSecond: got a token, expected a number that is known at synth: the numbers of workers and of users per batch depend on it',
    );
  });

  test.each([
    [
      'Table',
      (stack: Stack) => new Table(stack, 'Given', { partitionKey: { name: 'id', type: AttributeType.STRING } }),
    ],
    [
      'TableV2',
      (stack: Stack) => new TableV2(stack, 'Given', { partitionKey: { name: 'id', type: AttributeType.STRING } }),
    ],
  ])('refuses a ledger with other keys: %s', (_, table) => {
    const stack = new Stack(new App(), 'Stack', { env: ENV });
    expect(() => synthesize({ stack, bulk: { ledger: table(stack) } })).toThrow(
      "ledger: got a table with the keys HASH id S, expected HASH campaign S, RANGE user S: new TableV2(this, 'Ledger', { partitionKey: { name: 'campaign', type: AttributeType.STRING }, sortKey: { name: 'user', type: AttributeType.STRING }, timeToLiveAttribute: 'expiresAt' })",
    );
  });

  test('refuses a ledger with keys of another type', () => {
    const stack = new Stack(new App(), 'Stack', { env: ENV });
    const ledger = new Table(stack, 'Given', {
      partitionKey: { name: 'campaign', type: AttributeType.STRING },
      sortKey: { name: 'user', type: AttributeType.NUMBER },
    });
    expect(() => synthesize({ stack, bulk: { ledger } })).toThrow(
      'ledger: got a table with the keys HASH campaign S, RANGE user N, expected HASH campaign S, RANGE user S: ',
    );
  });

  test('accepts an imported ledger, whose keys are not known', () => {
    const stack = new Stack(new App(), 'Stack', { env: ENV });
    const ledger = Table.fromTableName(stack, 'Given', 'ledger');
    expect(() => synthesize({ stack, bulk: { ledger } })).not.toThrow();
  });

  test('refuses the SmsReadiness of another user pool', () => {
    const stack = new Stack(new App(), 'Stack', { env: ENV });
    const [userPool, other] = ['Users', 'Others'].map((id) => new CfnUserPool(stack, id)) as [CfnUserPool, CfnUserPool];
    const smsReadiness = readinessOf(other);
    expect(() => synthesize({ stack, reset: { userPool }, bulk: { smsReadiness } })).toThrow(
      "smsReadiness: got SmsReadiness of the user pool Stack/Others, expected SmsReadiness of Stack/Users: new SmsReadiness(this, 'SmsReadiness', { delivery }), where delivery is an SmsDelivery or SnsSmsDelivery of this user pool",
    );
  });

  test('accepts SmsReadiness if the user pool of the reset is imported and may be the same', () => {
    const stack = new Stack(new App(), 'Stack', { env: ENV });
    const smsReadiness = readinessOf(new CfnUserPool(stack, 'Users'));
    expect(() => synthesize({ stack, bulk: { smsReadiness } })).not.toThrow();
  });
});

describe('BulkPasswordReset', () => {
  const KEY = '<BulkKey31112037.Arn>';
  const BUCKET = '<BulkBucket821E2CE9.Arn>';
  const startOf = (machine: string) => [
    `kms:Decrypt on ${KEY} if StringEquals kms:EncryptionContext:aws:states:stateMachineArn <${machine}>`,
    `kms:GenerateDataKey on ${KEY} if StringEquals kms:EncryptionContext:aws:states:stateMachineArn <${machine}>`,
    `states:StartExecution on <${machine}>`,
  ];

  test.each<[string, (bulk: BulkPasswordReset, role: Role) => Grant, string[]]>([
    ['grantStart', (bulk, role) => bulk.grantStart(role), startOf('BulkCampaignStateMachine7D23251D')],
    ['grantStartDryRun', (bulk, role) => bulk.grantStartDryRun(role), startOf('BulkDryRunStateMachineB0270189')],
    [
      'grantReadReports',
      (bulk, role) => bulk.grantReadReports(role),
      [
        `kms:Decrypt on ${KEY}${THROUGH_S3}`,
        `s3:GetObject on ${BUCKET}/reports/*`,
        `s3:ListBucket on ${BUCKET} if StringLike s3:prefix reports/*`,
      ],
    ],
    [
      'grantWriteLists',
      (bulk, role) => bulk.grantWriteLists(role),
      [
        `kms:Decrypt on ${KEY}${THROUGH_S3}`,
        `kms:GenerateDataKey on ${KEY}${THROUGH_S3}`,
        `s3:PutObject on ${BUCKET}/input/*`,
      ],
    ],
  ])('grants exactly the required permissions with %s', (_, grant, expected) => {
    const { stack, bulk } = synthesize();
    const role = new Role(stack, 'Principal', { assumedBy: new AccountPrincipal(ACCOUNT) });

    const { principalStatements } = grant(bulk, role);

    expect(grantsOf(Template.fromStack(stack), stack.resolve(role.roleName))).toEqual(expected);
    // The grant contains all statements, so that a construct can depend on all of them.
    expect(linesOf(principalStatements.map((of) => stack.resolve(of.toStatementJson())))).toEqual(expected);
  });

  test('grants no permissions on a key if the bucket has none', () => {
    const stack = new Stack(new App(), 'Stack', { env: ENV });
    const { bulk } = synthesize({ stack, bulk: { bucket: Bucket.fromBucketName(stack, 'Given', 'campaigns') } });
    const role = new Role(stack, 'Principal', { assumedBy: new AccountPrincipal(ACCOUNT) });

    bulk.grantReadReports(role);
    bulk.grantWriteLists(role);

    expect(grantsOf(Template.fromStack(stack), stack.resolve(role.roleName))).toEqual([
      's3:GetObject on arn:aws:s3:::campaigns/reports/*',
      's3:ListBucket on arn:aws:s3:::campaigns if StringLike s3:prefix reports/*',
      's3:PutObject on arn:aws:s3:::campaigns/input/*',
    ]);
  });
});

describe('the metrics of BulkPasswordReset', () => {
  const { stack, bulk } = synthesize();
  const WORKER = { name: 'FunctionName', value: { Ref: expect.stringMatching(/^BulkWorkerFunction/) } };

  test.each([
    ['resets', bulk.metricCampaignResets(), 'CampaignResets'],
    ['resets that were not sent', bulk.metricCampaignNotSent(), 'CampaignNotSent'],
    ['unknown outcomes', bulk.metricCampaignUnknownOutcomes(), 'CampaignUnknownOutcomes'],
    ['throttled requests', bulk.metricCampaignThrottles(), 'CampaignThrottles'],
  ])('count %s', (_, metric, metricName) => {
    expect(stack.resolve(metric.toMetricConfig().metricStat)).toMatchObject({
      namespace: 'CognitoPasswordReset',
      metricName,
      dimensions: [WORKER],
      statistic: 'Sum',
      period: Duration.minutes(5),
    });
  });

  test('measure the duration of campaigns', () => {
    expect(stack.resolve(bulk.metricCampaignDuration().toMetricConfig().metricStat)).toMatchObject({
      namespace: 'AWS/States',
      metricName: 'ExecutionTime',
      dimensions: [{ name: 'StateMachineArn', value: { Ref: 'BulkCampaignStateMachine7D23251D' } }],
      statistic: 'Average',
    });
  });

  test('support options, and keep their dimension in addition to dimensions of the user', () => {
    const metric = bulk.metricCampaignResets({ period: Duration.hours(1), dimensionsMap: { Extra: 'one' } });
    expect(stack.resolve(metric.toMetricConfig().metricStat)).toMatchObject({
      period: Duration.hours(1),
      dimensions: [{ name: 'Extra', value: 'one' }, WORKER],
    });
  });

  test('create alarms', () => {
    const { stack, bulk } = synthesize();
    const threshold = { threshold: 1, evaluationPeriods: 1 };
    bulk.metricCampaignUnknownOutcomes().createAlarm(stack, 'Unknown', threshold);
    bulk.metricCampaignResets().createAlarm(stack, 'Resets', threshold);
    bulk.metricCampaignNotSent().createAlarm(stack, 'NotSent', threshold);
    bulk.metricCampaignThrottles().createAlarm(stack, 'Throttles', threshold);
    bulk.metricCampaignDuration().createAlarm(stack, 'Duration', threshold);

    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::CloudWatch::Alarm', 5);
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      Namespace: 'CognitoPasswordReset',
      MetricName: 'CampaignUnknownOutcomes',
      Threshold: 1,
    });
  });
});

describe('BulkPasswordReset.onCampaignEnd', () => {
  test('sends the selected fields of the event to a topic', () => {
    // GIVEN
    const { stack, bulk } = synthesize();
    const topic = new Topic(stack, 'Topic');

    // WHEN
    const text = `${EventField.fromPath('$.detail.name')}: ${EventField.fromPath('$.detail.status')}`;
    bulk.onCampaignEnd('Ended', { target: new SnsTopic(topic, { message: RuleTargetInput.fromText(text) }) });

    // THEN
    Template.fromStack(stack).hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['aws.states'],
        'detail-type': ['Step Functions Execution Status Change'],
        detail: {
          stateMachineArn: [{ Ref: 'BulkCampaignStateMachine7D23251D' }, { Ref: 'BulkDryRunStateMachineB0270189' }],
          status: ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'],
        },
      },
      Targets: [
        Match.objectLike({
          InputTransformer: {
            InputPathsMap: { 'detail-name': '$.detail.name', 'detail-status': '$.detail.status' },
            InputTemplate: '"<detail-name>: <detail-status>"',
          },
        }),
      ],
    });
  });

  test('creates a rule without a target, and with an additional event pattern', () => {
    const { stack, bulk } = synthesize();
    bulk.onCampaignEnd('Any');
    const failed = bulk.onCampaignEnd('Failed', { ruleName: 'failed', eventPattern: { account: [ACCOUNT] } });
    expect(failed.node.path).toBe('Stack/Bulk/Failed');
    Template.fromStack(stack).hasResourceProperties('AWS::Events::Rule', {
      Name: 'failed',
      EventPattern: { account: [ACCOUNT], source: ['aws.states'] },
    });
  });
});

interface Synthesis {
  readonly app?: App;
  readonly stack?: Stack;
  readonly reset?: Partial<AdminPasswordResetProps>;
  readonly bulk?: Partial<BulkPasswordResetProps>;
}

function synthesize(options: Synthesis = {}) {
  const app = options.app ?? new App();
  const stack = options.stack ?? new Stack(app, 'Stack', { env: ENV });
  const userPool = options.reset?.userPool ?? importedPool(stack);
  const passwordReset = new AdminPasswordReset(stack, 'Reset', { ...options.reset, userPool });
  const bulk = new BulkPasswordReset(stack, 'Bulk', { passwordReset, ...options.bulk });
  let template: Template | undefined;
  return {
    app,
    stack,
    bulk,
    get template() {
      template ??= Template.fromStack(stack);
      return template;
    },
  };
}

let defaultTemplate: Template | undefined;

/** The template without options. */
function defaults(): Template {
  defaultTemplate ??= synthesize().template;
  return defaultTemplate;
}

/** Synthesizes with a user pool that the stack creates. */
function synthesizeInto(stack: Stack): void {
  synthesize({ stack, reset: { userPool: ownedPool(stack) } });
}

function importedPool(stack: Stack) {
  return UserPool.fromUserPoolId(stack, 'Imported', 'us-east-1_AbC');
}

function ownedPool(stack: Stack, props?: UserPoolProps): UserPool {
  const userPool = new UserPool(stack, 'Users', props);
  acknowledgePoolFindings(userPool.node.defaultChild as CfnUserPool);
  return userPool;
}

function readinessOf(userPool: CfnUserPool): SmsReadiness {
  return new SmsReadiness(userPool.stack, 'Readiness', {
    delivery: new SnsSmsDelivery(userPool.stack, 'Sms', { userPool }),
  });
}

function functionOf(template: Template, name: string) {
  const [found] = Object.entries(template.findResources('AWS::Lambda::Function')).filter(([id]) =>
    id.startsWith(`Bulk${name}Function`),
  );
  return found?.[1] as {
    Properties: Record<string, never> & { Environment: { Variables: object } };
    DependsOn: string[];
  };
}

function roleOf(template: Template, name: string): unknown {
  const [id] = Object.keys(template.findResources('AWS::IAM::Role')).filter((role) =>
    role.startsWith(`Bulk${name}Role`),
  );
  return { Ref: id };
}

function idOf(construct: IConstruct, ...path: string[]): string {
  const element = path.reduce((parent, id) => parent.node.findChild(id), construct);
  return Stack.of(element).getLogicalId(element as CfnResource);
}

function bucketWithKey(scope: Stack) {
  const key = new Key(scope, 'BucketKey', { enableKeyRotation: true });
  const bucket = new Bucket(scope, 'Bucket', { encryptionKey: key, enforceSSL: true });
  Validations.of(bucket).acknowledge({ id: 'AwsSolutions-S1', reason: 'a bucket for a test' });
  return bucket;
}
