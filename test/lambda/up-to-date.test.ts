import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const MODULE = resolve(__dirname, '..', '..', 'lambda', 'up-to-date.mjs');

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'up-to-date-'));
  mkdirSync(join(root, 'assets'));
  writeFileSync(join(root, 'source.ts'), 'source');
  writeFileSync(join(root, 'assets', 'index.js'), 'bundle');
});
afterEach(() => rmSync(root, { recursive: true }));

const FILES = ['source.ts', 'assets/index.js'];

/** Evaluates an expression in a process of its own, because Jest does not load ES modules. */
function evaluate(expression: string): unknown {
  const code = `const m = await import(${JSON.stringify(MODULE)}); console.log(JSON.stringify(await ${expression}) ?? '""');`;
  return JSON.parse(execFileSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' }));
}

const isUpToDate = () => evaluate(`m.isUpToDate(${JSON.stringify(root)})`);
const remember = () => evaluate(`m.remember(${JSON.stringify(root)}, ${JSON.stringify(FILES)})`);

test('bundles are out of date when nothing is remembered', () => {
  expect(isUpToDate()).toBe(false);
});

test('bundles are up to date as long as no file changes', () => {
  remember();
  expect(isUpToDate()).toBe(true);
});

test.each(FILES)('bundles are out of date when %s changes or is deleted', (file) => {
  remember();
  writeFileSync(join(root, file), 'changed');
  expect(isUpToDate()).toBe(false);
  rmSync(join(root, file));
  expect(isUpToDate()).toBe(false);
});
