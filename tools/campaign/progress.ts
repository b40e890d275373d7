const BAR_WIDTH = 32;

/** The period that the rate is measured over, in seconds. */
const RATE_SECONDS = 20;

/**
 * Prints a bar, the users per second and the time left. On a terminal it updates one line; otherwise it prints a line
 * every ten seconds.
 */
export class ProgressBar {
  readonly #timer: NodeJS.Timeout;
  readonly #progress: Progress;

  /**
   * @param total the number of users to reset, at least 1
   * @param count returns how many of them are done
   */
  constructor(total: number, count: () => number) {
    this.#progress = new Progress(total, count);
    this.#timer = setInterval(() => this.#print(this.#progress.current()), process.stdout.isTTY ? 250 : 10_000);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#print(this.#progress.final());
    if (process.stdout.isTTY) process.stdout.write('\n');
  }

  #print(line: string): void {
    process.stdout.write(process.stdout.isTTY ? `\r\x1b[2K${line}` : `${line}\n`);
  }
}

/** Measures the progress from its construction on. */
export class Progress {
  readonly #startedAt: number;
  readonly #samples: { readonly at: number; readonly count: number }[];

  constructor(
    private readonly total: number,
    private readonly count: () => number,
    private readonly now: () => number = Date.now,
  ) {
    this.#startedAt = now();
    this.#samples = [{ at: this.#startedAt, count: 0 }];
  }

  /** The line while users are being reset, with the rate of the last twenty seconds. */
  current(): string {
    const [at, count] = [this.now(), this.count()];
    while (this.#samples.length > 1 && (this.#samples[0]?.at ?? at) < at - RATE_SECONDS * 1000) this.#samples.shift();
    const oldest = this.#samples[0] ?? { at, count };
    this.#samples.push({ at, count });
    const rate = rateOf(count - oldest.count, at - oldest.at);
    // Nothing can be said about the time left while no user is reset.
    const ending = rate > 0 ? `, ${formatRate(rate)}, ${formatDuration((this.total - count) / rate)} left` : '';
    return `${this.#barAndCount(count)}${ending}`;
  }

  /** The last line, with the rate of the whole time. */
  final(): string {
    const [elapsed, count] = [this.now() - this.#startedAt, this.count()];
    return `${this.#barAndCount(count)} in ${formatDuration(elapsed / 1000)}, ${formatRate(rateOf(count, elapsed))}`;
  }

  #barAndCount(count: number): string {
    const filled = Math.floor((count / this.total) * BAR_WIDTH);
    return `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)} ${count} of ${this.total}`;
  }
}

function rateOf(count: number, milliseconds: number): number {
  return (count * 1000) / Math.max(1, milliseconds);
}

function formatRate(usersPerSecond: number): string {
  return `${usersPerSecond.toFixed(1)} users per second`;
}

/** As minutes and seconds, or hours, minutes and seconds: `1:05`, `1:00:05`. */
export function formatDuration(seconds: number): string {
  const whole = Math.round(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)];
  const padded = (number: number) => String(number).padStart(2, '0');
  return hours > 0 ? `${hours}:${padded(minutes)}:${padded(whole % 60)}` : `${minutes}:${padded(whole % 60)}`;
}
