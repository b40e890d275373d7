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

describe('the decision', () => {
  it.each<[string, Statement[], string, string, boolean]>([
    ['no statement', [], 'cognito-idp:ListUsers', POOL, false],
    ['the very action and resource', [allow('cognito-idp:ListUsers', POOL)], 'cognito-idp:ListUsers', POOL, true],
    ['another action', [allow('cognito-idp:ListUsers', POOL)], 'cognito-idp:ListGroups', POOL, false],
    ['an action that only begins alike', [allow('cognito-idp:List', POOL)], 'cognito-idp:ListUsers', POOL, false],
    ['an action that only ends alike', [allow('ListUsers', POOL)], 'cognito-idp:ListUsers', POOL, false],
    ['another resource', [allow('cognito-idp:ListUsers', POOL)], 'cognito-idp:ListUsers', `${POOL}4`, false],
    ['one of several', [allow(['a:B', 'c:D'], ['x', 'y'])], 'c:D', 'y', true],
    ['action of one statement, resource of another', [allow('a:B', 'x'), allow('c:D', 'y')], 'a:B', 'y', false],
    ['an action in another case', [allow('Cognito-IDP:listusers', POOL)], 'cognito-idp:ListUsers', POOL, true],
    ['a resource in another case', [allow('*', POOL.toLowerCase())], 'cognito-idp:ListUsers', POOL, false],
    ['everything', [allow('*', '*')], 'cognito-idp:ListUsers', POOL, true],
    ['a service', [allow('cognito-idp:*', '*')], 'cognito-idp:ListUsers', POOL, true],
    ['another service', [allow('cognito-identity:*', '*')], 'cognito-idp:ListUsers', POOL, false],
    ['an asterisk in an action', [allow('cognito-idp:*User', '*')], 'cognito-idp:AdminGetUser', POOL, true],
    ['an asterisk that covers nothing', [allow('cognito-idp:ListUsers*', '*')], 'cognito-idp:ListUsers', POOL, true],
    ['a question mark', [allow('cognito-idp:ListUser?', '*')], 'cognito-idp:ListUsers', POOL, true],
    ['a question mark wants a character', [allow('cognito-idp:ListUsers?', '*')], 'cognito-idp:ListUsers', POOL, false],
    ['a dot is no wildcard', [allow('*', 'a.c')], 'a:B', 'abc', false],
    ['other signs of regular expressions', [allow('*', 'a+(b)[c]^$|{d}\\')], 'a:B', 'a+(b)[c]^$|{d}\\', true],
    ['a wildcard account', [allow('*', 'arn:aws:sqs:us-east-1:*:q')], 'sqs:x', 'arn:aws:sqs:us-east-1:1:q', true],
    ['an asterisk at the end', [allow('*', 'arn:aws:logs:*')], 'logs:x', 'arn:aws:logs:us-east-1:1:log-group:g', true],
    ['a segment that ends in an asterisk', [allow('*', 'arn:aws:logs:u*:g')], 'logs:x', 'arn:aws:logs:us:1:g', true],
    ['an asterisk within a segment stays there', [allow('*', 'arn:a*s:sqs::q')], 'sqs:x', 'arn:a:s:sqs::q', false],
    ['an asterisk covers slashes', [allow('*', 'arn:aws:s3:::b/*/c')], 's3:x', 'arn:aws:s3:::b/1/2/c', true],
    ['a question mark covers no colon', [allow('*', 'a?b')], 'a:B', 'a:b', false],
    ['a deny before the allow', [deny('a:B', 'x'), allow('*', '*')], 'a:B', 'x', false],
    ['a deny after the allow', [allow('*', '*'), deny('a:*', 'x')], 'a:B', 'x', false],
    ['a deny of another resource', [allow('*', '*'), deny('a:*', 'x')], 'a:B', 'y', true],
    ['a deny of another action', [allow('*', '*'), deny('a:B', '*')], 'a:C', 'y', true],
    ['a deny alone', [deny('a:B', 'x')], 'a:C', 'y', false],
    ['a deny of everything and a line break', [allow('a:B', 'x\ny'), deny('*', '*')], 'a:B', 'x\ny', false],
  ])('with %s', (_, statements, action, resource, decision) => {
    expect(isAllowed(role(...statements), action, resource)).toBe(decision);
  });
});

