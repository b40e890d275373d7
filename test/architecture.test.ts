import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { circlesOf, type Import, importsIn, importsOf, sourceFiles } from './support/imports';

const ROOT = resolve(__dirname, '..');

/**
 * What the files of a folder may import besides those of the same folder: other folders and files of the project, or
 * packages. The longest folder that a file lies in has the say.
 */
interface Rule {
  readonly folder: string;
  readonly mayImport: readonly string[];
  /** Packages by name or scope; without it, every one that the package.json of the file names. */
  readonly packages?: readonly string[];
  /** Where code belongs that the rule does not let in. */
  readonly instead: string;
}

const OWN_NAME = 'cdk-cognito-password-reset';
const CDK = ['aws-cdk-lib', 'constructs'];
/** What functions may load: it is bundled into them. They never load the CDK. */
const RUNTIME = ['@aws-sdk', '@smithy', '@aws-lambda-powertools', 'aws-lambda', 'csv-parse'];
const SHARED_BY_BOTH = 'what constructs and functions both know belongs in lib/contract, which imports nothing';
const FEATURES = 'what several features use belongs in lib/private';
const FUNCTIONS =
  'what several functions use belongs in lambda/shared; the steps of a campaign share lambda/campaign/shared';
const ENGINE = 'the engine knows nothing of the product: a command that knows both belongs in tools';
const CONSUMER = 'use the library as a consumer does, by lib/index.ts or lib/contract';

