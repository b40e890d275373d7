/**
 * The contract between BulkPasswordReset and its functions: the input, the data that passes from step to step, the
 * ledger, the objects in the bucket, and the result. It imports nothing, so that either side can use it.
 */

/** The input of the state machine, with which a campaign is started. Unknown fields are not supported. */
export interface CampaignInput {
  /**
   * The name of the campaign: 1 to 64 letters, digits, hyphens and underscores. A run with an earlier id continues that
   * campaign.
   */
  readonly campaignId: string;
  readonly confirm: {
    /** Must be the user pool of the construct. */
    readonly userPoolId: string;
    /** The maximum number of users to whom this run may send a message. */
    readonly expectedUsers: number;
    /** The maximum number of lines of the list that may be MALFORMED or a MISMATCH. 0 by default. */
    readonly malformedLines?: number;
    /**
     * The SHA-256 of the list, as 64 hexadecimal digits. The run is refused if the list is another one. A dry run
     * reports it. It becomes a part of what the campaign id stands for.
     */
    readonly listDigest?: string;
  };
  /** The key of a list in the bucket, such as `input/users.csv`. Without it, the campaign resets the whole user pool. */
  readonly list?: string;
  /** Passed to the triggers of the user pool as ClientMetadata. It is the same for all users. */
  readonly clientMetadata?: Readonly<Record<string, string>>;
  /**
   * `RESET_REQUIRED` for a campaign that reaches only users who must set a new password and have not: imported users,
   * and users whose code expired. It becomes a part of what the campaign id stands for. Without it, users who are
   * RESET_REQUIRED are skipped.
   */
  readonly audience?: Audience;
  /** Whether to do everything except claim and reset users. */
  readonly dryRun?: boolean;
}

/** The users whom a campaign is for, when it is not for everyone who can be reset: users with this status. */
export type Audience = 'RESET_REQUIRED';

/** The output of the first state: the input, and what AWS Step Functions knows of the execution. */
export interface CampaignStart {
  readonly input: unknown;
  /** The name of the execution. It is unique within its state machine only. */
  readonly run: string;
  /** The start of the execution, in ISO 8601. */
  readonly startedAt: string;
  /** Whether this state machine is the one that never resets. */
  readonly dryRunOnly: boolean;
  /** Set when ClientMetadata is signed. */
  readonly signing?: SigningProbe;
}

/** Whether the worker can sign ClientMetadata. */
export interface SigningProbe {
  /** The name of the error; missing when the worker can sign. */
  readonly errorName?: string;
}

/** A campaign that passed the first checks, as it passes from state to state. */
export interface Campaign {
  readonly campaignId: string;
  /** The name of the execution, with a prefix when its state machine never resets. */
  readonly run: string;
  readonly startedAt: string;
  readonly userPoolId: string;
  readonly expectedUsers: number;
  /** Null for the whole user pool: AWS Step Functions cannot refer to a field that is missing. */
  readonly list: string | null;
  /** The SHA-256 that the list must have, in lower case; null for any. */
  readonly listDigest: string | null;
  readonly malformedLines: number;
  readonly clientMetadata: Readonly<Record<string, string>>;
  /** Null for everyone who can be reset and is not RESET_REQUIRED. */
  readonly audience: Audience | null;
  readonly dryRun: boolean;
  /** The channels by which Cognito sends codes, the preferred one first. */
  readonly recovery: readonly Channel[];
  /** The path of the listing and its ranges, under the prefixes of both. */
  readonly listingPath: string;
  /** The prefix of the objects of the report. */
  readonly reportPrefix: string;
}

export type Channel = 'EMAIL' | 'SMS';

/** A line of the listing: a user, or a line of the list for which there is no user. */
export type ListedUser =
  | {
      readonly sub: string;
      /** The `Username` with which Cognito is called. It is in no other object, and in no state of an execution. */
      readonly username: string;
      readonly skip?: SkipReason;
      /** Set when the user was RESET_REQUIRED already: this status then says nothing about a reset by the campaign. */
      readonly wasResetRequired?: true;
    }
  | {
      /** The number of the line, or of the element in JSON, from 1. */
      readonly line: number;
      readonly skip: LineReason;
    };

