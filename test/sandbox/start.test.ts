import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { CognitoIdentityProviderClient, InitiateAuthCommand } from '@aws-sdk/client-cognito-identity-provider';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';

const ROOT = resolve(__dirname, '..', '..');

// They all synthesize the app of bin/, which is why they run one after the other.
describe('npm start', () => {
  test('tells the story to its end', async () => {
    const { status, stdout, stderr } = await run('start.ts');

    expect(stderr).toBe('');
    expect(stdout).toMatch(/✓ Every step held\.\n$/);
    expect(stdout).not.toContain('✗');
    expect(status).toBe(0);
  });

  test('prints JSON lines with --json: the steps, and the message as the user got it', async () => {
    const { status, stdout } = await run('start.ts', '--json');

    const events = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const steps = events.filter(({ type }) => type === 'step');
    expect(steps.every(({ held }) => held === true)).toBe(true);
    expect(steps.map(({ detail }) => detail)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ status: 'RESET_REQUIRED', signedOut: true }),
        'PasswordResetRequiredException',
        expect.stringMatching(/^InvalidRequestError: /),
        expect.stringMatching(/^UserNotFoundException: /),
      ]),
    );
    // A reset in two languages, and what the user then asked for; the forged request is not shown.
    expect(events.filter(({ type }) => type === 'message')).toEqual(
      [
        ['user@example.com', 'en'],
        ['arabic-user@example.com', 'ar'],
        ['user@example.com', 'de'],
      ].map(([destination, locale]) =>
        expect.objectContaining({
          channel: 'EMAIL',
          origin: 'TRIGGER',
          destination,
          body: expect.stringMatching(new RegExp(`^<!doctype html>\n<html lang="${locale}"[\\s\\S]*>\\d{6}<`)),
        }),
      ),
    );
    expect(events.at(-1)).toMatchObject({ type: 'ending', held: true });
    expect(status).toBe(0);
  });

  test.each([
    [
      'a user who can be reset',
      ['--username', 'user', '--metadata', 'template=breach'],
      0,
      /The password was reset[\s\S]*┌ EMAIL/,
    ],
    ['a user who does not exist', ['--username', 'nobody'], 1, /It failed with UserNotFoundException/],
  ])('sends a request of the reader: %s', async (_, args, expected, output) => {
    const { status, stdout } = await run('start.ts', ...args);
    expect(stdout).toMatch(output);
    expect(status).toBe(expected);
  });

  test.each([
    [['--help'], 0, /^Usage: npm start/],
    [['--user', 'x'], 2, /^npm start: Unknown option '--user'/],
    [['--metadata', 'a=b'], 2, /^npm start: --metadata: got no user name, expected --username as well/],
    [['--username', 'user', '--metadata', 'none'], 2, /^npm start: --metadata: expected KEY=VALUE/],
  ])('%j ends at once with status %d', async (args, expected, output) => {
    const { status, stdout, stderr } = await run('start.ts', ...args);
    expect(stdout + stderr).toMatch(output);
    expect(status).toBe(expected);
  });

  test('interrupted midway, ends and leaves nothing behind', async () => {
    const before = leftovers();
    const child = start('start.ts');
    await once(child.stdout as NodeJS.ReadableStream, 'data');
    await new Promise((elapsed) => setTimeout(elapsed, 1_500));
    child.kill('SIGINT');
    const [status] = await once(child, 'close');

    expect(status).toBe(130);
    // Whatever went on by itself would have finished and left its files by then.
    await new Promise((elapsed) => setTimeout(elapsed, 6_000));
    expect(leftovers()).toEqual(before);
  });
});

describe('npm run sandbox', () => {
  test('stays up for the AWS SDK as it says, until it is interrupted', async () => {
    // GIVEN
    const child = start('serve.ts');
    const printed = await untilPrinted(child, /Ctrl-C ends the sandbox/);
    const value = (pattern: RegExp) => pattern.exec(printed)?.[1] ?? '';
    const config = {
      endpoint: value(/AWS_ENDPOINT_URL=(\S+)/),
      region: value(/AWS_REGION=(\S+)/),
      credentials: {
        accessKeyId: value(/AWS_ACCESS_KEY_ID=(\S+)/),
        secretAccessKey: value(/AWS_SECRET_ACCESS_KEY=(\S+)/),
      },
    };

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
  });

  test('says so when its port is in use', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;

    const { status, stderr } = await run('serve.ts', '--port', String(port));
    server.close();

    expect(stderr).toContain(`port ${port} on 127.0.0.1 is in use: end what listens there, or choose another port`);
    expect(status).toBe(2);
  });

  test.each(['0', '65536', 'http'])('refuses the port %s', async (port) => {
    const { status, stderr } = await run('serve.ts', '--port', port);
    expect(stderr).toMatch(/^npm run sandbox: --port: expected a number from 1 to 65535/);
    expect(status).toBe(2);
  });
});

function start(script: string, ...args: string[]): ChildProcess {
  return spawn(process.execPath, ['--import', 'tsx', `sandbox/${script}`, ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function run(script: string, ...args: string[]) {
  const child = start(script, ...args);
  const printed = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream]?.on('data', (chunk) => {
      printed[stream] += chunk;
    });
  }
  const [status] = await once(child, 'close');
  return { status, ...printed };
}

function untilPrinted(child: ChildProcess, pattern: RegExp): Promise<string> {
  let printed = '';
  return new Promise((done, fail) => {
    child.stdout?.on('data', (chunk) => {
      printed += chunk;
      if (pattern.test(printed)) done(printed);
    });
    child.once('close', () => fail(new Error(`the process ended without printing ${pattern}`)));
  });
}

function leftovers(): string[] {
  return readdirSync(tmpdir()).filter((name) => name.startsWith('cdk-cognito-password-reset-'));
}
