import {
  AdminGetUserCommand,
  type AdminGetUserCommandOutput,
  type CognitoIdentityProviderClient,
  UserNotFoundException,
} from '@aws-sdk/client-cognito-identity-provider';
import { describeUser } from '../shared/pool-user';
import { RateLimiter } from '../shared/rate-limiter';
import type { BatchUser } from './batch-users';

/** Up to so many users of a campaign are all looked up, and of more users about as many, chosen at random. */
const SAMPLE_SIZE = 1_000;

/** How many users all workers look up in a second. Cognito allows 120, for all user pools of an account in a Region. */
const USERS_PER_SECOND = 60;

/** The time that must be left to look up a user, in milliseconds. */
const TIME_NEEDED = 5_000;

/** A user whom Cognito said it has reset. */
export interface ResetUser {
  readonly user: BatchUser;
  /** In milliseconds since 1970. */
  readonly answeredAt: number;
}

export interface ConfirmationOptions {
  readonly client: CognitoIdentityProviderClient;
  readonly userPoolId: string;
  /** How many workers share the rate. */
  readonly workers: number;
}

/** Looks up users directly after they were reset, when hardly anybody can have chosen a new password. */
export class Confirmation {
  readonly #options: ConfirmationOptions;
  readonly #rate: RateLimiter;

  constructor(options: ConfirmationOptions) {
    this.#options = options;
    this.#rate = new RateLimiter(USERS_PER_SECOND / options.workers);
  }

  /**
   * Whether a look-up confirms the reset. Undefined when nothing is known: the user was not chosen, the look-up failed, or
   * the user was RESET_REQUIRED before, so that the status says nothing about the reset.
   *
   * @param usersOfCampaign how many users the campaign is to reset
   * @param remainingTime of the batch, in milliseconds
   */
  async check(reset: ResetUser, usersOfCampaign: number, remainingTime: () => number): Promise<boolean | undefined> {
    if (reset.user.wasResetRequired || Math.random() >= SAMPLE_SIZE / usersOfCampaign) return undefined;
    await this.#rate.waitForTurn();
    const timeout = remainingTime() - TIME_NEEDED;
    return timeout > 0 ? this.#lookUp(reset, timeout) : undefined;
  }

  async #lookUp({ user, answeredAt }: ResetUser, timeout: number): Promise<boolean | undefined> {
    const { client, userPoolId } = this.#options;
    const command = new AdminGetUserCommand({ UserPoolId: userPoolId, Username: user.username.reveal() });
    try {
      const found = await client.send(command, { abortSignal: AbortSignal.timeout(timeout) });
      // Another user may have the name by now.
      return describeUser(found, found.UserAttributes)?.sub === user.sub && wasReset(found, answeredAt);
    } catch (error) {
      return error instanceof UserNotFoundException ? false : undefined;
    }
  }
}

/**
 * Assumption: a user who is CONFIRMED again, and was changed after Cognito answered the reset, has chosen a new password.
 * AWS documents that `UserLastModifiedDate` is the time of the last change, and not of which change.
 */
function wasReset({ UserStatus, UserLastModifiedDate }: AdminGetUserCommandOutput, answeredAt: number): boolean {
  if (UserStatus === 'RESET_REQUIRED') return true;
  return UserStatus === 'CONFIRMED' && (UserLastModifiedDate?.getTime() ?? 0) > answeredAt;
}