const RULES: readonly Rule[] = [
  {
    folder: 'lib/index.ts',
    mayImport: ['lib/function', 'lib/reset', 'lib/messages', 'lib/sms', 'lib/bulk'],
    packages: [],
    instead: 'lib/index.ts is an export list',
  },
  { folder: 'lib/contract', mayImport: [], packages: [], instead: SHARED_BY_BOTH },
  { folder: 'lib/function', mayImport: [], packages: CDK, instead: FEATURES },
  { folder: 'lib/private', mayImport: ['lib/contract', 'lib/function'], packages: CDK, instead: FEATURES },
  {
    folder: 'lib/messages',
    mayImport: ['lib/contract', 'lib/function', 'lib/private'],
    packages: CDK,
    instead: FEATURES,
  },
  { folder: 'lib/sms', mayImport: ['lib/contract', 'lib/function', 'lib/private'], packages: CDK, instead: FEATURES },
  {
    folder: 'lib/reset',
    mayImport: ['lib/contract', 'lib/function', 'lib/private', 'lib/messages/reset-messages.ts'],
    packages: CDK,
    instead: FEATURES,
  },
  {
    folder: 'lib/bulk',
    mayImport: [
      'lib/contract',
      'lib/function',
      'lib/private',
      'lib/reset/admin-password-reset.ts',
      'lib/sms/sms-readiness.ts',
    ],
    packages: CDK,
    instead: FEATURES,
  },
  {
    folder: 'lambda/bundle.mjs',
    mayImport: ['lambda/left-out.mjs', 'lambda/sbom.mjs', 'lambda/up-to-date.mjs'],
    packages: ['esbuild'],
    instead: FUNCTIONS,
  },
  { folder: 'lambda/left-out.mjs', mayImport: [], packages: [], instead: FUNCTIONS },
  { folder: 'lambda/sbom.mjs', mayImport: [], packages: [], instead: FUNCTIONS },
  { folder: 'lambda/up-to-date.mjs', mayImport: [], packages: [], instead: FUNCTIONS },
  {
    folder: 'lambda/shared',
    mayImport: ['lib/contract'],
    packages: RUNTIME,
    instead: `${SHARED_BY_BOTH}; ${FUNCTIONS}`,
  },
  ...['reset', 'messages', 'attach', 'sms-readiness', 'campaign/shared'].map((name) => ({
    folder: `lambda/${name}`,
    mayImport: ['lib/contract', 'lambda/shared'],
    packages: RUNTIME,
    instead: `${SHARED_BY_BOTH}; ${FUNCTIONS}`,
  })),
  ...['preflight', 'listing', 'worker', 'summary'].map((name) => ({
    folder: `lambda/campaign/${name}`,
    mayImport: ['lib/contract', 'lambda/shared', 'lambda/campaign/shared'],
    packages: RUNTIME,
    instead: `${SHARED_BY_BOTH}; ${FUNCTIONS}`,
  })),
  {
    folder: 'synth',
    mayImport: ['lib/contract'],
    packages: ['parse5'],
    instead: SHARED_BY_BOTH,
  },
  { folder: 'bin', mayImport: ['lib/index.ts'], packages: [...CDK, 'cdk-nag'], instead: CONSUMER },
  { folder: 'examples', mayImport: ['lib/index.ts'], packages: [...CDK, 'cdk-nag'], instead: CONSUMER },
  { folder: 'api', mayImport: [], packages: [], instead: 'its tools look at the compiled library, and are commands' },
  {
    folder: 'integ',
    mayImport: [],
    packages: [...CDK, '@aws-cdk/integ-tests-alpha', 'cdk-cognito-password-reset'],
    instead: 'it uses the library as the package that a consumer installs',
  },
  {
    folder: 'bench',
    mayImport: ['tools/shared'],
    packages: ['cloud-assembly-sandbox', 'esbuild', ...RUNTIME],
    instead: 'the bench measures the built bundles',
  },
  { folder: 'sandbox/jest.config.js', mayImport: [], packages: [], instead: ENGINE },
  { folder: 'sandbox/src', mayImport: [], instead: ENGINE },
  { folder: 'sandbox/test', mayImport: ['sandbox/src'], instead: ENGINE },
  ...['demo', 'campaign', 'notes', 'plan', 'readiness', 'serve', 'shared', 'verify'].map((name) => ({
    folder: `tools/${name}`,
    mayImport: ['lib/index.ts', 'lib/contract', 'tools/shared'],
    instead: `${CONSUMER}; what several commands use belongs in tools/shared`,
  })),
  {
    folder: 'tools/templates',
    mayImport: ['lib/index.ts', 'bin', 'examples', 'tools/shared'],
    instead: CONSUMER,
  },
  { folder: 'tools/lint', mayImport: ['tools/templates/synthesize-all.ts', 'tools/shared'], instead: CONSUMER },
  {
    folder: 'tools/preview',
    // It shows what the trigger would send, with the code of the trigger.
    mayImport: ['lib/contract', 'lib/messages', 'lambda/messages', 'tools/shared'],
    instead: 'what several commands use belongs in tools/shared',
  },
  {
    folder: 'test',
    mayImport: ['lib', 'lambda', 'bin', 'bench', 'examples', 'tools'],
    instead: 'tests of the sandbox belong in sandbox/test; others use it as the package cloud-assembly-sandbox',
  },
  {
    folder: 'test/fixtures/languages',
    mayImport: [],
    packages: [...CDK, OWN_NAME],
    instead: 'the app of a user, who has the published package and the CDK',
  },
  {
    folder: 'test/support/jest',
    mayImport: ['sandbox/test/support', 'test/support/aws-calls'],
    instead: 'what runs before the tests of the project runs before those of the sandbox too',
  },
  { folder: 'jest.config.js', mayImport: [], packages: [], instead: 'the configuration of Jest loads nothing' },
  {
    folder: 'jest.languages.config.js',
    mayImport: ['jest.config.js'],
    packages: [],
    instead: 'as jest.soak.config.js',
  },
  {
    folder: 'jest.consumers.config.js',
    mayImport: ['jest.config.js'],
    packages: [],
    instead: 'as jest.soak.config.js',
  },
  { folder: 'jest.soak.config.js', mayImport: ['jest.config.js'], packages: [], instead: 'it extends jest.config.js' },
];

const isIn = (path: string, place: string) => path === place || path.startsWith(`${place}/`);

