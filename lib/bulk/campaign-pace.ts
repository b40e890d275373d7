import { Token } from 'aws-cdk-lib';
import { BATCH_SECONDS } from '../contract/campaign';

/** How fast a campaign goes, and how its work is shared out. */
export interface CampaignPace {
  readonly resetsPerSecond: number;
  readonly workers: number;
  /** Users that a worker is given at a time. */
  readonly batchSize: number;
}

export interface CampaignPaceOptions {
  readonly maxResetsPerSecond?: number;
  readonly useWholeQuota?: boolean;
  readonly globalSignOut: boolean;
}

const DEFAULT_RATE = 10;

/** Slower, and a worker would run out of time while it waits for its turn. */
const MINIMUM_RATE = 0.1;

/** What Cognito takes of an account in a second, and what is left of it for others. Signing out has its own quota. */
const MAXIMUM_RATES = {
  reset: { quota: 30, defaultMaximum: 24 },
  signOut: { quota: 25, defaultMaximum: 20 },
};

/** Resets in a second that one worker is trusted with. */
const WORKER_RATE = 6;

/** While one of them is stuck, the others go on. */
const MINIMUM_WORKERS = 2;

/** @see https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html */
export function campaignPace(options: CampaignPaceOptions): CampaignPace {
  const resetsPerSecond = options.maxResetsPerSecond ?? DEFAULT_RATE;
  validateRate(resetsPerSecond, options);
  const workers = Math.max(MINIMUM_WORKERS, Math.ceil(resetsPerSecond / WORKER_RATE));
  // At most 270 users, who fit into the input of an execution, and at least 2.
  return { resetsPerSecond, workers, batchSize: Math.floor((resetsPerSecond / workers) * BATCH_SECONDS) };
}

function validateRate(rate: number, { useWholeQuota, globalSignOut }: CampaignPaceOptions): void {
  if (Token.isUnresolved(rate)) {
    throw new Error(
      'maxResetsPerSecond: got a token, expected a number that is known at synth: how many workers there are and how many users each is given follow from it',
    );
  }
  const { quota, defaultMaximum } = globalSignOut ? MAXIMUM_RATES.signOut : MAXIMUM_RATES.reset;
  const maximum = useWholeQuota ? quota : defaultMaximum;
  if (rate >= MINIMUM_RATE && rate <= maximum) return;
  const signOut = globalSignOut ? ' with globalSignOut' : '';
  const more = useWholeQuota
    ? `Cognito takes no more than ${quota} of an account`
    : `the quota of ${quota} is shared with users who finish their resets; to take all of it, set useWholeQuota: true`;
  throw new Error(
    `maxResetsPerSecond: got ${rate}, expected a number from ${MINIMUM_RATE} to ${maximum}${signOut}: ${more}`,
  );
}
