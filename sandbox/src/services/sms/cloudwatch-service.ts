import { type Json, type Service, ServiceError } from '../../model';
import { hasSpendMetricValue } from './assumptions';
import type { SmsAccount } from './sms-account';

/**
 * By namespace, the metric of this month's spending on SMS messages, in USD. It has no dimensions here.
 *
 * @see https://docs.aws.amazon.com/sms-voice/latest/userguide/monitoring-cloudwatch.html
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-monitoring-using-cloudwatch.html
 */
const SPEND_METRICS: Readonly<Record<string, string>> = {
  'AWS/SMSVoice': 'TextMessageMonthlySpend',
  'AWS/SNS': 'SMSMonthToDateSpentUSD',
};

const STATISTICS = ['Average', 'Maximum', 'Minimum', 'Sum'];

/**
 * Amazon CloudWatch with the metrics of the spending on SMS messages. They have one data point, at the current time;
 * all other metrics have none.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricStatistics.html
 */
export class CloudWatchService implements Service {
  readonly prefix = 'cloudwatch';
  readonly #account: SmsAccount;
  readonly #now: () => Date;

  constructor(account: SmsAccount, now: () => Date = () => new Date()) {
    this.#account = account;
    this.#now = now;
  }

  /** IAM supports no resource for these operations. */
  resource(operation: string): string {
    if (operation === 'GetMetricData' || operation === 'GetMetricStatistics') return '*';
    throw new ServiceError('UnknownOperationException', 'the sandbox does not support this operation');
  }

  async call(operation: string, input: Json): Promise<Json> {
    const time = this.#timestampWithin(input);
    if (operation === 'GetMetricStatistics') validateStatistics(input, this.#now().getTime() / 1000);
    if (operation === 'GetMetricStatistics') {
      const Datapoints = this.#values(input, time).map((value) => ({
        Timestamp: time,
        Unit: 'None',
        ...Object.fromEntries(STATISTICS.map((statistic) => [statistic, value])),
      }));
      return { Label: input.MetricName, Datapoints };
    }
    const MetricDataResults = listOf(input.MetricDataQueries).map(({ Id, MetricStat }) => {
      const { Metric, Stat } = (MetricStat ?? {}) as { Metric?: Json; Stat?: unknown };
      if (Metric === undefined) throw invalidParameterValueError('the sandbox does not support metric expressions');
      if (!STATISTICS.includes(String(Stat)))
        throw invalidParameterValueError(`the sandbox supports only the statistics ${STATISTICS}`);
      const Values = this.#values(Metric, time);
      return { Id, Label: Metric.MetricName, Timestamps: Values.map(() => time), Values, StatusCode: 'Complete' };
    });
    return { MetricDataResults, Messages: [] };
  }

  #values({ Namespace, MetricName, Dimensions }: Json, time: Date | undefined): number[] {
    const known = SPEND_METRICS[String(Namespace)] === MetricName && listOf(Dimensions).length === 0;
    const { spent } = this.#account;
    return known && time !== undefined && hasSpendMetricValue(spent) ? [spent] : [];
  }

  /** The time of the data point, if the requested period includes it. */
  #timestampWithin({ StartTime: start, EndTime: end }: Json): Date | undefined {
    if (typeof start !== 'number' || typeof end !== 'number')
      throw invalidParameterValueError('StartTime and EndTime are required');
    // CloudWatch takes whole seconds.
    if (Math.floor(start) >= Math.floor(end)) throw invalidParameterValueError('StartTime must be before EndTime');
    const seconds = Math.min(this.#now().getTime() / 1000, end - 1);
    // An EndTime of now is in the past when the call arrives, so any period that ends within the last hour counts.
    return seconds >= start && seconds > this.#now().getTime() / 1000 - 3600 ? new Date(seconds * 1000) : undefined;
  }
}

/** The most data points that GetMetricStatistics returns. */
const MAX_DATA_POINTS = 1_440;
const DAY_SECONDS = 86_400;

/** Without metrics of high resolution, whose period may be shorter than a minute. */
function validateStatistics(input: Json, now: number): void {
  const { StartTime, EndTime, Period, Statistics, ExtendedStatistics } = input;
  for (const name of ['Namespace', 'MetricName']) {
    if (!/^.{1,255}$/.test(String(input[name] ?? '')))
      throw invalidParameterValueError(`${name} must have 1 to 255 characters`);
  }
  if (Array.isArray(Statistics) === Array.isArray(ExtendedStatistics))
    throw new ServiceError(
      'InvalidParameterCombinationException',
      'either Statistics or ExtendedStatistics is required',
    );
  const age = (now - Number(StartTime)) / DAY_SECONDS;
  const unit = age > 63 ? 3_600 : age > 15 ? 300 : 60;
  if (!Number.isInteger(Period) || Number(Period) < 1 || Number(Period) % unit !== 0)
    throw invalidParameterValueError(`Period must be a multiple of ${unit}`);
  if ((Number(EndTime) - Number(StartTime)) / Number(Period) > MAX_DATA_POINTS)
    throw new ServiceError(
      'InvalidParameterCombinationException',
      `the request is for more than ${MAX_DATA_POINTS} data points`,
    );
}

function listOf(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

function invalidParameterValueError(message: string): ServiceError {
  return new ServiceError('InvalidParameterValueException', message);
}
