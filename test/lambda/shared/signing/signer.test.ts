import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { KMSClient, VerifyMacCommand } from '@aws-sdk/client-kms';
import { Faults, Gateway, KmsService } from 'cloud-assembly-sandbox';
import { parseRequest } from '../../../../lambda/reset/request';
import { Signer } from '../../../../lambda/shared/signing/signer';
import { messageToSign, readToken } from '../../../../lambda/shared/signing/token';
import { RESERVED_METADATA_KEY } from '../../../../lib/contract/reset';

const POOL = 'eu-central-1_example';
// In another Region than the function.
const KEY = 'arn:aws:kms:eu-west-1:111122223333:key/11111111-1111-4111-8111-111111111111';

const faults = new Faults();
let gateway: Gateway;
beforeAll(async () => {
  const definition = {
    keyId: KEY.split('/')[1] ?? '',
    keyArn: KEY,
    aliases: [],
    keySpec: 'HMAC_256',
    keyUsage: 'GENERATE_VERIFY_MAC',
    origin: 'AWS_KMS',
    enabled: true,
  };
  gateway = await Gateway.start({ services: [new KmsService([definition])], faults });
  Object.assign(process.env, {
    AWS_REGION: 'us-east-1',
    AWS_ENDPOINT_URL: gateway.endpoint,
    AWS_ACCESS_KEY_ID: 'developer',
    AWS_SECRET_ACCESS_KEY: 'developer',
  });
});
afterAll(() => gateway.stop());

/** The ClientMetadata that Cognito receives. */
async function sign(username: string, clientMetadata?: Record<string, string>, caseInsensitive = false) {
  const request = parseRequest({ username, clientMetadata }, { userPoolId: POOL, idempotency: false });
  const signed = await new Signer(KEY, caseInsensitive).sign(request, POOL);
  const metadata = signed.clientMetadata?.reveal() ?? {};
  return { metadata, read: readToken(metadata[RESERVED_METADATA_KEY] ?? '') };
}

test.each([
  ['User', false, 'User', 'other'],
  ['User', true, 'user', 'other'],
  ['User@example.com', true, 'user@example.com', 'email'],
])('Signer signs %s (case-insensitive: %s) as %s', async (username, caseInsensitive, name, form) => {
  const startedAt = Date.now();
  const { metadata, read } = await sign(username, { template: 'breach' }, caseInsensitive);

  expect(Object.keys(metadata)).toEqual(['template', RESERVED_METADATA_KEY]);
  expect(read?.token).toMatchObject({ form, folded: caseInsensitive });
  expect(read?.token.time).toBeGreaterThanOrEqual(startedAt);
  expect(read?.token.time).toBeLessThanOrEqual(Date.now());
  if (read === undefined) throw new Error('no token');
  const { MacValid } = await new KMSClient({ region: 'eu-west-1' }).send(
    new VerifyMacCommand({
      KeyId: KEY,
      MacAlgorithm: 'HMAC_SHA_256',
      Message: messageToSign(POOL, read.token, name, { template: 'breach' }),
      Mac: read.mac,
    }),
  );
  expect(MacValid).toBe(true);
});

test('Signer makes a new token each time, without the user name', async () => {
  const tokens = [await sign('somebody'), await sign('somebody'), await sign('somebody')];

  expect(new Set(tokens.map(({ read }) => read?.token.nonce)).size).toBe(3);
  expect(tokens.map(({ metadata }) => metadata[RESERVED_METADATA_KEY]).join()).not.toContain('somebody');
});

test('Signer retries once', async () => {
  const calls = () => gateway.calls().filter(({ operation }) => operation === 'GenerateMac').length;
  const failure = { operation: 'GenerateMac', instead: { status: 500, name: 'KMSInternalException' } } as const;

  faults.add(failure);
  expect((await sign('user')).read).toBeDefined();

  const before = calls();
  faults.add({ ...failure, times: Number.POSITIVE_INFINITY });
  await expect(sign('user')).rejects.toMatchObject({ name: 'KMSInternalException' });
  faults.clear();
  expect(calls() - before).toBe(2);
});

test('Signer uses the connection of the signature before', async () => {
  const connections = await withEndpoint({ Mac: Buffer.alloc(32).toString('base64') }, async () => {
    const signer = new Signer(KEY, false);
    const request = parseRequest({ username: 'user' }, { userPoolId: POOL, idempotency: false });
    await signer.sign(request, POOL);
    await signer.sign(request, POOL);
  });
  expect(connections).toBe(1);
});

test('Signer rejects when the response of KMS has no MAC', async () => {
  await withEndpoint({}, () => expect(sign('user')).rejects.toThrow('the response of KMS has no MAC'));
});

/** Runs `act` with an endpoint that always gives this answer. Resolves to the number of connections to it. */
async function withEndpoint(answer: object, act: () => Promise<void>): Promise<number> {
  let connections = 0;
  const server = createServer((_, response) => {
    response.writeHead(200, { 'Content-Type': 'application/x-amz-json-1.1' });
    response.end(JSON.stringify(answer));
  }).on('connection', () => connections++);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  process.env.AWS_ENDPOINT_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    await act();
  } finally {
    process.env.AWS_ENDPOINT_URL = gateway.endpoint;
    server.close();
  }
  return connections;
}
