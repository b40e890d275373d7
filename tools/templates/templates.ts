import { copyFileSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { temporaryFolder } from '../shared/temporary-folder';
import type { Arguments } from './arguments';
import { synthesizeAll } from './synthesize-all';

export function templates({ folder }: Arguments): boolean {
  console.log(`${writeTemplates(folder)} templates in ${folder}`);
  return true;
}

/** Writes the templates of some stacks, or of all, and returns how many there are. */
export function writeTemplates(folder: string, isWanted?: (name: string) => boolean): number {
  const synthesized = synthesizeAll(temporaryFolder('templates'), isWanted);
  for (const { folder: name, artifact } of synthesized) {
    const target = resolve(folder, name);
    mkdirSync(target, { recursive: true });
    copyFileSync(artifact.templateFullPath, join(target, artifact.templateFile));
  }
  return synthesized.length;
}
