import { GenerateMacCommand, type GenerateMacRequest, KMSClient, VerifyMacCommand } from '@aws-sdk/client-kms';
import { type Fault, Faults } from '../../../src/gateway/faults';
import { Gateway } from '../../../src/gateway/gateway';
import { type KeyDefinition, ServiceError } from '../../../src/model';
import { KmsService } from '../../../src/services/kms/kms-service';

const REGION = 'eu-central-1';

function keyArnOf(keyId: string, region = REGION, account = '111122223333'): string {
  return `arn:aws:kms:${region}:${account}:key/${keyId}`;
}

/** A key definition whose id is one digit, repeated. */
function define(digit: string, more: Partial<KeyDefinition> = {}, region = REGION): KeyDefinition {
  const keyId = '00000000-0000-0000-0000-000000000000'.replaceAll('0', digit);
  return {
    keyId,
    keyArn: keyArnOf(keyId, region),
    aliases: [],
    keySpec: 'HMAC_256',
    keyUsage: 'GENERATE_VERIFY_MAC',
    origin: 'AWS_KMS',
    enabled: true,
    ...more,
  };
}

const signing = define('1', { aliases: ['alias/signing', 'alias/key/odd'] });
const previous = define('2');
const abroad = define('3', { aliases: ['alias/abroad'] }, 'us-east-1');
const disabled = define('4', { enabled: false });
const awaited = define('5', { origin: 'EXTERNAL', enabled: false });
const encrypting = define('6', { keySpec: 'SYMMETRIC_DEFAULT', keyUsage: 'ENCRYPT_DECRYPT' });
const bySpec = (['HMAC_224', 'HMAC_256', 'HMAC_384', 'HMAC_512'] as const).map((keySpec, index) =>
  define('789a'.charAt(index), { keySpec }),
);

const KEYS = [signing, previous, abroad, disabled, awaited, encrypting, ...bySpec];
const unknown = define('f');

let faults: Faults;
let gateway: Gateway;
let otherGateway: Gateway;
let client: KMSClient;
let authorized: string[];
let denial: Error | undefined;

beforeAll(async () => {
  faults = new Faults();
  gateway = await Gateway.start({
    services: [new KmsService(KEYS)],
    faults,
    authorize: (_, action, resource) => {
      authorized.push(`${action} ${resource}`);
      if (denial) throw denial;
    },
  });
  otherGateway = await Gateway.start({ services: [new KmsService(KEYS)], faults });
  client = clientOf(gateway.endpoint);
});
beforeEach(() => {
  authorized = [];
  denial = undefined;
  faults.clear();
});
afterAll(() => Promise.all([gateway.stop(), otherGateway.stop()]));

function clientOf(endpoint: string, { region = REGION, requestTimeout = 0 } = {}): KMSClient {
  return new KMSClient({
    region,
    endpoint,
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
    maxAttempts: 1,
    requestHandler: { requestTimeout, throwOnRequestTimeout: true },
  });
}

const MESSAGE = Buffer.from('a message of ours');

function input(more: Partial<GenerateMacRequest> = {}): GenerateMacRequest {
  return { KeyId: signing.keyArn, Message: MESSAGE, MacAlgorithm: 'HMAC_SHA_256', ...more };
}

function generate(more: Partial<GenerateMacRequest> = {}) {
  return client.send(new GenerateMacCommand(input(more)));
}

function verify(Mac: Uint8Array | undefined, more: Partial<GenerateMacRequest> = {}) {
  return client.send(new VerifyMacCommand({ ...input(more), Mac }));
}

/** The two operations. VerifyMac gets a valid MAC. */
const operations = {
  GenerateMac: generate,
  VerifyMac: async (more: Partial<GenerateMacRequest> = {}) => verify((await generate()).Mac, more),
};
const both = Object.keys(operations) as (keyof typeof operations)[];

