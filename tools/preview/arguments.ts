import { parseArgs } from 'node:util';

export const USAGE = `Usage: npm run preview -- <directory> [options]

Writes an HTML page that shows every message of a catalog, in all locales, as the users will see it. The page
shows one template in one locale at a time, which its address names.

  --output FILE    where to write the page (preview.html by default)
  --help           print this text

The exit status is 1 when the catalog has errors. The page shows them.`;

export interface Arguments {
  readonly directory: string;
  readonly output: string;
  readonly help: boolean;
}

/** Throws an error when an argument is not valid. */
export function readArguments(): Arguments {
  const { values, positionals } = parseArgs({
    options: {
      output: { type: 'string', default: 'preview.html' },
      help: { type: 'boolean', default: false },
    },
    allowPositionals: true,
  });
  if (positionals.length > 1) throw new Error(`expected one directory, got ${positionals.length}`);
  const [directory = ''] = positionals;
  if (directory === '' && !values.help) throw new Error('expected the directory of a message catalog, got none');
  return { directory, ...values };
}
