import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CognitoIdentityProviderClient, ListUsersCommand } from '@aws-sdk/client-cognito-identity-provider';
import type { Condition, ConditionOperator, RequestContext, RoleDefinition, Statement } from '../../../src/model';
import { accessDenied, isAllowed } from '../../../src/services/iam/policy-evaluation';
import { RoleCredentials } from '../../../src/services/iam/role-credentials';
import { accessKeyIdOf, signedService } from '../../../src/services/iam/signature';

const ROLE_ARN = 'arn:aws:iam::111122223333:role/HelpDesk';
const POOL = 'arn:aws:cognito-idp:us-east-1:111122223333:userpool/us-east-1_Abc123def';

function role(...statements: Statement[]): RoleDefinition {
  return { roleName: 'HelpDesk', roleArn: ROLE_ARN, statements };
}

function allow(action: string | string[], resource: string | string[]): Statement {
  return { effect: 'Allow', actions: [action].flat(), resources: [resource].flat() };
}

function deny(action: string | string[], resource: string | string[]): Statement {
  return { ...allow(action, resource), effect: 'Deny' };
}

describe('isAllowed', () => {
  const decisions: [string, Statement[], string, string, boolean][] = [
    ['no statement', [], 'cognito-idp:ListUsers', POOL, false],
    [
      'exactly the action and the resource',
      [allow('cognito-idp:ListUsers', POOL)],
      'cognito-idp:ListUsers',
      POOL,
      true,
    ],
    ['another action', [allow('cognito-idp:ListUsers', POOL)], 'cognito-idp:ListGroups', POOL, false],
    ['a prefix of the action', [allow('cognito-idp:List', POOL)], 'cognito-idp:ListUsers', POOL, false],
    ['a suffix of the action', [allow('ListUsers', POOL)], 'cognito-idp:ListUsers', POOL, false],
    ['another resource', [allow('cognito-idp:ListUsers', POOL)], 'cognito-idp:ListUsers', `${POOL}4`, false],
    ['one of several actions and resources', [allow(['a:B', 'c:D'], ['x', 'y'])], 'c:D', 'y', true],
    [
      'the action in one statement and the resource in another',
      [allow('a:B', 'x'), allow('c:D', 'y')],
      'a:B',
      'y',
      false,
    ],
    ['an action in another case', [allow('Cognito-IDP:listusers', POOL)], 'cognito-idp:ListUsers', POOL, true],
    ['a resource in another case', [allow('*', POOL.toLowerCase())], 'cognito-idp:ListUsers', POOL, false],
    ['everything', [allow('*', '*')], 'cognito-idp:ListUsers', POOL, true],
    ['a service', [allow('cognito-idp:*', '*')], 'cognito-idp:ListUsers', POOL, true],
    ['another service', [allow('cognito-identity:*', '*')], 'cognito-idp:ListUsers', POOL, false],
    ['an asterisk in an action', [allow('cognito-idp:*User', '*')], 'cognito-idp:AdminGetUser', POOL, true],
    [
      'an asterisk that matches no characters',
      [allow('cognito-idp:ListUsers*', '*')],
      'cognito-idp:ListUsers',
      POOL,
      true,
    ],
    ['a question mark', [allow('cognito-idp:ListUser?', '*')], 'cognito-idp:ListUsers', POOL, true],
    [
      'a question mark that would match no character',
      [allow('cognito-idp:ListUsers?', '*')],
      'cognito-idp:ListUsers',
      POOL,
      false,
    ],
    ['a dot, which is not a wildcard', [allow('*', 'a.c')], 'a:B', 'abc', false],
    [
      'other special characters of regular expressions',
      [allow('*', 'a+(b)[c]^$|{d}\\')],
      'a:B',
      'a+(b)[c]^$|{d}\\',
      true,
    ],
    ['a wildcard account', [allow('*', 'arn:aws:sqs:us-east-1:*:q')], 'sqs:x', 'arn:aws:sqs:us-east-1:1:q', true],
    ['an asterisk at the end', [allow('*', 'arn:aws:logs:*')], 'logs:x', 'arn:aws:logs:us-east-1:1:log-group:g', true],
    [
      'an asterisk at the end of a segment, which matches colons',
      [allow('*', 'arn:aws:logs:u*:g')],
      'logs:x',
      'arn:aws:logs:us:1:g',
      true,
    ],
    [
      'an asterisk within a segment, which matches no colon',
      [allow('*', 'arn:a*s:sqs::q')],
      'sqs:x',
      'arn:a:s:sqs::q',
      false,
    ],
    ['an asterisk, which matches slashes', [allow('*', 'arn:aws:s3:::b/*/c')], 's3:x', 'arn:aws:s3:::b/1/2/c', true],
    ['a question mark, which matches no colon', [allow('*', 'a?b')], 'a:B', 'a:b', false],
    ['a deny before the allow', [deny('a:B', 'x'), allow('*', '*')], 'a:B', 'x', false],
    ['a deny after the allow', [allow('*', '*'), deny('a:*', 'x')], 'a:B', 'x', false],
    ['a deny of another resource', [allow('*', '*'), deny('a:*', 'x')], 'a:B', 'y', true],
    ['a deny of another action', [allow('*', '*'), deny('a:B', '*')], 'a:C', 'y', true],
    ['a deny alone', [deny('a:B', 'x')], 'a:C', 'y', false],
    [
      'a deny of everything for a resource with a line break',
      [allow('a:B', 'x\ny'), deny('*', '*')],
      'a:B',
      'x\ny',
      false,
    ],
  ];

  test.each(decisions.map(([title, ...row]) => [row[3] ? 'allows' : 'denies', title, ...row] as const))(
    '%s by the statements of the role: %s',
    (_, __, statements, action, resource, decision) => {
      expect(isAllowed(role(...statements), action, resource)).toBe(decision);
    },
  );
});

