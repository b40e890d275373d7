import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import {
  App,
  Aspects,
  Aws,
  CfnCondition,
  type CfnResource,
  Annotations as CoreAnnotations,
  Duration,
  Fn,
  type IResolvable,
  NestedStack,
  Stack,
  Stage,
  Validations,
} from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnUserPool, UserPool, UserPoolEmail, UserPoolOperation, type UserPoolProps } from 'aws-cdk-lib/aws-cognito';
import { type IRole, Policy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Alias, type IKeyRef, Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import { Code, Alias as LambdaAlias, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { SIGNATURE_REASONS } from '../../../lambda/messages/reason';
import {
  AdminPasswordReset,
  type AdminPasswordResetProps,
  type InlineMessageCatalogProps,
  MessageCatalog,
  type MessageTexts,
  OnSigningFailure,
  ResetMessages,
  type ResetMessagesProps,
  UnverifiedSignatureReason,
} from '../../../lib';
import { acknowledgePoolFindings, CONTEXTS, policiesOf, strictApp } from '../../support/synthesis';

const KEY_ARN = 'arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const POOL_ARN = 'arn:aws:cognito-idp:us-east-1:111122223333:userpool/us-east-1_AbCdEfGhI';
const HMAC = { keySpec: KeySpec.HMAC_256, keyUsage: KeyUsage.GENERATE_VERIFY_MAC };
const NEXT_ARN = 'arn:aws:lambda:us-east-1:111122223333:function:next';
const EMAIL = { emailSubject: 'Reset', emailHtml: '<p>{{code}}</p>' };
const SMS = { sms: 'Your code is {{code}}' };

describe.each(CONTEXTS)('ResetMessages with $context', ({ flags }) => {
  test('grants each role only its own actions when the user pool, the messages and the reset are in one stack', () => {
    // GIVEN
    const app = strictApp(flags);
    const stack = new Stack(app, 'Stack');
    const userPool = poolWithSes(stack);

    // WHEN
    const messages = new ResetMessages(stack, 'Messages', { userPool, catalog: catalog() });
    new AdminPasswordReset(stack, 'Reset', { userPool, messages });
    app.synth();

    // THEN
    expect(policiesOf(stack)).toEqual([
      policy(
        { Effect: 'Allow', Action: 'kms:VerifyMac', Resource: arnOf('MessagesSigningKey648C906F') },
        logs('MessagesLogGroup3D9A8883'),
      ),
      policy(
        { Effect: 'Allow', Action: 'cognito-idp:AdminResetUserPassword', Resource: arnOf('PoolD3F588B8') },
        logs('ResetLogGroupDF3A31AA'),
        { Effect: 'Allow', Action: 'kms:GenerateMac', Resource: arnOf('MessagesSigningKey648C906F') },
      ),
    ]);
    Annotations.fromStack(stack).hasNoWarning('*', Match.anyValue());
  });

  test.each([
    ['user pool', ['PoolStack', 'ResetStack']],
    ['reset', ['ResetStack', 'PoolStack']],
  ])('works with the reset in another stack when the stack of the %s is created first', (_, names) => {
    // GIVEN
    const app = strictApp(flags);
    const stacks = Object.fromEntries(names.map((name) => [name, new Stack(app, name)]));
    const { PoolStack, ResetStack } = stacks as { PoolStack: Stack; ResetStack: Stack };
    const userPool = poolWithSes(PoolStack);

    // WHEN
    const messages = new ResetMessages(PoolStack, 'Messages', { userPool, catalog: catalog() });
    new AdminPasswordReset(ResetStack, 'Reset', { userPool, messages });
    app.synth();

    // THEN
    expect(policiesOf(PoolStack)).toEqual([
      policy(
        { Effect: 'Allow', Action: 'kms:VerifyMac', Resource: arnOf('MessagesSigningKey648C906F') },
        logs('MessagesLogGroup3D9A8883'),
      ),
    ]);
    expect(policiesOf(ResetStack)).toEqual([
      policy(
        {
          Effect: 'Allow',
          Action: 'cognito-idp:AdminResetUserPassword',
          Resource: referenceTo(PoolStack, 'PoolD3F588B8'),
        },
        logs('ResetLogGroupDF3A31AA'),
        { Effect: 'Allow', Action: 'kms:GenerateMac', Resource: referenceTo(PoolStack, 'MessagesSigningKey648C906F') },
      ),
    ]);
  });

  test('works with the reset in another stage, which imports the signing key by its ARN', () => {
    // GIVEN
    const app = strictApp(flags);
    const poolStack = new Stack(new Stage(app, 'Identity'), 'Stack');
    const resetStack = new Stack(new Stage(app, 'HelpDesk'), 'Stack');

    // WHEN
    const userPool = poolWithSes(poolStack);
    new ResetMessages(poolStack, 'Messages', { userPool, catalog: catalog() });
    new AdminPasswordReset(resetStack, 'Reset', {
      userPool: UserPool.fromUserPoolArn(resetStack, 'Pool', POOL_ARN),
      signingKey: Key.fromKeyArn(resetStack, 'SigningKey', KEY_ARN),
    });
    app.synth();

    // THEN
    expect(policiesOf(resetStack)).toEqual([
      policy(
        {
          Effect: 'Allow',
          Action: 'cognito-idp:AdminResetUserPassword',
          Resource: POOL_ARN,
        },
        logs('ResetLogGroupDF3A31AA'),
        { Effect: 'Allow', Action: 'kms:GenerateMac', Resource: KEY_ARN },
      ),
    ]);
    Template.fromStack(resetStack).hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: { SIGNING_KEY_ARN: KEY_ARN } },
    });
  });

  test('keeps the other triggers of an L1 user pool', () => {
    // GIVEN
    const app = strictApp(flags);
    const stack = new Stack(app, 'Stack');
    const userPool = new CfnUserPool(stack, 'Pool', {
      emailConfiguration: {
        emailSendingAccount: 'DEVELOPER',
        sourceArn: 'arn:aws:ses:us-east-1:111122223333:identity/a',
      },
      lambdaConfig: { preSignUp: NEXT_ARN, userMigration: NEXT_ARN },
    });
    acknowledgePoolFindings(userPool);

    // WHEN
    const messages = new ResetMessages(stack, 'Messages', { userPool, catalog: catalog() });
    new AdminPasswordReset(stack, 'Reset', { userPool, messages });
    app.synth();

    // THEN
    expect(lambdaConfigOf(stack)).toEqual({
      PreSignUp: NEXT_ARN,
      UserMigration: NEXT_ARN,
      CustomMessage: arnOf('MessagesFunction9468B0EE'),
    });
    Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Permission', {
      Action: 'lambda:InvokeFunction',
      FunctionName: arnOf('MessagesFunction9468B0EE'),
      Principal: 'cognito-idp.amazonaws.com',
      SourceArn: arnOf('Pool'),
    });
  });

  test('keeps the other triggers of an L2 user pool, including triggers that are added later', () => {
    // GIVEN
    const app = strictApp(flags);
    const stack = new Stack(app, 'Stack');
    const other = triggerOf(stack, 'Other');
    const userPool = poolWithSes(stack, { lambdaTriggers: { preSignUp: other } });

    // WHEN
    new ResetMessages(stack, 'Messages', { userPool, catalog: catalog() });
    userPool.addTrigger(UserPoolOperation.POST_CONFIRMATION, other);
    app.synth();

    // THEN
    const otherArn = arnOf(stack.getLogicalId(other.node.defaultChild as CfnResource));
    expect(lambdaConfigOf(stack)).toEqual({
      PreSignUp: otherArn,
      PostConfirmation: otherArn,
      CustomMessage: arnOf('MessagesFunction9468B0EE'),
    });
  });

  test.each([
    ['the stack of the user pool', false],
    ['another stack', true],
  ])('grants permission to invoke next in %s with one more statement', (_, elsewhere) => {
    // GIVEN
    const app = strictApp(flags);
    const nextStack = new Stack(app, 'NextStack');
    const stack = elsewhere ? new Stack(app, 'Stack') : nextStack;
    const next = triggerOf(nextStack, 'Next');
    const userPool = poolWithSes(stack);

    // WHEN
    const messages = new ResetMessages(stack, 'Messages', { userPool, catalog: catalog(), next });
    new AdminPasswordReset(stack, 'Reset', { userPool, messages });
    app.synth();

    // THEN
    const logicalId = nextStack.getLogicalId(next.node.defaultChild as CfnResource);
    const nextArn = elsewhere ? referenceTo(nextStack, logicalId) : arnOf(logicalId);
    expect(policiesOf(stack)).toContainEqual(
      policy(
        { Effect: 'Allow', Action: 'kms:VerifyMac', Resource: arnOf('MessagesSigningKey648C906F') },
        logs('MessagesLogGroup3D9A8883'),
        { Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: nextArn },
      ),
    );
    Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: { NEXT_FUNCTION_ARN: nextArn } },
    });
    expect(lambdaConfigOf(stack)).toEqual({ CustomMessage: arnOf('MessagesFunction9468B0EE') });
  });

  test('accepts the existing trigger of the user pool as next, and replaces it in the user pool', () => {
    // GIVEN
    const app = strictApp(flags);
    const stack = new Stack(app, 'Stack');
    const next = triggerOf(stack, 'Next');
    const userPool = poolWithSes(stack, { lambdaTriggers: { customMessage: next } });

    // WHEN
    new ResetMessages(stack, 'Messages', { userPool, catalog: catalog(), next });
    app.synth();

    // THEN
    expect(lambdaConfigOf(stack)).toEqual({ CustomMessage: arnOf('MessagesFunction9468B0EE') });
  });

  test('accepts an existing signing key and a previous one, and creates none', () => {
    const app = strictApp(flags);
    const stack = new Stack(app, 'Stack');
    const userPool = poolWithSes(stack);
    const previousArn = KEY_ARN.replace(/ab$/, 'cd');

    new ResetMessages(stack, 'Messages', {
      userPool,
      catalog: catalog(),
      signingKey: Key.fromKeyArn(stack, 'Current', KEY_ARN),
      previousSigningKey: Key.fromKeyArn(stack, 'Previous', previousArn),
    });
    app.synth();

    expect(policiesOf(stack)).toEqual([
      policy(
        { Effect: 'Allow', Action: 'kms:VerifyMac', Resource: [KEY_ARN, previousArn] },
        logs('MessagesLogGroup3D9A8883'),
      ),
    ]);
    Template.fromStack(stack).resourceCountIs('AWS::KMS::Key', 0);
    Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: { SIGNING_KEY_ARN: KEY_ARN, PREVIOUS_SIGNING_KEY_ARN: previousArn } },
    });
  });
});

