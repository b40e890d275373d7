import { setTimeout as sleep } from 'node:timers/promises';
import { Pacer, type PacerOptions, waitForSlot } from '../../../../lambda/campaign/worker/pacer';
import { describeInSoak } from '../../../support/soak';

// Time is simulated: it passes as soon as everything waits for it.
beforeAll(() => {
  jest.useFakeTimers();
});
afterAll(() => {
  jest.useRealTimers();
});

/** Lets time pass until the work is done. */
async function simulate<T>(work: Promise<T>): Promise<T> {
  let done = false;
  const end = () => {
    done = true;
  };
  work.then(end, end);
  while (!done) await jest.advanceTimersToNextTimerAsync();
  return work;
}

/** The clock that all workers share, as in the ledger. */
class Clock {
  /** How many slots each worker took. */
  readonly taken: number[] = [];
  readonly #interval: number;
  #nextAt = 0;

  constructor(callsPerSecond: number) {
    // Workers use a little less than the limit.
    this.#interval = 1000 / (callsPerSecond * 0.96);
  }

  of(worker: number): PacerOptions['takeSlots'] {
    return async ({ duration, lead, latest }) => {
      // simulated time
      await sleep(5);
      const first = Math.max(this.#nextAt, Date.now() + lead);
      if (first > latest) return undefined;
      this.#nextAt = first + duration;
      this.taken[worker] = (this.taken[worker] ?? 0) + Math.round(duration / this.#interval);
      return first;
    };
  }
}

/** How a worker behaves. */
interface Work {
  /** The worker stops after this many calls; without it, never. */
  readonly calls?: number;
  /** Runs before the worker asks for its next slot. */
  readonly between?: () => Promise<unknown>;
  /** Runs after each call. */
  readonly afterwards?: (pace: Pacer) => void;
}

/** Workers that share a limit. */
class Team {
  readonly clock: Clock;
  readonly paces: readonly Pacer[];
  readonly begin = Date.now();
  /** When each worker made its calls, in milliseconds since the start. */
  readonly calls: readonly number[][];

  constructor(callsPerSecond: number, workers: number) {
    this.clock = new Clock(callsPerSecond);
    this.calls = Array.from({ length: workers }, () => []);
    this.paces = this.calls.map(
      (_, worker) => new Pacer({ callsPerSecond, workers, takeSlots: this.clock.of(worker) }),
    );
  }

  /** Lets all workers run for this many milliseconds, each with its own behaviour. */
  async work(milliseconds: number, ...how: Work[]): Promise<this> {
    await Promise.all(this.paces.map((pace, worker) => this.#work(worker, pace, milliseconds, how[worker] ?? {})));
    return this;
  }

  /** The calls of all workers or of some, in order. */
  made(workers = this.calls): number[] {
    return workers.flat().sort((one, other) => one - other);
  }

  async #work(worker: number, pace: Pacer, milliseconds: number, { calls, between, afterwards }: Work): Promise<void> {
    const made: Promise<void>[] = [];
    while (made.length < (calls ?? Number.POSITIVE_INFINITY)) {
      const slot = await pace.nextSlot(1_000_000, this.begin + milliseconds);
      if (slot === undefined) break;
      made.push(this.#call(worker, pace, slot, afterwards));
      await between?.();
    }
    await Promise.all(made);
  }

  async #call(worker: number, pace: Pacer, slot: number, afterwards?: (pace: Pacer) => void): Promise<void> {
    if (!(await waitForSlot(slot))) return;
    // simulated time
    this.calls[worker]?.push(Date.now() - this.begin);
    afterwards?.(pace);
  }
}

const count = (calls: readonly number[], from: number, to: number) =>
  calls.filter((at) => at >= from && at < to).length;

/** Calls a second. */
const speed = (calls: readonly number[], from: number, to: number) => (count(calls, from, to) * 1000) / (to - from);

/** How long before its slot a call is prepared, in milliseconds. The first calls come no earlier. */
const LEAD = 1_000;

/** How long each team works, in milliseconds. */
const WATCHED = 4_500;

const LIMITS = [
  [50, 3],
  [200, 4],
  [200, 20],
] as const;

/** The teams, which all run at the same time. */
let limited: Team[];
let withDead: Team;
let withSlow: Team;
let throttled: Team;
let throttledTwice: Team;
let throttledOften: Team;
let allThrottled: Team;
let oneThrottled: Team;
let recovering: Team;

/** Lets a team run and throttles some workers at these times. */
async function throttle(team: Team, workers: readonly number[], ...times: number[]): Promise<Team> {
  const working = team.work(WATCHED);
  for (const at of times) {
    // simulated time
    await sleep(at - (Date.now() - team.begin));
    for (const worker of workers) team.paces[worker]?.noteThrottled();
  }
  return working;
}

beforeAll(async () => {
  const answered = { afterwards: (pace: Pacer) => pace.noteAnswered() };
  const often = Array.from({ length: 15 }, (_, index) => 1_100 + index * 50);
  recovering = new Team(50, 1);
  recovering.paces[0]?.noteThrottled();
  [withDead, withSlow, throttled, throttledTwice, throttledOften, allThrottled, oneThrottled, recovering, ...limited] =
    (await simulate(
      Promise.all([
        new Team(200, 4).work(WATCHED, { calls: 5 }),
        // simulated time
        new Team(200, 4).work(WATCHED, { between: () => sleep(700) }),
        throttle(new Team(50, 1), [0], 1_100),
        throttle(new Team(50, 1), [0], 50, 1_100),
        throttle(new Team(50, 1), [0], ...often),
        throttle(new Team(50, 4), [0, 1, 2, 3], 1_100),
        throttle(new Team(50, 4), [0], 1_100),
        recovering.work(WATCHED, answered),
        ...LIMITS.map(([rate, workers]) => new Team(rate, workers).work(WATCHED, ...Array(workers).fill(answered))),
      ]),
    )) as [Team, Team, Team, Team, Team, Team, Team, Team, ...Team[]];
});

describe('workers that share a limit', () => {
  test.each(LIMITS.map((limit, index) => [...limit, index] as const))(
    'keep the limit of %d a second and use at least 90 %% of it: %d workers',
    (rate, _, index) => {
      const calls = limited[index]?.made() ?? [];
      const [first = 0, last = 0] = [calls[0], calls.at(-1)];
      expect(last).toBeGreaterThan(WATCHED - 250);
      expect(last).toBeLessThan(WATCHED + 250);
      // Calls that are late, but not late enough to be dropped, come on top of the target.
      const window = 2_200;
      const full = calls.filter((at) => at + window <= last);
      expect(full.length).toBeGreaterThan(rate / 2);
      const most = Math.max(...full.map((at) => count(calls, at, at + window)));
      expect(most).toBeLessThanOrEqual((rate * window * 1.05) / 1_000);
      expect(speed(calls, first, last)).toBeGreaterThanOrEqual(rate * 0.9);
    },
  );

  test('lose no more slots than a worker that dies had taken', () => {
    const { clock, calls } = withDead;

    expect(calls[0]).toHaveLength(5);
    // Its share of one second, and at most of the next one.
    expect(clock.taken[0]).toBeLessThanOrEqual(2 * 50);
    expect(speed(withDead.made(), 2_500, WATCHED)).toBeGreaterThanOrEqual(200 * 0.9);
  });

  test('lose no more slots than a slow worker takes', () => {
    const [own = [], ...others] = withSlow.calls;

    expect(own.length).toBeGreaterThanOrEqual(3);
    expect(speed(withSlow.made(others), LEAD + 100, WATCHED)).toBeGreaterThanOrEqual(150 * 0.9);
    expect(speed(withSlow.made(), LEAD + 100, WATCHED)).toBeLessThanOrEqual(200 * 1.05);
  });
});

describe('a throttled worker', () => {
  const BEFORE = [LEAD + 50, 2_050] as const;
  // Calls that were prepared or slots that were taken before must not count.
  const AFTER = [3_250, WATCHED - 50] as const;

  test('halves its pace', () => {
    const before = speed(throttled.made(), ...BEFORE);

    expect(before).toBeGreaterThanOrEqual(45);
    expect(before).toBeLessThanOrEqual(52.5);
    expect(speed(throttled.made(), ...AFTER) / before).toBeGreaterThan(0.38);
    expect(speed(throttled.made(), ...AFTER) / before).toBeLessThan(0.55);
  });

  test('halves its pace only once when several calls of one second were throttled', () => {
    const before = speed(throttledOften.made(), ...BEFORE);

    expect(speed(throttledOften.made(), ...AFTER) / before).toBeGreaterThan(0.38);
    expect(speed(throttledOften.made(), ...AFTER) / before).toBeLessThan(0.55);
  });

  test('quarters its pace when it is throttled again later', () => {
    expect(speed(throttledTwice.made(), ...AFTER) / 50).toBeGreaterThan(0.18);
    expect(speed(throttledTwice.made(), ...AFTER) / 50).toBeLessThan(0.3);
  });

  test('halves its pace when all workers of a team are throttled', () => {
    const before = speed(allThrottled.made(), ...BEFORE);

    expect(before).toBeGreaterThanOrEqual(45);
    expect(speed(allThrottled.made(), ...AFTER) / before).toBeGreaterThan(0.35);
    expect(speed(allThrottled.made(), ...AFTER) / before).toBeLessThan(0.6);
  });

  test('does not slow down the other workers, which can use its slots', () => {
    const [own = [], ...others] = oneThrottled.calls;

    expect(count(own, ...AFTER)).toBeGreaterThan(0);
    expect(speed(own, ...AFTER)).toBeLessThan((50 / 4) * 0.6);
    expect(speed(oneThrottled.made(others), ...AFTER)).toBeGreaterThanOrEqual(50 * 0.75 * 0.9);
    expect(speed(oneThrottled.made(), ...AFTER)).toBeLessThanOrEqual(50 * 1.05);
  });

  test.each([
    [30, 5, 32],
    [24, 4, 32],
    [30, 5, 20],
  ])(
    'leaves a team at least 95 %% of its %d calls a second, with %d workers, when one call of %d is throttled',
    async (rate, workers, one) => {
      const team = new Team(rate, workers);
      let calls = 0;
      const afterwards = (pace: Pacer) => {
        calls += 1;
        if (calls % one === 0) pace.noteThrottled();
        else pace.noteAnswered();
      };

      await simulate(team.work(60_000, ...Array(workers).fill({ afterwards })));

      expect(speed(team.made(), 5_000, 60_000)).toBeGreaterThanOrEqual(rate * 0.95);
    },
  );

  test('recovers slowly while its calls are answered', () => {
    const calls = recovering.made();
    const early = speed(calls, LEAD + 50, LEAD + 1_250) / 48;
    const late = speed(calls, LEAD + 1_250, LEAD + 2_450) / 48;

    expect(early).toBeGreaterThan(0.38);
    expect(early).toBeLessThan(0.65);
    expect(late).toBeGreaterThan(early + 0.08);
    expect(late).toBeLessThan(0.92);
  });
});

describe('a pacer', () => {
  test.each([
    [-1_000, false],
    [-250, false],
    [-150, true],
    [0, true],
    [60, true],
  ])('makes a call whose slot is %d ms from now: %s', async (distance, inTime) => {
    const slot = Date.now() + distance;

    expect(await simulate(waitForSlot(slot))).toBe(inTime);

    expect(Date.now()).toBeGreaterThanOrEqual(slot);
  });

  test('gives slots in order, some time before they begin', async () => {
    const paces = new Team(100, 1).paces as [Pacer];
    const deadline = Date.now() + 10_000;
    const slots: number[] = [];
    for (let left = 5; left > 0; left--) slots.push((await simulate(paces[0].nextSlot(left, deadline))) ?? 0);

    const now = Date.now();
    expect(slots[0]).toBeGreaterThan(now + LEAD / 2);
    for (const [index, slot] of slots.slice(1).entries()) {
      expect(slot - (slots[index] ?? 0)).toBeCloseTo(1000 / 96, 3);
    }
  });

  test.each([
    ['has none', undefined],
    ['gives a later one', 60_000],
  ])('gives no slot after the deadline, without waiting, when the clock %s', async (_, ahead) => {
    const begin = Date.now();
    const takeSlots = async () => (ahead === undefined ? undefined : begin + ahead);
    const pace = new Pacer({ callsPerSecond: 10, workers: 1, takeSlots });

    expect(await pace.nextSlot(10, begin + 59_999)).toBeUndefined();
    expect(Date.now()).toBe(begin);
  });

  test('gives a throttled worker no slot after the deadline, without waiting', async () => {
    const [pace] = new Team(2, 4).paces as [Pacer];
    const deadline = Date.now() + 4_000;
    expect(await simulate(pace.nextSlot(10, deadline))).toBeDefined();
    const before = Date.now();

    pace.noteThrottled();

    expect(await pace.nextSlot(10, deadline)).toBeUndefined();
    expect(Date.now()).toBe(before);
  });

  test('asks the clock for slots before the deadline only', async () => {
    const asked: unknown[] = [];
    const takeSlots: PacerOptions['takeSlots'] = async ({ latest, lead }) => {
      asked.push(latest);
      return Date.now() + lead;
    };
    const pace = new Pacer({ callsPerSecond: 4, workers: 4, takeSlots });
    const deadline = Date.now() + 5_000;

    expect(await simulate(pace.nextSlot(2, deadline))).toBeLessThanOrEqual(deadline);

    expect(new Set(asked)).toEqual(new Set([deadline]));
  });

  test('takes no more slots than there are calls left', async () => {
    const { clock, paces } = new Team(100, 1);
    const [pace] = paces as [Pacer];
    for (let left = 7; left > 0; left--) await simulate(pace.nextSlot(left, Date.now() + 10_000));
    // simulated time
    await simulate(sleep(1_000));

    expect(clock.taken[0]).toBe(7);
  });

  test('rejects when the clock fails, and asks it again for the next slot', async () => {
    let asked = 0;
    const takeSlots = async () => {
      asked += 1;
      if (asked === 2 || asked === 3) throw new Error('no slots');
      return Date.now();
    };
    const pace = new Pacer({ callsPerSecond: 2, workers: 1, takeSlots });
    const next = () => simulate(pace.nextSlot(10, Date.now() + 10_000));

    expect(await next()).toBeDefined();
    expect(await next()).toBeDefined();
    await expect(next()).rejects.toThrow('no slots');
    expect(await next()).toBeDefined();
  });
});

// The event loop cannot be blocked in simulated time.
describeInSoak('a pacer in real time', () => {
  beforeAll(() => {
    jest.useRealTimers();
  });

  test('drops missed slots and does not make up for them', async () => {
    // GIVEN
    const team = new Team(100, 1);
    const working = team.work(2_600);
    // real time: the soak measures it.
    await sleep(1_300 - (Date.now() - team.begin));

    // WHEN the event loop is blocked for that long
    // real time: the soak measures it.
    while (Date.now() - team.begin < 1_900);
    await working;

    // THEN
    const calls = team.made();
    expect(count(calls, 1_000, 1_300)).toBeGreaterThan(20);
    // Calls that are up to 200 ms late, and those that are due. Without the limit there would be 60 more.
    expect(count(calls, 1_890, 2_000)).toBeGreaterThan(10);
    expect(count(calls, 1_890, 2_000)).toBeLessThanOrEqual(33);
    expect(speed(calls, 2_050, 2_600)).toBeGreaterThanOrEqual(85);
    expect(speed(calls, 2_050, 2_600)).toBeLessThanOrEqual(110);
  });
});
