import { fittingRate, GENERAL_LIMITS } from '../../lib/contract/sms-rate';
import {
  ASSUMED_REACTIONS,
  DEFAULT_SENDER_EMAILS_PER_DAY,
  DESIGN,
  isInTime,
  MAX_RESETS_PER_SECOND,
  MIN_RESETS_PER_SECOND,
  NEW_ACCOUNT_SMS_SPEND_LIMIT_USD,
  QUOTAS,
  type ReactionBand,
  reactionsWithShareInTime,
} from './assumptions';
import { PRICES, type Price, SMS_MESSAGE } from './prices';

/** The options of the command line. */
export interface PlanOptions {
  readonly users?: string;
  readonly rate: string;
  readonly 'sign-out': boolean;
  readonly 'whole-quota': boolean;
  readonly 'no-messages': boolean;
  readonly sms: string;
  readonly 'sms-price'?: string;
  readonly 'act-within-hour'?: string;
}

export interface Plan {
  readonly users: number;
  readonly maxResetsPerSecond: number;
  readonly signOut: boolean;
  /** Whether the trigger writes the messages. The metadata is then signed. */
  readonly messages: boolean;
  readonly smsShare: number;
  readonly smsPrice: Price;
  /** Part of the JSON output, as all fields of plan and estimate are. */
  readonly acting: readonly ReactionBand[];
}

export interface Estimate {
  readonly costs: readonly CostRow[];
  /** The sum of the costs, in USD. */
  readonly total: number;
  readonly time: {
    readonly listingSeconds: number;
    readonly resetsSeconds: number;
    readonly summarySeconds: number;
    readonly totalSeconds: number;
    /** How long the resets would take at Cognito's whole quota. */
    readonly quotaSeconds: number;
    readonly workers: number;
    readonly usersPerBatch: number;
    readonly batches: number;
  };
  /** Numbers of users, by when they react. */
  readonly codes: {
    /** While the code is valid. */
    readonly inTime: number;
    /** Later, but within a day: these users must request a new code. */
    readonly askForNew: number;
    /** After more than a day, or never. */
    readonly later: number;
    /** Codes that are not used while they are valid. */
    readonly expired: number;
  };
  readonly quota: RecoveryRequests & {
    readonly perSecond: number;
    /** What the resets leave of the quota. */
    readonly left: number;
    /** The highest whole rate at which all requests fit into the quota; only present if the planned rate is too high. */
    readonly fittingRate?: number;
  };
  /** What to change, or to know, before the campaign is started. */
  readonly warnings: readonly string[];
  /** What to check before every campaign. */
  readonly notes: readonly string[];
}

export interface CostRow {
  readonly item: string;
  readonly quantity: number;
  readonly price: Price;
  /** Rounded as printed. */
  readonly usd: number;
}

/** The users' own requests for account recovery during the campaign, per second. */
export interface RecoveryRequests {
  readonly confirmations: PerSecond;
  readonly newCodes: PerSecond;
}

/** The peak is when the last user is reset: by then, the most users are reacting at the same time. */
export interface PerSecond {
  readonly average: number;
  readonly peak: number;
}

/** Throws an error when an option is not valid. */
export function parsePlan(options: PlanOptions): Plan {
  const { rate, sms, 'sign-out': signOut, 'sms-price': smsPrice, 'act-within-hour': actWithinHour } = options;
  if (options.users === undefined || !/^[1-9]\d{0,8}$/.test(options.users)) {
    throw new Error('--users: expected a whole number from 1 to 999999999, such as 1000000');
  }
  if (!isNumber(rate) || Number(rate) < MIN_RESETS_PER_SECOND) {
    throw new Error(`--rate: expected at least ${MIN_RESETS_PER_SECOND} resets per second, such as 10`);
  }
  validateRate(Number(rate), signOut, options['whole-quota']);
  if (!isShare(sms))
    throw new Error('--sms: expected the share of the users who get an SMS message, from 0 to 1, such as 0.3');
  if (smsPrice !== undefined && !isNumber(smsPrice)) {
    throw new Error('--sms-price: expected the price of an SMS message in USD, such as 0.05');
  }
  if (actWithinHour !== undefined && !isShare(actWithinHour)) {
    throw new Error(
      '--act-within-hour: expected the share of the users who react within an hour, from 0 to 1, such as 0.4',
    );
  }
  return {
    users: Number(options.users),
    maxResetsPerSecond: Number(rate),
    signOut,
    messages: !options['no-messages'],
    smsShare: Number(sms),
    smsPrice:
      smsPrice === undefined
        ? SMS_MESSAGE
        : { usd: Number(smsPrice), per: 1, unit: SMS_MESSAGE.unit, source: '--sms-price' },
    acting: actWithinHour === undefined ? ASSUMED_REACTIONS : reactionsWithShareInTime(Number(actWithinHour)),
  };
}

