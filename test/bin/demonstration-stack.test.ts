import { Match, Template } from 'aws-cdk-lib/assertions';
import { DemonstrationStack } from '../../bin/demonstration-stack';
import { CONTEXTS, policiesOf, strictApp } from '../lib/synthesis';

const EXISTING = 'eu-west-1_AbCdEfGhI';

describe.each(CONTEXTS)('with $context', ({ flags }) => {
  test.each([[undefined], [EXISTING]])(
    'the user pool %s: no finding of the template validation or of cdk-nag',
    (userPoolId) => {
      const app = strictApp(flags);
      new DemonstrationStack(app, 'Demonstration', { userPoolId });
      expect(() => app.synth()).not.toThrow();
    },
  );
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
