import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AdminResetUserPasswordCommand,
  CognitoIdentityProviderClient,
} from '@aws-sdk/client-cognito-identity-provider';
import { App, Stack } from 'aws-cdk-lib';
import { type CfnUserPool, UserPool, UserPoolEmail } from 'aws-cdk-lib/aws-cognito';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { AdminPasswordReset } from '../../lib';
import { Sandbox } from '../../sandbox/sandbox';

/** Writes what it was sent into the message, or throws it. */
const TRIGGER = `
  exports.handler = async (event) => {
    const { fail, text } = event.request.clientMetadata ?? {};
    if (fail) throw new Error(fail);
    event.response.emailSubject = 'Choose a new password';
    event.response.emailMessage = text + ' ' + event.triggerSource + ' {####}';
    return event;
  };`;

/** A user pool with a custom message trigger, and the reset, synthesized and running. */
async function start(allow: (trigger: LambdaFunction, userPool: UserPool) => void) {
  const directory = mkdtempSync(join(tmpdir(), 'sandbox-'));
  const app = new App({ outdir: directory });
  const stack = new Stack(app, 'Stack');
  const trigger = new LambdaFunction(stack, 'Trigger', {
    runtime: Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: Code.fromInline(TRIGGER),
  });
  const userPool = new UserPool(stack, 'Pool', {
    email: UserPoolEmail.withSES({ fromEmail: 'noreply@example.com', sesRegion: 'us-east-1' }),
  });
  (userPool.node.defaultChild as CfnUserPool).lambdaConfig = { customMessage: trigger.functionArn };
  allow(trigger, userPool);
  new AdminPasswordReset(stack, 'Reset', { userPool });
  app.synth();

  const sandbox = await Sandbox.start({ assemblyDirectory: directory });
  const [{ userPoolId = '' } = {}] = sandbox.assembly.userPools;
  const reset = sandbox.assembly.functions.find(({ environment }) => environment.USER_POOL_ID === userPoolId);
  await sandbox.cognito.addUser({
    userPoolId,
    username: 'user',
    attributes: { email: 'user@example.com', email_verified: 'true' },
  });
  return {
    sandbox,
    userPoolId,
    reset: async (clientMetadata: Record<string, string>) => {
      const { payload } = await sandbox.lambda.invoke(reset?.functionName ?? '', { username: 'user', clientMetadata });
      return payload as { status?: string; errorType?: string };
    },
    stop: async () => {
      await sandbox.stop();
      rmSync(directory, { recursive: true });
    },
  };
}

const allowThePool = (trigger: LambdaFunction, userPool: UserPool) =>
  trigger.addPermission('Cognito', {
    principal: new ServicePrincipal('cognito-idp.amazonaws.com'),
    sourceArn: userPool.userPoolArn,
  });

describe('a user pool with a custom message trigger', () => {
  let running: Awaited<ReturnType<typeof start>>;
  beforeAll(async () => {
    running = await start(allowThePool);
  });
  afterAll(() => running.stop());

  test('is told the ClientMetadata of the reset, and sends what it answers', async () => {
    expect(await running.reset({ text: 'After a leak:' })).toMatchObject({ status: 'RESET_REQUIRED' });
    expect(running.sandbox.messages.at(-1)).toMatchObject({
      destination: 'user@example.com',
      subject: 'Choose a new password',
      body: expect.stringMatching(/^After a leak: CustomMessage_ForgotPassword \d{6}$/),
      origin: 'TRIGGER',
    });
  });

  test('fails the reset when it fails', async () => {
    const before = running.sandbox.messages.length;
    expect(await running.reset({ fail: 'no such template' })).toMatchObject({
      errorType: 'UserLambdaValidationException',
    });
    expect(running.sandbox.messages).toHaveLength(before);
  });
});

test.each<[string, Parameters<typeof start>[0]]>([
  ['nobody', () => {}],
  [
    'another user pool',
    (trigger) =>
      trigger.addPermission('Cognito', {
        principal: new ServicePrincipal('cognito-idp.amazonaws.com'),
        sourceArn: 'arn:aws:cognito-idp:us-east-1:111122223333:userpool/us-east-1_Another01',
      }),
  ],
  [
    'another service',
    (trigger) => trigger.addPermission('Events', { principal: new ServicePrincipal('events.amazonaws.com') }),
  ],
])('a trigger that allows %s cannot be invoked', async (_, allow) => {
  const running = await start(allow);
  const answer = await running.reset({ text: 'x' });
  await running.stop();

  expect(answer).toMatchObject({ errorType: 'UnexpectedLambdaException' });
});

test.each([
  ['a key that is not of a role may do everything', 'developer', undefined],
  ['the key of a role may do what its policy allows', 'reset', undefined],
  ['the key of another role may not', 'trigger', 'AccessDeniedException'],
])('%s', async (_, who, expected) => {
  // GIVEN
  const running = await start(allowThePool);
  const { sandbox, userPoolId } = running;
  const fn = sandbox.assembly.functions.find(({ environment }) => 'USER_POOL_ID' in environment === (who === 'reset'));
  const credentials =
    who === 'developer'
      ? { accessKeyId: 'developer', secretAccessKey: 'developer' }
      : sandbox.credentialsOf(fn?.roleArn ?? '');
  const cognito = new CognitoIdentityProviderClient({ endpoint: sandbox.endpoint, region: 'us-east-1', credentials });

  // WHEN
  const error = await cognito
    .send(
      new AdminResetUserPasswordCommand({ UserPoolId: userPoolId, Username: 'user', ClientMetadata: { text: 'x' } }),
    )
    .then(
      () => undefined,
      ({ name }: Error) => name,
    );
  await running.stop();

  // THEN
  expect(error).toBe(expected);
});
