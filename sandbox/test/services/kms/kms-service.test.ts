import { GenerateMacCommand, type GenerateMacRequest, KMSClient, VerifyMacCommand } from '@aws-sdk/client-kms';
import { type Fault, Faults } from '../../../src/gateway/faults';
import { Gateway } from '../../../src/gateway/gateway';
import { type KeyDefinition, ServiceError } from '../../../src/model';
import { KmsService } from '../../../src/services/kms/kms-service';

const REGION = 'eu-central-1';

function keyArnOf(keyId: string, region = REGION, account = '111122223333'): string {
  return `arn:aws:kms:${region}:${account}:key/${keyId}`;
}

/** A key as a template describes one, its id made of one digit. */
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

/** Either operation, with a MAC that fits where one is needed. */
const operations = {
  GenerateMac: generate,
  VerifyMac: async (more: Partial<GenerateMacRequest> = {}) => verify((await generate()).Mac, more),
};
const both = Object.keys(operations) as (keyof typeof operations)[];

describe('a MAC', () => {
  it.each([
    ['HMAC_224', 'HMAC_SHA_224', 28],
    ['HMAC_256', 'HMAC_SHA_256', 32],
    ['HMAC_384', 'HMAC_SHA_384', 48],
    ['HMAC_512', 'HMAC_SHA_512', 64],
  ] as const)('of a key %s by %s has %i bytes, and is verified', async (keySpec, MacAlgorithm, length) => {
    const KeyId = bySpec.find((key) => key.keySpec === keySpec)?.keyArn;

    const generated = await generate({ KeyId, MacAlgorithm });
    const verified = await verify(generated.Mac, { KeyId, MacAlgorithm });

    expect(generated).toMatchObject({ KeyId, MacAlgorithm });
    expect(generated.Mac).toHaveLength(length);
    expect(verified).toMatchObject({ KeyId, MacAlgorithm, MacValid: true });
  });

  it.each<[string, (mac: Uint8Array) => Promise<unknown>]>([
    ['another message', (mac) => verify(mac, { Message: Buffer.from('a message of theirs') })],
    ['another key', (mac) => verify(mac, { KeyId: previous.keyArn })],
    ['one bit changed', (mac) => verify(mac.map((byte, index) => (index === 31 ? byte ^ 1 : byte)))],
    ['a byte missing', (mac) => verify(mac.subarray(0, 31))],
    ['a byte too many', (mac) => verify(Buffer.concat([mac, Buffer.from([0])]))],
  ])('with %s is not valid', async (_, check) => {
    const { Mac = new Uint8Array() } = await generate();

    await expect(check(Mac)).rejects.toMatchObject({
      name: 'KMSInvalidMacException',
      $metadata: { httpStatusCode: 400 },
    });
  });

  it('is not valid for the same key of another service: the secret is never the same', async () => {
    const { Mac } = await clientOf(otherGateway.endpoint).send(new GenerateMacCommand(input()));

    await expect(verify(Mac)).rejects.toMatchObject({ name: 'KMSInvalidMacException' });
  });

  it.each([1, 4096])('is made of %i bytes of any kind', async (length) => {
    const Message = Buffer.alloc(length, 0xff);

    const { Mac } = await generate({ Message });

    expect(await verify(Mac, { Message })).toMatchObject({ MacValid: true });
    await expect(verify(Mac, { Message: Buffer.alloc(length, 0xfe) })).rejects.toMatchObject({
      name: 'KMSInvalidMacException',
    });
  });
});

