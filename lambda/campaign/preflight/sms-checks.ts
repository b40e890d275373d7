import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { SmsReadinessReport } from '../../../lib/contract/sms';
import { errorNameOf } from '../shared/campaign-error';

/** What was found out about SMS, and what was not. */
export interface SmsFindings {
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

/** Longer than the function takes at the most, in milliseconds. */
const TIMEOUT = 40_000;

/** Asks SmsReadiness whether so many SMS can be sent. */
export class SmsChecks {
  readonly #functionArn: string | undefined;
  readonly #price: number;

  /** @param price of a message, in US dollars */
  constructor(functionArn: string | undefined, price: number) {
    this.#functionArn = functionArn;
    this.#price = price;
  }

  async check(messages: number): Promise<SmsFindings> {
    if (messages === 0) return { problems: [], warnings: [] };
    if (this.#functionArn === undefined) {
      const warning = `SMS: ${messages} users would get one, and nothing was checked, because BulkPasswordReset has no smsReadiness`;
      return { problems: [], warnings: [warning] };
    }
    let report: SmsReadinessReport;
    try {
      report = await invoke(this.#functionArn);
    } catch (error) {
      return { problems: [], warnings: [`SMS: the readiness function failed with ${errorNameOf(error)}`] };
    }
    return this.#read(report, messages);
  }

  #read({ checks }: SmsReadinessReport, messages: number): SmsFindings {
    // Users who opted out get no message, which is their wish.
    const counted = checks.filter(({ name }) => name !== 'optOuts');
    const left = checks.find(({ name }) => name === 'spendLimit')?.values;
    const budget = left?.remaining ?? left?.limit;
    const estimate = Math.ceil(messages * this.#price * 100) / 100;
    return {
      problems: [
        ...counted.filter(({ status }) => status === 'FAILED').map(({ detail }) => `SMS: ${detail}`),
        ...(typeof budget === 'number' && budget > 0 && budget < estimate
          ? [
              `SMS: ${messages} messages are estimated at ${estimate} USD, and ${budget} USD may still be spent this month; raise the limit`,
            ]
          : []),
      ],
      warnings: counted.filter(({ status }) => status === 'UNKNOWN').map(({ detail }) => `SMS: ${detail}`),
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
