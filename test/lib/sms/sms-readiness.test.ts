import { App, type CfnElement, CfnParameter, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { CfnUserPool } from 'aws-cdk-lib/aws-cognito';
import { AccountPrincipal, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { IConstruct } from 'constructs';
import type { IOriginationIdentity } from '../../../lib/sms/origination-identity';
import { OriginationNumberType, OriginationPhoneNumber } from '../../../lib/sms/origination-phone-number';
import { OriginationPool } from '../../../lib/sms/origination-pool';
import { OriginationSenderId } from '../../../lib/sms/origination-sender-id';
import { SmsDelivery } from '../../../lib/sms/sms-delivery';
import { SmsReadiness, SmsReadinessOnDeployment, type SmsReadinessProps } from '../../../lib/sms/sms-readiness';
import { SnsSmsDelivery } from '../../../lib/sms/sns-sms-delivery';
import { acknowledgePoolFindings, CONTEXTS, strictApp } from '../../support/synthesis';

const ACCOUNT = '111122223333';
const REGIONS = [
  { partition: 'aws', region: 'us-east-1' },
  { partition: 'aws-us-gov', region: 'us-gov-west-1' },
];
const MESSAGES = { helpMessage: 'Example: help at example.com', stopMessage: 'Example: no more messages' };

const ACCOUNT_STATEMENT = allow(['sms-voice:DescribeAccountAttributes', 'sms-voice:DescribeSpendLimits'], '*');
const METRIC_STATEMENT = allow('cloudwatch:GetMetricStatistics', '*');

interface Kind {
  readonly identity: (stack: Stack, arn: (resource: string) => string) => IOriginationIdentity;
  /** The statements for the identity. `of` returns the reference to the resource of a construct id. */
  readonly statements: (of: (id: string) => unknown, arn: (resource: string) => string) => object[];
  /** The opt-out list, if it is not the default one. */
  readonly list?: string;
  readonly hasNoList?: boolean;
  readonly membersKnown?: boolean;
}

/** An opt-out list of another account. */
const SHARED_LIST = 'arn:aws:sms-voice:us-east-1:444455556666:opt-out-list/Ours';

const KINDS: Record<string, Kind> = {
  'a phone number': {
    identity: (stack) => number(stack, 'Number'),
    statements: (of) => [allow('sms-voice:DescribePhoneNumbers', of('Number'))],
  },
  'a phone number with an opt-out list': {
    identity: (stack) => number(stack, 'Number', 'Ours'),
    list: 'Ours',
    statements: (of) => [allow('sms-voice:DescribePhoneNumbers', of('Number'))],
  },
  'a phone number with an opt-out list by its ARN': {
    identity: (stack) => number(stack, 'Number', SHARED_LIST),
    list: SHARED_LIST,
    statements: (of) => [allow('sms-voice:DescribePhoneNumbers', of('Number'))],
  },
  'an imported phone number': {
    identity: (stack, arn) => OriginationPhoneNumber.fromPhoneNumberArn(stack, 'Number', arn('phone-number/phone-1')),
    statements: (_, arn) => [allow('sms-voice:DescribePhoneNumbers', arn('phone-number/phone-1'))],
  },
  'a sender ID': {
    hasNoList: true,
    identity: (stack) => senderId(stack),
    statements: (of) => [allow('sms-voice:DescribeSenderIds', of('SenderId'))],
  },
  'an imported sender ID': {
    hasNoList: true,
    identity: (stack, arn) => OriginationSenderId.fromSenderIdArn(stack, 'SenderId', arn('sender-id/EXAMPLE/GB')),
    statements: (_, arn) => [allow('sms-voice:DescribeSenderIds', arn('sender-id/EXAMPLE/GB'))],
  },
  'a pool with created and imported members': {
    identity: (stack, arn) =>
      new OriginationPool(stack, 'Pool', {
        ...MESSAGES,
        identities: [
          number(stack, 'Number'),
          OriginationPhoneNumber.fromPhoneNumberArn(stack, 'Imported', arn('phone-number/phone-2')),
        ],
      }),
    membersKnown: true,
    statements: (of, arn) => [
      allow('sms-voice:DescribePhoneNumbers', [of('Number'), arn('phone-number/phone-2')]),
      allow(['sms-voice:DescribePools', 'sms-voice:ListPoolOriginationIdentities'], of('Pool')),
    ],
  },
  'an imported pool': {
    identity: (stack, arn) => OriginationPool.fromPoolArn(stack, 'Pool', arn('pool/pool-1')),
    statements: (_, arn) => [
      allow(['sms-voice:DescribePools', 'sms-voice:ListPoolOriginationIdentities'], arn('pool/pool-1')),
    ],
  },
};

describe.each(CONTEXTS)('SmsReadiness with $context', ({ flags }) => {
  describe.each(REGIONS)('in the partition $partition', ({ partition, region }) => {
    const arn = (resource: string) => `arn:${partition}:sms-voice:${region}:${ACCOUNT}:${resource}`;

    test.each(Object.entries(KINDS))('has exactly the policy, environment and custom resource for %s', (_, kind) => {
      // GIVEN
      const app = strictApp(flags);
      const stack = new Stack(app, 'Stack', { env: { account: ACCOUNT, region } });
      const userPool = createUserPool(stack);
      const origination = kind.identity(stack, arn);
      const delivery = new SmsDelivery(stack, 'Sms', { userPool, origination });

      // WHEN
      new SmsReadiness(stack, 'Readiness', { delivery, onDeployment: SmsReadinessOnDeployment.FAIL });

      // THEN
      expect(() => app.synth()).not.toThrow();
      const of = (id: string) =>
        stack.resolve((stack.node.findChild(id) as IOriginationIdentity).originationIdentityArn);
      expect(grantsOf(stack, partition)).toEqual(
        eachOf([
          ACCOUNT_STATEMENT,
          ...kind.statements(of, arn),
          ...(kind.hasNoList
            ? []
            : [
                allow(
                  'sms-voice:DescribeOptedOutNumbers',
                  kind.list?.startsWith('arn:') ? kind.list : arn(`opt-out-list/${kind.list ?? 'Default'}`),
                ),
              ]),
          METRIC_STATEMENT,
          logsStatement(stack),
        ]),
      );
      expect(environmentOf(stack)).toEqual({
        SMS_REGION: region,
        ORIGINATION_IDENTITY_ARN: stack.resolve(origination.originationIdentityArn),
        OPT_OUT_LIST_NAME: kind.list ?? 'Default',
        ...(kind.membersKnown && { POOL_MEMBERS_KNOWN: 'true' }),
      });
      expect(customResourcesOf(stack)).toEqual([customResource(stack, 'FAIL')]);
    });

    test('has exactly the policy, environment and custom resource for Amazon SNS', () => {
      // GIVEN
      const app = strictApp(flags);
      const stack = new Stack(app, 'Stack', { env: { account: ACCOUNT, region } });
      const delivery = new SnsSmsDelivery(stack, 'Sms', { userPool: createUserPool(stack) });

      // WHEN
      new SmsReadiness(stack, 'Readiness', { delivery, onDeployment: SmsReadinessOnDeployment.WARN });

      // THEN
      expect(() => app.synth()).not.toThrow();
      expect(grantsOf(stack, partition)).toEqual(
        eachOf([
          allow(
            [
              'sns:GetSMSAttributes',
              'sns:GetSMSSandboxAccountStatus',
              'sns:ListOriginationNumbers',
              'sns:ListPhoneNumbersOptedOut',
            ],
            '*',
          ),
          {
            ...allow(
              [
                'sms-voice:DescribeAccountAttributes',
                'sms-voice:DescribeOptedOutNumbers',
                'sms-voice:DescribePhoneNumbers',
                'sms-voice:DescribeSpendLimits',
              ],
              '*',
            ),
            Condition: { StringEquals: { 'aws:CalledViaLast': 'sns.amazonaws.com' } },
          },
          METRIC_STATEMENT,
          logsStatement(stack),
        ]),
      );
      expect(environmentOf(stack)).toEqual({ SMS_REGION: region });
      expect(customResourcesOf(stack)).toEqual([customResource(stack, 'WARN')]);
    });
  });
});

test('SmsReadiness refuses a delivery of another account', () => {
  const app = new App();
  const stack = new Stack(app, 'Stack', { env: { account: ACCOUNT, region: 'us-east-1' } });
  const delivery = new SnsSmsDelivery(stack, 'Sms', { userPool: createUserPool(stack) });
  const other = new Stack(app, 'Other', { env: { account: '444455556666', region: 'us-east-1' } });

  expect(() => new SmsReadiness(other, 'Readiness', { delivery })).toThrow(
    "delivery: got one in account 111122223333, expected one in 444455556666, because the function reports on its own account: new SmsReadiness(Stack.of(delivery), 'Readiness', …)",
  );
});

test('SmsReadiness checks the Region that Amazon SNS sends from, if that is another one', () => {
  const stack = new Stack(strictApp(), 'Stack', { env: { account: ACCOUNT, region: 'eu-central-1' } });
  const delivery = new SnsSmsDelivery(stack, 'Sms', { userPool: createUserPool(stack), region: 'eu-west-1' });
  new SmsReadiness(stack, 'Readiness', { delivery });
  expect(environmentOf(stack)).toEqual({ SMS_REGION: 'eu-west-1' });
});

test('SmsReadiness may describe every kind of identity if the ARN is a token', () => {
  const { stack } = synthesize({}, (within) =>
    OriginationPhoneNumber.fromPhoneNumberArn(within, 'Number', new CfnParameter(within, 'Arn').valueAsString),
  );
  const describing = [
    'sms-voice:DescribePhoneNumbers',
    'sms-voice:DescribePools',
    'sms-voice:DescribeSenderIds',
    'sms-voice:ListPoolOriginationIdentities',
  ];
  expect(grantsOf(stack, 'aws').filter((grant) => grant.includes('{"Ref":"Arn"}'))).toEqual(
    eachOf([allow(describing, { Ref: 'Arn' })]),
  );
});

test('SmsReadiness has no custom resource by default', () => {
  expect(customResourcesOf(synthesize().stack)).toEqual([]);
});

test('SmsReadiness has no managed policy, and the runtime, timeout and log format of its function are set', () => {
  const template = Template.fromStack(synthesize().stack);
  template.allResourcesProperties('AWS::IAM::Role', { ManagedPolicyArns: Match.absent() });
  template.hasResourceProperties('AWS::Lambda::Function', {
    Handler: 'index.handler',
    Runtime: 'nodejs24.x',
    Architectures: ['arm64'],
    Timeout: 30,
    LoggingConfig: { LogFormat: 'JSON' },
  });
});

test('SmsReadiness writes to the given log group', () => {
  const stack = new Stack(new App(), 'Stack', { env: { account: ACCOUNT, region: 'us-east-1' } });
  const logGroup = new LogGroup(stack, 'Logs');
  const readiness = createReadiness(stack, { logGroup });
  expect(readiness.logGroup).toBe(logGroup);
  Template.fromStack(stack).resourceCountIs('AWS::Logs::LogGroup', 1);
});

test('SmsReadiness may be in another stack than the user pool', () => {
  const app = new App();
  const stack = new Stack(app, 'Stack', { env: { account: ACCOUNT, region: 'us-east-1' } });
  const delivery = new SmsDelivery(stack, 'Sms', {
    userPool: createUserPool(stack),
    origination: number(stack, 'Number'),
  });
  const other = new Stack(app, 'Other', { env: { account: ACCOUNT, region: 'us-east-1' } });
  new SmsReadiness(other, 'Readiness', { delivery, onDeployment: SmsReadinessOnDeployment.WARN });
  expect(() => app.synth()).not.toThrow();
  expect(other.dependencies).toEqual([stack]);
});

describe('SmsReadiness.grantInvoke', () => {
  test('grants a role permission to invoke: one action on one ARN', () => {
    const { stack, readiness } = synthesize();
    readiness.grantInvoke(new Role(stack, 'HelpDesk', { assumedBy: new AccountPrincipal(ACCOUNT) }));
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: [allow('lambda:InvokeFunction', { 'Fn::GetAtt': [functionId(stack), 'Arn'] })] },
      Roles: [{ Ref: Match.stringLikeRegexp('^HelpDesk') }],
    });
    Template.fromStack(stack).resourceCountIs('AWS::Lambda::Permission', 0);
  });

  test('grants services permission to invoke, each for one of their resources', () => {
    const { stack, readiness } = synthesize();
    const rules = ['one', 'two'].map((name) => `arn:aws:events:us-east-1:${ACCOUNT}:rule/${name}`);
    for (const rule of rules) {
      const conditions = { ArnLike: { 'aws:SourceArn': rule } };
      readiness.grantInvoke(new ServicePrincipal('events.amazonaws.com', { conditions }));
    }
    const permissions = Object.values(Template.fromStack(stack).findResources('AWS::Lambda::Permission'));
    expect(permissions.map(({ Properties }) => Properties)).toEqual(
      rules.map((rule) => ({
        Action: 'lambda:InvokeFunction',
        FunctionName: { 'Fn::GetAtt': [functionId(stack), 'Arn'] },
        Principal: 'events.amazonaws.com',
        SourceArn: rule,
      })),
    );
  });

  test('refuses a service without a condition', () => {
    const { readiness } = synthesize();
    expect(() => readiness.grantInvoke(new ServicePrincipal('sns.amazonaws.com'))).toThrow(
      /^grantee: got the service sns.amazonaws.com without a condition, expected a condition on the ARN of the source, with its account and without a wildcard before it, or on its account: new ServicePrincipal\('sns.amazonaws.com', { conditions: /,
    );
  });
});

function synthesize(
  props: Partial<SmsReadinessProps> = {},
  identity: (stack: Stack) => IOriginationIdentity = (stack) => number(stack, 'Number'),
) {
  const stack = new Stack(new App(), 'Stack', { env: { account: ACCOUNT, region: 'us-east-1' } });
  const readiness = createReadiness(stack, props, identity(stack));
  return { stack, readiness };
}

function createReadiness(stack: Stack, props: Partial<SmsReadinessProps>, origination = number(stack, 'Number')) {
  const delivery = new SmsDelivery(stack, 'Sms', { userPool: createUserPool(stack), origination });
  return new SmsReadiness(stack, 'Readiness', { delivery, ...props });
}

function createUserPool(stack: Stack): CfnUserPool {
  const userPool = new CfnUserPool(stack, 'Users', { userPoolName: 'users' });
  acknowledgePoolFindings(userPool);
  return userPool;
}

function number(stack: Stack, id: string, optOutListName?: string): IOriginationIdentity {
  const numberType = OriginationNumberType.TOLL_FREE;
  return new OriginationPhoneNumber(stack, id, { ...MESSAGES, isoCountryCode: 'US', numberType, optOutListName });
}

function senderId(stack: Stack): IOriginationIdentity {
  return new OriginationSenderId(stack, 'SenderId', { senderId: 'EXAMPLE', isoCountryCode: 'DE' });
}

function allow(action: string | string[], resource: unknown): Record<string, unknown> {
  return { Effect: 'Allow', Action: action, Resource: resource };
}

function logsStatement(stack: Stack) {
  return allow(['logs:CreateLogStream', 'logs:PutLogEvents'], {
    'Fn::GetAtt': [logicalId(stack, 'Readiness', 'LogGroup', 'Resource'), 'Arn'],
  });
}

/** The statements of the policy of the function, which must be the only policy of its role. */
function grantsOf(stack: Stack, partition: string): string[] {
  const role = logicalId(stack, 'Readiness', 'Role', 'Resource');
  const policies = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy'));
  const own = policies.filter(({ Properties }) => Properties.Roles.some((of: { Ref: string }) => of.Ref === role));
  expect(own).toHaveLength(1);
  return eachOf(own[0]?.Properties.PolicyDocument.Statement, partition);
}

/** Each action on each resource, sorted, because feature flags merge statements and name the partition. */
function eachOf(statements: object[], partition = 'aws'): string[] {
  const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);
  return statements
    .flatMap((statement) => {
      const { Action, Resource, ...rest } = statement as Record<string, unknown>;
      return list(Action).flatMap((action) =>
        list(Resource).map((resource) =>
          JSON.stringify([action, spelledOut(resource, partition), Object.entries(rest).sort()]),
        ),
      );
    })
    .sort();
}

