import { setTimeout as sleep } from 'node:timers/promises';
import {
  AdminResetUserPasswordCommand,
  AdminUserGlobalSignOutCommand,
  CognitoIdentityProviderClient,
} from '@aws-sdk/client-cognito-identity-provider';
import { RESET_ERROR_NAMES } from '../../lib/contract/reset';
import { ResetError } from './reset-error';
import type { ResetTarget } from './reset-target';

/** Cognito may wait for a trigger up to three times five seconds before it answers. */
const RESET_TIMEOUT = 20_000;
/** The sign-out runs no trigger. */
const SIGN_OUT_TIMEOUT = 5_000;
/** What is left for answering the caller after a call used all of its time. */
const RESPONSE_RESERVE = 1_000;

/** A connection that takes longer than this is given up: nothing was sent, and the next one may succeed. */
const CONNECTION_TIMEOUT = 3_000;

/**
 * A socket kept across a freeze of the function may be dead, and would look like an unknown outcome. And no call waits
 * for another's: it would miss its moment.
 */
const AGENT = { keepAlive: false, maxSockets: Number.POSITIVE_INFINITY };

const MAX_ATTEMPTS = 5;
const BACKOFF_BASE = 100;
const BACKOFF_CAP = 2_000;

/** What Cognito answered to a reset. */
export interface ResetAnswer {
  readonly httpStatus: number;
  readonly requestId: string;
}

/** What an attempt that failed means for the caller, and whether trying again can do no harm. */
export interface ResetFailure {
  readonly name: string;
  readonly retryable: boolean;
}

/** One user pool, and the two calls that may be made on it. */
export class UserPool {
  readonly id: string;
  readonly #client: CognitoIdentityProviderClient;
  /** Inputs whose request was handed to the network. What fails before that was certainly not carried out. */
  readonly #sent = new WeakSet<object>();

  constructor(userPoolId: string) {
    this.id = userPoolId;
    this.#client = new CognitoIdentityProviderClient({
      // The pool may be in another Region than the function.
      region: userPoolId.split('_', 1)[0],
      // What may be tried again is decided below, not by the SDK: it would resend what may have been carried out.
      maxAttempts: 1,
      retryMode: 'standard',
      requestHandler: {
        connectionTimeout: CONNECTION_TIMEOUT,
        httpAgent: AGENT,
        httpsAgent: AGENT,
      },
    });
    this.#client.middlewareStack.add(
      (next) => (args) => {
        this.#sent.add(args.input);
        return next(args);
      },
      // The last step before a request leaves.
      { name: 'noteSending', step: 'deserialize', priority: 'low' },
    );
  }

  /** Resets once. Tries again only what was certainly not carried out. Throws a {@link ResetError}. */
  async resetPassword(target: ResetTarget, remainingTime: () => number): Promise<ResetAnswer> {
    for (let attempt = 1; ; attempt++) {
      if (remainingTime() < RESET_TIMEOUT + RESPONSE_RESERVE) {
        throw new ResetError(RESET_ERROR_NAMES.notSent);
      }
      const failure = await this.tryReset(target);
      if ('httpStatus' in failure) {
        return failure;
      }
      const delay = backoff(attempt);
      const timeForAnother = remainingTime() - delay >= RESET_TIMEOUT + RESPONSE_RESERVE;
      if (!failure.retryable || attempt === MAX_ATTEMPTS || !timeForAnother) {
        throw new ResetError(failure.name);
      }
      await sleep(delay);
    }
  }

  /** Resets once, whatever comes of it. Takes 20 seconds at most. */
  async tryReset(target: ResetTarget): Promise<ResetAnswer | ResetFailure> {
    const command = new AdminResetUserPasswordCommand({
      UserPoolId: this.id,
      Username: target.username.reveal(),
      ClientMetadata: target.clientMetadata?.reveal(),
    });
    try {
      const { $metadata } = await this.#client.send(command, { abortSignal: AbortSignal.timeout(RESET_TIMEOUT) });
      return { httpStatus: $metadata.httpStatusCode ?? 200, requestId: $metadata.requestId ?? '' };
    } catch (error) {
      return this.#sent.has(command.input) ? classify(error) : { name: RESET_ERROR_NAMES.notSent, retryable: false };
    }
  }

  /** Revokes the user's tokens. Doing so twice does no harm, so any failure is tried again while there is time. */
  async globalSignOut(target: Pick<ResetTarget, 'username'>, remainingTime: () => number): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const timeout = Math.min(SIGN_OUT_TIMEOUT, remainingTime() - RESPONSE_RESERVE);
      if (timeout <= 0) {
        throw new ResetError(RESET_ERROR_NAMES.globalSignOut);
      }
      try {
        await this.#client.send(
          new AdminUserGlobalSignOutCommand({ UserPoolId: this.id, Username: target.username.reveal() }),
          { abortSignal: AbortSignal.timeout(timeout) },
        );
        return;
      } catch (error) {
        const refused = isRefusal(error) && !isThrottling(error);
        const delay = backoff(attempt);
        if (refused || attempt === MAX_ATTEMPTS || remainingTime() - delay <= RESPONSE_RESERVE) {
          throw new ResetError(RESET_ERROR_NAMES.globalSignOut);
        }
        await sleep(delay);
      }
    }
  }
}

function classify(error: unknown): ResetFailure {
  if (isRefusal(error)) {
    return { name: error.name, retryable: isThrottling(error) };
  }
  if (neverConnected(error)) {
    return { name: RESET_ERROR_NAMES.notSent, retryable: true };
  }
  return { name: RESET_ERROR_NAMES.outcomeUnknown, retryable: false };
}

/** Cognito said no, by name. An answer without a name may come from something in between. */
function isRefusal(error: unknown): error is Error {
  const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode ?? 0;
  return status >= 400 && status < 500 && /^[A-Z][A-Za-z]{0,63}Exception$/.test((error as Error).name);
}

/** Not LimitExceededException: that is a limit of this user, and waiting a second does not lift it. */
function isThrottling(error: Error): boolean {
  return error.name === 'TooManyRequestsException' || error.name === 'ThrottlingException';
}

/** Connecting to several addresses fails with an error that holds one for each. */
function neverConnected(error: unknown): boolean {
  const { code, syscall, errors, message } = error as NodeJS.ErrnoException & { errors?: unknown[] };
  return (
    // The SDK's own limit for connecting has neither a code nor a name of its own.
    message?.includes('did not establish a connection') ||
    code === 'ENOTFOUND' ||
    code === 'EAI_AGAIN' ||
    code === 'ECONNREFUSED' ||
    syscall === 'connect' ||
    (errors !== undefined && errors.length > 0 && errors.every(neverConnected))
  );
}

/** Full jitter: anything up to an exponentially growing bound. */
function backoff(attempt: number): number {
  return Math.random() * Math.min(BACKOFF_CAP, BACKOFF_BASE * 2 ** attempt);
}
