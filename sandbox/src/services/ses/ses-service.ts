import { type Json, type Service, ServiceError } from '../../model';
import type { SesAccount } from './ses-account';

/**
 * Amazon SES, as far as it describes an account.
 *
 * @see https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_GetAccount.html
 */
export class SesService implements Service {
  /** Also of the IAM actions of version 2 of the API. */
  readonly prefix = 'ses';
  readonly #account: SesAccount;
  readonly #now: () => Date;
  #latest = Number.NEGATIVE_INFINITY;

  constructor(account: SesAccount, now: () => Date = () => new Date()) {
    this.#account = account;
    this.#now = now;
  }

  /** IAM supports no resource for this operation. */
  resource(): string {
    return '*';
  }

  /** Like all operations that do not send, it may be called once a second. */
  async call(): Promise<Json> {
    const now = this.#now().getTime();
    if (now - this.#latest < this.#account.pauseBetweenCalls) {
      throw new ServiceError('TooManyRequestsException', 'Maximum request rate exceeded', { status: 429 });
    }
    this.#latest = now;
    const { productionAccess, sendingEnabled, enforcementStatus, max24HourSend, maxSendRate, sentLast24Hours } =
      this.#account;
    return {
      EnforcementStatus: enforcementStatus,
      ProductionAccessEnabled: productionAccess,
      SendingEnabled: sendingEnabled,
      SendQuota: { Max24HourSend: max24HourSend, MaxSendRate: maxSendRate, SentLast24Hours: sentLast24Hours },
    };
  }
}
