import { CAMPAIGN_METRICS } from '../../../lib/contract/campaign';
import { EmbeddedMetrics } from '../../shared/embedded-metrics';
import type { BatchCounts } from './batch';

/** Custom metrics for the outcomes of batches, by function. */
export class CampaignMetrics {
  readonly #metrics: EmbeddedMetrics;

  constructor(functionName: string) {
    this.#metrics = new EmbeddedMetrics(functionName);
  }

  count({ reset, notSent, unknown, throttled }: BatchCounts): void {
    this.#metrics.publish({
      [CAMPAIGN_METRICS.resets]: reset,
      [CAMPAIGN_METRICS.notSent]: notSent,
      [CAMPAIGN_METRICS.unknown]: unknown,
      [CAMPAIGN_METRICS.throttles]: throttled,
    });
  }
}
