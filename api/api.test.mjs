import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { devNull } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { ALLOWED_CHANGES, API_PAGE, Assembly, LANGUAGES_PAGE, ROOT } from './assembly.mjs';

const CHANGED = 'lib/reset/admin-password-reset.ts';
const KEY = 'removed:cdk-cognito-password-reset.AdminPasswordReset.metricResets';

const assembly = new Assembly();
/** The library with a method of another name, which an example calls that is not corrected. */
const changed = new Assembly(
  { file: CHANGED, from: 'public metricResets(', to: 'public metricOfResets(' },
  { file: CHANGED, from: ' * passwordReset.grantInvoke(', to: ' * passwordReset.metricResets(' },
);
after(() => {
  assembly.delete();
  changed.delete();
});

const pageOf = (file) => readFileSync(join(ROOT, file), 'utf8');

test('nothing breaks a program that was written for the last release, except what is allowed', () => {
  assert.deepEqual(assembly.breakingChanges(), []);
});

test('a breaking change is allowed while it is there, and with a reason', () => {
  const lines = readFileSync(ALLOWED_CHANGES, 'utf8').trim().split('\n');
  const keys = lines.filter((line) => !line.startsWith('#'));
  const withoutReason = keys.filter((key) => !lines[lines.indexOf(key) - 1]?.startsWith('#'));
  const there = keys.length === 0 ? [] : assembly.breakingChanges(devNull);
  const notThere = keys.filter((key) => !there.includes(key));

  assert.deepEqual({ withoutReason, notThere }, { withoutReason: [], notThere: [] });
});

test('a method that is missing is found, although the library is experimental', () => {
  assert.deepEqual(changed.breakingChanges(), [KEY]);
});

test('a method that is missing is let through when that is allowed', () => {
  const allowed = join(changed.folder, 'allowed-changes.txt');
  writeFileSync(allowed, `# a reason\n${KEY}\n`);

  assert.deepEqual(changed.breakingChanges(allowed), []);
});

test(`${API_PAGE} has the public surface: npm run api writes it`, () => {
  assert.equal(assembly.apiPage(), pageOf(API_PAGE));
});

test(`a change of the public surface makes another ${API_PAGE}`, () => {
  assert.match(changed.apiPage(), /metricOfResets/);
  assert.doesNotMatch(pageOf(API_PAGE), /metricOfResets/);
});

test('every class has an example', () => {
  const types = Object.values(JSON.parse(assembly.read('.jsii')).types);
  const classes = types.filter(({ kind }) => kind === 'class');

  assert.ok(classes.length > 10);
  assert.deepEqual(
    classes.filter(({ docs }) => docs.example === undefined).map(({ name }) => name),
    [],
  );
});

test(`every example compiles, and ${LANGUAGES_PAGE} has its translation: npm run api writes it`, () => {
  assembly.translateExamples();

  assert.equal(assembly.languagesPage(), pageOf(LANGUAGES_PAGE));
  assert.equal([...pageOf(LANGUAGES_PAGE).matchAll(/^```\w+\n[^`]/gm)].length, 4);
});

test('an example that does not compile is found', () => {
  assert.throws(
    () => changed.translateExamples(),
    /Property 'metricResets' does not exist on type 'AdminPasswordReset'/,
  );
});