describe('isAllowed with a condition', () => {
  const VIA_S3 = { 'kms:ViaService': 's3.us-east-1.amazonaws.com' };
  const BUCKET = { 'kms:EncryptionContext:aws:s3:arn': 'arn:aws:s3:::files' };
  const given = (operator: ConditionOperator, key: string, ...values: string[]) => ({ operator, key, values });

  const decisions: [string, Condition[], RequestContext | undefined, boolean][] = [
    ['a matching value', [given('StringEquals', 'kms:ViaService', 's3.us-east-1.amazonaws.com')], VIA_S3, true],
    ['a key in another case', [given('StringEquals', 'KMS:viaservice', VIA_S3['kms:ViaService'])], VIA_S3, true],
    ['another value', [given('StringEquals', 'kms:ViaService', 's3.eu-west-1.amazonaws.com')], VIA_S3, false],
    ['a value in another case', [given('StringEquals', 'kms:ViaService', 'S3.us-east-1.amazonaws.com')], VIA_S3, false],
    [
      'several values, one of which matches',
      [given('StringEquals', 'kms:ViaService', 'x', VIA_S3['kms:ViaService'])],
      VIA_S3,
      true,
    ],
    ['no values', [given('StringEquals', 'kms:ViaService')], VIA_S3, false],
    ['a wildcard in StringLike', [given('StringLike', 'kms:ViaService', 's3.*.amazonaws.co?')], VIA_S3, true],
    [
      'an asterisk in StringEquals, which is not a wildcard',
      [given('StringEquals', 'kms:ViaService', 's3.*')],
      VIA_S3,
      false,
    ],
    ['a key that the request does not have', [given('StringEquals', 'kms:ViaService', 'x')], undefined, false],
    ['a key named like a property of every object', [given('StringLike', 'constructor', '*')], VIA_S3, false],
    ['a key that the sandbox does not know', [given('StringLike', 'aws:SourceVpc', '*')], VIA_S3, false],
    ['an ARN', [given('ArnEquals', 'kms:EncryptionContext:aws:s3:arn', 'arn:aws:s3:::files')], BUCKET, true],
    [
      'an ARN with a wildcard',
      [given('ArnLike', 'kms:EncryptionContext:aws:s3:arn', 'arn:*:s3:::fil??')],
      BUCKET,
      true,
    ],
    [
      'an ARN with a wildcard that would match several parts',
      [given('ArnLike', 'kms:EncryptionContext:aws:s3:arn', 'arn:*')],
      BUCKET,
      false,
    ],
    [
      'two conditions, one of which does not match',
      [given('StringLike', 'kms:ViaService', 's3.*'), given('ArnLike', 'kms:EncryptionContext:aws:s3:arn', 'arn:*')],
      { ...VIA_S3, ...BUCKET },
      false,
    ],
  ];

  test.each(decisions.map(([title, ...row]) => [row[2] ? 'allows' : 'denies', title, ...row] as const))(
    '%s by the condition of an allow: %s',
    (_, __, conditions, context, decision) => {
      const conditional = role({ ...allow('kms:Decrypt', 'key'), conditions });

      expect(isAllowed(conditional, 'kms:Decrypt', 'key', context)).toBe(decision);
    },
  );

  test.each<[string, RequestContext | undefined, boolean]>([
    ['matches', VIA_S3, false],
    ['does not match', { 'kms:ViaService': 'sqs.us-east-1.amazonaws.com' }, true],
    ['is on a key that the request does not have', {}, true],
  ])('applies a deny only when its condition matches: it %s', (_, context, decision) => {
    const denied = { ...deny('kms:*', '*'), conditions: [given('StringLike', 'kms:ViaService', 's3.*')] };

    expect(isAllowed(role(allow('*', '*'), denied), 'kms:Decrypt', 'key', context)).toBe(decision);
  });

  test('throws for a deny with a condition key that the sandbox does not know', () => {
    const denied = { ...deny('kms:*', '*'), conditions: [given('StringEquals', 'aws:SourceVpc', 'vpc-1')] };

    expect(() => isAllowed(role(allow('*', '*'), denied), 'kms:Decrypt', 'key')).toThrow(
      'role HelpDesk: the sandbox cannot evaluate the condition key aws:SourceVpc in a deny',
    );
    expect(isAllowed(role(allow('*', '*'), denied), 's3:GetObject', 'key')).toBe(true);
  });

  test('leads to an error that names the explicit deny only when its condition matches', () => {
    const denied = { ...deny('kms:*', '*'), conditions: [given('StringLike', 'kms:ViaService', 's3.*')] };

    expect(accessDenied(role(denied), 'kms:Decrypt', 'key', VIA_S3).message).toContain('with an explicit deny');
    expect(accessDenied(role(denied), 'kms:Decrypt', 'key').message).toContain('no identity-based policy allows');
  });
});

