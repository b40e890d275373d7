/**
 * Resets a user with a message of the catalog, through Amazon SES. Nobody can read it here, but the trigger writes down
 * each signature that it verified, so it got ClientMetadata and knew it. A forged request gets the template of
 * self-service.
 */
import { Stack } from 'aws-cdk-lib';
import { UserPoolEmail } from 'aws-cdk-lib/aws-cognito';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { AdminPasswordReset, MessageCatalog, ResetMessages } from 'cdk-cognito-password-reset';
import { createApp, Story } from './story';
import { createUserPool } from './user-pool';

const app = createApp();
const stack = new Stack(app, 'IntegMessages');
// An address that is verified in Amazon SES. A parameter, so that it is not in the snapshot.
const fromEmail = StringParameter.valueForStringParameter(stack, '/cdk-cognito-password-reset/integ/from-email');
const userPool = createUserPool(stack, { email: UserPoolEmail.withSES({ fromEmail, sesRegion: stack.region }) });
const messages = new ResetMessages(stack, 'Messages', {
  userPool,
  singleUse: true,
  catalog: MessageCatalog.fromInline({
    defaultLocale: 'en',
    selfServiceTemplate: 'forgotten',
    templates: {
      forgotten: { en: { emailSubject: 'Your code', emailHtml: '<p>Your code is {{code}}</p>' } },
      breach: { en: { emailSubject: 'Choose a new password', emailHtml: '<p>Your code is {{code}}</p>' } },
    },
  }),
});
const reset = new AdminPasswordReset(stack, 'Reset', { userPool, messages });

const story = new Story(app, 'Messages', [stack]);
story.createUser(userPool, 'one');
const clientMetadata = { template: 'breach' };
story.invoke(reset.lambdaFunction, { username: 'one', clientMetadata }, ['status', 'RESET_REQUIRED']);
const expectVerifiedSignatures = (count: number) => {
  const { tableName, tableArn } = messages.usedSignaturesTable ?? { tableName: '', tableArn: '' };
  story.call({
    service: 'dynamodb',
    api: 'Scan',
    parameters: { TableName: tableName, Select: 'COUNT', ConsistentRead: true },
    allow: ['dynamodb:Scan', tableArn],
    expect: ['Count', count],
  });
};
expectVerifiedSignatures(1);
const forged = {
  version: '1',
  triggerSource: 'CustomMessage_ForgotPassword',
  region: stack.region,
  userPoolId: userPool.userPoolId,
  userName: 'one',
  callerContext: { awsSdkVersion: '1', clientId: 'forged' },
  request: { userAttributes: {}, codeParameter: '{####}', linkParameter: '', usernameParameter: null, clientMetadata },
  response: { smsMessage: null, emailMessage: null, emailSubject: null },
};
story.invoke(messages.lambdaFunction, forged, ['response.emailSubject', 'Your code']);
app.synth();
