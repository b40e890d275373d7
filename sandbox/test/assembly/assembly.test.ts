import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  App,
  Aws,
  CfnCondition,
  CfnMapping,
  CfnOutput,
  CfnParameter,
  CfnResource,
  CrossStackReferences,
  Fn,
  type ICfnConditionExpression,
  ReferenceStrength,
  Stack,
  type StackProps,
  Stage,
  Token,
} from 'aws-cdk-lib';
import * as cognito from 'aws-cdk-lib/aws-cognito';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as smsvoice from 'aws-cdk-lib/aws-smsvoice';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { type Assembly, loadAssembly } from '../../src/assembly';
import type { FunctionDefinition, RoleDefinition } from '../../src/model';

const work = realpathSync(mkdtempSync(join(tmpdir(), 'assembly-test-')));
const asset = join(work, 'code');

beforeAll(() => {
  mkdirSync(asset);
  writeFileSync(join(asset, 'index.js'), 'exports.handler = async () => "from the asset";');
});

afterAll(() => {
  for (const { removeInlineCode } of loaded) removeInlineCode();
  rmSync(work, { recursive: true });
});

/** Synthesizes an app as `cdk synth` does, and gives the folder. */
function synth(build: (app: App) => void, context: Record<string, unknown> = {}): string {
  const app = new App({
    outdir: mkdtempSync(join(work, 'cdk.out-')),
    analyticsReporting: false,
    // Several of these templates are wrong on purpose.
    builtinCloudFormationValidation: false,
    context,
  });
  build(app);
  return app.synth().directory;
}

const loaded: Assembly[] = [];

function load(build: (app: App) => void): Assembly {
  const assembly = loadAssembly(synth(build));
  loaded.push(assembly);
  return assembly;
}

/** An app of one stack named `Desk`. */
function loadStack(build: (stack: Stack) => void, props?: StackProps): Assembly {
  return load((app) => build(new Stack(app, 'Desk', props)));
}

function inlineFunction(stack: Stack, id: string, props: Partial<lambda.FunctionProps> = {}): lambda.Function {
  return new lambda.Function(stack, id, {
    functionName: id,
    runtime: lambda.Runtime.NODEJS_22_X,
    handler: 'index.handler',
    code: lambda.Code.fromInline('exports.handler = async () => "inline";'),
    ...props,
  });
}

function newBucket(stack: Stack): s3.Bucket {
  return new s3.Bucket(stack, 'B', { bucketName: 'files' });
}

function functionNamed(assembly: Assembly, name: string): FunctionDefinition {
  return named(assembly.functions, ({ functionName }) => functionName === name);
}

function roleNamed(assembly: Assembly, name: string): RoleDefinition {
  return named(assembly.roles, ({ roleName }) => roleName === name);
}

function named<T>(items: readonly T[], test: (item: T) => boolean): T {
  const found = items.filter(test);
  expect(found).toHaveLength(1);
  return found[0] as T;
}

const partitionKey = { name: 'id', type: dynamodb.AttributeType.STRING };
const lambdaRole = { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') };

describe('a Lambda function', () => {
  test('has the properties that the template sets', () => {
    // GIVEN
    const assembly = loadStack((stack) => {
      const fn = new lambda.Function(stack, 'Reset', {
        functionName: 'reset',
        runtime: lambda.Runtime.NODEJS_24_X,
        handler: 'index.handler',
        code: lambda.Code.fromAsset(asset),
        role: new iam.Role(stack, 'Role', { ...lambdaRole, roleName: 'ResetRole' }),
        logGroup: new logs.LogGroup(stack, 'Logs', { logGroupName: '/reset/logs' }),
        loggingFormat: lambda.LoggingFormat.JSON,
        memorySize: 256,
        reservedConcurrentExecutions: 2,
        environment: { POOL_REGION: stack.region, OTHER: 'plain' },
      });
      (fn.node.defaultChild as CfnResource).addPropertyOverride('Timeout', 30);
      (fn.node.defaultChild as CfnResource).addPropertyOverride('Environment.Variables.COUNT', 7);
    });

    // THEN
    expect(assembly.functions).toHaveLength(1);
    const { codeDirectory, ...definition } = functionNamed(assembly, 'reset');
    expect(definition).toEqual({
      functionName: 'reset',
      functionArn: 'arn:aws:lambda:us-east-1:111122223333:function:reset',
      roleArn: 'arn:aws:iam::111122223333:role/ResetRole',
      handler: 'index.handler',
      runtime: 'nodejs24.x',
      timeoutSeconds: 30,
      memorySize: 256,
      environment: { POOL_REGION: 'us-east-1', OTHER: 'plain', COUNT: '7' },
      logGroupName: '/reset/logs',
      logFormat: 'JSON',
      reservedConcurrentExecutions: 2,
    });
    expect(readFileSync(join(codeDirectory, 'index.js'), 'utf8')).toContain('from the asset');
  });

  test('has the defaults of Lambda for properties that the template does not set', () => {
    const { functions } = loadStack((stack) => inlineFunction(stack, 'plain'));

    expect(functions).toEqual([
      expect.objectContaining({
        timeoutSeconds: 3,
        memorySize: 128,
        environment: {},
        logGroupName: '/aws/lambda/plain',
        logFormat: 'Text',
        reservedConcurrentExecutions: undefined,
      }),
    ]);
  });

  test('has a code folder of its own for inline code', () => {
    const assembly = loadStack((stack) => void inlineFunction(stack, 'inline'));

    const { codeDirectory } = functionNamed(assembly, 'inline');
    const code = readFileSync(join(codeDirectory, 'index.js'), 'utf8');
    rmSync(codeDirectory, { recursive: true });
    expect(code).toBe('exports.handler = async () => "inline";');
    expect(functionNamed(assembly, 'inline').codeDirectory).toBe(codeDirectory);
  });

  test('finds its code in the source folder when assets are not copied into the assembly', () => {
    const directory = synth(
      (app) => inlineFunction(new Stack(app, 'Desk'), 'reset', { code: lambda.Code.fromAsset(asset) }),
      { 'aws:cdk:disable-asset-staging': true },
    );

    expect(functionNamed(loadAssembly(directory), 'reset').codeDirectory).toBe(asset);
  });

  test('finds its code next to the nested assembly of its stage', () => {
    const assembly = load((app) => {
      const stack = new Stack(new Stage(app, 'Live'), 'Desk');
      inlineFunction(stack, 'reset', { code: lambda.Code.fromAsset(asset) });
    });

    const { codeDirectory } = functionNamed(assembly, 'reset');
    expect(readFileSync(join(codeDirectory, 'index.js'), 'utf8')).toContain('from the asset');
  });

  test.each<[string, (stack: Stack) => lambda.Code, string]>([
    [
      'a bucket that is not an asset of the stack',
      (stack) => lambda.Code.fromBucketV2(s3.Bucket.fromBucketName(stack, 'B', 'code'), 'code.zip'),
      'its code is not an asset of the stack',
    ],
    [
      'a file instead of a folder',
      () => {
        writeFileSync(join(work, 'code.zip'), '');
        return lambda.Code.fromAsset(join(work, 'code.zip'));
      },
      'its code is not a folder',
    ],
  ])('is an error when its code comes from %s', (_, code, problem) => {
    const { functions } = loadStack((stack) => {
      inlineFunction(stack, 'reset', { code: code(stack) }).node.defaultChild;
    });

    expect(() => functions[0]?.codeDirectory).toThrow(problem);
  });
});

describe('a user pool', () => {
  test('has its properties and only its own app clients', () => {
    // GIVEN
    const assembly = loadStack((stack) => {
      const trigger = inlineFunction(stack, 'trigger');
      const pool = new cognito.UserPool(stack, 'Users', {
        userPoolName: 'users',
        lambdaTriggers: { customMessage: trigger },
      });
      pool.addClient('Web', { userPoolClientName: 'web', authFlows: { userPassword: true } });
      new cognito.UserPool(stack, 'Others').addClient('App');
    });

    // THEN
    const [users, others] = assembly.userPools;
    expect(assembly.userPools).toHaveLength(2);
    expect(users?.userPoolId).toMatch(/^us-east-1_[0-9A-Za-z]{9}$/);
    expect(users?.userPoolArn).toBe(`arn:aws:cognito-idp:us-east-1:111122223333:userpool/${users?.userPoolId}`);
    expect(users?.properties).toMatchObject({
      UserPoolName: 'users',
      LambdaConfig: { CustomMessage: 'arn:aws:lambda:us-east-1:111122223333:function:trigger' },
    });
    expect(users?.clients).toEqual([
      {
        clientId: expect.stringMatching(/^[a-z0-9]{26}$/),
        clientName: 'web',
        properties: expect.objectContaining({
          UserPoolId: users?.userPoolId,
          ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
        }),
      },
    ]);
    expect(others?.userPoolId).not.toBe(users?.userPoolId);
    expect(others?.clients.map(({ clientName }) => clientName)).toEqual([expect.stringMatching(/^OthersApp/)]);
  });

  test('is the only principal with permission to invoke its trigger', () => {
    const assembly = loadStack((stack) => {
      const trigger = inlineFunction(stack, 'trigger');
      new cognito.UserPool(stack, 'Users', { lambdaTriggers: { customMessage: trigger } });
      trigger.addFunctionUrl({ authType: lambda.FunctionUrlAuthType.NONE });
    });

    expect(assembly.permissions).toEqual([
      {
        functionArn: 'arn:aws:lambda:us-east-1:111122223333:function:trigger',
        principal: 'cognito-idp.amazonaws.com',
        sourceArn: assembly.userPools[0]?.userPoolArn,
      },
    ]);
  });
});

describe('an invoke permission', () => {
  test.each<[string, (stack: Stack, fn: lambda.Function) => string, string]>([
    ['an ARN', (_, fn) => fn.functionArn, 'function:target'],
    ['a name', (_, fn) => fn.functionName, 'function:target'],
    ['a name with a qualifier', () => 'target:live', 'function:target:live'],
    ['an alias', (_, fn) => fn.addAlias('live').functionArn, 'function:target:live'],
  ])('applies to the function that it names by %s', (_, name, expected) => {
    const { permissions } = loadStack((stack) => {
      const functionName = name(stack, inlineFunction(stack, 'target'));
      const principal = 'cognito-idp.amazonaws.com';
      new lambda.CfnPermission(stack, 'P', { action: 'lambda:InvokeFunction', functionName, principal });
    });

    expect(permissions).toEqual([
      {
        functionArn: `arn:aws:lambda:us-east-1:111122223333:${expected}`,
        principal: 'cognito-idp.amazonaws.com',
        sourceArn: undefined,
      },
    ]);
  });

  test('has no source ARN when it is limited to the account of the stack only', () => {
    const { permissions } = loadStack((stack) => {
      inlineFunction(stack, 'target').addPermission('P', {
        principal: new iam.ServicePrincipal('cognito-idp.amazonaws.com'),
        sourceAccount: stack.account,
      });
    });

    expect(permissions).toEqual([expect.objectContaining({ sourceArn: undefined })]);
  });

  test.each<[string, Partial<lambda.Permission>]>([
    ['SourceAccount', { sourceAccount: '444455556666' }],
    ['PrincipalOrgID', { organizationId: 'o-1234567890' }],
  ])('is an error when it has a limit that the sandbox cannot evaluate: %s', (property, permission) => {
    const { permissions } = loadStack((stack) => {
      inlineFunction(stack, 'target').addPermission('P', {
        principal: new iam.ServicePrincipal('cognito-idp.amazonaws.com'),
        ...permission,
      });
    });

    expect(permissions[0]?.principal).toBe('cognito-idp.amazonaws.com');
    expect(() => permissions[0]?.sourceArn).toThrow(property);
  });
});

describe('a DynamoDB table', () => {
  test.each<[string, (stack: Stack) => unknown]>([
    ['Table', (stack) => new dynamodb.Table(stack, 'Keys', { tableName: 'keys', partitionKey })],
    ['TableV2', (stack) => new dynamodb.TableV2(stack, 'Keys', { tableName: 'keys', partitionKey })],
  ])('is loaded from the construct %s', (_, build) => {
    const { tables } = loadStack((stack) => void build(stack));

    expect(tables).toEqual([
      {
        tableName: 'keys',
        tableArn: 'arn:aws:dynamodb:us-east-1:111122223333:table/keys',
        properties: expect.objectContaining({ KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }] }),
      },
    ]);
  });
});

