import type { Campaign } from '../../../lib/contract/campaign';
import type { SummaryCursor } from '../shared/summary-cursor';

/** Says that the outcomes of a campaign for users who were RESET_REQUIRED before cannot be confirmed, if there are any. */
export function audienceWarnings(
  { audience }: Pick<Campaign, 'audience'>,
  { lines, totals }: Pick<SummaryCursor, 'lines' | 'totals'>,
): string[] {
  return audience === 'RESET_REQUIRED' && lines > (totals.SKIPPED ?? 0)
    ? [
        'audience: these users were RESET_REQUIRED before the campaign, so no outcome can be confirmed by the state of a user: a lost response or worker leaves UNKNOWN. AWS does not document that Cognito sends such users another code',
      ]
    : [];
}
