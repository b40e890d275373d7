import type { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'aws-lambda';
import type { Campaign, Listing } from '../../lib/campaign-contract';
import { step } from '../campaign/errors';
import type { ListCursor, ListLines } from './list';
import type { Lister, ListingCursor } from './listing';
import type { PoolCursor, PoolPages } from './pool';

/** What the function is made of. */
export interface Dependencies {
  readonly lister: Lister;
  readonly pool: PoolPages;
  readonly list: ListLines;
  readonly logger: Logger;
}

/** What Step Functions sends, again and again until everything is listed. */
interface Event {
  readonly campaign: Campaign;
  /** Without a cursor at the beginning. */
  readonly listing: Listing<ListingCursor<unknown> | null>;
}

/** Lists the users of the pool, or those of a list, for as long as one invocation may. */
export function createHandler({ lister, pool, list, logger }: Dependencies) {
  return async ({ campaign, listing }: Event, context: Context): Promise<Listing> => {
    logger.addContext(context);
    const next = await step<Listing>('The listing', () =>
      campaign.list === null
        ? lister.goOn<PoolCursor>(pool, campaign, begun(listing, {}), context.awsRequestId)
        : lister.goOn<ListCursor>(list, campaign, begun(listing, { offset: 0, line: 0 }), context.awsRequestId),
    );
    const { campaignId, run } = campaign;
    logger.info('Users listed', { campaignId, run, counts: next.counts, done: next.done });
    return next;
  };
}

function begun<Cursor>(listing: Event['listing'], at: Cursor): Listing<ListingCursor<Cursor>> {
  return { ...listing, cursor: (listing.cursor as ListingCursor<Cursor> | null) ?? { at, parts: [] } };
}
