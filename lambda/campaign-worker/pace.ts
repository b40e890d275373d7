import { setTimeout as sleep } from 'node:timers/promises';

/** The share of the limit that is aimed at: calls do not arrive as evenly as they leave. */
const AIM = 0.96;

/** A moment that was missed by more than this is given up, in milliseconds: made up for, it would be a burst. */
const MISSED = 200;

/** How slow throttling can make a worker, as a share of its pace. */
const SLOWEST = 1 / 16;

/** What a call that was not throttled adds to that share. */
const RECOVERY = 0.01;

/** Throttled calls that were made together slow down once, in milliseconds. */
const ONE_THROTTLING = 1_000;

export interface PaceOptions {
  readonly callsPerSecond: number;
  /** Workers that share it. */
  readonly workers: number;
  /** Takes the next moments of all workers, and answers when they begin. See `Ledger.takeTime`. */
  readonly takeTime: (milliseconds: number) => Promise<number>;
}

/**
 * When this worker may make its next call. All workers take their moments from the same clock, so that they keep the
 * limit together, however many they are, and whichever of them began late, died or was started twice.
 */
export class Pace {
  readonly #options: PaceOptions;
  readonly #interval: number;
  /** The moments that were taken and not used, the next one first. */
  #moments: number[] = [];
  #taking: Promise<void> | undefined;
  /** Between {@link SLOWEST} and 1. */
  #share = 1;
  #throttledAt = 0;
  #lastCall = 0;

  constructor(options: PaceOptions) {
    this.#options = options;
    this.#interval = 1000 / (options.callsPerSecond * AIM);
  }

  /**
   * Fulfilled with `true` when the next call is to be made, or with `false` when that would be after the deadline.
   *
   * @param wanted how many calls are left, this one included
   * @param deadline in milliseconds since 1970
   */
  async next(wanted: number, deadline: number): Promise<boolean> {
    for (;;) {
      const moment = this.#moments.shift();
      if (moment === undefined) {
        await this.#take(wanted);
        continue;
      }
      // Taken early, so that the next moments follow on these without a gap.
      if (this.#moments.length === 0 && wanted > 1) void this.#take(wanted - 1).catch(() => {});
      // A worker that was throttled leaves out moments; the others go on as before.
      if (moment < this.#earliest() || moment < Date.now() - MISSED) continue;
      if (moment > deadline) return false;
      await sleep(Math.max(0, moment - Date.now()));
      this.#lastCall = moment;
      return true;
    }
  }

  throttled(): void {
    const now = Date.now();
    if (now - this.#throttledAt < ONE_THROTTLING) return;
    this.#throttledAt = now;
    this.#share = Math.max(SLOWEST, this.#share / 2);
  }

  answered(): void {
    this.#share = Math.min(1, this.#share + RECOVERY);
  }

  #earliest(): number {
    return this.#share === 1 ? 0 : this.#lastCall + (this.#interval * this.#options.workers) / this.#share;
  }

  /** About as many as are this worker's share of a second. */
  #take(wanted: number): Promise<void> {
    const { callsPerSecond, workers, takeTime } = this.#options;
    const count = Math.max(1, Math.min(wanted, Math.round(callsPerSecond / workers)));
    this.#taking ??= takeTime(count * this.#interval)
      .then((first) => {
        this.#moments.push(...Array.from({ length: count }, (_, index) => first + index * this.#interval));
      })
      .finally(() => {
        this.#taking = undefined;
      });
    return this.#taking;
  }
}