function ruleOf(file: string): Rule | undefined {
  return RULES.filter(({ folder }) => isIn(file, folder)).sort((a, b) => b.folder.length - a.folder.length)[0];
}

/** The packages that a package.json names. The types of `x` are in `@types/x`. */
function packagesNamedIn(folder: string): Set<string> {
  const { dependencies, devDependencies } = JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8'));
  const names = Object.keys({ ...dependencies, ...devDependencies });
  return new Set(names.flatMap((name) => [name, name.replace('@types/', '')]));
}

const PACKAGES = {
  project: packagesNamedIn('.'),
  sandbox: packagesNamedIn('sandbox'),
  // The library is installed from its tarball, which has another hash each time.
  integ: packagesNamedIn('integ').add('cdk-cognito-password-reset'),
};

/** Jest brings along what test/support extends of it. */
const WITH_JEST = ['@jest/test-sequencer', 'jest-environment-node', 'jest-runtime'];

/** One sentence for each import that no rule allows, with where the code belongs. */
function breachesOf(imports: readonly Import[]): string[] {
  return imports.flatMap(({ from, to, line, isPackage }) => {
    const rule = ruleOf(from);
    if (rule === undefined) return [`${from} lies in a folder without a rule: add one to test/architecture.test.ts`];
    const allowed = isPackage
      ? mayLoad(from, to) && (rule.packages?.some((name) => isIn(to, name)) ?? true)
      : isIn(to, rule.folder) || rule.mayImport.some((place) => isIn(to, place));
    return allowed ? [] : [`${from}:${line} imports ${to}, which ${rule.folder} may not: ${rule.instead}`];
  });
}

/**
 * Only tools, tests and the bench know both the engine and the product, and only the app of a user knows the library by its
 * name.
 */
function mayLoad(from: string, name: string): boolean {
  if (name === 'cloud-assembly-sandbox') return ['tools', 'test', 'bench'].some((folder) => isIn(from, folder));
  if (name === OWN_NAME && isIn(from, 'test/fixtures')) return true;
  const own = (['sandbox', 'integ'] as const).find((folder) => isIn(from, folder)) ?? 'project';
  const named = PACKAGES[own];
  return named.has(name) || WITH_JEST.includes(name);
}

const FILES = sourceFiles(ROOT);
const imports = importsOf(ROOT, FILES);

test('every source file lies in a folder with a rule', () => {
  expect(FILES.filter((file) => ruleOf(file) === undefined)).toEqual([]);
});

test('every import follows the rules of who may import whom', () => {
  expect(breachesOf(imports)).toEqual([]);
});

test('no files import each other in a circle', () => {
  expect(circlesOf(imports)).toEqual([]);
});

test('what the sandbox uses outside its tests is a dependency of its own package.json', () => {
  const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'sandbox', 'package.json'), 'utf8'));
  const used = imports.filter(({ from, isPackage }) => isPackage && isIn(from, 'sandbox/src')).map(({ to }) => to);

  expect(used.filter((name) => !(name in dependencies))).toEqual([]);
});

test('the sandbox and the project agree on the version of every package that both name', () => {
  const [project, sandbox] = ['.', 'sandbox'].map((folder) => {
    const { dependencies, devDependencies } = JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8'));
    return { ...dependencies, ...devDependencies } as Record<string, string>;
  });
  const both = Object.keys(sandbox ?? {}).filter((name) => name in (project ?? {}));

  expect(both.length).toBeGreaterThan(0);
  expect(both.map((name) => [name, sandbox?.[name]])).toEqual(both.map((name) => [name, project?.[name]]));
});

test('every test lies where what it tests lies', () => {
  const folders = new Set(FILES.filter((file) => file.endsWith('.test.ts')).map((file) => dirname(file)));
  const tested = (folder: string) => {
    // They test the whole package, packed.
    if (folder === 'test/consumers') return '';
    return folder.startsWith('sandbox/test')
      ? folder.replace('sandbox/test', 'sandbox/src')
      : folder.replace(/^test\/?/, '');
  };

  expect([...folders].filter((folder) => !existsSync(join(ROOT, tested(folder))))).toEqual([]);
});

