import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type FunctionDefinition, LambdaService } from 'cloud-assembly-sandbox';

const ASSET = resolve(__dirname, '..', '..', '..', 'assets', 'messages');

const CATALOG = {
  defaultLocale: 'en',
  defaultTemplate: 'breach',
  selfServiceTemplate: 'self',
  attributes: { given_name: 20 },
  metadata: {},
  templates: {
    breach: { en: { sms: ['breach ', { code: true }] } },
    self: {
      en: {
        email: { subject: ['self'], html: [{ code: true }] },
        sms: ['hello ', { attribute: 'given_name' }, ', ', { code: true }],
      },
    },
  },
};

/** A mark in all sensitive values, so that one search finds a leak. */
const MARK = 'Zq7Leak';

const EVENT = {
  version: '1',
  triggerSource: 'CustomMessage_ForgotPassword',
  userPoolId: 'eu-central-1_example',
  userName: `user-${MARK}`,
  request: {
    userAttributes: { sub: MARK, given_name: `Zoë-${MARK}` },
    codeParameter: '{####}',
    clientMetadata: { [MARK]: MARK },
  },
  response: { smsMessage: null, emailMessage: null, emailSubject: null },
};

const output: string[] = [];
let directory: string;
let lambda: LambdaService;

/** A function with the bundle of the trigger and this catalog. */
function definition(functionName: string, catalog: string | undefined, environment: Record<string, string> = {}) {
  const codeDirectory = join(directory, functionName);
  mkdirSync(codeDirectory);
  cpSync(ASSET, codeDirectory, { recursive: true });
  if (catalog !== undefined) writeFileSync(join(codeDirectory, 'catalog.json'), catalog);
  return {
    functionName,
    functionArn: `arn:aws:lambda:eu-central-1:111122223333:function:${functionName}`,
    roleArn: 'arn:aws:iam::111122223333:role/trigger',
    codeDirectory,
    handler: 'index.handler',
    runtime: 'nodejs24.x',
    timeoutSeconds: 5,
    memorySize: 512,
    environment: {
      SIGNING_KEY_ARN: 'arn:aws:kms:eu-central-1:111122223333:key/11111111-1111-4111-8111-111111111111',
      ...environment,
    },
    logGroupName: functionName,
    logFormat: 'JSON',
  } satisfies FunctionDefinition;
}

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'trigger-'));
  const catalog = JSON.stringify(CATALOG);
  lambda = await LambdaService.start({
    functions: [
      definition('plain', catalog),
      definition('custom-email', catalog, { CUSTOM_EMAIL: 'true' }),
      definition('no-self-service', JSON.stringify({ ...CATALOG, selfServiceTemplate: undefined })),
      definition('no-catalog', undefined),
      definition('no-json', '{"defaultLocale": "en"'),
      definition('no-templates', '{"defaultTemplate": "breach", "selfServiceTemplate": "self"}'),
    ],
    environmentVariablesOf: () => ({
      AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
      AWS_ACCESS_KEY_ID: 'a',
      AWS_SECRET_ACCESS_KEY: 'b',
    }),
    onLog: (_fn, _stream, line) => output.push(line),
  });
});
beforeEach(() => {
  output.length = 0;
});
afterAll(async () => {
  await lambda.stop();
  rmSync(directory, { recursive: true });
});

const invoke = async (functionName: string, event: unknown) => (await lambda.invoke(functionName, event)).payload;

/** The log lines of the function, without the SDK's warnings about old Node.js versions, which Lambda no longer has. */
function logged(): Record<string, unknown>[] {
  return output
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))
    .filter(({ message }) => !`${message}`.includes('NodeVersionSupportWarning'));
}

test('the trigger sends the self-service template and keeps the rest of the event', async () => {
  expect(await invoke('plain', EVENT)).toEqual({
    ...EVENT,
    response: { ...EVENT.response, smsMessage: `hello Zoë-${MARK}, {####}` },
  });
});

