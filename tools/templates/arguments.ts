import { parseArgs } from 'node:util';

export const USAGE = `Usage: npm run templates -- FOLDER

Writes the templates of the project into FOLDER: of the app of bin/ with several contexts, of the examples, and of many
uses of the constructs. Each template is written twice: without feature flags, and with the recommended ones. To see how
a change affects the templates, write them before and after the change and compare the folders.

  --help           print this text`;

export interface Arguments {
  readonly folder: string;
  readonly help: boolean;
}

/** Throws an error when an argument is not valid. */
export function readArguments(): Arguments {
  const { values, positionals } = parseArgs({
    options: { help: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  if (positionals.length !== 1 && !values.help) throw new Error(`expected one folder, got ${positionals.length}`);
  return { folder: positionals[0] ?? '', ...values };
}
