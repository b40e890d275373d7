import { MESSAGES_METRICS } from '../../lib/contract/messages';
import { EmbeddedMetrics } from '../shared/embedded-metrics';
import type { SignatureReason } from './reason';

/** Custom metrics for signatures that were not verified, by function and by reason. */
export class MessagesMetrics {
  readonly #metrics: EmbeddedMetrics;

  constructor(functionName: string) {
    this.#metrics = new EmbeddedMetrics(functionName);
  }

  /** Counts with and without the reason: CloudWatch does not aggregate custom metrics across dimensions. */
  countUnverifiedSignature(reason: SignatureReason): void {
    this.#metrics.publish({ [MESSAGES_METRICS.unverifiedSignatures]: 1 });
    this.#metrics.publish(
      { [MESSAGES_METRICS.unverifiedSignatures]: 1 },
      { [MESSAGES_METRICS.reasonDimension]: reason },
    );
  }
}
