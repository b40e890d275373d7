import { setTimeout as sleep } from 'node:timers/promises';
import {
  AdminResetUserPasswordCommand,
  AdminUserGlobalSignOutCommand,
  CognitoIdentityProviderClient,
} from '@aws-sdk/client-cognito-identity-provider';
import { getEndpointFromInstructions } from '@smithy/core/endpoints';
import { RESET_ERROR_NAMES } from '../../lib/contract/reset';
import { HttpHandler } from './http-handler';
import { ResetError } from './reset-error';
import type { ResetTarget } from './reset-target';

/** In milliseconds. Cognito waits for a trigger up to three times five seconds before it responds. */
const RESET_TIMEOUT = 20_000;
/** In milliseconds. A sign-out invokes no trigger. */
const SIGN_OUT_TIMEOUT = 5_000;
/** The time that must be left for the response to the caller after the last call, in milliseconds. */
const RESPONSE_RESERVE = 1_000;

/** In milliseconds. When connecting takes longer, nothing was sent, and a retry may succeed. */
const CONNECTION_TIMEOUT = 3_000;

const MAX_ATTEMPTS = 5;
const BACKOFF_BASE = 100;
const BACKOFF_CAP = 2_000;

/** Cognito's response to a successful reset. */
export interface ResetAnswer {
  readonly httpStatus: number;
  readonly requestId: string;
}

/** A failed attempt: the name of the error for the caller, and whether a retry is safe. */
export interface ResetFailure {
  readonly name: string;
  readonly retryable: boolean;
}

/** The user pool and the two calls that are made on it. */
export class UserPool {
  readonly id: string;
  readonly #client: CognitoIdentityProviderClient;
  readonly #httpHandler = new HttpHandler({ connectionTimeout: CONNECTION_TIMEOUT });
  /** Inputs whose requests were handed to the network. A call that fails before that was certainly not carried out. */
  readonly #sent = new WeakSet<object>();

  constructor(userPoolId: string) {
    this.id = userPoolId;
    this.#client = new CognitoIdentityProviderClient({
      // The pool may be in another Region than the function.
      region: userPoolId.split('_', 1)[0],
      // The SDK must not retry, because it would also resend requests that may have been carried out.
      maxAttempts: 1,
      retryMode: 'standard',
      requestHandler: this.#httpHandler,
    });
    this.#client.middlewareStack.add(
      (next) => (args) => {
        this.#sent.add(args.input);
        return next(args);
      },
      // The last middleware before the request is sent.
      { name: 'noteSending', step: 'deserialize', priority: 'low' },
    );
  }

  /** Connects to Cognito while the function loads, for a call that comes at once. */
  connectEarly(): void {
    getEndpointFromInstructions({}, AdminResetUserPasswordCommand, this.#client.config)
      .then(({ url }) => this.#httpHandler.connectEarly(url))
      // The call will have the same error.
      .catch(() => {});
  }

  /** Resets the user. Retries only attempts that were certainly not carried out. Throws a {@link ResetError}. */
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

  /** Makes one attempt to reset the user, which takes 20 seconds at most. Does not throw. */
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

  /** Revokes the user's tokens. That is safe to repeat, so every failure but a refusal is retried while there is time. */
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

/** Whether Cognito refused the request. A response without an exception's name may come from a proxy. */
function isRefusal(error: unknown): error is Error {
  const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode ?? 0;
  return status >= 400 && status < 500 && /^[A-Z][A-Za-z]{0,63}Exception$/.test((error as Error).name);
}

/** LimitExceededException is not included: it is a limit of the user or of a day, which a short wait does not lift. */
function isThrottling(error: Error): boolean {
  return error.name === 'TooManyRequestsException' || error.name === 'ThrottlingException';
}

/** Whether no connection was made. An attempt to connect to several addresses has one error for each of them. */
function neverConnected(error: unknown): boolean {
  const { code, syscall, errors, message } = error as NodeJS.ErrnoException & { errors?: unknown[] };
  return (
    // The SDK's connection timeout has neither a code nor a name of its own.
    message?.includes('did not establish a connection') ||
    code === 'ENOTFOUND' ||
    code === 'EAI_AGAIN' ||
    code === 'ECONNREFUSED' ||
    syscall === 'connect' ||
    (errors !== undefined && errors.length > 0 && errors.every(neverConnected))
  );
}

/** Full jitter: a random delay up to a bound that grows exponentially, in milliseconds. */
function backoff(attempt: number): number {
  return Math.random() * Math.min(BACKOFF_CAP, BACKOFF_BASE * 2 ** attempt);
}
