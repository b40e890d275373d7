import { parseArgs } from 'node:util';
import { LocalApp, USERS } from '../shared/local-app';
import { JsonPrinter, type Printer, TextPrinter } from '../shared/printer';
import { runCommand } from '../shared/run-command';
import { Walkthrough } from './walkthrough';

const USAGE = `Usage: npm start -- [options]

Shows a password reset from beginning to end, on this machine: no AWS account is needed. With --username, resets this
user instead and shows the response and the message.

  --username NAME        the user to reset
  --metadata KEY=VALUE   ClientMetadata of the request; may be repeated
  --json                 print one JSON object per line
  --help                 print this text

Users to try:
${USERS.map(({ username, about }) => `  ${username.padEnd(22)} ${about}`).join('\n')}`;

interface Arguments {
  readonly username?: string;
  readonly clientMetadata?: Record<string, string>;
  readonly json: boolean;
  readonly help: boolean;
}

/** Throws an error when an option is not valid. */
function readArguments(): Arguments {
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

async function main(): Promise<boolean> {
  const { username, clientMetadata, json, help } = readArguments();
  if (help) {
    console.log(USAGE);
    return true;
  }
  const printer: Printer = json ? new JsonPrinter() : new TextPrinter();
  printer.heading('Starting the app of bin/ on this machine. This needs no AWS account and no network.');
  if (username === undefined) return runWalkthrough(printer);
  const app = await LocalApp.start();
  try {
    return await new Walkthrough(app, printer).sendRequest({ username, clientMetadata });
  } finally {
    await app.stop();
  }
}

/**
 * Starts the app twice at the same time, once for each service that sends SMS messages. The second app is ready when
 * the walkthrough needs it.
 */
async function runWalkthrough(printer: Printer): Promise<boolean> {
  const starting = [LocalApp.start(), LocalApp.start({ smsPath: 'SNS' })] as const;
  const settled = Promise.allSettled(starting);
  try {
    const [app, appWithSns] = starting;
    return await new Walkthrough(await app, printer).run(appWithSns);
  } finally {
    for (const start of await settled) if (start.status === 'fulfilled') await start.value.stop();
  }
}

void runCommand('npm start', main);