describe('ResetMessages with singleUse', () => {
  test('has a table whose records expire, and which the trigger may only update', () => {
    const app = strictApp({});
    const stack = new Stack(app, 'Stack');

    const messages = new ResetMessages(stack, 'Messages', {
      userPool: poolWithSes(stack),
      catalog: catalog(),
      singleUse: true,
    });
    app.synth();

    const template = Template.fromStack(stack);
    const arn = stack.resolve(messages.usedSignaturesTable?.tableArn);
    template.hasResource('AWS::DynamoDB::GlobalTable', {
      DeletionPolicy: 'Delete',
      Properties: {
        KeySchema: [{ AttributeName: 'signature', KeyType: 'HASH' }],
        TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true },
      },
    });
    expect(JSON.stringify(policiesOf(stack))).toContain(
      JSON.stringify({ Action: 'dynamodb:UpdateItem', Effect: 'Allow', Resource: arn }),
    );
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: { USED_SIGNATURES_TABLE_NAME: stack.resolve(messages.usedSignaturesTable?.tableName) },
      },
    });
  });
});

describe('ResetMessages', () => {
  test('refuses a user pool of another stack, with the line to write', () => {
    const app = new App();
    const userPool = new UserPool(new Stack(app, 'PoolStack'), 'Pool');
    const stack = new Stack(app, 'Stack');

    expect(() => new ResetMessages(stack, 'Messages', { userPool, catalog: catalog() })).toThrow(
      "userPool: got a user pool of the stack PoolStack, expected one of this stack (Stack), because the user pool and its trigger would refer to each other across stacks: new ResetMessages(Stack.of(pool), 'Messages', …)",
    );
  });

  test('refuses a user pool that already has ResetMessages', () => {
    const { stack, userPool } = synthesize();
    expect(() => new ResetMessages(stack, 'More', { userPool, catalog: catalog() })).toThrow(
      'userPool: got a user pool that already has ResetMessages (Stack/Messages), expected one without, because a user pool has one custom message trigger: put all templates in one catalog',
    );
  });

  const OWN_TRIGGER =
    '[Stack/Messages] userPool: got a user pool with a custom message trigger of its own, expected none, because a user pool has only one: remove it from the triggers of the user pool and pass it to ResetMessages as next, which is called for all other messages';

  test.each([
    ['without next', false],
    ['with another function as next', true],
  ])('refuses an L2 user pool that has a custom message trigger, %s', (_, withNext) => {
    for (const later of [false, true]) {
      // GIVEN
      const app = new App();
      const stack = new Stack(app, 'Stack');
      const customMessage = triggerOf(stack, 'Trigger');
      const userPool = poolWithSes(stack, later ? {} : { lambdaTriggers: { customMessage } });

      // WHEN
      const next = withNext ? triggerOf(stack, 'Next') : undefined;
      new ResetMessages(stack, 'Messages', { userPool, catalog: catalog(), next });
      if (later) userPool.addTrigger(UserPoolOperation.CUSTOM_MESSAGE, customMessage);

      // THEN
      expect(() => app.synth()).toThrow(OWN_TRIGGER);
    }
  });

  test('refuses an L1 user pool that has a custom message trigger', () => {
    const app = new App();
    const stack = new Stack(app, 'Stack');
    const userPool = new CfnUserPool(stack, 'Pool', { lambdaConfig: { customMessage: NEXT_ARN } });
    new ResetMessages(stack, 'Messages', { userPool, catalog: catalog() });
    expect(() => app.synth()).toThrow(OWN_TRIGGER);
  });

  // https://github.com/aws/aws-cdk/issues/33350: such a pool is an IUserPool without addTrigger, so that overrides remain.
  describe('with overrides of the L1 resource, which are how Amplify changes a user pool', () => {
    type When = 'before' | 'after' | 'by an aspect';
    const ALWAYS: readonly When[] = ['before', 'after', 'by an aspect'];
    const overridden = (when: When, override: (resource: CfnUserPool) => void) => {
      const app = new App();
      const stack = new Stack(app, 'Stack');
      // The aspects of the user pool come after those of the messages.
      const first = new Construct(stack, 'First');
      const userPool = poolWithSes(stack);
      const resource = userPool.node.defaultChild as CfnUserPool;
      if (when === 'before') override(resource);
      new ResetMessages(first, 'Messages', { userPool, catalog: catalog() });
      if (when === 'after') override(resource);
      if (when === 'by an aspect') Aspects.of(resource).add({ visit: () => override(resource) });
      return { app, stack };
    };

    test('refuses a custom message trigger that an override has set before', () => {
      const { app } = overridden('before', (pool) => pool.addPropertyOverride('LambdaConfig.CustomMessage', NEXT_ARN));
      expect(() => app.synth()).toThrow(OWN_TRIGGER.replace('Stack/', 'Stack/First/'));
    });

    test('accepts such a trigger as next, and keeps the other triggers that overrides have set', () => {
      const app = new App();
      const stack = new Stack(app, 'Stack');
      const userPool = poolWithSes(stack);
      const resource = userPool.node.defaultChild as CfnUserPool;
      resource.addPropertyOverride('LambdaConfig', { CustomMessage: NEXT_ARN, PreSignUp: NEXT_ARN });
      new ResetMessages(stack, 'Messages', {
        userPool,
        catalog: catalog(),
        next: LambdaFunction.fromFunctionArn(stack, 'Next', NEXT_ARN),
      });
      resource.addPropertyOverride('LambdaConfig.PostConfirmation', NEXT_ARN);

      expect(lambdaConfigOf(stack)).toEqual({
        PreSignUp: NEXT_ARN,
        PostConfirmation: NEXT_ARN,
        CustomMessage: arnOf('MessagesFunction9468B0EE'),
      });
    });

    test.each<[string, (resource: CfnUserPool) => void]>([
      ['replaces the trigger', (pool) => pool.addPropertyOverride('LambdaConfig.CustomMessage', NEXT_ARN)],
      ['replaces all triggers', (pool) => pool.addPropertyOverride('LambdaConfig', { PreSignUp: NEXT_ARN })],
      ['deletes the trigger', (pool) => pool.addPropertyDeletionOverride('LambdaConfig.CustomMessage')],
      ['deletes all triggers', (pool) => pool.addDeletionOverride('Properties.LambdaConfig')],
    ])('refuses an override that %s later', (_, override) => {
      for (const when of ['after', 'by an aspect'] as const) {
        const { app } = overridden(when, override);
        expect(() => app.synth()).toThrow(
          'userPool: got an override of LambdaConfig that replaces the custom message trigger of ResetMessages, expected none: remove the override, override other triggers by their names, such as LambdaConfig.PreSignUp, and pass a custom message trigger of your own to ResetMessages as next',
        );
      }
    });

    test.each<[string, (pool: CfnUserPool) => void]>([
      [
        'a property',
        (pool) => {
          pool.lambdaConfig = conditionIn(pool, { PreSignUp: NEXT_ARN });
        },
      ],
      ['an override', (pool) => pool.addPropertyOverride('LambdaConfig', conditionIn(pool, { PreSignUp: NEXT_ARN }))],
      [
        'an override in JSON',
        (pool) => pool.addPropertyOverride('LambdaConfig', { 'Fn::If': ['Condition', { PreSignUp: NEXT_ARN }, {}] }),
      ],
    ])('refuses triggers that are decided at deployment, by %s', (_, override) => {
      const { app } = overridden('before', override);
      expect(() => app.synth()).toThrow(
        /userPool: got (a user pool whose LambdaConfig is decided at deployment, expected its triggers one by one|an override of LambdaConfig that replaces)/,
      );
    });

    test.each([
      ['CUSTOM_EMAIL', 'EmailConfiguration.EmailSendingAccount', 'COGNITO_DEFAULT', 'false'],
      ['USERNAME_CASE_INSENSITIVE', 'UsernameConfiguration.CaseSensitive', false, 'true'],
      ['USERNAME_CASE_INSENSITIVE', 'UsernameConfiguration', { CaseSensitive: 'false' }, 'true'],
      ['USERNAME_CASE_INSENSITIVE', 'UsernameConfiguration.CaseSensitive', true, 'false'],
    ])('gives the trigger and the reset %s by the override of %s to %j', (name, path, value, expected) => {
      for (const when of ALWAYS) {
        const { stack } = overridden(when, (pool) => pool.addPropertyOverride(path, value));
        Validations.of(stack).acknowledge({ id: 'CloudFormation-Validate::W9003', reason: 'a text for a boolean' });
        Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', {
          Environment: { Variables: { [name]: expected } },
        });
      }
    });

    test('warns about the default email sender that an override selects', () => {
      for (const when of ALWAYS) {
        const { stack } = overridden(when, (pool) => pool.addPropertyDeletionOverride('EmailConfiguration'));
        const warnings = Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('default sender'));
        expect(warnings).toHaveLength(1);
      }
    });

    test('warns about settings that are decided at deployment, and takes the careful ones', () => {
      const { stack } = overridden('after', (pool) => {
        pool.emailConfiguration = conditionIn(pool, { EmailSendingAccount: 'DEVELOPER' });
        pool.addPropertyOverride('UsernameConfiguration.CaseSensitive', conditionIn(pool, false));
      });

      Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', {
        Environment: { Variables: { CUSTOM_EMAIL: 'false', USERNAME_CASE_INSENSITIVE: 'false' } },
      });
      const annotations = Annotations.fromStack(stack);
      annotations.hasWarning(
        '/Stack/First/Messages',
        Match.stringLikeRegexp(
          "^userPool: got a user pool whose EmailSendingAccount is decided at deployment, and is taken for Cognito's default sender, which does not support",
        ),
      );
      annotations.hasWarning(
        '/Stack/First/Messages',
        Match.stringLikeRegexp(
          '^userPool: got a user pool whose CaseSensitive is decided at deployment, and is taken for case-sensitive: name users exactly as the user pool does, or set CaseSensitive to true or false',
        ),
      );
    });
  });

  // https://github.com/aws/aws-cdk/issues/7016
  describe('with a next that depends on the user pool', () => {
    type Given = { stack: Stack; userPool: UserPool; next: LambdaFunction };
    const PLACES: readonly [string, (app: App, stack: Stack) => Stack][] = [
      ['the stack of the user pool', (_, stack) => stack],
      ['another stack', (app) => new Stack(app, 'Other')],
      ['a nested stack', (_, stack) => new NestedStack(stack, 'Nested')],
    ];
    const given = (place: (app: App, stack: Stack) => Stack) => {
      const app = strictApp();
      const stack = new Stack(app, 'Stack');
      const userPool = poolWithSes(stack);
      const next = new LambdaFunction(place(app, stack), 'Next', {
        runtime: Runtime.NODEJS_24_X,
        handler: 'index.handler',
        code: Code.fromInline('exports.handler = async (event) => event;'),
      });
      Validations.of(next).acknowledge({
        id: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]',
        reason: 'the role that the CDK creates',
      });
      return { app, stack, userPool, next };
    };
    const listUsers = ({ userPoolArn }: UserPool) =>
      new PolicyStatement({ actions: ['cognito-idp:ListUsers'], resources: [userPoolArn] });

    describe.each(PLACES)('in %s', (_, place) => {
      test.each<[string, (given: Given) => void, string]>([
        [
          'a grant',
          ({ userPool, next }) => userPool.grant(next, 'cognito-idp:ListUsers'),
          'NEXT → NEXT/ServiceRole/DefaultPolicy → Stack/Pool',
        ],
        [
          'a statement',
          ({ userPool, next }) => next.addToRolePolicy(listUsers(userPool)),
          'NEXT → NEXT/ServiceRole/DefaultPolicy → Stack/Pool',
        ],
        [
          'the id of the user pool in an environment variable',
          ({ userPool, next }) => next.addEnvironment('POOL', userPool.userPoolId),
          'NEXT → Stack/Pool',
        ],
        [
          'the id of a client within a text',
          ({ userPool, next }) => next.addEnvironment('CLIENT', `id ${userPool.addClient('Client').userPoolClientId}`),
          'NEXT → Stack/Pool/Client → Stack/Pool',
        ],
        ['a dependency of a construct', ({ userPool, next }) => next.node.addDependency(userPool), 'NEXT → Stack/Pool'],
      ])('refuses %s, and names the way out', (_kind, refer, path) => {
        const { app, stack, userPool, next } = given(place);
        new ResetMessages(stack, 'Messages', { userPool, catalog: catalog(), next });
        refer({ stack, userPool, next });

        expect(() => app.synth()).toThrow(
          `[Stack/Messages] next: got a function that depends on the user pool (${path.replaceAll('NEXT', next.node.path)}), expected one that does not, because the user pool depends on its trigger, and CloudFormation could create neither: instead of environment variables, use userPoolId and callerContext.clientId of the event; instead of a grant, which the function waits for, use a policy of its own, new Policy(Stack.of(pool), 'NextPolicy', { roles: [next.role!], statements: [new PolicyStatement({ actions: […], resources: [pool.userPoolArn] })] })`,
        );
      });

      test('accepts the policy that the error names', () => {
        const { app, stack, userPool, next } = given(place);
        new ResetMessages(stack, 'Messages', { userPool, catalog: catalog(), next });
        new Policy(stack, 'NextPolicy', { roles: [next.role as IRole], statements: [listUsers(userPool)] });

        app.synth();

        expect(policiesOf(stack)).toContainEqual(
          policy({ Effect: 'Allow', Action: 'cognito-idp:ListUsers', Resource: arnOf('PoolD3F588B8') }),
        );
      });
    });

    test('refuses a grant to the function of an alias', () => {
      const { app, stack, userPool, next } = given((_, same) => same);
      const alias = new LambdaAlias(stack, 'Alias', { aliasName: 'live', version: next.currentVersion });
      new ResetMessages(stack, 'Messages', { userPool, catalog: catalog(), next: alias });
      userPool.grant(next, 'cognito-idp:ListUsers');

      expect(() => app.synth()).toThrow('next: got a function that depends on the user pool (Stack/Alias → ');
    });
  });

  test('refuses next together with a self-service template', () => {
    const stack = new Stack(new App(), 'Stack');
    expect(
      () =>
        new ResetMessages(stack, 'Messages', {
          userPool: poolWithSes(stack),
          catalog: catalog({ selfServiceTemplate: 'reset' }),
          next: triggerOf(stack, 'Next'),
        }),
    ).toThrow(
      'next: got a function although the catalog has a selfServiceTemplate, expected only one of them: next writes the messages that users request themselves',
    );
  });

  test.each<[string, (stack: Stack) => IKeyRef]>([
    ['an imported alias', (stack) => Alias.fromAliasName(stack, 'Alias', 'alias/signing')],
    [
      'the ARN of an alias',
      (stack) => Key.fromKeyArn(stack, 'Key', `arn:${Aws.PARTITION}:kms:us-east-1:111122223333:alias/a`),
    ],
    [
      'an alias of the app',
      (stack) => new Alias(stack, 'Alias', { aliasName: 'signing', targetKey: new Key(stack, 'Key', HMAC) }),
    ],
  ])('refuses %s as signing key', (_, keyIn) => {
    const stack = new Stack(new App(), 'Stack');
    const signingKey = keyIn(stack);
    expect(
      () => new ResetMessages(stack, 'Messages', { userPool: poolWithSes(stack), catalog: catalog(), signingKey }),
    ).toThrow(/^signingKey: got .+, expected the ARN of a KMS key/);
  });

  test.each<[string, object]>([
    ['SYMMETRIC_DEFAULT and the usage ENCRYPT_DECRYPT', {}],
    ['HMAC_512 and the usage GENERATE_VERIFY_MAC', { ...HMAC, keySpec: KeySpec.HMAC_512 }],
  ])('refuses a signing key with the spec %s, as does AdminPasswordReset', (spec, props) => {
    const app = new App();
    const stack = new Stack(app, 'Stack');
    const userPool = poolWithSes(stack);
    const signingKey = new Key(stack, 'Key', props);
    const expected = `signingKey: got a key with the spec ${spec}, expected one that makes MACs: new Key(this, 'SigningKey', { keySpec: KeySpec.HMAC_256, keyUsage: KeyUsage.GENERATE_VERIFY_MAC })`;
    new ResetMessages(stack, 'Messages', { userPool, catalog: catalog(), signingKey });
    new AdminPasswordReset(stack, 'Reset', { userPool, signingKey });
    expect(() => app.synth()).toThrow(`[Stack/Messages] ${expected}`);
    expect(() => app.synth()).toThrow(`[Stack/Reset] ${expected}`);
  });

  test.each<[string, boolean]>([
    ['refuses an HMAC key that an override makes symmetric', true],
    ['accepts a symmetric key that an override makes an HMAC key', false],
  ])('%s', (_, refused) => {
    const app = new App();
    const stack = new Stack(app, 'Stack');
    const signingKey = new Key(stack, 'Key', refused ? HMAC : {});
    new ResetMessages(stack, 'Messages', { userPool: poolWithSes(stack), catalog: catalog(), signingKey });
    const resource = signingKey.node.defaultChild as CfnResource;
    resource.addPropertyOverride('KeySpec', refused ? 'SYMMETRIC_DEFAULT' : 'HMAC_256');
    resource.addPropertyOverride('KeyUsage', refused ? 'ENCRYPT_DECRYPT' : 'GENERATE_VERIFY_MAC');

    if (refused) expect(() => app.synth()).toThrow('[Stack/Messages] signingKey: got a key with the spec SYMMETRIC_');
    else expect(() => app.synth()).not.toThrow();
  });

  test('accepts a user pool after another ResetMessages has failed to be created', () => {
    const stack = new Stack(new App(), 'Stack');
    const imported = UserPool.fromUserPoolId(stack, 'Imported', 'us-east-1_AbCdEfGhI');
    expect(() => new ResetMessages(stack, 'Failed', { userPool: imported, catalog: catalog() })).toThrow();
    expect(
      () => new ResetMessages(stack, 'Messages', { userPool: poolWithSes(stack), catalog: catalog() }),
    ).not.toThrow();
  });

  const ALIAS = 'arn:aws:kms:us-east-1:111122223333:alias/signing';
  test.each(['signingKey', 'previousSigningKey'])('refuses the ARN of an alias as %s', (property) => {
    const stack = new Stack(new App(), 'Stack');
    const key = Key.fromKeyArn(stack, 'Key', ALIAS);
    expect(
      () => new ResetMessages(stack, 'Messages', { userPool: poolWithSes(stack), catalog: catalog(), [property]: key }),
    ).toThrow(
      `${property}: got ${ALIAS}, expected the ARN of a KMS key, such as arn:aws:kms:eu-west-1:111122223333:key/…; a policy cannot name a key by an alias`,
    );
  });
});

