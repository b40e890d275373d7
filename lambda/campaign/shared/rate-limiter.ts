import { setTimeout as sleep } from 'node:timers/promises';

export interface Clock {
  /** In milliseconds since 1970. */
  now(): number;
  sleep(milliseconds: number): Promise<unknown>;
}

/** Spaces calls evenly, at no more than a fixed rate. The limit holds within one invocation only. */
export class RateLimiter {
  readonly #interval: number;
  readonly #clock: Clock;
  #nextTurn = 0;

  constructor(callsPerSecond: number, clock: Clock = { now: Date.now, sleep }) {
    this.#interval = 1000 / callsPerSecond;
    this.#clock = clock;
  }

  async waitForTurn(): Promise<void> {
    const now = this.#clock.now();
    const turn = Math.max(this.#nextTurn, now);
    this.#nextTurn = turn + this.#interval;
    await this.#clock.sleep(turn - now);
  }
}
