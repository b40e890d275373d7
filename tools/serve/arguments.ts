import { parseArgs } from 'node:util';

export const USAGE = `Usage: npm run sandbox -- [options]

Runs the app of bin/ on this machine, for your own calls with the AWS SDK or the AWS CLI. Ctrl-C ends it.

  --port PORT    port on 127.0.0.1 (a free one by default)
  --help         print this text`;

export interface Arguments {
  readonly port?: number;
  readonly help: boolean;
}

/** Throws an error when an option is not valid. */
export function readArguments(): Arguments {
  const { values } = parseArgs({ options: { port: { type: 'string' }, help: { type: 'boolean', default: false } } });
  if (values.port === undefined) return { help: values.help };
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new Error('--port: expected a number from 1 to 65535');
  return { port, help: values.help };
}