test('ResetMessages accepts an HMAC key of the app, and creates none', () => {
  const stack = new Stack(new App(), 'Stack');
  const signingKey = new Key(stack, 'Key', HMAC);
  new ResetMessages(stack, 'Messages', { userPool: poolWithSes(stack), catalog: catalog(), signingKey });
  Template.fromStack(stack).resourceCountIs('AWS::KMS::Key', 1);
});

test('AdminPasswordReset warns if it does not use the messages of its user pool', () => {
  const { stack, userPool } = synthesize();
  new AdminPasswordReset(stack, 'Without', { userPool });
  new AdminPasswordReset(stack, 'WithKey', { userPool, signingKey: Key.fromKeyArn(stack, 'Key', KEY_ARN) });

  const warnings = Annotations.fromStack(stack).findWarning('*', Match.anyValue());
  expect(warnings.map(({ id }) => id)).toEqual(['/Stack/Without']);
  expect(warnings[0]?.entry.data).toMatch(
    /^messages: got none, but the user pool has Stack\/Messages: pass it as messages, so that resets can select one of its messages/,
  );
});

test.each([
  'arn:aws-cn:kms:cn-north-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
  'arn:aws-us-gov:kms:us-gov-west-1:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab',
])('ResetMessages accepts the signing key %s', (arn) => {
  const stack = new Stack(new App(), 'Stack');
  const messages = new ResetMessages(stack, 'Messages', {
    userPool: poolWithSes(stack),
    catalog: catalog(),
    signingKey: Key.fromKeyArn(stack, 'Key', arn),
  });
  expect(messages.signingKeyArn).toBe(arn);
});

