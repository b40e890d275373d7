import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packPackage } from '../packed-package';
import { NODE_MAJORS, nodeFolder, SETUP_VARIABLE, type Setup } from './consumer';

/** Fails without the registry, packs the package once, and installs the versions of Node.js. */
export default function setUp(): void {
  const versions = newestVersions();
  const folder = mkdtempSync(join(tmpdir(), 'consumers-'));
  const setup: Setup = { folder, tarball: timed('npm pack', () => packPackage(folder)).tarball, ...versions };
  process.env[SETUP_VARIABLE] = JSON.stringify(setup);
  for (const major of NODE_MAJORS) {
    const args = ['install', '--no-save', '--no-audit', '--no-fund', '--prefix', nodeFolder(setup, major)];
    const name = `node-${process.platform}-${process.arch}@${major}`;
    timed(name, () => execFileSync('npm', [...args, name], { stdio: ['ignore', 'ignore', 'inherit'] }));
  }
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
}

/** The newest versions of the peer dependencies, from the registry and not from the cache of npm. */
function newestVersions(): Pick<Setup, 'newestCdk' | 'newestConstructs'> {
  const newest = (name: string): string =>
    JSON.parse(
      execFileSync('npm', ['view', `${name}@latest`, 'version', '--json', '--prefer-online', '--fetch-retries=1'], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    );
  try {
    execFileSync('npm', ['ping', '--fetch-retries=1'], { stdio: 'pipe' });
    return { newestCdk: newest('aws-cdk-lib'), newestConstructs: newest('constructs') };
  } catch (error) {
    throw new Error(
      'npm run test:consumers: got no answer of the npm registry, expected one, because these tests install the package and its peer dependencies as users do: connect to the network, or set the registry with npm config set registry',
      { cause: error },
    );
  }
}

function timed<T>(name: string, run: () => T): T {
  console.time(name);
  const result = run();
  console.timeEnd(name);
  return result;
}
