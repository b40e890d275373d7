import { parseArgs } from 'node:util';

export const USAGE = `Usage: npm run campaign -- [options]

Resets a user pool on this machine with the campaign of the app of bin/, and checks what came of it. Ends with status 0
when every user is accounted for once and nobody got two messages.

  --users N        users of the pool, besides those of the demonstration (200 by default)
  --rate N         resets a second (20 by default)
  --whole-quota    let the rate be all that Cognito takes: up to 30, or 25 with sign-out
  --no-sign-out    leave the tokens of the users alone: up to 24 a second instead of 20
  --dry-run        say what would be done, and do nothing
  --fail PERCENT   let so many resets fail, such as 8%: five eighths throttled, two 5xx, one cut off
  --kill           kill a worker in the middle of its batch
  --runs N         run the campaign so often: all but the first have nothing to do (1 by default)
  --json           print the result and the checks as JSON
  --help           print this`;

export interface Arguments {
  readonly users: number;
  readonly rate: number;
  readonly wholeQuota: boolean;
  readonly signOut: boolean;
  readonly dryRun: boolean;
  /** Between 0 and 1. */
  readonly fail: number;
  readonly kill: boolean;
  readonly runs: number;
  readonly json: boolean;
  readonly help: boolean;
}

/** Throws an error that says what is wrong with the command line. */
export function readArguments(args: readonly string[] = process.argv.slice(2)): Arguments {
  const flag = { type: 'boolean', default: false } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      users: { type: 'string', default: '200' },
      rate: { type: 'string', default: '20' },
      'whole-quota': flag,
      'no-sign-out': flag,
      'dry-run': flag,
      fail: { type: 'string', default: '0%' },
      kill: flag,
      runs: { type: 'string', default: '1' },
      json: flag,
      help: flag,
    },
  });
  const percent = /^(\d+(?:\.\d+)?)%$/.exec(values.fail)?.[1];
  if (percent === undefined || Number(percent) > 90) {
    throw new Error('--fail: expected a share from 0% to 90%, such as 5%');
  }
  return {
    users: wholeNumber('--users', values.users, 1_000_000),
    rate: Number(/^\d+(\.\d+)?$/.test(values.rate) ? values.rate : fail('--rate: expected a number such as 20')),
    wholeQuota: values['whole-quota'],
    signOut: !values['no-sign-out'],
    dryRun: values['dry-run'],
    fail: Number(percent) / 100,
    kill: values.kill,
    runs: wholeNumber('--runs', values.runs, 10),
    json: values.json,
    help: values.help,
  };
}

function wholeNumber(flag: string, text: string, most: number): number {
  const number = /^\d+$/.test(text) ? Number(text) : 0;
  if (number < 1 || number > most) fail(`${flag}: expected a whole number from 1 to ${most}`);
  return number;
}

function fail(message: string): never {
  throw new Error(message);
}
