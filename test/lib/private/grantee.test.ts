import { App, Fn, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { UserPool } from 'aws-cdk-lib/aws-cognito';
import {
  AccountPrincipal,
  AnyPrincipal,
  ArnPrincipal,
  CompositePrincipal,
  type Grant,
  type IGrantable,
  type IPrincipal,
  OrganizationPrincipal,
  PrincipalWithConditions,
  Role,
  ServicePrincipal,
  SessionTagsPrincipal,
  StarPrincipal,
  WebIdentityPrincipal,
} from 'aws-cdk-lib/aws-iam';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Topic } from 'aws-cdk-lib/aws-sns';
import fc from 'fast-check';
import * as library from '../../../lib';
import { AdminPasswordReset, BulkPasswordReset, SmsReadiness, SnsSmsDelivery, UserPoolGrants } from '../../../lib';
import { cases } from '../../support/soak';

const RUNS = cases(300, 10_000);

const ACCOUNT = '111122223333';
const ORGANIZATION = 'o-abcdefghij';
const ROLE = new ArnPrincipal(`arn:aws:iam::${ACCOUNT}:role/help-desk`);

function define() {
  const stack = new Stack(new App(), 'Stack', { env: { account: ACCOUNT, region: 'us-east-1' } });
  const userPool = new UserPool(stack, 'Users', { signInAliases: { phone: true } });
  const passwordReset = new AdminPasswordReset(stack, 'Reset', { userPool });
  const delivery = new SnsSmsDelivery(stack, 'Sms', { userPool });
  const readiness = new SmsReadiness(stack, 'Readiness', { delivery });
  const bulk = new BulkPasswordReset(stack, 'Bulk', { passwordReset });
  return { stack, passwordReset, readiness, bulk, userPoolGrants: UserPoolGrants.fromUserPool(userPool) };
}

const { stack, passwordReset, readiness, bulk, userPoolGrants } = define();

/** Every grant of the library. */
const GRANTS: Readonly<Record<string, (grantee: IGrantable) => Grant>> = {
  'AdminPasswordReset.grantInvoke': (grantee) => passwordReset.grantInvoke(grantee),
  'SmsReadiness.grantInvoke': (grantee) => readiness.grantInvoke(grantee),
  'BulkPasswordReset.grantStart': (grantee) => bulk.grantStart(grantee),
  'BulkPasswordReset.grantStartDryRun': (grantee) => bulk.grantStartDryRun(grantee),
  'BulkPasswordReset.grantReadReports': (grantee) => bulk.grantReadReports(grantee),
  'BulkPasswordReset.grantWriteLists': (grantee) => bulk.grantWriteLists(grantee),
  'UserPoolGrants.adminResetUserPassword': (grantee) => userPoolGrants.adminResetUserPassword(grantee),
  'UserPoolGrants.adminUserGlobalSignOut': (grantee) => userPoolGrants.adminUserGlobalSignOut(grantee),
};

/** Ways to name everyone. */
const EVERYONE: Readonly<Record<string, IPrincipal>> = {
  AnyPrincipal: new AnyPrincipal(),
  StarPrincipal: new StarPrincipal(),
  "ArnPrincipal('*')": new ArnPrincipal('*'),
  'an ARN of any account': new ArnPrincipal('arn:aws:iam::*:root'),
  'an ARN with a wildcard in the name': new ArnPrincipal(`arn:aws:iam::${ACCOUNT}:role/*`),
  "AccountPrincipal('*')": new AccountPrincipal('*'),
  "ServicePrincipal('*')": new ServicePrincipal('*', {
    conditions: { StringEquals: { 'aws:SourceAccount': ACCOUNT } },
  }),
  'any web identity': new WebIdentityPrincipal('*'),
  'a CompositePrincipal with one': new CompositePrincipal(ROLE, new AnyPrincipal()),
  'a CompositePrincipal in another': new CompositePrincipal(ROLE, new CompositePrincipal(new AnyPrincipal())),
  'one with session tags': new SessionTagsPrincipal(new AnyPrincipal()),
  'one with a condition on the source': new AnyPrincipal().withConditions({
    ArnLike: { 'aws:SourceArn': `arn:aws:sns:us-east-1:${ACCOUNT}:topic` },
  }),
  'one with a condition that is always true': new AnyPrincipal().withConditions({
    StringLike: { 'aws:PrincipalOrgID': '*' },
  }),
  'one of a list of organizations': new AnyPrincipal().withConditions({
    StringEquals: { 'aws:PrincipalOrgID': [ORGANIZATION, '*'] },
  }),
  'one of an organization, or of none': new AnyPrincipal().withConditions({
    StringEqualsIfExists: { 'aws:PrincipalOrgID': ORGANIZATION },
  }),
  'one with a condition in several wrappers': new SessionTagsPrincipal(
    new PrincipalWithConditions(new SessionTagsPrincipal(new AnyPrincipal()), {
      Bool: { 'aws:SecureTransport': 'true' },
    }),
  ),
};

