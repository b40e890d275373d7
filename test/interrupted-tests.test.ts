import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { until } from './support/deployment';

const ROOT = resolve(__dirname, '..');
const OF_PROJECT = join(ROOT, 'test', 'support', 'jest');
const OF_SANDBOX = join(ROOT, 'sandbox', 'test', 'support', 'jest');

/** A suite that leaves a file in its temporary folder, tells its process, and does not end. */
const SUITE = `test('waits', () => {
  require('node:fs').writeFileSync(require('node:path').join(require('node:os').tmpdir(), 'left'), '');
  require('node:fs').writeFileSync(require('node:path').join(__dirname, process.pid + '.pid'), '');
  return new Promise(() => setInterval(() => {}, 1_000));
});`;

let folder: string;
let processIds: number[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'interrupted-'));
  processIds = [];
});
afterEach(() => {
  for (const processId of processIds.filter(isRunning)) process.kill(processId, 'SIGKILL');
  rmSync(folder, { recursive: true });
});

test.each(['SIGINT', 'SIGTERM'] as const)(
  'a run of the tests that %s ends leaves no files and no workers',
  async (signal) => {
    // GIVEN
    const temporary = join(folder, 'temporary');
    mkdirSync(temporary);
    for (const name of ['one', 'two']) writeFileSync(join(folder, `${name}.test.js`), SUITE);
    const config = {
      rootDir: folder,
      testTimeout: 300_000,
      cacheDirectory: join(folder, 'cache'),
      testEnvironment: join(OF_PROJECT, 'environment.js'),
      runtime: join(OF_PROJECT, 'runtime.js'),
      globalSetup: join(OF_SANDBOX, 'global-setup.js'),
      globalTeardown: join(OF_SANDBOX, 'global-teardown.js'),
      transform: { '\\.ts$': [require.resolve('@swc/jest'), { jsc: { parser: { syntax: 'typescript' } } }] },
    };
    const jest = require.resolve('jest/bin/jest');
    const child = spawn(process.execPath, [jest, '--config', JSON.stringify(config), '--maxWorkers', '2'], {
      env: { ...process.env, TMPDIR: temporary },
      stdio: 'ignore',
    });
    const closed = once(child, 'close');
    const pids = () => readdirSync(folder).filter((name) => name.endsWith('.pid'));
    await until(() => pids().length === 2 || child.exitCode !== null);
    const workers = pids().map((name) => Number.parseInt(name, 10));
    processIds = [Number(child.pid), ...workers];

    // WHEN
    child.kill(signal);
    const [, endedBy] = await closed;
    await until(() => !processIds.some(isRunning));

    // THEN
    expect(endedBy).toBe(signal);
    expect(workers).toHaveLength(2);
    expect(workers).not.toContain(child.pid);
    expect(readdirSync(temporary)).toEqual([]);
  },
);

function isRunning(processId: number): boolean {
  try {
    return process.kill(processId, 0);
  } catch {
    return false;
  }
}
