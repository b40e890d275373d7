import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { DemonstrationStack } from '../../bin/demonstration-stack';
import { CONTEXTS, policiesOf, strictApp } from '../support/synthesis';

const EXISTING = 'eu-west-1_AbCdEfGhI';
const NUMBER = 'arn:aws:sms-voice:us-east-1:111122223333:phone-number/phone-0123456789abcdef';

describe.each(CONTEXTS)('with $context', ({ flags }) => {
  test.each([
    [{}],
    [{ userPoolId: EXISTING }],
    [{ fromEmail: 'no-reply@example.com' }],
    [{ originationIdentityArn: NUMBER }],
    [{ snsSms: 'true' }],
    [{ globalSignOut: 'false', maxResetsPerSecond: '30', useWholeQuota: 'true' }],
  ])('%j: no finding of the template validation or of cdk-nag', (props) => {
    const app = strictApp(flags);
    new DemonstrationStack(app, 'Demonstration', props);
    expect(() => app.synth()).not.toThrow();
  });
});

test('by default has a user pool of its own, with an app client to sign in with', () => {
  const template = Template.fromStack(new DemonstrationStack(strictApp(), 'Demonstration', {}));

  template.resourceCountIs('AWS::Cognito::UserPool', 1);
  template.hasResourceProperties('AWS::Cognito::UserPoolClient', {
    ExplicitAuthFlows: Match.arrayWith(['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_ADMIN_USER_PASSWORD_AUTH']),
    PreventUserExistenceErrors: 'ENABLED',
    AllowedOAuthFlows: Match.absent(),
  });
});

test.each([
  [undefined, ['defaultEmailSender']],
  ['no-reply@example.com', []],
])('sends mail from %s, and warns when that cannot be with the texts of the catalog', (fromEmail, warnings) => {
  const stack = new DemonstrationStack(strictApp(), 'Demonstration', { fromEmail });

  const found = Annotations.fromStack(stack).findWarning('*', Match.anyValue());
  expect(found.map(({ entry }) => /\[ack: cdk-cognito-password-reset:(\w+)\]/.exec(`${entry.data}`)?.[1])).toEqual(
    warnings,
  );
  Template.fromStack(stack).hasResourceProperties('AWS::Cognito::UserPool', {
    EmailConfiguration: fromEmail ? Match.objectLike({ From: fromEmail }) : Match.absent(),
    LambdaConfig: { CustomMessage: { 'Fn::GetAtt': [Match.stringLikeRegexp('^MessagesFunction'), 'Arn'] } },
  });
});

test('does not change the sender of an existing user pool', () => {
  expect(
    () => new DemonstrationStack(strictApp(), 'Demonstration', { userPoolId: EXISTING, fromEmail: 'a@example.com' }),
  ).toThrow(
    'fromEmail: got an address besides userPoolId, expected one of them: an existing user pool keeps its sender',
  );
});

test('attaches to an existing user pool, of which it changes nothing', () => {
  const stack = new DemonstrationStack(strictApp(), 'Demonstration', { userPoolId: EXISTING });

  Template.fromStack(stack).resourceCountIs('AWS::Cognito::UserPool', 0);
  Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', {
    Environment: { Variables: { USER_POOL_ID: EXISTING } },
  });
  expect(JSON.stringify(policiesOf(stack))).toContain(`:userpool/${EXISTING}`);
});

test('says how to invoke the function', () => {
  const stack = new DemonstrationStack(strictApp(), 'Demonstration', {});
  const { FunctionName, Invoke } = Template.fromStack(stack).findOutputs('*');

  const name = { Ref: expect.stringMatching(/^ResetFunction/) };
  expect(FunctionName?.Value).toEqual(name);
  expect(Invoke?.Value).toEqual({
    'Fn::Join': [
      '',
      [
        'aws lambda invoke --function-name ',
        name,
        ` --cli-binary-format raw-in-base64-out --payload '{"username":"USERNAME"}' /dev/stdout`,
      ],
    ],
  });
});

test.each(['', 'users', 'eu-west-1', `eu-west-1_${'A'.repeat(50)}`])(
  'refuses %j, which is no id of a user pool',
  (userPoolId) => {
    expect(() => new DemonstrationStack(strictApp(), 'Demonstration', { userPoolId })).toThrow(
      /^userPoolId: got ".*", expected the id of a user pool, such as -c userPoolId=us-east-1_AbCdEfGhI$/,
    );
  },
);

test('sends SMS from a number that it is given, and says how to ask whether they are ready', () => {
  const template = Template.fromStack(
    new DemonstrationStack(strictApp(), 'Demonstration', { originationIdentityArn: NUMBER }),
  );

  template.hasResourceProperties('AWS::Cognito::UserPool', {
    SmsConfiguration: { EumsSms: Match.objectLike({ OriginationIdentity: NUMBER }) },
  });
  template.hasOutput('SmsReadinessFunctionName', { Value: { Ref: Match.stringLikeRegexp('^SmsReadinessFunction') } });
});

test('sends SMS through Amazon SNS', () => {
  const template = Template.fromStack(new DemonstrationStack(strictApp(), 'Demonstration', { snsSms: 'true' }));

  template.hasResourceProperties('AWS::Cognito::UserPool', {
    SmsConfiguration: { SnsCallerArn: Match.anyValue(), EumsSms: Match.absent() },
  });
});

test.each([
  [{}, '10', 'true'],
  [{ maxResetsPerSecond: '24', globalSignOut: 'false' }, '24', undefined],
  [{ maxResetsPerSecond: '25', useWholeQuota: 'true' }, '25', 'true'],
])('campaigns with %j reset %s users a second', (props, MAX_RESETS_PER_SECOND, GLOBAL_SIGN_OUT) => {
  const template = Template.fromStack(new DemonstrationStack(strictApp(), 'Demonstration', props));

  template.hasResourceProperties('AWS::Lambda::Function', {
    Environment: {
      Variables: Match.objectLike({
        MAX_RESETS_PER_SECOND,
        GLOBAL_SIGN_OUT: GLOBAL_SIGN_OUT ?? Match.absent(),
      }),
    },
  });
  template.hasOutput('CampaignArn', { Value: { Ref: Match.stringLikeRegexp('^BulkCampaign') } });
  template.hasOutput('DryRunArn', { Value: { Ref: Match.stringLikeRegexp('^BulkDryRun') } });
});

test.each([
  [
    { userPoolId: EXISTING, originationIdentityArn: NUMBER },
    'userPoolId: got one besides originationIdentityArn or snsSms, expected one of them: how an existing user pool sends SMS is set where it is created',
  ],
  [
    { snsSms: 'true', originationIdentityArn: NUMBER },
    'snsSms: got it besides originationIdentityArn, expected one of them: a user pool sends in one way only',
  ],
  [{ maxResetsPerSecond: 'fast' }, 'maxResetsPerSecond: got "fast", expected a number, as in -c maxResetsPerSecond=10'],
  [{ snsSms: 'yes' }, 'snsSms: got "yes", expected true or false, as in -c snsSms=true'],
])('refuses %j', (props, message) => {
  expect(() => new DemonstrationStack(strictApp(), 'Demonstration', props)).toThrow(message);
});
