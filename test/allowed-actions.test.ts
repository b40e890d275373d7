import { ActionCatalog, allowedActions } from './support/allowed-actions';

let catalog: ActionCatalog;

beforeAll(async () => {
  catalog = await ActionCatalog.load();
});

const RESET = { Effect: 'Allow', Action: 'cognito-idp:AdminResetUserPassword', Resource: 'pool' };

/** A template with a role that has these statements, and with more resources. */
const templateWith = (statements: readonly object[], more: object = {}, role: object = {}) => ({
  Role: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: {}, ...role } },
  Policy: {
    Type: 'AWS::IAM::Policy',
    Properties: { PolicyName: 'Policy', Roles: [{ Ref: 'Role' }], PolicyDocument: { Statement: statements } },
  },
  ...more,
});

/** What the statements allow, as lines. */
const allowed = (...statements: object[]) =>
  allowedActions(templateWith(statements), 'Role', catalog).map(({ action, resource }) => `${action} on ${resource}`);

const ofService = (service: string) => catalog.actions.filter((action) => action.startsWith(`${service}:`));

test('an action is allowed on each resource, under its condition, with the name that AWS gives it', () => {
  const Condition = { StringEquals: { 'kms:ViaService': 's3' } };

  expect(allowed({ Effect: 'Allow', Action: 'KMS:decrypt', Resource: ['one', { Ref: 'Two' }], Condition })).toEqual([
    'kms:Decrypt on one if StringEquals kms:ViaService s3',
    'kms:Decrypt on <Two> if StringEquals kms:ViaService s3',
  ]);
});

test('an action that several statements allow is listed once', () => {
  expect(allowed(RESET, RESET)).toEqual(['cognito-idp:AdminResetUserPassword on pool']);
});

test('wildcards stand for every action that AWS knows', () => {
  expect(allowed({ ...RESET, Action: 'cognito-idp:*' })).toEqual(
    ofService('cognito-idp').map((action) => `${action} on pool`),
  );
  expect(allowed({ ...RESET, Action: 'sqs:?urgeQueue' })).toEqual(['sqs:PurgeQueue on pool']);
  expect(allowed({ ...RESET, Action: '*' })).toHaveLength(catalog.actions.length);
});

test('NotAction stands for every other action', () => {
  const { Action: _, ...statement } = RESET;
  const found = allowed({ ...statement, NotAction: ['cognito-idp:*', 's3:GetObject'] });

  expect(found).toHaveLength(catalog.actions.length - ofService('cognito-idp').length - 1);
  expect(found).toContain('s3:PutObject on pool');
});

test('a deny takes away what it names, and stays as an exception where it is narrower than *', () => {
  const all = { Effect: 'Allow', Action: ['sns:Publish', 'sns:Subscribe'], Resource: '*' };

  expect(allowed(all, { Effect: 'Deny', Action: 'sns:P*', Resource: '*' })).toEqual(['sns:Subscribe on *']);
  expect(allowed(RESET, { Effect: 'Deny', Action: '*', Resource: 'pool' })).toEqual([]);
  expect(allowed(RESET, { Effect: 'Deny', Action: '*', Resource: '*' })).toEqual([]);
  expect(allowed(all, { Effect: 'Deny', Action: 'sns:Publish', Resource: 'topics' })).toEqual([
    'sns:Publish on * except topics',
    'sns:Subscribe on *',
  ]);
  expect(allowed(all, { Effect: 'Deny', NotAction: 'sns:Publish', Resource: '*' })).toEqual(['sns:Publish on *']);
});

test('a deny with a condition stays, because only a request shows whether it holds', () => {
  const Condition = { ArnLike: { 'lambda:SourceFunctionArn': 'functions' } };

  expect(allowed(RESET, { ...RESET, Effect: 'Deny', Resource: '*', Condition })).toEqual([
    'cognito-idp:AdminResetUserPassword on pool unless ArnLike lambda:SourceFunctionArn functions',
  ]);
});

