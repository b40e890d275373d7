// Remembers from which files the assets were bundled, so that commands that bundle first begin at once if nothing changed.
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const MEMORY = join('node_modules', '.cache', 'bundle.json');

/** Whether every file that was read and written the last time is still the same. */
export async function isUpToDate(root) {
  const digests = await readFile(join(root, MEMORY), 'utf8').then(JSON.parse, () => undefined);
  if (digests === undefined) return false;
  const now = await digestsOf(root, Object.keys(digests));
  return Object.entries(digests).every(([file, digest]) => now[file] === digest);
}

/** @param files from the root of the project: the inputs and the outputs */
export async function remember(root, files) {
  await mkdir(join(root, dirname(MEMORY)), { recursive: true });
  await writeFile(join(root, MEMORY), JSON.stringify(await digestsOf(root, files)));
}

async function digestsOf(root, files) {
  const digests = files.map(async (file) => {
    const content = await readFile(join(root, file)).catch(() => '');
    return [file, createHash('sha256').update(content).digest('base64')];
  });
  return Object.fromEntries(await Promise.all(digests));
}