function spelledOut(resource: unknown, partition: string): unknown {
  const parts = (resource as { 'Fn::Join'?: [string, unknown[]] })['Fn::Join']?.[1];
  return parts?.map((part) => (typeof part === 'string' ? part : partition)).join('') ?? resource;
}

function environmentOf(stack: Stack): object {
  const { Properties } = Template.fromStack(stack).findResources('AWS::Lambda::Function')[functionId(stack)] as {
    Properties: { Environment: { Variables: object } };
  };
  return Properties.Environment.Variables;
}

function customResourcesOf(stack: Stack): unknown[] {
  return Object.values(Template.fromStack(stack).findResources('Custom::SmsReadiness'));
}

/** The custom resource, which depends on the user pool and on the role that sends. */
function customResource(stack: Stack, onDeployment: string) {
  return {
    Type: 'Custom::SmsReadiness',
    Properties: {
      ServiceToken: { 'Fn::GetAtt': [functionId(stack), 'Arn'] },
      ServiceTimeout: '120',
      OnDeployment: onDeployment,
    },
    DependsOn: [logicalId(stack, 'Sms', 'Role', 'Resource'), logicalId(stack, 'Users')],
    UpdateReplacePolicy: 'Delete',
    DeletionPolicy: 'Delete',
  };
}

function functionId(stack: Stack): string {
  return logicalId(stack, 'Readiness', 'Function', 'Resource');
}

function logicalId(stack: Stack, ...path: string[]): string {
  const element = path.reduce((construct: IConstruct, id) => construct.node.findChild(id), stack);
  return stack.getLogicalId(element as CfnElement);
}
