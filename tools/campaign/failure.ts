import type { Execution } from 'cloud-assembly-sandbox';
import { CAMPAIGN_ERROR_NAMES } from '../../lib/contract/campaign';

/** Why there is no result: the end of an execution that did not succeed, in a sentence. */
export function describeFailure({ status, error, cause }: Awaited<Execution['result']>): string {
  if (error === CAMPAIGN_ERROR_NAMES.halted) return `the campaign halted itself: ${cause}`;
  return `the campaign ended with ${status}, ${error}: ${cause}`;
}