test('AdminPasswordReset accepts another construct for the user pool of its messages', () => {
  const { stack, messages, userPool } = synthesize();
  const resource = userPool.node.defaultChild as CfnUserPool;
  expect(() => new AdminPasswordReset(stack, 'Another', { userPool: resource, messages })).not.toThrow();
});

test('AdminPasswordReset has a metric of resets that could not be signed', () => {
  const { stack, userPool } = synthesize();
  const reset = new AdminPasswordReset(stack, 'Another', { userPool });
  expect(stack.resolve(reset.metricSigningFailures().toMetricConfig().metricStat)).toMatchObject({
    namespace: 'CognitoPasswordReset',
    metricName: 'SigningFailures',
    statistic: 'Sum',
    dimensions: [{ name: 'FunctionName', value: stack.resolve(reset.lambdaFunction.functionName) }],
  });
});

describe('AdminPasswordReset refuses', () => {
  const reset = (scope: Construct, props: AdminPasswordResetProps) => () =>
    new AdminPasswordReset(scope, 'Another', props);

  test('messages for another user pool', () => {
    const { stack, messages } = synthesize();
    expect(reset(stack, { userPool: new UserPool(stack, 'Other'), messages })).toThrow(
      'messages: got ResetMessages of the user pool Stack/Pool, expected ResetMessages of Stack/Other: give both constructs the same userPool',
    );
  });

  test('messages of another stage, with the line to write', () => {
    const { stack, messages, userPool } = synthesize();
    const other = new Stack(new Stage(stack.node.root, 'Other'), 'Stack');
    expect(reset(other, { userPool, messages })).toThrow(
      "messages: got ResetMessages of another stage, expected ResetMessages of the same stage: pass their key instead, signingKey: Key.fromKeyArn(this, 'SigningKey', arn), where arn is their signingKeyArn",
    );
  });

  test('messages together with a signing key', () => {
    const { stack, messages, userPool } = synthesize();
    expect(reset(stack, { userPool, messages, signingKey: Key.fromKeyArn(stack, 'Key', KEY_ARN) })).toThrow(
      'signingKey: got a key and messages, expected only one of them: messages have their own key',
    );
  });

  test('the ARN of an alias as signing key', () => {
    const { stack, userPool } = synthesize();
    const alias = 'arn:aws:kms:us-east-1:111122223333:alias/signing';
    expect(reset(stack, { userPool, signingKey: Key.fromKeyArn(stack, 'Key', alias) })).toThrow(
      `signingKey: got ${alias}, expected the ARN of a KMS key`,
    );
  });

  test('onSigningFailure without messages and without a signing key', () => {
    const { stack, userPool } = synthesize();
    expect(reset(stack, { userPool, onSigningFailure: OnSigningFailure.RESET })).toThrow(
      'onSigningFailure: got a value without messages or signingKey, expected one of them as well',
    );
  });
});

