import { LogFormatter, Logger, LogItem } from '@aws-lambda-powertools/logger';
import type { LogAttributes, UnformattedAttributes } from '@aws-lambda-powertools/logger/types';

/**
 * Log lines with the field names of Lambda's own JSON lines, so that one query finds both by `requestId`. The log
 * group is this function's own: its name, ARN and memory need not stand in every line.
 */
class LineFormatter extends LogFormatter {
  override formatAttributes(
    { timestamp, logLevel, lambdaContext, message }: UnformattedAttributes,
    more: LogAttributes,
  ) {
    return new LogItem({
      attributes: {
        timestamp: this.formatTimestamp(timestamp),
        level: logLevel,
        requestId: lambdaContext?.awsRequestId,
        message,
        ...more,
      },
    });
  }
}

export function createLogger(): Logger {
  return new Logger({ logFormatter: new LineFormatter() });
}
