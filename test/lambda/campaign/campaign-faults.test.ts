import {
  AdminResetUserPasswordCommand,
  CognitoIdentityProviderClient,
} from '@aws-sdk/client-cognito-identity-provider';
import type { UserPool } from 'aws-cdk-lib/aws-cognito';
import { MessageCatalog, OnSigningFailure, ResetMessages } from '../../../lib';
import type { CampaignResult, ReportLine } from '../../../lib/contract/campaign';
import { type CampaignOptions, DeployedCampaign } from '../../support/deployed-campaign';
import { until } from '../../support/deployment';
import { cases } from '../../support/soak';

const FAST = { maxResetsPerSecond: 30, useWholeQuota: true };
const RESET = { service: 'cognito-idp', operation: 'AdminResetUserPassword' };
const ALWAYS = { times: Number.POSITIVE_INFINITY };
const REMINDER = { campaignId: 'reminder', audience: 'RESET_REQUIRED' } as const;

/** A campaign with many faults. It starts first and is checked last, because the claims of a dead worker must get stale. */
let troubled: Promise<{
  first: CampaignResult;
  second: CampaignResult;
  report: ReportLine[];
  campaign: DeployedCampaign;
}>;

/** A campaign for a user who is RESET_REQUIRED, whose worker is killed after its claim. It starts first as well. */
let abandoned: Promise<{ first: CampaignResult; second: CampaignResult; campaign: DeployedCampaign }>;

beforeAll(() => {
  troubled = runWithFaults();
  abandoned = runWithKilledWorker();
  // The last tests await them.
  troubled.catch(() => {});
  abandoned.catch(() => {});
});

const started: DeployedCampaign[] = [];
afterAll(() => Promise.all(started.map((campaign) => campaign.stop())));

async function start(options: CampaignOptions = {}): Promise<DeployedCampaign> {
  const campaign = await DeployedCampaign.start({ bulk: FAST, ...options });
  started.push(campaign);
  return campaign;
}

test('a campaign settles an unknown outcome by the status of the user or reports it as UNKNOWN, and does not retry it', async () => {
  // GIVEN one reset that was carried out and one that was not, both with an unknown outcome
  const campaign = await start();
  await campaign.addUsers(4);
  campaign.sandbox.faults.add({ ...RESET, instead: 'cut-after' });
  campaign.sandbox.faults.add({ ...RESET, instead: { status: 500, name: 'InternalErrorException' } });

  // WHEN
  const first = await campaign.run();
  const second = await campaign.run();

  // THEN
  expect(first.totals).toEqual({ RESET: 3, UNKNOWN: 1 });
  expect(first.reasons).toEqual({ 'UNKNOWN ResetOutcomeUnknownError': 1 });
  expect(second.totals).toEqual({ ALREADY_RESET: 3, UNKNOWN: 1 });
  expect(campaign.resets).toBe(4);
  expect(campaign.sandbox.messages).toHaveLength(3);
});

test('a campaign does not count a reset by somebody else that the listing missed', async () => {
  // GIVEN a user whom somebody else reset an hour ago, and whom ListUsers still returns as CONFIRMED
  let hoursAgo = 1;
  const now = () => new Date(Date.now() - hoursAgo * 3_600_000);
  const campaign = await start({ sandbox: { now, listUsersLag: Number.POSITIVE_INFINITY } });
  await campaign.addUsers(1);
  await resetBySomebodyElse(campaign, 'user-1');
  hoursAgo = 0;

  // WHEN nobody knows whether the reset by the campaign was carried out
  campaign.sandbox.faults.add({ ...RESET, instead: 'cut-before' });
  const result = await campaign.run();

  // THEN
  expect(result.reasons).toEqual({ 'UNKNOWN ResetOutcomeUnknownError': 1 });
  expect(campaign.sandbox.messages).toHaveLength(1);
});

test('a campaign reports a refused user with the reason, and the next run tries the user again', async () => {
  const campaign = await start();
  await campaign.addUsers(3);
  campaign.sandbox.faults.add({ ...RESET, instead: { status: 400, name: 'UserLambdaValidationException' } });

  const first = await campaign.run();
  const second = await campaign.run();

  expect(first).toMatchObject({
    complete: false,
    totals: { RESET: 2, NOT_SENT: 1 },
    reasons: { 'NOT_SENT UserLambdaValidationException': 1 },
  });
  expect(second).toMatchObject({ complete: true, totals: { RESET: 1, ALREADY_RESET: 2 } });
});

