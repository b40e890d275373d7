import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GenerateMacCommand, KMSClient } from '@aws-sdk/client-kms';
import type { CustomMessageTriggerEvent } from 'aws-lambda';
import { type Fault, Faults, Gateway, type KeyDefinition, KmsService } from 'cloud-assembly-sandbox';
import fc from 'fast-check';
import { Verifier } from '../../../lambda/messages/verifier';
import { foldName, formOf, messageToSign, type Token, writeToken } from '../../../lambda/shared/signing/token';
import { endsBefore } from '../../support/deployment';
import { cases } from '../../support/soak';
import { edited, otherSpelling } from '../../support/token-texts';

const RUNS = cases(100, 1_000);

const POOL = 'eu-central-1_example';
const SUB = '0f8fad5b-d9cb-469f-a165-70867728950e';
const USER = {
  userName: 'user',
  attributes: {
    sub: SUB,
    email: 'User@example.com',
    email_verified: 'true',
    phone_number: '+15550100',
    phone_number_verified: 'true',
  },
};
const METADATA = { template: 'breach', ticket: '4711' };

const CURRENT = 'arn:aws:kms:eu-central-1:111122223333:key/11111111-1111-4111-8111-111111111111';
const PREVIOUS = 'arn:aws:kms:eu-west-1:111122223333:key/22222222-2222-4222-8222-222222222222';
const OTHER = 'arn:aws:kms:eu-central-1:111122223333:key/33333333-3333-4333-8333-333333333333';
const DISABLED = 'arn:aws:kms:eu-central-1:111122223333:key/44444444-4444-4444-8444-444444444444';

const SELF_SERVICE = { kind: 'selfService' };
const INVALID = { kind: 'selfService', reason: 'InvalidMac' };

const faults = new Faults();
let gateway: Gateway;
let kms: (keyArn: string) => KMSClient;

beforeAll(async () => {
  const services = [new KmsService([CURRENT, PREVIOUS, OTHER, DISABLED].map(keyDefinition))];
  gateway = await Gateway.start({ services, faults });
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: gateway.endpoint,
    AWS_ACCESS_KEY_ID: 'developer',
    AWS_SECRET_ACCESS_KEY: 'developer',
  });
  kms = (keyArn) => new KMSClient({ region: keyArn.split(':')[3] });
});
beforeEach(() => faults.clear());
afterAll(() => gateway.stop());

function keyDefinition(keyArn: string): KeyDefinition {
  return {
    keyId: keyArn.split('/')[1] ?? '',
    keyArn,
    aliases: [],
    keySpec: 'HMAC_256',
    keyUsage: 'GENERATE_VERIFY_MAC',
    origin: 'AWS_KMS',
    enabled: keyArn !== DISABLED,
  };
}

/** How a token is signed; by default as the reset function signs it for `name`. */
interface Signing {
  readonly keyArn?: string;
  readonly userPoolId?: string;
  readonly name?: string;
  readonly metadata?: Record<string, string>;
  /** The age of the token, in milliseconds. */
  readonly age?: number;
  readonly folded?: boolean;
}

async function sign(signing: Signing = {}): Promise<string> {
  const { keyArn = CURRENT, userPoolId = POOL, name = 'user', metadata = METADATA, age = 0, folded = false } = signing;
  const nonce = randomBytes(16).toString('base64url');
  const token: Token = { time: Date.now() - age, nonce, form: formOf(name), folded };
  const Message = messageToSign(userPoolId, token, foldName(name, folded), metadata);
  const command = new GenerateMacCommand({ KeyId: keyArn, MacAlgorithm: 'HMAC_SHA_256', Message });
  const { Mac = new Uint8Array() } = await kms(keyArn).send(command);
  return writeToken(token, Mac);
}

