import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import ts from 'typescript';
import { CAMPAIGN_ERROR_NAMES } from '../lib/campaign-contract';
import { ERROR_NAMES } from '../lib/contract';

const ROOT = resolve(__dirname, '..');
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');

const BULK = readFileSync(join(ROOT, 'docs', 'bulk.md'), 'utf8');

const DOCS = readdirSync(join(ROOT, 'docs')).map((file) => readFileSync(join(ROOT, 'docs', file), 'utf8'));

const snippets = (language: string) =>
  [...[README, ...DOCS].join('\n').matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].flatMap(([, name, code]) =>
    name === language ? [code ?? ''] : [],
  );

test('the snippets compile', () => {
  // Within the project, so that its packages are found.
  const folder = mkdtempSync(join(ROOT, 'test', 'snippet-'));
  let problems: string[];
  try {
    problems = compile(snippets('ts').map((code, index) => ({ file: join(folder, `${index + 1}.ts`), code })));
  } finally {
    rmSync(folder, { recursive: true });
  }

  expect(problems).toEqual([]);
});

test('there are snippets to compile', () => {
  expect(snippets('ts').length).toBeGreaterThanOrEqual(2);
});

test('the JSON is JSON', () => {
  for (const code of snippets('json')) expect(() => JSON.parse(code)).not.toThrow();
});

test.each(snippets('sh').flatMap((code) => [...code.matchAll(/^npm (?:run )?(\w+)/gm)].map(([, name]) => name ?? '')))(
  'npm has the command %s',
  (name) => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    expect(['ci', ...Object.keys(scripts)]).toContain(name);
  },
);

test.each(Object.values(ERROR_NAMES))('%s is explained', (name) => {
  expect(README).toContain(`| \`${name}\` |`);
});

test.each(Object.values(CAMPAIGN_ERROR_NAMES))('%s is explained', (name) => {
  expect(BULK).toContain(`| \`${name}\` |`);
});

test('every outcome of a campaign, and every reason to skip a user or a line, is explained', () => {
  const contract = readFileSync(join(ROOT, 'lib', 'campaign-contract.ts'), 'utf8');
  const names = ['SkipReason', 'LineReason', 'Outcome'].flatMap((type) => {
    const [, union = ''] = new RegExp(`export type ${type} =([\\s\\S]+?);\\n\\n`).exec(contract) ?? [];
    return [...union.matchAll(/'(\w+)'/g)].map(([, name]) => name ?? '');
  });

  expect(names.length).toBe(6 + 3 + 7);
  // The ledger says more of those who are in it, so that no report has this reason.
  expect(names.filter((name) => !BULK.includes(`| \`${name}\` |`))).toEqual(['IN_LEDGER']);
});

test('every reason that the trigger logs is explained', () => {
  const folder = join(ROOT, 'lambda', 'messages');
  const sources = readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8'));
  const reasons = sources.flatMap((source) => [...source.matchAll(/(?:reason|why): '(\w+)'/g)].map(([, name]) => name));

  expect(reasons.length).toBeGreaterThanOrEqual(10);
  expect(reasons.filter((reason) => !README.includes(`\`${reason}\``))).toEqual([]);
});

/** What the compiler has to say, of all at once: most of its time it reads the packages. */
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
