import { parseArgs } from 'node:util';
import { USERS } from '../shared/users';

export const USAGE = `Usage: npm start -- [options]

Shows a password reset from beginning to end, on this machine: no AWS account is needed. With --username, resets this
user instead and shows the response and the message.

  --username NAME        the user to reset
  --metadata KEY=VALUE   ClientMetadata of the request; may be repeated
  --json                 print one JSON object per line
  --help                 print this text

Users to try:
${USERS.map(({ username, about }) => `  ${username.padEnd(22)} ${about}`).join('\n')}`;

export interface Arguments {
  readonly username?: string;
  readonly clientMetadata?: Record<string, string>;
  readonly json: boolean;
  readonly help: boolean;
}

/** Throws an error when an option is not valid. */
export function readArguments(): Arguments {
  const { values } = parseArgs({
    options: {
      username: { type: 'string' },
      metadata: { type: 'string', multiple: true },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const { username, metadata, json, help } = values;
  if (metadata !== undefined && username === undefined) {
    throw new Error('--metadata: got no --username, expected both: only a request of your own has metadata');
  }
  const pairs = metadata?.map((pair) => {
    const at = pair.indexOf('=');
    if (at < 1) throw new Error('--metadata: expected KEY=VALUE');
    return [pair.slice(0, at), pair.slice(at + 1)];
  });
  return { username, clientMetadata: pairs && Object.fromEntries(pairs), json, help };
}
