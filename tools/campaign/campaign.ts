import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { Fault } from 'cloud-assembly-sandbox';
import {
  CAMPAIGN_PREFIXES,
  type CampaignInput,
  type CampaignResult,
  type ListingProgress,
  type ReportLine,
} from '../../lib/contract/campaign';
import { readCampaignReport } from '../shared/campaign-report';
import { LocalApp } from '../shared/local-app';
import { OLD_PASSWORD } from '../shared/users';
import type { Arguments } from './arguments';
import { type CheckResult, checkCampaign } from './checks';
import { describeFailure } from './failure';
import { formatDuration, ProgressBar } from './progress';
import { CampaignRecorder } from './recorder';

/** Where `--list` puts the list. */
const LIST_KEY = `${CAMPAIGN_PREFIXES.input}users.csv`;

/** The worker is killed once this many messages were sent. It is then in the middle of a batch. */
const MESSAGES_BEFORE_KILL = 40;

/** Returns whether every check held. */
export async function campaign(args: Arguments): Promise<boolean> {
  const recorder = new CampaignRecorder();
  printUnlessJson(args, 'Starting the app of bin/ on this machine. This needs no AWS account and no network.');
  const app = await LocalApp.start({
    onCall: recorder.recordCall,
    context: {
      maxResetsPerSecond: `${args.rate}`,
      useWholeQuota: `${args.wholeQuota}`,
      globalSignOut: `${args.signOut}`,
    },
  });
  try {
    return await runCampaign(app, recorder, args);
  } finally {
    recorder.stopMemorySampling();
    await app.stop();
  }
}

async function runCampaign(app: LocalApp, recorder: CampaignRecorder, args: Arguments): Promise<boolean> {
  const { sandbox } = app;
  const subs = [...app.subs, ...(await addUsers(app, args))];
  const s3 = new S3Client({ ...app.clientConfig, forcePathStyle: true });
  if (args.list) await putList(app, s3, subs);
  // An account whose limits were raised for this campaign.
  sandbox.ses.maxSendRate = args.rate;
  sandbox.ses.max24HourSend = subs.length * args.runs;
  for (const fault of faultsFor(args.failureShare)) sandbox.faults.add(fault);
  recorder.startMemorySampling(sandbox);
  if (args.kill) killWorkerInBatch(app);
  const results: CampaignResult[] = [];
  for (let run = 1; run <= args.runs; run++) results.push(await executeRun(app, args, run));
  const last = results.at(-1) as CampaignResult;
  const report = await readCampaignReport(s3, last);
  const checks = checkCampaign({ results, report, subs, messages: sandbox.messages, recorder, rate: args.rate });
  if (args.json) {
    console.log(JSON.stringify({ results, checks, memoryMiB: recorder.peakMemoryMiB }, undefined, 2));
  } else {
    for (const result of results) console.log(formatResult(result));
    console.log(formatReportAndChecks(report, checks, recorder));
  }
  return checks.every(({ held }) => held);
}

async function executeRun(app: LocalApp, args: Arguments, run: number): Promise<CampaignResult> {
  const { sandbox, userPoolId } = app;
  const expectedUsers = args.users + app.subs.length;
  const input: CampaignInput = {
    campaignId: 'breach',
    confirm: { userPoolId, expectedUsers },
    clientMetadata: { template: 'breach' },
    ...(args.list && { list: LIST_KEY }),
    ...(args.imported && { audience: 'RESET_REQUIRED' }),
  };
  printUnlessJson(args, args.runs > 1 ? `\nCampaign "breach", run ${run} of ${args.runs}\n` : '\nCampaign "breach"\n');
  const messagesBefore = sandbox.messages.length;
  let progress: ProgressBar | undefined;
  const execution = sandbox.stepFunctions.start(
    args.dryRun ? app.dryRunArn : app.campaignArn,
    input as unknown as Record<string, unknown>,
    {
      onStateEntered: (name, stateInput) => {
        progress?.stop();
        progress = undefined;
        if (args.json) return;
        console.log(`  ${name}`);
        if (name !== 'Reset users' || args.dryRun) return;
        const { users } = (stateInput as { readonly listing: ListingProgress }).listing.counts;
        // There are none when users only have to be signed out.
        if (users > 0) progress = new ProgressBar(users, () => sandbox.messages.length - messagesBefore);
      },
    },
  );
  const ended = await execution.result;
  progress?.stop();
  if (ended.status !== 'SUCCEEDED') throw new Error(describeFailure(ended));
  return ended.output as CampaignResult;
}