describe('a KMS key', () => {
  const keyId = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);

  test('has the properties that the template sets', () => {
    const { keys } = loadStack((stack) => {
      const key = new kms.Key(stack, 'Signing', {
        keySpec: kms.KeySpec.HMAC_256,
        keyUsage: kms.KeyUsage.GENERATE_VERIFY_MAC,
        enabled: false,
        alias: 'alias/signing',
      });
      (key.node.defaultChild as kms.CfnKey).origin = 'EXTERNAL';
      key.addAlias('alias/second');
      new kms.Key(stack, 'Other', { alias: 'alias/other' });
    });

    expect(keys).toHaveLength(2);
    expect(keys[0]).toEqual({
      keyId,
      keyArn: `arn:aws:kms:us-east-1:111122223333:key/${keys[0]?.keyId}`,
      aliases: ['alias/signing', 'alias/second'],
      keySpec: 'HMAC_256',
      keyUsage: 'GENERATE_VERIFY_MAC',
      origin: 'EXTERNAL',
      enabled: false,
    });
    expect(keys[1]?.keyId).not.toBe(keys[0]?.keyId);
  });

  test('has the defaults of KMS for properties that the template does not set', () => {
    const { keys } = loadStack((stack) => void new kms.CfnKey(stack, 'Plain'));

    expect(keys).toEqual([
      expect.objectContaining({
        aliases: [],
        keySpec: 'SYMMETRIC_DEFAULT',
        keyUsage: 'ENCRYPT_DECRYPT',
        origin: 'AWS_KMS',
        enabled: true,
      }),
    ]);
  });

  test('has the aliases that another stack gives it by key id or ARN', () => {
    const { keys } = load((app) => {
      const key = new kms.Key(new Stack(app, 'A'), 'Signing');
      const b = new Stack(app, 'B');
      new kms.CfnAlias(b, 'ById', { aliasName: 'alias/id', targetKeyId: key.keyId });
      new kms.CfnAlias(b, 'ByArn', { aliasName: 'alias/arn', targetKeyId: key.keyArn });
    });

    expect(keys.map(({ aliases }) => aliases)).toEqual([['alias/id', 'alias/arn']]);
  });

  test('leaves permissions to the policies of the role, whatever its own key policy says', () => {
    const assembly = loadStack((stack) => {
      const role = new iam.Role(stack, 'Role', { ...lambdaRole, roleName: 'R' });
      const key = new kms.Key(stack, 'Signing');
      key.addToResourcePolicy(
        new iam.PolicyStatement({
          actions: ['kms:*'],
          principals: [new iam.AccountPrincipal('444455556666')],
          resources: ['*'],
          conditions: { Bool: { 'aws:SecureTransport': 'true' } },
        }),
      );
      key.grantVerifyMac(role);
    });

    expect(assembly.keys).toHaveLength(1);
    expect(roleNamed(assembly, 'R').statements).toEqual([
      { effect: 'Allow', actions: ['kms:VerifyMac'], resources: [assembly.keys[0]?.keyArn] },
    ]);
  });
});

