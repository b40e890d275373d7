import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AdminResetUserPasswordCommand,
  CognitoIdentityProviderClient,
} from '@aws-sdk/client-cognito-identity-provider';
import { GenerateMacCommand, KMSClient } from '@aws-sdk/client-kms';
import { InvokeCommand, type InvokeCommandInput, LambdaClient } from '@aws-sdk/client-lambda';
import { App, CfnOutput, Stack, Stage } from 'aws-cdk-lib';
import { CfnUserPool, UserPool, UserPoolEmail } from 'aws-cdk-lib/aws-cognito';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import { CfnPermission, Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Sandbox } from '../src/sandbox';

const work = mkdtempSync(join(tmpdir(), 'sandbox-test-'));

afterAll(() => rmSync(work, { recursive: true }));

/** The code of a function that consists of this module. */
function code(module: string): Code {
  const folder = mkdtempSync(join(work, 'code-'));
  writeFileSync(join(folder, 'index.js'), module);
  return Code.fromAsset(folder);
}

/** A trigger that puts ClientMetadata into the message, or throws an error with it. */
const TRIGGER = `
  exports.handler = async (event) => {
    const { fail, text } = event.request.clientMetadata ?? {};
    if (fail) throw new Error(fail);
    event.response.emailSubject = 'Choose a new password';
    event.response.emailMessage = text + ' ' + event.triggerSource + ' {####}';
    return event;
  };`;

/** A function that resets the user in its event. */
const RESET = `
  const { CognitoIdentityProvider } = require(${JSON.stringify(require.resolve('@aws-sdk/client-cognito-identity-provider'))});
  const client = new CognitoIdentityProvider();
  exports.handler = async ({ username, clientMetadata }) => {
    await client.adminResetUserPassword({
      UserPoolId: process.env.USER_POOL_ID, Username: username, ClientMetadata: clientMetadata,
    });
    return { status: 'RESET_REQUIRED' };
  };`;

/** Runs a user pool with a custom message trigger, and a function that resets its users. */
async function start(grantInvoke: (trigger: LambdaFunction, userPool: UserPool) => void) {
  const app = new App({ outdir: mkdtempSync(join(work, 'cdk.out-')) });
  const stack = new Stack(app, 'Stack');
  const trigger = new LambdaFunction(stack, 'Trigger', {
    runtime: Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: code(TRIGGER),
  });
  const userPool = new UserPool(stack, 'Pool', {
    email: UserPoolEmail.withSES({ fromEmail: 'noreply@example.com', sesRegion: 'us-east-1' }),
  });
  (userPool.node.defaultChild as CfnUserPool).lambdaConfig = { customMessage: trigger.functionArn };
  grantInvoke(trigger, userPool);
  const resetFunction = new LambdaFunction(stack, 'Reset', {
    runtime: Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: code(RESET),
    environment: { USER_POOL_ID: userPool.userPoolId },
  });
  userPool.grant(resetFunction, 'cognito-idp:AdminResetUserPassword');

  const sandbox = await Sandbox.start({ assemblyDirectory: app.synth().directory });
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
    stop: () => sandbox.stop(),
  };
}

const grantInvokeToPool = (trigger: LambdaFunction, userPool: UserPool) =>
  trigger.addPermission('Cognito', {
    principal: new ServicePrincipal('cognito-idp.amazonaws.com'),
    sourceArn: userPool.userPoolArn,
  });

describe('Sandbox: a user pool with a custom message trigger', () => {
  let running: Awaited<ReturnType<typeof start>>;
  beforeAll(async () => {
    running = await start(grantInvokeToPool);
  });
  afterAll(() => running.stop());

  test('passes the ClientMetadata of a reset to the trigger and sends the message that it returns', async () => {
    expect(await running.reset({ text: 'After a leak:' })).toMatchObject({ status: 'RESET_REQUIRED' });
    expect(running.sandbox.messages.at(-1)).toMatchObject({
      destination: 'user@example.com',
      subject: 'Choose a new password',
      body: expect.stringMatching(/^After a leak: CustomMessage_ForgotPassword \d{6}$/),
      origin: 'TRIGGER',
    });
  });

  test('fails the reset and sends no message when the trigger fails', async () => {
    const before = running.sandbox.messages.length;
    expect(await running.reset({ fail: 'no such template' })).toMatchObject({
      errorType: 'UserLambdaValidationException',
    });
    expect(running.sandbox.messages).toHaveLength(before);
  });
});