/** The objects of a complete listing. Their names are new for each invocation that completes one. */
export interface ListingObjects {
  /** The key of the listing, which has one {@link ListedUser} per line. */
  readonly listingKey: string;
  readonly listingEtag: string;
  /** The key of the ranges, which has one {@link ListingRange} per line. */
  readonly rangesKey: string;
}

/** An item of the Distributed Map: consecutive lines of the listing, which one worker processes. */
export interface ListingRange {
  /** The ETag of the listing. */
  readonly etag: string;
  /** Where the first line begins, in bytes. */
  readonly offset: number;
  /** With all line breaks, in bytes. */
  readonly length: number;
  /** The number of lines. */
  readonly lines: number;
}

/** Why a user is not reset. */
export const SKIP_REASONS = [
  'ALREADY_RESET_REQUIRED',
  /** The user name looks like the `sub` of another user. */
  'AMBIGUOUS_NAME',
  'DISABLED',
  'EXTERNAL_PROVIDER',
  'FORCE_CHANGE_PASSWORD',
  /** According to the ledger, an earlier run reset the user or may have done so. */
  'IN_LEDGER',
  /** The campaign is for users who are RESET_REQUIRED. */
  'NOT_RESET_REQUIRED',
  'NO_VERIFIED_CONTACT',
] as const;

export type SkipReason = (typeof SKIP_REASONS)[number];

/** Why there is no user for a line of a list. */
export const LINE_REASONS = [
  'DUPLICATE',
  'MALFORMED',
  /** Cognito found a user, but not the one that the line describes. */
  'MISMATCH',
  'USER_NOT_FOUND',
] as const;

export type LineReason = (typeof LINE_REASONS)[number];

/** The lines of a list for which there is no user. */
export type SkippedLines = Readonly<
  Partial<Record<LineReason, { readonly count: number; readonly first: readonly number[] }>>
>;

/** How many of the numbers of skipped lines are kept for each reason. */
export const SKIPPED_LINE_NUMBERS = 10;

export type ListEncoding = 'UTF-8' | 'UTF-16LE' | 'UTF-16BE';

/** How a list is read. It contains no text of the list but the name of the column. */
export interface ListDescription {
  /** The SHA-256 of the bytes of the list, as 64 hexadecimal digits in lower case. */
  readonly sha256: string;
  readonly format: 'CSV' | 'JSON' | 'JSONL';
  readonly encoding: ListEncoding;
  /** What separates the cells of a CSV list. */
  readonly separator?: string;
  /** The column of a CSV list that names the users. */
  readonly column?: string;
}

/** The progress of the listing, and the numbers of users so far. */
export interface ListingProgress<Cursor = unknown> {
  readonly cursor: Cursor;
  readonly done: boolean;
  /** Null until the listing is complete, and when it stopped early, because it had more users than the run may reset. */
  readonly objects: ListingObjects | null;
  readonly counts: ListingCounts;
  /** Null for the whole user pool, and until the list has been opened. */
  readonly list: ListDescription | null;
  readonly skippedLines: SkippedLines;
}

export interface ListingCounts {
  /** The number of lines of the listing. */
  readonly lines: number;
  /** How many of these lines name a user of the user pool, whether the user is reset or skipped. */
  readonly found: number;
  /** The number of users to reset. */
  readonly users: number;
  /** How many of these users get their code by email. */
  readonly email: number;
  /** How many of these users get their code by SMS. */
  readonly sms: number;
  /** The number of users who are already reset and have yet to be signed out. */
  readonly signOuts: number;
}

/** The event of the worker: a child execution of the Distributed Map. */
export interface CampaignBatch {
  readonly campaign: Pick<Campaign, 'campaignId' | 'run' | 'clientMetadata' | 'dryRun'>;
  /** How many users the campaign is to reset. */
  readonly users: number;
  readonly listingKey: string;
  readonly range: ListingRange;
  /** The start of the child execution, in ISO 8601. It ends {@link CHILD_EXECUTION_SECONDS} later. */
  readonly startedAt: string;
}

