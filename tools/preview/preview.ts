import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { compileDirectory } from '../../lib/messages/catalog/directory';
import { countOf } from '../shared/count-of';
import type { Arguments } from './arguments';
import { localesOf, templatesOf } from './names';
import { GENERATOR, renderPreviewPage } from './page';

/** Overwrites a file only if it is a preview. */
function writePage(output: string, page: string): void {
  const existing = statSync(output, { throwIfNoEntry: false });
  if (existing && !(existing.isFile() && readFileSync(output, 'utf8').includes(GENERATOR))) {
    throw new Error(`--output: ${output} exists and is not a preview: choose another file`);
  }
  try {
    writeFileSync(output, page);
  } catch (error) {
    throw new Error(`--output: cannot write ${output}: ${(error as NodeJS.ErrnoException).code}`);
  }
}

/** Returns whether the catalog has no errors. */
export function preview({ directory, output }: Arguments): boolean {
  const compiled = compileDirectory(directory);
  writePage(output, renderPreviewPage(compiled));

  for (const { severity, place, text } of compiled.problems) console.error(`${severity}: ${place}: ${text}`);
  const errors = compiled.problems.filter(({ severity }) => severity === 'error').length;
  const counts = [
    countOf(templatesOf(compiled).length, 'template'),
    countOf(localesOf(compiled).length, 'locale'),
    countOf(errors, 'error'),
    countOf(compiled.problems.length - errors, 'warning'),
  ];
  console.log(`Wrote ${output}: ${counts.join(', ')}`);
  return errors === 0;
}