test('helpers of tests lie in test/support or sandbox/test/support, and what they read in test/fixtures', () => {
  const inTests = FILES.filter((file) => isIn(file, 'test') || isIn(file, 'sandbox/test'));
  const loose = inTests.filter(
    (file) => !file.endsWith('.test.ts') && !/(?:^|\/)test\/(?:support|fixtures)\//.test(file),
  );

  expect(loose).toEqual([]);
});

describe('planted breaches are found', () => {
  test.each([
    ['lib/contract/reset.ts', "import { Duration } from 'aws-cdk-lib';", 'lib/contract'],
    ['lib/sms/regions.ts', "export * from '../bulk/campaign-pace';", 'lib/private'],
    ['lib/reset/reset-task.ts', "import { handler } from '../../lambda/reset/handler';", 'lib/private'],
    ['lambda/reset/handler.ts', "const { Stack } = require('aws-cdk-lib');", 'lambda/shared'],
    ['lambda/shared/user-pool.ts', "import type { ParsedRequest } from '../reset/request';", 'lambda/shared'],
    ['lambda/messages/handler.ts', "type Target = import('../campaign/shared/ledger').Ledger;", 'lambda/shared'],
    ['sandbox/src/sandbox.ts', "import { AdminPasswordReset } from '../../lib';", 'tools'],
    ['sandbox/test/sandbox.test.ts', "import { run } from '../../test/support/commands';", 'tools'],
    ['tools/plan/command.ts', "import { countOf } from '../preview/html';", 'tools/shared'],
    ['test/lib/reset/reset-task.test.ts', "import '../../../sandbox/src/gateway/gateway';", 'cloud-assembly-sandbox'],
    ['integ/integ.reset.ts', "import { AdminPasswordReset } from '../lib';", 'consumer installs'],
    ['bench/run.ts', "await import('../lambda/reset/handler');", 'built bundles'],
    ['lib/reset/reset-task.ts', "import bulk = require('../bulk/definition');", 'lib/private'],
    ['lambda/reset/handler.ts', "import sandbox = require('cloud-assembly-sandbox');", 'lambda/shared'],
    ['lambda/reset/handler.ts', "import 'no-such-package';", 'lambda/shared'],
    ['test/lib/reset/reset-task.test.ts', "import 'cdk-cognito-password-reset';", 'sandbox/test'],
    ['sandbox/src/model.ts', "import 'esbuild';", 'tools'],
    ['test/lib/reset/reset-task.test.ts', "jest.requireActual('../../../sandbox/src/sandbox');", 'cloud-assembly'],
  ])('%s: %s', (file, source, place) => {
    const [breach, ...others] = breachesOf(importsIn(source, file, ROOT));

    expect(others).toEqual([]);
    expect(breach).toContain(`${file}:1 imports`);
    expect(breach).toContain(place);
  });

  test.each(['lib/feature/new.ts', 'lambda/new/index.ts', 'lambda/campaign/loose.ts', 'scripts/new.mts'])(
    'a file in a folder without a rule: %s',
    (file) => {
      expect(breachesOf(importsIn("import { App } from 'aws-cdk-lib';", file, ROOT))).toEqual([
        `${file} lies in a folder without a rule: add one to test/architecture.test.ts`,
      ]);
    },
  );

  test('a circle of three files, and one of a file with itself', () => {
    const chain = [
      { from: 'a', to: 'b' },
      { from: 'b', to: 'c' },
      { from: 'c', to: 'a' },
      { from: 'c', to: 'd' },
      { from: 'd', to: 'd' },
    ];

    expect(circlesOf(chain)).toEqual([['a', 'b', 'c'], ['d']]);
    expect(circlesOf(chain.slice(0, 2))).toEqual([]);
  });
});
