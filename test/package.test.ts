import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '..');
const NODE_MODULES = join(ROOT, 'node_modules');

// Builds a copy of the project, so that no compiled files appear next to the sources that other tests use.
describe('the published package', () => {
  let workspace: string;
  let contents: string[];
  beforeAll(() => {
    workspace = mkdtempSync(join(tmpdir(), 'package-'));
    const copy = join(workspace, 'copy');
    cpSync(ROOT, copy, {
      recursive: true,
      filter: (path) => !['node_modules', '.git', 'cdk.out', 'integ', 'test'].some((name) => path === join(ROOT, name)),
    });
    symlinkSync(NODE_MODULES, join(copy, 'node_modules'));
    run(copy, 'npm', ['run', '--silent', 'build']);
    const [packed] = JSON.parse(run(copy, 'npm', ['pack', '--json', '--pack-destination', workspace]));
    contents = packed.files.map(({ path }: { path: string }) => path);

    run(workspace, 'tar', ['xzf', packed.filename]);
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
    'docs/sms.md',
    'docs/workflows.md',
    'LICENSE',
    'NOTICE',
    'THIRD-PARTY-NOTICES.txt',
    'sbom.cdx.json',
  ])('contains %s', (file) => {
    expect(contents).toContain(file);
  });

  test('contains neither sources nor the sandbox', () => {
    expect(
      contents.filter((file) => /^(lambda|synth|sandbox|bench|bin|integ|test)\/|(?<!\.d)\.ts$|\.map$/.test(file)),
    ).toEqual([]);
  });

  test('has no dependencies except its peer dependencies', () => {
    const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    expect(manifest.dependencies).toBeUndefined();
    expect(Object.keys(manifest.peerDependencies)).toEqual(['aws-cdk-lib', 'constructs']);
    // The tests use the oldest version that is allowed.
    expect(manifest.peerDependencies['aws-cdk-lib']).toBe(`^${manifest.devDependencies['aws-cdk-lib']}`);
    expect(manifest.peerDependencies.constructs).toBe(`^${manifest.devDependencies.constructs}`);
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

  test('synthesizes in a consumer app, with the bundled functions as assets', () => {
    const app = join(workspace, 'app');
    writeFileSync(
      join(app, 'app.js'),
      `const { App, Stack, aws_cognito } = require('aws-cdk-lib');
       const { AdminPasswordReset, MessageCatalog, ResetMessages } = require('cdk-cognito-password-reset');
       const app = new App({ outdir: 'out' });
       const stack = new Stack(app, 'Stack');
       const userPool = new aws_cognito.UserPool(stack, 'Pool');
       const catalog = MessageCatalog.fromInline({
         defaultLocale: 'en',
         templates: { reset: { en: { sms: 'Your code is {{code}}' } } },
       });
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
});

function run(cwd: string, command: string, args: string[]): string {
  return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}
