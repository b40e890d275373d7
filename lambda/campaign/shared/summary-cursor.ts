import type { UserOutcome } from '../../../lib/contract/campaign';

/** How far the summary has come: in the listing, and in parts of the report. */
export interface SummaryCursor {
  /** In bytes. */
  readonly offset: number;
  readonly parts: number;
  readonly lines: number;
  readonly totals: Readonly<Partial<Record<UserOutcome, number>>>;
  readonly reasons: Readonly<Record<string, number>>;
  readonly warnings: readonly string[];
}