describe('a MAC', () => {
  test.each([
    ['HMAC_224', 'HMAC_SHA_224', 28],
    ['HMAC_256', 'HMAC_SHA_256', 32],
    ['HMAC_384', 'HMAC_SHA_384', 48],
    ['HMAC_512', 'HMAC_SHA_512', 64],
  ] as const)('of an %s key with %s has %i bytes, and VerifyMac accepts it', async (keySpec, MacAlgorithm, length) => {
    const KeyId = bySpec.find((key) => key.keySpec === keySpec)?.keyArn;

    const generated = await generate({ KeyId, MacAlgorithm });
    const verified = await verify(generated.Mac, { KeyId, MacAlgorithm });

    expect(generated).toMatchObject({ KeyId, MacAlgorithm });
    expect(generated.Mac).toHaveLength(length);
    expect(verified).toMatchObject({ KeyId, MacAlgorithm, MacValid: true });
  });

  test.each<[string, (mac: Uint8Array) => Promise<unknown>]>([
    ['another message', (mac) => verify(mac, { Message: Buffer.from('a message of theirs') })],
    ['another key', (mac) => verify(mac, { KeyId: previous.keyArn })],
    ['one bit changed', (mac) => verify(mac.map((byte, index) => (index === 31 ? byte ^ 1 : byte)))],
    ['a byte missing', (mac) => verify(mac.subarray(0, 31))],
    ['an extra byte', (mac) => verify(Buffer.concat([mac, Buffer.from([0])]))],
  ])('is not accepted by VerifyMac with %s', async (_, check) => {
    const { Mac = new Uint8Array() } = await generate();

    await expect(check(Mac)).rejects.toMatchObject({
      name: 'KMSInvalidMacException',
      $metadata: { httpStatusCode: 400 },
    });
  });

  test('is not accepted by another start of the service, because each start generates new key material', async () => {
    const { Mac } = await clientOf(otherGateway.endpoint).send(new GenerateMacCommand(input()));

    await expect(verify(Mac)).rejects.toMatchObject({ name: 'KMSInvalidMacException' });
  });

  test.each([1, 4096])('can be made of any message of length %i', async (length) => {
    const Message = Buffer.alloc(length, 0xff);

    const { Mac } = await generate({ Message });

    expect(await verify(Mac, { Message })).toMatchObject({ MacValid: true });
    await expect(verify(Mac, { Message: Buffer.alloc(length, 0xfe) })).rejects.toMatchObject({
      name: 'KMSInvalidMacException',
    });
  });
});

describe('a KMS key', () => {
  test.each([
    ['id', signing.keyId],
    ['ARN', signing.keyArn],
    ['alias', 'alias/signing'],
    ['alias with "key/" in it', 'alias/key/odd'],
    ['alias ARN', `arn:aws:kms:${REGION}:111122223333:alias/signing`],
  ])('is found by its %s, and named by its ARN in the response and in the authorization', async (_, KeyId) => {
    const { KeyId: generatedBy, Mac } = await generate({ KeyId });
    const { KeyId: verifiedBy } = await verify(Mac, { KeyId });

    expect([generatedBy, verifiedBy]).toEqual([signing.keyArn, signing.keyArn]);
    expect(authorized).toEqual([`kms:GenerateMac ${signing.keyArn}`, `kms:VerifyMac ${signing.keyArn}`]);
  });

  test.each([
    ['an unknown id', unknown.keyId],
    ['an unknown ARN', unknown.keyArn],
    ['an ARN of another account', keyArnOf(signing.keyId, REGION, '444455556666')],
    ['an ARN of another Region', abroad.keyArn],
    ['an id of another Region', abroad.keyId],
    ['an unknown alias', 'alias/unknown'],
    ['an alias of another Region', 'alias/abroad'],
    ['an unknown alias ARN', `arn:aws:kms:${REGION}:111122223333:alias/unknown`],
    ['an alias without its prefix', 'signing'],
    ['an ARN of another type', `arn:aws:kms:${REGION}:111122223333:grant/${signing.keyId}`],
  ])('is not found by %s', async (_, KeyId) => {
    for (const operation of both) {
      await expect(operations[operation]({ KeyId })).rejects.toMatchObject({
        name: 'NotFoundException',
        $metadata: { httpStatusCode: 400 },
      });
    }
  });

  test('is found in its own Region', async () => {
    const there = clientOf(gateway.endpoint, { region: 'us-east-1' });

    const answer = await there.send(new GenerateMacCommand(input({ KeyId: abroad.keyArn })));

    expect(answer).toMatchObject({ KeyId: abroad.keyArn });
  });

  test.each([
    ['it is disabled', disabled, 'DisabledException', 'is disabled'],
    ['it has no key material yet', awaited, 'KMSInvalidStateException', 'is pending import'],
    ['it is for encryption', encrypting, 'InvalidKeyUsageException', 'key usage is ENCRYPT_DECRYPT'],
  ])('is refused when %s', async (_, { keyArn: KeyId }, name, reason) => {
    for (const operation of both) {
      await expect(operations[operation]({ KeyId })).rejects.toMatchObject({
        name,
        message: expect.stringContaining(`${KeyId} ${reason}`),
      });
    }
  });

  test.each(['HMAC_SHA_224', 'HMAC_SHA_384', 'HMAC_SHA_512'] as const)(
    'does not support %s when its spec is HMAC_256',
    async (MacAlgorithm) => {
      for (const operation of both) {
        await expect(operations[operation]({ MacAlgorithm })).rejects.toMatchObject({
          name: 'InvalidKeyUsageException',
          message: `Algorithm ${MacAlgorithm} is incompatible with key spec HMAC_256.`,
        });
      }
    },
  );
});

