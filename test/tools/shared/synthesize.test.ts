import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { synthesizeApp } from '../../../tools/shared/synthesize';

/** Has a `node` that notes its arguments. */
let folder: string;
const { PATH } = process.env;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'synthesize-test-'));
  const node = join(folder, 'node');
  writeFileSync(node, `#!/bin/sh\necho "$*" >> '${join(folder, 'runs')}'\nexec '${process.execPath}' "$@"\n`);
  chmodSync(node, 0o755);
  process.env.PATH = `${folder}${delimiter}${PATH}`;
});
afterEach(() => {
  process.env.PATH = PATH;
  rmSync(folder, { recursive: true });
});

test('apps that are synthesized side by side are built once; each failure has its own words, and leaves no folder', async () => {
  const many = synthesizeApp({ maxResetsPerSecond: 'many' });
  const none = synthesizeApp({ maxResetsPerSecond: '0' });

  await Promise.all([
    expect(many).rejects.toThrow(
      'the app of bin/ could not be synthesized: maxResetsPerSecond: got "many", expected a number, as in -c maxResetsPerSecond=10',
    ),
    expect(none).rejects.toThrow(
      /^the app of bin\/ could not be synthesized: maxResetsPerSecond: got 0, expected a number from /,
    ),
  ]);
  const runs = readFileSync(join(folder, 'runs'), 'utf8').trim().split('\n');
  expect(runs.sort()).toEqual(['--import tsx bin/app.ts', '--import tsx bin/app.ts', 'lambda/bundle.mjs']);
  expect(readdirSync(tmpdir()).filter((name) => name.startsWith('cdk-cognito-password-reset-'))).toEqual([]);
});