function event(clientMetadata: Record<string, string> | undefined, user = USER): CustomMessageTriggerEvent {
  return {
    version: '1',
    region: 'eu-central-1',
    userPoolId: POOL,
    userName: user.userName,
    triggerSource: 'CustomMessage_ForgotPassword',
    callerContext: { awsSdkVersion: '1', clientId: 'client' },
    request: {
      userAttributes: user.attributes,
      codeParameter: '{####}',
      linkParameter: '{##Click Here##}',
      usernameParameter: null,
      clientMetadata,
    },
    response: { smsMessage: null, emailMessage: null, emailSubject: null },
  };
}

/** Identifies the requester, and counts the VerifyMac calls. */
async function identify(
  clientMetadata: Record<string, string> | undefined,
  { keyArns = [CURRENT], caseInsensitive = false, user = USER } = {},
) {
  const calls = () => gateway.calls().filter(({ operation }) => operation === 'VerifyMac').length;
  const before = calls();
  const requester = await new Verifier(keyArns, caseInsensitive).identifyRequester(event(clientMetadata, user));
  return { requester, calls: calls() - before };
}

const signed = (token: string, metadata: Record<string, string> = METADATA) => ({
  ...metadata,
  cdkCognitoPasswordReset: token,
});

describe('Verifier for an admin reset', () => {
  const admin = { kind: 'admin', metadata: METADATA };

  test.each(['user', SUB, 'User@example.com', '+15550100'])(
    'accepts a token for the user name, sub or alias %s',
    async (name) => {
      expect(await identify(signed(await sign({ name })))).toEqual({ requester: admin, calls: 1 });
    },
  );

  test.each(['USER', 'user@EXAMPLE.com', SUB.toUpperCase()])(
    'accepts a token for a name in another case, if the pool is case-insensitive: %s',
    async (name) => {
      const token = await sign({ name, folded: true });
      expect((await identify(signed(token), { caseInsensitive: true })).requester).toEqual(admin);
    },
  );

  test('accepts a token for an email alias when the user name looks like another email address', async () => {
    const user = { ...USER, userName: 'other@example.com' };
    expect(await identify(signed(await sign({ name: 'User@example.com' })), { user })).toEqual({
      requester: admin,
      calls: 2,
    });
  });

  test('accepts a token for a sub that is also the user name', async () => {
    const user = { ...USER, userName: SUB };
    expect(await identify(signed(await sign({ name: SUB })), { user })).toEqual({ requester: admin, calls: 1 });
  });

  test('accepts a token for a reset without metadata', async () => {
    expect((await identify(signed(await sign({ metadata: {} }), {}))).requester).toEqual({
      kind: 'admin',
      metadata: {},
    });
  });

  test.each([298_000, -28_000])('accepts a token with an age of %d ms', async (age) => {
    expect((await identify(signed(await sign({ age })))).requester).toEqual(admin);
  });

  test('accepts a token with a signature of the previous key in another Region', async () => {
    const token = await sign({ keyArn: PREVIOUS });
    expect(await identify(signed(token), { keyArns: [CURRENT, PREVIOUS] })).toEqual({ requester: admin, calls: 2 });
  });

  test('accepts a token with a signature of the current key, without calling KMS for the previous one', async () => {
    expect(await identify(signed(await sign()), { keyArns: [CURRENT, PREVIOUS] })).toEqual({
      requester: admin,
      calls: 1,
    });
  });

  test.each([
    ['fails once', { status: 500, name: 'KMSInternalException' }],
    ['throttles once', { status: 400, name: 'ThrottlingException' }],
    ['cuts one connection', 'cut-before'],
  ] as const)('accepts a token when KMS %s', async (_, instead) => {
    const token = await sign();
    faults.add({ operation: 'VerifyMac', instead });
    expect((await identify(signed(token))).requester).toEqual(admin);
  });
});

