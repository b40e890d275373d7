import {
  AdminGetUserCommand,
  type CognitoIdentityProviderClient,
  UserNotFoundException,
} from '@aws-sdk/client-cognito-identity-provider';
import type {
  Campaign,
  CampaignResult,
  ListedUser,
  ReportLine,
  SummaryProgress,
  UserOutcome,
} from '../../../lib/contract/campaign';
import { CLOCK_TOLERANCE } from '../../shared/clock';
import type { Bucket } from '../shared/bucket';
import { INVOCATION_TIME_BUDGET, LINES_PER_OBJECT } from '../shared/invocation-limits';
import {
  CLAIM_LIFETIME,
  isClaimActive,
  isHalted,
  type Ledger,
  type LedgerRecord,
  type Refusals,
} from '../shared/ledger';
import { mapConcurrently } from '../shared/map-concurrently';
import { describeUser } from '../shared/pool-user';
import { type Clock, RateLimiter } from '../shared/rate-limiter';
import type { SummaryCursor } from '../shared/summary-cursor';
import { audienceWarnings } from './audience-warnings';

/** How many lines of the listing are looked up in the ledger at once. */
const LINES_PER_LOOKUP = 500;

/**
 * How often that happens in a second. All records of a campaign have one partition key, of which DynamoDB reads 3,000 a
 * second at most: this leaves some to the workers.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html
 */
const LOOKUPS_PER_SECOND = 5;

/** How many users are looked up in a second. Cognito allows 120, for all user pools of an account in a Region. */
const USERS_PER_SECOND = 60;
const MAX_CONCURRENT_CALLS = 10;

/** Outcomes that another run would not change. */
const FINAL_OUTCOMES: readonly UserOutcome[] = ['ALREADY_RESET', 'RESET', 'SKIPPED', 'UNKNOWN'];

/** The reason of a user who was reset and is still to be signed out. */
const SIGN_OUT_FAILED = 'SIGN_OUT_FAILED';

/** Writes the report of a campaign run: one outcome for each line of the listing. */
export class Summarizer {
  readonly #client: CognitoIdentityProviderClient;
  readonly #bucket: Bucket;
  readonly #ledger: Ledger;
  readonly #rate = new RateLimiter(USERS_PER_SECOND);
  readonly #lookupRate: RateLimiter;

  constructor(client: CognitoIdentityProviderClient, bucket: Bucket, ledger: Ledger, clock?: Clock) {
    this.#client = client;
    this.#bucket = bucket;
    this.#ledger = ledger;
    this.#lookupRate = new RateLimiter(LOOKUPS_PER_SECOND, clock);
  }

  /** Reports as many lines as one invocation has time for. */
  async continueSummary(
    campaign: Campaign,
    { cursor: from }: SummaryProgress<SummaryCursor>,
  ): Promise<SummaryProgress<SummaryCursor>> {
    const deadline = Date.now() + INVOCATION_TIME_BUDGET;
    let cursor = from;
    for (;;) {
      const part = await this.#readPart(cursor);
      const reported = await this.#report(campaign, part.users);
      if ('waitSeconds' in reported) return { cursor, done: false, waitSeconds: reported.waitSeconds, result: null };
      const key = `${campaign.reportPrefix}${String(cursor.parts + 1).padStart(6, '0')}.jsonl`;
      await this.#bucket.put(key, reported.lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
      cursor = { ...addToTotals(cursor, reported.lines), offset: part.end, parts: cursor.parts + 1 };
      if (part.last) {
        const refusals = await this.#ledger.findRefusals(campaign.campaignId, campaign.run);
        const result = campaignResultOf(campaign, cursor, refusals, this.#bucket.name);
        return { cursor, done: true, waitSeconds: 1, result };
      }
      if (Date.now() > deadline) return { cursor, done: false, waitSeconds: 1, result: null };
    }
  }

  async #readPart({ listingKey, listingEtag, offset }: SummaryCursor) {
    const users: ListedUser[] = [];
    let end = offset;
    for await (const line of this.#bucket.lines(listingKey, offset, { etag: listingEtag })) {
      if (users.length === LINES_PER_OBJECT) return { users, end, last: false };
      users.push(JSON.parse(line.text ?? ''));
      end = line.end;
    }
    return { users, end, last: true };
  }

