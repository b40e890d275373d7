import { Duration, RemovalPolicy, type Stack, type StackProps } from 'aws-cdk-lib';
import { CfnUserPool, Mfa, UserPool, UserPoolEmail } from 'aws-cdk-lib/aws-cognito';
import { SecurityGroup, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { AccountPrincipal, PrincipalWithConditions, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import {
  Architecture,
  Code,
  CodeSigningConfig,
  Function as LambdaFunction,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { DefinitionBody, JsonPath, QueryLanguage, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import {
  AdminPasswordReset,
  BulkPasswordReset,
  type BundledFunctionOptions,
  MessageCatalog,
  OnSigningFailure,
  OriginationNumberType,
  OriginationPhoneNumber,
  OriginationPool,
  OriginationSenderId,
  ResetMessages,
  SmsDelivery,
  SmsReadiness,
  SmsReadinessOnDeployment,
  SnsSmsDelivery,
  UserPoolGrants,
} from '../../lib';

/** Defines the constructs of a stack; its props say where the stack is deployed. */
interface StackDefinition {
  readonly define: (stack: Stack) => void;
  readonly props?: StackProps;
}

const NUMBER = 'arn:aws:sms-voice:us-east-1:111122223333:phone-number/phone-0123456789abcdef0123456789abcdef';
const CODE_SIGNING = 'arn:aws:lambda:us-east-1:111122223333:code-signing-config:csc-0123456789abcdef0';
const IN_US_EAST_1 = { env: { account: '111122223333', region: 'us-east-1' } };
const TEXTS = { helpMessage: 'Write to help@example.com', stopMessage: 'You get no more messages' };

const imported = (stack: Stack) => UserPool.fromUserPoolId(stack, 'Users', 'eu-west-1_AbCdEfGhI');
const owned = (stack: Stack) =>
  new UserPool(stack, 'Users', {
    signInAliases: { email: true, phone: true },
    email: UserPoolEmail.withSES({ fromEmail: 'no-reply@example.com', sesRegion: 'us-east-1' }),
    mfa: Mfa.OPTIONAL,
  });
const level1 = (stack: Stack) => new CfnUserPool(stack, 'Users', { usernameConfiguration: { caseSensitive: false } });
const lambdaFunction = (stack: Stack, id: string) =>
  new LambdaFunction(stack, id, {
    runtime: Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: Code.fromInline('exports.handler = async (event) => event;'),
  });
const catalog = () =>
  MessageCatalog.fromInline({
    defaultLocale: 'en',
    attributes: { given_name: 30 },
    metadata: { ticket: 20 },
    templates: {
      reset: {
        en: {
          emailSubject: 'Choose a new password',
          emailHtml: '<p>Hello {{attribute.given_name}}, {{code}}, {{metadata.ticket}}</p>',
          sms: 'Your code is {{code}}',
        },
        de: {
          emailSubject: 'Neues Passwort',
          emailHtml: '<p>Hallo {{attribute.given_name}}, {{code}}, {{metadata.ticket}}</p>',
          sms: 'Ihr Code ist {{code}}',
        },
      },
    },
  });
const hmacKey = (stack: Stack, id: string) =>
  new Key(stack, id, { keySpec: KeySpec.HMAC_256, keyUsage: KeyUsage.GENERATE_VERIFY_MAC });
const number = (stack: Stack) =>
  new OriginationPhoneNumber(stack, 'Number', {
    isoCountryCode: 'US',
    numberType: OriginationNumberType.TOLL_FREE,
    ...TEXTS,
    keywords: [{ keyword: 'INFO', message: 'See example.com' }],
    optOutListName: 'resets',
    removalPolicy: RemovalPolicy.DESTROY,
  });

/** Every function of the library, with the same options. */
export function defineFunctions(stack: Stack, options: BundledFunctionOptions): void {
  const userPool = imported(stack);
  const ofUserPool = { sendsThroughSes: true, caseSensitive: true, attach: true };
  const messages = new ResetMessages(stack, 'Messages', { userPool, catalog: catalog(), ...ofUserPool, ...options });
  const passwordReset = new AdminPasswordReset(stack, 'Reset', { userPool, messages, ...options });
  const delivery = new SnsSmsDelivery(stack, 'Sms', { userPool: new UserPool(stack, 'SmsUsers') });
  const smsReadiness = new SmsReadiness(stack, 'Readiness', { delivery, ...options });
  new BulkPasswordReset(stack, 'Bulk', { passwordReset, smsReadiness, ...options });
}

/** The constructs without options, with all options, and with all kinds of user pools. */
export const CONSTRUCTS: Readonly<Record<string, StackDefinition>> = {
  'grants-imported': {
    define: (stack) => {
      const role = new Role(stack, 'HelpDesk', { assumedBy: new AccountPrincipal('111122223333') });
      UserPoolGrants.fromUserPool(imported(stack)).adminResetUserPassword(role);
    },
  },
  'reset-imported': { define: (stack) => void new AdminPasswordReset(stack, 'Reset', { userPool: imported(stack) }) },
  'reset-l1': { define: (stack) => void new AdminPasswordReset(stack, 'Reset', { userPool: level1(stack) }) },
  'reset-l2': { define: (stack) => void new AdminPasswordReset(stack, 'Reset', { userPool: owned(stack) }) },
  'reset-china': {
    define: (stack) => {
      const userPool = UserPool.fromUserPoolId(stack, 'Users', 'cn-north-1_AbCdEfGhI');
      new AdminPasswordReset(stack, 'Reset', { userPool, idempotency: true });
    },
    props: { env: { account: '111122223333', region: 'cn-north-1' } },
  },
  'reset-options': {
    define: (stack) => {
      const reset = new AdminPasswordReset(stack, 'Reset', {
        userPool: owned(stack),
        globalSignOut: true,
        idempotency: true,
        idempotencyExpiresAfter: Duration.hours(2),
        memorySize: 512,
        timeout: Duration.seconds(40),
        onSigningFailure: OnSigningFailure.FAIL,
        signingKey: hmacKey(stack, 'SigningKey'),
        parameterPrefix: '/passwords',
      });
      reset.grantInvoke(new Role(stack, 'HelpDesk', { assumedBy: new AccountPrincipal('111122223333') }));
      reset.grantInvoke(
        new PrincipalWithConditions(new ServicePrincipal('apigateway.amazonaws.com'), {
          ArnLike: { 'aws:SourceArn': `arn:aws:execute-api:${stack.region}:${stack.account}:api/*` },
        }),
      );
    },
  },
  'reset-own-role': {
    define: (stack) =>
      void new AdminPasswordReset(stack, 'Reset', {
        userPool: imported(stack),
        role: new Role(stack, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') }),
      }),
  },
  task: {
    define: (stack) => {
      const reset = new AdminPasswordReset(stack, 'Reset', { userPool: imported(stack), idempotency: true });
      const task = reset.task(stack, 'Reset password', {
        username: JsonPath.stringAt('$.username'),
        idempotencyKey: JsonPath.stringAt('$$.Execution.Id'),
      });
      new StateMachine(stack, 'Workflow', { definitionBody: DefinitionBody.fromChainable(task) });
    },
  },
  'task-jsonata': {
    define: (stack) => {
      const reset = new AdminPasswordReset(stack, 'Reset', { userPool: imported(stack) });
      const task = reset.taskJsonata(stack, 'Reset password', { username: '{% $states.input.username %}' });
      new StateMachine(stack, 'Workflow', {
        definitionBody: DefinitionBody.fromChainable(task),
        queryLanguage: QueryLanguage.JSONATA,
      });
    },
  },
  messages: {
    define: (stack) => {
      const userPool = owned(stack);
      const messages = new ResetMessages(stack, 'Messages', { userPool, catalog: catalog() });
      new AdminPasswordReset(stack, 'Reset', { userPool, messages });
    },
  },
  'messages-imported': {
    define: (stack) =>
      void new ResetMessages(stack, 'Messages', {
        userPool: imported(stack),
        catalog: catalog(),
        sendsThroughSes: true,
        caseSensitive: true,
      }),
  },
  'messages-attached': {
    define: (stack) =>
      void new ResetMessages(stack, 'Messages', {
        userPool: imported(stack),
        catalog: catalog(),
        sendsThroughSes: true,
        caseSensitive: true,
        attach: true,
        smsRole: Role.fromRoleArn(stack, 'SmsRole', 'arn:aws:iam::111122223333:role/sms'),
      }),
  },
  'messages-options': {
    define: (stack) =>
      void new ResetMessages(stack, 'Messages', {
        userPool: level1(stack),
        catalog: catalog(),
        next: lambdaFunction(stack, 'Next'),
        signingKey: hmacKey(stack, 'SigningKey'),
        previousSigningKey: hmacKey(stack, 'PreviousKey'),
        singleUse: true,
        logGroup: new LogGroup(stack, 'Logs'),
      }),
  },
  'sms-direct': {
    define: (stack) => {
      const delivery = new SmsDelivery(stack, 'Sms', {
        userPool: owned(stack),
        origination: OriginationPhoneNumber.fromPhoneNumberArn(stack, 'Number', NUMBER),
        configurationSetName: 'resets',
        replaceExisting: true,
      });
      new SmsReadiness(stack, 'Readiness', { delivery, onDeployment: SmsReadinessOnDeployment.FAIL });
    },
    props: IN_US_EAST_1,
  },
  'sms-pool': {
    define: (stack) => {
      const sender = new OriginationSenderId(stack, 'Sender', { senderId: 'EXAMPLE', isoCountryCode: 'GB' });
      const origination = new OriginationPool(stack, 'Pool', {
        identities: [number(stack), sender],
        optOutListName: 'resets',
        ...TEXTS,
      });
      const delivery = new SmsDelivery(stack, 'Sms', { userPool: level1(stack), origination });
      new SmsReadiness(stack, 'Readiness', { delivery });
    },
    props: IN_US_EAST_1,
  },
  'sms-sns': {
    define: (stack) => {
      const delivery = new SnsSmsDelivery(stack, 'Sms', { userPool: owned(stack), replaceExisting: true });
      new SmsReadiness(stack, 'Readiness', { delivery, logGroup: new LogGroup(stack, 'Logs') });
    },
    props: { env: { account: '111122223333', region: 'us-east-2' } },
  },
  'function-options': {
    define: (stack) => {
      const vpc = new Vpc(stack, 'Vpc', {
        natGateways: 0,
        restrictDefaultSecurityGroup: false,
        maxAzs: 2,
        subnetConfiguration: [{ name: 'Functions', subnetType: SubnetType.PRIVATE_ISOLATED }],
      });
      defineFunctions(stack, {
        tracing: Tracing.ACTIVE,
        reservedConcurrentExecutions: 5,
        architecture: Architecture.X86_64,
        vpc,
        vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
        securityGroups: [new SecurityGroup(stack, 'Group', { vpc })],
        environmentEncryption: new Key(stack, 'EnvironmentKey'),
        logGroup: new LogGroup(stack, 'Logs'),
        codeSigningConfig: CodeSigningConfig.fromCodeSigningConfigArn(stack, 'Signing', CODE_SIGNING),
      });
    },
  },
  bulk: {
    define: (stack) => {
      const passwordReset = new AdminPasswordReset(stack, 'Reset', { userPool: imported(stack) });
      const bulk = new BulkPasswordReset(stack, 'Bulk', { passwordReset });
      const role = new Role(stack, 'Responder', { assumedBy: new AccountPrincipal('111122223333') });
      bulk.grantStart(role);
      bulk.grantStartDryRun(role);
    },
  },
  'bulk-options': {
    define: (stack) => {
      const userPool = owned(stack);
      const messages = new ResetMessages(stack, 'Messages', { userPool, catalog: catalog() });
      const passwordReset = new AdminPasswordReset(stack, 'Reset', { userPool, messages, globalSignOut: true });
      const delivery = new SnsSmsDelivery(stack, 'Sms', { userPool, replaceExisting: true });
      new BulkPasswordReset(stack, 'Bulk', {
        passwordReset,
        maxResetsPerSecond: 20,
        maxUsers: 1000,
        smsReadiness: new SmsReadiness(stack, 'Readiness', { delivery }),
        smsPrice: 0.02,
        expiresAfter: Duration.days(30),
        encryptionKey: new Key(stack, 'Key'),
        logGroup: new LogGroup(stack, 'Logs'),
        stateMachineLogGroup: new LogGroup(stack, 'StateMachineLogs'),
        parameterPrefix: '/passwords',
      });
    },
    props: IN_US_EAST_1,
  },
};
