import { parseArgs } from 'node:util';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { OriginationIdentity } from 'cloud-assembly-sandbox';
import type { SmsReadinessReport } from '../../lib/contract/sms';
import { LocalApp, ORIGINATION_IDENTITY_ARN } from '../shared/local-app';
import { SMS_SERVICES } from '../shared/printer';
import { runCommand } from '../shared/run-command';

const STATUSES: readonly OriginationIdentity['status'][] = [
  'ACTIVE',
  'PENDING',
  'ASSOCIATING',
  'DISASSOCIATING',
  'DELETED',
];

const USAGE = `Usage: npm run readiness -- [options]

Asks the app of bin/, running on this machine, whether its SMS would be sent. Ends with status 0 when they would.

  --sns                    send them through Amazon SNS instead of AWS End User Messaging SMS
  --sandbox-tier           the account is in the SMS sandbox
  --spent USD              what SMS have cost in this month, of a limit of 1 USD (0 by default)
  --number-status STATUS   of the number: ${STATUSES.join(', ')}
  --json                   print the report as the function answers it
  --help                   print this`;

interface Arguments {
  readonly sns: boolean;
  readonly sandboxTier: boolean;
  readonly spent: number;
  readonly numberStatus: OriginationIdentity['status'];
  readonly json: boolean;
  readonly help: boolean;
}

/** Throws an error that says what is wrong with the command line. */
function readArguments(): Arguments {
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

async function main(): Promise<boolean> {
  const { sns, sandboxTier, spent, numberStatus, json, help } = readArguments();
  if (help) {
    console.log(USAGE);
    return true;
  }
  const demonstration = await LocalApp.start({ smsPath: sns ? 'SNS' : 'END_USER_MESSAGING' });
  try {
    const { sms } = demonstration.sandbox;
    sms.tier = sandboxTier ? 'SANDBOX' : 'PRODUCTION';
    sms.spent = spent;
    sms.import(ORIGINATION_IDENTITY_ARN).status = numberStatus;
    const report = await invokeReadinessFunction(demonstration);
    console.log(json ? JSON.stringify(report) : formatReport(report));
    return report.status === 'READY';
  } finally {
    await demonstration.stop();
  }
}

async function invokeReadinessFunction({ clientConfig, readinessFunctionName }: LocalApp): Promise<SmsReadinessReport> {
  const { FunctionError, Payload } = await new LambdaClient(clientConfig).send(
    new InvokeCommand({ FunctionName: readinessFunctionName }),
  );
  const text = Buffer.from(Payload ?? []).toString();
  if (FunctionError !== undefined) throw new Error(`the function failed: ${text}`);
  return JSON.parse(text);
}

function formatReport({ status, path, region, checks }: SmsReadinessReport): string {
  const rows = checks.map(({ name, status, detail }) => `  ${name.padEnd(20)} ${status.padEnd(8)} ${detail}`);
  return [`SMS through ${SMS_SERVICES[path]} in ${region}: ${status}`, '', ...rows].join('\n');
}

void runCommand('npm run readiness', main);
