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

Invokes the readiness function of the app of bin/, on this machine. It reports whether the user pool can send SMS
messages. The options change the state of the account, to see other reports. The exit status is 0 when the report says READY.

  --sns                    send SMS messages through Amazon SNS instead of AWS End User Messaging SMS
  --sandbox-tier           the account is in the SMS sandbox
  --spent USD              how much was spent on SMS messages this month (0 by default); the limit is 1 USD
  --number-status STATUS   status of the phone number (ACTIVE by default): ${STATUSES.join(', ')}
  --json                   print the response of the function
  --help                   print this text`;

interface Arguments {
  readonly sns: boolean;
  readonly sandboxTier: boolean;
  readonly spent: number;
  readonly numberStatus: OriginationIdentity['status'];
  readonly json: boolean;
  readonly help: boolean;
}

/** Throws an error when an option is not valid. */
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
  const app = await LocalApp.start({ smsPath: sns ? 'SNS' : 'END_USER_MESSAGING' });
  try {
    const { sms } = app.sandbox;
    sms.tier = sandboxTier ? 'SANDBOX' : 'PRODUCTION';
    sms.spent = spent;
    sms.addImportedIdentity(ORIGINATION_IDENTITY_ARN).status = numberStatus;
    const report = await invokeReadinessFunction(app);
    console.log(json ? JSON.stringify(report) : `A simulated account, on this machine.\n\n${formatReport(report)}`);
    return report.status === 'READY';
  } finally {
    await app.stop();
  }
}

async function invokeReadinessFunction({ clientConfig, readinessFunctionName }: LocalApp): Promise<SmsReadinessReport> {
  const { FunctionError, Payload } = await new LambdaClient(clientConfig).send(
    new InvokeCommand({ FunctionName: readinessFunctionName }),
  );
  const text = Buffer.from(Payload ?? []).toString();
  if (FunctionError !== undefined) throw new Error(`the readiness function failed: ${text}`);
  return JSON.parse(text);
}

function formatReport({ status, path, region, checks }: SmsReadinessReport): string {
  const rows = checks.map(({ name, status, detail }) => `  ${name.padEnd(20)} ${status.padEnd(8)} ${detail}`);
  return [`SMS messages through ${SMS_SERVICES[path]} in ${region}: ${status}`, '', ...rows].join('\n');
}

void runCommand('npm run readiness', main);