test('the trigger returns the event unchanged and logs nothing without a self-service template', async () => {
  expect(await invoke('no-self-service', EVENT)).toEqual(EVENT);
  expect(logged()).toEqual([]);
});

test('the trigger returns email messages if the pool supports custom email messages', async () => {
  expect(await invoke('custom-email', EVENT)).toMatchObject({
    response: { emailSubject: 'self', emailMessage: '{####}', smsMessage: `hello Zoë-${MARK}, {####}` },
  });
});

test('the trigger renders one channel when the other cannot be rendered, and logs the reason', async () => {
  const event = { ...EVENT, request: { ...EVENT.request, userAttributes: {} } };

  expect(await invoke('custom-email', event)).toMatchObject({
    response: { emailSubject: 'self', emailMessage: '{####}', smsMessage: null },
  });
  expect(logged()).toEqual([
    expect.objectContaining({ level: 'WARN', channel: 'sms', reason: 'MissingValue', template: 'self', locale: 'en' }),
  ]);
});

test('the trigger keeps fields of the response that it does not write', async () => {
  const event = { ...EVENT, response: { smsMessage: 'other', emailMessage: 'other', emailSubject: 'other' } };
  expect(await invoke('plain', event)).toMatchObject({
    response: { smsMessage: `hello Zoë-${MARK}, {####}`, emailMessage: 'other', emailSubject: 'other' },
  });
});

test.each([
  'CustomMessage_SignUp',
  'CustomMessage_ResendCode',
  'CustomMessage_AdminCreateUser',
  'CustomMessage_UpdateUserAttribute',
  'CustomMessage_VerifyUserAttribute',
  'CustomMessage_Authentication',
])('the trigger returns the event unchanged for other trigger sources: %s', async (triggerSource) => {
  const event = { ...EVENT, triggerSource };
  expect(await invoke('custom-email', event)).toEqual(event);
});

test.each([
  ['no-catalog', { message: 'catalog.json cannot be read: Cognito sends its default messages' }],
  ['no-json', { message: 'catalog.json cannot be read: Cognito sends its default messages' }],
  ['no-templates', { message: 'Cognito sends its default message', reason: 'Unexpected', errorName: 'TypeError' }],
])(
  'the trigger returns the event unchanged and logs an error without a valid catalog: %s',
  async (functionName, line) => {
    expect(await invoke(functionName, EVENT)).toEqual(EVENT);
    expect(logged()).toEqual([expect.objectContaining({ level: 'ERROR', ...line })]);
  },
);

test.each([
  ['null', null],
  ['a text', MARK],
  ['an empty object', {}],
  ['no request', { triggerSource: EVENT.triggerSource }],
  ['no attributes', { ...EVENT, request: {} }],
  ['attributes that are not strings', { ...EVENT, request: { userAttributes: { given_name: 1, locale: 1 } } }],
  ['a token that is not a string', { ...EVENT, request: { clientMetadata: { cdkCognitoPasswordReset: [MARK] } } }],
  [
    'metadata that are not strings',
    {
      ...EVENT,
      request: {
        clientMetadata: {
          a: 1,
          cdkCognitoPasswordReset: `1.${Date.now()}.${'n'.repeat(22)}.other.${'m'.repeat(43)}`,
        },
      },
    },
  ],
])('the trigger returns an event that Cognito never sends unchanged: %s', async (_, event) => {
  expect(await invoke('plain', event)).toEqual(event);
  expect(output.join()).not.toContain(MARK);
});

test('the trigger logs no data of the user', async () => {
  await invoke('custom-email', EVENT);
  await invoke('custom-email', { ...EVENT, request: { ...EVENT.request, userAttributes: {} } });
  await invoke('no-catalog', EVENT);
  await invoke('no-templates', EVENT);

  expect(output.length).toBeGreaterThan(0);
  expect(output.join()).not.toContain(MARK);
});
