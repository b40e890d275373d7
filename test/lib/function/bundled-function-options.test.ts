import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { UserPool } from 'aws-cdk-lib/aws-cognito';
import { SecurityGroup, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Tracing } from 'aws-cdk-lib/aws-lambda';
import { AdminPasswordReset, BulkPasswordReset, type BundledFunctionOptions } from '../../../lib';
import { CONSTRUCTS, defineFunctions } from '../../../tools/templates/constructs';
import { grantsOf } from '../../support/policies';

const FUNCTIONS = [
  'Reset',
  'Messages',
  'MessagesAttach',
  'Readiness',
  'BulkPreflight',
  'BulkListing',
  'BulkWorker',
  'BulkSummary',
];
const STATE_MACHINES = ['BulkCampaign', 'BulkDryRun'];

const EC2 = 'arn:aws:ec2:<AWS::Region>';
const NETWORK_ACTIONS = [
  'ec2:AssignPrivateIpAddresses',
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:UnassignPrivateIpAddresses',
];

const WITHOUT = templateOf((stack) => defineFunctions(stack, {}));
const WITH = templateOf((stack) => CONSTRUCTS['function-options']?.define(stack));

/** The ids of the resources that the options name. */
const idOf = (type: string, path: RegExp) => Object.keys(WITH.findResources(type)).filter((id) => path.test(id));
const [group] = idOf('AWS::EC2::SecurityGroup', /^Group/);
const [key] = idOf('AWS::KMS::Key', /^EnvironmentKey/);
const [logs] = idOf('AWS::Logs::LogGroup', /^Logs/);
const subnets = idOf('AWS::EC2::Subnet', /^VpcFunctions/);

test('the table of constructs has every function of the library', () => {
  expect(Object.keys(WITH.findResources('AWS::Lambda::Function')).map(withoutHash).sort()).toEqual(
    FUNCTIONS.map((name) => `${name}Function`).sort(),
  );
});

describe.each(FUNCTIONS)('the function %s', (name) => {
  test('has none of the options by default', () => {
    const { Architectures, LoggingConfig, ...properties } = propertiesOf(WITHOUT, name);
    const owner = /^Bulk|^Messages/.exec(name)?.[0] ?? name;

    expect(Architectures).toEqual(['arm64']);
    expect(LoggingConfig).toEqual({
      LogFormat: 'JSON',
      LogGroup: { Ref: expect.stringMatching(`^${owner}LogGroup[0-9A-F]{8}$`) },
    });
    for (const option of OPTIONS) expect(properties).not.toHaveProperty(option);
  });

  test('has every option', () => {
    expect(propertiesOf(WITH, name)).toMatchObject({
      Architectures: ['x86_64'],
      CodeSigningConfigArn: 'arn:aws:lambda:us-east-1:111122223333:code-signing-config:csc-0123456789abcdef0',
      KmsKeyArn: { 'Fn::GetAtt': [key, 'Arn'] },
      LoggingConfig: { LogFormat: 'JSON', LogGroup: { Ref: logs } },
      ReservedConcurrentExecutions: 5,
      TracingConfig: { Mode: 'Active' },
      VpcConfig: {
        SecurityGroupIds: [{ 'Fn::GetAtt': [group, 'GroupId'] }],
        SubnetIds: subnets.map((id) => ({ Ref: id })),
      },
    });
  });

  test('gets exactly the permissions for the options', () => {
    const before = grantsOf(WITHOUT, roleOf(WITHOUT, name)).filter((line) => !line.startsWith('logs:'));
    const grants = grantsOf(WITH, roleOf(WITH, name));

    expect(grants.filter((line) => !before.includes(line))).toEqual(
      [
        `logs:CreateLogStream on <${logs}.Arn>`,
        `logs:PutLogEvents on <${logs}.Arn>`,
        'xray:PutTelemetryRecords on *',
        'xray:PutTraceSegments on *',
        `kms:Decrypt on <${key}.Arn>`,
        ...networkGrants(subnets, `${group}.GroupId`),
      ].sort(),
    );
    expect(before.filter((line) => !grants.includes(line))).toEqual([]);
  });

  test('waits for its policy, and has no managed policy', () => {
    const { DependsOn } = resourceOf(WITH, name);
    const { Ref: role } = roleOf(WITH, name);

    expect(DependsOn).toEqual(expect.arrayContaining([expect.stringMatching(`^${name}Policy`), role]));
    expect(WITH.findResources('AWS::IAM::Role')[role]?.Properties).not.toHaveProperty('ManagedPolicyArns');
  });
});

