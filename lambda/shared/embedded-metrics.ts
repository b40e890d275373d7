import { RESET_METRICS } from '../../lib/contract/reset';

/**
 * Prints counts as CloudWatch metrics of a function, in the embedded metric format.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export class EmbeddedMetrics {
  readonly #functionName: string;

  constructor(functionName: string) {
    this.#functionName = functionName;
  }

  /**
   * @param counts by the name of the metric
   * @param moreDimensions besides the name of the function
   */
  publish(counts: Readonly<Record<string, number>>, moreDimensions: Readonly<Record<string, string>> = {}): void {
    const dimensions = { [RESET_METRICS.functionNameDimension]: this.#functionName, ...moreDimensions };
    const metrics = {
      Namespace: RESET_METRICS.namespace,
      Dimensions: [Object.keys(dimensions)],
      Metrics: Object.keys(counts).map((Name) => ({ Name, Unit: 'Count' })),
    };
    const line = { _aws: { Timestamp: Date.now(), CloudWatchMetrics: [metrics] }, ...dimensions, ...counts };
    // Lambda would put a line of `console.log` into a log line of its own, where CloudWatch does not look for metrics.
    process.stdout.write(`${JSON.stringify(line)}\n`);
  }
}