test.each<[string, Parameters<typeof start>[0]]>([
  ['no principal', () => {}],
  [
    'another user pool',
    (trigger) =>
      trigger.addPermission('Cognito', {
        principal: new ServicePrincipal('cognito-idp.amazonaws.com'),
        sourceArn: 'arn:aws:cognito-idp:us-east-1:111122223333:userpool/us-east-1_Another01',
      }),
  ],
  [
    'an alias that the user pool does not use',
    (trigger, userPool) =>
      trigger.addAlias('live').addPermission('Cognito', {
        principal: new ServicePrincipal('cognito-idp.amazonaws.com'),
        sourceArn: userPool.userPoolArn,
      }),
  ],
  [
    'another AWS service',
    (trigger) => trigger.addPermission('Events', { principal: new ServicePrincipal('events.amazonaws.com') }),
  ],
])('Sandbox does not let a user pool invoke a trigger whose invoke permission is for %s', async (_, grantInvoke) => {
  const running = await start(grantInvoke);
  const answer = await running.reset({ text: 'x' });
  await running.stop();

  expect(answer).toMatchObject({ errorType: 'UnexpectedLambdaException' });
});

test.each([
  ['allows every call with an access key that belongs to no role', 'developer', undefined],
  ['allows a call with the access key of a role whose policy allows it', 'reset', undefined],
  ['denies a call with the access key of a role whose policy does not allow it', 'trigger', 'AccessDeniedException'],
])('Sandbox %s', async (_, who, expected) => {
  // GIVEN
  const running = await start(grantInvokeToPool);
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

describe('Sandbox: a stage whose trigger calls a KMS key and a function', () => {
  /** A trigger that makes the call in ClientMetadata and puts the output, or the name of the error, into the message. */
  const CALLER = `
    const { KMS } = require(${JSON.stringify(require.resolve('@aws-sdk/client-kms'))});
    const { Lambda } = require(${JSON.stringify(require.resolve('@aws-sdk/client-lambda'))});
    const clients = { kms: new KMS(), lambda: new Lambda() };
    exports.handler = async (event) => {
      const { service, operation, input } = JSON.parse(event.request.clientMetadata.call);
      for (const name of ['Message', 'Mac']) if (input[name]) input[name] = Buffer.from(input[name], 'base64');
      const { $metadata, Payload, ...output } = await clients[service][operation](input).catch(({ name }) => ({ name }));
      if (Payload) output.Payload = JSON.parse(Payload.transformToString());
      event.response.emailSubject = 'A call';
      event.response.emailMessage = JSON.stringify(output) + ' {####}';
      return event;
    };`;
  const NEXT = 'exports.handler = async (event, { invokedFunctionArn }) => ({ event, invokedFunctionArn });';
  const MESSAGE = Buffer.from('a message');
  const credentials = { accessKeyId: 'developer', secretAccessKey: 'developer' };
  const node = { runtime: Runtime.NODEJS_24_X, handler: 'index.handler' };

  let sandbox: Sandbox;
  let outputs: Readonly<Record<string, string>>;

  beforeAll(async () => {
    const app = new App({ outdir: mkdtempSync(join(work, 'cdk.out-')) });
    const stage = new Stage(app, 'Live');

    const functions = new Stack(stage, 'Functions');
    const next = new LambdaFunction(functions, 'Next', { ...node, code: code(NEXT) });
    const nextAlias = next.addAlias('live');

    const users = new Stack(stage, 'Users');
    const [signingKey, otherKey] = ['SigningKey', 'OtherKey'].map(
      (id) => new Key(users, id, { keySpec: KeySpec.HMAC_256, keyUsage: KeyUsage.GENERATE_VERIFY_MAC }),
    ) as [Key, Key];
    const trigger = new LambdaFunction(users, 'Trigger', { ...node, code: code(CALLER) });
    signingKey.grantVerifyMac(trigger);
    trigger.addToRolePolicy(
      new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [nextAlias.functionArn] }),
    );
    const triggerAlias = trigger.addAlias('live');
    const userPool = new CfnUserPool(users, 'Pool', {
      emailConfiguration: {
        emailSendingAccount: 'DEVELOPER',
        sourceArn: 'arn:aws:ses:us-east-1:111122223333:identity/noreply@example.com',
      },
      lambdaConfig: { customMessage: triggerAlias.functionArn },
    });
    new CfnPermission(users, 'Cognito', {
      action: 'lambda:InvokeFunction',
      functionName: triggerAlias.functionArn,
      principal: 'cognito-idp.amazonaws.com',
      sourceAccount: users.account,
      sourceArn: userPool.attrArn,
    });
    for (const [id, value] of Object.entries({
      UserPoolId: userPool.ref,
      SigningKeyArn: signingKey.keyArn,
      OtherKeyArn: otherKey.keyArn,
      NextArn: next.functionArn,
      NextAliasArn: nextAlias.functionArn,
      NextVersionArn: next.currentVersion.functionArn,
    })) {
      new CfnOutput(users, id, { value });
    }

    sandbox = await Sandbox.start({ assemblyDirectory: app.synth().directory });
    outputs = sandbox.assembly.outputs;
    await sandbox.cognito.addUser({
      userPoolId: outputs.UserPoolId ?? '',
      username: 'user',
      attributes: { email: 'user@example.com', email_verified: 'true' },
    });
  });
  afterAll(() => sandbox.stop());

  /** Has the trigger make the call, and returns what it put into the message. */
  async function callByTrigger(service: 'kms' | 'lambda', operation: string, input: object): Promise<unknown> {
    const cognito = new CognitoIdentityProviderClient({ endpoint: sandbox.endpoint, region: 'us-east-1', credentials });
    await cognito.send(
      new AdminResetUserPasswordCommand({
        UserPoolId: outputs.UserPoolId,
        Username: 'user',
        ClientMetadata: { call: JSON.stringify({ service, operation, input }) },
      }),
    );
    return JSON.parse(sandbox.messages.at(-1)?.body.replace(/ \d{6}$/, '') ?? '');
  }

  async function generateMac(keyArn: string | undefined): Promise<Uint8Array> {
    const kms = new KMSClient({ endpoint: sandbox.endpoint, region: 'us-east-1', credentials });
    const command = new GenerateMacCommand({ KeyId: keyArn, Message: MESSAGE, MacAlgorithm: 'HMAC_SHA_256' });
    const { Mac = new Uint8Array() } = await kms.send(command);
    return Mac;
  }

  const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');

  test.each([
    [
      'lets the trigger verify a MAC with the key that its role allows',
      'verifyMac',
      'SigningKeyArn',
      { MacValid: true },
    ],
    [
      'does not let the trigger verify a MAC with another key',
      'verifyMac',
      'OtherKeyArn',
      { name: 'AccessDeniedException' },
    ],
    [
      'does not let the trigger generate a MAC with the key that its role allows for verification',
      'generateMac',
      'SigningKeyArn',
      { name: 'AccessDeniedException' },
    ],
  ])('%s', async (_, operation, key, expected) => {
    const KeyId = outputs[key];
    const Mac = operation === 'verifyMac' ? base64(await generateMac(KeyId)) : undefined;

    const answer = await callByTrigger('kms', operation, {
      KeyId,
      Message: base64(MESSAGE),
      Mac,
      MacAlgorithm: 'HMAC_SHA_256',
    });

    expect(answer).toMatchObject(expected);
  });

  test('lets the trigger invoke the alias that its role allows', async () => {
    const input = { FunctionName: outputs.NextAliasArn, Payload: '{"for":"next"}' };

    const answer = await callByTrigger('lambda', 'invoke', input);

    expect(answer).toMatchObject({
      StatusCode: 200,
      Payload: { event: { for: 'next' }, invokedFunctionArn: outputs.NextAliasArn },
    });
  });

  test.each(['NextArn', 'NextVersionArn'])(
    'does not let the trigger invoke the same function by its %s',
    async (name) => {
      const answer = await callByTrigger('lambda', 'invoke', { FunctionName: outputs[name] });

      expect(answer).toEqual({ name: 'AccessDeniedException' });
    },
  );

  test.each<[string, () => Partial<InvokeCommandInput>, string]>([
    ['ARN', () => ({ FunctionName: outputs.NextArn }), 'NextArn'],
    ["alias's ARN", () => ({ FunctionName: outputs.NextAliasArn }), 'NextAliasArn'],
    ["version's ARN", () => ({ FunctionName: outputs.NextVersionArn }), 'NextVersionArn'],
    ['ARN and a qualifier', () => ({ FunctionName: outputs.NextArn, Qualifier: 'live' }), 'NextAliasArn'],
  ])('lets a developer invoke a function by its %s', async (_, input, expected) => {
    const lambda = new LambdaClient({ endpoint: sandbox.endpoint, region: 'us-east-1', credentials });

    const { Payload } = await lambda.send(new InvokeCommand({ FunctionName: '', ...input() }));

    expect(JSON.parse(Payload?.transformToString() ?? '')).toMatchObject({ invokedFunctionArn: outputs[expected] });
  });

  test('refuses to invoke a function by a request that is signed for another Region', async () => {
    const lambda = new LambdaClient({ endpoint: sandbox.endpoint, region: 'eu-west-1', credentials });

    await expect(lambda.send(new InvokeCommand({ FunctionName: outputs.NextArn }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: "Functions from 'us-east-1' are not reachable in this region ('eu-west-1')",
    });
  });
});
