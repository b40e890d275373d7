import { App, Aspects, type CfnResource, Duration, Stack, Stage } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { AccountRecovery, CfnUserPool, UserPool } from 'aws-cdk-lib/aws-cognito';
import { AccountPrincipal, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Tracing } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { AdminPasswordReset, type AdminPasswordResetProps } from '../../../lib';
import { acknowledgePoolFindings, CONTEXTS, policiesOf, strictApp } from '../../support/synthesis';

const ON_OFF = [false, true];
const COMBINATIONS = ON_OFF.flatMap((globalSignOut) =>
  ON_OFF.flatMap((idempotency) =>
    ON_OFF.flatMap((tracing) =>
      ON_OFF.flatMap((ownRole) =>
        ON_OFF.map((ownLogGroup) => ({ globalSignOut, idempotency, tracing, ownRole, ownLogGroup })),
      ),
    ),
  ),
);

describe.each(CONTEXTS)('AdminPasswordReset with $context', ({ flags }) => {
  test.each(COMBINATIONS)(
    'grants its role exactly the required permissions: globalSignOut $globalSignOut, idempotency $idempotency, tracing $tracing, own role $ownRole, own log group $ownLogGroup',
    ({ globalSignOut, idempotency, tracing, ownRole, ownLogGroup }) => {
      // GIVEN
      const app = strictApp(flags);
      const stack = new Stack(app, 'Stack');
      const userPool = new CfnUserPool(stack, 'Pool', { userPoolName: 'users' });
      acknowledgePoolFindings(userPool);
      const role = new Role(stack, 'GivenRole', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
      const logGroup = new LogGroup(stack, 'GivenLogs');

      // WHEN
      const reset = new AdminPasswordReset(stack, 'Reset', {
        userPool,
        globalSignOut,
        idempotency,
        ...(tracing && { tracing: Tracing.ACTIVE }),
        ...(ownRole && { role }),
        ...(ownLogGroup && { logGroup }),
      });
      app.synth();

      // THEN
      const logicalId = (construct: { node: { defaultChild?: unknown } }) =>
        stack.getLogicalId(construct.node.defaultChild as CfnResource);
      const statements = [
        {
          Effect: 'Allow',
          Action: globalSignOut
            ? ['cognito-idp:AdminResetUserPassword', 'cognito-idp:AdminUserGlobalSignOut']
            : 'cognito-idp:AdminResetUserPassword',
          Resource: { 'Fn::GetAtt': ['Pool', 'Arn'] },
        },
        {
          Effect: 'Allow',
          Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
          Resource: { 'Fn::GetAtt': [ownLogGroup ? logicalId(logGroup) : 'ResetLogGroupDF3A31AA', 'Arn'] },
        },
        ...(idempotency
          ? [
              {
                Effect: 'Allow',
                Action: ['dynamodb:DeleteItem', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
                Resource: { 'Fn::GetAtt': ['ResetIdempotencyTable3B0EC46A', 'Arn'] },
              },
            ]
          : []),
        ...(tracing
          ? [{ Effect: 'Allow', Action: ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'], Resource: '*' }]
          : []),
      ];
      expect(policiesOf(stack)).toEqual([{ Version: '2012-10-17', Statement: expect.any(Array) }]);
      expect(sorted((policiesOf(stack)[0] as { Statement: object[] }).Statement)).toEqual(sorted(statements));
      expect(reset.policyStatements.map((statement) => stack.resolve(statement.toStatementJson()))).toEqual(statements);
      Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
        Roles: [{ Ref: ownRole ? logicalId(role) : 'ResetRole6A9E0640' }],
      });
    },
  );

  test('passes the template validation and cdk-nag with every option', () => {
    // GIVEN
    const app = strictApp(flags);
    const stack = new Stack(app, 'Stack');

    // WHEN
    new AdminPasswordReset(stack, 'Reset', {
      userPool: UserPool.fromUserPoolId(stack, 'Pool', 'eu-west-1_AbCdEfGhI'),
      globalSignOut: true,
      idempotency: true,
      idempotencyExpiresAfter: Duration.days(2),
      memorySize: 512,
      timeout: Duration.minutes(1),
      reservedConcurrentExecutions: 5,
      tracing: Tracing.ACTIVE,
      architecture: Architecture.X86_64,
    });

    // THEN
    expect(() => app.synth()).not.toThrow();
  });

  test.each([
    ['the user pool is in another stack', true],
    ['the user pool is in the same stack', false],
  ])('synthesizes without a dependency cycle when %s', (_, twoStacks) => {
    // GIVEN
    const app = strictApp(flags);
    const poolStack = new Stack(app, 'PoolStack');
    const userPool = new UserPool(poolStack, 'Pool');
    acknowledgePoolFindings(userPool.node.defaultChild as CfnUserPool);

    // WHEN
    const stack = twoStacks ? new Stack(app, 'ResetStack') : poolStack;
    new AdminPasswordReset(stack, 'Reset', { userPool, globalSignOut: true, idempotency: true });

    // THEN
    app.synth();
    Template.fromStack(stack).resourceCountIs('AWS::Lambda::Function', 1);
  });

  test('synthesizes without a dependency cycle when the role is in another stack', () => {
    // GIVEN
    const app = strictApp(flags);
    const roleStack = new Stack(app, 'RoleStack');
    const role = new Role(roleStack, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    const stack = new Stack(app, 'ResetStack');

    // WHEN
    const userPool = UserPool.fromUserPoolId(stack, 'Pool', 'us-east-1_AbCdEfGhI');
    new AdminPasswordReset(stack, 'Reset', { userPool, role, tracing: Tracing.ACTIVE });

    // THEN
    app.synth();
    Template.fromStack(roleStack).resourceCountIs('AWS::IAM::Policy', 0);
    Template.fromStack(stack).resourceCountIs('AWS::IAM::Policy', 1);
  });

  test('synthesizes in two stages, each with its own user pool', () => {
    const app = strictApp(flags);
    for (const name of ['Beta', 'Prod']) {
      const stack = new Stack(new Stage(app, name), 'Stack');
      const userPool = new UserPool(stack, 'Pool');
      acknowledgePoolFindings(userPool.node.defaultChild as CfnUserPool);
      new AdminPasswordReset(stack, 'Reset', { userPool });
    }
    expect(() => app.synth()).not.toThrow();
  });
});

describe('the function of AdminPasswordReset', () => {
  test('has the documented default properties', () => {
    const { template } = synthesize();

    template.hasResourceProperties('AWS::Lambda::Function', {
      Handler: 'index.handler',
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      MemorySize: 256,
      Timeout: 30,
      Environment: { Variables: { USER_POOL_ID: 'us-east-1_AbCdEfGhI' } },
      LoggingConfig: { LogFormat: 'JSON', LogGroup: { Ref: 'ResetLogGroupDF3A31AA' } },
      Role: { 'Fn::GetAtt': ['ResetRole6A9E0640', 'Arn'] },
      ReservedConcurrentExecutions: Match.absent(),
      TracingConfig: Match.absent(),
      DeadLetterConfig: Match.absent(),
      Layers: Match.absent(),
    });
  });

  test.each<[string, Partial<AdminPasswordResetProps>, object]>([
    ['memorySize', { memorySize: 1024 }, { MemorySize: 1024 }],
    ['timeout', { timeout: Duration.minutes(2) }, { Timeout: 120 }],
    ['reservedConcurrentExecutions', { reservedConcurrentExecutions: 3 }, { ReservedConcurrentExecutions: 3 }],
    ['tracing', { tracing: Tracing.ACTIVE }, { TracingConfig: { Mode: 'Active' } }],
    ['tracing that is disabled', { tracing: Tracing.DISABLED }, { TracingConfig: Match.absent() }],
    ['architecture', { architecture: Architecture.X86_64 }, { Architectures: ['x86_64'] }],
    ['globalSignOut', { globalSignOut: true }, { Environment: { Variables: { GLOBAL_SIGN_OUT: 'true' } } }],
    [
      'globalSignOut that is false',
      { globalSignOut: false },
      { Environment: { Variables: { GLOBAL_SIGN_OUT: Match.absent() } } },
    ],
    [
      'idempotency',
      { idempotency: true },
      {
        Environment: {
          Variables: {
            IDEMPOTENCY_TABLE_NAME: { Ref: 'ResetIdempotencyTable3B0EC46A' },
            IDEMPOTENCY_EXPIRES_AFTER_SECONDS: '86400',
          },
        },
      },
    ],
    [
      'idempotencyExpiresAfter',
      { idempotency: true, idempotencyExpiresAfter: Duration.hours(1) },
      { Environment: { Variables: { IDEMPOTENCY_EXPIRES_AFTER_SECONDS: '3600' } } },
    ],
  ])('is configured with the option %s', (_, props, expected) => {
    synthesize(props).template.hasResourceProperties('AWS::Lambda::Function', expected);
  });

  test('has no retry, a maximum event age of one minute and no destination for asynchronous invocations', () => {
    synthesize().template.hasResource('AWS::Lambda::EventInvokeConfig', {
      Properties: {
        FunctionName: { Ref: 'ResetFunction7627FBC0' },
        MaximumRetryAttempts: 0,
        MaximumEventAgeInSeconds: 60,
        Qualifier: '$LATEST',
        DestinationConfig: Match.absent(),
      },
    });
  });

  test('depends on its role and policy', () => {
    synthesize().template.hasResource('AWS::Lambda::Function', {
      DependsOn: Match.arrayWith(['ResetPolicy131255D1', 'ResetRole6A9E0640']),
    });
  });

  test('has a role that only Lambda can assume, without managed policies', () => {
    synthesize().template.hasResource('AWS::IAM::Role', {
      Properties: {
        AssumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } }],
        },
        ManagedPolicyArns: Match.absent(),
        Policies: Match.absent(),
      },
    });
  });

  test('writes to a log group that is retained when the stack is deleted', () => {
    synthesize().template.hasResource('AWS::Logs::LogGroup', {
      Properties: { RetentionInDays: 731 },
      DeletionPolicy: 'Retain',
    });
  });

  test('has no policy if its role is immutable, and policyStatements lists what the role needs', () => {
    // GIVEN
    const stack = new Stack(new App(), 'Stack');
    const role = Role.fromRoleArn(stack, 'Role', 'arn:aws:iam::111122223333:role/reset', { mutable: false });

    // WHEN
    const reset = new AdminPasswordReset(stack, 'Reset', { userPool: importedPool(stack), role });

    // THEN
    Template.fromStack(stack).resourceCountIs('AWS::IAM::Policy', 0);
    expect(reset.policyStatements.flatMap(({ actions }) => actions)).toEqual([
      'cognito-idp:AdminResetUserPassword',
      'logs:CreateLogStream',
      'logs:PutLogEvents',
    ]);
  });
});

