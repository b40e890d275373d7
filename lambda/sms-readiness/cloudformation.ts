import { SMS_READINESS_RESOURCE, type SmsReadinessReport } from '../../lib/contract/sms';
import {
  type CustomResourceEvent,
  type CustomResourceOutcome,
  createResponseBody,
  MAX_REASON_CHARACTERS,
  MAX_RESPONSE_BYTES,
  sendResponse,
} from '../shared/cloudformation';

/** Answers an event of CloudFormation. Without a report, it succeeds. */
export async function respond(event: CustomResourceEvent, report?: SmsReadinessReport): Promise<void> {
  const body = createResponseBody(event, decideOutcome(event, report));
  await sendResponse(event, body.length <= MAX_RESPONSE_BYTES ? body : withoutReport(event, report));
}

/** Fails only the creation of the resource, only if it is configured to fail, and only if a check failed. */
function decideOutcome(event: CustomResourceEvent, report: SmsReadinessReport | undefined): CustomResourceOutcome {
  // It never changes: with another one, CloudFormation would replace the resource.
  const PhysicalResourceId = event.LogicalResourceId;
  if (report === undefined) return { Status: 'SUCCESS', PhysicalResourceId };
  const mayFail =
    event.RequestType === 'Create' &&
    event.ResourceProperties?.[SMS_READINESS_RESOURCE.onDeployment] === SMS_READINESS_RESOURCE.fail;
  if (mayFail && report.status === 'NOT_READY') {
    const failed = report.checks.filter(({ status }) => status === 'FAILED').map(({ detail }) => detail);
    const Reason = `SMS are not ready. ${failed.join(' ')}`.slice(0, MAX_REASON_CHARACTERS);
    return { Status: 'FAILED', Reason, PhysicalResourceId };
  }
  return { Status: 'SUCCESS', PhysicalResourceId, Data: { Status: report.status, Report: JSON.stringify(report) } };
}

function withoutReport(event: CustomResourceEvent, report: SmsReadinessReport | undefined): Buffer {
  return createResponseBody(event, {
    Status: 'SUCCESS',
    PhysicalResourceId: event.LogicalResourceId,
    Data: { Status: report?.status ?? '', Report: 'too long: see the log of the function' },
  });
}
