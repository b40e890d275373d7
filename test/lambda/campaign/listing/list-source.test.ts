import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { type ListCursor, ListSource } from '../../../../lambda/campaign/listing/list-source';
import { Bucket } from '../../../../lambda/campaign/shared/bucket';
import { Ledger } from '../../../../lambda/campaign/shared/ledger';
import type { Campaign } from '../../../../lib/contract/campaign';
import { DeployedCampaign } from '../../../support/deployed-campaign';

const KEY = 'input/users.csv';

const environment = { ...process.env };
let deployed: DeployedCampaign;
let source: ListSource;
let campaign: Campaign;

beforeAll(async () => {
  deployed = await DeployedCampaign.start();
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: deployed.sandbox.endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'developer',
    AWS_SECRET_ACCESS_KEY: 'developer',
  });
  const [table] = deployed.sandbox.assembly.tables;
  const ledger = new Ledger(table?.tableName ?? '', 86_400);
  source = new ListSource(new CognitoIdentityProviderClient({}), new Bucket(deployed.bucket), ledger);
  campaign = {
    campaignId: 'breach',
    run: 'run-1',
    startedAt: '2026-11-27T00:00:00.000Z',
    userPoolId: deployed.userPoolId,
    expectedUsers: 1_000,
    list: KEY,
    listDigest: null,
    malformedLines: 0,
    clientMetadata: {},
    audience: null,
    dryRun: true,
    recovery: ['EMAIL'],
    listingPath: 'breach/run-1/',
    reportPrefix: 'reports/breach/run-1/',
  };
});
afterAll(async () => {
  await deployed.stop();
  process.env = environment;
});

/** The cursor as it passes through AWS Step Functions. */
const handedOver = (cursor: ListCursor): ListCursor => JSON.parse(JSON.stringify(cursor));

const linesOf = (many: number) => ['username', ...Array.from({ length: many }, () => 'a b')].join('\n');

test('a list is read page by page, and every line has its own number', async () => {
  await deployed.put(KEY, linesOf(250));
  const numbers: number[] = [];
  let cursor: ListCursor = {};
  for (let done = false; !done; ) {
    const page = await source.readPage(campaign, cursor);
    for (const line of page.lines) if ('line' in line) numbers.push(line.line);
    cursor = handedOver(page.cursor);
    done = page.done;
  }

  expect(numbers).toEqual(Array.from({ length: 250 }, (_, index) => index + 2));
});

test('a list that was opened is read no further when it is exchanged', async () => {
  await deployed.put(KEY, linesOf(250));
  const { cursor, list } = await source.readPage(campaign, {});
  await deployed.put(KEY, linesOf(251));

  await expect(source.readPage({ ...campaign, listDigest: list?.sha256 ?? '' }, handedOver(cursor))).rejects.toThrow(
    'list: got a list that changed while it was read',
  );
});

test('a list with another digest is refused before a user is looked up', async () => {
  await deployed.put(KEY, 'username\nann\n');
  const before = deployed.sandbox.countCalls('AdminGetUser');

  await expect(source.readPage({ ...campaign, listDigest: '0'.repeat(64) }, {})).rejects.toThrow(
    'confirm.listDigest: got the digest of another list',
  );
  expect(deployed.sandbox.countCalls('AdminGetUser')).toBe(before);
});
