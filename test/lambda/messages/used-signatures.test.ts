import { randomBytes } from 'node:crypto';
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDbService, Faults, Gateway } from 'cloud-assembly-sandbox';
import { UsedSignatures } from '../../../lambda/messages/used-signatures';

const TABLE = 'used-signatures';
const NOW = Date.UTC(2026, 10, 27, 3);

const faults = new Faults();
const environment = { ...process.env };
let dynamodb: DynamoDbService;
let gateway: Gateway;
let client: DynamoDBClient;

beforeAll(async () => {
  const properties = {
    KeySchema: [{ AttributeName: 'signature', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'signature', AttributeType: 'S' }],
  };
  const tableArn = `arn:aws:dynamodb:eu-central-1:111122223333:table/${TABLE}`;
  dynamodb = await DynamoDbService.start([{ tableName: TABLE, tableArn, properties }]);
  gateway = await Gateway.start({ services: [dynamodb], faults });
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: gateway.endpoint,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'developer',
    AWS_SECRET_ACCESS_KEY: 'developer',
  });
  client = new DynamoDBClient();
});
beforeEach(() => {
  faults.clear();
  jest.restoreAllMocks();
});
afterAll(async () => {
  client.destroy();
  await gateway.stop();
  await dynamodb.stop();
  process.env = environment;
});

/** Uses a signature so many milliseconds after {@link NOW}. */
async function use(mac: Uint8Array, later = 0, signal = new AbortController().signal): Promise<boolean> {
  jest.spyOn(Date, 'now').mockReturnValue(NOW + later);
  return new UsedSignatures(TABLE).use(mac, signal);
}

const items = async () => (await client.send(new ScanCommand({ TableName: TABLE }))).Items ?? [];

test.each([
  [0, true],
  [19_999, true],
  [20_000, true],
  [20_001, false],
  [299_000, false],
  // The clock of the machine that sees the second use is behind.
  [-2_000, true],
])('a signature that is used again %i ms after its first use is of the same request: %s', async (later, expected) => {
  const mac = randomBytes(32);
  expect(await use(mac)).toBe(true);

  expect(await use(mac, later)).toBe(expected);
});

test('the first use stays the first, however often a signature is used', async () => {
  const mac = randomBytes(32);
  for (const later of [0, 15_000, 20_000]) expect(await use(mac, later)).toBe(true);

  expect(await use(mac, 25_000)).toBe(false);
});

test('another signature is another request', async () => {
  expect(await use(randomBytes(32))).toBe(true);
  expect(await use(randomBytes(32), 60_000)).toBe(true);
});

test.each([1, 2])('a use is the first one although the response of the table is lost: %i times', async (times) => {
  const mac = randomBytes(32);
  faults.add({ operation: 'UpdateItem', instead: 'cut-after', times });

  expect(await use(mac)).toBe(true);
  expect(await use(mac, 1_000)).toBe(true);
  expect(await use(mac, 30_000)).toBe(false);
});

test('the table holds nothing that can be used as a signature, and expires after the signature', async () => {
  const mac = randomBytes(32);
  await use(mac);

  const found = (await items()).filter(({ usedAt, expires }) => usedAt?.N === `${NOW}` && expires !== undefined);
  const stored = JSON.stringify(found);
  for (const encoding of ['base64', 'base64url', 'hex'] as const) expect(stored).not.toContain(mac.toString(encoding));
  const lifetime = Number(found[0]?.expires?.N) - NOW / 1_000;
  expect(lifetime).toBeGreaterThan(5 * 60 + 30);
});

test('a use ends when its signal aborts, although the table does not respond', async () => {
  const controller = new AbortController();
  faults.add({ operation: 'UpdateItem', instead: 'hang', times: Number.POSITIVE_INFINITY });

  const used = use(randomBytes(32), 0, controller.signal);
  controller.abort();

  await expect(used).rejects.toMatchObject({ name: 'AbortError' });
});
