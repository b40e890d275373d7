import { Token } from 'aws-cdk-lib';
import { BATCH_SECONDS } from '../contract/campaign';

/** The rate of a campaign, and how its workers share it. */
export interface CampaignPace {
  readonly resetsPerSecond: number;
  readonly workers: number;
  /** The maximum number of users in the batch of a worker. */
  readonly batchSize: number;
}

export interface CampaignPaceOptions {
  readonly maxResetsPerSecond?: number;
  readonly useWholeQuota?: boolean;
  readonly globalSignOut: boolean;
}

const DEFAULT_RATE = 10;

/** At a lower rate, a worker could time out while it waits for its next call. */
const MINIMUM_RATE = 0.1;

/**
 * The quota of Cognito per second, account and Region, and the maximum without `useWholeQuota`, which leaves a part of
 * the quota to users. Signing out has a quota of its own.
 */
const MAXIMUM_RATES = {
  reset: { quota: 30, defaultMaximum: 24 },
  signOut: { quota: 25, defaultMaximum: 20 },
};

/** The maximum number of resets per second for one worker. */
const WORKER_RATE = 6;

/** With two workers, a campaign continues while one of them is stuck. */
const MINIMUM_WORKERS = 2;

/**
 * Validates the rate and calculates the workers and batches for it.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html
 */
export function campaignPace(options: CampaignPaceOptions): CampaignPace {
  const resetsPerSecond = options.maxResetsPerSecond ?? DEFAULT_RATE;
  validateRate(resetsPerSecond, options);
  const workers = Math.max(MINIMUM_WORKERS, Math.ceil(resetsPerSecond / WORKER_RATE));
  // This is at most 270 users, which fit into the input of an execution, and at least 2.
  return { resetsPerSecond, workers, batchSize: Math.floor((resetsPerSecond / workers) * BATCH_SECONDS) };
}

function validateRate(rate: number, { useWholeQuota, globalSignOut }: CampaignPaceOptions): void {
  if (Token.isUnresolved(rate)) {
    throw new Error(
      'maxResetsPerSecond: got a token, expected a number that is known at synth: the numbers of workers and of users per batch depend on it',
    );
  }
  const { quota, defaultMaximum } = globalSignOut ? MAXIMUM_RATES.signOut : MAXIMUM_RATES.reset;
  const maximum = useWholeQuota ? quota : defaultMaximum;
  if (rate >= MINIMUM_RATE && rate <= maximum) return;
  const signOut = globalSignOut ? ' with globalSignOut' : '';
  const more = useWholeQuota
    ? `the quota of an account in a Region is ${quota}`
    : `users who finish their resets share the quota of ${quota}; to use all of it, set useWholeQuota: true`;
  throw new Error(
    `maxResetsPerSecond: got ${rate}, expected a number from ${MINIMUM_RATE} to ${maximum}${signOut}: ${more}`,
  );
}
