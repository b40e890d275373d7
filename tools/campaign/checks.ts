import type { Message } from 'cloud-assembly-sandbox';
import type { CampaignResult, ReportLine } from '../../lib/contract/campaign';
import type { CampaignRecorder } from './recorder';

/** Whether a campaign kept one of its promises. The JSON output of the command has these fields. */
export interface CheckResult {
  readonly title: string;
  readonly held: boolean;
  readonly detail: string;
}

/** Everything that is known about a campaign after its last run. */
export interface CampaignRecord {
  /** The results of the runs, in their order. */
  readonly results: readonly CampaignResult[];
  /** The report of the last run. */
  readonly report: readonly ReportLine[];
  /** The `sub` of every user of the user pool. */
  readonly subs: readonly string[];
  readonly messages: readonly Message[];
  readonly recorder: CampaignRecorder;
  /** Resets per second. */
  readonly rate: number;
}

/** Compares what a campaign promises, whatever fails, with what the sandbox recorded. */
export function checkCampaign(record: CampaignRecord): CheckResult[] {
  return [
    checkReport(record),
    checkOneMessagePerUser(record),
    checkMessageCount(record),
    checkRate(record),
    checkQuota(record),
  ];
}

function checkReport({ report, subs }: CampaignRecord): CheckResult {
  const reported = report.map(({ sub }) => sub);
  const known = new Set(subs);
  const once =
    new Set(reported).size === reported.length && reported.every((sub) => sub !== undefined && known.has(sub));
  return {
    title: 'The report has each user exactly once',
    held: once && reported.length === subs.length,
    detail: `${reported.length} lines for ${subs.length} users`,
  };
}

function checkOneMessagePerUser({ messages }: CampaignRecord): CheckResult {
  const counts = new Map<string, number>();
  for (const { destination } of messages) counts.set(destination, (counts.get(destination) ?? 0) + 1);
  const withSeveral = [...counts.values()].filter((count) => count > 1).length;
  return {
    title: 'No user got two messages',
    held: withSeveral === 0,
    detail: `${messages.length} messages to ${counts.size} users`,
  };
}

/** Each reset sends a message. A reset with an unknown outcome may have sent one. */
function checkMessageCount({ results, messages }: CampaignRecord): CheckResult {
  const reset = results.reduce((sum, { totals }) => sum + (totals.RESET ?? 0), 0);
  const unknown = results.at(-1)?.totals.UNKNOWN ?? 0;
  return {
    title: 'Each reset sent one message (an unknown outcome: one or none)',
    held: messages.length >= reset && messages.length <= reset + unknown,
    detail: `${messages.length} messages, ${reset} resets, ${unknown} unknown`,
  };
}

function checkRate({ recorder, rate }: CampaignRecord): CheckResult {
  const most = recorder.maxResetsWithin(10);
  return {
    title: 'The rate was kept within 5 % in every ten seconds',
    held: most <= rate * 10 * 1.05,
    detail: `at most ${most} resets, the rate allows ${rate * 10}`,
  };
}

function checkQuota({ recorder }: CampaignRecord): CheckResult {
  const excess = recorder.longestSecondsOverQuota;
  return {
    title: "Cognito's quota was never exceeded for more than a second",
    held: excess <= 1,
    detail: `at most ${recorder.maxResetsWithin(1)} resets per second, the quota is 30; exceeded for at most ${excess.toFixed(2)} s`,
  };
}
