import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { METRICS } from '../../lib/contract';

/** Counts resets and failures in CloudWatch, by function and by error name, in the embedded metric format. */
export class ResetMetrics {
  readonly #metrics: Metrics;

  constructor(functionName: string) {
    this.#metrics = new Metrics({ namespace: METRICS.namespace });
    this.#metrics.clearDefaultDimensions();
    this.#metrics.setDefaultDimensions({ [METRICS.functionNameDimension]: functionName });
  }

  reset(): void {
    this.#count(METRICS.resets);
  }

  /** Once in all and once by name, because CloudWatch does not add custom metrics up over a dimension. */
  failure(errorName: string): void {
    this.#count(METRICS.failures);
    this.#metrics.addDimensions({ [METRICS.errorNameDimension]: errorName });
    this.#count(METRICS.failures);
  }

  signingFailure(): void {
    this.#count(METRICS.signingFailures);
  }

  #count(metricName: string): void {
    this.#metrics.addMetric(metricName, MetricUnit.Count, 1);
    this.#metrics.publishStoredMetrics();
  }
}
