import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CognitoIdentityProviderClient, ListUsersCommand } from '@aws-sdk/client-cognito-identity-provider';
import { accessDenied, accessKeyIdOf, isAllowed, RoleCredentials } from '../../sandbox/iam';
import type { RoleDefinition, Statement } from '../../sandbox/service';

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
  it('of an AWS SDK client gives the access key id', async () => {
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
  });

  it.each([
    ['none', undefined],
    ['an empty one', ''],
    ['a bearer token', 'Bearer Credential=ASIA/x'],
    ['one without a credential', 'AWS4-HMAC-SHA256 SignedHeaders=host, Signature=00'],
    ['one with an empty credential', 'AWS4-HMAC-SHA256 Credential=/20260101/us-east-1/x/aws4_request'],
  ])('%s gives no access key id', (_, header) => {
    expect(accessKeyIdOf(header)).toBeUndefined();
  });

  it('may put the credential second, and leave out the space', () => {
    expect(
      accessKeyIdOf('AWS4-HMAC-SHA256 SignedHeaders=host,Credential=ASIAX/20260101/us-east-1/x/aws4_request'),
    ).toBe('ASIAX');
  });
});
