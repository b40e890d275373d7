/** Resets a user, refuses an unknown one, and repeats the result for the same idempotency key. */
import { Stack } from 'aws-cdk-lib';
import { AdminPasswordReset } from 'cdk-cognito-password-reset';
import { createApp, Story } from './story';
import { createUserPool } from './user-pool';

const app = createApp();
const stack = new Stack(app, 'IntegReset');
const userPool = createUserPool(stack);
const reset = new AdminPasswordReset(stack, 'Reset', { userPool, globalSignOut: true, idempotency: true });

const story = new Story(app, 'Reset', [stack]);
story.createUser(userPool, 'one');
story.createUser(userPool, 'two');
story.invoke(reset.lambdaFunction, { username: 'one', idempotencyKey: 'first' }, ['status', 'RESET_REQUIRED']);
story.expectStatus(userPool, 'one', 'RESET_REQUIRED');
story.expectStatus(userPool, 'two', 'CONFIRMED');
story.invoke(reset.lambdaFunction, { username: 'one', idempotencyKey: 'first' }, ['replayed', true]);
story.invoke(reset.lambdaFunction, { username: 'three' }, ['errorType', 'UserNotFoundException']);
story.invoke(reset.lambdaFunction, { userName: 'two' }, ['errorType', 'InvalidRequestError']);
story.expectStatus(userPool, 'two', 'CONFIRMED');
app.synth();
