/**
 * What the construct for whole user pools and its functions both know: the input, what passes from one step to the next,
 * the ledger, the objects in the bucket, and the result. Like contract.ts it imports nothing.
 */

/** What a campaign is started with: the input of the state machine. Unknown fields are refused. */
export interface CampaignInput {
  /** Names the campaign: 1 to 64 letters, digits, hyphens and underscores. The same id goes on where it stopped. */
  readonly campaignId: string;
  readonly confirm: {
    /** Must be the user pool of the construct. */
    readonly userPoolId: string;
    /** The most users that may be sent a message by this run. */
    readonly expectedUsers: number;
  };
  /** The key of a list in the bucket, such as `input/users.csv` or `input/users.jsonl`; the whole user pool without it. */
  readonly list?: string;
  /** Reaches the pool's triggers as ClientMetadata, the same for all users. */
  readonly clientMetadata?: Readonly<Record<string, string>>;
  /** Does everything but claim and reset. */
  readonly dryRun?: boolean;
}

/** What the first state makes of the input and of what Step Functions knows. */
export interface CampaignStart {
  readonly input: unknown;
  /** The name of the execution, which is unique among those of its state machine only. */
  readonly run: string;
  /** ISO 8601. */
  readonly startedAt: string;
  /** Whether the state machine is the one that never resets. */
  readonly dryRunOnly: boolean;
  /** Where messages are signed. */
  readonly signing?: SigningProbe;
}

/** Whether the worker can sign. */
export interface SigningProbe {
  /** The name of the error; missing when it can. */
  readonly errorName?: string;
}

/** A campaign that passed the first checks, as it goes from state to state. */
export interface Campaign {
  readonly campaignId: string;
  /** The name of the execution; with a prefix when its state machine never resets. */
  readonly run: string;
  readonly startedAt: string;
  readonly userPoolId: string;
  readonly expectedUsers: number;
  /** Null when it is the whole user pool: Step Functions cannot refer to a field that is missing. */
  readonly list: string | null;
  readonly clientMetadata: Readonly<Record<string, string>>;
  readonly dryRun: boolean;
  /** The channels that codes go out by, the preferred one first. */
  readonly recovery: readonly Channel[];
  /** The object with a {@link ListedUser} a line, complete once everything is listed. */
  readonly listingKey: string;
  /** Under which the parts of the report are. */
  readonly reportPrefix: string;
}

export type Channel = 'EMAIL' | 'SMS';

/** A line of the listing: a user, or a line of the list that stands for none. */
export type ListedUser =
  | { readonly sub: string; readonly skip?: SkipReason }
  | { readonly line: number; readonly skip: LineReason };

/** Why a user is not reset. */
export const SKIP_REASONS = [
  'ALREADY_RESET_REQUIRED',
  'DISABLED',
  'EXTERNAL_PROVIDER',
  'FORCE_CHANGE_PASSWORD',
  /** An earlier run reset the user, or may have: the ledger says so. */
  'IN_LEDGER',
  'NO_VERIFIED_CONTACT',
] as const;

export type SkipReason = (typeof SKIP_REASONS)[number];

/** Why a line of a list stands for no user. */
export const LINE_REASONS = ['DUPLICATE', 'MALFORMED', 'USER_NOT_FOUND'] as const;

export type LineReason = (typeof LINE_REASONS)[number];

/** How far listing has come, and what was found. */
export interface ListingProgress<Cursor = unknown> {
  readonly cursor: Cursor;
  readonly done: boolean;
  /** Whether it ended before all were listed, at more users than may be reset. */
  readonly stopped: boolean;
  readonly counts: ListingCounts;
}

export interface ListingCounts {
  /** Lines of the listing. */
  readonly lines: number;
  /** Users that are to be reset. */
  readonly users: number;
  /** Of these, by the channel of their code. */
  readonly email: number;
  readonly sms: number;
  /** Users that were reset, and are only to be signed out. */
  readonly signOuts: number;
}

/** What the worker gets: the batch of a Distributed Map. */
export interface CampaignBatch {
  readonly BatchInput: Pick<Campaign, 'campaignId' | 'run' | 'clientMetadata' | 'dryRun'>;
  readonly Items: readonly ListedUser[];
  /** When the child execution began, which ends after {@link CHILD_EXECUTION_SECONDS}: ISO 8601. */
  readonly startedAt: string;
}

/** How far the summary has come. */
export interface SummaryProgress<Cursor = unknown> {
  readonly cursor: Cursor;
  readonly done: boolean;
  /** At least 1: how long to wait before going on. */
  readonly waitSeconds: number;
  /** Null until everything is counted. */
  readonly result: CampaignResult | null;
}

