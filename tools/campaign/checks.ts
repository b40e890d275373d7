import type { Message } from 'cloud-assembly-sandbox';
import type { CampaignResult, ReportLine } from '../../lib/contract/campaign';
import type { CampaignObserver } from './observer';

/** Something that must hold of a campaign, whatever went wrong in it. */
export interface Check {
  readonly title: string;
  readonly held: boolean;
  readonly detail: string;
}

export interface Evidence {
  readonly results: readonly CampaignResult[];
  readonly report: readonly ReportLine[];
  /** The users of the pool. */
  readonly subs: readonly string[];
  readonly messages: readonly Message[];
  readonly observer: CampaignObserver;
  /** Resets a second. */
  readonly rate: number;
}

/** What a campaign promises, held against what the sandbox saw. */
export function check(evidence: Evidence): Check[] {
  return [accounted(evidence), oneMessageEach(evidence), sentToThoseReset(evidence), pace(evidence), quota(evidence)];
}

function accounted({ report, subs }: Evidence): Check {
  const reported = report.map(({ sub }) => sub);
  const known = new Set(subs);
  const once =
    new Set(reported).size === reported.length && reported.every((sub) => sub !== undefined && known.has(sub));
  return {
    title: 'Every user is in the report once',
    held: once && reported.length === subs.length,
    detail: `${reported.length} lines for ${subs.length} users`,
  };
}

function oneMessageEach({ messages }: Evidence): Check {
  const counts = new Map<string, number>();
  for (const { destination } of messages) counts.set(destination, (counts.get(destination) ?? 0) + 1);
  const twice = [...counts.values()].filter((count) => count > 1).length;
  return {
    title: 'Nobody got two messages',
    held: twice === 0,
    detail: `${messages.length} messages to ${counts.size} users`,
  };
}

/** Each reset sends a message; of what is unknown, some do. */
function sentToThoseReset({ results, messages }: Evidence): Check {
  const reset = results.reduce((sum, { totals }) => sum + (totals.RESET ?? 0), 0);
  const unknown = results.at(-1)?.totals.UNKNOWN ?? 0;
  return {
    title: 'There are as many messages as resets, but for what is unknown and said to be',
    held: messages.length >= reset && messages.length <= reset + unknown,
    detail: `${messages.length} messages, ${reset} resets, ${unknown} unknown`,
  };
}

function pace({ observer, rate }: Evidence): Check {
  const most = observer.most(10);
  return {
    title: 'No ten seconds had more than 5 % above the rate',
    held: most <= rate * 10 * 1.05,
    detail: `${most} resets at the most, ${rate * 10} asked for`,
  };
}

function quota({ observer }: Evidence): Check {
  const excess = observer.longestExcess;
  return {
    title: "Cognito's quota was not exceeded for longer than a second",
    held: excess <= 1,
    detail: `${observer.most(1)} resets in a second at the most, of 30; exceeded for ${excess.toFixed(2)} s at the most`,
  };
}
