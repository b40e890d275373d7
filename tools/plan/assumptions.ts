import { BATCH_SECONDS } from '../../lib/contract/campaign';

/** Cognito's quotas, in requests per second for an account and Region. AWS does not raise them. */
export const QUOTAS = {
  /** Shared by resets, requests for a new code, and confirmations of a code. */
  accountRecovery: 30,
  /** Shared by AdminUserGlobalSignOut and the other calls that update users. */
  userUpdate: 25,
} as const;

/** The maximum rate of a campaign, unless it may use the whole quota. */
export const MAX_RESETS_PER_SECOND = { withoutSignOut: 24, withSignOut: 20 } as const;

/** At a lower rate, a worker times out while it waits for its turn. */
export const MIN_RESETS_PER_SECOND = 0.1;

/** How long a code is valid. */
export const CODE_VALIDITY_MINUTES = 60;

/** The limit of Cognito's default email sender, for all user pools of an account together. */
export const DEFAULT_SENDER_EMAILS_PER_DAY = 50;

/** How much a new account may spend on SMS messages per month, until AWS raises the limit. */
export const NEW_ACCOUNT_SMS_SPEND_LIMIT_USD = 1;

/** How the campaign works, as far as it matters for time and costs. */
export const DESIGN = {
  /** The workers together aim at this share of the rate, so that they stay below it. */
  paceShare: 0.96,
  /** Determines the number of workers. */
  resetsPerSecondAndWorker: 6,
  /** With one worker, no user would be reset between the end of one batch and the start of the next. */
  leastWorkers: 2,
  /** How long a batch takes at the full rate. */
  batchSeconds: BATCH_SECONDS,
  /** Memory of each function: 512 MB. */
  lambdaGb: 0.5,
  /** Memory of an express execution: charged in steps of 64 MB, and one batch needs one step. */
  expressGb: 0.0625,
  /** ListUsers returns 60 users per page, and is called ten times per second. Cognito allows 30 calls. */
  listedUsersPerSecond: 600,
  /** One invocation lists this many users, and writes them as one object. */
  usersPerListing: 20_000,
  /** One invocation counts this many users, and writes their report as one object. */
  usersPerSummary: 100_000,
  /** Duration of one such invocation. */
  summarySeconds: 60,
  /** Write units per user: one to claim, one when done. */
  ledgerWrites: 2,
  /** Read units per user: when listed, claimed, reset and counted. */
  ledgerReads: 0.5 + 1 + 1 + 0.5,
  /** How often a worker takes its share of the rate. */
  pacingWritesPerSecondAndWorker: 1,
  /** Approximate size per user. */
  ledgerBytes: 250,
  /** Approximate size per user, of listing and report together. */
  bucketBytes: 130,
  /** Ledger, listing and report are deleted after 90 days. */
  keptMonths: 3,
  /** The worker calls GenerateMac, the trigger VerifyMac. */
  macsPerUser: 2,
  /** Duration of the trigger for one message. Most of it is the call of KMS. */
  triggerSeconds: 0.06,
  /** One key encrypts what is stored, the other signs the metadata. */
  keys: { storage: 1, signing: 1 },
  /** Approximate number of state transitions: fixed ones, and those per listing and per summary. */
  transitions: { once: 10, listing: 2, summary: 3 },
} as const;

/**
 * When users react to the message, as shares of all users. THIS IS AN ASSUMPTION without a source, the only one about
 * people. Within a band, reactions are evenly spread. All other users react after more than a day, or never.
 */
export const ASSUMED_REACTIONS: readonly ReactionBand[] = [
  { fromMinutes: 0, toMinutes: 15, share: 0.2 },
  { fromMinutes: 15, toMinutes: CODE_VALIDITY_MINUTES, share: 0.15 },
  { fromMinutes: CODE_VALIDITY_MINUTES, toMinutes: 240, share: 0.15 },
  { fromMinutes: 240, toMinutes: 1440, share: 0.2 },
];

/** The share of the users who react in a period after the message. */
export interface ReactionBand {
  readonly fromMinutes: number;
  readonly toMinutes: number;
  readonly share: number;
}

/** Scales the assumption, so that this share of the users reacts while the code is valid. */
export function reactionsWithShareInTime(share: number): readonly ReactionBand[] {
  const assumed = ASSUMED_REACTIONS.filter(isInTime).reduce((sum, band) => sum + band.share, 0);
  return ASSUMED_REACTIONS.map((band) => ({
    ...band,
    share: band.share * (isInTime(band) ? share / assumed : (1 - share) / (1 - assumed)),
  }));
}

/** Whether the code is still valid in this band. */
export function isInTime({ toMinutes }: ReactionBand): boolean {
  return toMinutes <= CODE_VALIDITY_MINUTES;
}