describe('an S3 bucket', () => {
  test('has the properties that the template sets', () => {
    const { buckets } = loadStack(
      (stack) => void new s3.Bucket(stack, 'Files', { bucketName: 'files', versioned: true }),
    );

    expect(buckets).toEqual([
      {
        bucketName: 'files',
        bucketArn: 'arn:aws:s3:::files',
        properties: { BucketName: 'files', VersioningConfiguration: { Status: 'Enabled' } },
        encryption: undefined,
      },
    ]);
  });

  test.each<[string, (stack: Stack, key: kms.Key) => unknown, object | undefined]>([
    ['a KMS key', (s, encryptionKey) => new s3.Bucket(s, 'B', { encryptionKey }), { bucketKeyEnabled: false }],
    [
      'a KMS key with an S3 Bucket Key',
      (s, encryptionKey) => new s3.Bucket(s, 'B', { encryptionKey, bucketKeyEnabled: true }),
      { bucketKeyEnabled: true },
    ],
    ['a KMS key given by id', (s, key) => encryptedBy(s, 'aws:kms', key.keyId), { bucketKeyEnabled: false }],
    ['a KMS key given by alias', (s) => encryptedBy(s, 'aws:kms:dsse', 'alias/files'), { bucketKeyEnabled: false }],
    ['the AWS managed key', (s) => encryptedBy(s, 'aws:kms'), undefined],
    ['S3 managed keys', (s) => encryptedBy(s, 'AES256'), undefined],
  ])('has the right encryption when it is encrypted with %s', (_, build, expected) => {
    const { buckets, keys } = loadStack(
      (stack) => void build(stack, new kms.Key(stack, 'Key', { alias: 'alias/files' })),
    );

    expect(buckets[0]?.encryption).toEqual(expected && { keyArn: keys[0]?.keyArn, ...expected });
  });

  test('can be encrypted with a KMS key that is not in the assembly', () => {
    const { buckets } = loadStack((stack) => void encryptedBy(stack, 'aws:kms', 'alias/elsewhere'));

    expect(buckets[0]?.encryption?.keyArn).toBe('arn:aws:kms:us-east-1:111122223333:alias/elsewhere');
  });

  function encryptedBy(stack: Stack, sseAlgorithm: string, kmsMasterKeyId?: string): s3.CfnBucket {
    const serverSideEncryptionByDefault = { sseAlgorithm, kmsMasterKeyId };
    return new s3.CfnBucket(stack, 'B', {
      bucketEncryption: { serverSideEncryptionConfiguration: [{ serverSideEncryptionByDefault }] },
    });
  }
});

describe('a state machine', () => {
  const role = (stack: Stack) =>
    new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('states.amazonaws.com'), roleName: 'states' });

  test('has the properties that the template sets', () => {
    const { stateMachines, keys } = loadStack((stack) => {
      new sfn.StateMachine(stack, 'Machine', {
        stateMachineName: 'campaign',
        stateMachineType: sfn.StateMachineType.EXPRESS,
        role: role(stack),
        definitionBody: sfn.DefinitionBody.fromChainable(
          new sfn.Pass(stack, 'Where', {
            parameters: { bucket: newBucket(stack).bucketName, 'at.$': '$$.Execution.Id' },
          }),
        ),
        encryptionConfiguration: new sfn.CustomerManagedEncryptionConfiguration(new kms.Key(stack, 'Key')),
      });
    });

    expect(stateMachines).toEqual([
      {
        stateMachineName: 'campaign',
        stateMachineArn: 'arn:aws:states:us-east-1:111122223333:stateMachine:campaign',
        roleArn: 'arn:aws:iam::111122223333:role/states',
        type: 'EXPRESS',
        definition: {
          StartAt: 'Where',
          States: {
            Where: { Type: 'Pass', Parameters: { bucket: 'files', 'at.$': '$$.Execution.Id' }, End: true },
          },
        },
        keyArn: keys[0]?.keyArn,
      },
    ]);
  });

  test('is of type STANDARD without a KMS key by default', () => {
    const { stateMachines } = loadStack((stack) => {
      new sfn.CfnStateMachine(stack, 'Machine', { roleArn: role(stack).roleArn, definition: { StartAt: 'A' } });
    });

    expect(stateMachines).toEqual([
      expect.objectContaining({ type: 'STANDARD', definition: { StartAt: 'A' }, keyArn: undefined }),
    ]);
  });

  test('has the definition substitutions of the template applied, and leaves other placeholders unchanged', () => {
    const { stateMachines } = loadStack((stack) => {
      new sfn.CfnStateMachine(stack, 'Machine', {
        roleArn: role(stack).roleArn,
        definitionString: `{"a":"\${Bucket}","b":"\${Other}"}`,
        definitionSubstitutions: { Bucket: newBucket(stack).bucketName },
      });
    });

    expect(stateMachines[0]?.definition).toEqual({ a: 'files', b: `\${Other}` });
  });

  test.each([
    ['not JSON', { definitionString: '{' }],
    ['in S3', { definitionS3Location: { bucket: 'b', key: 'k' } }],
  ])('throws when its definition is read and is %s', (_, props) => {
    const { stateMachines } = loadStack((stack) => {
      new sfn.CfnStateMachine(stack, 'Machine', { roleArn: role(stack).roleArn, ...props });
    });

    expect(() => stateMachines[0]?.definition).toThrow('its definition is not in the template as a JSON object');
  });
});

