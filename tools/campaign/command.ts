import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import type { Fault } from 'cloud-assembly-sandbox';
import type { CampaignInput, CampaignResult, ReportLine } from '../../lib/contract/campaign';
import { Demonstration, OLD_PASSWORD } from '../shared/demonstration';
import { runCommand } from '../shared/run-command';
import { type Arguments, readArguments, USAGE } from './arguments';
import { type Check, check } from './checks';
import { CampaignObserver } from './observer';
import { duration, Progress } from './progress';

async function main(): Promise<boolean> {
  const args = readArguments();
  if (args.help) {
    console.log(USAGE);
    return true;
  }
  const observer = new CampaignObserver();
  say(args, 'The app of bin/ is synthesized and started on this machine: no AWS account, no network');
  const demonstration = await Demonstration.start({
    onCall: observer.onCall,
    context: {
      maxResetsPerSecond: `${args.rate}`,
      useWholeQuota: `${args.wholeQuota}`,
      globalSignOut: `${args.signOut}`,
    },
  });
  try {
    return await campaign(demonstration, observer, args);
  } finally {
    observer.stop();
    await demonstration.stop();
  }
}

async function campaign(demonstration: Demonstration, observer: CampaignObserver, args: Arguments): Promise<boolean> {
  const { sandbox } = demonstration;
  const subs = [...demonstration.subs, ...(await addUsers(demonstration, args.users))];
  for (const fault of faults(args.fail)) sandbox.faults.add(fault);
  observer.watchMemory(sandbox);
  if (args.kill) killWorker(demonstration);
  const results: CampaignResult[] = [];
  for (let run = 1; run <= args.runs; run++) results.push(await runOnce(demonstration, args, run));
  const last = results.at(-1) as CampaignResult;
  const report = await readReport(demonstration, last);
  const checks = check({ results, report, subs, messages: sandbox.messages, observer, rate: args.rate });
  if (args.json) {
    console.log(JSON.stringify({ results, checks, memoryMiB: observer.memory }, undefined, 2));
  } else {
    for (const result of results) console.log(table(result));
    console.log(endOf(checks, observer, report));
  }
  return checks.every(({ held }) => held);
}

async function runOnce(demonstration: Demonstration, args: Arguments, run: number): Promise<CampaignResult> {
  const { sandbox, userPoolId } = demonstration;
  const expectedUsers = args.users + demonstration.subs.length;
  const input: CampaignInput = {
    campaignId: 'breach',
    confirm: { userPoolId, expectedUsers },
    clientMetadata: { template: 'breach' },
  };
  say(args, args.runs > 1 ? `\nRun ${run} of the campaign "breach"\n` : '\nThe campaign "breach"\n');
  const before = sandbox.messages.length;
  let progress: Progress | undefined;
  const execution = sandbox.stepFunctions.start(
    args.dryRun ? demonstration.dryRunArn : demonstration.campaignArn,
    input as unknown as Record<string, unknown>,
    {
      onStateEntered: (name) => {
        progress?.stop();
        progress = undefined;
        if (args.json) return;
        console.log(`  ${name}`);
        if (name === 'Reset users' && !args.dryRun) {
          progress = new Progress(args.users, () => sandbox.messages.length - before);
        }
      },
    },
  );
  const { status, output, error, cause } = await execution.result;
  progress?.stop();
  if (status !== 'SUCCEEDED') throw new Error(`the campaign ended with ${status}, ${error}: ${cause}`);
  return output as CampaignResult;
}

async function addUsers({ sandbox, userPoolId }: Demonstration, many: number): Promise<string[]> {
  const subs: string[] = [];
  for (let number = 1; number <= many; number++) {
    const username = `user-${String(number).padStart(7, '0')}`;
    const attributes = { email: `${username}@example.com`, email_verified: 'true', given_name: 'User', locale: 'en' };
    subs.push(await sandbox.cognito.addUser({ userPoolId, username, password: OLD_PASSWORD, attributes }));
  }
  return subs;
}

/** Throttling is five eighths of the failures, 5xx two, and connections that are cut one: half of them too late. */
function faults(share: number): Fault[] {
  if (share === 0) return [];
  const each = { service: 'cognito-idp', operation: 'AdminResetUserPassword', times: Number.POSITIVE_INFINITY };
  const instead = (parts: number, what: Fault['instead']) => ({
    ...each,
    probability: (share * parts) / 16,
    instead: what,
  });
  return [
    instead(10, { status: 400, name: 'TooManyRequestsException' }),
    instead(4, { status: 500, name: 'InternalErrorException' }),
    instead(1, 'cut-before'),
    instead(1, 'cut-after'),
  ];
}

/** Once some users were reset, which a worker is in the middle of. */
function killWorker({ sandbox }: Demonstration): void {
  const worker = sandbox.assembly.functions.find(({ functionName }) => functionName.includes('BulkWorker'));
  const timer = setInterval(() => {
    if (worker === undefined || sandbox.messages.length < 40) return;
    clearInterval(timer);
    const [processId] = sandbox.lambda.processIds(worker.functionName);
    if (processId !== undefined) process.kill(processId, 'SIGKILL');
  }, 50).unref();
}

async function readReport({ sandbox, clientConfig }: Demonstration, { report }: CampaignResult): Promise<ReportLine[]> {
  const s3 = new S3Client({ ...clientConfig, endpoint: sandbox.endpoint, forcePathStyle: true });
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: report.bucket, Prefix: report.prefix }));
  const lines: ReportLine[] = [];
  for (const { Key } of Contents) {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: report.bucket, Key }));
    for (const line of ((await Body?.transformToString()) ?? '').split('\n')) {
      if (line !== '') lines.push(JSON.parse(line));
    }
  }
  return lines;
}

function table({ totals, reasons, lines, durationSeconds, complete, report }: CampaignResult): string {
  const rows = Object.entries(totals).flatMap(([outcome, count]) => [
    row(outcome, count),
    ...Object.entries(reasons)
      .filter(([reason]) => reason.startsWith(`${outcome} `))
      .map(([reason, many]) => row(`  ${reason.slice(outcome.length + 1)}`, many)),
  ]);
  return [
    '',
    ...rows,
    row('all', lines),
    '',
    `  in ${duration(durationSeconds)}; ${complete ? 'nothing is left to do' : 'a further run would try again'}`,
    `  report: s3://${report.bucket}/${report.prefix}`,
  ].join('\n');
}

function row(title: string, count: number): string {
  return `  ${title.padEnd(40)} ${String(count).padStart(8)}`;
}

function endOf(checks: readonly Check[], observer: CampaignObserver, report: readonly ReportLine[]): string {
  const memory = Object.entries(observer.memory).map(([name, mebibytes]) => `${name} ${mebibytes} MiB`);
  return [
    '',
    'The first lines of the report:',
    ...report.slice(0, 3).map((line) => `  ${JSON.stringify(line)}`),
    '',
    ...checks.map(({ title, held, detail }) => `${held ? '✓' : '✗'} ${title}: ${detail}`),
    ...(memory.length > 0 ? [`  Memory of the functions at the most: ${memory.join(', ')}`] : []),
  ].join('\n');
}

function say({ json }: Arguments, text: string): void {
  if (!json) console.log(text);
}

void runCommand('npm run campaign', main);
