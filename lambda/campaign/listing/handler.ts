import type { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'aws-lambda';
import type { Campaign, ListingProgress } from '../../../lib/contract/campaign';
import { runStep } from '../shared/campaign-error';
import type { ListCursor, ListSource } from './list-source';
import type { Lister, ListingCursor } from './lister';
import type { PoolCursor, PoolSource } from './pool-source';

/** What the handler works with. */
export interface Dependencies {
  readonly lister: Lister;
  readonly pool: PoolSource;
  readonly list: ListSource;
  readonly logger: Logger;
}

/** The event of Step Functions, which invokes the function until everything is listed. */
interface Event {
  readonly campaign: Campaign;
  /** The cursor is null in the first invocation. */
  readonly listing: ListingProgress<ListingCursor<unknown> | null>;
}

/** Lists the users of the user pool or of a list, as many as one invocation has time for. */
export function createHandler({ lister, pool, list, logger }: Dependencies) {
  return async ({ campaign, listing }: Event, context: Context): Promise<ListingProgress> => {
    logger.addContext(context);
    const next = await runStep<ListingProgress>('the listing', () =>
      campaign.list === null
        ? lister.continueListing<PoolCursor>(pool, campaign, withCursor(listing, {}), context.awsRequestId)
        : lister.continueListing<ListCursor>(list, campaign, withCursor(listing, {}), context.awsRequestId),
    );
    const { campaignId, run } = campaign;
    logger.info('Users listed', { campaignId, run, counts: next.counts, done: next.done });
    return next;
  };
}

function withCursor<Cursor>(listing: Event['listing'], start: Cursor): ListingProgress<ListingCursor<Cursor>> {
  return { ...listing, cursor: (listing.cursor as ListingCursor<Cursor> | null) ?? { at: start, parts: [] } };
}
