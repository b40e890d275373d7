import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { filesLeftBy, run, startWithTempFolder } from '../../support/commands';
import { cases, describeInSoak } from '../../support/soak';

describe('npm start', () => {
  /** Started first and checked last, because it has to be seen for some seconds that nothing goes on. */
  let interrupted: Promise<{ status: unknown; left: string[] }>;
  beforeAll(() => {
    interrupted = interrupt();
    interrupted.catch(() => {});
  });

  async function interrupt() {
    // A folder for the temporary files of this process only.
    const folder = mkdtempSync(join(tmpdir(), 'start-'));
    const child = startWithTempFolder(folder, 'demo');
    await once(child.stdout as NodeJS.ReadableStream, 'data');
    // real time: whenever it is interrupted, the test holds.
    await wait(1_500);
    child.kill('SIGINT');
    const [status] = await once(child, 'close');
    // real time: a process that was not ended would have finished by then, and left its files.
    await wait(6_000);
    return { status, left: filesLeftBy(folder) };
  }

  test('shows a reset from beginning to end', async () => {
    const { status, stdout, stderr } = await run('demo');

    expect(stderr).toBe('');
    expect(stdout).toMatch(/✓ Every step had the expected result\.\n$/);
    expect(stdout).not.toContain('✗');
    expect(stdout).toMatch(/\n {4}SMS from arn:\S+ through AWS End User Messaging SMS to \+12065550123\n {4}┌ SMS/);
    expect(stdout).toMatch(/\n {4}SMS from arn:\S+ through Amazon SNS to \+12065550123\n {4}┌ SMS/);
    expect(status).toBe(0);
  });

  describeInSoak('for programs,', () => {
    test('prints the steps and the messages as JSON lines with --json', async () => {
      const { status, stdout } = await run('demo', '--json');

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
          expect.stringMatching(/^CodeDeliveryFailureException: .* a number that is not active/),
        ]),
      );
      // The messages of the two resets, and the self-service message. The one of the forged request is not printed.
      const messages = events.filter(({ type }) => type === 'message');
      expect(messages.slice(0, 3)).toEqual(
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
      // One SMS message through each service.
      expect(messages.slice(3)).toEqual(
        ['END_USER_MESSAGING', 'SNS'].map((smsPath) =>
          expect.objectContaining({
            channel: 'SMS',
            smsPath,
            origin: 'TRIGGER',
            destination: '+12065550123',
            originationIdentity: expect.stringMatching(
              /^arn:aws:sms-voice:us-east-1:111122223333:phone-number\/phone-/,
            ),
            body: expect.stringMatching(/\d{6}/),
          }),
        ),
      );
      expect(events.at(-1)).toMatchObject({ type: 'ending', held: true });
      expect(status).toBe(0);
    });
  });

  const REQUESTS: readonly (readonly [string, string[], number, RegExp])[] = [
    [
      'a user who can be reset',
      ['--username', 'user', '--metadata', 'template=breach'],
      0,
      /The user was reset[\s\S]*┌ EMAIL/,
    ],
    ['a user who does not exist', ['--username', 'nobody'], 1, /The request failed with UserNotFoundException/],
    ['a user with a phone number', ['--username', 'sms-user'], 0, /The user was reset[\s\S]*┌ SMS/],
  ];

  test.each(REQUESTS.slice(0, cases(2, 3)))(
    'sends a request for %s with --username',
    async (_, args, expected, output) => {
      const { status, stdout } = await run('demo', ...args);
      expect(stdout).toMatch(output);
      expect(status).toBe(expected);
    },
  );

  test.each([
    [['--help'], 0, /^Usage: npm start/],
    [['--user', 'x'], 2, /^npm start: Unknown option '--user'/],
    [['--metadata', 'a=b'], 2, /^npm start: --metadata: got no --username, expected both: /],
    [['--username', 'user', '--metadata', 'none'], 2, /^npm start: --metadata: expected KEY=VALUE/],
  ])('given %j, ends at once with status %d', async (args, expected, output) => {
    const { status, stdout, stderr } = await run('demo', ...args);
    expect(stdout + stderr).toMatch(output);
    expect(status).toBe(expected);
  });

  test('ends with status 130 and leaves no files when it is interrupted', async () => {
    expect(await interrupted).toEqual({ status: 130, left: [] });
  });
});
