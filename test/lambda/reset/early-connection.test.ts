import { once } from 'node:events';
import { DeployedReset } from '../../support/deployed-reset';
import { loadReset } from '../../support/loaded-reset';
import { TlsEndpoint } from '../../support/tls-endpoint';

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
  const loading = loadReset(endpoint.environment(), 'setInterval(() => {}, 1_000)');
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
  expect(await loadReset({ ...endpoint.environment(), ...environment })).toEqual({ stdout: '', stderr: '' });
});