describe('the custom message trigger', () => {
  test('has its runtime, memory, timeout, logging and environment variables', () => {
    synthesize().template.hasResourceProperties('AWS::Lambda::Function', {
      Handler: 'index.handler',
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      MemorySize: 512,
      Timeout: 5,
      LoggingConfig: { LogFormat: 'JSON', LogGroup: { Ref: 'MessagesLogGroup3D9A8883' } },
      Environment: {
        Variables: {
          SIGNING_KEY_ARN: arnOf('MessagesSigningKey648C906F'),
          CUSTOM_EMAIL: 'true',
          PREVIOUS_SIGNING_KEY_ARN: Match.absent(),
          NEXT_FUNCTION_ARN: Match.absent(),
          USERNAME_CASE_INSENSITIVE: 'false',
        },
      },
    });
  });

  test('is created before the function of the reset', () => {
    synthesize().template.hasResource('AWS::Lambda::Function', {
      Properties: { Role: arnOf('ResetRole6A9E0640') },
      DependsOn: Match.arrayWith(['MessagesFunction9468B0EE']),
    });
  });

  test('is created after its role and its policy', () => {
    synthesize().template.hasResource('AWS::Lambda::Function', {
      DependsOn: Match.arrayWith(['MessagesPolicyE0A86CDA', 'MessagesRole6B73609F']),
    });
  });

  test('writes to a new log group that is retained, or to the given one', () => {
    synthesize().template.hasResource('AWS::Logs::LogGroup', { DeletionPolicy: 'Retain' });

    const stack = new Stack(new App(), 'Stack');
    const logGroup = new LogGroup(stack, 'Given');
    new ResetMessages(stack, 'Messages', { userPool: poolWithSes(stack), catalog: catalog(), logGroup });
    Template.fromStack(stack).resourceCountIs('AWS::Logs::LogGroup', 1);
    Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', {
      LoggingConfig: { LogGroup: stack.resolve(logGroup.logGroupName) },
    });
  });

  test.each([
    [undefined, 'false'],
    [true, 'false'],
    [false, 'true'],
  ])(
    'gets USERNAME_CASE_INSENSITIVE as the reset does when signInCaseSensitive is %s: %s',
    (signInCaseSensitive, expected) => {
      const { stack } = synthesize({}, { signInCaseSensitive });
      const functions = Object.values(Template.fromStack(stack).findResources('AWS::Lambda::Function'));
      expect(functions.map(({ Properties }) => Properties.Environment.Variables.USERNAME_CASE_INSENSITIVE)).toEqual([
        expected,
        expected,
      ]);
    },
  );
});

