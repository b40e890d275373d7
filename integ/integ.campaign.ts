/** Tries a campaign with ten users, and then resets them. A second run sends no message. */
import { Stack } from 'aws-cdk-lib';
import { AdminPasswordReset, BulkPasswordReset } from 'cdk-cognito-password-reset';
import { createApp, Story } from './story';
import { createUserPool } from './user-pool';

const USERS = 10;

const app = createApp();
const stack = new Stack(app, 'IntegCampaign');
const userPool = createUserPool(stack);
const passwordReset = new AdminPasswordReset(stack, 'Reset', { userPool });
const bulk = new BulkPasswordReset(stack, 'Bulk', { passwordReset, maxUsers: USERS });

const story = new Story(app, 'Campaign', [stack]);
for (let number = 1; number <= USERS; number += 1) story.createUser(userPool, `user-${number}`);
const confirm = { userPoolId: userPool.userPoolId, expectedUsers: USERS };
const input = { campaignId: 'integ', confirm };
story.execute(bulk.dryRunStateMachine, input, ['output.totals.WOULD_RESET', USERS]);
story.expectStatus(userPool, 'user-1', 'CONFIRMED');
story.execute(bulk.campaignStateMachine, input, ['output.totals.RESET', USERS]);
for (let number = 1; number <= USERS; number += 1) story.expectStatus(userPool, `user-${number}`, 'RESET_REQUIRED');
story.execute(bulk.campaignStateMachine, input, ['output.totals.ALREADY_RESET', USERS]);
app.synth();
