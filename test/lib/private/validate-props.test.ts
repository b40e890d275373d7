import { App, CfnParameter, Duration, Fn, Stack, Token } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { UserPool } from 'aws-cdk-lib/aws-cognito';
import { JsonPath } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import {
  AdminPasswordReset,
  type AdminPasswordResetProps,
  BulkPasswordReset,
  MessageCatalog,
  OriginationPhoneNumber,
  OriginationPool,
  OriginationSenderId,
  ResetMessages,
  SmsDelivery,
  SmsReadiness,
  SnsSmsDelivery,
  UserPoolGrants,
} from '../../../lib';

// An app in JavaScript, in which nobody checks types.
// biome-ignore lint/suspicious/noExplicitAny: it is what such an app passes
type Untyped = any;
type Type = new (scope: Construct, id: string, props: Untyped) => unknown;

const CONSTRUCTS: readonly Type[] = [
  AdminPasswordReset,
  BulkPasswordReset,
  OriginationPhoneNumber,
  OriginationPool,
  OriginationSenderId,
  ResetMessages,
  SmsDelivery,
  SmsReadiness,
  SnsSmsDelivery,
];

function given() {
  const stack = new Stack(new App(), 'Stack');
  const userPool = new UserPool(stack, 'Users');
  return { stack, userPool, reset: () => new AdminPasswordReset(stack, 'Reset', { userPool }) };
}

const PHONE = 'arn:aws:sms-voice:us-east-1:111122223333:phone-number/phone-1';
const POOL_LINE = "UserPool.fromUserPoolId(this, 'Pool', 'eu-west-1_…')";
const DURATION = 'expected a Duration: Duration.seconds(30), or Duration.days(90)';
const ROLE_LINE = "Role.fromRoleArn(this, 'Role', 'arn:aws:iam::…')";
const KEY_LINE = "Key.fromKeyArn(this, 'Key', 'arn:aws:kms:…')";

describe('mistakes in the first minute say what was given and what to write', () => {
  test.each(CONSTRUCTS.map((type) => [type.name, type] as const))('%s without properties', (name, type) => {
    expect(() => new type(given().stack, 'Id', undefined)).toThrow(
      new RegExp(`^props: got none, expected an object of properties: new ${name}\\(this, 'Id', \\{ \\w.* \\}\\)$`),
    );
  });

  test.each<[string, Type, Untyped]>([
    [`userPool: got none, expected a user pool: ${POOL_LINE}`, AdminPasswordReset, {}],
    [
      `userPool: got the text "us-east-1_AbC", expected a user pool: ${POOL_LINE}`,
      AdminPasswordReset,
      { userPool: 'us-east-1_AbC' },
    ],
    [
      `userPool: got a token of the CDK, expected a user pool: ${POOL_LINE}`,
      AdminPasswordReset,
      { userPool: Fn.importValue('PoolId') },
    ],
    [`timeout: got the number 30, ${DURATION}`, AdminPasswordReset, { timeout: 30 }],
    [
      'globalSignout: got a property that does not exist, expected globalSignOut: correct the name',
      AdminPasswordReset,
      { globalSignout: true },
    ],
    [
      'userpool: got a property that does not exist, expected userPool: correct the name',
      SnsSmsDelivery,
      { userpool: given().userPool },
    ],
    [
      'globalSignOut: got the text "false", expected true or false: true',
      AdminPasswordReset,
      { globalSignOut: 'false' },
    ],
    [
      `role: got the text "arn:aws:iam::111122223333:role/r", expected a role: ${ROLE_LINE}`,
      AdminPasswordReset,
      { role: 'arn:aws:iam::111122223333:role/r' },
    ],
    [
      "messages: got an object of the class MessageCatalog, expected ResetMessages: new ResetMessages(this, 'Messages', { userPool, catalog })",
      AdminPasswordReset,
      { messages: catalog() },
    ],
    [
      'onSigningFailure: got the text "IGNORE", expected a value of OnSigningFailure: OnSigningFailure.RESET',
      AdminPasswordReset,
      { onSigningFailure: 'IGNORE' },
    ],
    [
      `signingKey: got the text "alias/signing", expected a KMS key: ${KEY_LINE}`,
      AdminPasswordReset,
      { signingKey: 'alias/signing' },
    ],
    [
      'catalog: got the text "messages", expected a MessageCatalog: MessageCatalog.fromDirectory(\'messages\')',
      ResetMessages,
      { catalog: 'messages' },
    ],
    [
      "passwordReset: got none, expected an AdminPasswordReset: new AdminPasswordReset(this, 'Reset', { userPool })",
      BulkPasswordReset,
      {},
    ],
    [
      `origination: got the text "${PHONE}", expected an origination identity: OriginationPhoneNumber.fromPhoneNumberArn(this, 'Number', 'arn:aws:sms-voice:…')`,
      SmsDelivery,
      { origination: PHONE },
    ],
    [
      "delivery: got none, expected an SmsDelivery or an SnsSmsDelivery: new SmsDelivery(this, 'Sms', { userPool, origination })",
      SmsReadiness,
      {},
    ],
    [
      'senderId: got the number 4711, expected a text: write it in quotation marks',
      OriginationSenderId,
      { senderId: 4711 },
    ],
    [
      `identities: got a list with the text "${PHONE}", expected a list, and each element an origination identity: [OriginationPhoneNumber.fromPhoneNumberArn(this, 'Number', 'arn:aws:sms-voice:…')]`,
      OriginationPool,
      { identities: [PHONE] },
    ],
  ])('%s', (message, type, props) => {
    const { stack, userPool } = given();
    const needsPool = /^userpool:/i.test(message) ? {} : { userPool };
    expect(() => new type(stack, 'Id', { ...needsPool, ...props })).toThrow(new Error(message));
  });

  test('the properties of a campaign', () => {
    const { stack, reset } = given();
    const passwordReset = reset();
    const bulk = (id: string, props: Untyped) => () => new BulkPasswordReset(stack, id, { passwordReset, ...props });

    expect(bulk('Days', { expiresAfter: 90 })).toThrow(`expiresAfter: got the number 90, ${DURATION}`);
    expect(bulk('Roles', { roles: { worker: 'arn:aws:iam::111122223333:role/worker' } })).toThrow(
      `roles: got an object, expected an object, and each value a role: { worker: ${ROLE_LINE} }`,
    );
  });

  test.each<[string, Untyped]>([
    ["props: got none, expected an object of properties: { username: JsonPath.stringAt('$.username') }", undefined],
    ['userName: got a property that does not exist, expected username: correct the name', { userName: '$.user' }],
    ['username: got none, expected a JsonPath that refers to the user name', {}],
    ['username: got a value that is not a text, expected a JsonPath that refers to the user name', { username: 42 }],
    [
      'clientMetadata: got the text "breach", expected an object of properties: { template: \'breach\' }',
      { username: JsonPath.stringAt('$.user'), clientMetadata: 'breach' },
    ],
    [
      'clientMetadata.attempt: got a value that is not a text, expected a JsonPath or a plain text',
      { username: JsonPath.stringAt('$.user'), clientMetadata: { attempt: 1 } },
    ],
  ])('a task: %s', (message, props) => {
    const { stack, reset } = given();
    expect(() => reset().task(stack, 'Task', props)).toThrow(message);
  });

  test('grants', () => {
    const { stack, reset, userPool } = given();
    const arn: Untyped = 'arn:aws:iam::111122223333:role/help-desk';
    const message = `grantee: got the text "${arn}", expected a role or another principal: ${ROLE_LINE}`;

    expect(() => reset().grantInvoke(arn)).toThrow(message);
    expect(() => UserPoolGrants.fromUserPool(userPool).adminResetUserPassword(arn)).toThrow(message);
    expect(() => UserPoolGrants.fromUserPool(stack.stackName as Untyped)).toThrow(/^userPool: got the text "Stack"/);
  });

  test.each<[string, Untyped]>([
    ['defaultLocale: got nothing, expected a BCP 47 tag', { templates: {} }],
    [
      'templates.a.en: got "text", expected an object of texts',
      { defaultLocale: 'en', templates: { a: { en: 'text' } } },
    ],
  ])('a catalog: %s', (message, props) => {
    expect(() => MessageCatalog.fromInline(props)).toThrow(message);
  });

  test('a catalog without properties', () => {
    expect(() => MessageCatalog.fromInline(undefined as Untyped)).toThrow('templates: got nothing, expected an object');
    expect(() => MessageCatalog.fromDirectory(undefined as Untyped)).toThrow(
      /^path: got undefined, which is not a dir/,
    );
  });
});