describe.each(STATE_MACHINES)('the state machine %s', (name) => {
  const machineOf = (template: Template) =>
    Object.entries(template.findResources('AWS::StepFunctions::StateMachine')).find(([id]) => id.startsWith(name))?.[1];
  const tracingOf = (template: Template) =>
    grantsOf(template, {
      Ref: Object.keys(template.findResources('AWS::IAM::Role')).find((id) => id.startsWith(`${name}Role`)),
    }).filter((line) => line.startsWith('xray:'));

  test('is traced with tracing only', () => {
    expect(machineOf(WITHOUT)?.Properties).not.toHaveProperty('TracingConfiguration');
    expect(machineOf(WITH)?.Properties).toMatchObject({ TracingConfiguration: { Enabled: true } });
  });

  test('gets permission to send traces and to read the sampling rules with tracing only', () => {
    expect(tracingOf(WITHOUT)).toEqual([]);
    expect(tracingOf(WITH)).toEqual([
      'xray:GetSamplingRules on *',
      'xray:GetSamplingTargets on *',
      'xray:PutTelemetryRecords on *',
      'xray:PutTraceSegments on *',
    ]);
  });
});

test('Tracing.PASS_THROUGH traces the functions, and not the state machines', () => {
  const template = templateOf((stack) => {
    const passwordReset = new AdminPasswordReset(stack, 'Reset', { userPool: importedPool(stack) });
    new BulkPasswordReset(stack, 'Bulk', { passwordReset, tracing: Tracing.PASS_THROUGH });
  });

  expect(propertiesOf(template, 'BulkWorker').TracingConfig).toEqual({ Mode: 'PassThrough' });
  for (const { Properties } of Object.values(template.findResources('AWS::StepFunctions::StateMachine'))) {
    expect(Properties).not.toHaveProperty('TracingConfiguration');
  }
});

test('functions of one construct share a security group in the VPC, which allows no inbound traffic', () => {
  const template = templateOf((stack) => {
    const vpc = new Vpc(stack, 'Vpc', { maxAzs: 1, natGateways: 1 });
    const passwordReset = new AdminPasswordReset(stack, 'Reset', { userPool: importedPool(stack) });
    new BulkPasswordReset(stack, 'Bulk', { passwordReset, vpc });
  });

  const [[id = '', created] = [], ...others] = Object.entries(template.findResources('AWS::EC2::SecurityGroup'));
  expect(others).toEqual([]);
  expect(created?.Properties).toEqual({
    GroupDescription: 'Functions that reset passwords',
    SecurityGroupEgress: [{ CidrIp: '0.0.0.0/0', Description: expect.any(String), IpProtocol: '-1' }],
    VpcId: { Ref: expect.stringMatching(/^Vpc/) },
  });
  const privateSubnets = Object.keys(template.findResources('AWS::EC2::Subnet')).filter((name) => /Private/.test(name));
  for (const name of FUNCTIONS.filter((each) => each.startsWith('Bulk'))) {
    expect(propertiesOf(template, name).VpcConfig).toEqual({
      SecurityGroupIds: [{ 'Fn::GetAtt': [id, 'GroupId'] }],
      SubnetIds: privateSubnets.map((subnet) => ({ Ref: subnet })),
    });
    expect(grantsOf(template, roleOf(template, name)).filter((line) => /ec2:/.test(line))).toEqual(
      networkGrants(privateSubnets, `${id}.GroupId`),
    );
  }
});

