import { setTimeout as sleep } from 'node:timers/promises';
import { Pacer, type PacerOptions, waitForSlot } from '../../../../lambda/campaign/worker/pacer';

/** The clock of all workers, as the ledger keeps it. */
class Clock {
  /** How many slots each worker took. */
  readonly taken: number[] = [];
  readonly #interval: number;
  #nextAt = 0;

  constructor(callsPerSecond: number) {
    // A little less than the limit is aimed at.
    this.#interval = 1000 / (callsPerSecond * 0.96);
  }

  of(worker: number): PacerOptions['takeSlots'] {
    return async ({ duration, lead, latest }) => {
      await sleep(5);
      const first = Math.max(this.#nextAt, Date.now() + lead);
      if (first > latest) return undefined;
      this.#nextAt = first + duration;
      this.taken[worker] = (this.taken[worker] ?? 0) + Math.round(duration / this.#interval);
      return first;
    };
  }
}

/** What a worker does. */
interface Work {
  /** After how many calls it stops; never without it. */
  readonly calls?: number;
  /** What it does before it looks at the next call. */
  readonly between?: () => Promise<unknown>;
  /** Once a call was made. */
  readonly afterwards?: (pace: Pacer) => void;
}

/** Workers that share a limit. Nobody throttles them. */
class Team {
  readonly clock: Clock;
  readonly paces: readonly Pacer[];
  readonly begin = Date.now();
  /** When each worker made its calls, in milliseconds since the beginning. */
  readonly calls: readonly number[][];

  constructor(callsPerSecond: number, workers: number) {
    this.clock = new Clock(callsPerSecond);
    this.calls = Array.from({ length: workers }, () => []);
    this.paces = this.calls.map(
      (_, worker) => new Pacer({ callsPerSecond, workers, takeSlots: this.clock.of(worker) }),
    );
  }

  /** Lets all of them work, for so many milliseconds; each as it is said, or as it may. */
  async work(milliseconds: number, ...how: Work[]): Promise<this> {
    await Promise.all(this.paces.map((pace, worker) => this.#work(worker, pace, milliseconds, how[worker] ?? {})));
    return this;
  }

  /** Calls of all of them, or of some, in order. */
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
    this.calls[worker]?.push(Date.now() - this.begin);
    afterwards?.(pace);
  }
}

const count = (calls: readonly number[], from: number, to: number) =>
  calls.filter((at) => at >= from && at < to).length;

/** Calls a second. */
const speed = (calls: readonly number[], from: number, to: number) => (count(calls, from, to) * 1000) / (to - from);

/** Calls are prepared so long before they are made, in milliseconds: the first ones come after that. */
const LEAD = 1_000;

/** For how long each team works, in milliseconds. */
const WATCHED = 4_500;

const LIMITS = [
  [50, 3],
  [200, 4],
  [200, 20],
] as const;

/** What one team did, each while all the others were at work: nearly all of the time is spent waiting. */
let limited: Team[];
let withDead: Team;
let withSlow: Team;
let throttled: Team;
let throttledTwice: Team;
let throttledOften: Team;
let allThrottled: Team;
let oneThrottled: Team;
let recovering: Team;

/** Lets a team work, and throttles workers at some times. */
async function throttle(team: Team, workers: readonly number[], ...times: number[]): Promise<Team> {
  const working = team.work(WATCHED);
  for (const at of times) {
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
    (await Promise.all([
      new Team(200, 4).work(WATCHED, { calls: 5 }),
      new Team(200, 4).work(WATCHED, { between: () => sleep(700) }),
      throttle(new Team(50, 1), [0], 1_100),
      throttle(new Team(50, 1), [0], 50, 1_100),
      throttle(new Team(50, 1), [0], ...often),
      throttle(new Team(50, 4), [0, 1, 2, 3], 1_100),
      throttle(new Team(50, 4), [0], 1_100),
      recovering.work(WATCHED, answered),
      ...LIMITS.map(([rate, workers]) => new Team(rate, workers).work(WATCHED, ...Array(workers).fill(answered))),
    ])) as [Team, Team, Team, Team, Team, Team, Team, Team, ...Team[]];
});

describe('workers that share a limit', () => {
  test.each(LIMITS.map((limit, index) => [...limit, index] as const))(
    'of %d a second keep it, and use it: %d of them',
    (rate, _, index) => {
      const calls = limited[index]?.made() ?? [];
      const [first = 0, last = 0] = [calls[0], calls.at(-1)];
      expect(last).toBeGreaterThan(WATCHED - 250);
      expect(last).toBeLessThan(WATCHED + 250);
      // What is late, and not so late that it is given up, comes on top of what is aimed at.
      const window = 2_200;
      const full = calls.filter((at) => at + window <= last);
      expect(full.length).toBeGreaterThan(rate / 2);
      const most = Math.max(...full.map((at) => count(calls, at, at + window)));
      expect(most).toBeLessThanOrEqual((rate * window * 1.05) / 1_000);
      expect(speed(calls, first, last)).toBeGreaterThanOrEqual(rate * 0.9);
    },
  );

  test('lose no more than was taken by one of them that dies', () => {
    const { clock, calls } = withDead;

    expect(calls[0]).toHaveLength(5);
    // Its part of a second, and of the next one at the most.
    expect(clock.taken[0]).toBeLessThanOrEqual(2 * 50);
    expect(speed(withDead.made(), 2_500, WATCHED)).toBeGreaterThanOrEqual(200 * 0.9);
  });

  test('lose no more than is taken by one of them that is slow', () => {
    const [own = [], ...others] = withSlow.calls;

    expect(own.length).toBeGreaterThanOrEqual(3);
    expect(speed(withSlow.made(others), LEAD + 100, WATCHED)).toBeGreaterThanOrEqual(150 * 0.9);
    expect(speed(withSlow.made(), LEAD + 100, WATCHED)).toBeLessThanOrEqual(200 * 1.05);
  });
});

describe('a worker that is throttled', () => {
  const BEFORE = [LEAD + 50, 2_050] as const;
  // What was prepared or taken before is no measure.
  const AFTER = [3_250, WATCHED - 50] as const;

  test('goes half as fast', () => {
    const before = speed(throttled.made(), ...BEFORE);

    expect(before).toBeGreaterThanOrEqual(45);
    expect(before).toBeLessThanOrEqual(52.5);
    expect(speed(throttled.made(), ...AFTER) / before).toBeGreaterThan(0.38);
    expect(speed(throttled.made(), ...AFTER) / before).toBeLessThan(0.55);
  });

  test('goes half as fast when more than one call of a second was throttled', () => {
    const before = speed(throttledOften.made(), ...BEFORE);

    expect(speed(throttledOften.made(), ...AFTER) / before).toBeGreaterThan(0.38);
    expect(speed(throttledOften.made(), ...AFTER) / before).toBeLessThan(0.55);
  });

  test('goes a quarter as fast when it is throttled once more later', () => {
    expect(speed(throttledTwice.made(), ...AFTER) / 50).toBeGreaterThan(0.18);
    expect(speed(throttledTwice.made(), ...AFTER) / 50).toBeLessThan(0.3);
  });

  test('goes half as fast as one of many, who are all throttled', () => {
    const before = speed(allThrottled.made(), ...BEFORE);

    expect(before).toBeGreaterThanOrEqual(45);
    expect(speed(allThrottled.made(), ...AFTER) / before).toBeGreaterThan(0.35);
    expect(speed(allThrottled.made(), ...AFTER) / before).toBeLessThan(0.6);
  });

  test('leaves the others as they were, and to them what it does not take', () => {
    const [own = [], ...others] = oneThrottled.calls;

    expect(count(own, ...AFTER)).toBeGreaterThan(0);
    expect(speed(own, ...AFTER)).toBeLessThan((50 / 4) * 0.6);
    expect(speed(oneThrottled.made(others), ...AFTER)).toBeGreaterThanOrEqual(50 * 0.75 * 0.9);
    expect(speed(oneThrottled.made(), ...AFTER)).toBeLessThanOrEqual(50 * 1.05);
  });

  test('recovers slowly when its calls are answered', () => {
    const calls = recovering.made();
    const early = speed(calls, LEAD + 50, LEAD + 1_250) / 48;
    const late = speed(calls, WATCHED - 1_200, WATCHED) / 48;

    expect(early).toBeGreaterThan(0.38);
    expect(early).toBeLessThan(0.65);
    expect(late).toBeGreaterThan(early + 0.08);
    expect(late).toBeLessThan(0.92);
  });
});

describe('slots', () => {
  test('that were missed are given up, and not made up for', async () => {
    // GIVEN
    const team = new Team(100, 1);
    const working = team.work(2_600);
    await sleep(1_300 - (Date.now() - team.begin));

    // WHEN nothing moves for so long
    while (Date.now() - team.begin < 1_900);
    await working;

    // THEN
    const calls = team.made();
    expect(count(calls, 1_000, 1_300)).toBeGreaterThan(20);
    // What is late by 200 ms at the most, and what is due: without that, 60 more.
    expect(count(calls, 1_890, 2_000)).toBeGreaterThan(10);
    expect(count(calls, 1_890, 2_000)).toBeLessThanOrEqual(33);
    expect(speed(calls, 2_050, 2_600)).toBeGreaterThanOrEqual(85);
    expect(speed(calls, 2_050, 2_600)).toBeLessThanOrEqual(110);
  });

  test.each([
    [-1_000, false],
    [-250, false],
    [-150, true],
    [0, true],
    [60, true],
  ])('%d ms from now: %s', async (distance, inTime) => {
    const slot = Date.now() + distance;

    expect(await waitForSlot(slot)).toBe(inTime);

    // A timer may be a millisecond early.
    expect(Date.now()).toBeGreaterThanOrEqual(slot - 2);
  });

  test('are told some time before they come, and in their order', async () => {
    const { paces } = new Team(100, 1);
    const deadline = Date.now() + 10_000;
    const slots: number[] = [];
    for (let left = 5; left > 0; left--) slots.push((await paces[0]?.nextSlot(left, deadline)) ?? 0);

    const now = Date.now();
    expect(slots[0]).toBeGreaterThan(now + LEAD / 2);
    for (const [index, slot] of slots.slice(1).entries()) {
      expect(slot - (slots[index] ?? 0)).toBeCloseTo(1000 / 96, 3);
    }
  });

  test.each([
    ['says so', undefined],
    ['gives one nevertheless', 60_000],
  ])('after the deadline are none, and nobody waits for them: the clock %s', async (_, ahead) => {
    const begin = Date.now();
    const takeSlots = async () => (ahead === undefined ? undefined : begin + ahead);
    const pace = new Pacer({ callsPerSecond: 10, workers: 1, takeSlots });

    expect(await pace.nextSlot(10, begin + 59_999)).toBeUndefined();
    expect(Date.now() - begin).toBeLessThan(500);
  });

  test('of a worker that is throttled are none when the next one is after the deadline, and nobody waits for it', async () => {
    const [pace] = new Team(2, 4).paces;
    const begin = Date.now();
    expect(await pace?.nextSlot(10, begin + 4_000)).toBeDefined();

    pace?.noteThrottled();

    expect(await pace?.nextSlot(10, begin + 4_000)).toBeUndefined();
    expect(Date.now() - begin).toBeLessThan(1_000);
  });

  test('are asked for no later than the deadline', async () => {
    const asked: unknown[] = [];
    const takeSlots: PacerOptions['takeSlots'] = async ({ latest, lead }) => {
      asked.push(latest);
      return Date.now() + lead;
    };
    const pace = new Pacer({ callsPerSecond: 4, workers: 4, takeSlots });
    const deadline = Date.now() + 5_000;

    expect(await pace.nextSlot(2, deadline)).toBeLessThanOrEqual(deadline);

    expect(new Set(asked)).toEqual(new Set([deadline]));
  });

  test('are taken for what is left to do, and for no more', async () => {
    const { clock, paces } = new Team(100, 1);
    for (let left = 7; left > 0; left--) await paces[0]?.nextSlot(left, Date.now() + 10_000);
    await sleep(20);

    expect(clock.taken[0]).toBe(7);
  });

  test('of a clock that fails are an error, and are asked for again', async () => {
    let asked = 0;
    const takeSlots = async () => {
      asked += 1;
      if (asked === 2 || asked === 3) throw new Error('no time');
      return Date.now();
    };
    const pace = new Pacer({ callsPerSecond: 2, workers: 1, takeSlots });
    const next = () => pace.nextSlot(10, Date.now() + 10_000);

    expect(await next()).toBeDefined();
    expect(await next()).toBeDefined();
    await expect(next()).rejects.toThrow('no time');
    expect(await next()).toBeDefined();
  });
});
