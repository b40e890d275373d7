import { parseArgs } from 'node:util';

export const USAGE = `Usage: npm run verify -- [options]

Runs one experiment for each assumption of this project about AWS, in your AWS account, and prints which hold. Says
beforehand what it makes, and removes it afterwards. docs/verify.md has the permissions that it needs. The exit status is 0
when nothing differs from what is assumed and no experiment failed.

  --sandbox         rehearse on this machine, without an AWS account
  --region REGION   the AWS Region (AWS_REGION by default)
  --from ADDRESS    an address that is verified in Amazon SES in this Region, for the experiments with custom email messages
  --output FILE     where to write the results (verify-results.json by default)
  --yes             do not ask
  --help            print this text`;

export interface Arguments {
  readonly sandbox: boolean;
  readonly region: string;
  readonly from?: string;
  readonly output: string;
  readonly yes: boolean;
  readonly help: boolean;
}

/** Throws an error when an option is not valid. */
export function readArguments(
  args: readonly string[] = process.argv.slice(2),
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Arguments {
  const flag = { type: 'boolean', default: false } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      sandbox: flag,
      region: { type: 'string' },
      from: { type: 'string' },
      output: { type: 'string', default: 'verify-results.json' },
      yes: flag,
      help: flag,
    },
  });
  const { sandbox, help, yes, output } = values;
  if (sandbox && values.region !== undefined) throw new Error('--region: got a Region, expected none with --sandbox');
  const region = sandbox ? 'us-east-1' : (values.region ?? environment.AWS_REGION ?? '');
  if (!help && !/^[a-z]{2}(-[a-z]+)+-\d$/.test(region)) {
    throw new Error('--region: got no AWS Region, expected one such as eu-west-1, here or in AWS_REGION');
  }
  if (values.from !== undefined && !/^[^\s@]+@[^\s@]+$/.test(values.from)) {
    throw new Error('--from: got something else, expected an email address');
  }
  // The sandbox takes every address as verified.
  const from = values.from ?? (sandbox ? 'no-reply@example.com' : undefined);
  return { sandbox, region, from, output, yes, help };
}
