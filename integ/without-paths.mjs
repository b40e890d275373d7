/** Removes from the snapshots where each construct was created, which integ-runner writes with paths of the machine. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = import.meta.dirname;
const files = readdirSync(folder, { recursive: true });

for (const file of files.filter((name) => /\.snapshot\/.*\.metadata\.json$/.test(name))) {
  const path = join(folder, file);
  const kept = Object.entries(JSON.parse(readFileSync(path, 'utf8'))).map(([construct, entries]) => [
    construct,
    entries.filter(({ type }) => type !== 'aws:cdk:creationStack'),
  ]);
  const metadata = Object.fromEntries(kept.filter(([, entries]) => entries.length > 0));
  writeFileSync(path, JSON.stringify(metadata, undefined, 2));
}
