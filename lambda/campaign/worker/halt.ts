import type { Logger } from '@aws-lambda-powertools/logger';
import { errorNameOf } from '../shared/campaign-error';
import { isHalted, type Ledger, type Refusals } from '../shared/ledger';

export interface HaltOptions {
  readonly ledger: Ledger;
  readonly campaignId: string;
  readonly run: string;
  readonly logger: Logger;
}

/** The halt of a campaign run: all its workers note in the ledger what Cognito responds, and stop when it refuses everybody. */
export class Halt {
  readonly #options: HaltOptions;
  /** The newest that this worker knows. */
  #refusals: Refusals | undefined;

  constructor(options: HaltOptions) {
    this.#options = options;
  }

  /** The name of the refusal for which the run is halted, as far as this worker knows. */
  get reason(): string | undefined {
    return isHalted(this.#refusals) ? this.#refusals.errorName : undefined;
  }

  /** Asks the ledger whether the run is halted. Rejects when the ledger cannot be read. */
  async check(): Promise<boolean> {
    const { ledger, campaignId, run } = this.#options;
    if (this.reason === undefined) this.#learn(await ledger.findRefusals(campaignId, run));
    return this.reason !== undefined;
  }

  /** Notes a refusal that everybody would get. @param enough how many in a row halt the run */
  async noteRefusal(user: string, errorName: string, enough: number): Promise<void> {
    const { ledger, campaignId, run } = this.#options;
    await this.#note(async () => this.#learn(await ledger.noteRefusal(campaignId, run, { errorName, enough, user })));
  }

  /** Notes that a user was reset. Writes only when there may be refusals, so that it usually costs nothing. */
  async noteReset(): Promise<void> {
    const { ledger, campaignId, run } = this.#options;
    if (this.#refusals?.refused !== undefined) await this.#note(() => ledger.endRefusals(campaignId, run));
  }

  /** A halt is for good: the response to an earlier read may arrive after it. */
  #learn(refusals: Refusals | undefined): void {
    if (this.reason === undefined) this.#refusals = refusals;
  }

  /** What cannot be noted is left out: the response to the next user is noted as well. */
  async #note(write: () => Promise<void>): Promise<void> {
    try {
      await write();
    } catch (error) {
      this.#options.logger.warn('The response of Cognito could not be noted in the ledger', {
        errorName: errorNameOf(error),
      });
    }
  }
}
