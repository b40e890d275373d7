import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { SmsReadinessReport } from '../../lib/contract/sms';
import { LocalApp } from '../shared/local-app';
import { SMS_SERVICES } from '../shared/printer';
import { ORIGINATION_IDENTITY_ARN } from '../shared/users';
import type { Arguments } from './arguments';

/** Returns whether the report says READY. */
export async function readiness({ sns, sandboxTier, spent, numberStatus, json }: Arguments): Promise<boolean> {
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