test.each([
  [undefined, undefined],
  [OnSigningFailure.RESET, undefined],
  [OnSigningFailure.FAIL, 'true'],
])('AdminPasswordReset with onSigningFailure %s sets FAIL_WITHOUT_SIGNATURE to %s', (onSigningFailure, expected) => {
  const { template } = synthesize({}, {}, { onSigningFailure });
  template.hasResourceProperties('AWS::Lambda::Function', {
    Role: arnOf('ResetRole6A9E0640'),
    Environment: { Variables: { FAIL_WITHOUT_SIGNATURE: expected ?? Match.absent() } },
  });
});

describe('the signing key', () => {
  test('generates and verifies MACs, is retained, and has a fixed logical id', () => {
    const { template } = synthesize();
    template.hasResource('AWS::KMS::Key', {
      Properties: { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' },
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
    });
    expect(Object.keys(template.findResources('AWS::KMS::Key'))).toEqual(['MessagesSigningKey648C906F']);
    // The IAM policies of the account decide who may use the key.
    expect(template.findResources('AWS::KMS::Key').MessagesSigningKey648C906F?.Properties.KeyPolicy.Statement).toEqual([
      {
        Effect: 'Allow',
        Action: 'kms:*',
        Resource: '*',
        Principal: {
          AWS: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':iam::', { Ref: 'AWS::AccountId' }, ':root']] },
        },
      },
    ]);
  });

  test('is exposed by its ARN', () => {
    const { stack, messages } = synthesize();
    expect(stack.resolve(messages.signingKeyArn)).toEqual(arnOf('MessagesSigningKey648C906F'));
  });
});

describe('ResetMessages and email', () => {
  test.each<[string, UserPoolProps, string]>([
    ['Amazon SES', { email: UserPoolEmail.withSES({ fromEmail: 'no-reply@example.com' }) }, 'true'],
    ["Cognito's default sender", { email: UserPoolEmail.withCognito() }, 'false'],
    ['an unspecified sender', {}, 'false'],
  ])('enables email messages only with Amazon SES, and warns otherwise: %s', (_, props, expected) => {
    const stack = new Stack(new App(), 'Stack', { env: { account: '111122223333', region: 'us-east-1' } });
    const userPool = new UserPool(stack, 'Pool', props);
    new ResetMessages(stack, 'Messages', { userPool, catalog: catalog() });

    Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: { CUSTOM_EMAIL: expected } },
    });
    const warnings = Annotations.fromStack(stack).findWarning(
      '/Stack/Messages',
      Match.stringLikeRegexp("^userPool: got a user pool that sends email with Cognito's default sender"),
    );
    expect(warnings).toHaveLength(expected === 'true' ? 0 : 1);
  });

  test('warns if only one of several templates has an email message', () => {
    const stack = new Stack(new App(), 'Stack');
    const templates = { a: { en: SMS }, b: { en: EMAIL } };
    new ResetMessages(stack, 'Messages', { userPool: new UserPool(stack, 'Pool'), catalog: catalog({ templates }) });
    Annotations.fromStack(stack).hasWarning('/Stack/Messages', Match.stringLikeRegexp('default sender'));
  });

  test('does not warn about a catalog that has SMS messages only', () => {
    const stack = new Stack(new App(), 'Stack');
    new ResetMessages(stack, 'Messages', { userPool: new UserPool(stack, 'Pool'), catalog: catalog({}, SMS) });
    Annotations.fromStack(stack).hasNoWarning('*', Match.anyValue());
  });

  test('reads the configuration of the user pool when the template is written', () => {
    const stack = new Stack(new App(), 'Stack');
    const userPool = new CfnUserPool(stack, 'Pool');
    new ResetMessages(stack, 'Messages', { userPool, catalog: catalog() });
    userPool.emailConfiguration = { emailSendingAccount: 'DEVELOPER' };
    userPool.usernameConfiguration = { caseSensitive: false };

    Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: { CUSTOM_EMAIL: 'true', USERNAME_CASE_INSENSITIVE: 'true' } },
    });
    Annotations.fromStack(stack).hasNoWarning('*', Match.anyValue());
  });
});