describe('a reference to a resource', () => {
  const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
  const chain = sfn.DefinitionBody.fromString('{"StartAt":"A","States":{"A":{"Type":"Succeed"}}}');
  const rows: [string, (stack: Stack) => string, string][] = [
    ['function, Ref', (s) => inlineFunction(s, 'f').functionName, 'f'],
    ['function, Arn', (s) => inlineFunction(s, 'f').functionArn, 'arn:aws:lambda:us-east-1:111122223333:function:f'],
    [
      'alias, Ref',
      (s) => inlineFunction(s, 'f').addAlias('live').functionArn,
      'arn:aws:lambda:us-east-1:111122223333:function:f:live',
    ],
    [
      'version, Ref',
      (s) => inlineFunction(s, 'f').currentVersion.functionArn,
      'arn:aws:lambda:us-east-1:111122223333:function:f:1',
    ],
    ['version, Version', (s) => inlineFunction(s, 'f').currentVersion.version, '1'],
    ['role, Ref', (s) => new iam.Role(s, 'R', { ...lambdaRole, roleName: 'desk' }).roleName, 'desk'],
    [
      'role with a path, Arn',
      (s) => new iam.Role(s, 'R', { ...lambdaRole, roleName: 'desk', path: '/help/' }).roleArn,
      'arn:aws:iam::111122223333:role/help/desk',
    ],
    [
      'managed policy, Ref',
      (s) =>
        new iam.ManagedPolicy(s, 'M', {
          managedPolicyName: 'reset',
          statements: [new iam.PolicyStatement({ actions: ['a:B'], resources: ['*'] })],
        }).managedPolicyArn,
      'arn:aws:iam::111122223333:policy/reset',
    ],
    ['pool, Ref', (s) => new cognito.UserPool(s, 'U').userPoolId, 'us-east-1_[0-9A-Za-z]{9}'],
    [
      'pool, Arn',
      (s) => new cognito.UserPool(s, 'U').userPoolArn,
      'arn:aws:cognito-idp:us-east-1:111122223333:userpool/us-east-1_[0-9A-Za-z]{9}',
    ],
    [
      'pool, ProviderName',
      (s) => new cognito.UserPool(s, 'U').userPoolProviderName,
      'cognito-idp\\.us-east-1\\.amazonaws\\.com/us-east-1_[0-9A-Za-z]{9}',
    ],
    [
      'pool, ProviderURL',
      (s) => new cognito.UserPool(s, 'U').userPoolProviderUrl,
      'https://cognito-idp\\.us-east-1\\.amazonaws\\.com/us-east-1_[0-9A-Za-z]{9}',
    ],
    ['client, Ref', (s) => new cognito.UserPool(s, 'U').addClient('C').userPoolClientId, '[0-9a-z]{26}'],
    [
      'client, ClientId',
      (s) => new cognito.CfnUserPoolClient(s, 'C', { userPoolId: 'us-east-1_Abc123def' }).attrClientId,
      '[0-9a-z]{26}',
    ],
    ['log group, Ref', (s) => new logs.LogGroup(s, 'L', { logGroupName: '/desk' }).logGroupName, '/desk'],
    [
      'log group, Arn',
      (s) => new logs.LogGroup(s, 'L', { logGroupName: '/desk' }).logGroupArn,
      'arn:aws:logs:us-east-1:111122223333:log-group:/desk:\\*',
    ],
    ['key, Ref', (s) => new kms.Key(s, 'K').keyId, uuid],
    ['key, Arn', (s) => new kms.Key(s, 'K').keyArn, `arn:aws:kms:us-east-1:111122223333:key/${uuid}`],
    ['key alias, Ref', (s) => new kms.CfnAlias(s, 'A', { aliasName: 'alias/x', targetKeyId: 'k' }).ref, 'alias/x'],
    ['bucket, Ref', (s) => new s3.Bucket(s, 'Files').bucketName, 'desk-files[0-9a-z]+-[0-9a-f]{8}'],
    ['bucket, Arn', (s) => new s3.Bucket(s, 'B', { bucketName: 'files' }).bucketArn, 'arn:aws:s3:::files'],
    [
      'topic, Ref',
      (s) => new sns.Topic(s, 'T', { topicName: 'news' }).topicArn,
      'arn:aws:sns:us-east-1:111122223333:news',
    ],
    ['topic, TopicName', (s) => new sns.Topic(s, 'T', { topicName: 'news' }).topicName, 'news'],
    [
      'queue, Ref',
      (s) => new sqs.Queue(s, 'Q', { queueName: 'jobs' }).queueUrl,
      'https://sqs\\.us-east-1\\.amazonaws\\.com/111122223333/jobs',
    ],
    [
      'queue, Arn',
      (s) => new sqs.Queue(s, 'Q', { queueName: 'jobs' }).queueArn,
      'arn:aws:sqs:us-east-1:111122223333:jobs',
    ],
    ['queue, QueueName', (s) => new sqs.Queue(s, 'Q', { queueName: 'jobs' }).queueName, 'jobs'],
    [
      'state machine, Ref',
      (s) => new sfn.StateMachine(s, 'S', { stateMachineName: 'bulk', definitionBody: chain }).stateMachineArn,
      'arn:aws:states:us-east-1:111122223333:stateMachine:bulk',
    ],
    [
      'state machine, Name',
      (s) => new sfn.StateMachine(s, 'S', { stateMachineName: 'bulk', definitionBody: chain }).stateMachineName,
      'bulk',
    ],
    [
      'state machine, Arn',
      (s) => new sfn.CfnStateMachine(s, 'S', { stateMachineName: 'bulk', roleArn: 'r', definition: {} }).attrArn,
      'arn:aws:states:us-east-1:111122223333:stateMachine:bulk',
    ],
    [
      'phone number, Arn',
      (s) =>
        new smsvoice.CfnPhoneNumber(s, 'N', {
          isoCountryCode: 'US',
          numberType: 'SIMULATOR',
          numberCapabilities: ['SMS'],
          mandatoryKeywords: { help: { message: 'Help' }, stop: { message: 'Stop' } },
        }).attrArn,
      'arn:aws:sms-voice:us-east-1:111122223333:phone-number/phone-[0-9a-f]{32}',
    ],
    [
      'sender id, Ref and Arn',
      (s) => {
        const sender = new smsvoice.CfnSenderId(s, 'N', { isoCountryCode: 'DE', senderId: 'DESK' });
        return `${sender.ref} ${sender.attrArn}`;
      },
      'DE\\|DESK arn:aws:sms-voice:us-east-1:111122223333:sender-id/DESK/DE',
    ],
  ];
  let outputs: Assembly['outputs'];

  beforeAll(() => {
    outputs = load((app) => {
      rows.forEach(([, value], index) => {
        // Resource names are in the ids of generated names, so every row has a stack named alike.
        const stack = new Stack(new Stage(app, `Stage${index}`), 'Desk', { stackName: 'Desk' });
        new CfnOutput(stack, `Row${index}`, { value: value(stack) });
      });
    }).outputs;
  });

  test.each(rows.map(([title, , expected], index) => [title, index, expected] as const))(
    'resolves as on AWS: %s',
    (_, index, expected) => {
      expect(outputs[`Row${index}`]).toMatch(new RegExp(`^${expected}$`));
    },
  );
});

describe('a generated name or id', () => {
  test('contains the stack name, the logical id and a hash, and keeps the hash when it is cut to the length limit', () => {
    const long = 'L'.repeat(70);
    const { functions, roles, tables } = loadStack((stack) => {
      inlineFunction(stack, 'Reset', { functionName: undefined });
      new iam.CfnRole(stack, long, { assumeRolePolicyDocument: {} });
      new iam.CfnRole(stack, `${long}2`, { assumeRolePolicyDocument: {} });
      new dynamodb.Table(stack, long.replace('L', 'T'), { partitionKey });
    });

    expect(functions[0]?.functionName).toMatch(/^Desk-Reset[0-9A-F]{8}-[0-9a-f]{8}$/);
    const [, one, other] = roles.map(({ roleName }) => roleName);
    expect(one).toMatch(/^Desk-L{50}-[0-9a-f]{8}$/);
    expect(one).toHaveLength(64);
    expect(other).not.toBe(one);
    expect(tables[0]?.tableName).toMatch(/^Desk-TL{69}[0-9A-F]{8}-[0-9a-f]{8}$/);
  });

  test('is the same every time the assembly is loaded', () => {
    const directory = synth((app) => {
      const stack = new Stack(app, 'Desk');
      new cognito.UserPool(stack, 'Users').addClient('Web');
      new dynamodb.TableV2(stack, 'Keys', { partitionKey });
      new iam.Role(stack, 'Role', lambdaRole);
      new CfnOutput(stack, 'Key', { value: new kms.Key(stack, 'Signing').keyArn });
    });

    const { removeInlineCode: _, ...definitions } = loadAssembly(directory);
    expect(loadAssembly(directory)).toMatchObject(definitions);
  });

  test.each([
    ['stack', {}, 'Other', 'us-east-1'],
    ['Region', { region: 'eu-west-1' }, 'Desk', 'eu-west-1'],
    ['account', { account: '444455556666' }, 'Desk', 'us-east-1'],
  ])('is different in another %s', (_, options, stackName, region) => {
    const app = (name: string) => synth((scope) => void new cognito.UserPool(new Stack(scope, name), 'Users'));
    const [one] = loadAssembly(app('Desk')).userPools;
    const [other] = loadAssembly(app(stackName), options).userPools;

    expect(other?.userPoolId).toMatch(new RegExp(`^${region}_`));
    expect(other?.userPoolId.split('_')[1]).not.toBe(one?.userPoolId.split('_')[1]);
  });

  test('does not affect the order of resources, which is that of the template', () => {
    const names = ['c', 'a', 'b'];
    const { functions } = loadStack((stack) => {
      for (const name of names) inlineFunction(stack, name);
    });

    expect(functions.map(({ functionName }) => functionName)).toEqual(names);
  });
});

