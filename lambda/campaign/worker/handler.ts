import type { Context } from 'aws-lambda';
import {
  CAMPAIGN_ERROR_NAMES,
  type CampaignBatch,
  CHILD_EXECUTION_SECONDS,
  type SigningProbe,
} from '../../../lib/contract/campaign';
import { Sensitive } from '../../shared/sensitive';
import { CampaignError, errorNameOf, runStep } from '../shared/campaign-error';
import { Batch, type BatchCounts, type BatchDependencies } from './batch';
import type { CampaignMetrics } from './campaign-metrics';
import { Pacer, type PacerOptions } from './pacer';

/** What the handler works with. */
export interface Dependencies extends Omit<BatchDependencies, 'pacer'> {
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
    if (event.BatchInput.dryRun !== false) return {};
    return resetBatch(dependencies, event, context);
  };
}

async function resetBatch(
  dependencies: Dependencies,
  { BatchInput: campaign, Items: items, startedAt }: CampaignBatch,
  context: Context,
): Promise<BatchCounts> {
  const { userPool, ledger, logger, metrics } = dependencies;
  const { campaignId, run } = campaign;
  const executionEnd = Date.parse(startedAt) + CHILD_EXECUTION_SECONDS * 1000;
  const remainingTime = () => Math.min(context.getRemainingTimeInMillis(), executionEnd - Date.now());
  const users = items.flatMap((item) => ('sub' in item && item.skip === undefined ? [item] : []));
  const subs = users.map(({ sub }) => sub);
  const resetRequired = new Set(users.flatMap(({ sub, wasResetRequired }) => (wasResetRequired ? [sub] : [])));

  const counts = await runStep('the worker', async () => {
    // A new pacer for each invocation: throttling in an earlier invocation says nothing about this one.
    const pacer = new Pacer({ ...dependencies.pace, takeSlots: (wanted) => ledger.takeSlots(userPool.id, wanted) });
    const assignment = { ...campaign, claimant: context.awsRequestId, resetRequired };
    const batch = new Batch({ ...dependencies, pacer }, assignment, remainingTime);
    const counts = await batch.run(subs);
    if (batch.refusal !== undefined) throw campaignHalted(batch.refusal, counts.left);
    return counts;
  });
  logger.info('Batch ended', { campaignId, run, counts });
  metrics.count(counts);
  if (counts.left > 0) {
    throw new CampaignError(
      CAMPAIGN_ERROR_NAMES.batchUnfinished,
      `the worker stopped before ${counts.left} users of the batch; it is safe to retry`,
    );
  }
  return counts;
}

function campaignHalted(refusal: string, left: number): CampaignError {
  return new CampaignError(
    CAMPAIGN_ERROR_NAMES.halted,
    `Cognito refused the reset with ${refusal}, as it would for every user, and ${left} users of the batch are left: fix the cause, then redrive the execution, which is safe`,
  );
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