function validateRate(rate: number, signOut: boolean, wholeQuota: boolean): void {
  if (signOut && rate > QUOTAS.userUpdate) {
    throw new Error(
      `--rate: expected at most ${QUOTAS.userUpdate} with --sign-out: this is Cognito's quota for sign-outs per ` +
        'second in an account and Region, and AWS does not raise it',
    );
  }
  if (rate > QUOTAS.accountRecovery) {
    throw new Error(
      `--rate: expected at most ${QUOTAS.accountRecovery}: this is Cognito's quota for account recovery requests per ` +
        'second in an account and Region, and AWS does not raise it',
    );
  }
  const max = signOut ? MAX_RESETS_PER_SECOND.withSignOut : MAX_RESETS_PER_SECOND.withoutSignOut;
  if (rate > max && !wholeQuota) {
    throw new Error(
      `--rate: expected at most ${max}${signOut ? ' with --sign-out' : ''}, or --whole-quota: Cognito's quota ` +
        'is shared with the users who enter their code',
    );
  }
}

function isNumber(text: string): boolean {
  return /^\d{1,9}(\.\d+)?$/.test(text);
}

function isShare(text: string): boolean {
  return isNumber(text) && Number(text) <= 1;
}

export function estimate(plan: Plan): Estimate {
  const time = timeOf(plan);
  const codes = codesOf(plan);
  const quota = quotaOf(plan);
  const costs = costsOf(plan, time, codes);
  const total = roundUsd(costs.reduce((sum, { usd }) => sum + usd, 0));
  return { costs, total, time, codes, quota, ...warningsAndNotesOf(plan, { costs, total, codes, quota }) };
}

/** The actual resets per second of all workers together. */
function paceOf({ maxResetsPerSecond }: Plan): number {
  return maxResetsPerSecond * DESIGN.paceShare;
}

function timeOf(plan: Plan): Estimate['time'] {
  const { users, maxResetsPerSecond: rate } = plan;
  const workers = Math.max(DESIGN.leastWorkers, Math.ceil(rate / DESIGN.resetsPerSecondAndWorker));
  const usersPerBatch = Math.floor((rate / workers) * DESIGN.batchSeconds);
  const listingSeconds = users / DESIGN.listedUsersPerSecond;
  const resetsSeconds = users / paceOf(plan);
  const summarySeconds = Math.ceil(users / DESIGN.usersPerSummary) * DESIGN.summarySeconds;
  return {
    listingSeconds,
    resetsSeconds,
    summarySeconds,
    totalSeconds: listingSeconds + resetsSeconds + summarySeconds,
    quotaSeconds: users / QUOTAS.accountRecovery,
    workers,
    usersPerBatch,
    batches: Math.ceil(users / usersPerBatch),
  };
}

function codesOf({ users, acting }: Plan): Estimate['codes'] {
  const inTime = Math.round(users * sum(acting.filter(isInTime), ({ share }) => share));
  const expired = users - inTime;
  const askForNew = Math.round(users * sum(acting.filter(isLate), ({ share }) => share));
  return { inTime, askForNew, later: expired - askForNew, expired };
}

function quotaOf(plan: Plan): Estimate['quota'] {
  const perSecond = QUOTAS.accountRecovery;
  const { maxResetsPerSecond } = plan;
  return {
    perSecond,
    left: perSecond - maxResetsPerSecond,
    ...recoveryRequestsOf(plan),
    ...(peakRequestsPerSecond(plan) > perSecond && { fittingRate: fittingRateOf(plan) }),
  };
}

/** Every user who reacts confirms a code. A user who reacts late requests a new code first. */
function recoveryRequestsOf(plan: Plan): RecoveryRequests {
  const pace = paceOf(plan);
  const minutes = plan.users / pace / 60;
  const perSecond = (bands: readonly ReactionBand[]): PerSecond => ({
    average: pace * sum(bands, (band) => band.share * averageShareReacted(band, minutes)),
    peak: pace * sum(bands, (band) => band.share * shareReactedAfter(band, minutes)),
  });
  return { confirmations: perSecond(plan.acting), newCodes: perSecond(plan.acting.filter(isLate)) };
}

/** All requests for account recovery at the peak, when the resets are at their maximum rate. */
function peakRequestsPerSecond(plan: Plan): number {
  const { confirmations, newCodes } = recoveryRequestsOf(plan);
  return plan.maxResetsPerSecond + confirmations.peak + newCodes.peak;
}

function fittingRateOf(plan: Plan): number {
  let rate = Math.ceil(plan.maxResetsPerSecond) - 1;
  // This ends above 0, because a user who is reset sends at most two more requests.
  while (peakRequestsPerSecond({ ...plan, maxResetsPerSecond: rate }) > QUOTAS.accountRecovery) rate -= 1;
  return rate;
}

