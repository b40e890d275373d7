import {
  AdminGetUserCommand,
  type AdminGetUserCommandOutput,
  type CognitoIdentityProviderClient,
  UserNotFoundException,
} from '@aws-sdk/client-cognito-identity-provider';
import { mapConcurrently } from '../shared/map-concurrently';
import { describeUser } from '../shared/pool-user';
import { RateLimiter } from '../shared/rate-limiter';
import type { BatchUser } from './batch-users';

/** Up to so many users of a campaign are all looked up, and of more users about as many. */
const SAMPLE_SIZE = 1_000;

/** How many users all workers look up in a second. Cognito allows 120, for all user pools of an account in a Region. */
const USERS_PER_SECOND = 60;
const MAX_CONCURRENT_CALLS = 10;

/** The time that must be left to look up a user, in milliseconds. */
const TIME_NEEDED = 5_000;

/** A user whom Cognito said it has reset. */
export interface ResetUser {
  readonly user: BatchUser;
  /** In milliseconds since 1970. */
  readonly answeredAt: number;
}

/** What Cognito says of a reset user directly afterwards. */
export interface ConfirmedUser {
  readonly sub: string;
  readonly confirmed: boolean;
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
   * Looks up a sample of the users of a batch. A user whose look-up fails is left out: nothing is known then. So is a user
   * who was RESET_REQUIRED before, because the status says nothing about the reset.
   *
   * @param usersOfCampaign how many users the campaign is to reset
   * @param remainingTime of the batch, in milliseconds
   */
  async check(
    reset: readonly ResetUser[],
    usersOfCampaign: number,
    remainingTime: () => number,
  ): Promise<readonly ConfirmedUser[]> {
    const telling = reset.filter(({ user }) => !user.wasResetRequired);
    const size = Math.ceil(telling.length * Math.min(1, SAMPLE_SIZE / usersOfCampaign));
    const checked = await mapConcurrently(sampleOf(telling, size), MAX_CONCURRENT_CALLS, async (each) => {
      await this.#rate.waitForTurn();
      const confirmed = await this.#isConfirmed(each, remainingTime() - TIME_NEEDED);
      return confirmed === undefined ? [] : [{ sub: each.user.sub, confirmed }];
    });
    return checked.flat();
  }

  /** Undefined when there is no answer. */
  async #isConfirmed({ user, answeredAt }: ResetUser, timeout: number): Promise<boolean | undefined> {
    if (timeout <= 0) return undefined;
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

/** Some of the items, chosen at random. */
function sampleOf<T>(items: readonly T[], size: number): T[] {
  const left = [...items];
  return Array.from({ length: size }, () => left.splice(Math.floor(Math.random() * left.length), 1)).flat();
}
