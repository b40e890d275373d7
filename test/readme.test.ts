import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import ts from 'typescript';
import { REASONS } from '../lambda/messages/reason';
import { CAMPAIGN_ERROR_NAMES, LINE_REASONS, SKIP_REASONS, USER_OUTCOMES } from '../lib/contract/campaign';
import { RESET_ERROR_NAMES } from '../lib/contract/reset';

const ROOT = resolve(__dirname, '..');
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');

const BULK = readFileSync(join(ROOT, 'docs', 'bulk.md'), 'utf8');

const DOCS = readdirSync(join(ROOT, 'docs')).map((file) => readFileSync(join(ROOT, 'docs', file), 'utf8'));

const snippets = (language: string) =>
  [...[README, ...DOCS].join('\n').matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].flatMap(([, name, code]) =>
    name === language ? [code ?? ''] : [],
  );

test('the TypeScript snippets of README and docs compile', () => {
  // Inside the project, so that the compiler finds its packages.
  const folder = mkdtempSync(join(ROOT, 'node_modules', '.snippets-'));
  let problems: string[];
  try {
    problems = compile(snippets('ts').map((code, index) => ({ file: join(folder, `${index + 1}.ts`), code })));
  } finally {
    rmSync(folder, { recursive: true });
  }

  expect(problems).toEqual([]);
});

test('README and docs have TypeScript snippets', () => {
  expect(snippets('ts').length).toBeGreaterThanOrEqual(2);
});

test('the JSON snippets of README and docs are valid', () => {
  for (const code of snippets('json')) expect(() => JSON.parse(code)).not.toThrow();
});

test.each(snippets('sh').flatMap((code) => [...code.matchAll(/^npm (?:run )?(\w+)/gm)].map(([, name]) => name ?? '')))(
  'the command npm %s of a shell snippet exists',
  (name) => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    expect(['ci', ...Object.keys(scripts)]).toContain(name);
  },
);

test.each(Object.values(RESET_ERROR_NAMES))('the README explains the error %s', (name) => {
  expect(README).toContain(`| \`${name}\` |`);
});

test.each(Object.values(CAMPAIGN_ERROR_NAMES))('docs/bulk.md explains the error %s', (name) => {
  expect(BULK).toContain(`| \`${name}\` |`);
});

test('docs/bulk.md explains every outcome of a campaign, and every reason to skip a user or a line', () => {
  const names = [...SKIP_REASONS, ...LINE_REASONS, ...USER_OUTCOMES];

  // A report never has this reason: the ledger says what became of the user.
  expect(names.filter((name) => !BULK.includes(`| \`${name}\` |`))).toEqual(['IN_LEDGER']);
});

test('the README explains every reason that the trigger logs', () => {
  expect(REASONS.filter((reason) => !README.includes(`\`${reason}\``))).toEqual([]);
});

/** Compiles all snippets at once, because reading the packages takes most of the time. Returns the errors. */
function compile(sources: { file: string; code: string }[]): string[] {
  for (const { file, code } of sources) writeFileSync(file, code);
  const { compilerOptions } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), ts.sys.readFile).config;
  const { options } = ts.parseJsonConfigFileContent({ compilerOptions }, ts.sys, ROOT);
  const program = ts.createProgram(
    sources.map(({ file }) => file),
    { ...options, paths: { 'cdk-cognito-password-reset': [join(ROOT, 'lib', 'index.ts')] } },
  );
  return ts
    .getPreEmitDiagnostics(program)
    .map(
      ({ file, messageText }) =>
        `${basename(file?.fileName ?? '')}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`,
    );
}
