import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import type { Bucket } from '../../../../lambda/campaign/shared/bucket';
import type { Ledger } from '../../../../lambda/campaign/shared/ledger';
import type { SummaryCursor } from '../../../../lambda/campaign/shared/summary-cursor';
import { Summarizer } from '../../../../lambda/campaign/summary/summarizer';
import type { Campaign, SummaryProgress } from '../../../../lib/contract/campaign';

const USERS = 20_000;

/** What DynamoDB reads of one partition key in a second. */
const READS_PER_SECOND = 3_000;

test('the summary reads the records of a campaign no faster than DynamoDB reads a partition', async () => {
  // GIVEN a listing, and a ledger that responds at once
  let time = Date.now();
  const reads: { readonly at: number; readonly records: number }[] = [];
  const clock = {
    now: () => time,
    sleep: async (milliseconds: number) => {
      time += milliseconds;
    },
  };
  const bucket = {
    name: 'bucket',
    put: async () => {},
    async *lines(_: string, from: number) {
      for (let end = from + 1; end <= USERS; end++) {
        yield { text: JSON.stringify({ sub: `sub-${end}`, username: `user-${end}` }), end };
      }
    },
  } as unknown as Bucket;
  const ledger = {
    findRecords: async (_: string, users: readonly string[]) => {
      reads.push({ at: time, records: users.length });
      return new Map();
    },
    findRefusals: async () => undefined,
  } as unknown as Ledger;
  const summarizer = new Summarizer(new CognitoIdentityProviderClient({ region: 'us-east-1' }), bucket, ledger, clock);
  const cursor = { offset: 0, parts: 0, lines: 0, totals: {}, reasons: {}, confirmed: {}, warnings: [] };

  // WHEN
  const { result } = await summarizer.continueSummary(
    { run: 'run', startedAt: new Date().toISOString() } as Campaign,
    { cursor } as unknown as SummaryProgress<SummaryCursor>,
  );

  // THEN
  expect(result?.totals).toEqual({ NOT_ATTEMPTED: USERS });
  for (const { at } of reads) {
    const within = reads.filter((other) => other.at >= at && other.at < at + 1000);
    expect(within.reduce((sum, { records }) => sum + records, 0)).toBeLessThanOrEqual(READS_PER_SECOND);
  }
});
