import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type FunctionDefinition, LambdaService } from 'cloud-assembly-sandbox';
import ts from 'typescript';
import { DeployedReset } from '../support/deployed-reset';

const ROOT = resolve(__dirname, '..', '..');
const ASSETS = join(ROOT, 'assets');
const ASSET = join(ASSETS, 'reset');

/** The files of each asset: index.js, and the files that are loaded only with an option. */
const FILES: Readonly<Record<string, string[]>> = {
  'campaign-listing': ['index.js'],
  'campaign-preflight': ['index.js'],
  'campaign-summary': ['index.js'],
  'campaign-worker': ['index.js'],
  messages: ['index.js', 'next.js', 'used-signatures.js'],
  reset: ['idempotency.js', 'index.js', 'signing.js'],
  'sms-readiness': ['index.js'],
  attach: ['index.js'],
  synth: ['index.js'],
};

test('the bundle of the reset function has at most 235 KB', () => {
  expect(readFileSync(join(ASSET, 'index.js')).length).toBeLessThanOrEqual(235_000);
});

test('the assets contain only the bundles: notices in them would change the asset hash', () => {
  const present = readdirSync(ASSETS).map((asset) => [asset, readdirSync(join(ASSETS, asset)).sort()]);
  expect(Object.fromEntries(present)).toEqual(FILES);
});

test.each(Object.entries(FILES).flatMap(([asset, files]) => files.map((file) => [asset, file] as const)))(
  '%s/%s loads only modules of Node.js and files of its own asset',
  (asset, file) => {
    const required = modulesOf(readFileSync(join(ASSETS, asset, file), 'utf8'));
    const beside = (FILES[asset] ?? []).map((name) => `./${name}`);

    expect(
      required.filter((name) => !builtinModules.includes(name.replace(/^node:/, '')) && !beside.includes(name)),
    ).toEqual([]);
  },
);

/** The modules that the code loads. Not those in strings: error messages of the SDK name modules to load. */
function modulesOf(code: string): string[] {
  const names: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node)) {
      const [name] = node.arguments;
      const loads =
        node.expression.kind === ts.SyntaxKind.ImportKeyword ||
        (ts.isIdentifier(node.expression) && node.expression.text === 'require');
      if (loads && name !== undefined) names.push(ts.isStringLiteralLike(name) ? name.text : name.getText());
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('index.js', code, ts.ScriptTarget.Latest, true));
  return names;
}

test('the search for loaded modules finds require and import calls, and ignores strings', () => {
  const code = 'require("one"); import(`two`); const text = `require("three")`; require(four)';
  expect(modulesOf(code)).toEqual(['one', 'two', 'four']);
});

describe('the license notices', () => {
  const notices = readFileSync(join(ROOT, 'THIRD-PARTY-NOTICES.txt'), 'utf8');

  test.each([
    '@aws-sdk/client-cognito-identity-provider',
    '@aws-sdk/client-dynamodb',
    '@smithy/core',
    '@aws-lambda-powertools/logger',
    '@aws-lambda-powertools/idempotency',
    '@aws-sdk/client-kms',
    '@aws-sdk/client-lambda',
    '@aws-sdk/client-s3',
    'csv-parse',
    'parse5',
  ])('contain %s', (name) => {
    expect(notices).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\(`, 'm'));
  });

  test('contain only licenses without copyleft, with their texts where the license requires it', () => {
    const entries = notices
      .split(/^-{80}$/m)
      .slice(1)
      .map((entry) => entry.trim());
    for (const entry of entries) {
      const [heading = '', ...text] = entry.split('\n');
      expect(heading).toMatch(/ \((Apache-2\.0|BSD-2-Clause|MIT|MIT-0|0BSD)\)$/);
      if (!heading.endsWith('(MIT-0)')) expect(text.join('\n')).toMatch(/Copyright|Apache License/);
    }
  });
});

test.each<[Record<string, string>, string]>([
  [{}, 'RESET_REQUIRED'],
  [{ IDEMPOTENCY_TABLE_NAME: 'table', IDEMPOTENCY_EXPIRES_AFTER_SECONDS: '60' }, 'Runtime.ExitError'],
  [{ SIGNING_KEY_ARN: 'arn:aws:kms:us-east-1:111122223333:key/1' }, 'Runtime.ExitError'],
])('the reset function loads the code of an option only with that option: environment %j', async (option, ending) => {
  // GIVEN the function, with code of the options that throws when it is loaded
  const reset = await DeployedReset.start();
  await reset.addUser('one');
  const codeDirectory = mkdtempSync(join(tmpdir(), 'broken-options-'));
  cpSync(ASSET, codeDirectory, { recursive: true });
  for (const file of ['idempotency.js', 'signing.js']) {
    writeFileSync(join(codeDirectory, file), 'throw new Error("loaded")');
  }
  const definition = reset.sandbox.assembly.functions[0] as FunctionDefinition;
  const environment = { ...definition.environment, ...option };
  const lambda = await LambdaService.start({
    functions: [{ ...definition, codeDirectory, environment }],
    environmentVariablesOf: () => ({
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
