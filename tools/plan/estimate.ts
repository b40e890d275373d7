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
import { PRICES, type Price, SMS_TO_UNITED_STATES } from './prices';

/** What is given on the command line. */
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
  /** Whether messages are signed and written by the trigger. */
  readonly messages: boolean;
  readonly smsShare: number;
  readonly smsPrice: Price;
  readonly acting: readonly ReactionBand[];
}

export interface Estimate {
  readonly costs: readonly CostRow[];
  /** The sum of the rows, in USD. */
  readonly total: number;
  readonly time: {
    readonly listingSeconds: number;
    readonly resetsSeconds: number;
    readonly summarySeconds: number;
    readonly totalSeconds: number;
    /** What the quota alone makes of it. */
    readonly quotaSeconds: number;
    readonly workers: number;
    readonly usersPerBatch: number;
    readonly batches: number;
  };
  /** Of the users, by when they act. */
  readonly codes: {
    /** Within the hour that a code is valid. */
    readonly inTime: number;
    /** Later within a day: these must ask for a new one. */
    readonly askForNew: number;
    /** Later than that, or never. */
    readonly later: number;
    /** Codes that nobody uses while they are valid. */
    readonly expired: number;
  };
  readonly quota: RecoveryRequests & {
    readonly perSecond: number;
    /** Without the resets. */
    readonly left: number;
    /** The highest whole rate at which everything fits; missing when this rate does. */
    readonly fittingRate?: number;
  };
  /** What must be changed, or known, before it is started. */
  readonly warnings: readonly string[];
  /** What must be looked after in any case. */
  readonly notes: readonly string[];
}

export interface CostRow {
  readonly item: string;
  readonly quantity: number;
  readonly price: Price;
  /** Rounded as it is shown. */
  readonly usd: number;
}

/** What users ask of account recovery while they are reset, in requests a second. */
export interface RecoveryRequests {
  readonly confirmations: PerSecond;
  readonly newCodes: PerSecond;
}

/** The peak is when the last user is reset: by then, most of the others have come. */
export interface PerSecond {
  readonly average: number;
  readonly peak: number;
}

/** Throws an error that says what is wrong with the command line. */
export function parsePlan(options: PlanOptions): Plan {
  const { rate, sms, 'sign-out': signOut, 'sms-price': smsPrice, 'act-within-hour': actWithinHour } = options;
  if (options.users === undefined || !/^[1-9]\d{0,8}$/.test(options.users)) {
    throw new Error('--users: expected a whole number from 1 to 999999999, such as 1000000');
  }
  if (!isNumber(rate) || Number(rate) < MIN_RESETS_PER_SECOND) {
    throw new Error(`--rate: expected a number of resets a second from ${MIN_RESETS_PER_SECOND}, such as 10`);
  }
  validateRate(Number(rate), signOut, options['whole-quota']);
  if (!isShare(sms)) throw new Error('--sms: expected the share of users who get an SMS, from 0 to 1, such as 0.3');
  if (smsPrice !== undefined && !isNumber(smsPrice)) {
    throw new Error('--sms-price: expected a number of USD, such as 0.01');
  }
  if (actWithinHour !== undefined && !isShare(actWithinHour)) {
    throw new Error('--act-within-hour: expected the share of users who act in time, from 0 to 1, such as 0.4');
  }
  return {
    users: Number(options.users),
    maxResetsPerSecond: Number(rate),
    signOut,
    messages: !options['no-messages'],
    smsShare: Number(sms),
    smsPrice:
      smsPrice === undefined
        ? SMS_TO_UNITED_STATES
        : { usd: Number(smsPrice), per: 1, unit: SMS_TO_UNITED_STATES.unit, source: '--sms-price' },
    acting: actWithinHour === undefined ? ASSUMED_REACTIONS : reactionsWithShareInTime(Number(actWithinHour)),
  };
}