describe('the idempotency table', () => {
  test('is created only with the option idempotency', () => {
    synthesize().template.resourceCountIs('AWS::DynamoDB::GlobalTable', 0);
    expect(synthesize().reset.idempotencyTable).toBeUndefined();
  });

  test('has on-demand billing and expiring records, and is deleted with the stack', () => {
    synthesize({ idempotency: true }).template.hasResource('AWS::DynamoDB::GlobalTable', {
      Properties: {
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        TimeToLiveSpecification: { AttributeName: 'expiration', Enabled: true },
        BillingMode: 'PAY_PER_REQUEST',
      },
      DeletionPolicy: 'Delete',
    });
  });
});

// A changed logical id would replace deployed resources.
test('the stateful resources of AdminPasswordReset keep their logical ids', () => {
  const { template } = synthesize({ idempotency: true });

  expect(Object.keys(template.findResources('AWS::Logs::LogGroup'))).toEqual(['ResetLogGroupDF3A31AA']);
  expect(Object.keys(template.findResources('AWS::DynamoDB::GlobalTable'))).toEqual(['ResetIdempotencyTable3B0EC46A']);
});

describe('the user pool of AdminPasswordReset', () => {
  test('gets an ARN with the Region of its id if it is imported by its id', () => {
    const stack = new Stack(new App(), 'Stack', { env: { account: '111122223333', region: 'us-east-1' } });
    new AdminPasswordReset(stack, 'Reset', { userPool: UserPool.fromUserPoolId(stack, 'P', 'ap-southeast-2_AbC') });

    expect(resourceOfReset(stack)).toEqual(
      joined('arn:', { Ref: 'AWS::Partition' }, ':cognito-idp:ap-southeast-2:111122223333:userpool/ap-southeast-2_AbC'),
    );
  });

  test('keeps its ARN if it is imported by its ARN', () => {
    const stack = new Stack(new App(), 'Stack', { env: { account: '111122223333', region: 'us-east-1' } });
    const arn = 'arn:aws:cognito-idp:eu-central-1:111122223333:userpool/eu-central-1_AbC';
    new AdminPasswordReset(stack, 'Reset', { userPool: UserPool.fromUserPoolArn(stack, 'P', arn) });

    expect(resourceOfReset(stack)).toEqual(arn);
  });

  test.each([
    ['aws-cn', 'cn-north-1'],
    ['aws-us-gov', 'us-gov-west-1'],
  ])('gets an ARN in its own partition %s', (_, region) => {
    const stack = new Stack(strictApp(), 'Stack', { env: { account: '111122223333', region } });
    new AdminPasswordReset(stack, 'Reset', { userPool: UserPool.fromUserPoolId(stack, 'P', `${region}_AbC`) });

    expect(resourceOfReset(stack)).toEqual(
      joined('arn:', { Ref: 'AWS::Partition' }, `:cognito-idp:${region}:111122223333:userpool/${region}_AbC`),
    );
  });

  test('can be an L1 construct', () => {
    const stack = new Stack(new App(), 'Stack');
    new AdminPasswordReset(stack, 'Reset', { userPool: new CfnUserPool(stack, 'L1') });

    expect(resourceOfReset(stack)).toEqual({ 'Fn::GetAtt': ['L1', 'Arn'] });
  });

  test('can be an imported L1 construct', () => {
    const stack = new Stack(new App(), 'Stack', { env: { account: '111122223333', region: 'us-east-1' } });
    new AdminPasswordReset(stack, 'Reset', { userPool: CfnUserPool.fromUserPoolId(stack, 'P', 'eu-west-1_AbC') });

    expect(resourceOfReset(stack)).toEqual(
      joined('arn:', { Ref: 'AWS::Partition' }, ':cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_AbC'),
    );
  });

  test('can be created in another Region, by a stack with cross-Region references', () => {
    const app = new App();
    const env = (region: string) => ({ env: { account: '111122223333', region }, crossRegionReferences: true });
    const poolStack = new Stack(app, 'PoolStack', env('eu-west-1'));
    const userPool = new CfnUserPool(poolStack, 'Pool');
    const stack = new Stack(app, 'ResetStack', env('us-east-1'));
    new AdminPasswordReset(stack, 'Reset', { userPool });

    expect(() => app.synth()).not.toThrow();
    expect(JSON.stringify(resourceOfReset(stack))).toContain('PoolArn');
  });

  test('is refused if it is in another account', () => {
    const stack = new Stack(new App(), 'Stack', { env: { account: '111122223333', region: 'us-east-1' } });
    const arn = 'arn:aws:cognito-idp:us-east-1:444455556666:userpool/us-east-1_AbC';
    const userPool = UserPool.fromUserPoolArn(stack, 'P', arn);

    expect(() => new AdminPasswordReset(stack, 'Reset', { userPool })).toThrow(
      /^userPool: got a user pool of account 444455556666 in a stack of account 111122223333, expected the same account/,
    );
  });

  test('is accepted if the account of the stack is not known', () => {
    const stack = new Stack(new App(), 'Stack');
    const arn = 'arn:aws:cognito-idp:us-east-1:444455556666:userpool/us-east-1_AbC';

    expect(
      () => new AdminPasswordReset(stack, 'Reset', { userPool: UserPool.fromUserPoolArn(stack, 'P', arn) }),
    ).not.toThrow();
  });

  test.each<[string, (stack: Stack) => UserPool | CfnUserPool]>([
    ['an L2 user pool', (stack) => new UserPool(stack, 'P', { accountRecovery: AccountRecovery.NONE })],
    [
      'an L1 user pool',
      (stack) =>
        new CfnUserPool(stack, 'P', {
          accountRecoverySetting: { recoveryMechanisms: [{ name: 'admin_only', priority: 1 }] },
        }),
    ],
    [
      'an L1 user pool that an aspect changes later',
      (stack) => {
        const pool = new CfnUserPool(stack, 'P');
        Aspects.of(stack).add({
          visit: (node) => {
            if (node === pool) {
              pool.accountRecoverySetting = { recoveryMechanisms: [{ name: 'admin_only', priority: 1 }] };
            }
          },
        });
        return pool;
      },
    ],
    [
      'an L2 user pool with an override, as Amplify sets it',
      (stack) => {
        const pool = new UserPool(stack, 'P', { accountRecovery: AccountRecovery.EMAIL_ONLY });
        (pool.node.defaultChild as CfnUserPool).addPropertyOverride('AccountRecoverySetting', {
          RecoveryMechanisms: [{ Name: 'admin_only', Priority: 1 }],
        });
        return pool;
      },
    ],
    [
      'an L2 user pool with an override of one name',
      (stack) => {
        const pool = new UserPool(stack, 'P', { accountRecovery: AccountRecovery.EMAIL_ONLY });
        const resource = pool.node.defaultChild as CfnUserPool;
        resource.addPropertyOverride('AccountRecoverySetting.RecoveryMechanisms.0.Name', 'admin_only');
        return pool;
      },
    ],
  ])('is refused at synth if its account recovery is admin_only: %s', (_, createPool) => {
    const app = new App();
    const stack = new Stack(app, 'Stack');
    new AdminPasswordReset(stack, 'Reset', { userPool: createPool(stack) });

    expect(() => app.synth()).toThrow(
      /userPool: got a user pool whose account recovery is admin_only .* choose AccountRecovery.EMAIL_ONLY/,
    );
  });

  test('is accepted if an override replaces the account recovery admin_only', () => {
    const app = new App();
    const stack = new Stack(app, 'Stack');
    const pool = new UserPool(stack, 'P', { accountRecovery: AccountRecovery.NONE });
    new AdminPasswordReset(stack, 'Reset', { userPool: pool });
    (pool.node.defaultChild as CfnUserPool).addPropertyOverride('AccountRecoverySetting.RecoveryMechanisms', [
      { Name: 'verified_email', Priority: 1 },
    ]);

    expect(() => app.synth()).not.toThrow();
  });
});