test('inline policies count as well, and policies of other roles do not', () => {
  const role = { Policies: [{ PolicyDocument: { Statement: { ...RESET, Action: 's3:GetObject' } } }] };
  const template = templateWith([RESET], { Other: { Type: 'AWS::IAM::Role', Properties: {} } }, role);

  expect(allowedActions(template, 'Role', catalog).map(({ action }) => action)).toEqual([
    's3:GetObject',
    'cognito-idp:AdminResetUserPassword',
  ]);
  expect(allowedActions(template, 'Other', catalog)).toEqual([]);
});

test.each<[string, object, string]>([
  ['an action that AWS does not know', { ...RESET, Action: 'cognito-idp:ResetUser' }, 'AWS knows no action'],
  ['an action that is no text', { ...RESET, Action: { Ref: 'Action' } }, 'cannot evaluate the action'],
  ['NotResource', { Effect: 'Allow', Action: '*', NotResource: 'pool' }, 'cannot evaluate NotResource'],
  ['no resource', { Effect: 'Allow', Action: '*' }, 'without a resource'],
  ['Action and NotAction', { ...RESET, NotAction: '*' }, 'expected either Action or NotAction'],
  ['another effect', { ...RESET, Effect: 'allow' }, 'cannot evaluate the effect'],
  [
    'a deny with a condition on a resource',
    { ...RESET, Effect: 'Deny', Condition: { Bool: {} } },
    'a deny with a condition and a resource',
  ],
  ['a deny on another resource', { ...RESET, Effect: 'Deny', Resource: 'po*' }, 'with a deny on po*'],
])('a statement with %s is refused', (_, statement, message) => {
  expect(() => allowed(RESET, statement)).toThrow(message);
});

const PRINCIPAL = { 'Fn::GetAtt': ['Role', 'Arn'] };
const policyFor = (Principal: unknown) => ({ Statement: [{ Effect: 'Allow', Principal, Action: '*', Resource: '*' }] });

test.each<[string, string, object]>([
  ['a managed policy', 'AWS::IAM::ManagedPolicy', {}],
  ['a policy of a role that is not in the template', 'AWS::IAM::Policy', { Roles: ['name'] }],
  ['a policy of a user', 'AWS::IAM::Policy', { Users: ['name'] }],
  [
    'a policy document with another element',
    'AWS::IAM::Policy',
    { Roles: [{ Ref: 'Role' }], PolicyDocument: { Statement: [], Other: [] } },
  ],
  ['a key policy that names a role', 'AWS::KMS::Key', { KeyPolicy: policyFor({ AWS: PRINCIPAL }) }],
  [
    'a key policy that names a role beside a service',
    'AWS::KMS::Key',
    { KeyPolicy: policyFor({ Service: 'logs.amazonaws.com', AWS: PRINCIPAL }) },
  ],
  ['a key policy for everyone', 'AWS::KMS::Key', { KeyPolicy: policyFor('*') }],
  ['a policy of a table', 'AWS::DynamoDB::Table', { ResourcePolicy: { PolicyDocument: policyFor({ AWS: '*' }) } }],
  ['a resource policy that is text', 'AWS::Logs::ResourcePolicy', { PolicyDocument: '{}' }],
  ['a permission for a role', 'AWS::Lambda::Permission', { Principal: PRINCIPAL }],
])('a template with %s is refused', (_, Type, Properties) => {
  const template = templateWith([RESET], { More: { Type, Properties } });

  expect(() => allowedActions(template, 'Role', catalog)).toThrow(/cannot evaluate/);
});

test.each(['ManagedPolicyArns', 'PermissionsBoundary'])('a role with %s is refused', (property) => {
  const template = templateWith([RESET], {}, { [property]: ['arn'] });

  expect(() => allowedActions(template, 'Role', catalog)).toThrow(`Role: cannot evaluate ${property}`);
});

test('a resource policy may name a service, and leave its use to the IAM policies of the account', () => {
  const root = { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':iam::', { Ref: 'AWS::AccountId' }, ':root']] };
  const key = (Principal: unknown) => ({ Type: 'AWS::KMS::Key', Properties: { KeyPolicy: policyFor(Principal) } });
  const template = templateWith([RESET], {
    One: key({ AWS: root }),
    Two: key({ Service: 'delivery.logs.amazonaws.com' }),
  });

  expect(allowedActions(template, 'Role', catalog)).toHaveLength(1);
});
