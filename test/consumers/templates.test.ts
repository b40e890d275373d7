import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { Consumer, expectSuccess, readSetup } from '../support/consumers/consumer';
import { FIRST_WITH_CDK_NAG, FLOOR, GAPS, isAtLeast } from '../support/consumers/versions';

const ROOT = resolve(__dirname, '..', '..');
const { folder, newestCdk, newestConstructs } = readSetup();
const TABLE = join(folder, 'table.js');

/** The stacks of `npm run templates` that have a state machine of the L2 construct of aws-cdk-lib. */
const WITH_STATE_MACHINE = /\/(?:construct-task|construct-task-jsonata|examples-help-desk-workflow)\//;

let newest: ReadonlyMap<string, string>;
beforeAll(async () => {
  await bundleTable();
  newest = templatesOf(newestCdk, newestConstructs);
});

test('the newest versions write every template of npm run templates', () => {
  // A few dozen uses of the constructs, the app with several contexts, and the examples, with and without feature flags.
  expect(newest.size).toBeGreaterThanOrEqual(52);
});

test('the versions begin with the oldest that are allowed', () => {
  expect(GAPS[0]).toMatchObject(FLOOR);
});

test.each(GAPS)('aws-cdk-lib $cdk with constructs $constructs ($reason) writes the same templates', (row) => {
  const templates = templatesOf(row.cdk, row.constructs);

  const withoutNag = [...newest].filter(([path]) => /\/construct-/.test(path));
  const expected = new Map(isAtLeast(row.cdk, FIRST_WITH_CDK_NAG) ? newest : withoutNag);
  expect([...templates.keys()]).toEqual([...expected.keys()]);
  expect([...expected].filter(([path, template]) => templates.get(path) !== template).map(([path]) => path)).toEqual(
    [],
  );
});

/** Bundles `npm run templates` so that it uses the packed package, with the feature flags of one version for all. */
async function bundleTable(): Promise<void> {
  const flags = require.resolve('aws-cdk-lib/recommended-feature-flags.json');
  const asConsumer: Plugin = {
    name: 'as a consumer',
    setup: ({ onResolve }) => {
      onResolve({ filter: /recommended-feature-flags\.json$/ }, () => ({ path: flags }));
      onResolve({ filter: /^[./]+\/lib$/ }, () => ({ path: 'cdk-cognito-password-reset', external: true }));
    },
  };
  await build({
    stdin: { contents: "export { writeTemplates } from './tools/templates/templates'", resolveDir: ROOT },
    outfile: TABLE,
    bundle: true,
    platform: 'node',
    packages: 'external',
    plugins: [asConsumer],
    logLevel: 'warning',
  });
}

/** The templates by their paths, normalized. */
function templatesOf(cdk: string, constructs: string): Map<string, string> {
  const wanted = isAtLeast(cdk, FIRST_WITH_CDK_NAG) ? '' : 'construct-';
  const consumer = new Consumer({
    'app/run.js': `const { writeTemplates } = require('./table.js');
      writeTemplates('templates', (name) => name.startsWith('${wanted}'));`,
  });
  try {
    consumer.install(`aws-cdk-lib@${cdk}`, `constructs@${constructs}`);
    // Older ones only load it: npm would refuse some of them.
    const nag = ['install', '--no-save', '--no-audit', '--no-fund', '--prefer-offline', '--legacy-peer-deps'];
    expectSuccess(consumer.run('npm', ...nag, 'cdk-nag@3.0.2'));
    cpSync(TABLE, join(consumer.folder, 'app', 'table.js'));
    cpSync(join(ROOT, 'bin', 'messages'), join(consumer.folder, 'app', 'messages'), { recursive: true });
    expectSuccess(consumer.run('node', 'app/run.js'));

    const templates = join(consumer.folder, 'templates');
    const paths = readdirSync(templates, { recursive: true, encoding: 'utf8' }).filter((path) => /\.json$/.test(path));
    return new Map(paths.sort().map((path) => [path, normalized(path, readFileSync(join(templates, path), 'utf8'))]));
  } finally {
    consumer.delete();
  }
}

/**
 * Leaves out what differs between versions of aws-cdk-lib, and is not of this package: the role that the L2 construct of a
 * state machine creates may be assumed for state machines of the same account only, since a version after 2.263.0.
 */
function normalized(path: string, template: string): string {
  if (!WITH_STATE_MACHINE.test(path)) return template;
  const { Resources, ...others } = JSON.parse(template);
  for (const { Type, Properties } of Object.values<{ Type: string; Properties: RoleProperties }>(Resources)) {
    if (Type !== 'AWS::IAM::Role') continue;
    for (const statement of Properties.AssumeRolePolicyDocument.Statement) {
      if (statement.Principal.Service === 'states.amazonaws.com') delete statement.Condition;
    }
  }
  return JSON.stringify({ Resources, ...others }, null, 1);
}

interface RoleProperties {
  readonly AssumeRolePolicyDocument: {
    readonly Statement: { readonly Principal: { readonly Service?: string }; Condition?: object }[];
  };
}
