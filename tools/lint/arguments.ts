import { parseArgs } from 'node:util';

export const USAGE = `Usage: npm run test:templates -- [options]

Checks every template that the project synthesizes with cfn-lint, for four Regions of three partitions: those of the app of
bin/, of the examples, and of many uses of the constructs. It fails when there is a finding that tools/lint/explained.ts
does not explain, or an explanation without a finding. It needs Python 3.11 or later, and the Python package index, from
which it installs cfn-lint into a temporary folder.

  --help           print this text`;

export interface Arguments {
  readonly help: boolean;
}

/** Throws an error when an argument is not valid. */
export function readArguments(): Arguments {
  return parseArgs({ options: { help: { type: 'boolean', default: false } } }).values;
}
