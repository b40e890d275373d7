import { parseArgs } from 'node:util';
import type { OriginationIdentity } from 'cloud-assembly-sandbox';

const STATUSES: readonly OriginationIdentity['status'][] = [
  'ACTIVE',
  'PENDING',
  'ASSOCIATING',
  'DISASSOCIATING',
  'DELETED',
];

export const USAGE = `Usage: npm run readiness -- [options]

Invokes the readiness function of the app of bin/, on this machine. It reports whether the user pool can send SMS
messages. The options change the state of the account, to see other reports. The exit status is 0 when the report says READY.

  --sns                    send SMS messages through Amazon SNS instead of AWS End User Messaging SMS
  --sandbox-tier           the account is in the SMS sandbox
  --spent USD              how much was spent on SMS messages this month (0 by default); the limit is 1 USD
  --number-status STATUS   status of the phone number (ACTIVE by default): ${STATUSES.join(', ')}
  --json                   print the response of the function
  --help                   print this text`;

export interface Arguments {
  readonly sns: boolean;
  readonly sandboxTier: boolean;
  readonly spent: number;
  readonly numberStatus: OriginationIdentity['status'];
  readonly json: boolean;
  readonly help: boolean;
}

/** Throws an error when an option is not valid. */
export function readArguments(): Arguments {
  const flag = { type: 'boolean', default: false } as const;
  const { values } = parseArgs({
    options: {
      sns: flag,
      'sandbox-tier': flag,
      spent: { type: 'string', default: '0' },
      'number-status': { type: 'string', default: 'ACTIVE' },
      json: flag,
      help: flag,
    },
  });
  const { sns, json, help } = values;
  if (!/^\d+(\.\d+)?$/.test(values.spent)) throw new Error('--spent: expected a number of USD, such as 0.95');
  const numberStatus = STATUSES.find((status) => status === values['number-status']);
  if (numberStatus === undefined) throw new Error(`--number-status: expected one of ${STATUSES.join(', ')}`);
  return { sns, sandboxTier: values['sandbox-tier'], spent: Number(values.spent), numberStatus, json, help };
}