test('every grant of the library is tested', () => {
  const found = Object.entries(library).flatMap(([name, exported]) =>
    Object.getOwnPropertyNames('prototype' in exported ? exported.prototype : {})
      .filter((method) => /^(?:grant|admin)[A-Z]/.test(method) && method !== 'grantStartOf')
      .map((method) => `${name}.${method}`),
  );
  expect(Object.keys(GRANTS).sort()).toEqual(found.sort());
});

describe.each(Object.entries(GRANTS))('%s', (_, grant) => {
  test.each(Object.entries(EVERYONE))('refuses everyone: %s', (_name, principal) => {
    const before = stack.node.findAll().length;
    expect(() => grant(principal)).toThrow(/^grantee: got the principal .*\*.*, expected one without \*, because/);
    expect(stack.node.findAll()).toHaveLength(before);
  });

  test('accepts a role', () => {
    expect(grant(Role.fromRoleArn(new Stack(), 'Given', ROLE.arn)).success).toBe(true);
  });
});

test('a grant refuses everyone with a sentence that says what to do', () => {
  expect(() => passwordReset.grantInvoke(new AnyPrincipal())).toThrow(
    new Error(
      `grantee: got the principal "*", expected one without *, because it would be everyone: name a role, an account with new AccountPrincipal('111122223333'), or an organization with new OrganizationPrincipal('o-…')`,
    ),
  );
});

test('a grant leaves a resource without a role to the warning of the CDK', () => {
  const imported = LambdaFunction.fromFunctionArn(stack, 'F', `arn:aws:lambda:us-east-1:${ACCOUNT}:function:f`);
  expect(() => bulk.grantStart(imported)).not.toThrow();
});

/** The properties of the Lambda permission that grantInvoke adds for a principal. */
function permissionOf(principal: IPrincipal): unknown {
  const fresh = new Stack(new App(), 'Stack');
  const userPool = UserPool.fromUserPoolId(fresh, 'Users', 'us-east-1_AbC');
  new AdminPasswordReset(fresh, 'Reset', { userPool }).grantInvoke(principal);
  const [permission] = Object.values(Template.fromStack(fresh).findResources('AWS::Lambda::Permission'));
  const { Action, FunctionName, ...properties } = permission?.Properties ?? {};
  return properties;
}

const sns = (conditions: Record<string, unknown>) => new ServicePrincipal('sns.amazonaws.com', { conditions });
const sourceArn = (arn: unknown) => sns({ ArnLike: { 'aws:SourceArn': arn } });