describe('accessDenied', () => {
  test.each<[string, Statement[], string]>([
    ['nothing allows it', [], 'because no identity-based policy allows the cognito-idp:ListUsers action'],
    ['a statement denies it', [deny('*', '*')], 'with an explicit deny in an identity-based policy'],
  ])('says that %s', (_, statements, reason) => {
    const error = accessDenied(role(...statements), 'cognito-idp:ListUsers', POOL);

    expect(error.name).toBe('AccessDeniedException');
    expect(error.status).toBe(400);
    expect(error.message).toBe(
      'User: arn:aws:sts::111122223333:assumed-role/HelpDesk/sandbox is not authorized to perform: ' +
        `cognito-idp:ListUsers on resource: ${POOL} ${reason}`,
    );
  });

  test('names a role with a path by its name, in the partition of the role', () => {
    const inChina = { ...role(), roleArn: 'arn:aws-cn:iam::111122223333:role/desk/HelpDesk' };

    expect(accessDenied(inChina, 'a:B', 'x').message).toContain(
      'User: arn:aws-cn:sts::111122223333:assumed-role/HelpDesk/sandbox is',
    );
  });
});

describe('RoleCredentials', () => {
  const other = { ...role(), roleName: 'Other', roleArn: 'arn:aws:iam::111122223333:role/Other' };

  test('gives access keys that look like those of an assumed role', () => {
    const credentials = new RoleCredentials([role()]).for(ROLE_ARN);

    expect(credentials.accessKeyId).toMatch(/^ASIA[A-Z2-7]{16}$/);
    expect(credentials.secretAccessKey).toHaveLength(40);
    expect(credentials.sessionToken).not.toBe('');
  });

  test('gives the same access keys each time, and different ones for each role', () => {
    const credentials = new RoleCredentials([role(), other]);

    expect(credentials.for(ROLE_ARN)).toEqual(new RoleCredentials([role()]).for(ROLE_ARN));
    expect(credentials.for(ROLE_ARN).accessKeyId).not.toBe(credentials.for(other.roleArn).accessKeyId);
  });

  test('finds the role of an access key id, and none for an unknown id', () => {
    const credentials = new RoleCredentials([role(), other]);

    expect(credentials.roleOf(credentials.for(other.roleArn).accessKeyId)).toBe(other);
    expect(credentials.roleOf('ASIAAAAAAAAAAAAAAAAA')).toBeUndefined();
  });

  test('throws for a role that is not in the assembly', () => {
    expect(() => new RoleCredentials([role()]).for(other.roleArn)).toThrow(`has no role ${other.roleArn}`);
  });

  test('does not read the statements of a role, which the sandbox may not be able to evaluate', () => {
    const unreadable: RoleDefinition = {
      roleName: 'HelpDesk',
      roleArn: ROLE_ARN,
      get statements(): Statement[] {
        throw new Error('not asked for');
      },
    };

    expect(new RoleCredentials([unreadable]).roleOf('ASIAAAAAAAAAAAAAAAAA')).toBeUndefined();
  });
});

describe('the Authorization header of a request', () => {
  test('contains the access key id and the service when an AWS SDK client signs', async () => {
    // GIVEN
    const seen: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      seen.push(request.headers.authorization);
      response.end('{}');
    });
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    const credentials = new RoleCredentials([role()]).for(ROLE_ARN);
    const client = new CognitoIdentityProviderClient({
      region: 'us-east-1',
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      credentials,
    });

    // WHEN
    await client.send(new ListUsersCommand({ UserPoolId: 'us-east-1_Abc123def' }));
    client.destroy();
    server.close();

    // THEN
    expect(seen.map(accessKeyIdOf)).toEqual([credentials.accessKeyId]);
    expect(seen.map(signedService)).toEqual(['cognito-idp']);
  });

  test.each([
    ['it is missing', undefined],
    ['it is empty', ''],
    ['it is a bearer token', 'Bearer Credential=ASIA/x'],
    ['it has no credential', 'AWS4-HMAC-SHA256 SignedHeaders=host, Signature=00'],
    ['its credential is empty', 'AWS4-HMAC-SHA256 Credential=/20260101/us-east-1/x/aws4_request'],
  ])('contains no access key id when %s', (_, header) => {
    expect(accessKeyIdOf(header)).toBeUndefined();
    expect(signedService(header)).toBeUndefined();
  });

  test('can have the credential second, without a space before it', () => {
    expect(
      accessKeyIdOf('AWS4-HMAC-SHA256 SignedHeaders=host,Credential=ASIAX/20260101/us-east-1/x/aws4_request'),
    ).toBe('ASIAX');
  });
});
