import { CAMPAIGN_ERROR_NAMES } from '../../../lib/contract/campaign';

/** The error of a step of a campaign: a stable name for `ErrorEquals`, and a text without personal data. */
export class CampaignError extends Error {
  static {
    // Lambda logs the name of the class, which the bundler would minify.
    Object.defineProperty(CampaignError, 'name', { value: 'CampaignError' });
  }

  constructor(name: (typeof CAMPAIGN_ERROR_NAMES)[keyof typeof CAMPAIGN_ERROR_NAMES], message: string) {
    super(message);
    // Lambda returns this name as `errorType`, which Step Functions matches.
    this.name = name;
  }
}

/**
 * The error of a run that was stopped before its first message. It names every problem.
 *
 * @param note what else helps to understand the problems
 */
export function campaignRefused(problems: readonly string[], note: string | null = null): CampaignError {
  const texts = problems.map((problem, index) => `(${index + 1}) ${problem}`);
  return new CampaignError(
    CAMPAIGN_ERROR_NAMES.refused,
    `this run sent no message, because of these problems: ${texts.join('; ')}${note === null ? '' : `. Note: ${note}`}`,
  );
}

/** Runs a step. An unexpected error becomes a `CampaignError` that carries only the name of its cause. */
export async function runStep<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof CampaignError) throw error;
    throw new CampaignError(
      CAMPAIGN_ERROR_NAMES.stepFailed,
      `${name} failed with ${errorNameOf(error)}; it is safe to retry`,
    );
  }
}

/** The name or code of an error. Never its message, which may contain personal data. */
export function errorNameOf(error: unknown): string {
  const { name, code } = (error ?? {}) as { name?: unknown; code?: unknown };
  const names = [name, code].filter((text) => typeof text === 'string' && /^[A-Za-z_]{1,64}$/.test(text));
  return String(names.find((text) => text !== 'Error') ?? 'Error');
}
