import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { App } from 'aws-cdk-lib';
import { GatewayVpcEndpointAwsService, InterfaceVpcEndpointAwsService } from 'aws-cdk-lib/aws-ec2';
import { DemonstrationStack } from '../bin/demonstration-stack';
import { RegulatedResets } from '../examples/regulated/app';
import { APP_CONTEXTS } from '../tools/templates/app-contexts';
import { type Finding, findingsOf } from './support/nag';
import { type PermissionRow, permissionRows } from './support/permission-tables';
import { countSynthesis } from './support/syntheses';

const ROOT = resolve(__dirname, '..');
const page = (name: string) => readFileSync(join(ROOT, 'docs', name), 'utf8');
const COMPLIANCE = page('compliance.md');
const PERMISSIONS = permissionRows(page('permissions.md'));

describe('the endpoints that docs/compliance.md lists', () => {
  const rows = tableOf('Functions in a VPC');

  /** The endpoint of a service that functions call, and none of what Lambda does for them. */
  const ENDPOINTS: Readonly<Record<string, string>> = {
    'cognito-idp': 'cognito-idp',
    dynamodb: 'dynamodb',
    kms: 'kms',
    lambda: 'lambda',
    s3: 's3',
    ses: 'email',
    sns: 'sns',
    'sms-voice': 'pinpoint-sms-voice-v2',
    cloudwatch: 'monitoring',
  };
  const WITHOUT = ['ec2', 'iam', 'logs', 'xray'];
  const OF_CUSTOM_RESOURCES: Readonly<Record<string, string>> = {
    'A trigger that is attached': 's3',
    'The readiness function': 's3 with onDeployment',
  };

  test('are of every function, and of every service that its role allows to call', () => {
    const functions = [...new Set(PERMISSIONS.filter(isOfEveryFunction).flatMap(({ roles }) => roles))];

    expect(functions.length).toBeGreaterThan(5);
    expect(rows.map(([name]) => name)).toEqual(functions);
    for (const [name = '', ...cells] of rows) {
      const listed = cells.flatMap((cell) => cell.split(/[;,] /)).map((entry) => entry.replaceAll('`', ''));
      expect([name, ...listed.sort()]).toEqual([name, ...expectedOf(name).sort()]);
    }
  });

  test('are interface and gateway endpoints that the CDK knows', () => {
    const names = (column: number) =>
      new Set(
        rows.flatMap((cells) => [...(cells[column] ?? '').matchAll(/(?:^|[;,] )`(.*?)`/g)].map(([, one]) => one)),
      );
    const constants: unknown[] = [InterfaceVpcEndpointAwsService, GatewayVpcEndpointAwsService].flatMap((one) =>
      Object.values(one as object),
    );
    const interfaces = constants.flatMap((one) => (one instanceof InterfaceVpcEndpointAwsService ? one.shortName : []));
    const gateways = constants.flatMap((one) => (one instanceof GatewayVpcEndpointAwsService ? one.name : []));

    expect([...names(1)].filter((name) => !interfaces.includes(name ?? ''))).toEqual([]);
    expect([...names(2)].filter((name) => !gateways.some((one) => one.endsWith(`.${name}`)))).toEqual([]);
  });

  function expectedOf(name: string): string[] {
    const whens = new Map<string, Set<string>>();
    for (const { actions, resources, when } of PERMISSIONS.filter(({ roles }) => roles.includes(name))) {
      // Another service calls for the function.
      if (resources.some((resource) => /through Amazon/.test(resource))) continue;
      for (const [service = ''] of actions.map((action) => action.split(':'))) {
        if (WITHOUT.includes(service) || when === '`environmentEncryption`') continue;
        const endpoint = ENDPOINTS[service] ?? `the endpoint of ${service}`;
        whens.set(endpoint, (whens.get(endpoint) ?? new Set()).add(when));
      }
    }
    const entries = [...whens].map(([endpoint, conditions]) => {
      const options = [...conditions].filter((when) => when.startsWith('`')).map((when) => when.replaceAll('`', ''));
      return conditions.has('always') ? endpoint : `${endpoint} with ${options.join(' or ')}`;
    });
    return [...entries, ...(OF_CUSTOM_RESOURCES[name] ? [OF_CUSTOM_RESOURCES[name]] : [])];
  }
});

describe('every finding of five packs of cdk-nag', () => {
  const apps = {
    demonstration: (['direct-sms', 'sns-sms'] as const).map((name) =>
      synthesize((app) => new DemonstrationStack(app, 'Stack', APP_CONTEXTS[name])),
    ),
    example: [synthesize((app) => new RegulatedResets(app, 'Stack'))],
  };

  test.each(Object.entries(apps))('in the %s is acknowledged, with its reason', (_, findings) => {
    expect(findings.flat().length).toBeGreaterThan(10);
    expect(findings.flat().filter(({ acknowledgement }) => (acknowledgement?.reason.length ?? 0) < 20)).toEqual([]);
  });

  test('is in the table of docs/compliance.md, which has no other rows', () => {
    const found = Object.entries(apps).flatMap(([name, findings]) => findings.flat().map((one) => rowOf(name, one)));
    const packs = new Map<string, Set<string>>();
    for (const { key, pack } of found) packs.set(key, (packs.get(key) ?? new Set()).add(pack));
    const rows = [...packs].map(([key, names]) => [...key.split('\n'), [...names].sort().join(', ')]);

    const documented = tableOf('Compliance rules').map(([rule, by, reason, names]) => [rule, by, reason, names]);
    expect(sorted(rows)).toEqual(sorted(documented));
  });

  /** The library acknowledges at its own constructs, and an app at its stack or at constructs of its own. */
  function rowOf(app: string, { pack, rule, acknowledgement }: Finding) {
    const inLibrary = /^Stack\/(?:Reset|Messages|Bulk|Sms|SmsReadiness)\//.test(`${acknowledgement?.construct}/`);
    const name = rule.replace(/\[.*/, '');
    return { pack, key: [`\`${name}\``, inLibrary ? 'library' : app, acknowledgement?.reason].join('\n') };
  }

  function synthesize(define: (app: App) => void): Finding[] {
    countSynthesis();
    const app = new App({ analyticsReporting: false });
    define(app);
    app.synth();
    return findingsOf(app);
  }

  function sorted(rows: (string | undefined)[][]): string[] {
    return rows.map((cells) => cells.join(' | ')).sort();
  }
});

/** The rows of the table of permissions that every function has. */
function isOfEveryFunction({ when }: PermissionRow): boolean {
  return when === '`vpc`';
}

/** The cells of the rows of the first table of a section. */
function tableOf(heading: string): string[][] {
  const [, section = ''] = COMPLIANCE.split(`## ${heading}\n`);
  const lines = section.split('\n## ')[0]?.split('\n') ?? [];
  return lines
    .filter((line) => line.startsWith('|'))
    .slice(2)
    .map((line) => line.slice(2, -2).split(' | '));
}
