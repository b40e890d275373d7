import { execFileSync } from 'node:child_process';
import { cpSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '..', '..');

export interface PackedPackage {
  /** The copy of the project that was packed. */
  readonly copy: string;
  /** The path of the tarball. */
  readonly tarball: string;
  /** The size of the tarball, in bytes. */
  readonly size: number;
  /** The paths of the files in it. */
  readonly contents: readonly string[];
}

/** Builds and packs a copy of the project, so that no compiled files appear next to the sources that other tests use. */
export function packPackage(folder: string): PackedPackage {
  const copy = join(folder, 'copy');
  cpSync(ROOT, copy, {
    recursive: true,
    filter: (path) =>
      !['node_modules', '.git', 'cdk.out', 'dist', 'test', 'api', 'integ'].some((name) => path === join(ROOT, name)),
  });
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  const npm = (...args: string[]) =>
    execFileSync('npm', args, { cwd: copy, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  npm('run', '--silent', 'build');
  const [packed] = JSON.parse(npm('pack', '--json', '--pack-destination', folder));
  return {
    copy,
    tarball: join(folder, packed.filename),
    size: packed.size,
    contents: packed.files.map(({ path }: { path: string }) => path),
  };
}
