import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { DeployedReset } from '../../support/deployed-reset';
import { TlsEndpoint } from '../../support/tls-endpoint';

const BUNDLE = resolve(__dirname, '..', '..', '..', 'assets', 'reset', 'index.js');

let endpoint: TlsEndpoint;
beforeEach(async () => {
  endpoint = await TlsEndpoint.start();
});
afterEach(() => endpoint.stop());

test('the first reset uses the connection that the function made while it loaded, and so does its sign-out', async () => {
  const reset = await DeployedReset.start({ globalSignOut: true }, { functionEnvironment: endpoint.environment() });
  const answer = await reset.invoke({ username: 'one' });
  await reset.stop();

  expect(answer).toMatchObject({ status: 'RESET_REQUIRED', signedOut: true });
  expect([endpoint.requests, endpoint.handshakes]).toEqual([2, 1]);
});

test('the function connects before it is invoked', async () => {
  const connected = once(endpoint, 'connected');
  const loading = load(endpoint.environment(), 'setInterval(() => {}, 1_000)');
  await connected;
  loading.child.kill();
  await loading.catch(() => {});

  expect([endpoint.requests, endpoint.handshakes]).toEqual([0, 1]);
});

test.each([
  ['answers', {}],
  ['refuses connections', { AWS_ENDPOINT_URL: 'https://127.0.0.1:1' }],
  ['does not exist', { AWS_ENDPOINT_URL: 'https://cognito.invalid' }],
  ['has a certificate that is not trusted', { NODE_EXTRA_CA_CERTS: '' }],
  ['has no valid URL', { AWS_ENDPOINT_URL: 'cognito' }],
])('a function that is only loaded prints nothing and ends by itself when the endpoint %s', async (_, environment) => {
  expect(await load({ ...endpoint.environment(), ...environment })).toEqual({ stdout: '', stderr: '' });
});

/** Loads the function in a process of its own, which the test waits for. */
function load(environment: Record<string, string>, then = '') {
  return promisify(execFile)(process.execPath, ['-e', `require(${JSON.stringify(BUNDLE)}); ${then}`], {
    env: {
      AWS_REGION: 'us-east-1',
      AWS_LAMBDA_FUNCTION_NAME: 'reset',
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      USER_POOL_ID: 'us-east-1_AbCdEfGhI',
      ...environment,
    },
  });
}
