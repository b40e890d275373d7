import { parseArgs } from 'node:util';
import { LocalApp, USERS } from '../shared/local-app';
import { JsonPrinter, type Printer, TextPrinter } from '../shared/printer';
import { runCommand } from '../shared/run-command';
import { Walkthrough } from './walkthrough';

const USAGE = `Usage: npm start -- [options]

Without a user name, tells the story of a password reset from beginning to end.

  --username NAME        send a request of your own for this user, instead of the story
  --metadata KEY=VALUE   ClientMetadata of your request; may be repeated
  --json                 print JSON lines
  --help                 print this

Users to try:
${USERS.map(({ username, about }) => `  ${username.padEnd(22)} ${about}`).join('\n')}`;

interface Arguments {
  readonly username?: string;
  readonly clientMetadata?: Record<string, string>;
  readonly json: boolean;
  readonly help: boolean;
}

/** Throws an error that says what is wrong with the command line. */
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
    throw new Error('--metadata: got no user name, expected --username as well');
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
  const report: Printer = json ? new JsonPrinter() : new TextPrinter();
  report.heading('The app of bin/ is synthesized and started on this machine: no AWS account, no network');
  if (username === undefined) return tell(report);
  const demonstration = await LocalApp.start();
  try {
    return await new Walkthrough(demonstration, report).sendRequest({ username, clientMetadata });
  } finally {
    await demonstration.stop();
  }
}

/** Both ways of sending SMS are started at once: the second is ready when the story gets there. */
async function tell(report: Printer): Promise<boolean> {
  const starting = [LocalApp.start(), LocalApp.start({ smsPath: 'SNS' })] as const;
  const settled = Promise.allSettled(starting);
  try {
    const [demonstration, throughSns] = starting;
    return await new Walkthrough(await demonstration, report).run(throughSns);
  } finally {
    for (const each of await settled) if (each.status === 'fulfilled') await each.value.stop();
  }
}

void runCommand('npm start', main);
