import type { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'aws-lambda';
import type { Campaign, Summary } from '../../lib/campaign-contract';
import type { SummaryCursor } from '../campaign/cursor';
import { step } from '../campaign/errors';
import type { Summarizer } from './summary';

/** What the function is made of. */
export interface Dependencies {
  readonly summarizer: Summarizer;
  readonly logger: Logger;
}

/** What Step Functions sends, again and again until everything is counted. */
interface Event {
  readonly campaign: Campaign;
  readonly summary: Summary<SummaryCursor>;
}

/** Writes the report and counts, for as long as one invocation may. */
export function createHandler({ summarizer, logger }: Dependencies) {
  return async ({ campaign, summary }: Event, context: Context): Promise<Summary<SummaryCursor>> => {
    logger.addContext(context);
    const next = await step('The summary', () => summarizer.goOn(campaign, summary));
    if (next.result !== null) {
      // Where the report lies is in the result of the campaign.
      const { report: _, ...result } = next.result;
      logger[result.complete ? 'info' : 'warn']('Campaign ended', result);
    }
    return next;
  };
}