/** Which share of a band has reacted this many minutes after the message. */
function shareReactedAfter({ fromMinutes, toMinutes }: ReactionBand, minutes: number): number {
  return Math.min(1, Math.max(0, (minutes - fromMinutes) / (toMinutes - fromMinutes)));
}

/** The average of {@link shareReactedAfter} from the first message until now. */
function averageShareReacted(band: ReactionBand, minutes: number): number {
  const { fromMinutes, toMinutes } = band;
  const rising = ((toMinutes - fromMinutes) * shareReactedAfter(band, minutes) ** 2) / 2;
  return (rising + Math.max(0, minutes - toMinutes)) / minutes;
}

function costsOf(plan: Plan, time: Estimate['time'], codes: Estimate['codes']): readonly CostRow[] {
  const { users, messages, smsShare, smsPrice } = plan;
  const listings = Math.ceil(users / DESIGN.usersPerListing);
  const summaries = Math.ceil(users / DESIGN.usersPerSummary);
  const workerSeconds = time.resetsSeconds * time.workers;
  const triggers = messages ? users + codes.askForNew : 0;
  const transitions = DESIGN.transitions;
  // The listing has parts, is complete in one object, and its ranges are in another one.
  const objects = listings + 2 + summaries;
  const gbMonths = (bytes: number) => ((users * bytes) / 2 ** 30) * DESIGN.keptMonths;
  const smsSent = Math.round(users * smsShare);
  const smsWithNewCode = Math.round(codes.askForNew * smsShare);
  return [
    row('Lambda: listing', time.listingSeconds * DESIGN.lambdaGb, PRICES.lambdaDuration),
    row('Lambda: resets', workerSeconds * DESIGN.lambdaGb, PRICES.lambdaDuration),
    row('Lambda: custom message trigger', triggers * DESIGN.triggerSeconds * DESIGN.lambdaGb, PRICES.lambdaDuration),
    row('Lambda: summary', time.summarySeconds * DESIGN.lambdaGb, PRICES.lambdaDuration),
    row('Lambda: invocations', listings + time.batches + triggers + summaries, PRICES.lambdaRequests),
    row(
      'Step Functions: state machine',
      transitions.once + listings * transitions.listing + time.batches + summaries * transitions.summary,
      PRICES.stateTransitions,
    ),
    row('Step Functions: batches', time.batches, PRICES.expressRequests),
    row('Step Functions: duration of batches', workerSeconds * DESIGN.expressGb, PRICES.expressDuration),
    row(
      'DynamoDB: writes (ledger, rate)',
      users * DESIGN.ledgerWrites + workerSeconds * DESIGN.pacingWritesPerSecondAndWorker,
      PRICES.dynamodbWrites,
    ),
    row('DynamoDB: reads (ledger)', users * DESIGN.ledgerReads, PRICES.dynamodbReads),
    row('DynamoDB: storage', gbMonths(DESIGN.ledgerBytes), PRICES.dynamodbStorage),
    row('KMS: signatures', messages ? users * DESIGN.macsPerUser : 0, PRICES.kmsRequests),
    row('KMS: keys', DESIGN.keys.storage + (messages ? DESIGN.keys.signing : 0), PRICES.kmsKeys),
    row('S3: writes of listing and report', objects, PRICES.s3Puts),
    row('S3: reads of listing and report', objects, PRICES.s3Gets),
    row('S3: storage', gbMonths(DESIGN.bucketBytes), PRICES.s3Storage),
    row('SES: messages of the resets', users - smsSent, PRICES.sesEmails),
    row('SES: messages with a new code', codes.askForNew - smsWithNewCode, PRICES.sesEmails),
    row('SMS: messages of the resets', smsSent, smsPrice),
    row('SMS: messages with a new code', smsWithNewCode, smsPrice),
  ].filter(({ quantity }) => quantity > 0);
}

function row(item: string, quantity: number, price: Price): CostRow {
  return { item, quantity, price, usd: roundUsd((quantity / price.per) * price.usd) };
}

function roundUsd(usd: number): number {
  return Number(usd.toFixed(usdDigits(usd)));
}

