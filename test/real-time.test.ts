import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { sourceFiles } from './support/imports';
import { realTimeIn } from './support/real-time';

const ROOT = resolve(__dirname, '..');

const TESTS = sourceFiles(ROOT).filter((file) => /^(?:sandbox\/)?test\/.*\.ts$/.test(file));

test('no test depends on how fast the machine is, or it gives the reason in a comment: // real time: …', () => {
  const found = TESTS.flatMap((file) =>
    realTimeIn(readFileSync(join(ROOT, file), 'utf8')).map(({ line, text }) => `${file}:${line}: ${text}`),
  );

  expect(found).toEqual([]);
});

test.each([
  ['a timer', 'await new Promise((resolve) => setTimeout(resolve, 50));'],
  ['an imported timer', "import { setTimeout as pause } from 'node:timers/promises';\nawait pause(50);"],
  ['a namespace of timers', "import * as timers from 'node:timers/promises';\nawait timers.setTimeout(50);"],
  ['a poll', 'setInterval(() => done() && resolve(), 20);'],
  ['a stopwatch', 'expect(performance.now() - begin).toBeLessThan(500);'],
  ['elapsed time', 'expect(Date.now() - started).toBeLessThan(500);'],
])('a planted test that depends on time is found: %s', (_, source) => {
  expect(realTimeIn(source)).toHaveLength(1);
  expect(realTimeIn(source.replace(/(.*)$/, '// real time: it is measured.\n$1'))).toEqual([]);
});

test.each([
  ['a time in the past', 'const late = new Date(Date.now() - 280_000);'],
  ['an event', 'await until(() => calls > 0);'],
  ['the timeout of a client', 'const client = new Client({ requestHandler: { socketTimeout: 300 } });'],
])('what does not depend on time is not found: %s', (_, source) => {
  expect(realTimeIn(source)).toEqual([]);
});
