import { createSocket, type Socket } from 'node:dgram';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Stack } from 'aws-cdk-lib';
import { AccountRecovery, UserPool, UserPoolEmail } from 'aws-cdk-lib/aws-cognito';
import { Code, Function as LambdaFunction, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import {
  AdminPasswordReset,
  BulkPasswordReset,
  MessageCatalog,
  ResetMessages,
  SmsReadiness,
  SnsSmsDelivery,
} from '../../lib';
import { type Deployment, deploy, PASSWORD } from '../support/deployment';

/** In every place of an event where a user name could be. */
const NAME = 'jane.doe-4711';

/** Throws what it gets, and sends it to the daemon, as a traced function could. */
const CARELESS = `
exports.handler = async ({ username }) => {
  const [address, port] = process.env.AWS_XRAY_DAEMON_ADDRESS.split(':');
  const socket = require('node:dgram').createSocket('udp4');
  await new Promise((resolve) => socket.send('{"format":"json"}\\n{"annotations":{"user":"' + username + '"}}', port, address, resolve));
  socket.close();
  throw new Error('no user ' + username);
};`;

const TRIGGER_EVENTS = [
  { triggerSource: 'CustomMessage_ForgotPassword', userName: NAME },
  { triggerSource: 'CustomMessage_ForgotPassword', userName: NAME, request: { userAttributes: { sub: NAME } } },
  { userName: NAME, request: NAME },
];

const EVENTS: Readonly<Record<string, readonly object[]>> = {
  Reset: [
    { username: NAME },
    { username: 'nobody', clientMetadata: { name: NAME }, requestedBy: NAME, reason: NAME },
    { username: 'nobody', [NAME]: NAME },
    { username: { name: NAME } },
  ],
  Messages: TRIGGER_EVENTS,
  Attached: TRIGGER_EVENTS,
  AttachedAttach: [
    { RequestType: 'Create', ResourceProperties: { UserPoolId: 'us-east-1_AbCdEfGhI', FunctionArn: NAME } },
  ],
  Readiness: [{ username: NAME }, { RequestType: 'Create', ResourceProperties: { OnDeployment: NAME } }],
  BulkPreflight: [{ step: NAME }, { step: 'FIRST', start: { input: { campaignId: NAME, confirm: NAME } } }],
  BulkListing: [{ campaign: NAME }, { campaign: { id: NAME, list: NAME }, listing: NAME }],
  BulkWorker: [{ Items: [{ username: NAME }], BatchInput: NAME }, { Items: NAME }],
  BulkSummary: [{ campaign: NAME, listing: { key: NAME } }],
};

describe('with tracing, in the traces of the functions', () => {
  let daemon: Socket;
  let deployment: Deployment;
  const segments: string[] = [];
  const errors: { functionName: string; cause: string }[] = [];
  const collect = (error: unknown) => void errors.push(error as (typeof errors)[number]);

  beforeAll(async () => {
    subscribe('cloud-assembly-sandbox:traced-error', collect);
    daemon = createSocket('udp4').on('message', (message) => segments.push(message.toString()));
    daemon.bind(0, '127.0.0.1');
    await once(daemon, 'listening');
    const { port } = daemon.address() as AddressInfo;
    deployment = await deploy({ traces: 'every function' }, define, {
      functionEnvironment: { AWS_XRAY_DAEMON_ADDRESS: `127.0.0.1:${port}` },
    });
    const { sandbox } = deployment;
    const [userPool] = sandbox.assembly.userPools;
    await sandbox.cognito.addUser({
      userPoolId: userPool?.userPoolId ?? '',
      username: NAME,
      password: PASSWORD,
      // Without a verified contact, Cognito refuses the reset.
      attributes: {},
    });
  }, 60_000);
  afterAll(async () => {
    unsubscribe('cloud-assembly-sandbox:traced-error', collect);
    daemon.close();
    await deployment.stop();
  });

  const nameOf = (id: string) => {
    const names = deployment.sandbox.assembly.functions.map(({ functionName }) => functionName);
    return names.find((name) => name.includes(`${id}Function`)) ?? id;
  };

  test('what a careless function sends is found: the control case', async () => {
    const careless = deployment.sandbox.assembly.functions.find(({ functionName }) => /Careless/.test(functionName));
    await deployment.sandbox.lambda.invoke(careless?.functionName ?? '', { username: NAME });

    expect(errors.splice(0).map(({ cause }) => JSON.parse(cause).exceptions[0].message)).toEqual([`no user ${NAME}`]);
    if (segments.length === 0) await once(daemon, 'message');
    expect(segments.splice(0).join()).toContain(NAME);
  });

  test.each(Object.entries(EVENTS))('there is no user name: %s', async (id, events) => {
    const functionName = nameOf(id);
    const failed: string[] = [];
    for (const event of events) {
      const { functionError } = await deployment.sandbox.lambda.invoke(functionName, event);
      if (functionError !== undefined) failed.push(functionName);
    }

    const found = errors.splice(0);
    expect(found.map((error) => error.functionName)).toEqual(failed);
    expect(found.map(({ cause }) => cause).join('\n')).not.toContain(NAME);
  });

  test('there is nothing of their own: no segment, no annotation', () => {
    expect(segments).toEqual([]);
  });

  test('every function of the library was invoked', () => {
    const functions = deployment.sandbox.assembly.functions.map(({ functionName }) => functionName);

    expect(Object.keys(EVENTS).map(nameOf).sort()).toEqual(functions.filter((name) => !/Careless/.test(name)).sort());
  });
});

function define(stack: Stack): void {
  const tracing = Tracing.ACTIVE;
  const catalog = MessageCatalog.fromInline({
    defaultLocale: 'en',
    templates: { reset: { en: { sms: 'Your code is {{code}}' } } },
  });
  const userPool = new UserPool(stack, 'Users', {
    signInAliases: { username: true, email: true },
    accountRecovery: AccountRecovery.EMAIL_ONLY,
    email: UserPoolEmail.withSES({ fromEmail: 'no-reply@example.com', sesRegion: 'us-east-1' }),
  });
  const messages = new ResetMessages(stack, 'Messages', { userPool, catalog, tracing });
  new ResetMessages(stack, 'Attached', {
    userPool: UserPool.fromUserPoolId(stack, 'Imported', 'us-east-1_AbCdEfGhI'),
    catalog,
    sendsThroughSes: true,
    caseSensitive: true,
    attach: true,
    tracing,
  });
  const passwordReset = new AdminPasswordReset(stack, 'Reset', { userPool, messages, tracing });
  const delivery = new SnsSmsDelivery(stack, 'Sms', { userPool });
  const smsReadiness = new SmsReadiness(stack, 'Readiness', { delivery, tracing });
  new BulkPasswordReset(stack, 'Bulk', { passwordReset, smsReadiness, tracing });
  new LambdaFunction(stack, 'Careless', {
    runtime: Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: Code.fromInline(CARELESS),
  });
}
