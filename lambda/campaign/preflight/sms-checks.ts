import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { SmsReadinessReport } from '../../../lib/contract/sms';
import { errorNameOf } from '../shared/campaign-error';
import type { Findings } from './findings';
import { type PoolSms, rateFindings } from './sms-rate';

/** Longer than the timeout of the function, in milliseconds. */
const TIMEOUT = 40_000;

export interface SmsChecksOptions {
  /** The function of SmsReadiness; undefined when BulkPasswordReset has none. */
  readonly functionArn: string | undefined;
  /** The price of an SMS message, in US dollars. */
  readonly price: number;
  /** The rate of a campaign. */
  readonly resetsPerSecond: number;
  /** The most parts of an SMS message of ResetMessages; undefined when the messages are not known. */
  readonly catalogParts: number | undefined;
}

/** Invokes the function of SmsReadiness to find out whether SMS messages can be sent. */
export class SmsChecks {
  readonly #options: SmsChecksOptions;

  constructor(options: SmsChecksOptions) {
    this.#options = options;
  }

  async check(messages: number, pool: PoolSms): Promise<Findings> {
    const { functionArn } = this.#options;
    if (messages === 0) return { problems: [], warnings: [] };
    if (functionArn === undefined) {
      const warning = `SMS: ${messages} messages would be sent, and nothing was checked, because BulkPasswordReset has no smsReadiness`;
      return { problems: [], warnings: [warning] };
    }
    let report: SmsReadinessReport;
    try {
      report = await invoke(functionArn);
    } catch (error) {
      return {
        problems: [],
        warnings: [`SMS: nothing was checked, because the function of smsReadiness failed with ${errorNameOf(error)}`],
      };
    }
    return this.#evaluate(report, messages, pool);
  }

  #evaluate({ checks }: SmsReadinessReport, messages: number, pool: PoolSms): Findings {
    // Users who opted out of SMS chose to get none.
    const relevant = checks.filter(({ name }) => name !== 'optOuts');
    const unsure = relevant.filter(({ status }) => status === 'UNKNOWN' || status === 'WARNING');
    const { resetsPerSecond, catalogParts } = this.#options;
    const rate = rateFindings(checks, { messages, resetsPerSecond, catalogParts, pool });
    const spendLimit = checks.find(({ name }) => name === 'spendLimit')?.values;
    const budget = spendLimit?.remaining ?? spendLimit?.limit;
    const estimate = Math.ceil(messages * this.#options.price * 100) / 100;
    return {
      problems: [
        ...relevant.filter(({ status }) => status === 'FAILED').map(({ detail }) => `SMS: ${detail}`),
        ...(typeof budget === 'number' && budget > 0 && budget < estimate
          ? [
              `SMS: ${messages} messages cost an estimated ${estimate} USD, but only ${budget} USD may still be spent this month: raise the spend limit`,
            ]
          : []),
        ...rate.problems,
      ],
      warnings: [...unsure.map(({ detail }) => `SMS: ${detail}`), ...rate.warnings],
    };
  }
}

async function invoke(functionArn: string): Promise<SmsReadinessReport> {
  const client = new LambdaClient({ region: functionArn.split(':')[3], maxAttempts: 2, retryMode: 'standard' });
  const { FunctionError, Payload } = await client.send(
    new InvokeCommand({ FunctionName: functionArn, Payload: '{}' }),
    { abortSignal: AbortSignal.timeout(TIMEOUT) },
  );
  if (FunctionError !== undefined) throw Object.assign(new Error(), { name: 'FunctionError' });
  return JSON.parse(Buffer.from(Payload ?? []).toString());
}
