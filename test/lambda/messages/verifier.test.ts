import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GenerateMacCommand, KMSClient } from '@aws-sdk/client-kms';
import type { CustomMessageTriggerEvent } from 'aws-lambda';
import { type Fault, Faults, Gateway, type KeyDefinition, KmsService } from 'cloud-assembly-sandbox';
import { Verifier } from '../../../lambda/messages/verifier';
import { foldName, formOf, messageToSign, type Token, writeToken } from '../../../lambda/shared/signing/token';

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

/** How a token is made; by default as the reset function does it for `name`. */
interface Signing {
  readonly keyArn?: string;
  readonly userPoolId?: string;
  readonly name?: string;
  readonly metadata?: Record<string, string>;
  /** In milliseconds. */
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

/** Asks, and counts the calls of KMS. */
async function ask(
  clientMetadata: Record<string, string> | undefined,
  { keyArns = [CURRENT], caseInsensitive = false, user = USER } = {},
) {
  const calls = () => gateway.calls().filter(({ operation }) => operation === 'VerifyMac').length;
  const before = calls();
  const asker = await new Verifier(keyArns, caseInsensitive).identifyRequester(event(clientMetadata, user));
  return { asker, calls: calls() - before };
}

const signed = (token: string, metadata: Record<string, string> = METADATA) => ({
  ...metadata,
  cdkCognitoPasswordReset: token,
});

describe('a reset is an admin reset', () => {
  const admin = { kind: 'admin', metadata: METADATA };

  test.each(['user', SUB, 'User@example.com', '+15550100'])('of the user named %s', async (name) => {
    expect(await ask(signed(await sign({ name })))).toEqual({ asker: admin, calls: 1 });
  });

  test.each(['USER', 'user@EXAMPLE.com', SUB.toUpperCase()])(
    'in any case, where the user pool has it so: %s',
    async (name) => {
      const token = await sign({ name, folded: true });
      expect((await ask(signed(token), { caseInsensitive: true })).asker).toEqual(admin);
    },
  );

  test('when the user name looks like another address', async () => {
    const user = { ...USER, userName: 'other@example.com' };
    expect(await ask(signed(await sign({ name: 'User@example.com' })), { user })).toEqual({ asker: admin, calls: 2 });
  });

  test('when the user name is the sub', async () => {
    const user = { ...USER, userName: SUB };
    expect(await ask(signed(await sign({ name: SUB })), { user })).toEqual({ asker: admin, calls: 1 });
  });

  test('without metadata', async () => {
    expect((await ask(signed(await sign({ metadata: {} }), {}))).asker).toEqual({ kind: 'admin', metadata: {} });
  });

  test.each([298_000, -28_000])('when the token is %d ms old', async (age) => {
    expect((await ask(signed(await sign({ age })))).asker).toEqual(admin);
  });

  test('with the previous key, of another Region', async () => {
    const token = await sign({ keyArn: PREVIOUS });
    expect(await ask(signed(token), { keyArns: [CURRENT, PREVIOUS] })).toEqual({ asker: admin, calls: 2 });
  });

  test('with the current key, without asking for the previous one', async () => {
    expect(await ask(signed(await sign()), { keyArns: [CURRENT, PREVIOUS] })).toEqual({ asker: admin, calls: 1 });
  });

  test.each([
    ['fails once', { status: 500, name: 'KMSInternalException' }],
    ['throttles once', { status: 400, name: 'ThrottlingException' }],
    ['breaks off once', 'cut-before'],
  ] as const)('when KMS %s', async (_, instead) => {
    const token = await sign();
    faults.add({ operation: 'VerifyMac', instead });
    expect((await ask(signed(token))).asker).toEqual(admin);
  });
});

describe('a reset is none of an admin', () => {
  test.each([undefined, {}, METADATA])('without a token: %j', async (metadata) => {
    expect(await ask(metadata)).toEqual({ asker: SELF_SERVICE, calls: 0 });
  });

  test.each<[string, Signing]>([
    ['another user', { name: 'other' }],
    ['another case of the name', { name: 'User' }],
    ['another address', { name: 'other@example.com' }],
    ['another user pool', { userPoolId: 'eu-central-1_other' }],
    ['another key', { keyArn: OTHER }],
    ['a value changed', { metadata: { ...METADATA, ticket: '4712' } }],
    ['an entry added', { metadata: { template: 'breach' } }],
    ['an entry removed', { metadata: { ...METADATA, more: '1' } }],
  ])('with a token for something else: %s', async (_, signing) => {
    const { asker, calls } = await ask(signed(await sign(signing)), { keyArns: [CURRENT, PREVIOUS] });
    expect({ asker, calls }).toEqual({ asker: INVALID, calls: 2 });
  });

  test.each([
    ['email', 'User@example.com'],
    ['phone_number', '+15550100'],
  ])('with a token for an alias that is not verified: %s', async (attribute, name) => {
    const token = await sign({ name });
    for (const verified of ['false', '', 'TRUE', undefined]) {
      const attributes = { ...USER.attributes, [`${attribute}_verified`]: verified as string };
      expect(await ask(signed(token), { user: { ...USER, attributes } })).toEqual({
        asker: { kind: 'selfService', reason: 'NoNameOfThisForm' },
        calls: 0,
      });
    }
  });

  test('with a token for something else, and KMS is not asked twice for the same name', async () => {
    const token = await sign({ name: SUB, keyArn: OTHER });
    expect(await ask(signed(token), { user: { ...USER, userName: SUB } })).toEqual({ asker: INVALID, calls: 1 });
  });

  test('with a token for the same name in another form', async () => {
    const token = (await sign({ name: 'user' })).replace('.other.', '.email.');
    expect((await ask(signed(token))).asker).toEqual(INVALID);
  });

  test('with a folded token, where the cases are different names', async () => {
    const token = await sign({ name: 'user', folded: true });
    expect(await ask(signed(token))).toEqual({ asker: { kind: 'selfService', reason: 'NoNameOfThisForm' }, calls: 0 });
  });

  test.each([
    [302_000, 'TokenTooOld'],
    [-32_000, 'TokenFromTheFuture'],
  ])('with a token that is %d ms old', async (age, reason) => {
    expect(await ask(signed(await sign({ age })))).toEqual({ asker: { kind: 'selfService', reason }, calls: 0 });
  });

  test('with a token that was made younger', async () => {
    const token = (await sign({ age: 302_000 })).replace(/\d{13}/, `${Date.now()}`);
    expect((await ask(signed(token))).asker).toEqual(INVALID);
  });

  test.each([
    ['', 'MalformedToken'],
    ['forged', 'MalformedToken'],
    [`1.${'9'.repeat(13)}.a.email.b`, 'MalformedToken'],
  ])('with what is no token: %j', async (token, reason) => {
    expect(await ask(signed(token))).toEqual({ asker: { kind: 'selfService', reason }, calls: 0 });
  });

  test.each<Record<string, string>>([{ ticket: '\ud800' }, { '\udfff': '' }])(
    'with metadata that has no bytes of its own: %j',
    async (metadata) => {
      expect(await ask(signed(await sign(), metadata))).toEqual({
        asker: { kind: 'selfService', reason: 'MalformedMetadata' },
        calls: 0,
      });
    },
  );
});

test.each(['{}', '{"MacValid": false}'])(
  'an answer that does not say that the MAC is valid proves nothing: %s',
  async (answer) => {
    const token = await sign();
    const server = createServer((_, response) => response.end(answer));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { AWS_ENDPOINT_URL } = process.env;
    process.env.AWS_ENDPOINT_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { asker } = await ask(signed(token));
    process.env.AWS_ENDPOINT_URL = AWS_ENDPOINT_URL;
    await new Promise((resolve) => server.close(resolve));

    expect(asker).toEqual(INVALID);
  },
);

describe('nobody can tell', () => {
  test.each<[string, Fault['instead'], unknown]>([
    ['refuses', { status: 400, name: 'AccessDeniedException' }, 'AccessDeniedException'],
    ['throttles', { status: 400, name: 'ThrottlingException' }, 'ThrottlingException'],
    ['fails', { status: 500, name: 'KMSInternalException' }, 'KMSInternalException'],
    ['fails in the name of a refusal', { status: 500, name: 'KMSInvalidMacException' }, 'KMSInvalidMacException'],
    ['does not answer', 'hang', 'TimeoutError'],
    ['begins to answer', 'slow-body', 'TimeoutError'],
    ['answers nonsense', 'garbage', 'SyntaxError'],
    ['is cut off', 'cut-before', expect.any(String)],
    ['is cut off later', 'cut-after', expect.any(String)],
  ])('when KMS %s', async (_, instead, errorName) => {
    // GIVEN
    const token = await sign();
    faults.add({ operation: 'VerifyMac', times: Number.POSITIVE_INFINITY, instead });
    const begin = performance.now();

    // WHEN
    const { asker } = await ask(signed(token), { keyArns: [CURRENT, PREVIOUS] });

    // THEN
    expect(asker).toEqual({ kind: 'unverifiable', errorName });
    expect(performance.now() - begin).toBeLessThan(2_000);
  });

  test('when all the calls together take too long', async () => {
    const token = await sign({ keyArn: OTHER, name: 'User@example.com' });
    const user = { ...USER, userName: 'other@example.com' };
    faults.add({ operation: 'VerifyMac', times: Number.POSITIVE_INFINITY, delay: 450 });
    const begin = performance.now();

    const { asker } = await ask(signed(token), { keyArns: [CURRENT, PREVIOUS], user });

    expect(asker).toEqual({ kind: 'unverifiable', errorName: 'TimeoutError' });
    expect(performance.now() - begin).toBeLessThan(2_000);
  });

  test('when the key is disabled, or the key is gone', async () => {
    const token = await sign();
    for (const keyArns of [
      [DISABLED, CURRENT],
      [`${CURRENT}0`, CURRENT],
    ]) {
      expect((await ask(signed(token), { keyArns })).asker.kind).toBe('unverifiable');
    }
  });

  test('when there is nobody to connect to', async () => {
    const token = await sign();
    const { AWS_ENDPOINT_URL } = process.env;
    process.env.AWS_ENDPOINT_URL = 'http://127.0.0.1:1';
    const { asker } = await ask(signed(token));
    process.env.AWS_ENDPOINT_URL = AWS_ENDPOINT_URL;

    expect(asker.kind).toBe('unverifiable');
  });
});
