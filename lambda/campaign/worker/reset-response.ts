import { RESET_ERROR_NAMES } from '../../../lib/contract/reset';
import type { ResetAnswer, ResetFailure } from '../../shared/user-pool';

/** Refusals that do not depend on the user: every other user would get the same one. */
const REFUSALS_FOR_EVERY_USER: readonly string[] = [
  'AccessDeniedException',
  'InvalidEmailRoleAccessPolicyException',
  'OperationNotEnabledException',
  'ResourceNotFoundException',
];

/** What one attempt to reset a user means for the campaign. */
export type ResetResponse =
  /** The user was reset and sent a message. */
  | { readonly kind: 'RESET' }
  /** Cognito throttled the call: the same user can be reset in a later slot. */
  | { readonly kind: 'THROTTLED' }
  /** Cognito refused the call as it would for every user: the campaign must stop. */
  | { readonly kind: 'REFUSED_FOR_EVERY_USER'; readonly errorName: string }
  /** No connection was made: the call can be retried. */
  | { readonly kind: 'NOT_CONNECTED'; readonly errorName: string }
  /** Cognito refused the call for this user, who was certainly sent no message. */
  | { readonly kind: 'NOT_SENT'; readonly errorName: string }
  /** The user may have been reset and sent a message: the call must not be retried. */
  | { readonly kind: 'UNKNOWN'; readonly errorName: string };

export function classifyResponse(answer: ResetAnswer | ResetFailure): ResetResponse {
  if ('httpStatus' in answer) return { kind: 'RESET' };
  const { name: errorName, retryable } = answer;
  if (retryable && errorName !== RESET_ERROR_NAMES.notSent) return { kind: 'THROTTLED' };
  if (REFUSALS_FOR_EVERY_USER.includes(errorName)) return { kind: 'REFUSED_FOR_EVERY_USER', errorName };
  if (retryable) return { kind: 'NOT_CONNECTED', errorName };
  if (errorName === RESET_ERROR_NAMES.outcomeUnknown) return { kind: 'UNKNOWN', errorName };
  return { kind: 'NOT_SENT', errorName };
}
