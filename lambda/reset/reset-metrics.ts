import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { RESET_METRICS } from '../../lib/contract/reset';

/** Counts resets and failures in CloudWatch, by function and by error name, in the embedded metric format. */
export class ResetMetrics {
  readonly #metrics: Metrics;

  constructor(functionName: string) {
    this.#metrics = new Metrics({ namespace: RESET_METRICS.namespace });
    this.#metrics.clearDefaultDimensions();
    this.#metrics.setDefaultDimensions({ [RESET_METRICS.functionNameDimension]: functionName });
  }

  reset(): void {
    this.#count(RESET_METRICS.resets);
  }

  /** Once in all and once by name, because CloudWatch does not add custom metrics up over a dimension. */
  failure(errorName: string): void {
    this.#count(RESET_METRICS.failures);
    this.#metrics.addDimensions({ [RESET_METRICS.errorNameDimension]: errorName });
    this.#count(RESET_METRICS.failures);
  }

  signingFailure(): void {
    this.#count(RESET_METRICS.signingFailures);
  }

  #count(metricName: string): void {
    this.#metrics.addMetric(metricName, MetricUnit.Count, 1);
    this.#metrics.publishStoredMetrics();
  }
}
