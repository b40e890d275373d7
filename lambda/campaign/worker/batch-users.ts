import { CAMPAIGN_ERROR_NAMES, type ListedUser, type ListingRange } from '../../../lib/contract/campaign';
import { Sensitive } from '../../shared/sensitive';
import type { Bucket } from '../shared/bucket';
import { CampaignError } from '../shared/campaign-error';

/** A user of a batch. Cognito is called with the user name; everything else knows the user by the `sub`. */
export interface BatchUser {
  readonly sub: string;
  readonly username: Sensitive<string>;
  /** Set when the user was RESET_REQUIRED when listed: this status then says nothing about a reset. */
  readonly wasResetRequired?: true;
}

const LINE_FEED = 10;

/**
 * Reads the users of a batch from the listing. Throws when the object is not the one that the range was made for, or when
 * the range does not begin and end with a line of it.
 */
export async function readBatchUsers(bucket: Bucket, listingKey: string, range: ListingRange): Promise<BatchUser[]> {
  const lines = await readLines(bucket, listingKey, range);
  return lines.flatMap((line): BatchUser[] => {
    const user: ListedUser = JSON.parse(line);
    if (!('sub' in user) || user.skip !== undefined) return [];
    const { sub, username, wasResetRequired } = user;
    return [{ sub, username: new Sensitive(username), wasResetRequired }];
  });
}

async function readLines(
  bucket: Bucket,
  key: string,
  { etag, offset, length, lines: count }: ListingRange,
): Promise<string[]> {
  // With the byte before, which must end a line.
  const before = offset === 0 ? 0 : 1;
  let bytes: Buffer;
  try {
    bytes = await bucket.bytes(key, etag, offset - before, length + before);
  } catch (error) {
    if (['InvalidRange', 'PreconditionFailed'].includes((error as Error).name)) throw listingChanged();
    throw error;
  }
  const lines = bytes.subarray(before, -1).toString().split('\n');
  const isWhole =
    bytes.length === length + before &&
    (before === 0 || bytes[0] === LINE_FEED) &&
    bytes.at(-1) === LINE_FEED &&
    lines.length === count;
  if (!isWhole) throw listingChanged();
  return lines;
}

function listingChanged(): CampaignError {
  return new CampaignError(
    CAMPAIGN_ERROR_NAMES.listingChanged,
    'the listing is not the one that was made for this run, so no user of the batch was reset: start the campaign again, with the same campaignId',
  );
}
