import { BATCH_SECONDS } from '../../lib/contract/campaign';

/** Cognito's quotas, in requests a second for an account and Region; AWS raises neither. */
export const QUOTAS = {
  /** Resets, requests for a new code and confirmations of one share it. */
  accountRecovery: 30,
  /** AdminUserGlobalSignOut and what else updates users share it. */
  userUpdate: 25,
} as const;

/** What a campaign may take of the quotas unless it is asked to take all. */
export const MAX_RESETS_PER_SECOND = { withoutSignOut: 24, withSignOut: 20 } as const;

/** A worker that is slower runs out of time while it waits for its turn. */
export const MIN_RESETS_PER_SECOND = 0.1;

/** How long a code is valid. */
export const CODE_VALIDITY_MINUTES = 60;

/** The default email sender sends no more than this, all user pools of an account together. */
export const DEFAULT_SENDER_EMAILS_PER_DAY = 50;

/** What the account may spend on SMS in a month before AWS raised it, in USD. */
export const NEW_ACCOUNT_SMS_SPEND_LIMIT_USD = 1;

/** How the campaign is built. */
export const DESIGN = {
  /** The workers aim a little below the rate, so that together they stay below it. */
  paceShare: 0.96,
  /** How the rate is shared out among workers. */
  resetsPerSecondAndWorker: 6,
  /** Two at least, so that one that ends does not leave a gap. */
  leastWorkers: 2,
  /** What a worker is given to do: that many seconds at the full rate. */
  batchSeconds: BATCH_SECONDS,
  /** Of every function: 512 MB. */
  lambdaGb: 0.5,
  /** Express executions are charged in steps of 64 MB, and one batch fits in one. */
  expressGb: 0.0625,
  /** ListUsers answers 60 users a page, and is asked ten times a second of the 30 that Cognito allows. */
  listedUsersPerSecond: 600,
  /** An invocation lists that many users, and writes them as one object. */
  usersPerListing: 20_000,
  /** An invocation counts that many users, and writes their report as one object. */
  usersPerSummary: 100_000,
  /** How long that takes. */
  summarySeconds: 60,
  /** Units for a user, who is claimed and done. */
  ledgerWrites: 2,
  /** When listed, when claimed, and when counted; all but the second are eventually consistent. */
  ledgerReads: 0.5 + 1 + 0.5,
  /** How often a worker takes its share of the pace. */
  pacingWritesPerSecondAndWorker: 1,
  /** Of a user, about. */
  ledgerBytes: 250,
  /** Of a user, about, in the listing and the report together. */
  bucketBytes: 130,
  /** Both are deleted after 90 days. */
  keptMonths: 3,
  /** GenerateMac by the worker, VerifyMac by the trigger. */
  macsPerUser: 2,
  /** What the trigger takes for a message, most of it waiting for KMS. */
  triggerSeconds: 0.06,
  /** One that encrypts what is stored, and one that signs messages. */
  keys: { storage: 1, signing: 1 },
  /** States of the parent, about: those passed once, and those of each turn of a loop. */
  transitions: { once: 10, listing: 2, summary: 3 },
} as const;

/**
 * When people act on the message, as shares of all who get one. THIS IS AN ASSUMPTION and the only one about people: no
 * source is behind it. Within a band, they act evenly spread. Whoever is in no band acts later than a day, or never.
 */
export const ASSUMED_REACTIONS: readonly ReactionBand[] = [
  { fromMinutes: 0, toMinutes: 15, share: 0.2 },
  { fromMinutes: 15, toMinutes: CODE_VALIDITY_MINUTES, share: 0.15 },
  { fromMinutes: CODE_VALIDITY_MINUTES, toMinutes: 240, share: 0.15 },
  { fromMinutes: 240, toMinutes: 1440, share: 0.2 },
];

export interface ReactionBand {
  readonly fromMinutes: number;
  readonly toMinutes: number;
  readonly share: number;
}

/** Stretches the assumption so that this share acts within the hour. */
export function reactionsWithShareInTime(share: number): readonly ReactionBand[] {
  const assumed = ASSUMED_REACTIONS.filter(isInTime).reduce((sum, band) => sum + band.share, 0);
  return ASSUMED_REACTIONS.map((band) => ({
    ...band,
    share: band.share * (isInTime(band) ? share / assumed : (1 - share) / (1 - assumed)),
  }));
}

/** Whether the code is still valid. */
export function isInTime({ toMinutes }: ReactionBand): boolean {
  return toMinutes <= CODE_VALIDITY_MINUTES;
}