describe('an intrinsic function', () => {
  const bucket = 'arn:aws:s3:::files';
  const rows: [string, (stack: Stack) => unknown, string][] = [
    ['Fn::Join', () => Fn.join('-', [Aws.REGION, 'x', Aws.ACCOUNT_ID]), 'us-east-1-x-111122223333'],
    ['Fn::Join of a Fn::Split', () => Fn.join('+', Token.asList(Fn.split('-', Aws.REGION))), 'us\\+east\\+1'],
    ['Fn::Select from a list', () => Fn.select(1, ['a', Aws.REGION]), 'us-east-1'],
    ['Fn::Select of a Fn::Split', (s) => Fn.select(5, Fn.split(':', newBucket(s).bucketArn)), 'files'],
    ['Fn::Select with an index that is text', () => ({ 'Fn::Select': ['1', ['a', 'b']] }), 'b'],
    ['Fn::Sub of a pseudo parameter', () => Fn.sub(`in \${AWS::Region}.`), 'in us-east-1\\.'],
    ['Fn::Sub of a resource', (s) => Fn.sub(`\${${idOf(newBucket(s))}}`), 'files'],
    ['Fn::Sub of an attribute', (s) => Fn.sub(`<\${${idOf(newBucket(s))}.Arn}>`), `<${bucket}>`],
    [
      'Fn::Sub with variables',
      (s) => Fn.sub(`\${A} \${AWS::Region}`, { A: newBucket(s).bucketArn }),
      `${bucket} us-east-1`,
    ],
    ['Fn::Sub with a literal', () => Fn.sub(`\${!AWS::Region}`), '\\$\\{AWS::Region\\}'],
    ['Fn::GetAtt written as a list', (s) => ({ 'Fn::GetAtt': [idOf(newBucket(s)), 'Arn'] }), bucket],
    ['Fn::GetAtt written as text', (s) => ({ 'Fn::GetAtt': `${idOf(newBucket(s))}.Arn` }), bucket],
    [
      'Fn::FindInMap',
      (s) => new CfnMapping(s, 'Map', { mapping: { 'us-east-1': { x: 'found' } } }).findInMap(Aws.REGION, 'x'),
      'found',
    ],
    ['Ref of a parameter', (s) => new CfnParameter(s, 'P', { default: 'value' }).valueAsString, 'value'],
    ['Ref of a parameter that is a number', (s) => new CfnParameter(s, 'P', { type: 'Number', default: 5 }).value, '5'],
    [
      'Ref of a parameter that is a list',
      (s) => Fn.select(1, new CfnParameter(s, 'P', { type: 'CommaDelimitedList', default: 'a,b' }).valueAsList),
      'b',
    ],
    ['AWS::Partition', () => Aws.PARTITION, 'aws'],
    ['AWS::StackName', () => Aws.STACK_NAME, 'Stage\\d+-Desk'],
    [
      'AWS::StackId',
      () => Aws.STACK_ID,
      'arn:aws:cloudformation:us-east-1:111122223333:stack/Stage\\d+-Desk/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}',
    ],
    ['AWS::URLSuffix', () => Aws.URL_SUFFIX, 'amazonaws\\.com'],
    ['AWS::NoValue in a list', () => Fn.join(',', ['a', Aws.NO_VALUE, 'b']), 'a,b'],
    [
      'Fn::If with an unsupported function in the branch that is not taken',
      (s) => Fn.conditionIf(condition(s, Fn.conditionEquals('a', 'a')), 'taken', { 'Fn::Cidr': [] }),
      'taken',
    ],
  ];
  const conditions: [string, (stack: Stack) => ICfnConditionExpression, boolean][] = [
    ['Fn::Equals of equal values', () => Fn.conditionEquals(Aws.REGION, 'us-east-1'), true],
    ['Fn::Equals of different values', () => Fn.conditionEquals(Aws.REGION, 'eu-west-1'), false],
    ['Fn::Equals of a number and the same number as text', () => Fn.conditionEquals(1, '1'), true],
    ['Fn::Not of a false condition', () => Fn.conditionNot(Fn.conditionEquals('a', 'b')), true],
    [
      'Fn::And of two true conditions',
      () => Fn.conditionAnd(Fn.conditionEquals('a', 'a'), Fn.conditionEquals('b', 'b')),
      true,
    ],
    [
      'Fn::And of a true and a false condition',
      () => Fn.conditionAnd(Fn.conditionEquals('a', 'a'), Fn.conditionEquals('a', 'b')),
      false,
    ],
    [
      'Fn::Or of a false and a true condition',
      () => Fn.conditionOr(Fn.conditionEquals('a', 'b'), Fn.conditionEquals('a', 'a')),
      true,
    ],
    [
      'Fn::Or of two false conditions',
      () => Fn.conditionOr(Fn.conditionEquals('a', 'b'), Fn.conditionEquals('b', 'a')),
      false,
    ],
    [
      'Fn::Equals of a parameter and its default',
      (s) => Fn.conditionEquals(new CfnParameter(s, 'Stage', { default: 'live' }).valueAsString, 'live'),
      true,
    ],
    [
      'a reference to a condition that is false',
      (s) => new CfnCondition(s, 'No', { expression: Fn.conditionEquals('a', 'b') }),
      false,
    ],
  ];

  function idOf(resource: s3.Bucket): string {
    return resource.stack.getLogicalId(resource.node.defaultChild as CfnResource);
  }

  function condition(stack: Stack, expression: ICfnConditionExpression): string {
    return new CfnCondition(stack, 'Asked', { expression }).logicalId;
  }

  let outputs: Assembly['outputs'];

  beforeAll(() => {
    outputs = load((app) => {
      const stackOf = (id: string) => new Stack(new Stage(app, id), 'Desk');
      rows.forEach(([, value], index) => {
        const stack = stackOf(`Stage${index}`);
        new CfnOutput(stack, `Row${index}`, { value: Token.asString(value(stack)) });
      });
      conditions.forEach(([, expression], index) => {
        const stack = stackOf(`Condition${index}`);
        const value = Fn.conditionIf(condition(stack, expression(stack)), 'yes', 'no').toString();
        new CfnOutput(stack, `Condition${index}`, { value });
      });
    }).outputs;
  });

  test.each(rows.map(([title, , expected], index) => [title, index, expected] as const))(
    'resolves as on AWS: %s',
    (_, index, expected) => {
      expect(outputs[`Row${index}`]).toMatch(new RegExp(`^${expected}$`));
    },
  );

  test.each(conditions.map(([title, , holds], index) => [title, holds, index] as const))(
    'evaluates in a condition: %s is %s',
    (_, holds, index) => {
      expect(outputs[`Condition${index}`]).toBe(holds ? 'yes' : 'no');
    },
  );
});

describe('a condition', () => {
  test('decides which resources and outputs exist', () => {
    const assembly = loadStack((stack) => {
      for (const [name, expected] of [
        ['there', 'live'],
        ['absent', 'test'],
      ] as const) {
        const parameter = new CfnParameter(stack, `${name}Stage`, { default: 'live' });
        const condition = new CfnCondition(stack, `${name}Condition`, {
          expression: Fn.conditionEquals(parameter.valueAsString, expected),
        });
        const fn = inlineFunction(stack, name).node.defaultChild as CfnResource;
        fn.cfnOptions.condition = condition;
        new CfnOutput(stack, `${name}Output`, { value: name, condition });
      }
    });

    expect(assembly.functions.map(({ functionName }) => functionName)).toEqual(['there']);
    expect(assembly.outputs).toEqual({ thereOutput: 'there' });
  });

  test('removes a property that becomes AWS::NoValue', () => {
    const assembly = loadStack((stack) => {
      const never = new CfnCondition(stack, 'Never', { expression: Fn.conditionEquals('a', 'b') });
      const fn = inlineFunction(stack, 'reset').node.defaultChild as lambda.CfnFunction;
      fn.timeout = Token.asNumber(Fn.conditionIf(never.logicalId, 30, Aws.NO_VALUE));
      fn.addPropertyOverride('Environment.Variables', {
        ABSENT: { 'Fn::If': [never.logicalId, 'x', { Ref: 'AWS::NoValue' }] },
        THERE: { 'Fn::If': [never.logicalId, 'x', 'y'] },
      });
    });

    const { timeoutSeconds, environment } = functionNamed(assembly, 'reset');
    expect(timeoutSeconds).toBe(3);
    expect(Object.entries(environment)).toEqual([['THERE', 'y']]);
  });
});

