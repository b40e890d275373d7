import { CAMPAIGN_ERROR_NAMES } from '../../../lib/contract/campaign';

/** What a step of a campaign throws: a stable name for `ErrorEquals`, and a text without personal data. */
export class CampaignError extends Error {
  static {
    // Lambda's log shows the name of the class, which is minified otherwise.
    Object.defineProperty(CampaignError, 'name', { value: 'CampaignError' });
  }

  constructor(name: (typeof CAMPAIGN_ERROR_NAMES)[keyof typeof CAMPAIGN_ERROR_NAMES], message: string) {
    super(message);
    // Lambda answers with the name of the error, and a minified class name would say nothing.
    this.name = name;
  }
}

/** Nothing was sent by this run, and will not be until every problem is solved. */
export function campaignRefused(problems: readonly string[]): CampaignError {
  const list = problems.map((problem, index) => `(${index + 1}) ${problem}`).join('; ');
  return new CampaignError(CAMPAIGN_ERROR_NAMES.refused, `no message was sent by this run: ${list}`);
}

/** Runs a step. Whatever it did not foresee may be tried again, and says no more than the name of its cause. */
export async function runStep<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof CampaignError) throw error;
    const { stepFailed } = CAMPAIGN_ERROR_NAMES;
    throw new CampaignError(stepFailed, `${name} could not go on: ${errorNameOf(error)}; it is safe to try again`);
  }
}

/** The name of an error, never its message, which can say anything. */
export function errorNameOf(error: unknown): string {
  const { name, code } = (error ?? {}) as { name?: unknown; code?: unknown };
  const names = [name, code].filter((text) => typeof text === 'string' && /^[A-Za-z_]{1,64}$/.test(text));
  return String(names.find((text) => text !== 'Error') ?? 'Error');
}