describe('a condition', () => {
  const VIA_S3 = { 'kms:ViaService': 's3.us-east-1.amazonaws.com' };
  const BUCKET = { 'kms:EncryptionContext:aws:s3:arn': 'arn:aws:s3:::files' };
  const given = (operator: ConditionOperator, key: string, ...values: string[]) => ({ operator, key, values });

  it.each<[string, Condition[], RequestContext | undefined, boolean]>([
    ['that holds', [given('StringEquals', 'kms:ViaService', 's3.us-east-1.amazonaws.com')], VIA_S3, true],
    ['whose key is in another case', [given('StringEquals', 'KMS:viaservice', VIA_S3['kms:ViaService'])], VIA_S3, true],
    ['on another value', [given('StringEquals', 'kms:ViaService', 's3.eu-west-1.amazonaws.com')], VIA_S3, false],
    [
      'on a value in another case',
      [given('StringEquals', 'kms:ViaService', 'S3.us-east-1.amazonaws.com')],
      VIA_S3,
      false,
    ],
    [
      'one of whose values matches',
      [given('StringEquals', 'kms:ViaService', 'x', VIA_S3['kms:ViaService'])],
      VIA_S3,
      true,
    ],
    ['without values', [given('StringEquals', 'kms:ViaService')], VIA_S3, false],
    ['with a wildcard', [given('StringLike', 'kms:ViaService', 's3.*.amazonaws.co?')], VIA_S3, true],
    ['with a wildcard that is none', [given('StringEquals', 'kms:ViaService', 's3.*')], VIA_S3, false],
    ['on a key that the request does not have', [given('StringEquals', 'kms:ViaService', 'x')], undefined, false],
    ['on a key that only another object has', [given('StringLike', 'constructor', '*')], VIA_S3, false],
    ['on a key that the sandbox does not know', [given('StringLike', 'aws:SourceVpc', '*')], VIA_S3, false],
    ['on an ARN', [given('ArnEquals', 'kms:EncryptionContext:aws:s3:arn', 'arn:aws:s3:::files')], BUCKET, true],
    [
      'on an ARN with a wildcard',
      [given('ArnLike', 'kms:EncryptionContext:aws:s3:arn', 'arn:*:s3:::fil??')],
      BUCKET,
      true,
    ],
    [
      'on an ARN with too wide a wildcard',
      [given('ArnLike', 'kms:EncryptionContext:aws:s3:arn', 'arn:*')],
      BUCKET,
      false,
    ],
    [
      'of which one does not hold',
      [given('StringLike', 'kms:ViaService', 's3.*'), given('ArnLike', 'kms:EncryptionContext:aws:s3:arn', 'arn:*')],
      { ...VIA_S3, ...BUCKET },
      false,
    ],
  ])('%s decides', (_, conditions, context, decision) => {
    const conditional = role({ ...allow('kms:Decrypt', 'key'), conditions });

    expect(isAllowed(conditional, 'kms:Decrypt', 'key', context)).toBe(decision);
  });

  it.each<[string, RequestContext | undefined, boolean]>([
    ['holds', VIA_S3, false],
    ['does not hold', { 'kms:ViaService': 'sqs.us-east-1.amazonaws.com' }, true],
    ['is on what the call does not have', {}, true],
  ])('of a deny that %s decides', (_, context, decision) => {
    const denied = { ...deny('kms:*', '*'), conditions: [given('StringLike', 'kms:ViaService', 's3.*')] };

    expect(isAllowed(role(allow('*', '*'), denied), 'kms:Decrypt', 'key', context)).toBe(decision);
  });

  it('of a deny on what the sandbox does not know is an error, and no permission', () => {
    const denied = { ...deny('kms:*', '*'), conditions: [given('StringEquals', 'aws:SourceVpc', 'vpc-1')] };

    expect(() => isAllowed(role(allow('*', '*'), denied), 'kms:Decrypt', 'key')).toThrow(
      'role HelpDesk: the sandbox cannot evaluate the condition key aws:SourceVpc in a deny',
    );
    expect(isAllowed(role(allow('*', '*'), denied), 's3:GetObject', 'key')).toBe(true);
  });

  it('of a deny that holds is told in the error', () => {
    const denied = { ...deny('kms:*', '*'), conditions: [given('StringLike', 'kms:ViaService', 's3.*')] };

    expect(accessDenied(role(denied), 'kms:Decrypt', 'key', VIA_S3).message).toContain('with an explicit deny');
    expect(accessDenied(role(denied), 'kms:Decrypt', 'key').message).toContain('no identity-based policy allows');
  });
});

