import type { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'aws-lambda';
import type { Campaign, SummaryProgress } from '../../../lib/contract/campaign';
import { runStep } from '../shared/campaign-error';
import type { SummaryCursor } from '../shared/summary-cursor';
import type { Summarizer } from './summarizer';

/** What the handler works with. */
export interface Dependencies {
  readonly summarizer: Summarizer;
  readonly logger: Logger;
}

/** What Step Functions sends, again and again until everything is counted. */
interface Event {
  readonly campaign: Campaign;
  readonly summary: SummaryProgress<SummaryCursor>;
}

/** Writes the report and counts, for as long as one invocation may. */
export function createHandler({ summarizer, logger }: Dependencies) {
  return async ({ campaign, summary }: Event, context: Context): Promise<SummaryProgress<SummaryCursor>> => {
    logger.addContext(context);
    const next = await runStep('the summary', () => summarizer.continueSummary(campaign, summary));
    if (next.result !== null) {
      // Where the report lies is in the result of the campaign.
      const { report: _, ...result } = next.result;
      logger[result.complete ? 'info' : 'warn']('Campaign ended', result);
    }
    return next;
  };
}
