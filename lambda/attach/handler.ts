import { setTimeout as wait } from 'node:timers/promises';
import type { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'aws-lambda';
import type { AttachProperties } from '../../lib/contract/attach';
import {
  type CustomResourceEvent,
  type CustomResourceOutcome,
  createResponseBody,
  MAX_REASON_CHARACTERS,
  sendResponse,
} from '../shared/cloudformation';
import { attach, detach, type Time } from './attachment';
import { AttachmentError } from './attachment-error';
import { RawUserPool } from './user-pool';

/** The physical id after a creation that wrote nothing, so that its deletion does nothing either. */
const NOT_ATTACHED = 'not-attached';

/** Ends the physical id when `next` was the trigger before, so that the deletion puts it back. */
const AFTER_NEXT = '/next';

export interface Dependencies {
  readonly urlSuffix: string;
  readonly logger: Logger;
}

/** Attaches the trigger when the resource is created or updated, and detaches it when the resource is deleted. */
export function createHandler({ urlSuffix, logger }: Dependencies) {
  return async (event: CustomResourceEvent, context: Context): Promise<void> => {
    logger.addContext(context);
    const time = {
      remaining: () => context.getRemainingTimeInMillis(),
      wait: (milliseconds: number) => wait(milliseconds),
    };
    const outcome = await carryOut(event, urlSuffix, time).catch((error: Error) => failure(event, error));
    logger[outcome.Status === 'SUCCESS' ? 'info' : 'error']('Custom message trigger', {
      requestType: event.RequestType,
      ...(outcome.Status === 'FAILED'
        ? { reason: outcome.Reason }
        : { physicalResourceId: outcome.PhysicalResourceId }),
    });
    await sendResponse(event, createResponseBody(event, outcome));
  };
}

async function carryOut(event: CustomResourceEvent, urlSuffix: string, time: Time): Promise<CustomResourceOutcome> {
  const properties = event.ResourceProperties as unknown as AttachProperties;
  const { UserPoolId, FunctionArn, NextFunctionArn, SmsRoleArns } = properties;
  const pool = new RawUserPool(UserPoolId, urlSuffix);
  const present = event.PhysicalResourceId;
  if (event.RequestType === 'Delete') {
    const PhysicalResourceId = present ?? NOT_ATTACHED;
    if (PhysicalResourceId === NOT_ATTACHED) return { Status: 'SUCCESS', PhysicalResourceId };
    const restore = PhysicalResourceId.endsWith(AFTER_NEXT) ? NextFunctionArn : undefined;
    await detach(pool, { functionArn: FunctionArn, smsRoleArns: SmsRoleArns, restore }, time);
    return { Status: 'SUCCESS', PhysicalResourceId };
  }
  const old = event.OldResourceProperties as unknown as AttachProperties | undefined;
  const replaced = await attach(
    pool,
    {
      functionArn: FunctionArn,
      mayReplace: [NextFunctionArn, old?.FunctionArn].filter((arn) => arn !== undefined),
      smsRoleArns: SmsRoleArns,
      sendsThroughSes: properties.SendsThroughSes === 'true',
      caseSensitive: properties.CaseSensitive === 'true',
    },
    time,
  );
  // A new physical id makes CloudFormation delete the resource of the old one, which is right for another user pool only.
  const attached = `${UserPoolId}/custom-message`;
  const kept = present?.startsWith(attached) ? present : undefined;
  const after = replaced !== undefined && replaced === NextFunctionArn ? AFTER_NEXT : '';
  return { Status: 'SUCCESS', PhysicalResourceId: kept ?? `${attached}${after}` };
}

/** Without a write, a failed creation must not be detached. After one, it must be, before the function is deleted. */
function failure(event: CustomResourceEvent, error: Error): CustomResourceOutcome {
  const { message, written } =
    error instanceof AttachmentError
      ? error
      : { message: `the trigger could not be attached or detached (${error.name}): report this`, written: true };
  const { UserPoolId } = (event.ResourceProperties ?? {}) as unknown as Partial<AttachProperties>;
  const created = written ? `${UserPoolId}/custom-message` : NOT_ATTACHED;
  return {
    Status: 'FAILED',
    Reason: message.slice(0, MAX_REASON_CHARACTERS),
    PhysicalResourceId: event.PhysicalResourceId ?? created,
  };
}
