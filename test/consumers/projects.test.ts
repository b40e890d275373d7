import { cpSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Consumer, type Ended, expectSuccess, NODE_MAJORS, readSetup } from '../support/consumers/consumer';
import { FLOOR } from '../support/consumers/versions';

const ROOT = resolve(__dirname, '..', '..');
const { newestCdk, newestConstructs, tarball } = readSetup();
const NEWEST = [`aws-cdk-lib@${newestCdk}`, `constructs@${newestConstructs}`];

/** What a user writes first, after the imports. It is JavaScript and TypeScript. */
const APP = `
const app = new App({ outdir: 'out' });
const stack = new Stack(app, 'Stack');
const userPool = new UserPool(stack, 'Users');
const catalog = MessageCatalog.fromInline({
  defaultLocale: 'en',
  templates: { reset: { en: { emailSubject: 'Reset', emailHtml: '<p>{{code}}</p>', sms: 'Your code is {{code}}' } } },
});
const messages = new ResetMessages(stack, 'Messages', { userPool, catalog });
const passwordReset = new AdminPasswordReset(stack, 'Reset', { userPool, messages });
new BulkPasswordReset(stack, 'Bulk', { passwordReset });
app.synth();
`;
const NAMES = 'AdminPasswordReset, BulkPasswordReset, MessageCatalog, ResetMessages';
const COMMONJS = `
const { App, Stack } = require('aws-cdk-lib');
const { UserPool } = require('aws-cdk-lib/aws-cognito');
const { ${NAMES} } = require('cdk-cognito-password-reset');
${APP}`;
const ES_MODULE = `
import { App, Stack } from 'aws-cdk-lib';
import { UserPool } from 'aws-cdk-lib/aws-cognito';
import { ${NAMES} } from 'cdk-cognito-password-reset';
${APP}`;

/** The template of the app, which every project must write. */
let expected: string;
const consumers: Consumer[] = [];
const consumer = (...args: ConstructorParameters<typeof Consumer>) => {
  const made = new Consumer(...args);
  consumers.push(made);
  return made;
};
afterEach(() => {
  for (const made of consumers.splice(0)) made.delete();
});

/** Checks that an app ended well and wrote the template, and removes it. */
function expectSynthesized(project: Consumer, ended: Ended): void {
  expectSuccess(ended);
  const template = project.read('out/Stack.template.json');
  expected ??= template;
  expect(template === expected ? 'the same template' : template).toBe('the same template');
  rmSync(join(project.folder, 'out'), { recursive: true });
}

describe('with the newest aws-cdk-lib, JavaScript', () => {
  let project: Consumer;
  beforeAll(() => {
    project = new Consumer({ 'app.js': COMMONJS, 'app.mjs': ES_MODULE });
    project.install(...NEWEST, 'esbuild@0.28.2');
  });
  afterAll(() => project.delete());

  test.each(NODE_MAJORS)('synthesizes as CommonJS and as an ES module on Node.js %d', (major) => {
    expect(project.runOn(major, 'node', '-p', 'process.version').output).toMatch(new RegExp(`^v${major}\\.`));
    expectSynthesized(project, project.runOn(major, 'node', 'app.js'));
    expectSynthesized(project, project.runOn(major, 'node', 'app.mjs'));
  });

  /** A bundle that is an ES module lacks what the CommonJS modules in it use. */
  const REQUIRE =
    "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url); import { fileURLToPath } from 'node:url'; import { dirname } from 'node:path'; const __filename = fileURLToPath(import.meta.url), __dirname = dirname(__filename);";
  const BUNDLES = [
    { format: 'CommonJS', file: 'bundle/app.cjs', options: ['app.js', '--format=cjs'] },
    { format: 'ES module', file: 'bundle/app.mjs', options: ['app.mjs', '--format=esm', `--banner:js=${REQUIRE}`] },
  ] as const;

  describe.each(BUNDLES)('a bundle of esbuild as $format', ({ file, options, format }) => {
    const bundle = (...more: string[]) => {
      rmSync(join(project.folder, 'bundle'), { recursive: true, force: true });
      const args = [...options, '--bundle', '--platform=node', `--outfile=${file}`, '--log-level=error', ...more];
      expectSuccess(project.run('esbuild', ...args));
    };

    test('synthesizes with --packages=external', () => {
      bundle('--packages=external');

      expectSynthesized(project, project.run('node', file));
    });

    test('says how to bundle, without the assets, and synthesizes when they are copied beside the bundle', () => {
      bundle();
      const { status, output } = project.run('node', file);
      expect([status, format, output]).toEqual([1, format, expect.stringContaining('--packages=external')]);
      // Node.js prints the line of the source before the error.
      const [, command = ''] = /^Error: assets: .*(cp -r \S+ \S+)$/m.exec(output) ?? [];

      expectSuccess(project.run('sh', '-c', command));
      // The template validation of aws-cdk-lib reads a WebAssembly file, which a bundler does not copy either.
      expectSynthesized(project, project.run('env', 'CDK_VALIDATION=false', 'node', file));
    });
  });
});

