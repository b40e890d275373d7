import type { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'aws-lambda';
import type { SmsReadinessCheck, SmsReadinessReport } from '../../lib/contract/sms';
import { isCustomResourceEvent } from '../shared/cloudformation';
import { respond } from './cloudformation';

/** The dependencies and settings of the handler. */
export interface Dependencies {
  readonly path: SmsReadinessReport['path'];
  readonly region: string;
  readonly runChecks: () => Promise<SmsReadinessCheck[]>;
  readonly logger: Logger;
}

/** Returns the report for any event. For a custom resource, it sends the response to CloudFormation as well. */
export function createHandler(dependencies: Dependencies) {
  return async (event: unknown, context: Context): Promise<SmsReadinessReport | undefined> => {
    dependencies.logger.addContext(context);
    if (!isCustomResourceEvent(event)) return createReport(dependencies);
    if (event.RequestType === 'Delete') {
      await respond(event);
      return undefined;
    }
    const report = await createReport(dependencies);
    await respond(event, report);
    return report;
  };
}

async function createReport({ path, region, runChecks, logger }: Dependencies): Promise<SmsReadinessReport> {
  const checks = await runChecks();
  const report = { status: statusOf(checks), path, region, checks };
  logger[report.status === 'READY' ? 'info' : 'warn']('SMS readiness', { report });
  return report;
}

function statusOf(checks: readonly SmsReadinessCheck[]): SmsReadinessReport['status'] {
  if (checks.some(({ status }) => status === 'FAILED')) return 'NOT_READY';
  return checks.some(({ status }) => status === 'UNKNOWN') ? 'UNKNOWN' : 'READY';
}
