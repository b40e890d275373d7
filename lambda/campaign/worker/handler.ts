import type { Context } from 'aws-lambda';
import {
  CAMPAIGN_ERROR_NAMES,
  type CampaignBatch,
  CHILD_EXECUTION_SECONDS,
  type SigningProbe,
} from '../../../lib/contract/campaign';
import { Sensitive } from '../../shared/sensitive';
import type { Bucket } from '../shared/bucket';
import { CampaignError, errorNameOf, runStep } from '../shared/campaign-error';
import { Batch, type BatchCounts, type BatchDependencies } from './batch';
import { readBatchUsers } from './batch-users';
import type { CampaignMetrics } from './campaign-metrics';
import { Pacer, type PacerOptions } from './pacer';

/** What the handler works with. */
export interface Dependencies extends Omit<BatchDependencies, 'pacer'> {
  readonly bucket: Bucket;
  readonly pace: Omit<PacerOptions, 'takeSlots'>;
  readonly metrics: CampaignMetrics;
}

/** The event of Step Functions, once before a campaign: it asks whether the function can sign. */
interface Probe {
  readonly probe: 'SIGNING';
}

/** Resets the users of a batch, or reports whether the function can sign. */
export function createHandler(dependencies: Dependencies) {
  return async (event: CampaignBatch | Probe, context: Context): Promise<Partial<BatchCounts> | SigningProbe> => {
    dependencies.logger.addContext(context);
    if ('probe' in event) return probeSigning(dependencies);
    // Fail safe: reset only when dryRun is exactly false.
    if (event.campaign.dryRun !== false) return {};
    return resetBatch(dependencies, event, context);
  };
}

async function resetBatch(
  dependencies: Dependencies,
  { campaign, users: usersOfCampaign, listingKey, range, startedAt }: CampaignBatch,
  context: Context,
): Promise<BatchCounts> {
  const { bucket, userPool, ledger, logger, metrics } = dependencies;
  const { campaignId, run } = campaign;
  const executionEnd = Date.parse(startedAt) + CHILD_EXECUTION_SECONDS * 1000;
  const remainingTime = () => Math.min(context.getRemainingTimeInMillis(), executionEnd - Date.now());

  const counts = await runStep('the worker', async () => {
    const users = await readBatchUsers(bucket, listingKey, range);
    // A new pacer for each invocation: throttling in an earlier invocation says nothing about this one.
    const pacer = new Pacer({ ...dependencies.pace, takeSlots: (wanted) => ledger.takeSlots(userPool.id, wanted) });
    const assignment = { ...campaign, users: usersOfCampaign, claimant: context.awsRequestId };
    const batch = new Batch({ ...dependencies, pacer }, assignment, remainingTime);
    return batch.run(users);
  });
  logger.info('Batch ended', { campaignId, run, counts });
  metrics.count(counts);
  // The batch of a halted run has ended: a retry would have nothing to do.
  if (counts.left > 0 && counts.halted === undefined) {
    throw new CampaignError(
      CAMPAIGN_ERROR_NAMES.batchUnfinished,
      `the worker stopped before ${counts.left} users of the batch; it is safe to retry`,
    );
  }
  return counts;
}

async function probeSigning({ signer, userPool, logger }: Dependencies): Promise<SigningProbe> {
  try {
    await signer?.sign({ username: new Sensitive('nobody') }, userPool.id);
    return {};
  } catch (error) {
    const errorName = errorNameOf(error);
    logger.warn('The worker cannot sign ClientMetadata', { errorName });
    return { errorName };
  }
}