/** What became of each line of the listing. */
export const USER_OUTCOMES = [
  /** Reset, and sent a message, by this run. */
  'RESET',
  /** By an earlier run of the campaign. */
  'ALREADY_RESET',
  /** Certainly not sent a message; a further run tries again. */
  'NOT_SENT',
  /** Maybe reset and sent a message; no further run of the campaign tries again. */
  'UNKNOWN',
  /** Cannot be reset, or is no user. */
  'SKIPPED',
  /** The run did not get there. */
  'NOT_ATTEMPTED',
  /** In a dry run. */
  'WOULD_RESET',
] as const;

export type UserOutcome = (typeof USER_OUTCOMES)[number];

/** A line of the report. */
export interface ReportLine {
  readonly sub?: string;
  readonly line?: number;
  readonly outcome: UserOutcome;
  /** Why: a {@link SkipReason}, a {@link LineReason}, or the name of an error. */
  readonly reason?: string;
}

/** The output of a campaign. It names no user. */
export interface CampaignResult {
  readonly campaignId: string;
  readonly run: string;
  readonly dryRun: boolean;
  /** Whether nothing is left that a further run would try. */
  readonly complete: boolean;
  /** Lines of the listing, each of which is counted once below. */
  readonly lines: number;
  readonly totals: Readonly<Partial<Record<UserOutcome, number>>>;
  /** By outcome and reason, such as `SKIPPED DISABLED`. */
  readonly reasons: Readonly<Record<string, number>>;
  /** What could not be checked before the first message. */
  readonly warnings: readonly string[];
  readonly durationSeconds: number;
  /** Where the report lies: objects with a {@link ReportLine} a line. */
  readonly report: { readonly bucket: string; readonly prefix: string };
}

/** Bounds of the input, this library's own. */
export const CAMPAIGN_LIMITS = {
  campaignIdCharacters: 64,
  /** All keys and values of the metadata together: they travel through every state. */
  metadataTotalCharacters: 16_384,
  /** Of the key of a list, without its prefix. */
  listKeyCharacters: 200,
} as const;

/** Environment variables of the functions, besides those of `ENVIRONMENT`. */
export const CAMPAIGN_ENVIRONMENT = {
  bucketName: 'CAMPAIGN_BUCKET_NAME',
  ledgerTableName: 'LEDGER_TABLE_NAME',
  /** How long a record of the ledger is kept, in seconds. */
  expiresAfterSeconds: 'LEDGER_EXPIRES_AFTER_SECONDS',
  /** Users that a run may reset, whatever is confirmed. */
  maxUsers: 'MAX_USERS',
  maxResetsPerSecond: 'MAX_RESETS_PER_SECOND',
  /** Workers that share the pace. */
  maxWorkers: 'MAX_WORKERS',
  /** The function of SmsReadiness. */
  smsReadinessFunctionArn: 'SMS_READINESS_FUNCTION_ARN',
  /** What an SMS is estimated at, in US dollars. */
  smsPrice: 'SMS_PRICE',
} as const;

/** Where in the bucket what lies. */
export const CAMPAIGN_PREFIXES = {
  input: 'input/',
  listings: 'listings/',
  results: 'results/',
  reports: 'reports/',
} as const;

/** The keys of the ledger: a campaign and a user, by `sub`. */
export const LEDGER_TABLE = { partitionKey: 'campaign', sortKey: 'user', timeToLiveAttribute: 'expiresAt' } as const;

/** The steps of the function that checks. */
export const PREFLIGHT_STEPS = { first: 'FIRST', counts: 'COUNTS' } as const;

/** Custom metrics of campaigns, in the namespace of `METRICS`, by the function name of the worker. */
export const CAMPAIGN_METRICS = {
  resets: 'CampaignResets',
  notSent: 'CampaignNotSent',
  unknown: 'CampaignUnknownOutcomes',
  throttles: 'CampaignThrottles',
} as const;

/** Names of the errors that a campaign ends with. */
export const CAMPAIGN_ERROR_NAMES = {
  /** A check failed: no message was sent by this run. The text names every problem. */
  refused: 'CampaignRefusedError',
  /** A step could not do its work, and may be tried again. */
  stepFailed: 'CampaignStepFailedError',
  /** Cognito refused as it would for everybody: trying again now is of no use. */
  halted: 'CampaignHaltedError',
  /** A worker ran out of time; what is left of its batch may be tried again. */
  batchUnfinished: 'CampaignBatchUnfinishedError',
} as const;

/** How long a worker takes for a batch when nothing goes wrong, about, in seconds. */
export const BATCH_SECONDS = 45;

/** How long an EXPRESS execution may take, in seconds: what a worker did after it, nobody would wait for. */
export const CHILD_EXECUTION_SECONDS = 300;

/** The time-out of the worker, in seconds: a batch, the slowest answer of Cognito, and what throttling costs. */
export const WORKER_TIMEOUT_SECONDS = 110;
