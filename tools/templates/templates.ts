import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Arguments } from './arguments';
import { synthesizeAll } from './synthesize-all';

export function templates({ folder }: Arguments): boolean {
  const outdir = mkdtempSync(join(tmpdir(), 'templates-'));
  process.once('exit', () => rmSync(outdir, { recursive: true, force: true }));
  const synthesized = synthesizeAll(outdir);
  for (const { folder: name, artifact } of synthesized) {
    const target = resolve(folder, name);
    mkdirSync(target, { recursive: true });
    copyFileSync(artifact.templateFullPath, join(target, artifact.templateFile));
  }
  console.log(`${synthesized.length} templates in ${folder}`);
  return true;
}