test('a campaign says for how many users a look-up directly after the reset did not confirm it', async () => {
  // GIVEN three users, one of whom is gone when she is looked up, and one of whom cannot be looked up
  const campaign = await start();
  await campaign.addUsers(3);
  campaign.sandbox.faults.add({ operation: 'AdminGetUser', instead: { status: 400, name: 'UserNotFoundException' } });
  campaign.sandbox.faults.add({ operation: 'AdminGetUser', instead: { status: 400, name: 'AccessDeniedException' } });

  // WHEN
  const first = await campaign.run();

  // THEN the result does not depend on it, and a further run would do nothing
  expect(first).toMatchObject({
    complete: true,
    totals: { RESET: 3 },
    confirmed: { checked: 2, notConfirmed: 1 },
  });
  const lines = await campaign.report(first);
  expect(lines.map(({ outcome, confirmed }) => `${outcome} ${confirmed}`).sort()).toEqual([
    'RESET false',
    'RESET true',
    'RESET undefined',
  ]);
  expect(await campaign.run()).toMatchObject({
    totals: { ALREADY_RESET: 3 },
    confirmed: { checked: 2, notConfirmed: 1 },
  });
  expect(campaign.resets).toBe(3);
});

test('a campaign reports a user as NOT_SENT whom it could not reset and another caller reset since', async () => {
  // GIVEN a user whom the campaign could not reset, and another caller did
  const campaign = await start({ sandbox: { listUsersLag: 0 } });
  await campaign.addUsers(1);
  campaign.sandbox.faults.add({ ...RESET, instead: { status: 400, name: 'UserLambdaValidationException' } });
  const first = await campaign.run();
  await resetBySomebodyElse(campaign, 'user-1');

  // WHEN
  const second = await campaign.run();

  // THEN
  expect(first.totals).toEqual({ NOT_SENT: 1 });
  expect(second).toMatchObject({ complete: false, reasons: { 'NOT_SENT ALREADY_RESET_REQUIRED': 1 } });
});

describe('a worker that is invoked directly', () => {
  let campaign: DeployedCampaign;
  let sub: string;
  beforeAll(async () => {
    campaign = await start();
    sub = await campaign.addUser('one');
  });

  async function invoke(batch: Record<string, unknown>, startedAt: Date, users: object[] = [{ sub, username: 'one' }]) {
    const { functions } = campaign.sandbox.assembly;
    const worker = functions.find(({ functionName }) => functionName.includes('Worker'))?.functionName ?? '';
    const given = { campaignId: 'alone', run: 'alone', clientMetadata: {}, ...batch };
    const listingKey = 'listings/alone/alone/1.jsonl';
    const listing = users.map((user) => `${JSON.stringify(user)}\n`).join('');
    const etag = await campaign.put(listingKey, listing);
    const range = { etag, offset: 0, length: listing.length, lines: users.length };
    const event = { campaign: given, users: users.length, listingKey, range, startedAt: startedAt.toISOString() };
    return (await campaign.sandbox.lambda.invoke(worker, event)).payload;
  }

  test('resets no user unless dryRun is exactly false', async () => {
    expect(await invoke({}, new Date())).toEqual({});
    expect(await invoke({ dryRun: 'false' }, new Date())).toEqual({});
    expect(campaign.resets).toBe(0);
  });

  test('starts no reset that would end after the child execution', async () => {
    const late = new Date(Date.now() - 280_000);

    expect(await invoke({ dryRun: false }, late)).toMatchObject({ errorType: 'CampaignBatchUnfinishedError' });
    expect(campaign.resets).toBe(0);
    expect(await invoke({ dryRun: false }, new Date())).toMatchObject({ reset: 1 });
  });

  // The listing of the later run finds both users RESET_REQUIRED. That says nothing about the earlier claims.
  test('writes into a claim that the user was RESET_REQUIRED, which decides what a later run makes of it', async () => {
    const confirmed = await campaign.addUser('confirmed');
    const waiting = await campaign.addUser('waiting', { status: 'RESET_REQUIRED' });
    campaign.sandbox.faults.add({ ...RESET, times: 2, instead: 'cut-after' });
    const users = [
      { sub: confirmed, username: 'confirmed' },
      { sub: waiting, username: 'waiting', wasResetRequired: true },
    ];
    expect(await invoke({ dryRun: false }, new Date(), users)).toMatchObject({ unknown: 2 });

    const report = await campaign.report(await campaign.run({ campaignId: 'alone' }));

    expect(report).toContainEqual({ sub: confirmed, outcome: 'ALREADY_RESET' });
    expect(report).toContainEqual({ sub: waiting, outcome: 'UNKNOWN', reason: 'ResetOutcomeUnknownError' });
  });
});

