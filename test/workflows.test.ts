import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { page } from './support/pages';

const FOLDER = join('.github', 'workflows');

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly strategy?: { readonly matrix: Readonly<Record<string, unknown>> };
  readonly steps?: readonly Step[];
}

const files = readdirSync(resolve(__dirname, '..', FOLDER));
const jobs = files.flatMap((file) => {
  const workflow: { permissions: Job['permissions']; jobs: Record<string, Job> } = parse(page(join(FOLDER, file)));
  return Object.entries(workflow.jobs).map(([name, job]) => ({
    name: `${file}: ${name}`,
    permissions: job.permissions ?? workflow.permissions,
    matrix: job.strategy?.matrix,
    steps: job.steps ?? [],
  }));
});
const manifest = JSON.parse(page('package.json'));

test('jobs may read the repository, and only one may publish and one may write a release', () => {
  const more = jobs.filter(({ permissions }) => JSON.stringify(permissions) !== '{"contents":"read"}');

  expect(more.map(({ name, permissions }) => [name, permissions])).toEqual([
    ['release.yml: publish', { contents: 'read', 'id-token': 'write' }],
    ['release.yml: release', { contents: 'write' }],
  ]);
});

test('the workflows need no secret, and keep no credentials in the clone', () => {
  const checkouts = jobs.flatMap(({ steps }) => steps.filter(({ uses }) => uses?.startsWith('actions/checkout@')));

  expect(files.map((file) => page(join(FOLDER, file))).filter((text) => /\bsecrets\b/.test(text))).toEqual([]);
  expect(checkouts.length).toBeGreaterThan(5);
  expect(checkouts.filter((step) => step.with?.['persist-credentials'] !== false)).toEqual([]);
});

test.each(files)('%s names every action by its commit, and its version in a comment', (file) => {
  const used = page(join(FOLDER, file)).match(/uses: (?!\.\/).*/g) ?? [];

  expect(used.filter((line) => !/^uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line))).toEqual([]);
});

test('the tests run on every Node.js that is supported, and with the lowest and the newest CDK', () => {
  const matrices = Object.assign({}, ...jobs.map(({ matrix }) => matrix));
  const commands = jobs.flatMap(({ steps }) => steps.map(({ run }) => run));

  expect(matrices).toEqual({ node: [20, 22, 24] });
  expect(commands).toContain('npm run test:consumers');
  expect(manifest.engines.node).toBe('>= 20.0.0');
});

test('publishing runs prepublishOnly, which .npmrc turns off, and makes provenance', () => {
  const publishing = jobs.flatMap(({ steps }) => steps.flatMap(({ run }) => run?.match(/npm publish.*/g) ?? []));

  expect(page('.npmrc')).toContain('ignore-scripts=true');
  expect(publishing).toEqual(['npm publish --ignore-scripts=false --provenance --access public']);
});

test('the scripts of npm that the workflows run exist', () => {
  const commands = jobs.flatMap(({ steps }) => steps.map(({ run = '' }) => run)).join('\n');
  const names = [...commands.matchAll(/npm run (?:-s )?([\w:]+)/g)].map(([, name]) => name ?? '');

  expect(names.length).toBeGreaterThan(3);
  expect(names.filter((name) => !(name in manifest.scripts))).toEqual([]);
});

test('Dependabot updates every lock file of npm', () => {
  const { updates } = parse(page('.github/dependabot.yml'));
  const ofNpm = updates.filter((each: Record<string, string>) => each['package-ecosystem'] === 'npm');

  expect(ofNpm.map(({ directory }: { directory: string }) => join(directory, 'package-lock.json'))).toEqual([
    '/package-lock.json',
    '/api/package-lock.json',
    '/integ/package-lock.json',
  ]);
});
