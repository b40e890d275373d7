import type { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'aws-lambda';
import { RESET_ERROR_NAMES, type ResetResult } from '../../lib/contract/reset';
import { invalidRequest, ResetError } from '../shared/reset-error';
import type { Signer } from '../shared/signing/signer';
import type { ResetAnswer, UserPool } from '../shared/user-pool';
import type { IdempotentResets, StoredOutcome } from './idempotency';
import { type ParsedRequest, parseRequest } from './request';
import type { ResetMetrics } from './reset-metrics';

/** What the function is made of. */
export interface Dependencies {
  readonly userPool: UserPool;
  readonly globalSignOut: boolean;
  /** Resolves when the code of the option is loaded; undefined without the option. */
  readonly idempotentResets?: Promise<IdempotentResets>;
  /** Resolves when the code of the option is loaded; undefined when nobody reads the metadata. */
  readonly signer?: Promise<Signer>;
  readonly failWithoutSignature: boolean;
  readonly logger: Logger;
  readonly metrics: ResetMetrics;
}

/** Parses the event, resets at most once, signs out, and says what happened without naming the user. */
export function createHandler(dependencies: Dependencies) {
  const { userPool, logger, metrics } = dependencies;
  return async (event: unknown, context: Context): Promise<ResetResult> => {
    const remainingTime = () => context.getRemainingTimeInMillis();
    let claims: ParsedRequest['claims'] | undefined;
    logger.addContext(context);
    try {
      const request = parseRequest(event, {
        userPoolId: userPool.id,
        idempotency: dependencies.idempotentResets !== undefined,
      });
      claims = request.claims;

      const { answer, replayed } = await resetOnce(dependencies, request, remainingTime);
      const { httpStatus, requestId: cognitoRequestId } = answer;
      logger.info('Password reset required', { httpStatus, cognitoRequestId, replayed, claims });
      if (!replayed) {
        metrics.reset();
      }

      // Second, so that nobody signs in again with the old password between the two.
      if (dependencies.globalSignOut) {
        await userPool.globalSignOut(request, remainingTime);
      }
      return {
        status: 'RESET_REQUIRED',
        userPoolId: userPool.id,
        ...answer,
        signedOut: dependencies.globalSignOut,
        replayed,
      };
    } catch (thrown) {
      // Anything unforeseen may have happened after the request left.
      const error = thrown instanceof ResetError ? thrown : new ResetError(RESET_ERROR_NAMES.outcomeUnknown);
      logger.error('Password reset failed', { errorName: error.name, claims });
      metrics.failure(error.name);
      throw error;
    }
  };
}

/** With an idempotency key only the reset is carried out once; the sign-out does no harm and runs every time. */
async function resetOnce(
  dependencies: Dependencies,
  request: ParsedRequest,
  remainingTime: () => number,
): Promise<{ answer: ResetAnswer; replayed: boolean }> {
  const { userPool, idempotentResets, logger } = dependencies;
  const { idempotencyKey } = request;
  const reset = async () => userPool.resetPassword(await sign(dependencies, request), remainingTime);
  if (idempotentResets === undefined || idempotencyKey === undefined) {
    return { answer: await reset(), replayed: false };
  }

  const resets = await idempotentResets;
  const once = await resets.once(request, idempotencyKey, userPool.id, remainingTime, async () => {
    try {
      return { kind: 'reset', ...(await reset()) };
    } catch (error) {
      if (error instanceof ResetError && error.name === RESET_ERROR_NAMES.outcomeUnknown) {
        // Kept like a success, so that a repeat is answered as unknown instead of being sent again.
        return { kind: 'unknown' };
      }
      throw error;
    }
  });

  if ('saved' in once && !once.saved) {
    logger.warn('The idempotency table was not updated: a repeat is answered as in progress, then as unknown');
  }
  switch (once.kind) {
    case 'unavailable':
      logger.error('The idempotency table could not be used', { errorName: once.errorName });
      throw new ResetError(RESET_ERROR_NAMES.notSent);
    case 'mismatch':
      throw invalidRequest('idempotencyKey: expected a new key, this one was used for another user or other metadata');
    case 'inProgress':
      throw new ResetError(RESET_ERROR_NAMES.idempotencyInProgress);
    case 'failed':
      throw once.error;
    case 'carriedOut':
      return { answer: answerOf(once.outcome), replayed: false };
    case 'replayed':
      return { answer: answerOf(once.outcome), replayed: true };
  }
}

/** Without a signature the trigger takes the reset for one that users ask for themselves: they get that message. */
async function sign(
  { signer, userPool, logger, metrics, failWithoutSignature }: Dependencies,
  request: ParsedRequest,
): Promise<ParsedRequest> {
  if (signer === undefined) {
    return request;
  }
  try {
    return await (await signer).sign(request, userPool.id);
  } catch (error) {
    logger.warn('The metadata could not be signed', { errorName: (error as Error).name });
    metrics.signingFailure();
    if (failWithoutSignature) {
      throw new ResetError(RESET_ERROR_NAMES.notSent);
    }
    return request;
  }
}

function answerOf(outcome: StoredOutcome): ResetAnswer {
  if (outcome.kind === 'unknown') {
    throw new ResetError(RESET_ERROR_NAMES.outcomeUnknown);
  }
  return { httpStatus: outcome.httpStatus, requestId: outcome.requestId };
}
