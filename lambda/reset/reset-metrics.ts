import { RESET_METRICS } from '../../lib/contract/reset';
import { EmbeddedMetrics } from '../shared/embedded-metrics';

/** Custom metrics for resets and failures, by function and by error name. */
export class ResetMetrics {
  readonly #metrics: EmbeddedMetrics;

  constructor(functionName: string) {
    this.#metrics = new EmbeddedMetrics(functionName);
  }

  countReset(): void {
    this.#metrics.publish({ [RESET_METRICS.resets]: 1 });
  }

  /** Counts the failure with and without its name: CloudWatch does not aggregate custom metrics across dimensions. */
  countFailure(errorName: string): void {
    this.#metrics.publish({ [RESET_METRICS.failures]: 1 });
    this.#metrics.publish({ [RESET_METRICS.failures]: 1 }, { [RESET_METRICS.errorNameDimension]: errorName });
  }

  countSigningFailure(): void {
    this.#metrics.publish({ [RESET_METRICS.signingFailures]: 1 });
  }
}