describe('Verifier for a self-service request', () => {
  test.each([undefined, {}, METADATA])('reports self-service when there is no token: metadata %j', async (metadata) => {
    expect(await identify(metadata)).toEqual({ requester: SELF_SERVICE, calls: 0 });
  });

  test.each<[string, Signing]>([
    ['another user', { name: 'other' }],
    ['the name in another case', { name: 'User' }],
    ['another email address', { name: 'other@example.com' }],
    ['another user pool', { userPoolId: 'eu-central-1_other' }],
    ['another key', { keyArn: OTHER }],
    ['another value', { metadata: { ...METADATA, ticket: '4712' } }],
    ['fewer entries', { metadata: { template: 'breach' } }],
    ['more entries', { metadata: { ...METADATA, more: '1' } }],
  ])('reports self-service when the token was signed for %s', async (_, signing) => {
    const { requester, calls } = await identify(signed(await sign(signing)), { keyArns: [CURRENT, PREVIOUS] });
    expect({ requester, calls }).toEqual({ requester: INVALID, calls: 2 });
  });

  test.each([
    ['email', 'User@example.com'],
    ['phone_number', '+15550100'],
  ])('reports self-service when the token is for an alias that is not verified: %s', async (attribute, name) => {
    const token = await sign({ name });
    for (const verified of ['false', '', 'TRUE', undefined]) {
      const attributes = { ...USER.attributes, [`${attribute}_verified`]: verified as string };
      expect(await identify(signed(token), { user: { ...USER, attributes } })).toEqual({
        requester: { kind: 'selfService', reason: 'NoNameOfThisForm' },
        calls: 0,
      });
    }
  });

  test('reports self-service after one call of KMS when the token is invalid and the user name is the sub', async () => {
    const token = await sign({ name: SUB, keyArn: OTHER });
    expect(await identify(signed(token), { user: { ...USER, userName: SUB } })).toEqual({
      requester: INVALID,
      calls: 1,
    });
  });

  test('reports self-service when the token states another form of the same name', async () => {
    const token = (await sign({ name: 'user' })).replace('.other.', '.email.');
    expect((await identify(signed(token))).requester).toEqual(INVALID);
  });

  test('reports self-service when the token has a name in lower case but the pool is case-sensitive', async () => {
    const token = await sign({ name: 'user', folded: true });
    expect(await identify(signed(token))).toEqual({
      requester: { kind: 'selfService', reason: 'NoNameOfThisForm' },
      calls: 0,
    });
  });

  test.each([
    [302_000, 'TokenTooOld'],
    [-32_000, 'TokenFromTheFuture'],
  ])('reports self-service when the token has an age of %d ms', async (age, reason) => {
    expect(await identify(signed(await sign({ age })))).toEqual({
      requester: { kind: 'selfService', reason },
      calls: 0,
    });
  });

  test('reports self-service when the time in the token was changed to a recent one', async () => {
    const token = (await sign({ age: 302_000 })).replace(/\d{13}/, `${Date.now()}`);
    expect((await identify(signed(token))).requester).toEqual(INVALID);
  });

  test.each([
    ['', 'MalformedToken'],
    ['forged', 'MalformedToken'],
    [`1.${'9'.repeat(13)}.a.email.b`, 'MalformedToken'],
  ])('reports self-service when the token is malformed: %j', async (token, reason) => {
    expect(await identify(signed(token))).toEqual({ requester: { kind: 'selfService', reason }, calls: 0 });
  });

  test(`reports self-service without a call of KMS when a valid token is spelled differently (${RUNS} texts)`, async () => {
    await fc.assert(
      fc.asyncProperty(otherSpelling, async (respell) => {
        expect(await identify(signed(respell(await sign())))).toEqual({
          requester: { kind: 'selfService', reason: 'MalformedToken' },
          calls: 0,
        });
      }),
      { numRuns: RUNS },
    );
  });

  test(`reports self-service when the text of a valid token is changed (${RUNS} texts)`, async () => {
    await fc.assert(
      fc.asyncProperty(edited, async (edit) => {
        const token = await sign();
        const { requester } = await identify(signed(edit(token)));
        expect(requester.kind).toBe(edit(token) === token ? 'admin' : 'selfService');
      }),
      { numRuns: RUNS },
    );
  });

  test.each<Record<string, string>>([{ ticket: '\ud800' }, { '\udfff': '' }])(
    'reports self-service when the metadata are not well-formed Unicode: %j',
    async (metadata) => {
      expect(await identify(signed(await sign(), metadata))).toEqual({
        requester: { kind: 'selfService', reason: 'MalformedMetadata' },
        calls: 0,
      });
    },
  );
});

