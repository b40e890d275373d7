import { parseArgs } from 'node:util';

export const USAGE = `Usage: npm run notes -- TAG

Prints the notes of a release: the section of CHANGELOG.md, with links to the pages of that release. TAG is the version of
package.json with a v, such as v1.2.3.

  --help           print this text`;

export interface Arguments {
  readonly tag: string;
  readonly help: boolean;
}

/** Throws an error when an argument is not valid. */
export function readArguments(): Arguments {
  const { values, positionals } = parseArgs({
    options: { help: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  if (positionals.length !== 1 && !values.help) throw new Error(`expected one tag, got ${positionals.length}`);
  return { tag: positionals[0] ?? '', ...values };
}
