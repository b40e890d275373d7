import { type CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import { amount, ask, type Finding, unknown } from './ask';

/** New accounts may spend this much a month, in US dollars. */
const NEW_ACCOUNT_LIMIT = 1;

/** The share of the limit that is little. */
const LITTLE = 0.1;

/** At most 744 data points for a month, and 1,440 are allowed. */
const PERIOD = 3_600;

/** Where CloudWatch keeps what was spent since the month began. */
export interface SpendMetric {
  readonly namespace: string;
  readonly metricName: string;
}

export function judgeTier(inSandbox: boolean): Finding {
  return inSandbox
    ? {
        status: 'FAILED',
        detail:
          'The account is in the SMS sandbox of this Region, where SMS reach verified numbers only: request production access.',
        values: { tier: 'SANDBOX' },
      }
    : {
        status: 'PASSED',
        detail: 'The account is out of the SMS sandbox of this Region.',
        values: { tier: 'PRODUCTION' },
      };
}

/** What may be spent a month, and what is left of it, in US dollars. */
export async function judgeSpending(limitAsked: Promise<number>, spentAsked: Promise<number | null>): Promise<Finding> {
  const [limited, spending] = await Promise.allSettled([limitAsked, spentAsked]);
  if (limited.status === 'rejected') return unknown(limited.reason);
  const limit = limited.value;
  if (limit <= 0) {
    return {
      status: 'FAILED',
      detail: 'The monthly spend limit for SMS is 0 USD, so none is sent: raise it.',
      values: { limit },
    };
  }
  if (spending.status === 'rejected') {
    const { detail } = unknown(spending.reason);
    return {
      status: 'UNKNOWN',
      detail: `The monthly spend limit for SMS is ${limit} USD, and what is left of it is not known. ${detail}`,
      values: { limit },
    };
  }
  const spent = spending.value;
  if (spent === null) {
    return {
      status: 'WARNING',
      detail: `The monthly spend limit for SMS is ${limit} USD, and what is left of it is not known: CloudWatch has no figure for this month, which it gets with a message sent, and on the direct path only with the service-linked role of AWS End User Messaging SMS.`,
      values: { limit },
    };
  }
  const remaining = Math.max(0, Math.round((limit - spent) * 100_000) / 100_000);
  const values = { limit, spent, remaining };
  const detail = `Of the monthly spend limit for SMS of ${limit} USD, ${remaining} USD are left`;
  if (remaining === 0) return { status: 'FAILED', detail: `${detail}, so none is sent: raise the limit.`, values };
  if (limit <= NEW_ACCOUNT_LIMIT) {
    return { status: 'WARNING', detail: `${detail}, and that is the limit of a new account: raise it.`, values };
  }
  if (remaining < limit * LITTLE) {
    return { status: 'WARNING', detail: `${detail}, and then none is sent until next month: raise the limit.`, values };
  }
  return { status: 'PASSED', detail: `${detail}.`, values };
}

/** The latest figure since the month began; null when there is none. The month is taken for one of UTC. */
export function spentThisMonth(client: CloudWatchClient, metric: SpendMetric): Promise<number | null> {
  const now = new Date();
  return ask(
    'GetMetricStatistics',
    (options) =>
      client.send(
        new GetMetricStatisticsCommand({
          Namespace: metric.namespace,
          MetricName: metric.metricName,
          StartTime: new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth())),
          EndTime: now,
          Period: PERIOD,
          Statistics: ['Maximum'],
        }),
        options,
      ),
    ({ Label, Datapoints }) => {
      if (Datapoints === undefined) return Label === undefined ? undefined : null;
      const latest = [...Datapoints].sort((a, b) => Number(b.Timestamp) - Number(a.Timestamp))[0];
      return latest === undefined ? null : amount(latest.Maximum);
    },
  );
}

/** Those who have opted out; `more` when AWS has more of them than it answered at once. */
export function judgeOptOuts(count: number, more: boolean): Finding {
  const values = { optedOut: count, more };
  if (count === 0 && more) {
    return {
      status: 'UNKNOWN',
      detail: 'AWS did not say at once whether somebody has opted out of SMS: ask again later.',
    };
  }
  return count === 0
    ? { status: 'PASSED', detail: 'Nobody has opted out of SMS.', values }
    : {
        status: 'WARNING',
        detail: `${count}${more ? ' or more' : ''} phone numbers have opted out: their users get no SMS until they opt in again.`,
        values,
      };
}
