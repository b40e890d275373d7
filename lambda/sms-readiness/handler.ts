import type { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'aws-lambda';
import type { SmsReadinessCheck, SmsReadinessReport } from '../../lib/contract/sms';
import { answer, decide, isResourceEvent } from './cloudformation';

/** What the function is made of. */
export interface Dependencies {
  readonly path: SmsReadinessReport['path'];
  readonly region: string;
  readonly runChecks: () => Promise<SmsReadinessCheck[]>;
  readonly logger: Logger;
}

/** Returns the report, whatever the event; to CloudFormation it sends it as well. */
export function createHandler(dependencies: Dependencies) {
  return async (event: unknown, context: Context): Promise<SmsReadinessReport | undefined> => {
    dependencies.logger.addContext(context);
    if (!isResourceEvent(event)) return report(dependencies);
    if (event.RequestType === 'Delete') {
      await answer(event, { Status: 'SUCCESS' });
      return undefined;
    }
    const found = await report(dependencies);
    await answer(event, decide(event, found));
    return found;
  };
}

async function report({ path, region, runChecks, logger }: Dependencies): Promise<SmsReadinessReport> {
  const checks = await runChecks();
  const found = { status: statusOf(checks), path, region, checks };
  logger[found.status === 'READY' ? 'info' : 'warn']('SMS readiness', { report: found });
  return found;
}

function statusOf(checks: readonly SmsReadinessCheck[]): SmsReadinessReport['status'] {
  if (checks.some(({ status }) => status === 'FAILED')) return 'NOT_READY';
  return checks.some(({ status }) => status === 'UNKNOWN') ? 'UNKNOWN' : 'READY';
}
