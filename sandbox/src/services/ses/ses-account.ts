import { SENDING_RATE_PERIOD } from './assumptions';

const DAY = 24 * 60 * 60 * 1000;

/** The limits of an account in the SES sandbox. */
const SANDBOX_LIMITS = { max24HourSend: 200, maxSendRate: 1 };

/** Why Amazon SES does not send a message. */
export type SesRefusal = 'MessageRejected' | 'SendingPausedException' | 'ThrottlingException';

/**
 * The Amazon SES settings of an account, which are the same in every Region here. Tests may set the fields at any time.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/manage-sending-quotas.html
 * @see https://docs.aws.amazon.com/ses/latest/dg/request-production-access.html
 */
export class SesAccount {
  /** Without production access, an account sends only to verified recipients, 200 messages a day and one a second. */
  productionAccess = true;
  /** Whether the account may send at all. */
  sendingEnabled = true;
  enforcementStatus: 'HEALTHY' | 'PROBATION' | 'SHUTDOWN' = 'HEALTHY';
  /** The addresses that an account without production access can reach. */
  readonly verifiedRecipients = new Set<string>();
  /** The pause that GetAccount asks for between two calls, in milliseconds. */
  pauseBetweenCalls = 1_000;
  /** How many messages were sent before the sandbox started, within the last 24 hours. */
  sentBefore = 0;
  readonly #sent: number[] = [];
  readonly #limits = { max24HourSend: 50_000, maxSendRate: 14 };
  readonly #now: () => Date;

  constructor(now: () => Date = () => new Date()) {
    this.#now = now;
  }

  /** The messages that may be sent within 24 hours; -1 for no limit. */
  get max24HourSend(): number {
    return this.productionAccess ? this.#limits.max24HourSend : SANDBOX_LIMITS.max24HourSend;
  }

  set max24HourSend(messages: number) {
    this.#limits.max24HourSend = messages;
  }

  /** The messages that may be sent in a second. */
  get maxSendRate(): number {
    return this.productionAccess ? this.#limits.maxSendRate : SANDBOX_LIMITS.maxSendRate;
  }

  set maxSendRate(messages: number) {
    this.#limits.maxSendRate = messages;
  }

  get sentLast24Hours(): number {
    return this.sentBefore + this.#sentWithin(DAY);
  }

  /** Counts a message, or returns why Amazon SES does not send it. */
  send(recipient: string): SesRefusal | undefined {
    if (!this.sendingEnabled || this.enforcementStatus === 'SHUTDOWN') return 'SendingPausedException';
    if (!this.productionAccess && !this.verifiedRecipients.has(recipient)) return 'MessageRejected';
    const quotaReached = this.max24HourSend !== -1 && this.sentLast24Hours >= this.max24HourSend;
    const rateReached =
      this.#sentWithin(SENDING_RATE_PERIOD) >= Math.max(1, (this.maxSendRate * SENDING_RATE_PERIOD) / 1000);
    if (quotaReached || rateReached) return 'ThrottlingException';
    this.#sent.push(this.#now().getTime());
    return undefined;
  }

  /** The times are in ascending order, so that the recent ones are at the end. */
  #sentWithin(milliseconds: number): number {
    const start = this.#now().getTime() - milliseconds;
    return this.#sent.length - (this.#sent.findLastIndex((time) => time <= start) + 1);
  }
}
