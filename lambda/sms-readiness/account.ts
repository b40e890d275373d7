import { type CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import { AwsCallError, type CheckResult, callAws, parseAmount, unknownResult } from './aws-call';
import type { Clock } from './call-pace';

/** The monthly spend limit of a new account, in US dollars. */
const NEW_ACCOUNT_LIMIT = 1;

/** The check warns when less than this share of the limit remains. */
const LOW_REMAINING_SHARE = 0.1;

/** In seconds. Yields at most 744 data points for a month; CloudWatch returns up to 1,440. */
const PERIOD_SECONDS = 3_600;

/** The CloudWatch metric for the amount spent since the month began. */
export interface SpendMetric {
  readonly namespace: string;
  readonly metricName: string;
}

export function evaluateTier(inSandbox: boolean): CheckResult {
  return inSandbox
    ? {
        status: 'FAILED',
        detail:
          'The account is in the SMS sandbox of this Region, where SMS messages reach verified numbers only: request production access.',
        values: { tier: 'SANDBOX' },
      }
    : {
        status: 'PASSED',
        detail: 'The account is out of the SMS sandbox of this Region.',
        values: { tier: 'PRODUCTION' },
      };
}

/**
 * Evaluates the monthly spend limit and the amount that remains of it, in US dollars.
 *
 * @param limitCall resolves to null when no limit is set
 */
export async function evaluateSpending(
  limitCall: Promise<number | null>,
  spentCall: Promise<number | null>,
): Promise<CheckResult> {
  const [limited, spending] = await Promise.allSettled([limitCall, spentCall]);
  if (limited.status === 'rejected') return unknownResult(limited.reason);
  const limit = limited.value;
  if (limit === null) {
    return {
      status: 'WARNING',
      detail: `The monthly spend limit for SMS is not set, so that of the account applies, which is ${NEW_ACCOUNT_LIMIT} USD for a new one: set it.`,
    };
  }
  if (limit <= 0) {
    return {
      status: 'FAILED',
      detail: 'The monthly spend limit for SMS is 0 USD, so no message is sent: raise it.',
      values: { limit },
    };
  }
  if (spending.status === 'rejected') {
    const { detail } = unknownResult(spending.reason);
    return {
      status: 'UNKNOWN',
      detail: `The monthly spend limit for SMS is ${limit} USD, and the remaining amount is unknown. ${detail}`,
      values: { limit },
    };
  }
  const spent = spending.value;
  if (spent === null) {
    return {
      status: 'WARNING',
      detail: `The monthly spend limit for SMS is ${limit} USD, and the remaining amount is unknown: CloudWatch has no data for this month. It gets data when a message is sent; on the direct path, only if the service-linked role of AWS End User Messaging SMS exists.`,
      values: { limit },
    };
  }
  const remaining = Math.max(0, Math.round((limit - spent) * 100_000) / 100_000);
  const values = { limit, spent, remaining };
  const detail = `Of the monthly spend limit for SMS of ${limit} USD, ${remaining} USD are left`;
  if (remaining === 0)
    return { status: 'FAILED', detail: `${detail}, so no message is sent: raise the limit.`, values };
  if (limit <= NEW_ACCOUNT_LIMIT) {
    return { status: 'WARNING', detail: `${detail}, and this is the limit of a new account: raise it.`, values };
  }
  if (remaining < limit * LOW_REMAINING_SHARE) {
    return {
      status: 'WARNING',
      detail: `${detail}; after that, no message is sent until next month: raise the limit.`,
      values,
    };
  }
  return { status: 'PASSED', detail: `${detail}.`, values };
}

/** Returns the latest amount since the month began in UTC, in US dollars; null when CloudWatch has no data. */
export function getMonthlySpending(
  client: CloudWatchClient,
  metric: SpendMetric,
  clock: Clock,
): Promise<number | null> {
  const now = new Date(clock.now());
  const start = Date.UTC(now.getUTCFullYear(), now.getUTCMonth());
  return callAws(
    'GetMetricStatistics',
    (options) =>
      client.send(
        new GetMetricStatisticsCommand({
          Namespace: metric.namespace,
          MetricName: metric.metricName,
          StartTime: new Date(start),
          // CloudWatch refuses an end that is not after the start, such as that of the first second of a month.
          EndTime: new Date(Math.max(now.getTime(), start + PERIOD_SECONDS * 1_000)),
          Period: PERIOD_SECONDS,
          Statistics: ['Maximum'],
        }),
        options,
      ),
    ({ Label, Datapoints }) => {
      if (Datapoints === undefined) return Label === undefined ? undefined : null;
      const latest = [...Datapoints].sort((a, b) => Number(b.Timestamp) - Number(a.Timestamp))[0];
      return latest === undefined ? null : parseAmount(latest.Maximum);
    },
  );
}

/** The names under which Amazon SNS denies a call. */
const DENIALS = ['AccessDenied', 'AccessDeniedException', 'AuthorizationError', 'AuthorizationErrorException'];

/**
 * Evaluates that the opt-out list of Amazon SNS could not be read. It is the default list of AWS End User Messaging SMS,
 * which has no resource policy for Amazon SNS unless somebody adds one. Messages are sent anyway.
 *
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-sms-access-management.html
 */
export function evaluateUnreadableOptOuts(error: unknown): CheckResult {
  if (!(error instanceof AwsCallError) || !DENIALS.includes(error.errorName)) return unknownResult(error);
  return {
    status: 'WARNING',
    detail: `${error.api} failed with ${error.errorName}: opt-outs are unknown. The default opt-out list has no resource policy for Amazon SNS, so the call can be denied although the role of the function allows it. Look at the list in AWS End User Messaging SMS, or add a resource policy to it.`,
  };
}

/** @param more whether AWS has more numbers than it returned on the first page */
export function evaluateOptOuts(count: number, more: boolean): CheckResult {
  const values = { optedOut: count, more };
  if (count === 0 && more) {
    return {
      status: 'UNKNOWN',
      detail: 'The first page of the opt-out list is empty, but there are more pages: try again later.',
    };
  }
  return count === 0
    ? { status: 'PASSED', detail: 'No phone number has opted out of SMS.', values }
    : {
        status: 'WARNING',
        detail: `Phone numbers that have opted out: ${count}${more ? ' or more' : ''}. Their users get no SMS messages until they opt in again.`,
        values,
      };
}