describe('the environment of a stack', () => {
  test.each([
    ['us-east-1', 'aws', 'amazonaws.com'],
    ['cn-north-1', 'aws-cn', 'amazonaws.com.cn'],
    ['us-gov-west-1', 'aws-us-gov', 'amazonaws.com'],
  ])('is the account and Region that the stack sets: %s', (region, partition, suffix) => {
    const assembly = loadStack(
      (stack) => {
        const pool = new cognito.UserPool(stack, 'Users');
        inlineFunction(stack, 'reset', { role: new iam.Role(stack, 'Role', { ...lambdaRole, roleName: 'R' }) });
        new CfnOutput(stack, 'Provider', { value: pool.userPoolProviderName });
        new CfnOutput(stack, 'Bucket', { value: new s3.Bucket(stack, 'B', { bucketName: 'files' }).bucketArn });
        new CfnOutput(stack, 'Text', { value: Fn.sub(`\${AWS::Partition} \${AWS::Region} \${AWS::URLSuffix}`) });
      },
      { env: { account: '444455556666', region } },
    );

    const [pool] = assembly.userPools;
    expect(pool?.userPoolArn).toBe(`arn:${partition}:cognito-idp:${region}:444455556666:userpool/${pool?.userPoolId}`);
    expect(functionNamed(assembly, 'reset')).toMatchObject({
      functionArn: `arn:${partition}:lambda:${region}:444455556666:function:reset`,
      roleArn: `arn:${partition}:iam::444455556666:role/R`,
    });
    expect(assembly.outputs).toMatchObject({
      Provider: `cognito-idp.${region}.${suffix}/${pool?.userPoolId}`,
      Bucket: `arn:${partition}:s3:::files`,
      Text: `${partition} ${region} ${suffix}`,
    });
  });

  test.each([
    ['the default account and Region', {}, 'arn:aws:sns:us-east-1:111122223333:news'],
    [
      'the account and Region of the options',
      { account: '444455556666', region: 'cn-north-1' },
      'arn:aws-cn:sns:cn-north-1:444455556666:news',
    ],
  ])('is, when the stack is environment-agnostic, %s', (_, options, topicArn) => {
    const directory = synth((app) => {
      const stack = new Stack(app, 'Desk');
      new CfnOutput(stack, 'Topic', { value: new sns.Topic(stack, 'T', { topicName: 'news' }).topicArn });
    });

    expect(loadAssembly(directory, options).outputs).toEqual({ Topic: topicArn });
  });
});

describe('a reference to another stack', () => {
  const env = { account: '111122223333', region: 'us-east-1' };

  function crossStack(build: (app: App) => { a: Stack; b: Stack }, strength?: ReferenceStrength): Assembly {
    return load((app) => {
      const { a, b } = build(app);
      const pool = new cognito.UserPool(a, 'Users');
      if (strength) CrossStackReferences.of(pool).produce(strength);
      const fn = inlineFunction(b, 'reset', {
        environment: { POOL: pool.userPoolId },
        role: new iam.Role(b, 'Role', { ...lambdaRole, roleName: 'ResetRole' }),
      });
      pool.grant(fn, 'cognito-idp:AdminResetUserPassword');
    });
  }

  test.each<[string, (app: App) => { a: Stack; b: Stack }, ReferenceStrength | undefined]>([
    ['in the same app', (app) => ({ a: new Stack(app, 'A'), b: new Stack(app, 'B') }), undefined],
    [
      'in the same environment',
      (app) => ({ a: new Stack(app, 'A', { env }), b: new Stack(app, 'B', { env }) }),
      undefined,
    ],
    [
      'in the same stage',
      (app) => {
        const stage = new Stage(app, 'Live');
        return { a: new Stack(stage, 'A'), b: new Stack(stage, 'B') };
      },
      undefined,
    ],
    ['by a weak reference', (app) => ({ a: new Stack(app, 'A'), b: new Stack(app, 'B') }), ReferenceStrength.WEAK],
    [
      'by a reference that is both weak and strong',
      (app) => ({ a: new Stack(app, 'A'), b: new Stack(app, 'B') }),
      ReferenceStrength.BOTH,
    ],
    [
      'in another Region',
      (app) => ({
        a: new Stack(app, 'A', { env: { ...env, region: 'eu-west-1' }, crossRegionReferences: true }),
        b: new Stack(app, 'B', { env, crossRegionReferences: true }),
      }),
      undefined,
    ],
    [
      'in another Region by a weak reference',
      (app) => ({
        a: new Stack(app, 'A', { env: { ...env, region: 'eu-west-1' } }),
        b: new Stack(app, 'B', { env }),
      }),
      ReferenceStrength.WEAK,
    ],
  ])('resolves to the user pool %s', (_, build, strength) => {
    const assembly = crossStack(build, strength);

    const [pool] = assembly.userPools;
    expect(functionNamed(assembly, 'reset').environment).toEqual({ POOL: pool?.userPoolId });
    expect(roleNamed(assembly, 'ResetRole').statements).toEqual([
      { effect: 'Allow', actions: ['cognito-idp:AdminResetUserPassword'], resources: [pool?.userPoolArn] },
    ]);
  });

  test('resolves in a user pool to its trigger', () => {
    const assembly = load((app) => {
      const trigger = inlineFunction(new Stack(app, 'A'), 'trigger');
      new cognito.CfnUserPool(new Stack(app, 'B'), 'Users', { lambdaConfig: { customMessage: trigger.functionArn } });
    });

    expect(assembly.userPools[0]?.properties).toEqual({
      LambdaConfig: { CustomMessage: 'arn:aws:lambda:us-east-1:111122223333:function:trigger' },
    });
  });

  test('adds the app client of another stack to the user pool', () => {
    const assembly = load((app) => {
      const pool = new cognito.UserPool(new Stack(app, 'A'), 'Users');
      new cognito.UserPoolClient(new Stack(app, 'B'), 'Web', { userPool: pool, userPoolClientName: 'web' });
    });

    expect(assembly.userPools[0]?.clients.map(({ clientName }) => clientName)).toEqual(['web']);
  });

  test('resolves Fn::ImportValue by the name of the export', () => {
    const { outputs } = load((app) => {
      const a = new Stack(app, 'A');
      new CfnOutput(a, 'Exported', { value: 'shared', exportName: Fn.sub(`\${AWS::StackName}-name`) });
      new CfnOutput(new Stack(app, 'B'), 'Imported', { value: Fn.importValue('A-name') });
    });

    expect(outputs.Imported).toBe('shared');
  });

  test.each<[string, (stack: Stack) => string, string]>([
    [
      'an export that does not exist',
      () => Fn.importValue('nothing'),
      'Fn::ImportValue: no stack of the assembly exports "nothing"',
    ],
    [
      'an export in another Region',
      () => Fn.importValue('abroad'),
      'Fn::ImportValue: no stack of the assembly exports "abroad"',
    ],
    [
      'an output of an unknown stack',
      () => Fn.getStackOutput('C', 'Other'),
      'no stack "C" in us-east-1 has an output "Other"',
    ],
    [
      'an output that does not exist',
      () => Fn.getStackOutput('Desk', 'X'),
      'no stack "Desk" in us-east-1 has an output "X"',
    ],
    [
      'an output of a stack that is in another Region',
      () => Fn.getStackOutput('Abroad', 'Out'),
      'no stack "Abroad" in us-east-1 has an output "Out"',
    ],
  ])('is an error when it refers to %s', (_, value, problem) => {
    const { outputs } = load((app) => {
      const abroad = new Stack(app, 'Abroad', { env: { ...env, region: 'eu-west-1' } });
      new CfnOutput(abroad, 'Out', { value: 'x', exportName: 'abroad' });
      const stack = new Stack(app, 'Desk', { env });
      new CfnOutput(stack, 'Other', { value: 'x' });
      new CfnOutput(stack, 'Missing', { value: value(stack) });
    });

    expect(() => outputs.Missing).toThrow(`stack "Desk", "Missing": `);
    expect(() => outputs.Missing).toThrow(problem);
  });
});

