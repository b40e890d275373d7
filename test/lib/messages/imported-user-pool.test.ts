import { App, type CfnElement, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { CfnUserPool, UserPool, UserPoolEmail } from 'aws-cdk-lib/aws-cognito';
import { PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { AdminPasswordReset, MessageCatalog, ResetMessages, type ResetMessagesProps } from '../../../lib';
import { policiesOf } from '../../support/synthesis';

const ENV = { account: '111122223333', region: 'us-east-1' };
const POOL_ID = 'us-east-1_AbCdEfGhI';
const POOL_ARN = `arn:aws:cognito-idp:us-east-1:111122223333:userpool/${POOL_ID}`;
const POOL_ARN_IN_STACK = {
  'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:cognito-idp:us-east-1:111122223333:userpool/${POOL_ID}`]],
};
const NEXT_ARN = 'arn:aws:lambda:us-east-1:111122223333:function:next';
const SMS_ROLE_ARN = 'arn:aws:iam::111122223333:role/sms';

const catalog = () =>
  MessageCatalog.fromInline({
    defaultLocale: 'en',
    templates: { reset: { en: { emailSubject: 'Reset', emailHtml: '<p>{{code}}</p>' } } },
  });

interface TemplateJson {
  readonly Outputs: Record<string, object>;
  readonly Resources: Record<string, { readonly Type: string }>;
}

const statementsOf = (stack: Stack) =>
  policiesOf(stack).flatMap((policy) => (policy as { Statement: object[] }).Statement);

type Options = Partial<ResetMessagesProps> | ((stack: Stack) => Partial<ResetMessagesProps>);

function synthesize(options: Options = {}) {
  const stack = new Stack(new App(), 'Stack', { env: ENV });
  const messages = new ResetMessages(stack, 'Messages', {
    userPool: UserPool.fromUserPoolId(stack, 'Pool', POOL_ID),
    catalog: catalog(),
    sendsThroughSes: true,
    caseSensitive: true,
    ...(typeof options === 'function' ? options(stack) : options),
  });
  return { stack, messages, template: () => Template.fromStack(stack).toJSON() as TemplateJson };
}

/** aws/aws-cdk issues 10002 and 33350 ask for triggers of user pools that the app does not own. */
describe('ResetMessages of an imported user pool, without attach,', () => {
  test('creates the trigger and says how to set it by hand', () => {
    const { stack, template } = synthesize();
    const { Outputs, Resources } = template();

    const [output] = Object.entries(Outputs).filter(([name]) => name.includes('CustomMessageTriggerArn'));
    expect(output[1]).toMatchObject({ Value: { 'Fn::GetAtt': [expect.stringMatching(/^MessagesFunction/), 'Arn'] } });
    Annotations.fromStack(stack).hasWarning(
      '/Stack/Messages',
      Match.stringLikeRegexp(
        'userPool: got an imported user pool \\(Stack/Pool\\), whose trigger is not set by this app: set LambdaConfig\\.CustomMessage .*LambdaConfig: \\{ CustomMessage: ARN \\}.*lambda_config \\{ custom_message = "ARN" \\}.*docs/imported-pools\\.md.*attach: true',
      ),
    );
    const types = Object.values(Resources).map(({ Type }) => Type);
    expect(types).not.toContain('Custom::CustomMessageTrigger');
    expect(types).not.toContain('AWS::Cognito::UserPool');
  });

  test.each<[string, (stack: Stack) => ResetMessagesProps['userPool'], unknown]>([
    ['by id', (stack) => UserPool.fromUserPoolId(stack, 'By', POOL_ID), POOL_ARN_IN_STACK],
    ['by ARN', (stack) => UserPool.fromUserPoolArn(stack, 'By', POOL_ARN), POOL_ARN],
    ['as L1', (stack) => CfnUserPool.fromUserPoolId(stack, 'By', POOL_ID), expect.anything()],
  ])('lets that user pool alone invoke the trigger: imported %s', (_, userPoolIn, SourceArn) => {
    const { template } = synthesize((stack) => ({ userPool: userPoolIn(stack) }));

    const permissions = Object.values(template().Resources).filter(({ Type }) => Type === 'AWS::Lambda::Permission');
    expect(permissions).toEqual([
      expect.objectContaining({
        Properties: {
          Action: 'lambda:InvokeFunction',
          FunctionName: { 'Fn::GetAtt': [expect.stringMatching(/^MessagesFunction/), 'Arn'] },
          Principal: 'cognito-idp.amazonaws.com',
          SourceArn,
        },
      }),
    ]);
  });

  test.each([
    [true, true, 'false', 'true'],
    [false, false, 'true', 'false'],
  ])(
    'has its settings from sendsThroughSes and caseSensitive: %s',
    (sendsThroughSes, caseSensitive, insensitive, email) => {
      const { template } = synthesize({ sendsThroughSes, caseSensitive });

      const [trigger] = Object.entries(template().Resources).filter(([name]) => name.startsWith('MessagesFunction'));
      expect(trigger[1]).toMatchObject({
        Properties: { Environment: { Variables: { USERNAME_CASE_INSENSITIVE: insensitive, CUSTOM_EMAIL: email } } },
      });
    },
  );

  test('signs for an AdminPasswordReset of the same user pool, also when it was imported twice', () => {
    const { stack, messages } = synthesize();
    const again = UserPool.fromUserPoolArn(stack, 'Again', POOL_ARN);
    expect(() => new AdminPasswordReset(stack, 'Reset', { userPool: again, messages })).not.toThrow();

    const other = UserPool.fromUserPoolId(stack, 'Other', 'us-east-1_Another00');
    expect(() => new AdminPasswordReset(stack, 'Wrong', { userPool: other, messages })).toThrow(
      /^messages: got ResetMessages of the user pool Stack\/Pool, expected ResetMessages of Stack\/Other/,
    );
  });
});

describe('ResetMessages with attach', () => {
  const next = (stack: Stack) => LambdaFunction.fromFunctionArn(stack, 'Next', NEXT_ARN);
  const resourceOf = (template: TemplateJson) =>
    Object.values(template.Resources).find(({ Type }) => Type === 'Custom::CustomMessageTrigger');

  test('has a custom resource with what the user pool is expected to be', () => {
    const { template } = synthesize((stack) => ({
      attach: true,
      next: next(stack),
      smsRole: Role.fromRoleArn(stack, 'SmsRole', SMS_ROLE_ARN),
      caseSensitive: false,
    }));

    expect(resourceOf(template())).toMatchObject({
      Properties: {
        ServiceTimeout: '900',
        UserPoolId: POOL_ID,
        FunctionArn: { 'Fn::GetAtt': [expect.stringMatching(/^MessagesFunction/), 'Arn'] },
        NextFunctionArn: NEXT_ARN,
        SmsRoleArns: [SMS_ROLE_ARN],
        SendsThroughSes: 'true',
        CaseSensitive: 'false',
      },
    });
  });

  test('is attached after the permission to invoke the trigger exists, and detached before it goes', () => {
    const { stack, messages, template } = synthesize({ attach: true });

    const permission = stack.getLogicalId(messages.lambdaFunction.node.findChild('UserPool') as unknown as CfnElement);
    expect(resourceOf(template())).toMatchObject({ DependsOn: expect.arrayContaining([permission]) });
  });

  test('may read and write that user pool, and nothing else', () => {
    const { stack } = synthesize({ attach: true });

    expect(statementsOf(stack)).toContainEqual({
      Effect: 'Allow',
      Action: ['cognito-idp:DescribeUserPool', 'cognito-idp:GetUserPoolMfaConfig', 'cognito-idp:UpdateUserPool'],
      Resource: POOL_ARN_IN_STACK,
    });
    expect(JSON.stringify(policiesOf(stack))).not.toContain('iam:PassRole');
  });

  test('may pass the SMS role to Cognito, and no other role to nobody else', () => {
    const { stack } = synthesize((stack) => ({
      attach: true,
      smsRole: Role.fromRoleArn(stack, 'SmsRole', SMS_ROLE_ARN),
    }));

    expect(statementsOf(stack)).toContainEqual({
      Effect: 'Allow',
      Action: 'iam:PassRole',
      Resource: SMS_ROLE_ARN,
      Condition: { StringEquals: { 'iam:PassedToService': 'cognito-idp.amazonaws.com' } },
    });
  });

  test('can be given more permissions, which exist before it is attached', () => {
    const { messages, template } = synthesize({ attach: true });
    messages.attachRole?.addToPrincipalPolicy(
      new PolicyStatement({ actions: ['kms:DescribeKey'], resources: ['arn:aws:kms:us-east-1:111122223333:key/1'] }),
    );

    const { DependsOn } = resourceOf(template()) as unknown as { DependsOn: string[] };
    expect(DependsOn).toContainEqual(expect.stringMatching(/RoleDefaultPolicy/));
  });

  test('gives no warning', () => {
    const { stack } = synthesize({ attach: true });
    Annotations.fromStack(stack).hasNoWarning('*', Match.anyValue());
  });
});

describe('ResetMessages refuses', () => {
  test.each<[string, Options, string]>([
    [
      'an imported user pool without sendsThroughSes',
      { sendsThroughSes: undefined },
      'sendsThroughSes: got nothing, expected true or false, because synth cannot see it in an imported user pool: aws cognito-idp describe-user-pool --user-pool-id ID --query UserPool.EmailConfiguration.EmailSendingAccount (true for DEVELOPER)',
    ],
    [
      'an imported user pool without caseSensitive',
      { caseSensitive: undefined },
      'caseSensitive: got nothing, expected true or false, because synth cannot see it in an imported user pool: aws cognito-idp describe-user-pool --user-pool-id ID --query UserPool.UsernameConfiguration.CaseSensitive (false for false, else true)',
    ],
    [
      'an SMS role without attach',
      (stack) => ({ smsRole: Role.fromRoleArn(stack, 'SmsRole', SMS_ROLE_ARN) }),
      'smsRole: got a role without attach: true, expected both, because it is for attach only',
    ],
    [
      'a user pool of another Region, by its id',
      (stack) => ({ userPool: UserPool.fromUserPoolId(stack, 'Abroad', 'eu-west-1_AbCdEfGhI') }),
      'userPool: got a user pool in eu-west-1, expected one in us-east-1, the Region of this stack, because a user pool and its triggers are in one Region',
    ],
    [
      'a user pool of another account',
      (stack) => ({
        userPool: UserPool.fromUserPoolArn(stack, 'Abroad', POOL_ARN.replace('111122223333', '444455556666')),
      }),
      'userPool: got a user pool of account 444455556666, expected one of 111122223333, the account of this stack',
    ],
    ...(['attach', 'sendsThroughSes', 'caseSensitive'] as const).map((name): [string, Options, string] => [
      `${name} with a user pool that the app creates`,
      (stack) => ({
        userPool: new UserPool(stack, 'Own', {
          email: UserPoolEmail.withSES({ fromEmail: 'no-reply@example.com', sesRegion: 'us-east-1' }),
        }),
        sendsThroughSes: undefined,
        caseSensitive: undefined,
        [name]: true,
      }),
      `${name}: got a value with a user pool that this app creates, expected none, because it is for imported user pools: leave it out`,
    ]),
  ])('%s', (_, options, error) => {
    expect(() => synthesize(options)).toThrow(error);
  });
});
