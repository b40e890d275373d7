import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { Faults, Gateway, S3Service } from 'cloud-assembly-sandbox';
import { Bucket } from '../../../../lambda/campaign/shared/bucket';
import { readBatchUsers } from '../../../../lambda/campaign/worker/batch-users';
import type { ListedUser, ListingRange } from '../../../../lib/contract/campaign';

const NAME = 'campaigns';
const KEY = 'listings/breach/run/1.jsonl';

const LISTING: readonly ListedUser[] = [
  { sub: 'sub-1', username: 'ann' },
  { sub: 'sub-2', username: 'zoë' },
  { sub: 'sub-3', username: 'bob', skip: 'DISABLED' },
  { line: 4, skip: 'USER_NOT_FOUND' },
  { sub: 'sub-5', username: 'eve' },
];
const LINES = LISTING.map((user) => `${JSON.stringify(user)}\n`);

/** Where the line of this index begins, in bytes. */
const offsetOf = (index: number) => Buffer.byteLength(LINES.slice(0, index).join(''));

const faults = new Faults();
const environment = { ...process.env };
let service: S3Service;
let gateway: Gateway;
let client: S3Client;
let etag: string;

beforeAll(async () => {
  service = await S3Service.start([{ bucketName: NAME, bucketArn: `arn:aws:s3:::${NAME}`, properties: {} }]);
  gateway = await Gateway.start({ services: [], s3: service, faults });
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: gateway.endpoint,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'developer',
    AWS_SECRET_ACCESS_KEY: 'developer',
  });
  client = new S3Client({});
});
beforeEach(async () => {
  etag = await put(LINES.join(''));
});
afterAll(async () => {
  client.destroy();
  await gateway.stop();
  await service.stop();
  process.env = environment;
});

async function put(body: string): Promise<string> {
  const { ETag = '' } = await client.send(new PutObjectCommand({ Bucket: NAME, Key: KEY, Body: body }));
  return ETag;
}

/** The range of some lines of the listing. */
function rangeOf(first: number, end: number, change: Partial<ListingRange> = {}): ListingRange {
  return { etag, offset: offsetOf(first), length: offsetOf(end) - offsetOf(first), lines: end - first, ...change };
}

const read = (range: ListingRange) => readBatchUsers(new Bucket(NAME), KEY, range);

test.each([
  ['the whole listing', 0, 5, ['sub-1 ann', 'sub-2 zoë', 'sub-5 eve']],
  ['its first line', 0, 1, ['sub-1 ann']],
  ['lines in the middle', 1, 4, ['sub-2 zoë']],
  ['its last line', 4, 5, ['sub-5 eve']],
])('the users to process are read from %s', async (_, first, end, expected) => {
  const users = await read(rangeOf(first, end));

  expect(users.map(({ sub, username }) => `${sub} ${username.reveal()}`)).toEqual(expected);
});

test('a user name that was read is not printed', async () => {
  expect(JSON.stringify(await read(rangeOf(0, 2)))).not.toContain('ann');
});

test.each<[string, () => ListingRange]>([
  ['has another ETag', () => rangeOf(0, 5, { etag: '"0123456789abcdef0123456789abcdef"' })],
  ['begins in the middle of a line', () => rangeOf(1, 2, { offset: offsetOf(1) + 1, length: LINES[1]?.length ?? 0 })],
  ['ends in the middle of a line', () => rangeOf(1, 2, { length: 10 })],
  ['ends before a line break', () => rangeOf(1, 2, { length: Buffer.byteLength(LINES[1] ?? '') - 1 })],
  ['has more lines than were counted', () => rangeOf(0, 3, { lines: 2 })],
  ['has fewer lines than were counted', () => rangeOf(0, 3, { lines: 4 })],
  ['ends after the listing', () => rangeOf(0, 5, { length: offsetOf(5) + 1 })],
  ['begins after the listing', () => rangeOf(0, 1, { offset: offsetOf(5) + 100 })],
])('a range that %s is refused, and names no user', async (_, range) => {
  const refusal = await read(range()).catch((error: Error) => error);

  expect(refusal).toMatchObject({ name: 'CampaignListingChangedError' });
  expect((refusal as Error).message).toContain('start the campaign again');
  expect(JSON.stringify({ ...(refusal as Error), text: String(refusal) })).not.toMatch(/sub-|ann|zoë/);
});

test('a listing that another one replaced is refused, although the range fits', async () => {
  const range = rangeOf(0, 5);
  await put(LINES.join('').replace('ann', 'bob'));

  await expect(read(range)).rejects.toMatchObject({ name: 'CampaignListingChangedError' });
});
