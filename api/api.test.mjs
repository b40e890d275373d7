import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { devNull } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { ALLOWED_CHANGES, Assembly } from './assembly.mjs';

const RENAMED = {
  file: 'lib/reset/admin-password-reset.ts',
  from: 'public metricResets(',
  to: 'public metricResetted(',
};
const KEY = 'removed:cdk-cognito-password-reset.AdminPasswordReset.metricResets';

const assembly = new Assembly();
after(() => assembly.delete());

describe('a breaking change', () => {
  const changed = new Assembly(RENAMED);
  after(() => changed.delete());

  test('since the last release is not there, except those that are allowed', () => {
    assert.deepEqual(assembly.breakingChanges(), []);
  });

  test('is allowed only while it is there, with a reason', () => {
    const lines = readFileSync(ALLOWED_CHANGES, 'utf8').trim().split('\n');
    const keys = lines.filter((line) => !line.startsWith('#'));
    const there = keys.length === 0 ? [] : assembly.breakingChanges(devNull);

    assert.deepEqual(
      keys.filter((key) => !there.includes(key)),
      [],
    );
    assert.deepEqual(
      keys.filter((key) => !lines[lines.indexOf(key) - 1].startsWith('#')),
      [],
    );
  });

  test('is found, although the library is experimental', () => {
    assert.ok(changed.breakingChanges().includes(KEY));
  });

  test('is let through when it is allowed', () => {
    const allowed = join(changed.folder, 'allowed-changes.txt');
    writeFileSync(allowed, `# a reason\n${KEY}\n`);

    assert.deepEqual(
      changed.breakingChanges(allowed).filter((key) => key === KEY),
      [],
    );
  });
});
