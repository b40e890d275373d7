import { App, Fn, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { UserPool } from 'aws-cdk-lib/aws-cognito';
import { AdminPasswordReset, BulkPasswordReset } from '../../../lib';

function passwordReset(parameterPrefix?: string) {
  const stack = new Stack(new App(), 'Stack');
  const userPool = UserPool.fromUserPoolId(stack, 'Users', 'us-east-1_AbC');
  return { stack, passwordReset: new AdminPasswordReset(stack, 'Reset', { userPool, parameterPrefix }) };
}

/** The values of the parameters, by name. */
function parametersOf(stack: Stack): Record<string, unknown> {
  const found = Object.values(Template.fromStack(stack).findResources('AWS::SSM::Parameter'));
  return Object.fromEntries(found.map(({ Properties: { Name, Type, Value } }) => [Name, [Type, Value]]));
}

test('constructs have no parameters by default', () => {
  const { stack, passwordReset: reset } = passwordReset();
  new BulkPasswordReset(stack, 'Bulk', { passwordReset: reset });

  expect(parametersOf(stack)).toEqual({});
});

test('a function and the state machines of its campaigns have parameters under one prefix', () => {
  const { stack, passwordReset: reset } = passwordReset('/passwords/production');
  new BulkPasswordReset(stack, 'Bulk', { passwordReset: reset, parameterPrefix: '/passwords/production' });

  expect(parametersOf(stack)).toEqual({
    '/passwords/production/function-arn': [
      'String',
      { 'Fn::GetAtt': [expect.stringMatching(/^ResetFunction[0-9A-F]{8}$/), 'Arn'] },
    ],
    '/passwords/production/campaign-state-machine-arn': [
      'String',
      { Ref: expect.stringMatching(/^BulkCampaignStateMachine[0-9A-F]{8}$/) },
    ],
    '/passwords/production/dry-run-state-machine-arn': [
      'String',
      { Ref: expect.stringMatching(/^BulkDryRunStateMachine[0-9A-F]{8}$/) },
    ],
  });
});

test('a prefix that only the deployment knows is not validated', () => {
  const { stack } = passwordReset(Fn.importValue('Prefix'));

  Template.fromStack(stack).hasResourceProperties('AWS::SSM::Parameter', {
    Name: { 'Fn::Join': ['', [{ 'Fn::ImportValue': 'Prefix' }, '/function-arn']] },
  });
});

/** With it, the ARN of the parameter in the longest Region has 1,011 characters. */
const LONGEST =
  1011 - 'arn:aws-us-gov:ssm:us-gov-west-1:111122223333:parameter'.length - '/function-arn'.length - '/'.length;

test.each(['/p', '/Passwords.of_my-app/9', '/passwords/aws', '/l'.repeat(14)])(
  'the prefix %s is accepted',
  (parameterPrefix) => {
    expect(parametersOf(passwordReset(parameterPrefix).stack)).toHaveProperty([`${parameterPrefix}/function-arn`]);
  },
);

test('a prefix has at most as many characters as the name and ARN of a parameter leave', () => {
  const longest = `/${'l'.repeat(LONGEST)}`;

  expect(parametersOf(passwordReset(longest).stack)).toHaveProperty([`${longest}/function-arn`]);
  expect(() => passwordReset(`${longest}l`)).toThrow(
    new Error(
      `parameterPrefix: got "${longest}l", expected at most 956 characters together with the name of a parameter, got 957: shorten it`,
    ),
  );
});

const CHARACTERS =
  'expected levels that each begin with a slash, of letters, digits, hyphens, underscores and full stops: as in /passwords/production, without a slash at the end';
const RESERVED =
  "expected a name that does not begin with aws or ssm, which AWS Systems Manager reserves: begin with your application's name";

test.each([
  ['', CHARACTERS],
  ['/', CHARACTERS],
  ['passwords', CHARACTERS],
  ['/passwords/', CHARACTERS],
  ['/passwords//production', CHARACTERS],
  ['/my passwords', CHARACTERS],
  ['/paßwords', CHARACTERS],
  ['/passwords\n', CHARACTERS],
  ['/aws/passwords', RESERVED],
  ['/SsmPasswords', RESERVED],
  ['/l'.repeat(15), 'expected at most 14 levels: a parameter has at most 15 levels, the last of which is its own name'],
])('the prefix %j is refused', (parameterPrefix, expected) => {
  const message = `parameterPrefix: got ${JSON.stringify(parameterPrefix)}, ${expected}`;

  expect(() => passwordReset(parameterPrefix)).toThrow(new Error(message));
});
