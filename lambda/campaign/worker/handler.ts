import type { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'aws-lambda';
import {
  CAMPAIGN_ERROR_NAMES,
  type CampaignBatch,
  CHILD_EXECUTION_SECONDS,
  type SigningProbe,
} from '../../../lib/contract/campaign';
import { Sensitive } from '../../shared/sensitive';
import type { Signer } from '../../shared/signing/signer';
import type { UserPool } from '../../shared/user-pool';
import { CampaignError, errorNameOf, runStep } from '../shared/campaign-error';
import type { Ledger } from '../shared/ledger';
import { Batch, type BatchCounts } from './batch';
import type { CampaignMetrics } from './campaign-metrics';
import { Pacer, type PacerOptions } from './pacer';

/** What the function is made of. */
export interface Dependencies {
  readonly userPool: UserPool;
  readonly ledger: Ledger;
  readonly pace: Omit<PacerOptions, 'takeTime'>;
  /** Undefined when nobody reads the metadata. */
  readonly signer: Signer | undefined;
  readonly failWithoutSignature: boolean;
  readonly globalSignOut: boolean;
  readonly logger: Logger;
  readonly metrics: CampaignMetrics;
}

/** What Step Functions sends, once before a campaign: whether the function can sign. */
interface Probe {
  readonly probe: 'SIGNING';
}

/** Resets the users of a batch, or tries whether it could sign. */
export function createHandler(dependencies: Dependencies) {
  const { userPool, ledger, logger, metrics } = dependencies;
  return async (event: CampaignBatch | Probe, context: Context): Promise<Partial<BatchCounts> | SigningProbe> => {
    logger.addContext(context);
    if ('probe' in event) return probe(dependencies);
    const { BatchInput: campaign, Items: items, startedAt } = event;
    const ends = Date.parse(startedAt) + CHILD_EXECUTION_SECONDS * 1000;
    const remainingTime = () => Math.min(context.getRemainingTimeInMillis(), ends - Date.now());
    const subs = items.flatMap((item) => ('sub' in item && item.skip === undefined ? [item.sub] : []));
    // Nothing but a clear no lets anybody be reset.
    if (campaign.dryRun !== false) return {};

    const counts = await runStep('The worker', async () => {
      // A clock for each invocation: what throttled the last one need not throttle this one.
      const pace = new Pacer({
        ...dependencies.pace,
        takeTime: (wanted) => ledger.takeTime(userPool.id, wanted),
      });
      const assignment = { ...campaign, claimant: context.awsRequestId };
      const batch = new Batch({ ...dependencies, pace }, assignment);
      const counts = await batch.run(subs, remainingTime);
      if (batch.refusal === undefined) return counts;
      const problem = `Cognito refused with ${batch.refusal}, as it would for everybody; ${counts.left} users are left`;
      throw new CampaignError(CAMPAIGN_ERROR_NAMES.halted, `${problem}; it is safe to redrive when that is mended`);
    });
    logger.info('Batch ended', { campaignId: campaign.campaignId, run: campaign.run, counts });
    metrics.count(counts);
    if (counts.left > 0) {
      throw new CampaignError(
        CAMPAIGN_ERROR_NAMES.batchUnfinished,
        `${counts.left} users of the batch are left; it is safe to try again`,
      );
    }
    return counts;
  };
}

async function probe({ signer, userPool, logger }: Dependencies): Promise<SigningProbe> {
  try {
    await signer?.sign({ username: new Sensitive('nobody') }, userPool.id);
    return {};
  } catch (error) {
    logger.warn('Nothing can be signed', { errorName: errorNameOf(error) });
    return { errorName: errorNameOf(error) };
  }
}
