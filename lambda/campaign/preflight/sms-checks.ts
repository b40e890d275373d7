import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { SmsReadinessReport } from '../../../lib/contract/sms';
import { errorNameOf } from '../shared/campaign-error';
import type { Findings } from './findings';

/** Longer than the timeout of the function, in milliseconds. */
const TIMEOUT = 40_000;

/** Invokes the function of SmsReadiness to find out whether SMS messages can be sent. */
export class SmsChecks {
  readonly #functionArn: string | undefined;
  readonly #price: number;

  /**
   * @param functionArn of SmsReadiness; undefined when BulkPasswordReset has none
   * @param price of an SMS message, in US dollars
   */
  constructor(functionArn: string | undefined, price: number) {
    this.#functionArn = functionArn;
    this.#price = price;
  }

  async check(messages: number): Promise<Findings> {
    if (messages === 0) return { problems: [], warnings: [] };
    if (this.#functionArn === undefined) {
      const warning = `SMS: ${messages} messages would be sent, and nothing was checked, because BulkPasswordReset has no smsReadiness`;
      return { problems: [], warnings: [warning] };
    }
    let report: SmsReadinessReport;
    try {
      report = await invoke(this.#functionArn);
    } catch (error) {
      return {
        problems: [],
        warnings: [`SMS: nothing was checked, because the function of smsReadiness failed with ${errorNameOf(error)}`],
      };
    }
    return this.#evaluate(report, messages);
  }

  #evaluate({ checks }: SmsReadinessReport, messages: number): Findings {
    // Users who opted out of SMS chose to get none.
    const relevant = checks.filter(({ name }) => name !== 'optOuts');
    const spendLimit = checks.find(({ name }) => name === 'spendLimit')?.values;
    const budget = spendLimit?.remaining ?? spendLimit?.limit;
    const estimate = Math.ceil(messages * this.#price * 100) / 100;
    return {
      problems: [
        ...relevant.filter(({ status }) => status === 'FAILED').map(({ detail }) => `SMS: ${detail}`),
        ...(typeof budget === 'number' && budget > 0 && budget < estimate
          ? [
              `SMS: ${messages} messages cost an estimated ${estimate} USD, but only ${budget} USD may still be spent this month: raise the spend limit`,
            ]
          : []),
      ],
      warnings: relevant.filter(({ status }) => status === 'UNKNOWN').map(({ detail }) => `SMS: ${detail}`),
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