test('tokens are let through', () => {
  const stack = new Stack(new App(), 'Stack');
  const parameter = (id: string, type: string) => new CfnParameter(stack, id, { type });
  new AdminPasswordReset(stack, 'Reset', {
    userPool: UserPool.fromUserPoolId(stack, 'Pool', parameter('PoolId', 'String').valueAsString),
    memorySize: parameter('Memory', 'Number').valueAsNumber,
    timeout: Duration.seconds(parameter('Timeout', 'Number').valueAsNumber),
    reservedConcurrentExecutions: Token.asNumber(parameter('Concurrency', 'Number').value),
  });

  Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', {
    MemorySize: { Ref: 'Memory' },
    Timeout: { Ref: 'Timeout' },
    ReservedConcurrentExecutions: { Ref: 'Concurrency' },
  });
});

test('undefined and null count as missing', () => {
  const { stack, userPool } = given();
  const props: Untyped = { userPool, timeout: undefined, role: null, logGroup: undefined };

  expect(() => new AdminPasswordReset(stack, 'Reset', props)).not.toThrow();
});

test('a subclass may have properties of its own, and unknown names that resemble none are let through', () => {
  interface OwnProps extends AdminPasswordResetProps {
    readonly roles?: string;
  }
  class Own extends AdminPasswordReset {
    constructor(scope: Construct, id: string, props: OwnProps) {
      super(scope, id, props);
    }
  }
  const { stack, userPool } = given();

  expect(() => new Own(stack, 'Own', { userPool, roles: 'mine' })).not.toThrow();
  const props: Untyped = { userPool, env: { account: '111122223333' }, description: 'of the stack' };
  expect(() => new AdminPasswordReset(stack, 'Reset', props)).not.toThrow();
});

function catalog() {
  return MessageCatalog.fromInline({
    defaultLocale: 'en',
    templates: { reset: { en: { sms: 'Your code is {{code}}' } } },
  });
}