test('a campaign resets every user exactly once when calls of the ledger fail', async () => {
  const campaign = await start();
  await campaign.addUsers(40);
  campaign.sandbox.faults.add({ operation: 'UpdateItem', ...ALWAYS, probability: 0.1, instead: 'cut-after' });
  campaign.sandbox.faults.add({ operation: 'UpdateItem', ...ALWAYS, probability: 0.1, instead: 'cut-before' });

  const result = await campaign.run();

  expect(result.totals).toEqual({ RESET: 40 });
  expect(campaign.sandbox.messages).toHaveLength(40);
});

test('a failed campaign resumes where it stopped when it is redriven', async () => {
  // GIVEN an outage that begins with the first batch
  const campaign = await start();
  await campaign.addUsers(5);
  const broken = { operation: 'BatchGetItem', ...ALWAYS, instead: { status: 400, name: 'ValidationException' } };
  const states: string[] = [];
  const execution = campaign.begin(
    {},
    {
      maxWait: 10,
      onStateEntered: (name) => {
        states.push(name);
        if (name === 'Check the numbers') campaign.sandbox.faults.add(broken);
      },
    },
  );
  const failed = await execution.result;
  expect([failed.status, failed.error]).toEqual(['FAILED', 'States.ExceedToleratedFailureThreshold']);
  expect(campaign.resets).toBe(0);

  // WHEN
  campaign.sandbox.faults.clear();
  states.length = 0;
  const { status, output } = await execution.redrive().result;

  // THEN
  expect(status).toBe('SUCCEEDED');
  expect((output as CampaignResult).totals).toEqual({ RESET: 5 });
  expect(states.filter((name) => name === 'List users')).toEqual([]);
});

test('a stopped campaign is finished by the next run, even while its workers are still running', async () => {
  // GIVEN
  const campaign = await start({ bulk: { maxResetsPerSecond: 5 } });
  await campaign.addUsers(24);
  const execution = campaign.begin();
  await until(() => campaign.sandbox.messages.length >= 6);

  // WHEN
  execution.stop();
  expect((await execution.result).status).toBe('ABORTED');
  const before = campaign.sandbox.messages.length;
  const result = await campaign.run();

  // THEN
  expect(before).toBeLessThan(24);
  expect((result.totals.RESET ?? 0) + (result.totals.ALREADY_RESET ?? 0)).toBe(24);
  expect(result.complete).toBe(true);
  expect(new Set(campaign.sandbox.messages.map(({ destination }) => destination)).size).toBe(24);
  expect(campaign.sandbox.messages).toHaveLength(24);
});

describe('when KMS fails during a campaign', () => {
  const noMac = { operation: 'GenerateMac', ...ALWAYS, instead: { status: 400, name: 'KMSInvalidStateException' } };
  const failingAfterPreflight = (campaign: DeployedCampaign) => ({
    onStateEntered: (name: string) => {
      if (name === 'Reset users') campaign.sandbox.faults.add(noMac);
    },
  });

  test('a campaign resets users with the default message', async () => {
    const campaign = await start({ reset: (userPool) => ({ messages: messagesOf(userPool) }) });
    await campaign.addUsers(2);
    const result = await campaign.run({ clientMetadata: { template: 'breach' } }, failingAfterPreflight(campaign));

    expect(result.totals).toEqual({ RESET: 2 });
    expect(campaign.sandbox.messages.map(({ origin }) => origin)).toEqual(['DEFAULT', 'DEFAULT']);
  });

  test('a campaign with onSigningFailure FAIL sends nothing, and the next run resets the users', async () => {
    const campaign = await start({
      reset: (userPool) => ({ messages: messagesOf(userPool), onSigningFailure: OnSigningFailure.FAIL }),
    });
    await campaign.addUsers(2);
    const input = { clientMetadata: { template: 'breach' } };
    const first = await campaign.run(input, failingAfterPreflight(campaign));
    const none = campaign.resets;
    campaign.sandbox.faults.clear();
    const second = await campaign.run(input);

    expect(first).toMatchObject({ totals: { NOT_SENT: 2 }, reasons: { 'NOT_SENT ResetNotSentError': 2 } });
    expect(none).toBe(0);
    expect(second.totals).toEqual({ RESET: 2 });
    expect(campaign.sandbox.messages.map(({ origin }) => origin)).toEqual(['TRIGGER', 'TRIGGER']);
  });
});

