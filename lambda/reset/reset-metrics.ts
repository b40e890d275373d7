import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { RESET_METRICS } from '../../lib/contract/reset';

/** Custom metrics for resets and failures, by function and by error name, in the CloudWatch embedded metric format. */
export class ResetMetrics {
  readonly #metrics: Metrics;

  constructor(functionName: string) {
    this.#metrics = new Metrics({ namespace: RESET_METRICS.namespace });
    this.#metrics.clearDefaultDimensions();
    this.#metrics.setDefaultDimensions({ [RESET_METRICS.functionNameDimension]: functionName });
  }

  countReset(): void {
    this.#count(RESET_METRICS.resets);
  }

  /** Counts the failure with and without its name: CloudWatch does not aggregate custom metrics across dimensions. */
  countFailure(errorName: string): void {
    this.#count(RESET_METRICS.failures);
    this.#metrics.addDimensions({ [RESET_METRICS.errorNameDimension]: errorName });
    this.#count(RESET_METRICS.failures);
  }

  countSigningFailure(): void {
    this.#count(RESET_METRICS.signingFailures);
  }

  #count(metricName: string): void {
    this.#metrics.addMetric(metricName, MetricUnit.Count, 1);
    this.#metrics.publishStoredMetrics();
  }
}
