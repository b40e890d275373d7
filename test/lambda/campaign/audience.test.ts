import { createHash } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { CampaignResult, ReportLine } from '../../../lib/contract/campaign';
import { DeployedCampaign } from '../../support/deployed-campaign';

const AUDIENCE = { audience: 'RESET_REQUIRED' } as const;

let campaign: DeployedCampaign;
beforeAll(async () => {
  campaign = await DeployedCampaign.start({
    bulk: { maxResetsPerSecond: 30, useWholeQuota: true },
    reset: (userPool) => {
      userPool.addClient('App');
      return {};
    },
  });
});
afterAll(() => campaign.stop());

/** Sets a new password with the last code that the user was sent, as the user does. */
async function act(username: string): Promise<void> {
  const message = campaign.sandbox.messages.findLast(({ destination }) => destination === `${username}@example.com`);
  await campaign.sandbox.cognito.call('ConfirmForgotPassword', {
    ClientId: campaign.sandbox.assembly.userPools[0]?.clients[0]?.clientId,
    Username: username,
    ConfirmationCode: /\d{6}/.exec(message?.body ?? '')?.[0],
    Password: 'Another-horse-2',
  });
}

test('reminders reach only those who have not acted, and the last one ends with nothing to do', async () => {
  // GIVEN users who are reset, and users who were imported
  const subs: Record<string, string> = {};
  const namesWith = async (outcome: ReportLine['outcome'], result: CampaignResult) => {
    const found = (await campaign.report(result)).filter((line) => line.outcome === outcome);
    return Object.keys(subs).filter((name) => found.some(({ sub }) => sub === subs[name]));
  };
  const reminded = () => {
    const addresses = campaign.sandbox.messages.slice(3).map(({ destination }) => destination);
    return addresses.map((address) => address.replace('@example.com', '')).sort();
  };
  for (const name of ['ann', 'ben', 'cat']) subs[name] = await campaign.addUser(name);
  subs.imported = await campaign.addUser('imported', { status: 'RESET_REQUIRED' });
  subs.disabled = await campaign.addUser('disabled', { status: 'RESET_REQUIRED', enabled: false });
  subs.unverified = await campaign.addUser('unverified', { status: 'RESET_REQUIRED', attributes: {} });
  const first = await campaign.run({ campaignId: 'breach' });
  await act('ann');

  // WHEN they are reminded, in one run and a further one
  const left = await campaign.run({ campaignId: 'left', ...AUDIENCE, dryRun: true });
  const reminder = await campaign.run({ campaignId: 'reminder-1', ...AUDIENCE });
  const again = await campaign.run({ campaignId: 'reminder-1', ...AUDIENCE });
  const toAll = campaign.begin({ campaignId: 'reminder-1' });

  // THEN
  expect(first.reasons).toEqual({ 'SKIPPED ALREADY_RESET_REQUIRED': 2, 'SKIPPED DISABLED': 1 });
  expect(first).not.toHaveProperty('audience');
  expect(first.confirmed).toEqual({ checked: 3, notConfirmed: 0 });
  expect(await namesWith('WOULD_RESET', left)).toEqual(['ben', 'cat', 'imported']);
  expect(reminder).toMatchObject({
    ...AUDIENCE,
    complete: true,
    nothingToDo: false,
    totals: { RESET: 3, SKIPPED: 3 },
    reasons: { 'SKIPPED NOT_RESET_REQUIRED': 1, 'SKIPPED DISABLED': 1, 'SKIPPED NO_VERIFIED_CONTACT': 1 },
    confirmed: { checked: 0, notConfirmed: 0 },
    warnings: [expect.stringMatching(/^audience: .*no outcome can be confirmed by the state of a user/)],
  });
  expect(await namesWith('RESET', reminder)).toEqual(['ben', 'cat', 'imported']);
  expect(again).toMatchObject({ nothingToDo: true, totals: { ALREADY_RESET: 3, SKIPPED: 3 } });
  // The audience is a part of what the campaign id stands for.
  expect(await toAll.result).toMatchObject({
    error: 'CampaignRefusedError',
    cause: expect.stringContaining('clientMetadata or audience: use another id for another campaign'),
  });
  expect(reminded()).toEqual(['ben', 'cat', 'imported']);

  // WHEN one more has acted, and the others are reminded once more
  await act('imported');
  const second = await campaign.run({ campaignId: 'reminder-2', ...AUDIENCE });

  // THEN
  expect(await namesWith('RESET', second)).toEqual(['ben', 'cat']);
  expect(reminded()).toEqual(['ben', 'ben', 'cat', 'cat', 'imported']);

  // WHEN all have acted, in the user pool and in a list of some
  await act('ben');
  await act('cat');
  await campaign.put('input/some.csv', 'username\nben\ncat\n');
  const last = await campaign.run({ campaignId: 'reminder-3', ...AUDIENCE, list: 'input/some.csv' });
  const nobodyLeft = await campaign.run({ campaignId: 'left', ...AUDIENCE, dryRun: true });

  // THEN
  const nothing = { ...AUDIENCE, complete: true, nothingToDo: true, warnings: [] };
  expect(last).toMatchObject({ ...nothing, reasons: { 'SKIPPED NOT_RESET_REQUIRED': 2 } });
  expect(nobodyLeft).toMatchObject({ ...nothing, totals: { SKIPPED: 6 } });
  expect(reminded()).toHaveLength(5);
});

