import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { compileDirectory } from '../../lib/messages/catalog/directory';
import { countOf } from '../shared/count-of';
import { runCommand } from '../shared/run-command';
import { localesOf, templatesOf } from './names';
import { GENERATOR, renderPreviewPage } from './page';

const USAGE = `Usage: npm run preview -- <directory> [options]

Writes an HTML page that shows every message of a catalog, in all locales, as the users will see it. The page
shows one template in one locale at a time, which its address names.

  --output FILE    where to write the page (preview.html by default)
  --help           print this text

The exit status is 1 when the catalog has errors. The page shows them.`;

interface Arguments {
  readonly directory?: string;
  readonly output: string;
  readonly help: boolean;
}

/** Throws an error when an argument is not valid. */
function readArguments(): Arguments {
  const { values, positionals } = parseArgs({
    options: {
      output: { type: 'string', default: 'preview.html' },
      help: { type: 'boolean', default: false },
    },
    allowPositionals: true,
  });
  if (positionals.length > 1) throw new Error(`expected one directory, got ${positionals.length}`);
  return { directory: positionals[0], ...values };
}

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

async function main(): Promise<boolean> {
  const { directory, output, help } = readArguments();
  if (help) {
    console.log(USAGE);
    return true;
  }
  if (directory === undefined) throw new Error('expected the directory of a message catalog, got none');
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

void runCommand('npm run preview', main);
