import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { cases } from '../../support/soak';

const ROOT = resolve(__dirname, '..', '..', '..');

const APP = `
  import { App, Stack } from 'aws-cdk-lib';
  import { UserPool } from 'aws-cdk-lib/aws-cognito';
  import { AdminPasswordReset, MessageCatalog, ResetMessages } from ${JSON.stringify(join(ROOT, 'lib', 'index.ts'))};
  const app = new App({ outdir: 'cdk.out' });
  const stack = new Stack(app, 'Stack');
  const userPool = new UserPool(stack, 'Users');
  const texts = { emailSubject: 'Reset', emailHtml: '<p>Your code is {{code}}</p>' };
  const catalog = MessageCatalog.fromInline({ defaultLocale: 'en', templates: { reset: { en: texts } } });
  const messages = new ResetMessages(stack, 'Messages', { userPool, catalog });
  new AdminPasswordReset(stack, 'Reset', { userPool, messages });
  app.synth();`;

/** What apps add to an ES module, because the CDK itself loads its files with `require`. */
const BANNER = `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);`;

// The CDK is left out of the bundle, because bundling it takes seconds.
const ESBUILD = ['--bundle', '--platform=node', '--external:aws-cdk-lib', '--external:constructs'];

const MODULES: readonly (readonly [string, string, readonly string[]])[] = [
  ['a CommonJS module', 'app.js', []],
  ['an ES module', 'app.mjs', ['--format=esm', `--banner:js=${BANNER}`]],
];

describe.each(MODULES.slice(0, cases(1, 2)))(
  'an app that was bundled with this package into %s',
  (_, file, options) => {
    let folder: string;
    let dist: string;
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'bundled-app-'));
      dist = join(folder, 'dist');
      mkdirSync(join(folder, 'node_modules'));
      for (const name of ['aws-cdk-lib', 'constructs']) {
        symlinkSync(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name));
      }
      writeFileSync(join(folder, 'app.ts'), APP);
      const args = ['app.ts', ...ESBUILD, ...options, `--outfile=dist/${file}`];
      execFileSync(join(ROOT, 'node_modules', '.bin', 'esbuild'), args, { cwd: folder, stdio: 'pipe' });
    });
    afterAll(() => rmSync(folder, { recursive: true }));

    const synthesize = () => spawnSync(process.execPath, [join('dist', file)], { cwd: folder, encoding: 'utf8' });

    test('says how to bundle it when the assets are missing', () => {
      const { stderr, status } = synthesize();

      expect(status).toBe(1);
      const assets = join(dist, 'assets');
      expect(stderr).toContain(
        `Error: assets: got no folder ${assets} with the functions of cdk-cognito-password-reset`,
      );
      expect(stderr).toContain('leave packages out of the bundle with --packages=external of esbuild');
      expect(stderr).toContain(`cp -r node_modules/cdk-cognito-password-reset/assets ${assets}`);
    });

    test('is not synthesized with a folder of its own that has the same name', () => {
      mkdirSync(join(dist, 'assets', 'reset'), { recursive: true });
      writeFileSync(join(dist, 'assets', 'reset', 'index.js'), 'exports.handler = () => {};');

      expect(synthesize().stderr).toContain('Error: assets: got no folder');
      rmSync(join(dist, 'assets'), { recursive: true });
    });

    test('uses the assets beside the bundle', () => {
      cpSync(join(ROOT, 'assets'), join(dist, 'assets'), { recursive: true });

      expect(synthesize()).toMatchObject({ stderr: '', status: 0 });
      const out = join(folder, 'cdk.out');
      const assets = readdirSync(out).filter((name) => name.startsWith('asset.'));
      expect(assets).toHaveLength(2);
      for (const asset of assets) expect(existsSync(join(out, asset, 'index.js'))).toBe(true);
    });
  },
);
