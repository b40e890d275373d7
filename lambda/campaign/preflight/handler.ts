import { createHash } from 'node:crypto';
import type { Logger } from '@aws-lambda-powertools/logger';
import type { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import type { Context } from 'aws-lambda';
import {
  CAMPAIGN_PREFIXES,
  type Campaign,
  type CampaignInput,
  type CampaignStart,
  type ListingProgress,
  PREFLIGHT_STEPS,
  type SigningProbe,
  type SummaryProgress,
} from '../../../lib/contract/campaign';
import { campaignRefused, runStep } from '../shared/campaign-error';
import type { Ledger } from '../shared/ledger';
import { describeReading } from '../shared/list-reading';
import type { SummaryCursor } from '../shared/summary-cursor';
import { checkEmails } from './email-checks';
import { asCampaignInput, inputProblems } from './input';
import { listProblems } from './list-checks';
import type { SmsChecks } from './sms-checks';
import { type ExpectedMessages, poolProblems, readPoolSettings } from './user-pool-checks';

/** What the handler works with. */
export interface Dependencies {
  readonly client: CognitoIdentityProviderClient;
  readonly userPoolId: string;
  readonly ledger: Ledger;
  readonly sms: SmsChecks;
  /** Undefined when the campaign has no ResetMessages. */
  readonly expectedMessages: ExpectedMessages | undefined;
  readonly maxUsers: number;
  readonly maxResetsPerSecond: number;
  readonly requireListDigest: boolean;
  readonly logger: Logger;
}

/** The events of Step Functions: the start of the campaign, and the counts once everything is listed. */
type Event =
  | { readonly step: typeof PREFLIGHT_STEPS.first; readonly start: CampaignStart }
  | {
      readonly step: typeof PREFLIGHT_STEPS.counts;
      readonly campaign: Campaign;
      readonly listing: ListingProgress;
      readonly signing: SigningProbe | null;
    };

/** What the next states receive. */
interface StartedCampaign {
  readonly campaign: Campaign;
  readonly listing: ListingProgress<null>;
  readonly signing: SigningProbe | null;
}

/**
 * Refuses a campaign before its first message, and names every problem found. The first step runs before the user pool
 * is listed, which takes long for a large pool. The second step repeats the checks and compares the counts of the
 * listing.
 */
export function createHandler(dependencies: Dependencies) {
  return async (event: Event, context: Context): Promise<StartedCampaign | SummaryProgress<SummaryCursor>> => {
    dependencies.logger.addContext(context);
    return runStep('the preflight', async () =>
      event.step === PREFLIGHT_STEPS.first
        ? checkStart(dependencies, event.start)
        : confirm(dependencies, event.campaign, event.listing, event.signing),
    );
  };
}

async function checkStart(
  { client, userPoolId, ledger, requireListDigest, expectedMessages, logger }: Dependencies,
  start: CampaignStart,
): Promise<StartedCampaign> {
  const signing = start.signing ?? null;
  const problemsOfInput = inputProblems(start.input, userPoolId);
  const pool = await readPoolSettings(client, userPoolId);
  const input = asCampaignInput(start.input);
  const dryRun = start.dryRunOnly || input?.dryRun === true;
  const problems = [
    ...problemsOfInput,
    ...(problemsOfInput.length === 0
      ? [
          ...campaignIdProblems(await ledger.matchesCampaign(input.campaignId, digestOf(input))),
          ...(requireListDigest && !dryRun ? missingDigestProblems(input) : []),
        ]
      : []),
    ...poolProblems(pool, expectedMessages),
    ...signingProblems(signing),
  ];
  if (problems.length > 0) throw campaignRefused(problems);
  const { campaignId, confirm: confirmation, list = null, clientMetadata = {}, audience = null } = input;
  // The two state machines may have executions of the same name, which must not share objects in the bucket.
  const run = start.dryRunOnly ? `dry-run/${start.run}` : start.run;
  const campaign: Campaign = {
    campaignId,
    run,
    startedAt: start.startedAt,
    userPoolId,
    expectedUsers: confirmation.expectedUsers,
    malformedLines: confirmation.malformedLines ?? 0,
    list,
    listDigest: confirmation.listDigest?.toLowerCase() ?? null,
    clientMetadata,
    audience,
    dryRun,
    recovery: pool.recovery,
    listingPath: `${campaignId}/${run}/`,
    reportPrefix: `${CAMPAIGN_PREFIXES.reports}${campaignId}/${run}/`,
  };
  logger.info('Campaign started', { campaignId, run, dryRun, wholePool: list === null, audience });
  return {
    campaign,
    listing: {
      cursor: null,
      done: false,
      objects: null,
      counts: { lines: 0, found: 0, users: 0, email: 0, sms: 0, signOuts: 0 },
      list: null,
      skippedLines: {},
    },
    signing,
  };
}

async function confirm(
  { client, userPoolId, ledger, sms, maxUsers, maxResetsPerSecond, expectedMessages, logger }: Dependencies,
  campaign: Campaign,
  { counts, objects, list, skippedLines }: ListingProgress,
  signing: SigningProbe | null,
): Promise<SummaryProgress<SummaryCursor>> {
  const { campaignId, run, dryRun, expectedUsers } = campaign;
  const pool = await readPoolSettings(client, userPoolId);
  const findings = [
    await checkEmails({ messages: counts.email, perSecond: maxResetsPerSecond, sesRegion: pool.sesRegion }),
    await sms.check(counts.sms, pool.sms),
  ];
  const digest = digestOf({
    ...campaign,
    list: campaign.list ?? undefined,
    audience: campaign.audience ?? undefined,
    confirm: { userPoolId, expectedUsers, listDigest: campaign.listDigest ?? undefined },
  });
  const problems = [
    ...campaignIdProblems(await ledger.matchesCampaign(campaignId, digest)),
    ...poolProblems(pool, expectedMessages),
    ...signingProblems(signing),
    ...(list === null ? [] : listProblems(campaign, counts, skippedLines)),
    ...(counts.users > expectedUsers
      ? [
          `confirm.expectedUsers: got ${expectedUsers}, but more users would be reset: find out who they are, then confirm their number`,
        ]
      : []),
    ...(counts.users > maxUsers
      ? [
          `maxUsers: got ${maxUsers} in BulkPasswordReset, but more users would be reset: raise it and deploy, or reset a list`,
        ]
      : []),
    ...findings.flatMap(({ problems }) => problems),
  ];
  if (problems.length === 0 && objects === null) {
    problems.push(
      'the listing: it is incomplete, because it found more users than were allowed when it ran: start another execution',
    );
  }
  if (problems.length > 0 || objects === null)
    throw campaignRefused(problems, list && describeReading(list, counts, skippedLines));
  const { listingKey, listingEtag } = objects;
  // From here on the campaign may send messages, so the id must not be used for another one.
  if (!dryRun && !(await ledger.registerCampaign(campaignId, digest))) throw campaignRefused(campaignIdProblems(false));
  const warnings = findings.flatMap(({ warnings }) => warnings);
  logger[warnings.length > 0 ? 'warn' : 'info']('Campaign confirmed', { campaignId, run, counts, warnings });
  return {
    cursor: {
      listingKey,
      listingEtag,
      offset: 0,
      parts: 0,
      warnings,
      nothingToDo: counts.users === 0 && counts.signOuts === 0,
      list: list && { ...list, skippedLines },
      lines: 0,
      totals: {},
      reasons: {},
      confirmed: { checked: 0, notConfirmed: 0 },
    },
    done: false,
    waitSeconds: 1,
    result: null,
  };
}

function missingDigestProblems({ list, confirm: { listDigest } }: CampaignInput): string[] {
  return list === undefined || listDigest !== undefined
    ? []
    : [
        'confirm.listDigest: got none, expected the SHA-256 of the list, because BulkPasswordReset has requireListDigest: take it from the dry run that was reviewed',
      ];
}

function campaignIdProblems(same: boolean): string[] {
  return same
    ? []
    : [
        'campaignId: got an id that was used with another list, listDigest, clientMetadata or audience: use another id for another campaign',
      ];
}

function signingProblems(signing: SigningProbe | null): string[] {
  return signing?.errorName === undefined
    ? []
    : [
        `signing: the worker cannot sign clientMetadata (${signing.errorName}), so users would get the wrong message: check the signing key and its policy`,
      ];
}

/** The digest of what a campaign id stands for. It leaves out the confirmed numbers, because they change. */
function digestOf({
  campaignId,
  list,
  clientMetadata = {},
  audience,
  confirm: { listDigest },
}: Pick<CampaignInput, 'campaignId' | 'list' | 'clientMetadata' | 'audience' | 'confirm'>) {
  const metadata = Object.entries(clientMetadata).sort(([a], [b]) => (a < b ? -1 : 1));
  // What is not given is left out, so that ids of earlier versions still match.
  const given = [
    ...(listDigest === undefined ? [] : [listDigest.toLowerCase()]),
    ...(audience === undefined ? [] : [{ audience }]),
  ];
  return createHash('sha256')
    .update(JSON.stringify([campaignId, list ?? null, metadata, ...given]))
    .digest('base64');
}
