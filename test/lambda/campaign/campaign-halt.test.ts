import { setTimeout as wait } from 'node:timers/promises';
import { DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import type { Execution } from 'cloud-assembly-sandbox';
import type { CampaignResult, ReportLine } from '../../../lib/contract/campaign';
import { DeployedCampaign } from '../../support/deployed-campaign';

const RESET = { service: 'cognito-idp', operation: 'AdminResetUserPassword' };
const ALWAYS = { times: Number.POSITIVE_INFINITY };
const LIMIT = { status: 400, name: 'LimitExceededException' };

const started: DeployedCampaign[] = [];
afterAll(() => Promise.all(started.map((campaign) => campaign.stop())));

async function start(): Promise<DeployedCampaign> {
  const campaign = await DeployedCampaign.start({ bulk: { maxResetsPerSecond: 30, useWholeQuota: true } });
  started.push(campaign);
  return campaign;
}

/** A campaign whose worker is killed after the halt. It starts first and is checked last: its claims must become stale. */
let killed: ReturnType<typeof killWorkerOfHaltedCampaign>;
beforeAll(() => {
  killed = killWorkerOfHaltedCampaign();
  // The last test awaits it.
  killed.catch(() => {});
});

test('a campaign that Cognito refuses for everybody halts itself, reports, and is finished by the next run', async () => {
  // GIVEN
  const campaign = await start();
  await campaign.addUsers(60);
  campaign.sandbox.faults.add({ ...RESET, ...ALWAYS, instead: LIMIT });

  // WHEN
  const execution = campaign.begin();
  const questions = await onceHalted(campaign, execution, () => campaign.sandbox.countCalls('GetItem'));
  const failed = await execution.result;

  // THEN only the calls whose workers had asked the ledger before the halt were made
  const calls = campaign.resets;
  expect(calls).toBeGreaterThanOrEqual(25);
  expect(calls).toBeLessThanOrEqual(questions);
  expect(calls).toBeLessThan(60);
  const prefix = `reports/breach/${execution.name}/`;
  expect(failed).toEqual({
    status: 'FAILED',
    error: 'CampaignHaltedError',
    cause: `Cognito refused everybody with LimitExceededException: fix the cause, and start the campaign again with the same campaignId, because a redrive would only fail again. The report is in the bucket ${campaign.bucket} below ${prefix}`,
  });
  expect(countLines(await reportBelow(campaign, prefix))).toEqual({
    'NOT_SENT LimitExceededException': calls,
    NOT_ATTEMPTED: 60 - calls,
  });
  expect(campaign.output.join('')).toContain('"halted":{"reason":"LimitExceededException"}');

  // WHEN it is redriven
  campaign.sandbox.faults.clear();
  const redriven = await execution.redrive().result;

  // THEN it fails again
  expect(redriven).toEqual(failed);
  expect(campaign.resets).toBe(calls);

  // WHEN it is started again
  const next = await campaign.run();

  // THEN
  expect(next).toMatchObject({ complete: true, totals: { RESET: 60 } });
  expect(next).not.toHaveProperty('halted');
  const addresses = campaign.sandbox.messages.map(({ destination }) => destination);
  expect(addresses).toHaveLength(60);
  expect(new Set(addresses).size).toBe(60);
});

test('a campaign halts at the first refusal that certainly holds for everybody', async () => {
  const campaign = await start();
  await campaign.addUsers(30);
  campaign.sandbox.faults.add({ ...RESET, ...ALWAYS, instead: { status: 400, name: 'AccessDeniedException' } });

  const execution = campaign.begin();
  const questions = await onceHalted(campaign, execution, () => campaign.sandbox.countCalls('GetItem'));
  const { error, cause } = await execution.result;
  const calls = campaign.resets;
  campaign.sandbox.faults.clear();
  const next = await campaign.run();

  expect(error).toBe('CampaignHaltedError');
  expect(cause).toContain('AccessDeniedException');
  expect(calls).toBeLessThanOrEqual(questions);
  expect(calls).toBeLessThan(30);
  expect(next).toMatchObject({ complete: true, totals: { RESET: 30 } });
  expect(campaign.sandbox.messages).toHaveLength(30);
});

test('a halted campaign whose worker is killed reports, and the next run sends nobody a second message', async () => {
  const { campaign, calls, failed, report, next } = await killed;

  expect(failed.error).toBe('CampaignHaltedError');
  expect(failed.cause).toContain('LimitExceededException');
  expect(calls).toBeLessThan(60);
  const counts = countLines(report);
  // A call that had no response in 20 seconds has a reason of its own, on a machine that is busy.
  const unknown = (counts['UNKNOWN WORKER_LOST'] ?? 0) + (counts['UNKNOWN ResetOutcomeUnknownError'] ?? 0);
  // At least the three calls that had no response when the worker was killed.
  expect(unknown).toBeGreaterThanOrEqual(3);
  expect(counts['NOT_SENT LimitExceededException']).toBeGreaterThanOrEqual(calls - unknown);
  expect((counts['NOT_SENT LimitExceededException'] ?? 0) + (counts.NOT_ATTEMPTED ?? 0) + unknown).toBe(60);
  expect(next.totals).toEqual({ RESET: 60 - unknown, UNKNOWN: unknown });
  const addresses = campaign.sandbox.messages.map(({ destination }) => destination);
  expect(addresses).toHaveLength(60 - unknown);
  expect(new Set(addresses).size).toBe(60 - unknown);
});

async function killWorkerOfHaltedCampaign() {
  const campaign = await start();
  await campaign.addUsers(60);
  const { faults, lambda, assembly } = campaign.sandbox;
  faults.add({ ...RESET, times: 3, instead: 'hang' });
  faults.add({ ...RESET, ...ALWAYS, instead: LIMIT });
  const execution = campaign.begin();
  const worker = assembly.functions.find(({ functionName }) => functionName.includes('Worker'))?.functionName ?? '';
  await onceHalted(campaign, execution, () => {
    for (const processId of lambda.processIds(worker)) process.kill(processId, 'SIGKILL');
  });

  const failed = await execution.result;
  const calls = campaign.resets;
  const report = await reportBelow(campaign, `reports/breach/${execution.name}/`);
  faults.clear();
  return { campaign, calls, failed, report, next: await campaign.run() };
}

/** Resolves to the value as soon as the ledger is known to have the halt of the run, or the execution has ended. */
async function onceHalted<T>({ sandbox }: DeployedCampaign, execution: Execution, value: () => T): Promise<T> {
  const client = new DynamoDBClient({
    endpoint: sandbox.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'developer', secretAccessKey: 'developer' },
  });
  const query = new QueryCommand({
    TableName: sandbox.assembly.tables[0]?.tableName,
    KeyConditionExpression: 'campaign = :run',
    ExpressionAttributeValues: { ':run': { S: `breach ${execution.name}` } },
    ConsistentRead: true,
  });
  let done = false;
  const ended = () => {
    done = true;
  };
  void execution.result.then(ended);
  while (!done) {
    const [refusals] = (await client.send(query)).Items ?? [];
    if (Number(refusals?.refused?.SS?.length) >= Number(refusals?.enough?.N)) ended();
    // real time: whenever the halt is seen, the tests hold. To ask without a pause would take most of their CPU time.
    await wait(20);
  }
  client.destroy();
  return value();
}

function reportBelow(campaign: DeployedCampaign, prefix: string): Promise<ReportLine[]> {
  return campaign.report({ report: { bucket: campaign.bucket, prefix } } as CampaignResult);
}

/** The number of lines by outcome and reason. */
function countLines(report: readonly ReportLine[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { outcome, reason } of report) {
    const key = [outcome, ...(reason === undefined ? [] : [reason])].join(' ');
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}
