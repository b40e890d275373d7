import { Annotations } from 'aws-cdk-lib';
import { Match, Annotations as StackAnnotations, Template } from 'aws-cdk-lib/assertions';
import { DemonstrationStack, type DemonstrationStackProps } from '../../bin/demonstration-stack';
import { PROPERTIES } from '../support/aws-calls/cloudformation';
import { countSynthesis } from '../support/syntheses';
import { CONTEXTS, policiesOf, strictApp } from '../support/synthesis';

const EXISTING = 'eu-west-1_AbCdEfGhI';
const NUMBER = 'arn:aws:sms-voice:us-east-1:111122223333:phone-number/phone-0123456789abcdef';

const WHOLE_QUOTA = {
  globalSignOut: 'false',
  maxResetsPerSecond: '30',
  useWholeQuota: 'true',
  parameterPrefix: '/passwords',
};

const stacks = new Map<string, DemonstrationStack>();

/** The stack in an app of its own, which is synthesized once for each of the props and flags. */
function demonstration(props: DemonstrationStackProps, flags: Record<string, unknown> = {}): DemonstrationStack {
  const key = JSON.stringify([props, flags]);
  const known = stacks.get(key);
  if (known !== undefined) return known;
  const stack = new DemonstrationStack(strictApp(flags), 'Demonstration', props);
  // The warning has a test of its own.
  Annotations.of(stack).acknowledgeWarning('cdk-cognito-password-reset:defaultEmailSender');
  countSynthesis();
  stacks.set(key, stack);
  return stack;
}

describe.each(CONTEXTS)('DemonstrationStack with $context', ({ flags }) => {
  test.each([
    [{}],
    [{ userPoolId: EXISTING }],
    [{ fromEmail: 'no-reply@example.com' }],
    [{ originationIdentityArn: NUMBER }],
    [{ snsSms: 'true' }],
    [WHOLE_QUOTA],
  ])('has no finding of the template validation or of cdk-nag for %j', (props) => {
    expect(() => Template.fromStack(demonstration(props, flags))).not.toThrow();
  });
});

test('every resource type of DemonstrationStack is in test/support/aws-calls/cloudformation.ts', () => {
  const all = [{}, { originationIdentityArn: NUMBER }, { snsSms: 'true' }, WHOLE_QUOTA].map((props) =>
    demonstration(props),
  );
  const types = all.flatMap((stack) => Object.values(Template.fromStack(stack).toJSON().Resources as object));

  const known = PROPERTIES.map(({ type }) => type);
  expect(types.map(({ Type }) => Type).filter((type) => !known.includes(type))).toEqual([]);
});

test('DemonstrationStack creates a user pool with an app client by default', () => {
  const template = Template.fromStack(demonstration({}));

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
])(
  'DemonstrationStack with the sender %s warns if Cognito cannot send the email messages of the catalog: %j',
  (fromEmail, warnings) => {
    const stack = new DemonstrationStack(strictApp(), 'Demonstration', { fromEmail });

    const found = StackAnnotations.fromStack(stack).findWarning('*', Match.anyValue());
    expect(found.map(({ entry }) => /\[ack: cdk-cognito-password-reset:(\w+)\]/.exec(`${entry.data}`)?.[1])).toEqual(
      warnings,
    );
    Template.fromStack(stack).hasResourceProperties('AWS::Cognito::UserPool', {
      EmailConfiguration: fromEmail ? Match.objectLike({ From: fromEmail }) : Match.absent(),
      LambdaConfig: { CustomMessage: { 'Fn::GetAtt': [Match.stringLikeRegexp('^MessagesFunction'), 'Arn'] } },
    });
  },
);

test('DemonstrationStack refuses a sender for an existing user pool', () => {
  expect(
    () => new DemonstrationStack(strictApp(), 'Demonstration', { userPoolId: EXISTING, fromEmail: 'a@example.com' }),
  ).toThrow(
    'fromEmail: got an address together with userPoolId, expected only one of them: set the sender of an existing user pool where the user pool is created',
  );
});