describe('AdminPasswordReset', () => {
  test.each<[string, Partial<AdminPasswordResetProps>, RegExp]>([
    [
      'a timeout under 30 seconds',
      { timeout: Duration.seconds(29) },
      /^timeout: got 29 seconds, expected at least 30 seconds/,
    ],
    [
      'an idempotency expiry without idempotency',
      { idempotencyExpiresAfter: Duration.hours(1) },
      /^idempotencyExpiresAfter: got a value without idempotency/,
    ],
    [
      'an idempotency expiry that is shorter than the timeout',
      { idempotency: true, timeout: Duration.minutes(2), idempotencyExpiresAfter: Duration.minutes(1) },
      /^idempotencyExpiresAfter: got 1 minute, expected at least the timeout of the function \(2 minutes\)/,
    ],
  ])('refuses %s', (_, props, message) => {
    expect(() => synthesize(props)).toThrow(message);
  });
});

describe('AdminPasswordReset.grantInvoke', () => {
  const RULE = 'arn:aws:events:us-east-1:111122223333:rule/reset';

  test('grants a role one action on one ARN', () => {
    const stack = new Stack(new App(), 'Stack');
    const role = new Role(stack, 'HelpDesk', { assumedBy: new AccountPrincipal('111122223333') });
    const reset = new AdminPasswordReset(stack, 'Reset', { userPool: importedPool(stack) });

    reset.grantInvoke(role);

    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: [
          {
            Effect: 'Allow',
            Action: 'lambda:InvokeFunction',
            Resource: { 'Fn::GetAtt': ['ResetFunction7627FBC0', 'Arn'] },
          },
        ],
      },
      Roles: [{ Ref: Match.stringLikeRegexp('^HelpDesk') }],
    });
    Template.fromStack(stack).resourceCountIs('AWS::Lambda::Permission', 0);
  });

  test.each([
    [
      'a service with a condition on the source ARN',
      new ServicePrincipal('events.amazonaws.com', { conditions: { ArnLike: { 'aws:SourceArn': RULE } } }),
      { Principal: 'events.amazonaws.com', SourceArn: RULE },
    ],
    [
      'a service with a condition on the source account',
      new ServicePrincipal('sns.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': '111122223333' } },
      }),
      { Principal: 'sns.amazonaws.com', SourceAccount: '111122223333' },
    ],
    ['another account', new AccountPrincipal('444455556666'), { Principal: '444455556666' }],
  ])('grants permission to %s in the resource policy of the function', (_, principal, expected) => {
    const stack = new Stack(new App(), 'Stack');
    const reset = new AdminPasswordReset(stack, 'Reset', { userPool: importedPool(stack) });

    reset.grantInvoke(principal);

    Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Permission', {
      Action: 'lambda:InvokeFunction',
      FunctionName: { 'Fn::GetAtt': ['ResetFunction7627FBC0', 'Arn'] },
      ...expected,
    });
  });

  test('refuses a service without a condition', () => {
    const { reset } = synthesize();
    expect(() => reset.grantInvoke(new ServicePrincipal('sns.amazonaws.com'))).toThrow(
      /^grantee: got the service sns.amazonaws.com without a condition, expected a condition on the ARN of the source, with its account and without a wildcard before it, or on its account: new ServicePrincipal\('sns.amazonaws.com', { conditions: /,
    );
  });
});