describe('the error', () => {
  it.each<[string, Statement[], string]>([
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

  it('names a role with a path by its name, in the partition of the role', () => {
    const inChina = { ...role(), roleArn: 'arn:aws-cn:iam::111122223333:role/desk/HelpDesk' };

    expect(accessDenied(inChina, 'a:B', 'x').message).toContain(
      'User: arn:aws-cn:sts::111122223333:assumed-role/HelpDesk/sandbox is',
    );
  });
});

describe('the access keys', () => {
  const other = { ...role(), roleName: 'Other', roleArn: 'arn:aws:iam::111122223333:role/Other' };

  it('look like those of an assumed role', () => {
    const credentials = new RoleCredentials([role()]).for(ROLE_ARN);

    expect(credentials.accessKeyId).toMatch(/^ASIA[A-Z2-7]{16}$/);
    expect(credentials.secretAccessKey).toHaveLength(40);
    expect(credentials.sessionToken).not.toBe('');
  });

  it('are the same each time, and others for each role', () => {
    const credentials = new RoleCredentials([role(), other]);

    expect(credentials.for(ROLE_ARN)).toEqual(new RoleCredentials([role()]).for(ROLE_ARN));
    expect(credentials.for(ROLE_ARN).accessKeyId).not.toBe(credentials.for(other.roleArn).accessKeyId);
  });

  it('lead back to their role, and no other does', () => {
    const credentials = new RoleCredentials([role(), other]);

    expect(credentials.roleOf(credentials.for(other.roleArn).accessKeyId)).toBe(other);
    expect(credentials.roleOf('ASIAAAAAAAAAAAAAAAAA')).toBeUndefined();
  });

  it('are not handed out for a role that is not in the assembly', () => {
    expect(() => new RoleCredentials([role()]).for(other.roleArn)).toThrow(`has no role ${other.roleArn}`);
  });

  it('ask for no statements, which may be beyond evaluation', () => {
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

describe('the Authorization header', () => {
  it('of an AWS SDK client gives the access key id and the service', async () => {
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

  it.each([
    ['none', undefined],
    ['an empty one', ''],
    ['a bearer token', 'Bearer Credential=ASIA/x'],
    ['one without a credential', 'AWS4-HMAC-SHA256 SignedHeaders=host, Signature=00'],
    ['one with an empty credential', 'AWS4-HMAC-SHA256 Credential=/20260101/us-east-1/x/aws4_request'],
  ])('%s gives no access key id', (_, header) => {
    expect(accessKeyIdOf(header)).toBeUndefined();
    expect(signedService(header)).toBeUndefined();
  });

  it('may put the credential second, and leave out the space', () => {
    expect(
      accessKeyIdOf('AWS4-HMAC-SHA256 SignedHeaders=host,Credential=ASIAX/20260101/us-east-1/x/aws4_request'),
    ).toBe('ASIAX');
  });
});
