import type { Campaign, ListingCounts, SkippedLines } from '../../../lib/contract/campaign';
import { describeLines } from '../shared/list-reading';

/** The reasons of lines that do not say clearly who is meant. */
const UNCLEAR = ['MALFORMED', 'MISMATCH'] as const;

/** Problems with what was read from a list. */
export function listProblems(
  { malformedLines }: Campaign,
  { lines, found }: ListingCounts,
  skippedLines: SkippedLines,
): string[] {
  const unclear = UNCLEAR.reduce((sum, reason) => sum + (skippedLines[reason]?.count ?? 0), 0);
  return [
    ...(found === 0
      ? [
          `list: got ${lines} lines, none of which names a user of the user pool, expected at least one: check the list, and that it is for this user pool`,
        ]
      : []),
    ...(unclear > malformedLines
      ? [
          `confirm.malformedLines: got ${malformedLines}, but ${unclear} lines do not say clearly who is meant (${describeLines(skippedLines, UNCLEAR)}): correct them, or confirm their number to reset the other users`,
        ]
      : []),
  ];
}
