import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { CAMPAIGN_METRICS } from '../../../lib/contract/campaign';
import { RESET_METRICS } from '../../../lib/contract/reset';
import type { BatchCounts } from './batch';

/** Publishes the outcomes of batches as CloudWatch metrics of the function, in the embedded metric format. */
export class CampaignMetrics {
  readonly #metrics: Metrics;

  constructor(functionName: string) {
    this.#metrics = new Metrics({ namespace: RESET_METRICS.namespace });
    this.#metrics.clearDefaultDimensions();
    this.#metrics.setDefaultDimensions({ [RESET_METRICS.functionNameDimension]: functionName });
  }

  count({ reset, notSent, unknown, throttled }: BatchCounts): void {
    this.#metrics.addMetric(CAMPAIGN_METRICS.resets, MetricUnit.Count, reset);
    this.#metrics.addMetric(CAMPAIGN_METRICS.notSent, MetricUnit.Count, notSent);
    this.#metrics.addMetric(CAMPAIGN_METRICS.unknown, MetricUnit.Count, unknown);
    this.#metrics.addMetric(CAMPAIGN_METRICS.throttles, MetricUnit.Count, throttled);
    this.#metrics.publishStoredMetrics();
  }
}
