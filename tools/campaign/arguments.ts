import { parseArgs } from 'node:util';

export const USAGE = `Usage: npm run campaign -- [options]

Adds users to the user pool of the app of bin/, on this machine, and resets all users of the pool with a campaign. Then
checks that the campaign kept its promises. The exit status is 0 when it did: each user is in the report exactly once,
no user got two messages, and the rate and Cognito's quota were kept.

  --users N        users to add (200 by default)
  --rate N         resets per second (20 by default)
  --whole-quota    allow a rate up to Cognito's quota: 30, or 25 with sign-out
  --no-sign-out    do not sign the users out; a rate of up to 24 is then allowed, instead of 20
  --list           name the users in a list, instead of resetting all users of the pool
  --imported       add the users as an import does, so that they must set a new password, and reach these alone
  --dry-run        report what the campaign would do, and reset no user
  --fail PERCENT   let this share of the resets fail, such as 8%: of eight failures, five are throttled, two are a 5xx
                   error, and one is a broken connection
  --kill           kill a worker in the middle of its batch
  --runs N         number of runs of the campaign (1 by default): a further run resets only the users that are left
  --json           print the results and the checks as JSON
  --help           print this text`;

export interface Arguments {
  readonly users: number;
  readonly rate: number;
  readonly wholeQuota: boolean;
  readonly signOut: boolean;
  readonly list: boolean;
  readonly imported: boolean;
  readonly dryRun: boolean;
  /** The share of the resets that fail, from 0 to 0.9. */
  readonly failureShare: number;
  readonly kill: boolean;
  readonly runs: number;
  readonly json: boolean;
  readonly help: boolean;
}

/** Throws an error when an option is not valid. */
export function readArguments(args: readonly string[] = process.argv.slice(2)): Arguments {
  const flag = { type: 'boolean', default: false } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      users: { type: 'string', default: '200' },
      rate: { type: 'string', default: '20' },
      'whole-quota': flag,
      'no-sign-out': flag,
      list: flag,
      imported: flag,
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
    users: parseWholeNumber('--users', values.users, 1_000_000),
    rate: Number(
      /^\d+(\.\d+)?$/.test(values.rate)
        ? values.rate
        : throwError('--rate: expected a number of resets per second, such as 20'),
    ),
    wholeQuota: values['whole-quota'],
    signOut: !values['no-sign-out'],
    list: values.list,
    imported: values.imported,
    dryRun: values['dry-run'],
    failureShare: Number(percent) / 100,
    kill: values.kill,
    runs: parseWholeNumber('--runs', values.runs, 10),
    json: values.json,
    help: values.help,
  };
}

function parseWholeNumber(option: string, text: string, max: number): number {
  const number = /^\d+$/.test(text) ? Number(text) : 0;
  if (number < 1 || number > max) throwError(`${option}: expected a whole number from 1 to ${max}`);
  return number;
}

function throwError(message: string): never {
  throw new Error(message);
}