describe('an output', () => {
  test('is listed by its logical id, with the stack name in front when several stacks have that id', () => {
    const { outputs } = load((app) => {
      for (const id of ['Test', 'Live']) {
        const stack = new Stack(new Stage(app, id), 'Desk');
        new CfnOutput(stack, 'Url', { value: Fn.join('', ['https://', stack.stackName, '.example.com']) });
        new CfnOutput(stack, `Only${id}`, { value: id });
      }
    });

    expect(outputs).toEqual({
      'Test-Desk.Url': 'https://Test-Desk.example.com',
      'Live-Desk.Url': 'https://Live-Desk.example.com',
      OnlyTest: 'Test',
      OnlyLive: 'Live',
    });
  });
});

describe('a value that the sandbox cannot resolve', () => {
  const unknown: [string, (stack: Stack) => string, string][] = [
    [
      'an attribute of a custom resource',
      (s) => new CfnResource(s, 'Custom', { type: 'Custom::Thing' }).getAtt('Field').toString(),
      'Fn::GetAtt Custom.Field: the sandbox supports no attributes of Custom::Thing',
    ],
    [
      'an unsupported attribute of a supported resource',
      (s) => new CfnResource(s, 'Topic', { type: 'AWS::SNS::Topic' }).getAtt('Exotic').toString(),
      'Fn::GetAtt Topic.Exotic: the sandbox does not support this attribute of AWS::SNS::Topic',
    ],
    [
      'a Ref to a resource of an unsupported type',
      (s) => new CfnResource(s, 'Custom', { type: 'Custom::Thing' }).ref,
      'Ref Custom: the sandbox supports no attributes of Custom::Thing',
    ],
    [
      'a Ref to a resource that does not exist',
      () => Fn.ref('Nowhere'),
      'Ref Nowhere names no resource or parameter of the template',
    ],
    [
      'a resource whose condition is false',
      (s) => {
        const topic = new CfnResource(s, 'Topic', { type: 'AWS::SNS::Topic' });
        topic.cfnOptions.condition = new CfnCondition(s, 'Never', { expression: Fn.conditionEquals('a', 'b') });
        return topic.ref;
      },
      'Ref Topic names a resource whose condition "Never" is false',
    ],
    [
      'an unsupported intrinsic function',
      () => Fn.select(0, Fn.cidr('10.0.0.0/16', 2)),
      'not support the intrinsic function Fn::Cidr',
    ],
    [
      'an unsupported condition function',
      (s) => {
        const expression = Token.asAny({ 'Fn::Exotic': [] }) as ICfnConditionExpression;
        return Fn.conditionIf(new CfnCondition(s, 'Odd', { expression }).logicalId, 'a', 'b').toString();
      },
      'stack "Desk", "Odd": the sandbox does not support the condition function Fn::Exotic',
    ],
    [
      'a condition that does not exist',
      () => Fn.conditionIf('Gone', 'a', 'b').toString(),
      'there is no such condition',
    ],
    ['an index beyond the end of a list', () => Fn.select(9, Fn.split('-', Aws.REGION)), 'Fn::Select finds no item 9'],
    [
      'a mapping that does not exist',
      () => Fn.findInMap('Gone', 'a', 'b'),
      'Fn::FindInMap finds nothing under Gone.a.b',
    ],
    [
      'a parameter without a default',
      (s) => new CfnParameter(s, 'P').valueAsString,
      'Ref P: the parameter has no default',
    ],
    [
      'a parameter of Parameter Store',
      (s) => StringParameter.valueForStringParameter(s, '/desk'),
      'the sandbox has no values of AWS::SSM::Parameter::Value<String>',
    ],
    [
      'a dynamic reference',
      () => '{{resolve:ssm:/desk}}',
      'the sandbox cannot look up the dynamic reference in "{{resolve:ssm:/desk}}"',
    ],
    [
      'a list where text is required',
      () => Fn.join('', [Token.asString({ 'Fn::Split': ['-', 'a-b'] })]),
      'expected text, got ["a","b"]',
    ],
  ];

  describe.each(unknown)('%s', (_, value, problem) => {
    let assembly: Assembly;

    beforeAll(() => {
      assembly = loadStack((stack) => {
        inlineFunction(stack, 'used');
        inlineFunction(stack, 'unknown').addEnvironment('VALUE', value(stack));
      });
    });

    test('is an error that names its place when it is read', () => {
      const fn = functionNamed(assembly, 'unknown');
      expect(() => fn.environment).toThrow(problem);
      expect(() => fn.environment).toThrow(/^stack "Desk", "(unknown[0-9A-F]{8}|Odd|Gone)": /);
    });

    test('does not affect other resources', () => {
      expect(functionNamed(assembly, 'used').environment).toEqual({});
    });
  });

  test('is ignored in a resource of a type that the sandbox does not support', () => {
    const assembly = loadStack((stack) => {
      inlineFunction(stack, 'used');
      const properties = { Value: Fn.cidr('10.0.0.0/16', 2) };
      new CfnResource(stack, 'Exotic', { type: 'Custom::Exotic', properties });
    });

    expect(assembly.functions).toHaveLength(1);
  });
});

describe('loadAssembly', () => {
  test('names the folder in the error when it is not a cloud assembly', () => {
    const folder = mkdtempSync(join(work, 'empty-'));

    expect(() => loadAssembly(folder)).toThrow(`no cloud assembly can be read in "${folder}": `);
  });

  test('names the folder in the error when its manifest is not JSON', () => {
    const folder = mkdtempSync(join(work, 'broken-'));
    writeFileSync(join(folder, 'manifest.json'), '{');

    expect(() => loadAssembly(folder)).toThrow(`no cloud assembly can be read in "${folder}": `);
  });

  test('returns an empty assembly for an app without stacks', () => {
    expect(load(() => {})).toEqual({
      functions: [],
      removeInlineCode: expect.any(Function),
      originationIdentities: [],
      userPools: [],
      tables: [],
      buckets: [],
      stateMachines: [],
      keys: [],
      roles: [],
      permissions: [],
      outputs: {},
    });
  });
});