/** The progress of the summary. */
export interface SummaryProgress<Cursor = unknown> {
  readonly cursor: Cursor;
  readonly done: boolean;
  /** How long to wait before the next invocation, in seconds: at least 1. */
  readonly waitSeconds: number;
  /** Null until everything is counted. */
  readonly result: CampaignResult | null;
}

/** The outcomes that a line of the listing can have. */
export const USER_OUTCOMES = [
  /** This run reset the user and sent a message. */
  'RESET',
  /** An earlier run of the campaign reset the user. */
  'ALREADY_RESET',
  /** The campaign certainly sent the user no message. A further run tries again. */
  'NOT_SENT',
  /** The user may have been reset and sent a message. No further run of the campaign tries again. */
  'UNKNOWN',
  /** The user cannot be reset, or there is no user for the line. */
  'SKIPPED',
  /** The run ended before it came to the user. */
  'NOT_ATTEMPTED',
  /** A run that is not a dry run would reset the user. */
  'WOULD_RESET',
] as const;

export type UserOutcome = (typeof USER_OUTCOMES)[number];

/** A line of the report. */
export interface ReportLine {
  readonly sub?: string;
  readonly line?: number;
  readonly outcome: UserOutcome;
  /** The reason of the outcome: a {@link SkipReason}, a {@link LineReason}, or the name of an error. */
  readonly reason?: string;
  /**
   * Whether a look-up directly after the reset found a user who must choose a new password, or just did. Missing if there
   * was no look-up, or no answer.
   */
  readonly confirmed?: boolean;
}

export interface ConfirmationCounts {
  readonly checked: number;
  readonly notConfirmed: number;
}

/** The output of a campaign. It contains no user name and no `sub`. */
export interface CampaignResult {
  readonly campaignId: string;
  readonly run: string;
  /** Missing when the campaign is for everyone who can be reset. */
  readonly audience?: Audience;
  readonly dryRun: boolean;
  /** Whether a further run would have nothing to do. */
  readonly complete: boolean;
  /**
   * Set when the run was halted, because Cognito refused everybody. AWS Step Functions finds this field only where it is
   * set, and lets the execution fail.
   */
  readonly halted?: {
    /** The name of the refusal. */
    readonly reason: string;
  };
  /** Whether no user was to be reset or signed out when the run began. */
  readonly nothingToDo: boolean;
  /** How the list was read, and which of its lines were skipped. Missing for the whole user pool. */
  readonly list?: ListDescription & { readonly skippedLines: SkippedLines };
  /** The number of lines of the listing, each counted once in `totals`. */
  readonly lines: number;
  /** The number of lines by outcome. */
  readonly totals: Readonly<Partial<Record<UserOutcome, number>>>;
  /** The number of lines by outcome and reason, such as `SKIPPED DISABLED`. */
  readonly reasons: Readonly<Record<string, number>>;
  /** How many of the users who were reset were looked up directly afterwards, and for how many it was not confirmed. */
  readonly confirmed: ConfirmationCounts;
  /** Such as a check before the first message that was not possible, or outcomes that cannot be confirmed. */
  readonly warnings: readonly string[];
  readonly durationSeconds: number;
  /** The location of the report: objects with one {@link ReportLine} per line. */
  readonly report: { readonly bucket: string; readonly prefix: string };
}

/** Limits of the input. They are this library's own. */
export const CAMPAIGN_LIMITS = {
  campaignIdCharacters: 64,
  /** For all keys and values of the ClientMetadata together, because they pass through every state. */
  metadataTotalCharacters: 16_384,
  /** For the key of a list, without its prefix. */
  listKeyCharacters: 200,
} as const;

