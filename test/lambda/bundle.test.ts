import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { LambdaService } from '../../sandbox/lambda';
import type { FunctionDefinition } from '../../sandbox/service';
import { DeployedReset } from './deployed-reset';

const ROOT = resolve(__dirname, '..', '..');
const ASSET = join(ROOT, 'assets', 'reset');

test('the reset function is at most 235 KB', () => {
  expect(readFileSync(join(ASSET, 'index.js')).length).toBeLessThanOrEqual(235_000);
});

test.each(readdirSync(ASSET))('%s needs nothing but Node.js itself and what stands beside it', (file) => {
  const code = readFileSync(join(ASSET, file), 'utf8');
  const required = [...code.matchAll(/(?:require|import)\(\s*["'`]([^"'`]+)["'`]\s*\)/g)].map(([, name]) => name ?? '');
  const beside = readdirSync(ASSET).map((name) => `./${name}`);

  expect(required.length).toBeGreaterThan(0);
  expect(
    required.filter((name) => !builtinModules.includes(name.replace(/^node:/, '')) && !beside.includes(name)),
  ).toEqual([]);
});

describe('the notices', () => {
  const notices = readFileSync(join(ROOT, 'THIRD-PARTY-NOTICES.txt'), 'utf8');

  test.each([
    '@aws-sdk/client-cognito-identity-provider',
    '@aws-sdk/client-dynamodb',
    '@smithy/core',
    '@aws-lambda-powertools/logger',
    '@aws-lambda-powertools/idempotency',
  ])('name %s', (name) => {
    expect(notices).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\(`, 'm'));
  });

  test('are all of licences without copyleft, with the texts of those that ask for it', () => {
    const entries = notices
      .split(/^-{80}$/m)
      .slice(1)
      .map((entry) => entry.trim());
    for (const entry of entries) {
      const [heading = '', ...text] = entry.split('\n');
      expect(heading).toMatch(/ \((Apache-2\.0|MIT|MIT-0|0BSD)\)$/);
      if (!heading.endsWith('(MIT-0)')) expect(text.join('\n')).toMatch(/Copyright|Apache License/);
    }
  });

  test('stand outside the asset, whose hash they would change', () => {
    expect(readdirSync(ASSET).sort()).toEqual(['idempotency.js', 'index.js']);
  });
});

test.each([
  [false, 'RESET_REQUIRED'],
  [true, 'Runtime.ExitError'],
])('the code of idempotency is loaded only with the option: %s', async (idempotency, ending) => {
  // GIVEN the function, with code of idempotency that cannot be loaded
  const reset = await DeployedReset.start({ idempotency });
  await reset.addUser('one');
  const codeDirectory = mkdtempSync(join(tmpdir(), 'broken-idempotency-'));
  cpSync(ASSET, codeDirectory, { recursive: true });
  writeFileSync(join(codeDirectory, 'idempotency.js'), 'throw new Error("loaded")');
  const lambda = await LambdaService.start({
    functions: [{ ...(reset.sandbox.assembly.functions[0] as FunctionDefinition), codeDirectory }],
    environmentOf: () => ({
      AWS_ENDPOINT_URL: reset.sandbox.endpoint,
      AWS_ACCESS_KEY_ID: 'developer',
      AWS_SECRET_ACCESS_KEY: 'developer',
    }),
  });

  // WHEN
  const { payload } = await lambda.invoke(reset.functionName, { username: 'one' });
  await lambda.stop();
  await reset.stop();
  rmSync(codeDirectory, { recursive: true });

  // THEN
  const { status, errorType } = payload as { status?: string; errorType?: string };
  expect(status ?? errorType).toBe(ending);
});
