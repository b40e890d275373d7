import { join, resolve } from 'node:path';
import type { Language } from './jsii-kernel';

const MESSAGES = join(resolve(__dirname, '..', '..'), 'bin', 'messages');

const OWN = 'cdk-cognito-password-reset';
const COGNITO = 'aws-cdk-lib.aws_cognito';
const IAM = 'aws-cdk-lib.aws_iam';
const STEP_FUNCTIONS = 'aws-cdk-lib.aws_stepfunctions';

/**
 * Synthesizes the stack `Passwords` into a folder: a user pool, messages from a folder, SMS messages, a reset in a
 * workflow, and a campaign.
 */
export async function synthesizeIn(language: Language, outdir: string): Promise<void> {
  const construct = (type: string, scope: unknown, id: string, props: object) =>
    language.create(type, scope, id, language.struct(`${type}Props`, props));

  const appProps = language.struct('aws-cdk-lib.AppProps', { outdir, analyticsReporting: false });
  const app = await language.create('aws-cdk-lib.App', appProps);
  const env = language.struct('aws-cdk-lib.Environment', { account: '111122223333', region: 'us-east-1' });
  const stack = await construct('aws-cdk-lib.Stack', app, 'Passwords', { env });

  const sender = language.struct(`${COGNITO}.UserPoolSESOptions`, { fromEmail: 'no-reply@example.com' });
  const userPool = await construct(`${COGNITO}.UserPool`, stack, 'Users', {
    email: await language.callStatic(`${COGNITO}.UserPoolEmail`, 'withSES', sender),
    signInAliases: language.struct(`${COGNITO}.SignInAliases`, { email: true, phone: true }),
    mfa: language.member(`${COGNITO}.Mfa`, 'OPTIONAL'),
  });
  const catalog = await language.callStatic(`${OWN}.MessageCatalog`, 'fromDirectory', MESSAGES);
  const messages = await construct(`${OWN}.ResetMessages`, stack, 'Messages', { userPool, catalog });

  const origination = await construct(`${OWN}.OriginationPhoneNumber`, stack, 'Number', {
    isoCountryCode: 'US',
    numberType: language.member(`${OWN}.OriginationNumberType`, 'TOLL_FREE'),
    helpMessage: 'Write to help@example.com',
    stopMessage: 'You get no more messages',
  });
  const delivery = await construct(`${OWN}.SmsDelivery`, stack, 'Sms', {
    userPool,
    origination,
    replaceExisting: true,
  });
  const onDeployment = language.member(`${OWN}.SmsReadinessOnDeployment`, 'FAIL');
  const smsReadiness = await construct(`${OWN}.SmsReadiness`, stack, 'Readiness', { delivery, onDeployment });

  const passwordReset = await construct(`${OWN}.AdminPasswordReset`, stack, 'Reset', {
    userPool,
    messages,
    timeout: await language.callStatic('aws-cdk-lib.Duration', 'seconds', 40),
    idempotency: true,
    // As a language without optional values passes it.
    memorySize: null,
  });
  const assumedBy = await language.create(`${IAM}.AccountPrincipal`, '111122223333');
  const helpDesk = await construct(`${IAM}.Role`, stack, 'HelpDesk', { assumedBy });
  await language.call(passwordReset, 'grantInvoke', helpDesk);
  const alarm = language.struct('aws-cdk-lib.aws_cloudwatch.CreateAlarmOptions', {
    threshold: 100,
    evaluationPeriods: 1,
  });
  await language.call(await language.call(passwordReset, 'metricResets'), 'createAlarm', stack, 'Many', alarm);

  const taskProps = language.struct(`${OWN}.ResetTaskProps`, {
    username: await language.callStatic(`${STEP_FUNCTIONS}.JsonPath`, 'stringAt', '$.username'),
    clientMetadata: language.map({ template: 'help-desk', ticket: '4711' }),
  });
  const task = await language.call(passwordReset, 'task', stack, 'Reset password', taskProps);
  const errors = await language.callStatic(`${OWN}.ResetErrors`, 'maybeReset');
  const fail = await construct(`${STEP_FUNCTIONS}.Fail`, stack, 'Maybe reset', {});
  await language.call(task, 'addCatch', fail, language.struct(`${STEP_FUNCTIONS}.CatchProps`, { errors }));
  await construct(`${STEP_FUNCTIONS}.StateMachine`, stack, 'Workflow', {
    definitionBody: await language.callStatic(`${STEP_FUNCTIONS}.DefinitionBody`, 'fromChainable', task),
  });

  const bulk = await construct(`${OWN}.BulkPasswordReset`, stack, 'Bulk', {
    passwordReset,
    smsReadiness,
    maxUsers: 1000,
  });
  await language.call(bulk, 'grantStart', helpDesk);
  const value = await language.get(await language.get(bulk, 'campaignStateMachine'), 'stateMachineArn');
  await construct('aws-cdk-lib.CfnOutput', stack, 'CampaignArn', { value });

  await language.call(app, 'synth');
}
