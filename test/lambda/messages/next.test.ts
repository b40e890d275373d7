import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CustomMessageTriggerEvent } from 'aws-lambda';
import { Faults, Gateway, LambdaService } from 'cloud-assembly-sandbox';
import { NextFunction } from '../../../lambda/messages/next';
import { endsBefore } from '../../support/deployment';

const ARN = 'arn:aws:lambda:eu-west-1:111122223333:function:next';

/** A function that behaves as the user name says. */
const CODE = `
exports.handler = async ({ userName, ...event }) => {
  class EmailDomainError extends Error { name = 'EmailDomainError' }
  switch (userName) {
    case 'throws': throw new EmailDomainError('domain not allowed');
    case 'throws a text': throw 'domain not allowed';
    case 'sleeps': return new Promise((resolve) => setTimeout(resolve, 60_000));
    case 'answers nothing': return;
    case 'answers a text': return 'text';
    default: return { ...event, seen: 'ü' };
  }
};`;

const NOT_INVOKED = {
  name: 'NextFunctionError',
  message: 'the next custom message function could not be invoked, or took too long',
};

const faults = new Faults();
let directory: string;
let lambda: LambdaService;
let gateway: Gateway;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'next-'));
  writeFileSync(join(directory, 'index.js'), CODE);
  lambda = await LambdaService.start({
    functions: [
      {
        functionName: 'next',
        functionArn: ARN,
        roleArn: 'arn:aws:iam::111122223333:role/next',
        codeDirectory: directory,
        handler: 'index.handler',
        runtime: 'nodejs24.x',
        timeoutSeconds: 30,
        memorySize: 128,
        environment: {},
        logGroupName: 'next',
        logFormat: 'JSON',
      },
    ],
  });
  gateway = await Gateway.start({ services: [], lambda, faults });
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: gateway.endpoint,
    AWS_ACCESS_KEY_ID: 'developer',
    AWS_SECRET_ACCESS_KEY: 'developer',
  });
});
beforeEach(() => faults.clear());
afterAll(async () => {
  await gateway.stop();
  await lambda.stop();
  rmSync(directory, { recursive: true });
});

function invoke(userName: string, arn = ARN): Promise<unknown> {
  const event = { userName, request: { clientMetadata: { a: 'ä' } }, response: {} };
  return new NextFunction(arn).invoke(event as never as CustomMessageTriggerEvent);
}

test.each([ARN, `${ARN}:live`, `${ARN}:7`])(
  'NextFunction returns the response of the function unchanged: %s',
  async (arn) => {
    expect(await invoke('user', arn)).toEqual({ request: { clientMetadata: { a: 'ä' } }, response: {}, seen: 'ü' });
  },
);

test.each([
  ['nothing', null],
  ['a text', 'text'],
])('NextFunction returns the response of a function that answers %s', async (what, answer) => {
  expect(await invoke(`answers ${what}`)).toBe(answer);
});

test('NextFunction throws an error of the function with its name and message', async () => {
  const error = await invoke('throws').catch((thrown: Error) => thrown);

  expect(error).toBeInstanceOf(Error);
  expect(error).toMatchObject({ name: 'EmailDomainError', message: 'domain not allowed' });
});

test('NextFunction throws an error when the function throws a string', async () => {
  expect(await invoke('throws a text').catch((thrown: Error) => thrown.message)).toContain('domain not allowed');
});

test('NextFunction stops waiting for the function after three seconds', async () => {
  const invoked = invoke('sleeps');
  const timely = [endsBefore(2_900, invoked), endsBefore(3_500, invoked)];

  await expect(invoked).rejects.toMatchObject(NOT_INVOKED);
  expect(await Promise.all(timely)).toEqual([false, true]);
});

test.each([
  ['denies access', { status: 403, name: 'AccessDeniedException', message: 'user@example.com' }],
  ['throttles', { status: 429, name: 'TooManyRequestsException' }],
  ['fails', { status: 500, name: 'ServiceException' }],
  ['cuts the connection before it invokes', 'cut-before'],
  ['cuts the connection after it invoked', 'cut-after'],
  ['stops halfway in its response', 'slow-body'],
  ['returns an invalid response', 'garbage'],
] as const)('NextFunction throws NextFunctionError without a retry when Lambda %s', async (_, instead) => {
  const before = gateway.calls().length;
  faults.add({ operation: 'Invoke', times: Number.POSITIVE_INFINITY, instead });

  await expect(invoke('user')).rejects.toMatchObject(NOT_INVOKED);
  expect(gateway.calls().length - before).toBe(1);
});

test('NextFunction throws NextFunctionError when the function does not exist', async () => {
  await expect(invoke('user', ARN.replace(/next$/, 'gone'))).rejects.toMatchObject(NOT_INVOKED);
});
