/** Resets a user in a state machine, which catches that another user does not exist. */
import { Stack } from 'aws-cdk-lib';
import { DefinitionBody, JsonPath, Pass, Result, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { AdminPasswordReset, ResetErrors } from 'cdk-cognito-password-reset';
import { createApp, Story } from './story';
import { createUserPool } from './user-pool';

const app = createApp();
const stack = new Stack(app, 'IntegTask');
const userPool = createUserPool(stack);
const reset = new AdminPasswordReset(stack, 'Reset', { userPool });
const task = reset.task(stack, 'Reset password', { username: JsonPath.stringAt('$.username') });
const end = (id: string, outcome: string) => new Pass(stack, id, { result: Result.fromObject({ outcome }) });
task.addCatch(end('No such user', 'USER_NOT_FOUND'), { errors: [ResetErrors.USER_NOT_FOUND] });
const definitionBody = DefinitionBody.fromChainable(task.next(end('Done', 'RESET_REQUIRED')));
const stateMachine = new StateMachine(stack, 'Workflow', { definitionBody });

const story = new Story(app, 'Task', [stack]);
story.createUser(userPool, 'one');
story.execute(stateMachine, { username: 'one' }, ['output.outcome', 'RESET_REQUIRED']);
story.expectStatus(userPool, 'one', 'RESET_REQUIRED');
story.execute(stateMachine, { username: 'two' }, ['output.outcome', 'USER_NOT_FOUND']);
app.synth();