describe('a key', () => {
  it.each([
    ['id', signing.keyId],
    ['ARN', signing.keyArn],
    ['alias', 'alias/signing'],
    ['alias with "key/" in it', 'alias/key/odd'],
    ['ARN of its alias', `arn:aws:kms:${REGION}:111122223333:alias/signing`],
  ])('is found by its %s, and answered and authorized by its ARN', async (_, KeyId) => {
    const { KeyId: generatedBy, Mac } = await generate({ KeyId });
    const { KeyId: verifiedBy } = await verify(Mac, { KeyId });

    expect([generatedBy, verifiedBy]).toEqual([signing.keyArn, signing.keyArn]);
    expect(authorized).toEqual([`kms:GenerateMac ${signing.keyArn}`, `kms:VerifyMac ${signing.keyArn}`]);
  });

  it.each([
    ['id', unknown.keyId],
    ['ARN', unknown.keyArn],
    ['ARN of another account', keyArnOf(signing.keyId, REGION, '444455556666')],
    ['ARN of another Region', abroad.keyArn],
    ['id of another Region', abroad.keyId],
    ['alias', 'alias/unknown'],
    ['alias of another Region', 'alias/abroad'],
    ['ARN of an alias', `arn:aws:kms:${REGION}:111122223333:alias/unknown`],
    ['text', 'signing'],
    ['ARN of something else', `arn:aws:kms:${REGION}:111122223333:grant/${signing.keyId}`],
  ])('that nobody has is not found by its %s', async (_, KeyId) => {
    for (const operation of both) {
      await expect(operations[operation]({ KeyId })).rejects.toMatchObject({
        name: 'NotFoundException',
        $metadata: { httpStatusCode: 400 },
      });
    }
  });

  it('of another Region is found there', async () => {
    const there = clientOf(gateway.endpoint, { region: 'us-east-1' });

    const answer = await there.send(new GenerateMacCommand(input({ KeyId: abroad.keyArn })));

    expect(answer).toMatchObject({ KeyId: abroad.keyArn });
  });

  it.each([
    ['is disabled', disabled, 'DisabledException', 'is disabled'],
    ['has no material yet', awaited, 'KMSInvalidStateException', 'is pending import'],
    ['is for encryption', encrypting, 'InvalidKeyUsageException', 'key usage is ENCRYPT_DECRYPT'],
  ])('that %s is refused', async (_, { keyArn: KeyId }, name, reason) => {
    for (const operation of both) {
      await expect(operations[operation]({ KeyId })).rejects.toMatchObject({
        name,
        message: expect.stringContaining(`${KeyId} ${reason}`),
      });
    }
  });

  it.each(['HMAC_SHA_224', 'HMAC_SHA_384', 'HMAC_SHA_512'] as const)(
    'of 256 bits is not for %s',
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

describe('a call', () => {
  const nothing = undefined as unknown;

  it.each([
    ['no message', { Message: nothing }],
    ['an empty message', { Message: new Uint8Array() }],
    ['a message of 4097 bytes', { Message: Buffer.alloc(4097) }],
    ['no key', { KeyId: nothing }],
    ['no algorithm', { MacAlgorithm: nothing }],
    ['an unknown algorithm', { MacAlgorithm: 'HMAC_MD5' }],
    ['an algorithm that every object has', { MacAlgorithm: 'toString' }],
  ])('with %s is refused', async (_, more) => {
    for (const operation of both) {
      await expect(operations[operation](more as Partial<GenerateMacRequest>)).rejects.toMatchObject({
        name: 'ValidationException',
        $metadata: { httpStatusCode: 400 },
      });
    }
  });

  it.each([
    ['no MAC', undefined],
    ['an empty MAC', new Uint8Array()],
    ['a MAC of 6145 bytes', Buffer.alloc(6145)],
  ])('with %s is refused', async (_, mac) => {
    await expect(verify(mac)).rejects.toMatchObject({ name: 'ValidationException' });
  });

  it.each([
    ['SerializationException', { ...input(), Message: 1 }, 'GenerateMac'],
    ['UnknownOperationException', { KeyId: signing.keyArn }, 'DescribeKey'],
  ])('is refused with %s when it is %j for %s', async (name, body, operation) => {
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

  it.each(both)('of %s that is a dry run succeeds with an error', async (operation) => {
    await expect(operations[operation]({ DryRun: true })).rejects.toMatchObject({ name: 'DryRunOperationException' });
  });

  it.each(both)('of %s that is a dry run fails as it would otherwise', async (operation) => {
    await expect(operations[operation]({ DryRun: true, KeyId: disabled.keyArn })).rejects.toMatchObject({
      name: 'DisabledException',
    });
  });
});

describe('IAM', () => {
  it('refuses before KMS says whether there is such a key', async () => {
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

describe.each(both)('a fault of %s', (operation) => {
  it.each<[Fault['instead'], object]>([
    [{ status: 400, name: 'ThrottlingException' }, { name: 'ThrottlingException' }],
    [{ status: 500, name: 'KMSInternalException' }, { name: 'KMSInternalException' }],
    ['cut-before', { message: expect.stringContaining('socket hang up') }],
    ['cut-after', { message: expect.stringContaining('socket hang up') }],
    ['garbage', { name: 'SyntaxError' }],
  ])('%j shows in the SDK as %j, once', async (instead, error) => {
    const { Mac } = await generate();
    const send = () => (operation === 'GenerateMac' ? generate() : verify(Mac));
    faults.add({ service: 'kms', operation, instead });

    await expect(send()).rejects.toMatchObject(error);
    await expect(send()).resolves.toMatchObject({ KeyId: signing.keyArn });
  });

  it('"hang" lasts until the SDK gives up', async () => {
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
