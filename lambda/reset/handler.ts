import type { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'aws-lambda';
import { RESET_ERROR_NAMES, type ResetResult } from '../../lib/contract/reset';
import { invalidRequest, ResetError } from '../shared/reset-error';
import type { Signer } from '../shared/signing/signer';
import type { ResetAnswer, UserPool } from '../shared/user-pool';
import type { IdempotentResets, StoredOutcome } from './idempotency';
import { type ParsedRequest, parseRequest } from './request';
import type { ResetMetrics } from './reset-metrics';

/** The dependencies and settings of the handler. */
export interface Dependencies {
  readonly userPool: UserPool;
  readonly globalSignOut: boolean;
  /** Resolves when the code of the `idempotency` option is loaded; undefined without the option. */
  readonly idempotentResets?: Promise<IdempotentResets>;
  /** Resolves when the signing code is loaded; undefined when no signing key is configured. */
  readonly signer?: Promise<Signer>;
  readonly failWithoutSignature: boolean;
  readonly logger: Logger;
  readonly metrics: ResetMetrics;
}

/** Validates the event, resets the password, signs the user out if configured. The result does not name the user. */
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

      const { answer, replayed } = await resetIdempotently(dependencies, request, remainingTime);
      const { httpStatus, requestId: cognitoRequestId } = answer;
      logger.info('Password reset required', { httpStatus, cognitoRequestId, replayed, claims });
      if (!replayed) {
        metrics.countReset();
      }

      // After the reset: otherwise the user could sign in with the old password between the two calls.
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
      // Fail safe: an unexpected error may have occurred after the request was sent.
      const error = thrown instanceof ResetError ? thrown : new ResetError(RESET_ERROR_NAMES.outcomeUnknown);
      logger.error('Password reset failed', { errorName: error.name, claims });
      metrics.countFailure(error.name);
      throw error;
    }
  };
}

/** Resets once for each idempotency key. The sign-out is not part of this: it is idempotent and runs every time. */
async function resetIdempotently(
  dependencies: Dependencies,
  request: ParsedRequest,
  remainingTime: () => number,
): Promise<{ answer: ResetAnswer; replayed: boolean }> {
  const { userPool, idempotentResets, logger } = dependencies;
  const { idempotencyKey } = request;
  const reset = async () => userPool.resetPassword(await signRequest(dependencies, request), remainingTime);
  if (idempotentResets === undefined || idempotencyKey === undefined) {
    return { answer: await reset(), replayed: false };
  }

  const resets = await idempotentResets;
  const result = await resets.resetOnce(request, idempotencyKey, userPool.id, remainingTime, async () => {
    try {
      return { kind: 'reset', ...(await reset()) };
    } catch (error) {
      if (error instanceof ResetError && error.name === RESET_ERROR_NAMES.outcomeUnknown) {
        // Stored like a success, so that a retry gets the same error and Cognito is not called again.
        return { kind: 'unknown' };
      }
      throw error;
    }
  });

  if ('saved' in result && !result.saved) {
    logger.warn(
      'The idempotency table was not updated: a retry gets IdempotencyInProgressError, then ResetOutcomeUnknownError',
    );
  }
  switch (result.kind) {
    case 'unavailable':
      logger.error('The idempotency table could not be used', { errorName: result.errorName });
      throw new ResetError(RESET_ERROR_NAMES.notSent);
    case 'mismatch':
      throw invalidRequest(
        'idempotencyKey: got a key that was used for another user or other metadata, expected a new key',
      );
    case 'inProgress':
      throw new ResetError(RESET_ERROR_NAMES.idempotencyInProgress);
    case 'failed':
      throw result.error;
    case 'carriedOut':
      return { answer: resetAnswerFrom(result.outcome), replayed: false };
    case 'replayed':
      return { answer: resetAnswerFrom(result.outcome), replayed: true };
  }
}

/**
 * Signs the metadata. If signing fails, the request is sent unsigned unless `failWithoutSignature` is set: the custom
 * message trigger then treats it as a self-service request, and the user gets the self-service message.
 */
async function signRequest(
  { signer, userPool, logger, metrics, failWithoutSignature }: Dependencies,
  request: ParsedRequest,
): Promise<ParsedRequest> {
  if (signer === undefined) {
    return request;
  }
  try {
    return await (await signer).sign(request, userPool.id);
  } catch (error) {
    logger.warn('The ClientMetadata could not be signed', { errorName: (error as Error).name });
    metrics.countSigningFailure();
    if (failWithoutSignature) {
      throw new ResetError(RESET_ERROR_NAMES.notSent);
    }
    return request;
  }
}

function resetAnswerFrom(outcome: StoredOutcome): ResetAnswer {
  if (outcome.kind === 'unknown') {
    throw new ResetError(RESET_ERROR_NAMES.outcomeUnknown);
  }
  return { httpStatus: outcome.httpStatus, requestId: outcome.requestId };
}