function validateRate(rate: number, signOut: boolean, wholeQuota: boolean): void {
  if (signOut && rate > QUOTAS.userUpdate) {
    throw new Error(
      `--rate: expected at most ${QUOTAS.userUpdate} with --sign-out: Cognito signs no more users out a second in an ` +
        'account and Region, and AWS does not raise that',
    );
  }
  if (rate > QUOTAS.accountRecovery) {
    throw new Error(
      `--rate: expected at most ${QUOTAS.accountRecovery}: Cognito takes no more requests a second for account ` +
        'recovery in an account and Region, and AWS does not raise that',
    );
  }
  const most = signOut ? MAX_RESETS_PER_SECOND.withSignOut : MAX_RESETS_PER_SECOND.withoutSignOut;
  if (rate > most && !wholeQuota) {
    throw new Error(
      `--rate: expected at most ${most}${signOut ? ' with --sign-out' : ''}, or --whole-quota: users who finish ` +
        `their own resets share Cognito's quota`,
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

/** The resets a second that the workers keep to, all together. */
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

/** Whoever acts confirms a code, and whoever acts late asks for a new one before. */
function recoveryRequestsOf(plan: Plan): RecoveryRequests {
  const pace = paceOf(plan);
  const minutes = plan.users / pace / 60;
  const perSecond = (bands: readonly ReactionBand[]): PerSecond => ({
    average: pace * sum(bands, (band) => band.share * averageShareActed(band, minutes)),
    peak: pace * sum(bands, (band) => band.share * shareActedAfter(band, minutes)),
  });
  return { confirmations: perSecond(plan.acting), newCodes: perSecond(plan.acting.filter(isLate)) };
}

/** What is asked of account recovery at the worst moment; the resets count as much as they may be. */
function peakRequestsPerSecond(plan: Plan): number {
  const { confirmations, newCodes } = recoveryRequestsOf(plan);
  return plan.maxResetsPerSecond + confirmations.peak + newCodes.peak;
}

function fittingRateOf(plan: Plan): number {
  let rate = Math.ceil(plan.maxResetsPerSecond) - 1;
  // Ends above 0: whoever is reset asks for two things more at most.
  while (peakRequestsPerSecond({ ...plan, maxResetsPerSecond: rate }) > QUOTAS.accountRecovery) rate -= 1;
  return rate;
}

/** How much of a band has acted so long after the message. */
function shareActedAfter({ fromMinutes, toMinutes }: ReactionBand, minutes: number): number {
  return Math.min(1, Math.max(0, (minutes - fromMinutes) / (toMinutes - fromMinutes)));
}

/** The mean of that, from the first message on. */
function averageShareActed(band: ReactionBand, minutes: number): number {
  const { fromMinutes, toMinutes } = band;
  const rising = ((toMinutes - fromMinutes) * shareActedAfter(band, minutes) ** 2) / 2;
  return (rising + Math.max(0, minutes - toMinutes)) / minutes;
}

function costsOf(plan: Plan, time: Estimate['time'], codes: Estimate['codes']): readonly CostRow[] {
  const { users, messages, smsShare, smsPrice } = plan;
  const listings = Math.ceil(users / DESIGN.usersPerListing);
  const summaries = Math.ceil(users / DESIGN.usersPerSummary);
  const workerSeconds = time.resetsSeconds * time.workers;
  const triggers = messages ? users + codes.askForNew : 0;
  const transitions = DESIGN.transitions;
  const objects = listings + 1 + summaries;
  const gbMonths = (bytes: number) => ((users * bytes) / 2 ** 30) * DESIGN.keptMonths;
  const smsSent = Math.round(users * smsShare);
  const smsAskedFor = Math.round(codes.askForNew * smsShare);
  return [
    row('Lambda: listing', time.listingSeconds * DESIGN.lambdaGb, PRICES.lambdaDuration),
    row('Lambda: resets', workerSeconds * DESIGN.lambdaGb, PRICES.lambdaDuration),
    row('Lambda: messages', triggers * DESIGN.triggerSeconds * DESIGN.lambdaGb, PRICES.lambdaDuration),
    row('Lambda: summary', time.summarySeconds * DESIGN.lambdaGb, PRICES.lambdaDuration),
    row('Lambda: all invocations', listings + time.batches + triggers + summaries, PRICES.lambdaRequests),
    row(
      'Step Functions: state machine',
      transitions.once + listings * transitions.listing + time.batches + summaries * transitions.summary,
      PRICES.stateTransitions,
    ),
    row('Step Functions: batches', time.batches, PRICES.expressRequests),
    row('Step Functions: their duration', workerSeconds * DESIGN.expressGb, PRICES.expressDuration),
    row(
      'DynamoDB: ledger and pacing',
      users * DESIGN.ledgerWrites + workerSeconds * DESIGN.pacingWritesPerSecondAndWorker,
      PRICES.dynamodbWrites,
    ),
    row('DynamoDB: ledger', users * DESIGN.ledgerReads, PRICES.dynamodbReads),
    row('DynamoDB: ledger, kept', gbMonths(DESIGN.ledgerBytes), PRICES.dynamodbStorage),
    row('KMS: signatures', messages ? users * DESIGN.macsPerUser : 0, PRICES.kmsRequests),
    row('KMS: keys', DESIGN.keys.storage + (messages ? DESIGN.keys.signing : 0), PRICES.kmsKeys),
    row('S3: listing and report', objects, PRICES.s3Puts),
    row('S3: reading them', objects, PRICES.s3Gets),
    row('S3: both, kept', gbMonths(DESIGN.bucketBytes), PRICES.s3Storage),
    row('SES: codes of the resets', users - smsSent, PRICES.sesEmails),
    row('SES: new codes, asked for', codes.askForNew - smsAskedFor, PRICES.sesEmails),
    row('SMS: codes of the resets', smsSent, smsPrice),
    row('SMS: new codes, asked for', smsAskedFor, smsPrice),
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
      `${plan.maxResetsPerSecond} resets, ${formatNumber(quota.confirmations.peak)} confirmations and ` +
        `${formatNumber(quota.newCodes.peak)} requests for a new code a second are more than the ${quota.perSecond} that ` +
        `Cognito takes: users would be refused while the campaign runs. At a rate of ${quota.fittingRate}, they ` +
        'would not.',
    );
  }
  if (smsUsd > total / 2) {
    warnings.push(
      `SMS are ${Math.floor((smsUsd / total) * 100)} % of the costs: a user who also has a verified email address is ` +
        'cheaper to reach by that, when account recovery prefers it.',
    );
  }

  const notes = [
    ...(emails > 0
      ? [
          `Emails are planned through SES: the default sender sends ${DEFAULT_SENDER_EMAILS_PER_DAY} a day. The ` +
            `sending quota must allow ${formatNumber(emailsPerSecond)} a second and ` +
            `${formatNumber(Math.min(emails, Math.ceil(emailsPerSecond * 86_400)))} in 24 hours.`,
        ]
      : []),
    ...(smsShare > 0
      ? [
          `The spend limit for SMS must allow at least ${formatUsd(smsUsd)} USD on top of what is spent already (a new ` +
            `account has ${NEW_ACCOUNT_SMS_SPEND_LIMIT_USD} USD a month), and the origination identity ` +
            `${formatNumber(messagesPerSecond * smsShare)} SMS a second.`,
          `An SMS of one part is planned at ${smsPrice.usd} USD${
            smsPrice === SMS_TO_UNITED_STATES ? ', about that of the United States' : ''
          }: prices differ by a factor of 20 between countries, and --sms-price is for yours.`,
        ]
      : []),
    `Codes that expire: ${formatNumber(codes.expired)}, whatever the rate, for each has its hour from its own message on. ` +
      'The message must say how to ask for a new one.',
    'Prefer a slower rate when SES or the origination identity allow less, when other user pools of the account and ' +
      'Region need the quota, or when those who help users could not keep up.',
    'Not counted: Cognito itself (a reset makes no user a monthly active one, but whoever then sets a password is ' +
      'one), logs, the origination identity, retries, and new codes after more than a day.',
  ];
  return { warnings, notes };
}

function isLate(band: ReactionBand): boolean {
  return !isInTime(band);
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}

/** A number for people: whole from 100 on, to one decimal from 1 on, to two significant digits below. */
export function formatNumber(value: number): string {
  const digits = value >= 100 ? 0 : value >= 1 ? 1 : usdDigits(value);
  return value.toLocaleString('en-US', { maximumFractionDigits: digits });
}

/** US dollars for people. */
export function formatUsd(usd: number): string {
  const digits = usdDigits(usd);
  return usd.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** To the cent, and to two significant digits below ten cents. */
function usdDigits(usd: number): number {
  return usd === 0 || usd >= 0.1 ? 2 : 1 - Math.floor(Math.log10(usd));
}
