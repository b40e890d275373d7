import { formatDuration, Progress } from '../../../tools/campaign/progress';

/** A progress of 300 users, at a time in seconds since the start and with a number of users that the test sets. */
function progressOf300() {
  const state = { seconds: 0, count: 0 };
  const progress = new Progress(
    300,
    () => state.count,
    () => 1_700_000_000_000 + state.seconds * 1000,
  );
  const at = (seconds: number, count: number) => Object.assign(state, { seconds, count });
  return { progress, at };
}

test('the first line has the rate since the start, and the time left', () => {
  const { progress, at } = progressOf300();
  at(10, 150);

  expect(progress.current()).toBe(`${'█'.repeat(16)}${'░'.repeat(16)} 150 of 300, 15.0 users per second, 0:10 left`);
});

test('the lines after it have the rate of the last twenty seconds', () => {
  const { progress, at } = progressOf300();
  for (const [seconds, count] of [
    [10, 200],
    [20, 210],
    [30, 220],
  ] as const) {
    at(seconds, count);
    progress.current();
  }
  at(40, 230);

  expect(progress.current()).toMatch(/230 of 300, 1\.0 users per second, 1:10 left$/);
});

test('no rate and no time left are shown while no user is reset', () => {
  const { progress, at } = progressOf300();
  at(10, 0);

  expect(progress.current()).toBe(`${'░'.repeat(32)} 0 of 300`);
});

test('the last line has the time that it took and the rate of the whole time', () => {
  const { progress, at } = progressOf300();
  at(10, 150);
  progress.current();
  at(15, 300);

  expect(progress.final()).toBe(`${'█'.repeat(32)} 300 of 300 in 0:15, 20.0 users per second`);
});

test('the bar is not full when a user is left', () => {
  const { progress, at } = progressOf300();
  at(15, 299);

  expect(progress.final()).toMatch(/^█{31}░ 299 of 300 in /);
});

test.each([
  [0, '0:00'],
  [59.6, '1:00'],
  [3_599, '59:59'],
  [3_600, '1:00:00'],
  [36_061, '10:01:01'],
])('the progress shows %s seconds as %s', (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});
