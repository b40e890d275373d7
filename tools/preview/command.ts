import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { compileDirectory } from '../../lib/messages/catalog/directory';
import { countOf } from '../shared/count-of';
import { runCommand } from '../shared/run-command';
import { GENERATOR, localesOf, renderPreviewPage, templatesOf } from './page';

const USAGE = `Usage: npm run preview -- <directory> [options]

Shows every template and locale of the message catalog in a directory as a reader would see them, in one HTML page.

  --output FILE    the page (preview.html by default)
  --help           print this

Ends with status 1 when the catalog has errors, which the page shows.`;

interface Arguments {
  readonly directory?: string;
  readonly output: string;
  readonly help: boolean;
}

/** Throws an error that says what is wrong with the command line. */
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

/** Writes the page, but not over a file that is not one. */
function writePage(output: string, page: string): void {
  const present = statSync(output, { throwIfNoEntry: false });
  if (present && !(present.isFile() && readFileSync(output, 'utf8').includes(GENERATOR))) {
    throw new Error(`--output: ${output} is there already and is not a preview: choose another file`);
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
  console.log(`${output}: ${counts.join(', ')}`);
  return errors === 0;
}

void runCommand('npm run preview', main);
