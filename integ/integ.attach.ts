/** Attaches the custom message trigger to a user pool of another stack. */
import { Stack } from 'aws-cdk-lib';
import { UserPool } from 'aws-cdk-lib/aws-cognito';
import { AdminPasswordReset, MessageCatalog, ResetMessages } from 'cdk-cognito-password-reset';
import { createApp, Story } from './story';
import { createUserPool } from './user-pool';

const app = createApp();
const owner = new Stack(app, 'IntegOwner');
const owned = createUserPool(owner);
const stack = new Stack(app, 'IntegAttach');
const userPool = UserPool.fromUserPoolId(stack, 'Users', owned.userPoolId);
const messages = new ResetMessages(stack, 'Messages', {
  userPool,
  sendsThroughSes: false,
  caseSensitive: false,
  attach: true,
  catalog: MessageCatalog.fromInline({
    defaultLocale: 'en',
    defaultTemplate: 'reset',
    templates: { reset: { en: { sms: 'Your code is {{code}}' } } },
  }),
});
const reset = new AdminPasswordReset(stack, 'Reset', { userPool, messages });

const story = new Story(app, 'Attach', [owner, stack]);
const { functionArn } = messages.lambdaFunction;
story.callCognito(owned, 'DescribeUserPool', { UserPoolId: owned.userPoolId }, [
  'UserPool.LambdaConfig.CustomMessage',
  functionArn,
]);
story.createUser(owned, 'one');
story.invoke(reset.lambdaFunction, { username: 'one' }, ['status', 'RESET_REQUIRED']);
story.expectStatus(owned, 'one', 'RESET_REQUIRED');
app.synth();