async function addUsers({ sandbox, userPoolId }: LocalApp, { users, imported }: Arguments): Promise<string[]> {
  const subs: string[] = [];
  const status = imported ? 'RESET_REQUIRED' : 'CONFIRMED';
  for (let number = 1; number <= users; number++) {
    const username = `user-${String(number).padStart(7, '0')}`;
    const attributes = { email: `${username}@example.com`, email_verified: 'true', given_name: 'User', locale: 'en' };
    subs.push(await sandbox.cognito.addUser({ userPoolId, username, password: OLD_PASSWORD, attributes, status }));
  }
  return subs;
}

async function putList({ sandbox }: LocalApp, s3: S3Client, subs: readonly string[]): Promise<void> {
  const [bucket] = sandbox.assembly.buckets;
  const Body = Buffer.from(['sub', ...subs].map((line) => `${line}\n`).join(''));
  await s3.send(new PutObjectCommand({ Bucket: bucket?.bucketName, Key: LIST_KEY, Body }));
}

/**
 * Of eight failures, five are throttled calls, two are 5xx errors, and one is a broken connection. Half of the
 * connections break before Cognito resets the user, half of them after.
 */
function faultsFor(share: number): Fault[] {
  if (share === 0) return [];
  const each = { service: 'cognito-idp', operation: 'AdminResetUserPassword', times: Number.POSITIVE_INFINITY };
  const fault = (sixteenths: number, instead: Fault['instead']) => ({
    ...each,
    probability: (share * sixteenths) / 16,
    instead,
  });
  return [
    fault(10, { status: 400, name: 'TooManyRequestsException' }),
    fault(4, { status: 500, name: 'InternalErrorException' }),
    fault(1, 'cut-before'),
    fault(1, 'cut-after'),
  ];
}

function killWorkerInBatch({ sandbox }: LocalApp): void {
  const worker = sandbox.assembly.functions.find(({ functionName }) => functionName.includes('BulkWorker'));
  const timer = setInterval(() => {
    if (worker === undefined || sandbox.messages.length < MESSAGES_BEFORE_KILL) return;
    clearInterval(timer);
    const [processId] = sandbox.lambda.processIds(worker.functionName);
    if (processId !== undefined) process.kill(processId, 'SIGKILL');
  }, 50).unref();
}

function formatResult(result: CampaignResult): string {
  const { totals, reasons, lines, durationSeconds, report } = result;
  const rows = Object.entries(totals).flatMap(([outcome, count]) => [
    formatRow(outcome, count),
    ...Object.entries(reasons)
      .filter(([reason]) => reason.startsWith(`${outcome} `))
      .map(([reason, many]) => formatRow(`  ${reason.slice(outcome.length + 1)}`, many)),
  ]);
  return [
    '',
    ...rows,
    formatRow('all', lines),
    '',
    `  Duration: ${formatDuration(durationSeconds)}`,
    `  ${describeCompletion(result)}`,
    `  Report: s3://${report.bucket}/${report.prefix}`,
  ].join('\n');
}

function describeCompletion({ dryRun, complete, nothingToDo }: CampaignResult): string {
  if (nothingToDo) return 'Nothing to do: there was nobody to reset.';
  if (dryRun) return 'This was a dry run: no user was reset.';
  if (complete) return 'The campaign is complete.';
  return 'The campaign is not complete: a further run tries the users that are left.';
}

function formatRow(title: string, count: number): string {
  return `  ${title.padEnd(40)} ${String(count).padStart(8)}`;
}

function formatReportAndChecks(
  report: readonly ReportLine[],
  checks: readonly CheckResult[],
  recorder: CampaignRecorder,
): string {
  const memory = Object.entries(recorder.peakMemoryMiB).map(([name, mebibytes]) => `${name} ${mebibytes} MiB`);
  return [
    '',
    'The first lines of the report:',
    ...report.slice(0, 3).map((line) => `  ${JSON.stringify(line)}`),
    '',
    'Checks:',
    ...checks.map(({ title, held, detail }) => `${held ? '✓' : '✗'} ${title}: ${detail}`),
    ...(memory.length > 0 ? ['', `Peak memory of the functions: ${memory.join(', ')}`] : []),
  ].join('\n');
}

function printUnlessJson({ json }: Arguments, text: string): void {
  if (!json) console.log(text);
}
