import type { Logger } from '@aws-lambda-powertools/logger';
import { errorNameOf } from '../shared/campaign-error';
import { type ClaimOutcome, type Ledger, MAX_CLAIM_AGE_AT_RESET } from '../shared/ledger';
import type { BatchUser } from './batch-users';

/** What the claims of one batch have in common. */
export interface ClaimOptions {
  readonly ledger: Ledger;
  readonly campaignId: string;
  readonly run: string;
  /** The request id of the invocation. */
  readonly claimant: string;
  /** Whether the user is to be signed out after the reset. */
  readonly globalSignOut: boolean;
  readonly logger: Logger;
}

/** The claim on one user in the ledger. No user is reset without one. */
export class Claim {
  readonly #options: ClaimOptions;
  readonly #user: BatchUser;
  /** In milliseconds since 1970; 0 without a claim. */
  #claimedAt = 0;
  /** Also true when the ledger's response was lost, because the claim may have been written. */
  #mayBeHeld = false;

  constructor(options: ClaimOptions, user: BatchUser) {
    this.#options = options;
    this.#user = user;
  }

  /**
   * Makes the claim, and renews it when it will soon be too old for a reset. Resolves to false when the user cannot be
   * claimed. Rejects when the ledger cannot be used.
   */
  async ensure(): Promise<boolean> {
    const now = Date.now();
    if (now - this.#claimedAt <= MAX_CLAIM_AGE_AT_RESET / 2) return true;
    const { ledger, campaignId, run, claimant, globalSignOut } = this.#options;
    this.#mayBeHeld = true;
    const claimed = await ledger.claim(campaignId, this.#user.sub, {
      run,
      claimant,
      owesSignOut: globalSignOut,
      wasResetRequired: this.#user.wasResetRequired,
    });
    if (claimed) this.#claimedAt = now;
    return claimed;
  }

  /** Whether a reset that starts now ends before another worker may consider the claim abandoned. */
  coversResetStartingNow(): boolean {
    return Date.now() - this.#claimedAt <= MAX_CLAIM_AGE_AT_RESET;
  }

  /** Writes the outcome. If that fails, the record stays CLAIMED, and the summary settles the outcome. */
  async recordOutcome(outcome: ClaimOutcome): Promise<void> {
    const { ledger, campaignId, claimant, logger } = this.#options;
    try {
      await ledger.recordOutcome(campaignId, this.#user.sub, { claimant, status: 'CLAIMED' }, outcome);
    } catch (error) {
      logger.warn('The outcome of a reset could not be written to the ledger', {
        status: outcome.status,
        errorName: errorNameOf(error),
      });
    }
  }

  /** Gives an unused claim back, so that the retry of the batch need not wait until it is stale. */
  async release(): Promise<void> {
    if (this.#mayBeHeld) await this.recordOutcome({ status: 'NOT_SENT' });
  }
}
