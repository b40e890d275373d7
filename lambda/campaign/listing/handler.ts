import type { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'aws-lambda';
import type { Campaign, ListingProgress } from '../../../lib/contract/campaign';
import { runStep } from '../shared/campaign-error';
import type { ListCursor, ListSource } from './list-source';
import type { Lister, ListingCursor } from './lister';
import type { PoolCursor, PoolSource } from './pool-source';

/** What the function is made of. */
export interface Dependencies {
  readonly lister: Lister;
  readonly pool: PoolSource;
  readonly list: ListSource;
  readonly logger: Logger;
}

/** What Step Functions sends, again and again until everything is listed. */
interface Event {
  readonly campaign: Campaign;
  /** Without a cursor at the beginning. */
  readonly listing: ListingProgress<ListingCursor<unknown> | null>;
}

/** Lists the users of the pool, or those of a list, for as long as one invocation may. */
export function createHandler({ lister, pool, list, logger }: Dependencies) {
  return async ({ campaign, listing }: Event, context: Context): Promise<ListingProgress> => {
    logger.addContext(context);
    const next = await runStep<ListingProgress>('The listing', () =>
      campaign.list === null
        ? lister.goOn<PoolCursor>(pool, campaign, begun(listing, {}), context.awsRequestId)
        : lister.goOn<ListCursor>(list, campaign, begun(listing, { offset: 0, line: 0 }), context.awsRequestId),
    );
    const { campaignId, run } = campaign;
    logger.info('Users listed', { campaignId, run, counts: next.counts, done: next.done });
    return next;
  };
}

function begun<Cursor>(listing: Event['listing'], at: Cursor): ListingProgress<ListingCursor<Cursor>> {
  return { ...listing, cursor: (listing.cursor as ListingCursor<Cursor> | null) ?? { at, parts: [] } };
}