test.each(['{}', '{"MacValid": false}'])(
  'Verifier treats a request as self-service when the response of KMS does not state a valid MAC: %s',
  async (answer) => {
    const token = await sign();
    const server = createServer((_, response) => response.end(answer));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { AWS_ENDPOINT_URL } = process.env;
    process.env.AWS_ENDPOINT_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { requester } = await identify(signed(token));
    process.env.AWS_ENDPOINT_URL = AWS_ENDPOINT_URL;
    await new Promise((resolve) => server.close(resolve));

    expect(requester).toEqual(INVALID);
  },
);

describe('Verifier without a usable response of KMS', () => {
  test.each<[string, Fault['instead'], unknown]>([
    ['denies access', { status: 400, name: 'AccessDeniedException' }, 'AccessDeniedException'],
    ['throttles', { status: 400, name: 'ThrottlingException' }, 'ThrottlingException'],
    ['fails', { status: 500, name: 'KMSInternalException' }, 'KMSInternalException'],
    [
      'fails with status 500 and the exception name of an invalid MAC',
      { status: 500, name: 'KMSInvalidMacException' },
      'KMSInvalidMacException',
    ],
    ['does not respond', 'hang', 'TimeoutError'],
    ['stops halfway in its response', 'slow-body', 'TimeoutError'],
    ['returns an invalid response', 'garbage', 'SyntaxError'],
    ['cuts the connection before the call', 'cut-before', expect.any(String)],
    ['cuts the connection after the call', 'cut-after', expect.any(String)],
  ])('reports an unverifiable token when KMS %s', async (_, instead, errorName) => {
    // GIVEN
    const token = await sign();
    faults.add({ operation: 'VerifyMac', times: Number.POSITIVE_INFINITY, instead });

    // WHEN
    const identified = identify(signed(token), { keyArns: [CURRENT, PREVIOUS] });

    // THEN
    expect(await endsBefore(2_000, identified)).toBe(true);
    expect((await identified).requester).toEqual({ kind: 'unverifiable', errorName });
  });

  test('reports an unverifiable token when all calls of KMS together take too long', async () => {
    const token = await sign({ keyArn: OTHER, name: 'User@example.com' });
    const user = { ...USER, userName: 'other@example.com' };
    faults.add({ operation: 'VerifyMac', times: Number.POSITIVE_INFINITY, delay: 450 });

    const identified = identify(signed(token), { keyArns: [CURRENT, PREVIOUS], user });

    expect(await endsBefore(2_000, identified)).toBe(true);
    expect((await identified).requester).toEqual({ kind: 'unverifiable', errorName: 'TimeoutError' });
  });

  test('reports an unverifiable token when a signing key is disabled or does not exist', async () => {
    const token = await sign();
    for (const keyArns of [
      [DISABLED, CURRENT],
      [`${CURRENT}0`, CURRENT],
    ]) {
      expect((await identify(signed(token), { keyArns })).requester.kind).toBe('unverifiable');
    }
  });

  test('reports an unverifiable token when no connection to KMS is possible', async () => {
    const token = await sign();
    const { AWS_ENDPOINT_URL } = process.env;
    process.env.AWS_ENDPOINT_URL = 'http://127.0.0.1:1';
    const { requester } = await identify(signed(token));
    process.env.AWS_ENDPOINT_URL = AWS_ENDPOINT_URL;

    expect(requester.kind).toBe('unverifiable');
  });
});