/**
 * With a custom sender Cognito invokes it instead of sending.
 *
 * @see https://github.com/faiscadev/fakecloud/pull/736
 * @see https://github.com/aws/aws-cdk/issues/15863 for `lambdaConfig` of an L1 construct
 */
describe('ResetMessages and custom senders', () => {
  const WARNINGS = {
    customEmailSender: Match.stringLikeRegexp('^userPool: got a user pool with a custom email sender.* email messages'),
    customSmsSender: Match.stringLikeRegexp('^userPool: got a user pool with a custom SMS sender.* SMS messages'),
  };
  const SENDERS = [
    ['customEmailSender', UserPoolOperation.CUSTOM_EMAIL_SENDER],
    ['customSmsSender', UserPoolOperation.CUSTOM_SMS_SENDER],
  ] as const;

  function expectOnlyWarning(stack: Stack, name: keyof typeof WARNINGS | undefined): void {
    const annotations = Annotations.fromStack(stack);
    expect(annotations.findWarning('*', Match.anyValue())).toHaveLength(name === undefined ? 0 : 1);
    if (name !== undefined) annotations.hasWarning('/Stack/Messages', WARNINGS[name]);
  }

  const pools = SENDERS.flatMap(([name, operation]) =>
    (['before', 'after'] as const).map((when) => [name, when, operation] as const),
  );

  test.each(pools)('warns about a %s of an L2 user pool that is added %s them', (name, when, operation) => {
    // GIVEN
    const stack = new Stack(new App(), 'Stack');
    const userPool = poolWithSes(stack, { customSenderKmsKey: new Key(stack, 'SenderKey') });
    const addSender = () => userPool.addTrigger(operation, triggerOf(stack, 'Sender'));

    // WHEN
    if (when === 'before') addSender();
    new ResetMessages(stack, 'Messages', { userPool, catalog: catalog() });
    if (when === 'after') addSender();

    // THEN
    expectOnlyWarning(stack, name);
  });

  test.each(pools)('warns about a %s of an L1 user pool that is set %s them', (name, when) => {
    // GIVEN
    const stack = new Stack(new App(), 'Stack');
    const userPool = new CfnUserPool(stack, 'Pool', { emailConfiguration: { emailSendingAccount: 'DEVELOPER' } });
    const setSender = () => {
      userPool.lambdaConfig = { [name]: { lambdaArn: NEXT_ARN, lambdaVersion: 'V1_0' }, kmsKeyId: KEY_ARN };
    };

    // WHEN
    if (when === 'before') setSender();
    new ResetMessages(stack, 'Messages', { userPool, catalog: catalog() });
    if (when === 'after') setSender();

    // THEN
    expectOnlyWarning(stack, name);
  });

  test.each([
    ['customEmailSender', SMS],
    ['customSmsSender', EMAIL],
  ])('does not warn about a %s when the catalog has none of its messages', (name, texts) => {
    const stack = new Stack(new App(), 'Stack');
    const userPool = poolWithSes(stack);
    (userPool.node.defaultChild as CfnUserPool).lambdaConfig = { [name]: { lambdaArn: NEXT_ARN } };
    new ResetMessages(stack, 'Messages', { userPool, catalog: catalog({}, texts) });
    expectOnlyWarning(stack, undefined);
  });

  test("warns about a custom email sender instead of Cognito's default sender, which does not send either", () => {
    const stack = new Stack(new App(), 'Stack');
    const userPool = new CfnUserPool(stack, 'Pool', { lambdaConfig: { customEmailSender: { lambdaArn: NEXT_ARN } } });
    new ResetMessages(stack, 'Messages', { userPool, catalog: catalog() });
    expectOnlyWarning(stack, 'customEmailSender');
  });

  test.each(SENDERS)('has a warning about a %s that can be acknowledged', (name) => {
    const stack = new Stack(new App(), 'Stack');
    const userPool = poolWithSes(stack);
    (userPool.node.defaultChild as CfnUserPool).lambdaConfig = { [name]: { lambdaArn: NEXT_ARN } };
    const messages = new ResetMessages(stack, 'Messages', { userPool, catalog: catalog() });
    CoreAnnotations.of(messages).acknowledgeWarning(`cdk-cognito-password-reset:${name}`);
    expectOnlyWarning(stack, undefined);
  });
});

test('ResetMessages adds the warnings of the catalog to its annotations', () => {
  const stack = new Stack(new App(), 'Stack');
  const long = { sms: `Your code is {{code}}. ${'ü'.repeat(10)}${'ж'.repeat(60)}` };
  new ResetMessages(stack, 'Messages', { userPool: poolWithSes(stack), catalog: catalog({}, long) });
  Annotations.fromStack(stack).hasWarning('/Stack/Messages', Match.stringLikeRegexp('templates\\.reset\\.en\\.sms'));
});