describe('the metrics of AdminPasswordReset', () => {
  const { stack, reset } = synthesize();
  const FUNCTION = { name: 'FunctionName', value: { Ref: 'ResetFunction7627FBC0' } };

  test.each([
    ['resets', reset.metricResets(), 'Resets', [FUNCTION]],
    ['all failures', reset.metricFailures(), 'Failures', [FUNCTION]],
    [
      'failures with one error name',
      reset.metricFailures({ errorName: 'UserNotFoundException' }),
      'Failures',
      [{ name: 'ErrorName', value: 'UserNotFoundException' }, FUNCTION],
    ],
  ])('count %s', (_, metric, name, dimensions) => {
    expect(stack.resolve(metric.toMetricConfig().metricStat)).toMatchObject({
      namespace: 'CognitoPasswordReset',
      metricName: name,
      dimensions,
      statistic: 'Sum',
      period: Duration.minutes(5),
    });
  });

  test('measure the duration of invocations', () => {
    expect(stack.resolve(reset.metricDuration().toMetricConfig().metricStat)).toMatchObject({
      namespace: 'AWS/Lambda',
      metricName: 'Duration',
      dimensions: [FUNCTION],
      statistic: 'Average',
    });
  });

  test('keep their dimensions in addition to dimensions of the user', () => {
    const metric = reset.metricFailures({ errorName: 'ResetNotSentError', dimensionsMap: { Extra: 'one' } });
    expect(stack.resolve(metric.toMetricConfig().metricStat?.dimensions)).toEqual([
      { name: 'ErrorName', value: 'ResetNotSentError' },
      { name: 'Extra', value: 'one' },
      FUNCTION,
    ]);
  });

  test('support the options of CloudWatch metrics', () => {
    expect(reset.metricResets({ period: Duration.hours(1), label: 'resets' })).toMatchObject({
      period: Duration.hours(1),
      label: 'resets',
    });
  });

  test('create alarms', () => {
    const stack = new Stack(new App(), 'Stack');
    const reset = new AdminPasswordReset(stack, 'Reset', { userPool: importedPool(stack) });
    const threshold = { threshold: 1, evaluationPeriods: 1 };
    reset.metricFailures({ errorName: 'AccessDeniedException' }).createAlarm(stack, 'Denied', threshold);
    reset.metricResets().createAlarm(stack, 'Resets', threshold);
    reset.metricSigningFailures().createAlarm(stack, 'Signing', threshold);
    reset.metricDuration().createAlarm(stack, 'Duration', threshold);

    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::CloudWatch::Alarm', 4);
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      Namespace: 'CognitoPasswordReset',
      MetricName: 'Failures',
      Dimensions: [
        { Name: 'ErrorName', Value: 'AccessDeniedException' },
        { Name: 'FunctionName', Value: FUNCTION.value },
      ],
      Statistic: 'Sum',
      Threshold: 1,
    });
  });
});

function synthesize(props: Partial<AdminPasswordResetProps> = {}) {
  const stack = new Stack(new App(), 'Stack');
  const reset = new AdminPasswordReset(stack, 'Reset', { userPool: importedPool(stack), ...props });
  return { stack, reset, template: Template.fromStack(stack) };
}

function importedPool(stack: Stack) {
  return UserPool.fromUserPoolId(stack, 'Pool', 'us-east-1_AbCdEfGhI');
}

function resourceOfReset(stack: Stack): unknown {
  const [policy] = policiesOf(stack) as [{ Statement: { Action: string; Resource: unknown }[] }];
  return policy.Statement.find(({ Action }) => Action === 'cognito-idp:AdminResetUserPassword')?.Resource;
}

function joined(...parts: unknown[]) {
  return { 'Fn::Join': ['', parts] };
}

function sorted(statements: object[]): object[] {
  return [...statements].sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)));
}