/** Environment variables of the functions, besides those of `RESET_ENVIRONMENT`. */
export const CAMPAIGN_ENVIRONMENT = {
  bucketName: 'CAMPAIGN_BUCKET_NAME',
  ledgerTableName: 'LEDGER_TABLE_NAME',
  /** How long the ledger keeps a record, in seconds. */
  expiresAfterSeconds: 'LEDGER_EXPIRES_AFTER_SECONDS',
  /** The maximum number of users that a run may reset, whatever its input confirms. */
  maxUsers: 'MAX_USERS',
  /** `true` if a run with a list needs `confirm.listDigest`. */
  requireListDigest: 'REQUIRE_LIST_DIGEST',
  maxResetsPerSecond: 'MAX_RESETS_PER_SECOND',
  /** The maximum number of workers, which share the pace. */
  maxWorkers: 'MAX_WORKERS',
  /** The maximum number of users that one worker resets. */
  batchSize: 'USERS_PER_BATCH',
  /** The ARN of the function of SmsReadiness. */
  smsReadinessFunctionArn: 'SMS_READINESS_FUNCTION_ARN',
  /** The ARN of the custom message trigger of ResetMessages; missing when the campaign has no messages. */
  customMessageTriggerArn: 'CUSTOM_MESSAGE_TRIGGER_ARN',
  /** The estimated price of one SMS message, in US dollars. */
  smsPrice: 'SMS_PRICE',
  /** The most parts of an SMS message of ResetMessages. Not set when the messages are not known at synth. */
  smsParts: 'SMS_PARTS',
} as const;

/**
 * The price of one SMS message in US dollars that campaigns and `npm run plan` assume, unless they are given another one.
 * Not verified: AWS publishes a price for each country. A message to the United States costs about 0.01 with the fee of
 * the carrier, and messages to other countries up to twenty times as much.
 *
 * @see https://aws.amazon.com/end-user-messaging/pricing/
 */
export const DEFAULT_SMS_PRICE = 0.05;

/** The prefixes of the objects in the bucket. */
export const CAMPAIGN_PREFIXES = {
  input: 'input/',
  listings: 'listings/',
  ranges: 'ranges/',
  results: 'results/',
  reports: 'reports/',
} as const;

/** The key attributes of the ledger. The sort key is the `sub` of a user. */
export const LEDGER_TABLE = { partitionKey: 'campaign', sortKey: 'user', timeToLiveAttribute: 'expiresAt' } as const;

/** The steps of the preflight function. */
export const PREFLIGHT_STEPS = { first: 'FIRST', counts: 'COUNTS' } as const;

/** Custom metrics of campaigns, in the namespace of `RESET_METRICS`, by the function name of the worker. */
export const CAMPAIGN_METRICS = {
  resets: 'CampaignResets',
  notSent: 'CampaignNotSent',
  unknown: 'CampaignUnknownOutcomes',
  throttles: 'CampaignThrottles',
} as const;

/** Names of the errors with which the functions of a campaign fail. */
export const CAMPAIGN_ERROR_NAMES = {
  /** A check failed, and this run sent no message. The text names every problem. */
  refused: 'CampaignRefusedError',
  /** A step failed. It is safe to retry. */
  stepFailed: 'CampaignStepFailedError',
  /** Cognito refused everybody, so the run halted itself and wrote its report. A redrive would fail as well. */
  halted: 'CampaignHaltedError',
  /** The listing is not the one that was made for this run. A retry would fail as well. */
  listingChanged: 'CampaignListingChangedError',
  /** A worker ran out of time. It is safe to retry the batch. */
  batchUnfinished: 'CampaignBatchUnfinishedError',
} as const;

/** The approximate duration of a batch when nothing goes wrong, in seconds. */
export const BATCH_SECONDS = 45;

/** The maximum duration of an EXPRESS execution, in seconds. After it, Step Functions no longer waits for a worker. */
export const CHILD_EXECUTION_SECONDS = 300;

/** The timeout of the worker, in seconds: a batch, the slowest response of Cognito, and time lost to throttling. */
export const WORKER_TIMEOUT_SECONDS = 110;
