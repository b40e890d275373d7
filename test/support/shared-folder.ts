import { existsSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A temporary folder that all suites of a run share. */
export const SHARED_FOLDER = process.env.SHARED_FOLDER ?? tmpdir();

/** The path at which suites share what has this name. */
export function sharedPath(name: string): string {
  return join(SHARED_FOLDER, `shared-${name}`);
}

/** Moves a complete folder to a path at which suites share it, or deletes it when another process was faster. */
export function share(folder: string, path: string): void {
  try {
    renameSync(folder, path);
  } catch (error) {
    if (!existsSync(path)) throw error;
    rmSync(folder, { recursive: true });
  }
}
