import { LogFormatter, Logger, LogItem } from '@aws-lambda-powertools/logger';
import type { LogAttributes, UnformattedAttributes } from '@aws-lambda-powertools/logger/types';

/**
 * Formats log lines with the field names of Lambda's own JSON log lines, so that one query finds both by `requestId`.
 * The name, ARN and memory of the function are left out, because each function has its own log group.
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