  /** The lines of the report, or how long to wait first, because a worker may still be processing one of the users. */
  async #report(
    campaign: Campaign,
    users: readonly ListedUser[],
  ): Promise<{ readonly lines: readonly ReportLine[] } | { readonly waitSeconds: number }> {
    const lines: ReportLine[] = [];
    for (let at = 0; at < users.length; at += LINES_PER_LOOKUP) {
      const some = users.slice(at, at + LINES_PER_LOOKUP);
      const usernames = new Map(some.flatMap((user) => ('sub' in user ? [[user.sub, user.username]] : [])));
      await this.#lookupRate.waitForTurn();
      const records = await this.#ledger.findRecords(campaign.campaignId, [...usernames.keys()], true);
      const now = Date.now();
      const active = [...records.values()].filter((record) => isClaimActive(record, now));
      if (active.length > 0 && !campaign.dryRun) return { waitSeconds: secondsUntilClaimsExpire(active, now) };
      const settled = await mapConcurrently([...records.values()], MAX_CONCURRENT_CALLS, (record) =>
        this.#settle(campaign, record, usernames.get(record.user) ?? ''),
      );
      const bySub = new Map(settled.map((record) => [record.user, record]));
      lines.push(...some.map((user) => reportLineOf(campaign, user, 'sub' in user ? bySub.get(user.sub) : undefined)));
    }
    return { lines };
  }

  /**
   * Settles an unknown outcome by the status of the user. RESET_REQUIRED counts as a reset by the campaign, unless the
   * claim says that the user had this status before, or the user was not changed since the claim: the listing may have
   * missed a reset by somebody else. Any other status proves nothing, because a message can be sent before the status
   * changes: the outcome stays UNKNOWN.
   */
  async #settle(campaign: Campaign, record: LedgerRecord, username: string): Promise<LedgerRecord> {
    const { user, status, claimant, reason = 'WORKER_LOST', wasResetRequired } = record;
    if (campaign.dryRun || (status !== 'CLAIMED' && status !== 'UNKNOWN')) return record;
    const isReset = !wasResetRequired && (await this.#isResetSince(campaign, record, username));
    const outcome = isReset ? ({ status: 'DONE' } as const) : ({ status: 'UNKNOWN', reason } as const);
    if (outcome.status !== status)
      await this.#ledger.recordOutcome(campaign.campaignId, user, { claimant, status }, outcome);
    return { ...record, reason: undefined, ...outcome };
  }

  async #isResetSince(
    { userPoolId }: Campaign,
    { user: sub, claimedAt }: LedgerRecord,
    username: string,
  ): Promise<boolean> {
    await this.#rate.waitForTurn();
    try {
      const user = await this.#client.send(new AdminGetUserCommand({ UserPoolId: userPoolId, Username: username }));
      // The user may have been deleted since, and another one may have the name now.
      if (describeUser(user, user.UserAttributes)?.sub !== sub || user.UserStatus !== 'RESET_REQUIRED') return false;
      // Assumption: the clock of Cognito differs no more than those of two machines. AWS documents no tolerance.
      return (user.UserLastModifiedDate?.getTime() ?? 0) >= claimedAt - CLOCK_TOLERANCE;
    } catch (error) {
      if (error instanceof UserNotFoundException) return false;
      throw error;
    }
  }
}

/** How long the youngest of these claims is still active. */
function secondsUntilClaimsExpire(records: readonly LedgerRecord[], now: number): number {
  const youngest = Math.max(...records.map(({ claimedAt }) => claimedAt));
  return Math.max(1, Math.ceil((youngest + CLAIM_LIFETIME + CLOCK_TOLERANCE - now) / 1000));
}

function reportLineOf({ run, dryRun }: Campaign, user: ListedUser, record: LedgerRecord | undefined): ReportLine {
  if (!('sub' in user)) return { line: user.line, outcome: 'SKIPPED', reason: user.skip };
  const { sub, skip } = user;
  switch (record?.status) {
    case 'DONE':
      return {
        sub,
        outcome: record.run === run ? 'RESET' : 'ALREADY_RESET',
        ...(record.owesSignOut && { reason: SIGN_OUT_FAILED }),
        ...(record.confirmed !== undefined && { confirmed: record.confirmed }),
      };
    case 'CLAIMED':
    case 'UNKNOWN':
      return { sub, outcome: 'UNKNOWN', reason: record.reason ?? 'CLAIMED' };
  }
  // The listing found an outcome in the ledger, but the record has since expired or become NOT_SENT.
  if (skip === 'IN_LEDGER') return { sub, outcome: dryRun ? 'WOULD_RESET' : 'NOT_ATTEMPTED' };
  // The campaign claimed the user and sent nothing, and something else has reset the user since. The operator must know.
  if (skip === 'ALREADY_RESET_REQUIRED' && record !== undefined) return { sub, outcome: 'NOT_SENT', reason: skip };
  if (skip !== undefined) return { sub, outcome: 'SKIPPED', reason: skip };
  if (dryRun) return { sub, outcome: 'WOULD_RESET' };
  // A claim that was given back unused has no reason.
  const wasAttempted = record?.run === run && record.reason !== undefined;
  return wasAttempted ? { sub, outcome: 'NOT_SENT', reason: record.reason } : { sub, outcome: 'NOT_ATTEMPTED' };
}

function addToTotals(cursor: SummaryCursor, report: readonly ReportLine[]): SummaryCursor {
  const totals = { ...cursor.totals };
  const reasons = { ...cursor.reasons };
  let { checked, notConfirmed } = cursor.confirmed;
  for (const { outcome, reason, confirmed } of report) {
    if (confirmed !== undefined) checked += 1;
    if (confirmed === false) notConfirmed += 1;
    totals[outcome] = (totals[outcome] ?? 0) + 1;
    if (reason === undefined) continue;
    const key = `${outcome} ${reason}`;
    reasons[key] = (reasons[key] ?? 0) + 1;
  }
  return { ...cursor, lines: cursor.lines + report.length, totals, reasons, confirmed: { checked, notConfirmed } };
}

function campaignResultOf(
  campaign: Campaign,
  cursor: SummaryCursor,
  refusals: Refusals | undefined,
  bucket: string,
): CampaignResult {
  const { campaignId, run, audience, dryRun, startedAt, reportPrefix } = campaign;
  const { lines, totals, reasons, confirmed, warnings, nothingToDo, list } = cursor;
  const final = FINAL_OUTCOMES.reduce((sum, outcome) => sum + (totals[outcome] ?? 0), 0);
  const signOutsOwed = Object.keys(reasons).some((reason) => reason.endsWith(` ${SIGN_OUT_FAILED}`));
  return {
    campaignId,
    run,
    ...(audience && { audience }),
    dryRun,
    complete: final === lines && !signOutsOwed,
    ...(isHalted(refusals) && { halted: { reason: refusals.errorName } }),
    nothingToDo,
    ...(list && { list }),
    lines,
    totals,
    reasons,
    confirmed,
    warnings: [...warnings, ...audienceWarnings(campaign, cursor)],
    durationSeconds: Math.round((Date.now() - Date.parse(startedAt)) / 1000),
    report: { bucket, prefix: reportPrefix },
  };
}