describe('grantInvoke of a function', () => {
  test.each<[string, IPrincipal, object]>([
    ['an account', new AccountPrincipal('444455556666'), { Principal: '444455556666' }],
    ['an organization', new OrganizationPrincipal(ORGANIZATION), { Principal: '*', PrincipalOrgID: ORGANIZATION }],
    [
      'a service for a source with a wildcard after the account',
      sourceArn(`arn:aws:execute-api:us-east-1:${ACCOUNT}:api/*/POST/reset`),
      { Principal: 'sns.amazonaws.com', SourceArn: `arn:aws:execute-api:us-east-1:${ACCOUNT}:api/*/POST/reset` },
    ],
    [
      'a service for any source of an account',
      sns({ StringEquals: { 'aws:SourceAccount': ACCOUNT }, ArnLike: { 'aws:SourceArn': 'arn:aws:s3:::*' } }),
      { Principal: 'sns.amazonaws.com', SourceAccount: ACCOUNT, SourceArn: 'arn:aws:s3:::*' },
    ],
    [
      'a service with session tags',
      new SessionTagsPrincipal(sourceArn(`arn:aws:sns:us-east-1:${ACCOUNT}:topic`)),
      { Principal: 'sns.amazonaws.com', SourceArn: `arn:aws:sns:us-east-1:${ACCOUNT}:topic` },
    ],
  ])('grants permission to %s', (_, principal, expected) => {
    expect(permissionOf(principal)).toEqual(expected);
  });

  test('grants permission to a service for a source that is known at deployment only', () => {
    const fresh = new Stack(new App(), 'Stack');
    const userPool = UserPool.fromUserPoolId(fresh, 'Users', 'us-east-1_AbC');
    const reset = new AdminPasswordReset(fresh, 'Reset', { userPool });
    const { topicArn } = new Topic(fresh, 'Topic');

    reset.grantInvoke(sourceArn(topicArn));
    reset.grantInvoke(sourceArn(`${topicArn}*`));
    reset.grantInvoke(sourceArn(fresh.formatArn({ service: 'execute-api', resource: '*' })));
    reset.grantInvoke(sns({ StringEquals: { 'aws:SourceAccount': Fn.importValue('Account') } }));

    Template.fromStack(fresh).resourceCountIs('AWS::Lambda::Permission', 4);
  });

  test.each<[string, IPrincipal]>([
    ['no condition', sns({})],
    ['no condition, with session tags', new SessionTagsPrincipal(sns({}))],
    ['no condition, in a CompositePrincipal', new CompositePrincipal(ROLE, sns({}))],
    ['any ARN', sourceArn('*')],
    ['any ARN of a service', sourceArn('arn:aws:sns:*')],
    ['any bucket', sourceArn('arn:aws:s3:::*')],
    ['a bucket, whose ARN has no account', sourceArn('arn:aws:s3:::bucket')],
    ['any Region, which stands for other accounts too', sourceArn(`arn:aws:logs:*:${ACCOUNT}:*`)],
    ['any account', sourceArn('arn:aws:sns:us-east-1:*:topic')],
    ['an account with a wildcard', sourceArn(`arn:aws:sns:us-east-1:${ACCOUNT.slice(1)}?:topic`)],
    ['an account that is a policy variable', sourceArn(`arn:aws:sns:us-east-1:${'$'}{aws:PrincipalAccount}:topic`)],
    ['a token after a wildcard', sourceArn(`*${new Topic(stack, 'Topic').topicArn}`)],
    ['what is no ARN', sourceArn('topic')],
    ['an account of another form', sns({ StringEquals: { 'aws:SourceAccount': '*' } })],
    ['an account that may be missing', sns({ StringEqualsIfExists: { 'aws:SourceAccount': ACCOUNT } })],
    ['any account but one', sns({ StringNotEquals: { 'aws:SourceAccount': ACCOUNT } })],
    ['any account, with StringLike', sns({ StringLike: { 'aws:SourceAccount': '*' } })],
    ['any ARN, with ForAnyValue', sns({ 'ForAnyValue:ArnLike': { 'aws:SourceArn': 'arn:*' } })],
    [
      'all ARNs, or none',
      sns({ 'ForAllValues:ArnLike': { 'aws:SourceArn': `arn:aws:sns:us-east-1:${ACCOUNT}:topic` } }),
    ],
    ['a secure transport', sns({ Bool: { 'aws:SecureTransport': 'true' } })],
    ['an organization of the caller', sns({ StringEquals: { 'aws:PrincipalOrgID': ORGANIZATION } })],
  ])('refuses a service whose condition is %s', (_, principal) => {
    expect(() => passwordReset.grantInvoke(principal)).toThrow(
      /^grantee: got the service sns.amazonaws.com with(?:out a condition| \{.*\}), expected a condition on the ARN/,
    );
  });

  test('refuses a service with a sentence that says what to do', () => {
    expect(() => passwordReset.grantInvoke(sourceArn('arn:aws:s3:::*'))).toThrow(
      new Error(
        `grantee: got the service sns.amazonaws.com with {"ArnLike":{"aws:SourceArn":"arn:aws:s3:::*"}}, expected a condition on the ARN of the source, with its account and without a wildcard before it, or on its account: new ServicePrincipal('sns.amazonaws.com', { conditions: { ArnLike: { 'aws:SourceArn': ruleOrTopicArn } } }), and also StringEquals: { 'aws:SourceAccount': '111122223333' } if the ARN has no account`,
      ),
    );
  });

  test.each<[string, IPrincipal]>([
    ['ARNs', sourceArn([`arn:aws:sns:us-east-1:${ACCOUNT}:topic`])],
    [
      'ARNs beside one account',
      sns({ StringEquals: { 'aws:SourceAccount': ACCOUNT }, ArnLike: { 'aws:SourceArn': ['arn:aws:s3:::bucket'] } }),
    ],
    ['accounts', sns({ StringEquals: { 'aws:SourceAccount': [ACCOUNT, '444455556666'] } })],
    ['accounts of which none is known', sns({ StringEquals: { 'aws:SourceAccount': [] } })],
    [
      'organizations',
      new AccountPrincipal(ACCOUNT).withConditions({ StringEquals: { 'aws:PrincipalOrgID': [ORGANIZATION] } }),
    ],
  ])('refuses a list of %s, which the CDK would leave out of the permission', (_, principal) => {
    expect(() => passwordReset.grantInvoke(principal)).toThrow(
      /^grantee: got a condition on aws:\w+ with a list of values, expected one string, because a Lambda permission has no lists: grant permission once for each value$/,
    );
  });

  test(`accepts no pattern of an ARN that matches one of another account (${RUNS} patterns)`, () => {
    const other = '999999999999';
    const wild = fc.constantFrom('*', '*', '?', '**', 'a*', '*a');
    const field = (...usual: string[]) =>
      fc.oneof({ arbitrary: fc.constantFrom(...usual), weight: 3 }, { arbitrary: wild, weight: 1 });
    const arn = fc
      .tuple(
        field('arn'),
        field('aws', 'aws-cn'),
        field('logs', 's3', 'sns', 'execute-api'),
        field('us-east-1', 'us-east-1', ''),
        field(ACCOUNT, ACCOUNT, '', `${ACCOUNT.slice(0, -1)}?`),
        fc.array(field('topic', 'log-group', ACCOUNT, 'bucket', '*'), { minLength: 0, maxLength: 3 }),
      )
      .map(([prefix, partition, service, region, account, resource]) =>
        [prefix, partition, service, region, account, ...resource].join(':'),
      );
    // What a wildcard may stand for.
    const parts = [
      ...['', 'a', 'ab', 'arn', 'aws', 'sns', 'us-east-1', other, 'mine', `arn:aws:sns:us-east-1:${other}:x`],
      ...[`aws:sns:us-east-1:${other}`, `sns:us-east-1:${other}:x`, `us-east-1:${other}:log-group`, `:${other}:x`],
    ];
    const isOfAnother = (text: string) => /^arn:[^:]+:[^:]+:[^:]*:(?:999999999999)?:.+$/.test(text);

    fc.assert(
      fc.property(
        fc.oneof(arn, wild),
        fc.array(fc.constantFrom(...parts), { minLength: 8, maxLength: 8 }),
        (pattern, stands) => {
          let at = 0;
          const matching = pattern.replace(/[*?]/g, (sign) => (sign === '?' ? '9' : (stands[at++ % 8] ?? '')));
          if (isOfAnother(matching)) {
            expect(() => passwordReset.grantInvoke(sourceArn(pattern))).toThrow(/^grantee: got the service/);
          }
        },
      ),
      { numRuns: RUNS },
    );
  });
});