describe('an IAM role', () => {
  const statement = new iam.PolicyStatement({ actions: ['a:B', 'a:C'], resources: ['arn:aws:a:::x', 'arn:aws:a:::y'] });
  const expected = { effect: 'Allow', actions: ['a:B', 'a:C'], resources: ['arn:aws:a:::x', 'arn:aws:a:::y'] };
  const newRole = (stack: Stack, props: Partial<iam.RoleProps> = {}) =>
    new iam.Role(stack, 'Role', { ...lambdaRole, roleName: 'desk', ...props });

  test.each<[string, (stack: Stack) => void]>([
    ['inline', (s) => newRole(s, { inlinePolicies: { P: new iam.PolicyDocument({ statements: [statement] }) } })],
    ['attached', (s) => newRole(s).addToPolicy(statement)],
    [
      'a managed policy named by the role',
      (s) => newRole(s).addManagedPolicy(new iam.ManagedPolicy(s, 'M', { statements: [statement] })),
    ],
    [
      'a managed policy that names the role',
      (s) => new iam.ManagedPolicy(s, 'M', { roles: [newRole(s)], statements: [statement] }),
    ],
    [
      'a managed policy when both name each other',
      (s) => {
        const managedPolicyName = 'both';
        const managed = new iam.ManagedPolicy(s, 'M', {
          managedPolicyName,
          statements: [statement],
          roles: [newRole(s)],
        });
        const arn = `arn:aws:iam::111122223333:policy/${managedPolicyName}`;
        (s.node.findChild('Role').node.defaultChild as iam.CfnRole).managedPolicyArns = [arn];
        return managed;
      },
    ],
    [
      'a separate AWS::IAM::RolePolicy',
      (s) =>
        new iam.CfnRolePolicy(s, 'P', {
          policyName: 'P',
          roleName: newRole(s).roleName,
          policyDocument: { Version: '2012-10-17', Statement: statement.toStatementJson() },
        }),
    ],
  ])('has the statements of its policy once when the policy is %s', (_, build) => {
    const assembly = loadStack((stack) => {
      build(stack);
      new iam.Role(stack, 'Other', { ...lambdaRole, roleName: 'other' }).addToPolicy(
        new iam.PolicyStatement({ actions: ['other:X'], resources: ['*'] }),
      );
    });

    expect(roleNamed(assembly, 'desk').statements).toEqual([expected]);
  });

  test('has the statements of all its policies, with single values as lists', () => {
    const assembly = loadStack((stack) => {
      const document = new iam.PolicyDocument({ statements: [statement] });
      const role = newRole(stack, { inlinePolicies: { P: document } });
      const table = new dynamodb.Table(stack, 'Keys', { tableName: 'keys', partitionKey });
      table.grant(role, 'dynamodb:GetItem');
      role.addToPolicy(new iam.PolicyStatement({ effect: iam.Effect.DENY, actions: ['a:*'], resources: ['*'] }));
      role.addManagedPolicy(iam.ManagedPolicy.fromAwsManagedPolicyName('service-role/AWSLambdaBasicExecutionRole'));
    });

    expect(roleNamed(assembly, 'desk').statements).toEqual([
      expected,
      {
        effect: 'Allow',
        actions: ['dynamodb:GetItem'],
        resources: ['arn:aws:dynamodb:us-east-1:111122223333:table/keys'],
      },
      { effect: 'Deny', actions: ['a:*'], resources: ['*'] },
      {
        effect: 'Allow',
        actions: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: ['*'],
      },
    ]);
  });

  test('has the statements of a policy that another stack attaches', () => {
    const assembly = load((app) => {
      const role = newRole(new Stack(app, 'A'));
      const elsewhere = new Stack(app, 'B');
      iam.Role.fromRoleArn(elsewhere, 'Imported', role.roleArn).addToPrincipalPolicy(statement);
    });

    expect(roleNamed(assembly, 'desk').statements).toEqual([expected]);
  });

  test.each(['Allow', 'Deny'])(
    'does not have statements that only match calls through an AWS service: %s',
    (effect) => {
      const assembly = load((app) => {
        const role = newRole(new Stack(app, 'A'));
        role.addToPolicy(statement);
        role.addToPolicy(
          new iam.PolicyStatement({
            effect: effect as iam.Effect,
            actions: ['c:D'],
            resources: ['*'],
            conditions: { StringEquals: { 'aws:CalledViaLast': 'sns.amazonaws.com' } },
          }),
        );
      });

      expect(roleNamed(assembly, 'desk').statements).toEqual([expected]);
    },
  );

  test('does not have the statements of a role with the same name in another account', () => {
    const assembly = load((app) => {
      const stack = (id: string, account: string) => new Stack(app, id, { env: { account, region: 'us-east-1' } });
      newRole(stack('A', '111122223333')).addToPolicy(statement);
      newRole(stack('B', '444455556666'));
    });

    expect(assembly.roles.map(({ statements }) => statements)).toEqual([[expected], []]);
  });

  test.each<[string, (role: iam.Role) => void, string]>([
    [
      'an AWS managed policy that the sandbox does not support',
      (role) => role.addManagedPolicy(iam.ManagedPolicy.fromAwsManagedPolicyName('ReadOnlyAccess')),
      'does not support the managed policy arn:aws:iam::aws:policy/ReadOnlyAccess',
    ],
    [
      'a managed policy that is not in the assembly',
      (role) =>
        role.addManagedPolicy({ managedPolicyArn: 'arn:aws:iam::111122223333:policy/Gone' } as iam.IManagedPolicy),
      'does not support the managed policy arn:aws:iam::111122223333:policy/Gone',
    ],
    [
      'a permissions boundary',
      (role) => iam.PermissionsBoundary.of(role).apply(iam.ManagedPolicy.fromAwsManagedPolicyName('ReadOnlyAccess')),
      'cannot evaluate PermissionsBoundary',
    ],
    ...['Bool', 'StringNotEquals', 'StringEqualsIfExists', 'ForAllValues:StringLike', 'constructor'].flatMap(
      (operator) =>
        (['ALLOW', 'DENY'] as const).map((effect): [string, (role: iam.Role) => void, string] => [
          `the operator ${operator} in a statement with effect ${effect}`,
          (role) =>
            role.addToPolicy(
              new iam.PolicyStatement({
                effect: iam.Effect[effect],
                actions: ['a:B'],
                resources: ['*'],
                conditions: {
                  StringEquals: { 'kms:ViaService': 's3.us-east-1.amazonaws.com' },
                  [operator]: { 'aws:SourceVpc': 'vpc-1' },
                },
              }),
            ),
          `the sandbox cannot evaluate the operator ${operator} in a policy statement`,
        ]),
    ),
    [
      'a policy variable in a condition',
      (role) =>
        role.addToPolicy(
          new iam.PolicyStatement({
            actions: ['a:B'],
            resources: ['*'],
            conditions: { StringLike: { 's3:prefix': `\${aws:username}/*` } },
          }),
        ),
      `cannot evaluate the policy variable in "\${aws:username}/*"`,
    ],
    [
      'NotAction',
      (role) => role.addToPolicy(new iam.PolicyStatement({ notActions: ['a:B'], resources: ['*'] })),
      'cannot evaluate NotAction in a policy statement',
    ],
    [
      'NotResource',
      (role) => role.addToPolicy(new iam.PolicyStatement({ actions: ['a:B'], notResources: ['x'] })),
      'cannot evaluate NotResource in a policy statement',
    ],
    [
      'a policy variable',
      (role) => role.addToPolicy(new iam.PolicyStatement({ actions: ['a:B'], resources: [`x/\${aws:username}`] })),
      `cannot evaluate the policy variable in "x/\${aws:username}"`,
    ],
  ])('throws when its statements are read and it has %s', (_, change, problem) => {
    const assembly = loadStack((stack) => change(newRole(stack)));

    const role = roleNamed(assembly, 'desk');
    expect(() => role.statements).toThrow(problem);
    expect(() => role.statements).toThrow(/^stack "Desk", "Role/);
  });

  test('has the conditions of its statements, resolved', () => {
    const assembly = loadStack((stack) =>
      newRole(stack).addToPolicy(
        new iam.PolicyStatement({
          actions: ['kms:Decrypt'],
          resources: ['*'],
          conditions: {
            StringEquals: { 'kms:ViaService': `s3.${stack.region}.amazonaws.com`, 'aws:SourceVpc': ['vpc-1', 'vpc-2'] },
            ArnLike: { 'kms:EncryptionContext:aws:s3:arn': newBucket(stack).bucketArn },
          },
        }),
      ),
    );

    expect(roleNamed(assembly, 'desk').statements).toEqual([
      {
        effect: 'Allow',
        actions: ['kms:Decrypt'],
        resources: ['*'],
        conditions: [
          { operator: 'StringEquals', key: 'kms:ViaService', values: ['s3.us-east-1.amazonaws.com'] },
          { operator: 'StringEquals', key: 'aws:SourceVpc', values: ['vpc-1', 'vpc-2'] },
          { operator: 'ArnLike', key: 'kms:EncryptionContext:aws:s3:arn', values: ['arn:aws:s3:::files'] },
        ],
      },
    ]);
  });

  test('ignores the Sid of a statement', () => {
    const assembly = loadStack((stack) =>
      newRole(stack).addToPolicy(new iam.PolicyStatement({ sid: 'Reset', actions: ['a:B'], resources: ['x'] })),
    );

    expect(roleNamed(assembly, 'desk').statements).toEqual([{ effect: 'Allow', actions: ['a:B'], resources: ['x'] }]);
  });
});
