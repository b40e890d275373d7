const WIDTH = 32;

/** How many seconds the rate is measured over. */
const WINDOW = 20;

/** A bar, users a second and the time left, on one line of a terminal; elsewhere a line now and then. */
export class Progress {
  readonly #total: number;
  readonly #count: () => number;
  readonly #timer: NodeJS.Timeout;
  readonly #samples: { readonly at: number; readonly count: number }[] = [];
  readonly #started = Date.now();

  /** @param count how many of the total are done */
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
    while ((this.#samples[0]?.at ?? now) < now - WINDOW * 1000) this.#samples.shift();
    const [oldest = { at: this.#started, count: 0 }] = this.#samples;
    const rate = ((count - oldest.count) * 1000) / Math.max(1, now - oldest.at);
    const left = rate > 0 ? duration((this.#total - count) / rate) : '–';
    const filled = Math.min(WIDTH, Math.round((count / this.#total) * WIDTH));
    const bar = '█'.repeat(filled) + '░'.repeat(WIDTH - filled);
    return `${bar} ${count} of ${this.#total}, ${rate.toFixed(1)} users a second, ${left} left`;
  }
}

export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)];
  const padded = (number: number) => String(number).padStart(2, '0');
  return hours > 0 ? `${hours}:${padded(minutes)}:${padded(whole % 60)}` : `${minutes}:${padded(whole % 60)}`;
}
