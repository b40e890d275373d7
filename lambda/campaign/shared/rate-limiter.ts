import { setTimeout as sleep } from 'node:timers/promises';

/** Lets work begin so often at the most, evenly, within one invocation. */
export class RateLimiter {
  readonly #interval: number;
  #next = 0;

  constructor(perSecond: number) {
    this.#interval = 1000 / perSecond;
  }

  async turn(): Promise<void> {
    const now = Date.now();
    const at = Math.max(this.#next, now);
    this.#next = at + this.#interval;
    await sleep(at - now);
  }
}

/** Does work for each, several at a time, and keeps the order. */
export async function mapConcurrently<Item, Result>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = new Array(items.length);
  let next = 0;
  const worker = async () => {
    for (let at = next++; at < items.length; at = next++) results[at] = await work(items[at] as Item);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  return results;
}
