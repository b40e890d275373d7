import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '..', '..');

/** Bundles the functions into assets/ if a source has changed. A command that synthesizes the app of bin/ needs no call. */
export function bundleFunctions(): void {
  execFileSync(process.execPath, [join(ROOT, 'lambda', 'bundle.mjs')], { stdio: ['ignore', 'ignore', 'inherit'] });
}
