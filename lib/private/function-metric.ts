import { Metric, type MetricOptions, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { RESET_METRICS } from '../contract/reset';

/** What a function of this library counts. By default, the sum over 5 minutes. */
export function functionMetric(
  scope: Construct,
  lambdaFunction: IFunction,
  metricName: string,
  dimensions: Readonly<Record<string, string>>,
  options: MetricOptions = {},
): Metric {
  return new Metric({
    namespace: RESET_METRICS.namespace,
    metricName,
    statistic: Stats.SUM,
    ...options,
    dimensionsMap: {
      [RESET_METRICS.functionNameDimension]: lambdaFunction.functionName,
      ...dimensions,
      ...options.dimensionsMap,
    },
  }).attachTo(scope);
}