describe('a KMS call', () => {
  const nothing = undefined as unknown;

  test.each([
    ['no message', { Message: nothing }],
    ['an empty message', { Message: new Uint8Array() }],
    ['a message of 4097 bytes', { Message: Buffer.alloc(4097) }],
    ['no key', { KeyId: nothing }],
    ['no algorithm', { MacAlgorithm: nothing }],
    ['an unknown algorithm', { MacAlgorithm: 'HMAC_MD5' }],
    ['an algorithm named like a property of every object', { MacAlgorithm: 'toString' }],
  ])('is refused when it has %s', async (_, more) => {
    for (const operation of both) {
      await expect(operations[operation](more as Partial<GenerateMacRequest>)).rejects.toMatchObject({
        name: 'ValidationException',
        $metadata: { httpStatusCode: 400 },
      });
    }
  });

  test.each([
    ['no MAC', undefined],
    ['an empty MAC', new Uint8Array()],
    ['a MAC of 6145 bytes', Buffer.alloc(6145)],
  ])('is refused when VerifyMac has %s', async (_, mac) => {
    await expect(verify(mac)).rejects.toMatchObject({ name: 'ValidationException' });
  });

  test.each([
    ['SerializationException', { ...input(), Message: 1 }, 'GenerateMac'],
    ['UnknownOperationException', { KeyId: signing.keyArn }, 'DescribeKey'],
  ])('is refused with %s when the body is %j for %s', async (name, body, operation) => {
    const response = await fetch(gateway.endpoint, {
      method: 'POST',
      headers: {
        'X-Amz-Target': `TrentService.${operation}`,
        Authorization: `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/${REGION}/kms/aws4_request`,
      },
      body: JSON.stringify(body),
    });

    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ __type: name });
  });

  test.each(both)(
    'fails with DryRunOperationException when it is a dry run of %s that would succeed',
    async (operation) => {
      await expect(operations[operation]({ DryRun: true })).rejects.toMatchObject({ name: 'DryRunOperationException' });
    },
  );

  test.each(both)('fails with its own error when it is a dry run of %s that would fail', async (operation) => {
    await expect(operations[operation]({ DryRun: true, KeyId: disabled.keyArn })).rejects.toMatchObject({
      name: 'DisabledException',
    });
  });
});

describe('IAM for KMS', () => {
  test('refuses a call before KMS reveals whether the key exists', async () => {
    denial = new ServiceError('AccessDeniedException', 'not you');

    for (const KeyId of [signing.keyArn, disabled.keyArn, unknown.keyArn]) {
      await expect(generate({ KeyId })).rejects.toMatchObject({
        name: 'AccessDeniedException',
        $metadata: { httpStatusCode: 400 },
      });
    }
    expect(authorized.at(-1)).toBe(`kms:GenerateMac ${unknown.keyArn}`);
  });
});

describe.each(both)('an injected fault of %s', (operation) => {
  test.each<[Fault['instead'], object]>([
    [{ status: 400, name: 'ThrottlingException' }, { name: 'ThrottlingException' }],
    [{ status: 500, name: 'KMSInternalException' }, { name: 'KMSInternalException' }],
    ['cut-before', { message: expect.stringContaining('socket hang up') }],
    ['cut-after', { message: expect.stringContaining('socket hang up') }],
    ['garbage', { name: 'SyntaxError' }],
  ])('appears once as an error of the SDK: %j', async (instead, error) => {
    const { Mac } = await generate();
    const send = () => (operation === 'GenerateMac' ? generate() : verify(Mac));
    faults.add({ service: 'kms', operation, instead });

    await expect(send()).rejects.toMatchObject(error);
    await expect(send()).resolves.toMatchObject({ KeyId: signing.keyArn });
  });

  test('ends with the timeout of the SDK when it is "hang"', async () => {
    const impatient = clientOf(gateway.endpoint, { requestTimeout: 300 });
    const Mac = Buffer.alloc(32);
    const send = () =>
      operation === 'GenerateMac'
        ? impatient.send(new GenerateMacCommand(input()))
        : impatient.send(new VerifyMacCommand({ ...input(), Mac }));
    faults.add({ service: 'kms', operation, instead: 'hang' });

    await expect(send()).rejects.toMatchObject({ name: 'TimeoutError' });
  });
});