test('an imported VPC has its subnets and security groups in the policy by their ids', () => {
  const template = templateOf((stack) => {
    const vpc = Vpc.fromVpcAttributes(stack, 'Vpc', {
      vpcId: 'vpc-0123456789abcdef0',
      availabilityZones: ['us-east-1a'],
      isolatedSubnetIds: ['subnet-0123456789abcdef0'],
    });
    const securityGroups = [SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-0123456789abcdef0')];
    const vpcSubnets = { subnetType: SubnetType.PRIVATE_ISOLATED };
    new AdminPasswordReset(stack, 'Reset', { userPool: importedPool(stack), vpc, vpcSubnets, securityGroups });
  });

  const grants = grantsOf(template, roleOf(template, 'Reset'));
  expect(grants).toContain(`ec2:CreateNetworkInterface on ${EC2}:*:subnet/subnet-0123456789abcdef0`);
  expect(grants).toContain(`ec2:CreateNetworkInterface on ${EC2}:*:security-group/sg-0123456789abcdef0`);
});

test.each<[string, (stack: Stack) => BundledFunctionOptions, string]>([
  [
    'vpcSubnets without a VPC',
    () => ({ vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED } }),
    'vpcSubnets: got a value without vpc, expected both: set vpc to the VPC that they belong to',
  ],
  [
    'securityGroups without a VPC',
    (stack) => ({ securityGroups: [SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-0123456789abcdef0')] }),
    'securityGroups: got a value without vpc, expected both: set vpc to the VPC that they belong to',
  ],
  [
    'no security group at all',
    (stack) => ({ vpc: new Vpc(stack, 'Vpc', { maxAzs: 1 }), securityGroups: [] }),
    'securityGroups: got 0, expected from 1 to 5: leave securityGroups out to get one that allows all outbound traffic',
  ],
  [
    'an alias of a key',
    (stack) => ({
      environmentEncryption: Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:us-east-1:111122223333:alias/one'),
    }),
    `environmentEncryption: got arn:aws:kms:us-east-1:111122223333:alias/one, expected the ARN of a KMS key, such as arn:aws:kms:eu-west-1:111122223333:key/…; a policy cannot name a key by an alias`,
  ],
  [
    'a subnet instead of a selection',
    (stack) => ({ vpc: new Vpc(stack, 'Vpc', { maxAzs: 1 }), vpcSubnets: 'private' as never }),
    'vpcSubnets: got the text "private", expected a SubnetSelection: { subnetType: SubnetType.PRIVATE_ISOLATED }',
  ],
])('%s is refused', (_, optionsOf, message) => {
  const stack = new Stack(new App(), 'Stack');
  const options = optionsOf(stack);

  expect(() => new AdminPasswordReset(stack, 'Reset', { userPool: importedPool(stack), ...options })).toThrow(
    new Error(message),
  );
});

test('BulkPasswordReset refuses to reserve less than one concurrent execution for each worker', () => {
  const stack = new Stack(new App(), 'Stack');
  const passwordReset = new AdminPasswordReset(stack, 'Reset', { userPool: importedPool(stack) });
  const create = (id: string, reservedConcurrentExecutions: number) =>
    new BulkPasswordReset(stack, id, { passwordReset, maxResetsPerSecond: 24, reservedConcurrentExecutions });

  expect(() => create('Few', 3)).toThrow(
    new Error(
      'reservedConcurrentExecutions: got 3, expected at least 4, the number of workers at this maxResetsPerSecond: reserve more, or leave it out',
    ),
  );
  expect(() => create('Enough', 4)).not.toThrow();
});

const OPTIONS = [
  'CodeSigningConfigArn',
  'KmsKeyArn',
  'ReservedConcurrentExecutions',
  'TracingConfig',
  'VpcConfig',
] as const;

/** What a role with network interfaces is allowed, and what its code is denied. */
function networkGrants(subnetIds: readonly string[], groupId: string): string[] {
  const own = `${EC2}:<AWS::AccountId>`;
  return [
    ...subnetIds.map((id) => `ec2:CreateNetworkInterface on ${EC2}:*:subnet/<${id}>`),
    `ec2:CreateNetworkInterface on ${EC2}:*:security-group/<${groupId}>`,
    `ec2:CreateNetworkInterface on ${own}:network-interface/*`,
    `ec2:AssignPrivateIpAddresses on ${own}:network-interface/*`,
    `ec2:UnassignPrivateIpAddresses on ${own}:network-interface/*`,
    `ec2:DeleteNetworkInterface on ${own}:*/*`,
    'ec2:DescribeNetworkInterfaces on *',
    'ec2:DescribeSubnets on *',
    ...NETWORK_ACTIONS.map(
      (action) =>
        `Deny ${action} on * if ArnLike lambda:SourceFunctionArn arn:aws:lambda:<AWS::Region>:<AWS::AccountId>:function:*`,
    ),
  ].sort();
}

function templateOf(define: (stack: Stack) => void): Template {
  const stack = new Stack(new App({ analyticsReporting: false }), 'Stack');
  define(stack);
  return Template.fromStack(stack);
}

function importedPool(stack: Stack) {
  return UserPool.fromUserPoolId(stack, 'Users', 'us-east-1_AbCdEfGhI');
}

function resourceOf(template: Template, name: string) {
  const functions = Object.entries(template.findResources('AWS::Lambda::Function'));
  const found = functions.find(([id]) => withoutHash(id) === `${name}Function`);
  if (found === undefined) throw new Error(`no function ${name}`);
  return found[1] as { readonly DependsOn: string[]; readonly Properties: Readonly<Record<string, unknown>> };
}

function propertiesOf(template: Template, name: string) {
  return resourceOf(template, name).Properties;
}

function roleOf(template: Template, name: string): { readonly Ref: string } {
  const [Ref = ''] = (propertiesOf(template, name).Role as { 'Fn::GetAtt': string[] })['Fn::GetAtt'];
  return { Ref };
}

function withoutHash(id: string): string {
  return id.replace(/[0-9A-F]{8}$/, '');
}
