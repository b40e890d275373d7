import { setTimeout as sleep } from 'node:timers/promises';

/** Spaces calls evenly, at no more than a fixed rate. The limit holds within one invocation only. */
export class RateLimiter {
  readonly #interval: number;
  #nextTurn = 0;

  constructor(callsPerSecond: number) {
    this.#interval = 1000 / callsPerSecond;
  }

  async waitForTurn(): Promise<void> {
    const now = Date.now();
    const turn = Math.max(this.#nextTurn, now);
    this.#nextTurn = turn + this.#interval;
    await sleep(turn - now);
  }
}
