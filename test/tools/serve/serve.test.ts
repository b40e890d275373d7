import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CognitoIdentityProviderClient, InitiateAuthCommand } from '@aws-sdk/client-cognito-identity-provider';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { filesLeftBy, run, startWithTempFolder, waitForOutput } from '../../support/commands';

describe('npm run sandbox', () => {
  test('serves the AWS SDK with the printed settings until it is interrupted', async () => {
    // GIVEN
    const folder = mkdtempSync(join(tmpdir(), 'serve-test-'));
    const child = startWithTempFolder(folder, 'serve');
    const printed = await waitForOutput(child, /Ctrl-C ends the sandbox/);
    const value = (pattern: RegExp) => pattern.exec(printed)?.[1] ?? '';
    const config = {
      endpoint: value(/AWS_ENDPOINT_URL=(\S+)/),
      region: value(/AWS_REGION=(\S+)/),
      credentials: {
        accessKeyId: value(/AWS_ACCESS_KEY_ID=(\S+)/),
        secretAccessKey: value(/AWS_SECRET_ACCESS_KEY=(\S+)/),
      },
    };

    // Version 1 of the AWS CLI does not read AWS_REGION.
    expect(value(/AWS_DEFAULT_REGION=(\S+)/)).toBe(config.region);

    // WHEN
    const FunctionName = value(/--function-name (\S+)/);
    const Payload = value(/--payload '([^']+)'/);
    const { Payload: answer } = await new LambdaClient(config).send(new InvokeCommand({ FunctionName, Payload }));
    const [USERNAME = '', PASSWORD = ''] = value(/--auth-parameters 'USERNAME=([^']+)'/).split(',PASSWORD=');
    const signIn = new CognitoIdentityProviderClient(config).send(
      new InitiateAuthCommand({
        AuthFlow: 'USER_PASSWORD_AUTH',
        ClientId: value(/--client-id (\S+)/),
        AuthParameters: { USERNAME, PASSWORD },
      }),
    );

    // THEN
    expect(JSON.parse(Buffer.from(answer ?? []).toString())).toMatchObject({ status: 'RESET_REQUIRED' });
    await expect(signIn).rejects.toThrow(expect.objectContaining({ name: 'PasswordResetRequiredException' }));
    child.kill('SIGINT');
    expect((await once(child, 'close'))[0]).toBe(130);
    expect(filesLeftBy(folder)).toEqual([]);
  });

  test('ends with status 2 when its port is in use', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;

    const { status, stderr } = await run('serve', '--port', String(port));
    server.close();

    expect(stderr).toContain(`port ${port} on 127.0.0.1 is in use: end what listens there, or choose another port`);
    expect(status).toBe(2);
  });

  test.each(['0', '65536', 'http'])('refuses the port %s', async (port) => {
    const { status, stderr } = await run('serve', '--port', port);
    expect(stderr).toMatch(/^npm run sandbox: --port: expected a number from 1 to 65535/);
    expect(status).toBe(2);
  });
});
