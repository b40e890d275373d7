import { RESET_ERROR_NAMES } from '../../../lib/contract/reset';
import type { ResetAnswer, ResetFailure } from '../../shared/user-pool';

/** After so many users in a row were refused alike, everybody probably is. */
const SEVERAL = 25;

/**
 * After how many refusals in a row the run is halted, by their name. A refusal that certainly does not depend on the user
 * halts it at once. The others can also have their cause in the user, or in one of the two channels.
 */
const HALTS_AFTER: Readonly<Record<string, number>> = {
  AccessDeniedException: 1,
  OperationNotEnabledException: 1,
  ResourceNotFoundException: 1,
  InvalidEmailRoleAccessPolicyException: SEVERAL,
  InvalidLambdaResponseException: SEVERAL,
  InvalidSmsRoleAccessPolicyException: SEVERAL,
  InvalidSmsRoleTrustRelationshipException: SEVERAL,
  LimitExceededException: SEVERAL,
  UnexpectedLambdaException: SEVERAL,
  UserLambdaValidationException: SEVERAL,
};

/** What one attempt to reset a user means for the campaign. */
export type ResetResponse =
  /** The user was reset and sent a message. */
  | { readonly kind: 'RESET' }
  /** Cognito throttled the call: the same user can be reset in a later slot. */
  | { readonly kind: 'THROTTLED' }
  /** No connection was made: the call can be retried. */
  | { readonly kind: 'NOT_CONNECTED'; readonly errorName: string }
  /**
   * Cognito refused the call: the user was certainly sent no message. `haltsAfter` is undefined for a refusal that other
   * users would not get.
   */
  | { readonly kind: 'NOT_SENT'; readonly errorName: string; readonly haltsAfter: number | undefined }
  /** The user may have been reset and sent a message: the call must not be retried. */
  | { readonly kind: 'UNKNOWN'; readonly errorName: string };

export function classifyResponse(answer: ResetAnswer | ResetFailure): ResetResponse {
  if ('httpStatus' in answer) return { kind: 'RESET' };
  const { name: errorName, retryable } = answer;
  if (retryable && errorName !== RESET_ERROR_NAMES.notSent) return { kind: 'THROTTLED' };
  if (retryable) return { kind: 'NOT_CONNECTED', errorName };
  if (errorName === RESET_ERROR_NAMES.outcomeUnknown) return { kind: 'UNKNOWN', errorName };
  return { kind: 'NOT_SENT', errorName, haltsAfter: HALTS_AFTER[errorName] };
}