function warningsAndNotesOf(
  plan: Plan,
  { costs, total, codes, quota }: Pick<Estimate, 'costs' | 'total' | 'codes' | 'quota'>,
): Pick<Estimate, 'warnings' | 'notes'> {
  const { smsShare, smsPrice } = plan;
  const smsUsd = sum(
    costs.filter(({ price }) => price === smsPrice),
    ({ usd }) => usd,
  );
  const messagesPerSecond = paceOf(plan) + quota.newCodes.peak;
  const emails = sum(
    costs.filter(({ price }) => price === PRICES.sesEmails),
    ({ quantity }) => quantity,
  );
  const emailsPerSecond = messagesPerSecond * (1 - smsShare);

  const warnings: string[] = [];
  if (quota.fittingRate !== undefined) {
    warnings.push(
      `The requests exceed Cognito's quota of ${quota.perSecond} per second: ${plan.maxResetsPerSecond} resets, ` +
        `${formatNumber(quota.confirmations.peak)} confirmations and ${formatNumber(quota.newCodes.peak)} requests ` +
        'for a new code. Cognito would refuse some of the users while the campaign runs. A rate of ' +
        `${quota.fittingRate} fits into the quota.`,
    );
  }
  const smsPerSecond = Math.min(plan.maxResetsPerSecond, Math.round(plan.users * smsShare));
  const numbers = numbersBelow(smsPerSecond);
  if (numbers.length > 0) {
    warnings.push(
      `SMS messages: up to ${smsPerSecond} may be sent in a second. That is too many for ${numbers.join(' and ')}: AWS ` +
        'throttles the rest, whose users are reset without a code. Messages of two parts need half of that rate. A ' +
        'campaign with smsReadiness checks this.',
    );
  }
  if (smsUsd > total / 2) {
    warnings.push(
      `SMS messages are ${Math.floor((smsUsd / total) * 100)} % of the costs. If users also have a verified email ` +
        'address, set the account recovery of the user pool to prefer email: that is cheaper.',
    );
  }

  const notes = [
    ...(emails > 0
      ? [
          'Amazon SES: the user pool must send through it, because the default sender is limited to ' +
            `${DEFAULT_SENDER_EMAILS_PER_DAY} email messages per day. The sending quota must allow ` +
            `${formatNumber(emailsPerSecond)} per second and ` +
            `${formatNumber(Math.min(emails, Math.ceil(emailsPerSecond * 86_400)))} in 24 hours.`,
        ]
      : []),
    ...(smsShare > 0
      ? [
          `SMS spend limit: it must allow at least ${formatUsd(smsUsd)} USD more than was spent this month (a new ` +
            `account has ${NEW_ACCOUNT_SMS_SPEND_LIMIT_USD} USD per month). The origination identity must allow ` +
            `${formatNumber(messagesPerSecond * smsShare)} SMS messages per second on average, each of one part or more.`,
          `SMS price: ${smsPrice.usd} USD for a message of one part${
            smsPrice === SMS_MESSAGE ? ', which campaigns assume too' : ''
          }. Prices differ between countries by a factor of up to 20: set yours with --sms-price, and with smsPrice of BulkPasswordReset.`,
        ]
      : []),
    `Codes that expire: ${formatNumber(codes.expired)}, at any rate, because each code is valid for an hour from its ` +
      'own message. The message must say how to request a new code.',
    'Look-ups: to confirm resets, up to 1,000 users are looked up with AdminGetUser, at most 60 per second. Cognito ' +
      'allows 120 per second in an account and Region. AWS counts these users as active in the month.',
    'Rate: choose a lower one if SES or the origination identity allow less, if other user pools of the account and ' +
      'Region need the quota, or if your help desk could not keep up.',
    'Not included: Cognito itself (a reset does not make a user a monthly active user, but a look-up and setting a ' +
      'new password do), logs, the origination identity, retries, and codes requested after more than a day.',
  ];
  return { warnings, notes };
}

/** The numbers of the United States that send fewer messages of one part, with the rate that fits. */
function numbersBelow(rate: number): string[] {
  return UNITED_STATES.filter(({ limit }) => limit < rate).map(
    ({ name, limit }) => `${name} (${fittingRate(limit, 1)} per second)`,
  );
}

const UNITED_STATES = [
  { name: 'a 10DLC number, unless AWS raised its limit', limit: GENERAL_LIMITS.TEN_DLC.US },
  { name: 'a toll-free number of the United States', limit: GENERAL_LIMITS.TOLL_FREE.US },
];

function isLate(band: ReactionBand): boolean {
  return !isInTime(band);
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}

/** Formats a number: as a whole from 100, with one decimal from 1, with two significant digits below 1. */
export function formatNumber(value: number): string {
  const digits = value >= 100 ? 0 : value >= 1 ? 1 : usdDigits(value);
  return value.toLocaleString('en-US', { maximumFractionDigits: digits });
}

/** Formats an amount of US dollars. */
export function formatUsd(usd: number): string {
  const digits = usdDigits(usd);
  return usd.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** Two decimals; two significant digits below ten cents. */
function usdDigits(usd: number): number {
  return usd === 0 || usd >= 0.1 ? 2 : 1 - Math.floor(Math.log10(usd));
}
