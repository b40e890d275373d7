import { App, Stack } from 'aws-cdk-lib';
import { CfnUserPool, UserPool } from 'aws-cdk-lib/aws-cognito';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { UserPoolGrants } from '../../../lib';
import { CONTEXTS, policiesOf } from '../../support/synthesis';

describe.each(CONTEXTS)('UserPoolGrants with $context', ({ flags }) => {
  test.each([
    ['adminResetUserPassword', 'cognito-idp:AdminResetUserPassword'],
    ['adminUserGlobalSignOut', 'cognito-idp:AdminUserGlobalSignOut'],
  ] as const)('grants one action on one ARN: %s', (method, action) => {
    const stack = new Stack(new App({ context: flags }), 'Stack');
    const role = new Role(stack, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });

    const grant = UserPoolGrants.fromUserPool(new CfnUserPool(stack, 'Pool'))[method](role);

    expect(grant.success).toBe(true);
    expect(policiesOf(stack)).toEqual([
      {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: action, Resource: { 'Fn::GetAtt': ['Pool', 'Arn'] } }],
      },
    ]);
  });
});

test('UserPoolGrants uses the Region of the user pool id for a user pool in another Region', () => {
  const stack = new Stack(new App(), 'Stack', { env: { account: '111122223333', region: 'us-east-1' } });
  const role = new Role(stack, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });

  UserPoolGrants.fromUserPool(UserPool.fromUserPoolId(stack, 'Pool', 'eu-west-1_AbC')).adminResetUserPassword(role);

  expect(JSON.stringify(policiesOf(stack))).toContain(':cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_AbC');
});
