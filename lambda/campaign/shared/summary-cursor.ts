import type { CampaignResult, UserOutcome } from '../../../lib/contract/campaign';

/** The state of the summary between two invocations. */
export interface SummaryCursor {
  readonly listingKey: string;
  readonly listingEtag: string;
  /** Where the next line of the listing begins, in bytes. */
  readonly offset: number;
  /** Parts of the report that were written. */
  readonly parts: number;
  /** Lines of the listing that were counted. */
  readonly lines: number;
  readonly totals: Readonly<Partial<Record<UserOutcome, number>>>;
  readonly reasons: Readonly<Record<string, number>>;
  readonly confirmed: CampaignResult['confirmed'];
  readonly warnings: readonly string[];
  readonly nothingToDo: boolean;
  /** Null for the whole user pool. */
  readonly list: CampaignResult['list'] | null;
}
