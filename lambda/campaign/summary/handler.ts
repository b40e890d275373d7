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

/** The event of Step Functions, which invokes the function until everything is counted. */
interface Event {
  readonly campaign: Campaign;
  readonly summary: SummaryProgress<SummaryCursor>;
}

/** Writes and counts as much of the report as one invocation has time for. */
export function createHandler({ summarizer, logger }: Dependencies) {
  return async ({ campaign, summary }: Event, context: Context): Promise<SummaryProgress<SummaryCursor>> => {
    logger.addContext(context);
    const next = await runStep('the summary', () => summarizer.continueSummary(campaign, summary));
    if (next.result !== null) {
      // The result of the campaign says where the report is, so the log need not.
      const { report: _, ...result } = next.result;
      logger[result.complete ? 'info' : 'warn']('Campaign ended', result);
    }
    return next;
  };
}
