import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import ts from 'typescript';
import { REASONS } from '../lambda/messages/reason';
import { CAMPAIGN_ERROR_NAMES, LINE_REASONS, SKIP_REASONS, USER_OUTCOMES } from '../lib/contract/campaign';
import { RESET_ERROR_NAMES } from '../lib/contract/reset';

const ROOT = resolve(__dirname, '..');
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');

const page = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const BULK = page('docs/bulk.md');
const ERRORS = page('docs/errors.md');
const MESSAGES = page('docs/messages.md');

/** Every page that a reader is sent to, from the root of the project. */
const PAGES = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'examples/README.md',
  ...readdirSync(join(ROOT, 'docs')).map((file) => `docs/${file}`),
];

const snippets = (language: string) =>
  [
    ...PAGES.map(page)
      .join('\n')
      .matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm),
  ].flatMap(([, name, code]) => (name === language ? [code ?? ''] : []));

test('the snippets compile', () => {
  // Within the project, so that its packages are found.
  const folder = mkdtempSync(join(ROOT, 'node_modules', '.snippets-'));
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

const commands = PAGES.flatMap((file) => [...page(file).matchAll(/(?:^|`)npm (?:run )?([a-z]+)/gm)]);

test.each([...new Set(commands.map(([, name = '']) => name))])(
  'npm has the command %s, which the pages name',
  (name) => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    expect(['ci', 'install', ...Object.keys(scripts)]).toContain(name);
  },
);

test.each(Object.values(RESET_ERROR_NAMES))('%s is explained', (name) => {
  // In a row of the table, alone or beside others of the same kind.
  expect(ERRORS).toMatch(new RegExp(`^\\|[^|]*\`${name}\`[^|]*\\|`, 'm'));
});

test.each(Object.values(CAMPAIGN_ERROR_NAMES))('%s is explained', (name) => {
  expect(BULK).toContain(`| \`${name}\` |`);
});

test('every outcome of a campaign, and every reason to skip a user or a line, is explained', () => {
  const names = [...SKIP_REASONS, ...LINE_REASONS, ...USER_OUTCOMES];

  // The ledger says more of those who are in it, so that no report has this reason.
  expect(names.filter((name) => !BULK.includes(`| \`${name}\` |`))).toEqual(['IN_LEDGER']);
});

test('every reason that the trigger logs is explained', () => {
  expect(REASONS.filter((reason) => !MESSAGES.includes(`\`${reason}\``))).toEqual([]);
});

test('the README fits the first visit: at most 200 lines', () => {
  expect(README.split('\n').length).toBeLessThanOrEqual(201);
});

/** Links of a page to other places of the project, with the line that they stand in. */
const links = (file: string) =>
  [...page(file).matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)/g)].map(([, path = '', anchor]) => ({
    path,
    anchor,
  }));

/** What GitHub makes of a heading. */
const anchorsOf = (text: string) =>
  [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

test.each(PAGES)('every link within the project that %s has leads to a page and a heading that exist', (file) => {
  const broken = links(file).filter(({ path, anchor }) => {
    const target = path === '' ? file : join(dirname(file), path);
    if (!existsSync(join(ROOT, target))) return true;
    return anchor !== undefined && !anchorsOf(page(target)).includes(anchor);
  });

  expect(broken).toEqual([]);
});

test('CONTRIBUTING names the file where each of ten changes begins, and each file exists', () => {
  const [, table = ''] = /## Ten changes[^\n]*\n([\s\S]*?)\n## /.exec(page('CONTRIBUTING.md')) ?? [];
  const rows = table.split('\n').filter((line) => line.startsWith('| ') && line.includes('`'));
  const files = rows.flatMap((row) =>
    [...row.matchAll(/`((?:lib|lambda|tools|sandbox)\/[\w./-]+\/?)`/g)].map(([, name]) => name ?? ''),
  );

  expect(rows).toHaveLength(10);
  expect(files.length).toBeGreaterThanOrEqual(10);
  expect(files.filter((name) => !existsSync(join(ROOT, name)))).toEqual([]);
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