test('a campaign for users who are RESET_REQUIRED reports a claim of a killed worker as UNKNOWN, and does not retry it', async () => {
  const { first, second, campaign } = await abandoned;

  for (const result of [first, second]) expect(result.reasons).toEqual({ 'UNKNOWN WORKER_LOST': 1 });
  expect(campaign.resets).toBe(1);
  expect(campaign.sandbox.countCalls('AdminGetUser')).toBe(0);
});

test('a campaign loses no user and sends no second message when services fail at random and a worker is killed', async () => {
  const { first, second, report, campaign } = await troubled;

  const count = (outcome: ReportLine['outcome']) => report.filter((line) => line.outcome === outcome).length;
  expect(new Set(report.map(({ sub }) => sub)).size).toBe(USERS);
  expect(report).toHaveLength(USERS);
  expect(count('RESET') + count('UNKNOWN')).toBe(USERS);
  expect(first.totals).toEqual({ RESET: count('RESET'), ...(count('UNKNOWN') > 0 && { UNKNOWN: count('UNKNOWN') }) });

  const addresses = campaign.sandbox.messages.map(({ destination }) => destination);
  expect(new Set(addresses).size).toBe(addresses.length);
  expect(addresses.length).toBeGreaterThanOrEqual(count('RESET'));
  expect(addresses.length).toBeLessThanOrEqual(USERS);
  expect(second.totals.RESET).toBeUndefined();
  expect(second.totals.UNKNOWN ?? 0).toBe(count('UNKNOWN'));
});

const USERS = cases(60, 150);

async function runWithFaults() {
  const campaign = await start();
  await campaign.addUsers(USERS);
  const { faults, messages } = campaign.sandbox;
  const throttled = { status: 400, name: 'TooManyRequestsException' };
  faults.add({ ...RESET, ...ALWAYS, probability: 0.05, instead: throttled });
  faults.add({ ...RESET, ...ALWAYS, probability: 0.02, instead: { status: 500, name: 'InternalErrorException' } });
  faults.add({ ...RESET, ...ALWAYS, probability: 0.01, instead: 'cut-after' });
  const running = campaign.run();
  await until(() => messages.length >= 20);
  killWorker(campaign);

  const first = await running;
  const report = await campaign.report(first);
  faults.clear();
  return { first, second: await campaign.run(), report, campaign };
}

async function runWithKilledWorker() {
  const campaign = await start();
  await campaign.addUser('imported', { status: 'RESET_REQUIRED' });
  campaign.sandbox.faults.add({ ...RESET, instead: 'hang' });
  let ended = false;
  const running = campaign.run(REMINDER).finally(() => {
    ended = true;
  });
  await until(() => campaign.resets === 1 || ended);
  killWorker(campaign);
  return { first: await running, second: await campaign.run(REMINDER), campaign };
}

async function resetBySomebodyElse({ sandbox, userPoolId }: DeployedCampaign, username: string): Promise<void> {
  const cognito = new CognitoIdentityProviderClient({
    endpoint: sandbox.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'developer', secretAccessKey: 'developer' },
  });
  await cognito.send(new AdminResetUserPasswordCommand({ UserPoolId: userPoolId, Username: username }));
}

function killWorker({ sandbox: { assembly, lambda } }: DeployedCampaign): void {
  const worker = assembly.functions.find(({ functionName }) => functionName.includes('Worker'))?.functionName ?? '';
  const [killed] = lambda.processIds(worker);
  if (killed === undefined) throw new Error('there is no worker to kill');
  process.kill(killed, 'SIGKILL');
}

function messagesOf(userPool: UserPool): ResetMessages {
  const html = '<p>Your code: {{code}}</p>';
  return new ResetMessages(userPool.stack, 'Messages', {
    userPool,
    catalog: MessageCatalog.fromInline({
      defaultLocale: 'en',
      templates: { breach: { en: { emailSubject: 'Choose a new password', emailHtml: html } } },
    }),
  });
}