test('DemonstrationStack resets the users of an existing user pool, and does not change the user pool', () => {
  const stack = demonstration({ userPoolId: EXISTING });

  Template.fromStack(stack).resourceCountIs('AWS::Cognito::UserPool', 0);
  Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', {
    Environment: { Variables: { USER_POOL_ID: EXISTING } },
  });
  expect(JSON.stringify(policiesOf(stack))).toContain(`:userpool/${EXISTING}`);
});

test('DemonstrationStack has the command that invokes the function as an output', () => {
  const stack = demonstration({});
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

test('DemonstrationStack has the ARNs of the function and the state machines as outputs, and as parameters', () => {
  const template = Template.fromStack(demonstration(WHOLE_QUOTA));

  const parameters = Object.values(template.findResources('AWS::SSM::Parameter')).map(({ Properties }) => Properties);
  for (const [output, name] of [
    ['FunctionArn', 'function-arn'],
    ['CampaignArn', 'campaign-state-machine-arn'],
    ['DryRunArn', 'dry-run-state-machine-arn'],
  ]) {
    const { Value: arn } = template.toJSON().Outputs[output ?? ''];
    expect(arn).toEqual({ [output === 'FunctionArn' ? 'Fn::GetAtt' : 'Ref']: expect.anything() });
    expect(parameters.find(({ Name }) => Name === `/passwords/${name}`)?.Value).toEqual(arn);
  }
  expect(parameters).toHaveLength(3);
});

test.each(['', 'users', 'eu-west-1', `eu-west-1_${'A'.repeat(50)}`])(
  'DemonstrationStack refuses %j as the id of a user pool',
  (userPoolId) => {
    expect(() => new DemonstrationStack(strictApp(), 'Demonstration', { userPoolId })).toThrow(
      /^userPoolId: got ".*", expected the id of a user pool, such as -c userPoolId=us-east-1_AbCdEfGhI$/,
    );
  },
);

test('DemonstrationStack sends SMS messages from a given phone number, and has the readiness function as an output', () => {
  const template = Template.fromStack(demonstration({ originationIdentityArn: NUMBER }));

  template.hasResourceProperties('AWS::Cognito::UserPool', {
    SmsConfiguration: { EumsSms: Match.objectLike({ OriginationIdentity: NUMBER }) },
  });
  template.hasOutput('SmsReadinessFunctionName', { Value: { Ref: Match.stringLikeRegexp('^SmsReadinessFunction') } });
});

test('DemonstrationStack sends SMS messages through Amazon SNS with snsSms', () => {
  const template = Template.fromStack(demonstration({ snsSms: 'true' }));

  template.hasResourceProperties('AWS::Cognito::UserPool', {
    SmsConfiguration: { SnsCallerArn: Match.anyValue(), EumsSms: Match.absent() },
  });
});

test.each([
  [{}, '10', 'true'],
  [{ maxResetsPerSecond: '24', globalSignOut: 'false' }, '24', undefined],
  [{ maxResetsPerSecond: '25', useWholeQuota: 'true' }, '25', 'true'],
])(
  'DemonstrationStack with %j resets up to %s users per second in a campaign',
  (props, MAX_RESETS_PER_SECOND, GLOBAL_SIGN_OUT) => {
    const template = Template.fromStack(demonstration(props));

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
  },
);

test.each([
  [
    { userPoolId: EXISTING, originationIdentityArn: NUMBER },
    'userPoolId: got an id together with originationIdentityArn or snsSms, expected only one of them: set up the SMS messages of an existing user pool where the user pool is created',
  ],
  [
    { snsSms: 'true', originationIdentityArn: NUMBER },
    'snsSms: got true together with originationIdentityArn, expected only one of them: a user pool sends SMS messages in one way',
  ],
  [{ maxResetsPerSecond: 'fast' }, 'maxResetsPerSecond: got "fast", expected a number, as in -c maxResetsPerSecond=10'],
  [{ snsSms: 'yes' }, 'snsSms: got "yes", expected true or false, as in -c snsSms=true'],
])('DemonstrationStack refuses %j: %s', (props, message) => {
  expect(() => new DemonstrationStack(strictApp(), 'Demonstration', props)).toThrow(message);
});