test('confirms no unknown outcome by the status of a user, and does not retry it', async () => {
  // GIVEN one reset that is carried out and one that is not, both with an unknown outcome
  for (const name of ['lost', 'failed', 'fine']) await campaign.addUser(name, { status: 'RESET_REQUIRED' });
  const reset = { service: 'cognito-idp', operation: 'AdminResetUserPassword' };
  campaign.sandbox.faults.add({ ...reset, instead: 'cut-after' });
  campaign.sandbox.faults.add({ ...reset, instead: { status: 500, name: 'InternalErrorException' } });
  const before = campaign.resets;

  // WHEN
  const first = await campaign.run({ campaignId: 'unknown', ...AUDIENCE });
  const second = await campaign.run({ campaignId: 'unknown', ...AUDIENCE });

  // THEN
  expect(first).toMatchObject({ complete: true, totals: { RESET: 1, UNKNOWN: 2 } });
  expect(second).toMatchObject({ nothingToDo: true, totals: { ALREADY_RESET: 1, UNKNOWN: 2 } });
  for (const { reasons, warnings } of [first, second]) {
    expect(reasons).toMatchObject({ 'UNKNOWN ResetOutcomeUnknownError': 2 });
    expect(warnings).toEqual([expect.stringMatching(/^audience: .*no outcome can be confirmed/)]);
  }
  expect(campaign.resets - before).toBe(3);
});

test('a campaign id of an earlier version stands for a campaign without an audience', async () => {
  // GIVEN the record of an id as earlier versions wrote it
  const digest = createHash('sha256')
    .update(JSON.stringify(['earlier', null, []]))
    .digest('base64');
  const client = new DynamoDBClient({
    endpoint: campaign.sandbox.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'developer', secretAccessKey: 'developer' },
  });
  const TableName = campaign.sandbox.assembly.tables[0]?.tableName;
  const Item = { campaign: 'earlier', user: '#campaign', digest };
  await DynamoDBDocumentClient.from(client).send(new PutCommand({ TableName, Item }));

  // THEN
  expect(await campaign.run({ campaignId: 'earlier', dryRun: true })).toMatchObject({ dryRun: true });
  expect(await campaign.begin({ campaignId: 'earlier', ...AUDIENCE, dryRun: true }).result).toMatchObject({
    error: 'CampaignRefusedError',
    cause: expect.stringContaining('campaignId: got an id that was used with another list, listDigest'),
  });
});
