import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Message } from 'cloud-assembly-sandbox';
import type { CampaignResult, ReportLine } from '../../../lib/contract/campaign';
import { readArguments } from '../../../tools/campaign/arguments';
import { type CampaignRecord, checkCampaign } from '../../../tools/campaign/checks';
import { describeFailure } from '../../../tools/campaign/failure';
import { CampaignRecorder } from '../../../tools/campaign/recorder';
import { filesLeftBy, run, startWithTempFolder, waitForOutput } from '../../support/commands';
import { describeInSoak } from '../../support/soak';

/** The app depends on these, and is synthesized once for all commands that share them. */
const SAME_APP = ['--rate', '24', '--no-sign-out'];

test('npm run campaign resets a user pool, shows its progress, and checks the result', async () => {
  const { status, stdout, stderr } = await run('campaign', '--users', '40', ...SAME_APP);

  expect(stderr).toBe('');
  // Three of the app's own users can be reset as well.
  expect(stdout).toMatch(/Reset users\n(?:.*\n)*█{32} 43 of 43 in /);
  expect(stdout).toMatch(/^ {2}RESET +43$/m);
  expect(stdout).toMatch(/^ {2}SKIPPED +3$/m);
  expect(stdout).toMatch(/^ {2}all +46$/m);
  expect(stdout).not.toContain('✗');
  expect(stdout.match(/^✓ /gm)).toHaveLength(5);
  expect(status).toBe(0);
});

test('npm run campaign --dry-run --json prints the result as JSON and resets no user', async () => {
  const { status, stdout } = await run('campaign', '--users', '5', ...SAME_APP, '--dry-run', '--json');
  const { results, checks } = JSON.parse(stdout);

  expect(results).toEqual([expect.objectContaining({ dryRun: true, totals: { WOULD_RESET: 8, SKIPPED: 3 } })]);
  expect(checks.map(({ held }: { held: boolean }) => held)).toEqual([true, true, true, true, true]);
  expect(status).toBe(0);
});

describeInSoak('in every way to run it,', () => {
  test('npm run campaign leaves no files when it is interrupted while it resets users', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'campaign-'));
    const child = startWithTempFolder(folder, 'campaign', '--users', '40', '--rate', '1');
    await waitForOutput(child, /Reset users/);
    child.kill('SIGINT');
    const [status] = await once(child, 'close');

    expect(filesLeftBy(folder)).toEqual([]);
    expect(status).toBe(130);
  });

  test('npm run campaign --imported reaches only the users who must set a new password already', async () => {
    const { status, stdout } = await run('campaign', '--users', '5', ...SAME_APP, '--imported', '--json');
    const { results, checks } = JSON.parse(stdout);

    expect(results).toEqual([
      expect.objectContaining({ audience: 'RESET_REQUIRED', totals: { RESET: 5, SKIPPED: 6 } }),
    ]);
    expect(checks.map(({ held }: { held: boolean }) => held)).toEqual([true, true, true, true, true]);
    expect(status).toBe(0);
  });
});

test.each([
  [['--users', '0'], '--users: expected a whole number from 1 to 1000000'],
  [['--users', 'many'], '--users: expected a whole number from 1 to 1000000'],
  [['--fail', '5'], '--fail: expected a share from 0% to 90%, such as 5%'],
  [['--fail', '95%'], '--fail: expected a share from 0% to 90%, such as 5%'],
  [['--rate', 'fast'], '--rate: expected a number of resets per second, such as 20'],
  [['--runs', '11'], '--runs: expected a whole number from 1 to 10'],
])('npm run campaign refuses %j: %s', (args, problem) => {
  expect(() => readArguments(args)).toThrow(problem);
});

describe('the checks of a campaign', () => {
  /** The record of a campaign without a fault, with these changes. */
  function recordOf(changes: Partial<CampaignRecord> = {}): CampaignRecord {
    const message = (destination: string) => ({ destination }) as Message;
    return {
      results: [{ totals: { RESET: 2, UNKNOWN: 1 } } as CampaignResult],
      report: [
        { sub: 'a', outcome: 'RESET' },
        { sub: 'b', outcome: 'RESET' },
        { sub: 'c', outcome: 'UNKNOWN' },
      ],
      subs: ['a', 'b', 'c'],
      messages: [message('a@example.com'), message('b@example.com')],
      recorder: recorderOf([0, 100, 200]),
      rate: 1,
      ...changes,
    };
  }

  const failedChecks = (changes: Partial<CampaignRecord>) =>
    checkCampaign(recordOf(changes)).flatMap(({ held, title }) => (held ? [] : title));

  test('hold for a campaign without a fault', () => {
    expect(failedChecks({})).toEqual([]);
  });

  test.each<[string, Partial<CampaignRecord>, string]>([
    ['a user is missing from the report', { subs: ['a', 'b', 'c', 'd'] }, 'The report has each user exactly once'],
    [
      'a user is in the report twice',
      { report: [...recordOf().report.slice(0, 2), { sub: 'a', outcome: 'RESET' } as ReportLine] },
      'The report has each user exactly once',
    ],
    [
      'a user got two messages',
      { messages: [...recordOf().messages, recordOf().messages[0] as Message] },
      'No user got two messages',
    ],
    [
      'a reset sent no message',
      { messages: recordOf().messages.slice(1) },
      'Each reset sent one message (an unknown outcome: one or none)',
    ],
    [
      'there are more messages than resets and unknown outcomes',
      { messages: ['a', 'b', 'c', 'd'].map((destination) => ({ destination }) as Message) },
      'Each reset sent one message (an unknown outcome: one or none)',
    ],
    [
      'ten seconds have too many resets',
      { recorder: recorderOf(Array.from({ length: 11 }, (_, index) => index * 900)) },
      'The rate was kept within 5 % in every ten seconds',
    ],
  ])('do not hold when %s', (_, changes, title) => {
    expect(failedChecks(changes)).toEqual([title]);
  });

  test('allow the quota to be exceeded for one second at most', () => {
    // 35 resets in each second.
    const resets = (seconds: number) => Array.from({ length: 35 * seconds }, (_, index) => index * 29);

    expect(recorderOf(resets(1)).longestSecondsOverQuota).toBeLessThanOrEqual(1);
    expect(recorderOf(resets(3)).longestSecondsOverQuota).toBeGreaterThan(1);
    expect(recorderOf(resets(3)).maxResetsWithin(1)).toBe(35);
    expect(failedChecks({ recorder: recorderOf(resets(3)), rate: 30 })).toContain(
      "Cognito's quota was never exceeded for more than a second",
    );
  });
});

test.each([
  [
    { status: 'FAILED', error: 'CampaignHaltedError', cause: 'Cognito refused everybody with LimitExceededException' },
    'the campaign halted itself: Cognito refused everybody with LimitExceededException',
  ],
  [
    { status: 'FAILED', error: 'CampaignRefusedError', cause: 'this run sent no message' },
    'the campaign ended with FAILED, CampaignRefusedError: this run sent no message',
  ],
] as const)('npm run campaign tells how a campaign ended that has no result: %j', (ended, sentence) => {
  expect(describeFailure(ended)).toBe(sentence);
});

function recorderOf(times: readonly number[]): CampaignRecorder {
  const recorder = new CampaignRecorder();
  for (const at of times) recorder.recordCall({ service: 'cognito-idp', operation: 'AdminResetUserPassword', at });
  recorder.recordCall({ service: 'cognito-idp', operation: 'AdminGetUser', at: 0 });
  return recorder;
}
