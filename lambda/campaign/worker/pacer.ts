import { setTimeout as sleep } from 'node:timers/promises';

/** The share of the limit that is aimed at: calls do not arrive as evenly as they leave. */
const AIM = 0.96;

/** A moment that was missed by more than this is given up, in milliseconds: made up for, it would be a burst. */
const MISSED = 200;

/** How long before its moment a call may be prepared, in milliseconds. */
const LEAD = 1_000;

/** How slow throttling can make a worker, as a share of its pace. */
const SLOWEST = 1 / 16;

/** How long the whole of a pace takes to come back while calls are answered, in milliseconds; half of it, half as long. */
const RECOVERY = 10_000;

/** Throttled calls that were made together slow down once, in milliseconds. */
const ONE_THROTTLING = 1_000;

export interface PacerOptions {
  readonly callsPerSecond: number;
  /** Workers that share it. */
  readonly workers: number;
  /** Takes the next moments of all workers, and answers when they begin. See `Ledger.takeTime`. */
  readonly takeTime: (wanted: {
    readonly milliseconds: number;
    readonly lead: number;
    readonly latest: number;
  }) => Promise<number | undefined>;
}

/**
 * When this worker may make its next call. All workers take their moments from the same clock, so that they keep the
 * limit together, however many they are, and whichever of them began late, died or was started twice.
 */
export class Pacer {
  readonly #options: PacerOptions;
  readonly #interval: number;
  /** The moments that were taken and not used, the next one first. */
  #moments: number[] = [];
  #taking: Promise<boolean> | undefined;
  /** Between {@link SLOWEST} and 1. */
  #share = 1;
  #throttledAt = 0;
  #answeredAt = 0;
  #lastCall = 0;

  constructor(options: PacerOptions) {
    this.#options = options;
    this.#interval = 1000 / (options.callsPerSecond * AIM);
  }

  /**
   * Fulfilled with the moment of the next call, some time before it, so that the call can be prepared; with undefined
   * when that would be after the deadline.
   *
   * @param wanted how many calls are left, this one included
   * @param deadline in milliseconds since 1970
   */
  async next(wanted: number, deadline: number): Promise<number | undefined> {
    for (;;) {
      // A worker that was throttled asks for less, and leaves the rest to the others.
      const earliest = this.#earliest();
      if (earliest > deadline) return undefined;
      await sleepUntil(earliest - LEAD);
      const moment = this.#moments.shift();
      if (moment === undefined) {
        if (!(await this.#take(wanted, deadline))) return undefined;
        continue;
      }
      // Taken early, so that the next moments follow on these without a gap.
      if (this.#moments.length === 0 && wanted > 1 && this.#share === 1)
        this.#take(wanted - 1, deadline).catch(() => {});
      if (moment < earliest || isMissed(moment)) continue;
      if (moment > deadline) return undefined;
      await sleepUntil(moment - LEAD);
      this.#lastCall = moment;
      return moment;
    }
  }

  throttled(): void {
    const now = Date.now();
    if (now - this.#throttledAt < ONE_THROTTLING) return;
    this.#throttledAt = now;
    this.#answeredAt = now;
    this.#share = Math.max(SLOWEST, this.#share / 2);
  }

  answered(): void {
    const now = Date.now();
    this.#share = Math.min(1, this.#share + (now - this.#answeredAt) / RECOVERY);
    this.#answeredAt = now;
  }

  #earliest(): number {
    return this.#share === 1 ? 0 : this.#lastCall + (this.#interval * this.#options.workers) / this.#share;
  }

  /** About as many as are this worker's share of a second. Tells whether there were any before the deadline. */
  #take(wanted: number, deadline: number): Promise<boolean> {
    const { callsPerSecond, workers, takeTime } = this.#options;
    const most = this.#share === 1 ? Math.round(callsPerSecond / workers) : 1;
    const count = Math.max(1, Math.min(wanted, most));
    this.#taking ??= takeTime({ milliseconds: count * this.#interval, lead: LEAD, latest: deadline })
      .then((first) => {
        if (first === undefined) return false;
        this.#moments.push(...Array.from({ length: count }, (_, index) => first + index * this.#interval));
        return true;
      })
      .finally(() => {
        this.#taking = undefined;
      });
    return this.#taking;
  }
}

/** Fulfilled when the moment has come; with `false` when it has gone by, and the call is not to be made. */
export async function isSlotHit(moment: number): Promise<boolean> {
  await sleepUntil(moment);
  return !isMissed(moment);
}

function isMissed(moment: number): boolean {
  return moment < Date.now() - MISSED;
}

async function sleepUntil(moment: number): Promise<void> {
  const milliseconds = moment - Date.now();
  if (milliseconds > 0) await sleep(milliseconds);
}