describe('the metric of ResetMessages', () => {
  const { stack, messages } = synthesize();
  const FUNCTION = { name: 'FunctionName', value: { Ref: 'MessagesFunction9468B0EE' } };

  test('counts all signatures that were not verified', () => {
    const metric = messages.metricUnverifiedSignatures();
    expect(stack.resolve(metric.toMetricConfig().metricStat)).toMatchObject({
      namespace: 'CognitoPasswordReset',
      metricName: 'UnverifiedSignatures',
      dimensions: [FUNCTION],
      statistic: 'Sum',
      period: Duration.minutes(5),
    });
  });

  test.each(Object.values(UnverifiedSignatureReason))('counts those with the reason %s', (reason) => {
    const metric = messages.metricUnverifiedSignatures({
      reason,
      period: Duration.hours(1),
      dimensionsMap: { a: 'b' },
    });
    expect(stack.resolve(metric.toMetricConfig().metricStat)).toMatchObject({
      metricName: 'UnverifiedSignatures',
      dimensions: [FUNCTION, { name: 'Reason', value: reason }, { name: 'a', value: 'b' }],
      period: Duration.hours(1),
    });
  });

  test('has exactly the reasons that the trigger counts', () => {
    expect(Object.values(UnverifiedSignatureReason).sort()).toEqual([...SIGNATURE_REASONS].sort());
  });

  test('makes an alarm over all reasons, which is no metric math', () => {
    const synthesized = synthesize();
    const metric = synthesized.messages.metricUnverifiedSignatures();
    new Alarm(synthesized.stack, 'Alarm', { metric, threshold: 10, evaluationPeriods: 1 });
    synthesized.template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      Namespace: 'CognitoPasswordReset',
      MetricName: 'UnverifiedSignatures',
      Dimensions: [{ Name: 'FunctionName', Value: { Ref: 'MessagesFunction9468B0EE' } }],
      Metrics: Match.absent(),
    });
  });
});

describe('the asset of the trigger', () => {
  const assetOf = (texts: MessageTexts) => {
    const app = new App();
    const stack = new Stack(app, 'Stack');
    new ResetMessages(stack, 'Messages', { userPool: poolWithSes(stack), catalog: catalog({}, texts) });
    const [asset = ''] = readdirSync(app.synth().directory).filter((name) => name.startsWith('asset.'));
    return { name: asset, folder: join(app.outdir, asset) };
  };

  test('contains only the bundle and the catalog', () => {
    const { folder } = assetOf(EMAIL);
    const bundle = resolve(__dirname, '..', '..', '..', 'assets', 'messages');

    expect(readdirSync(folder).sort()).toEqual([...readdirSync(bundle), 'catalog.json'].sort());
    for (const file of readdirSync(bundle)) {
      expect(readFileSync(join(folder, file)).equals(readFileSync(join(bundle, file)))).toBe(true);
    }
    expect(JSON.parse(readFileSync(join(folder, 'catalog.json'), 'utf8')).templates).toEqual({
      reset: { en: { email: { subject: ['Reset'], html: ['<p>', { code: true }, '</p>'] } } },
    });
  });

  test('has a hash that changes only when a text changes', () => {
    const { name } = assetOf(EMAIL);
    expect(assetOf({ ...EMAIL }).name).toBe(name);
    expect(assetOf({ ...EMAIL, emailSubject: 'reset' }).name).not.toBe(name);
  });

  test('exists if asset staging is disabled', () => {
    const app = new App({ context: { 'aws:cdk:disable-asset-staging': true } });
    const stack = new Stack(app, 'Stack');
    new ResetMessages(stack, 'Messages', { userPool: poolWithSes(stack), catalog: catalog() });
    const { files } = JSON.parse(readFileSync(join(app.synth().directory, 'Stack.assets.json'), 'utf8'));

    const folders = Object.values<{ source: { path: string } }>(files).map(({ source }) => source.path);
    const [folder = ''] = folders.filter((path) => path.startsWith(tmpdir()));
    expect(readdirSync(folder)).toContain('catalog.json');
    rmSync(folder, { recursive: true });
  });

  test('leaves no files in the temporary folder', () => {
    // A folder that no other test uses.
    const { TMPDIR } = process.env;
    const folder = mkdtempSync(join(tmpdir(), 'asset-'));
    process.env.TMPDIR = folder;
    assetOf(SMS);
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;

    // Only the cloud assembly is there.
    expect(readdirSync(folder).filter((name) => !name.startsWith('cdk.out'))).toEqual([]);
    rmSync(folder, { recursive: true });
  });
});

function synthesize(
  props: Partial<ResetMessagesProps> = {},
  poolProps: UserPoolProps = {},
  resetProps: Partial<AdminPasswordResetProps> = {},
) {
  const stack = new Stack(new App(), 'Stack');
  const userPool = poolWithSes(stack, poolProps);
  const messages = new ResetMessages(stack, 'Messages', { userPool, catalog: catalog(), ...props });
  new AdminPasswordReset(stack, 'Reset', { userPool, messages, ...resetProps });
  return {
    stack,
    userPool,
    messages,
    get template() {
      return Template.fromStack(stack);
    },
  };
}

function catalog(props: Partial<InlineMessageCatalogProps> = {}, texts: MessageTexts = { ...EMAIL, ...SMS }) {
  return MessageCatalog.fromInline({ defaultLocale: 'en', templates: { reset: { en: texts } }, ...props });
}

function poolWithSes(stack: Stack, props: UserPoolProps = {}): UserPool {
  const email = UserPoolEmail.withSES({ fromEmail: 'no-reply@example.com', sesRegion: 'us-east-1' });
  const userPool = new UserPool(stack, 'Pool', { email, ...props });
  acknowledgePoolFindings(userPool);
  return userPool;
}

function triggerOf(stack: Stack, id: string): LambdaFunction {
  return new LambdaFunction(stack, id, {
    runtime: Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: Code.fromInline('exports.handler = async (event) => event;'),
    role: new Role(stack, `${id}Role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') }),
  });
}

function conditionIn(userPool: CfnUserPool, value: unknown): IResolvable {
  const { stack } = userPool;
  if (stack.node.tryFindChild('Condition') === undefined) {
    new CfnCondition(stack, 'Condition', { expression: Fn.conditionEquals(Aws.REGION, 'us-east-1') });
  }
  return Fn.conditionIf('Condition', value, Aws.NO_VALUE);
}

function policy(...Statement: object[]) {
  return { Version: '2012-10-17', Statement };
}

function logs(logGroup: string) {
  return { Effect: 'Allow', Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: arnOf(logGroup) };
}

function arnOf(logicalId: string) {
  return { 'Fn::GetAtt': [logicalId, 'Arn'] };
}

/** A reference to the ARN of a resource from another stack: an export, or an output with the recommended flags. */
function referenceTo(stack: Stack, logicalId: string): unknown {
  const outputs = Object.entries(Template.fromStack(stack).findOutputs('*'));
  const [OutputName, output] = outputs.find(([, { Value }]) => Value['Fn::GetAtt']?.[0] === logicalId) ?? [];
  return output?.Export
    ? { 'Fn::ImportValue': output.Export.Name }
    : { 'Fn::GetStackOutput': { StackName: stack.stackName, Region: { Ref: 'AWS::Region' }, OutputName } };
}

function lambdaConfigOf(stack: Stack): unknown {
  const [userPool] = Object.values(Template.fromStack(stack).findResources('AWS::Cognito::UserPool'));
  return userPool?.Properties.LambdaConfig;
}
