import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { inputProblems } from '../lambda/campaign/preflight/input';
import { REASONS } from '../lambda/messages/reason';
import { CAMPAIGN_ERROR_NAMES, LINE_REASONS, SKIP_REASONS, USER_OUTCOMES } from '../lib/contract/campaign';
import { RESET_ERROR_NAMES } from '../lib/contract/reset';
import { PAGES, page, snippets } from './support/pages';

const ROOT = resolve(__dirname, '..');
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');

const BULK = page('docs/bulk.md');
const ERRORS = page('docs/errors.md');
const MESSAGES = page('docs/messages.md');

test('README and docs have TypeScript snippets', () => {
  expect(snippets('ts').length).toBeGreaterThanOrEqual(2);
});

test('the JSON snippets of README and docs are valid', () => {
  for (const code of snippets('json')) expect(() => JSON.parse(code)).not.toThrow();
});

const commands = PAGES.flatMap((file) => [...page(file).matchAll(/(?:^|`)npm (?:run )?([a-z]+)/gm)]);

test.each([...new Set(commands.map(([, name = '']) => name))])(
  'the command npm %s, which README or docs name, exists',
  (name) => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    expect(['ci', 'install', 'publish', 'version', ...Object.keys(scripts)]).toContain(name);
  },
);

test.each(['README.md', 'examples/README.md'])('%s says before each command where it runs', (file) => {
  // The AWS CLI runs anywhere.
  const commandBlocks = [...page(file).matchAll(/^(.*)\n\n```sh\n(?!aws )(.*)/gm)];

  expect(commandBlocks.length).toBeGreaterThanOrEqual(2);
  expect(commandBlocks.filter(([, before = '']) => !/\bclone\b|your project/.test(before))).toEqual([]);
});

test.each(PAGES.filter((file) => file !== 'CONTRIBUTING.md'))(
  '%s says that the commands of the repository need a clone, no later than where it names the first one',
  (file) => {
    const [withCommand = ''] = /[\s\S]*?`?npm (?:run|start|ci)\b.*/.exec(page(file)) ?? [];

    expect(withCommand === '' || /\bclone\b/.test(withCommand)).toBe(true);
  },
);

test.each(Object.values(RESET_ERROR_NAMES))('docs/errors.md explains the error %s', (name) => {
  expect(ERRORS).toContain(`| \`${name}\` |`);
});

test.each(Object.values(CAMPAIGN_ERROR_NAMES))('docs/bulk.md explains the error %s', (name) => {
  expect(BULK).toContain(`| \`${name}\` |`);
});

test('docs/bulk.md explains every outcome of a campaign, and every reason to skip a user or a line', () => {
  const names = [...SKIP_REASONS, ...LINE_REASONS, ...USER_OUTCOMES];

  // A report never has this reason: the ledger says what became of the user.
  expect(names.filter((name) => !BULK.includes(`| \`${name}\` |`))).toEqual(['IN_LEDGER']);
});

const inputs = PAGES.flatMap((file) =>
  [...page(file).matchAll(/start-execution [^\n]*--input '([^']*campaignId[^']*)'/g)].map(([, input = '']) => [
    file,
    input,
  ]),
);

test.each(inputs)('the preflight takes the input of a campaign in %s: %s', (_, text = '') => {
  const input = JSON.parse(text);

  expect(inputProblems(input, input.confirm.userPoolId)).toEqual([]);
});

test('docs/messages.md explains every reason that the trigger logs', () => {
  expect(REASONS.filter((reason) => !MESSAGES.includes(`\`${reason}\``))).toEqual([]);
});

test('the README has at most 200 lines', () => {
  expect(README.split('\n').length).toBeLessThanOrEqual(201);
});

/** The links of a page to other pages of the project, and to headings. */
const links = (file: string) =>
  [...page(file).matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)/g)].map(([, path = '', anchor]) => ({
    path,
    anchor,
  }));

/** The anchors that GitHub derives from the headings of a page. */
const anchorsOf = (text: string) =>
  [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

test.each(PAGES)('%s links only to pages and headings that exist', (file) => {
  const broken = links(file).filter(({ path, anchor }) => {
    const target = path === '' ? file : join(dirname(file), path);
    if (!existsSync(join(ROOT, target))) return true;
    return anchor !== undefined && !anchorsOf(page(target)).includes(anchor);
  });

  expect(broken).toEqual([]);
});

test('CONTRIBUTING.md names a file that exists for each of ten changes', () => {
  const [, table = ''] = /## Ten changes[^\n]*\n([\s\S]*?)\n## /.exec(page('CONTRIBUTING.md')) ?? [];
  const rows = table.split('\n').filter((line) => line.startsWith('| ') && line.includes('`'));
  const files = rows.flatMap((row) =>
    [...row.matchAll(/`((?:lib|lambda|tools|sandbox)\/[\w./-]+\/?)`/g)].map(([, name]) => name ?? ''),
  );

  expect(rows).toHaveLength(10);
  expect(files.length).toBeGreaterThanOrEqual(10);
  expect(files.filter((name) => !existsSync(join(ROOT, name)))).toEqual([]);
});
