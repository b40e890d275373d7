import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { synthesizeIn } from './support/jsii-app';
import { JsiiKernel, NodeJs } from './support/jsii-kernel';
import { type PackedPackage, packPackage } from './support/packed-package';
import { page } from './support/pages';
import { countSynthesis } from './support/syntheses';

const ROOT = resolve(__dirname, '..');
const NODE_MODULES = join(ROOT, 'node_modules');

describe('the published package', () => {
  let workspace: string;
  let packed: PackedPackage;
  beforeAll(() => {
    workspace = mkdtempSync(join(tmpdir(), 'package-'));
    packed = packPackage(workspace);
    run(workspace, 'tar', ['xzf', packed.tarball]);
    const modules = join(workspace, 'app', 'node_modules');
    mkdirSync(modules, { recursive: true });
    cpSync(join(workspace, 'package'), join(modules, 'cdk-cognito-password-reset'), { recursive: true });
    for (const peer of ['aws-cdk-lib', 'constructs']) symlinkSync(join(NODE_MODULES, peer), join(modules, peer));
  });
  afterAll(() => rmSync(workspace, { recursive: true, force: true }));

  test.each([
    'lib/index.js',
    'lib/index.d.ts',
    'assets/campaign-listing/index.js',
    'assets/campaign-preflight/index.js',
    'assets/campaign-summary/index.js',
    'assets/campaign-worker/index.js',
    'assets/reset/index.js',
    'assets/reset/idempotency.js',
    'assets/reset/signing.js',
    'assets/messages/index.js',
    'assets/messages/next.js',
    'assets/messages/used-signatures.js',
    'assets/sms-readiness/index.js',
    'assets/synth/index.js',
    '.jsii',
    'README.md',
    'CHANGELOG.md',
    'bin/messages/catalog.json',
    'bin/messages/breach/en/email.html',
    'docs/sms.md',
    'docs/workflows.md',
    'examples/README.md',
    'examples/breach/app.ts',
    'examples/help-desk-workflow/app.ts',
    'LICENSE',
    'NOTICE',
    'THIRD-PARTY-NOTICES.txt',
    'sbom.cdx.json',
  ])('contains %s', (file) => {
    expect(packed.contents).toContain(file);
  });

  test('contains neither sources nor the sandbox', () => {
    expect(
      packed.contents.filter(
        (file) =>
          /^(lambda|synth|sandbox|bench|bin|tools|integ|api|test)\/|(?<!\.d)\.ts$|\.map$/.test(file) &&
          !/^bin\/messages\/|^examples\/[\w-]+\/app\.ts$/.test(file),
      ),
    ).toEqual([]);
  });

  test('is not larger than 1.4 MB, so that what grows is seen', () => {
    expect(packed.size).toBeLessThan(1_400_000);
  });

  test('has no dependencies except its peer dependencies', () => {
    const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    expect(manifest.dependencies).toBeUndefined();
    expect(Object.keys(manifest.peerDependencies)).toEqual(['aws-cdk-lib', 'constructs']);
    // The versions from the oldest to the newest are in test/consumers: the tests here need the newest, which validates
    // templates, and with which cdk-nag works.
    expect(manifest.peerDependencies).toEqual({ 'aws-cdk-lib': '^2.235.0', constructs: '^10.0.0' });
  });

  test('runs on every Node.js that aws-cdk-lib runs on', () => {
    const [own, cdk] = ['.', 'node_modules/aws-cdk-lib'].map((folder) =>
      JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8')),
    );
    expect(own.engines).toEqual(cdk.engines);
  });

  test('has the constructs for the other languages of the CDK', () => {
    const assembly = JSON.parse(readFileSync(join(workspace, 'package', '.jsii'), 'utf8'));
    expect(Object.keys(assembly.types).map((name) => name.split('.').pop())).toEqual([
      'AdminPasswordReset',
      'AdminPasswordResetProps',
      'BulkPasswordReset',
      'BulkPasswordResetProps',
      'BulkPasswordResetRoles',
      'BundledFunctionOptions',
      'FailureMetricOptions',
      'IOriginationIdentity',
      'ISmsDelivery',
      'InlineMessageCatalogProps',
      'MessageCatalog',
      'MessageTexts',
      'OnSigningFailure',
      'OriginationKeyword',
      'OriginationKeywordAction',
      'OriginationNumberType',
      'OriginationPhoneNumber',
      'OriginationPhoneNumberProps',
      'OriginationPool',
      'OriginationPoolProps',
      'OriginationSenderId',
      'OriginationSenderIdProps',
      'ResetErrors',
      'ResetMessages',
      'ResetMessagesProps',
      'ResetTaskJsonataProps',
      'ResetTaskProps',
      'SmsDelivery',
      'SmsDeliveryProps',
      'SmsReadiness',
      'SmsReadinessOnDeployment',
      'SmsReadinessProps',
      'SnsSmsDelivery',
      'SnsSmsDeliveryProps',
      'UnverifiedSignatureMetricOptions',
      'UnverifiedSignatureReason',
      'UserPoolGrants',
    ]);
    expect(Object.keys(assembly.targets).sort()).toEqual(['dotnet', 'go', 'java', 'js', 'python']);
  });

  test('contains the same after jsii-pacmak made the packages of the other languages', () => {
    const { copy, contents } = packed;
    mkdirSync(join(copy, 'dist', 'java'), { recursive: true });
    writeFileSync(join(copy, 'dist', 'java', 'library.js'), '');
    // As jsii-pacmak 1.140.0 writes it.
    const ignored = ['*.ts', 'tsconfig.json', '*.tsbuildinfo', '!*.js', '!*.d.ts', 'dist', '!.jsii', '!.jsii.gz'];
    writeFileSync(join(copy, '.npmignore'), ignored.join('\n'));

    const [again] = JSON.parse(run(copy, 'npm', ['pack', '--json', '--dry-run']));
    expect(again.files.map(({ path }: { path: string }) => path)).toEqual(contents);
  });

  test('has no commands, because jsii would make a Python script of each that does not start', () => {
    expect(JSON.parse(readFileSync(join(workspace, 'package', '.jsii'), 'utf8')).bin).toBeUndefined();
    expect(JSON.parse(readFileSync(join(workspace, 'package', 'package.json'), 'utf8')).bin).toBeUndefined();
  });

  test('has metrics that create alarms, in every language', () => {
    const assembly = JSON.parse(readFileSync(join(workspace, 'package', '.jsii'), 'utf8'));
    const methods: { name: string; returns?: { type: { fqn: string } } }[] = Object.values<{ methods?: [] }>(
      assembly.types,
    ).flatMap((type) => type.methods ?? []);
    const metrics = methods.filter(({ name }) => name.startsWith('metric'));

    expect(metrics.length).toBeGreaterThanOrEqual(9);
    expect(new Set(metrics.map(({ returns }) => returns?.type.fqn))).toEqual(
      new Set(['aws-cdk-lib.aws_cloudwatch.Metric']),
    );
  });

  test('has examples that a project can copy', () => {
    const [, copy = ''] = /^(sed .+) > breach\.ts$/m.exec(page('examples/README.md')) ?? [];
    const example = run(join(workspace, 'app'), 'sh', ['-c', copy]);

    expect([...example.matchAll(/from '(.*)';/g)].map(([, name]) => name?.split('/')[0])).toEqual(
      expect.arrayContaining(['aws-cdk-lib', 'cdk-cognito-password-reset', 'constructs']),
    );
    expect(example).not.toContain("from '.");
  });

  test('synthesizes in a consumer app with the catalog to start from, with the bundled functions as assets', () => {
    const app = join(workspace, 'app');
    const [, copy = ''] = /^(cp -r .+)$/m.exec(page('docs/messages.md')) ?? [];
    run(app, 'sh', ['-c', copy]);
    writeFileSync(
      join(app, 'app.js'),
      `const { App, Stack, aws_cognito } = require('aws-cdk-lib');
       const { AdminPasswordReset, MessageCatalog, ResetMessages } = require('cdk-cognito-password-reset');
       const app = new App({ outdir: 'out' });
       const stack = new Stack(app, 'Stack');
       const userPool = new aws_cognito.UserPool(stack, 'Pool');
       const catalog = MessageCatalog.fromDirectory('messages');
       const messages = new ResetMessages(stack, 'Messages', { userPool, catalog });
       new AdminPasswordReset(stack, 'Reset', { userPool, messages });
       app.synth();`,
    );
    run(app, process.execPath, ['app.js']);

    const assets = readdirSync(join(app, 'out')).filter((name) => name.startsWith('asset.'));
    expect(assets.map((asset) => readdirSync(join(app, 'out', asset)).sort()).sort()).toEqual([
      ['catalog.json', 'index.js', 'next.js', 'used-signatures.js'],
      ['idempotency.js', 'index.js', 'signing.js'],
    ]);
  });

  describe('in Python, Java, Go and C#, by the kernel of jsii', () => {
    let kernel: JsiiKernel;
    beforeAll(async () => {
      kernel = new JsiiKernel();
      const assembly = JSON.parse(readFileSync(join(workspace, 'package', '.jsii'), 'utf8'));
      const others = Object.keys(assembly.dependencyClosure).filter((name) => name !== 'aws-cdk-lib');
      // The one that depends on the others is the last. The kernel needs no declarations of TypeScript, and no examples.
      for (const name of [...others, 'aws-cdk-lib']) {
        const archive = join(workspace, `${name.replace('/', '-')}.tar`);
        run(NODE_MODULES, 'tar', [
          'cf',
          archive,
          '--exclude=*.d.ts',
          '--exclude=.jsii.tabl*',
          `--transform=s,^${name},package,`,
          name,
        ]);
        await kernel.load(name, versionOf(join(NODE_MODULES, name)), archive);
      }
      await kernel.load('cdk-cognito-password-reset', versionOf(ROOT), packed.tarball);
    });
    afterAll(() => kernel.stop());

    test('an app has the same template and assets as in TypeScript', async () => {
      const [inTypeScript, byKernel] = [join(workspace, 'in-typescript'), join(workspace, 'by-kernel')];
      countSynthesis();
      await synthesizeIn(new NodeJs(join(workspace, 'app')), inTypeScript);
      await synthesizeIn(kernel, byKernel);

      const template = readFileSync(join(inTypeScript, 'Passwords.template.json'), 'utf8');
      const types = Object.values<{ Type: string }>(JSON.parse(template).Resources).map(({ Type }) => Type);
      expect(types).toEqual(
        expect.arrayContaining([
          'AWS::Cognito::UserPool',
          'AWS::SMSVOICE::PhoneNumber',
          'AWS::CloudWatch::Alarm',
          'AWS::StepFunctions::StateMachine',
          'AWS::DynamoDB::GlobalTable',
        ]),
      );
      expect(readFileSync(join(byKernel, 'Passwords.template.json'), 'utf8')).toBe(template);
      expect(readdirSync(byKernel).sort()).toEqual(readdirSync(inTypeScript).sort());
    });

    test('a mistake is told in the words of the library', async () => {
      const folder = join(workspace, 'no-such-folder');
      const mistake = kernel.callStatic('cdk-cognito-password-reset.MessageCatalog', 'fromDirectory', folder);

      await expect(mistake).rejects.toThrow(/^Error: path: got .*no-such-folder", which is not a directory/);
    });
  });
});

function versionOf(folder: string): string {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version;
}

function run(cwd: string, command: string, args: string[]): string {
  return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}
