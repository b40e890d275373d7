import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { CAMPAIGN_METRICS } from '../../lib/campaign-contract';
import { METRICS } from '../../lib/contract';
import type { Counts } from './batch';

/** Counts what became of batches in CloudWatch, by function, in the embedded metric format. */
export class CampaignMetrics {
  readonly #metrics: Metrics;

  constructor(functionName: string) {
    this.#metrics = new Metrics({ namespace: METRICS.namespace });
    this.#metrics.clearDefaultDimensions();
    this.#metrics.setDefaultDimensions({ [METRICS.functionNameDimension]: functionName });
  }

  count({ reset, notSent, unknown, throttled }: Counts): void {
    this.#metrics.addMetric(CAMPAIGN_METRICS.resets, MetricUnit.Count, reset);
    this.#metrics.addMetric(CAMPAIGN_METRICS.notSent, MetricUnit.Count, notSent);
    this.#metrics.addMetric(CAMPAIGN_METRICS.unknown, MetricUnit.Count, unknown);
    this.#metrics.addMetric(CAMPAIGN_METRICS.throttles, MetricUnit.Count, throttled);
    this.#metrics.publishStoredMetrics();
  }
}
