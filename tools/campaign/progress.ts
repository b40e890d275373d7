const BAR_WIDTH = 32;

/** The period that the rate is measured over, in seconds. */
const RATE_SECONDS = 20;

/**
 * Prints a bar, the users per second and the time left. On a terminal it updates one line; otherwise it prints a line
 * every ten seconds.
 */
export class ProgressBar {
  readonly #total: number;
  readonly #count: () => number;
  readonly #timer: NodeJS.Timeout;
  readonly #samples: { readonly at: number; readonly count: number }[] = [];
  readonly #startedAt = Date.now();

  /** @param count returns how many of the total are done */
  constructor(total: number, count: () => number) {
    this.#total = total;
    this.#count = count;
    this.#timer = setInterval(() => this.#print(), process.stdout.isTTY ? 250 : 10_000);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#print();
    if (process.stdout.isTTY) process.stdout.write('\n');
  }

  #print(): void {
    const line = this.#line();
    process.stdout.write(process.stdout.isTTY ? `\r\x1b[2K${line}` : `${line}\n`);
  }

  #line(): string {
    const count = this.#count();
    const now = Date.now();
    this.#samples.push({ at: now, count });
    while ((this.#samples[0]?.at ?? now) < now - RATE_SECONDS * 1000) this.#samples.shift();
    const [oldest = { at: this.#startedAt, count: 0 }] = this.#samples;
    const rate = ((count - oldest.count) * 1000) / Math.max(1, now - oldest.at);
    const left = rate > 0 ? formatDuration((this.#total - count) / rate) : '–';
    const filled = Math.min(BAR_WIDTH, Math.round((count / this.#total) * BAR_WIDTH));
    const bar = '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled);
    return `${bar} ${count} of ${this.#total}, ${rate.toFixed(1)} users per second, ${left} left`;
  }
}

/** As minutes and seconds, or hours, minutes and seconds: `1:05`, `1:00:05`. */
export function formatDuration(seconds: number): string {
  const whole = Math.round(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)];
  const padded = (number: number) => String(number).padStart(2, '0');
  return hours > 0 ? `${hours}:${padded(minutes)}:${padded(whole % 60)}` : `${minutes}:${padded(whole % 60)}`;
}