const STRICT = JSON.stringify({
  compilerOptions: {
    target: 'es2022',
    module: 'node16',
    strict: true,
    skipLibCheck: false,
    types: ['node'],
    outDir: 'js',
  },
  files: ['app.ts'],
});

test.each([
  { typescript: '5.9.3', cdk: FLOOR.cdk, constructs: FLOOR.constructs, node: 20 },
  { typescript: '5.9.3', cdk: newestCdk, constructs: newestConstructs, node: 22 },
  { typescript: '6.0.3', cdk: FLOOR.cdk, constructs: newestConstructs, node: 24 },
  { typescript: '6.0.3', cdk: newestCdk, constructs: newestConstructs, node: 24 },
] as const)('TypeScript $typescript, strict and without skipLibCheck, with aws-cdk-lib $cdk', (row) => {
  const project = consumer({ 'app.ts': ES_MODULE, 'tsconfig.json': STRICT }, row.node);
  const others = [`typescript@${row.typescript}`, '@types/node@20'];
  project.install(`aws-cdk-lib@${row.cdk}`, `constructs@${row.constructs}`, ...others);

  expect(project.run('tsc', '--pretty', 'false')).toEqual({ status: 0, output: '' });
  expectSynthesized(project, project.run('node', 'js/app.js'));
});

test('a project as cdk init writes it, with an exact version of aws-cdk-lib', () => {
  const template = join(ROOT, 'node_modules', 'aws-cdk', 'lib', 'init-templates');
  const read = (file: string) => readFileSync(join(template, file), 'utf8');
  const versions: Record<string, string> = JSON.parse(read('.init-version.json'));
  const { devDependencies } = JSON.parse(read('app/typescript/package.json'));
  const exact = versions['aws-cdk-lib']?.replace('^', '');
  const needed = ['@types/jest', '@types/node', 'tsx', 'typescript'].map((name) => [name, devDependencies[name]]);
  const manifest = {
    private: true,
    devDependencies: Object.fromEntries(needed),
    dependencies: { 'aws-cdk-lib': exact, constructs: versions.constructs },
  };
  const project = consumer({
    'bin/app.ts': ES_MODULE,
    'package.json': JSON.stringify(manifest),
    'tsconfig.json': read('app/typescript/tsconfig.json'),
  });
  project.install();

  expectSuccess(project.run('tsc'));
  expectSynthesized(project, project.run('tsx', 'bin/app.ts'));
  expect(JSON.parse(project.read('node_modules/aws-cdk-lib/package.json')).version).toBe(exact);
});

test('npm names the peer dependency to a project with an exact version before the oldest that is allowed', () => {
  const project = consumer({
    'package.json': JSON.stringify({
      private: true,
      dependencies: { 'aws-cdk-lib': '2.234.1', constructs: '^10.0.0' },
    }),
  });

  const { status, output } = project.tryInstall();

  expect(status).toBe(1);
  expect(output).toContain(`peer aws-cdk-lib@"^${FLOOR.cdk}" from cdk-cognito-password-reset`);
});

test('pnpm installs the package, and the app synthesizes', () => {
  const tools = consumer({});
  expectSuccess(tools.run('npm', 'install', '--no-audit', '--no-fund', '--prefer-offline', 'pnpm@12'));
  const project = consumer({ 'app.js': COMMONJS });
  const pnpm = join(tools.folder, 'node_modules', '.bin', 'pnpm');

  // Its store is in the folder, so that the test leaves nothing.
  expectSuccess(project.run(pnpm, 'add', '--store-dir=store', tarball, ...NEWEST));
  expect(existsSync(join(project.folder, 'node_modules', '.pnpm'))).toBe(true);
  expectSynthesized(project, project.run('node', 'app.js'));
});

test.each([FLOOR.cdk, '2.275.0'])(
  'two copies of aws-cdk-lib: the package loads %s, and the app the newest',
  (version) => {
    const project = consumer({ 'app.js': COMMONJS });
    project.install(...NEWEST);
    const other = consumer({});
    const args = ['install', '--no-audit', '--no-fund', '--prefer-offline', `aws-cdk-lib@${version}`];
    expectSuccess(other.run('npm', ...args, 'constructs@10.5.1'));
    const own = join(project.folder, 'node_modules', 'cdk-cognito-password-reset', 'node_modules');
    cpSync(join(other.folder, 'node_modules'), own, { recursive: true });

    expectSynthesized(project, project.run('node', 'app.js'));
  },
);
