import type { Message } from 'cloud-assembly-sandbox';
import type { CampaignResult, ReportLine } from '../../../lib/contract/campaign';
import { readArguments } from '../../../tools/campaign/arguments';
import { check, type Evidence } from '../../../tools/campaign/checks';
import { CampaignObserver } from '../../../tools/campaign/observer';
import { duration } from '../../../tools/campaign/progress';
import { run } from '../../support/commands';

test('npm run campaign resets a user pool, shows how far it is, and checks what came of it', async () => {
  const { status, stdout, stderr } = await run('campaign', '--users', '40', '--rate', '24', '--no-sign-out');

  expect(stderr).toBe('');
  expect(stdout).toMatch(/Reset users\n(?:.*\n)*█{32} 4\d of 40, /);
  // Three of the demonstration's users can be reset as well.
  expect(stdout).toMatch(/^ {2}RESET +43$/m);
  expect(stdout).toMatch(/^ {2}SKIPPED +3$/m);
  expect(stdout).toMatch(/^ {2}all +46$/m);
  expect(stdout).not.toContain('✗');
  expect(stdout.match(/^✓ /gm)).toHaveLength(5);
  expect(status).toBe(0);
});

test('a dry run, as JSON, sends nothing', async () => {
  const { status, stdout } = await run('campaign', '--users', '5', '--dry-run', '--json');
  const { results, checks } = JSON.parse(stdout);

  expect(results).toEqual([expect.objectContaining({ dryRun: true, totals: { WOULD_RESET: 8, SKIPPED: 3 } })]);
  expect(checks.map(({ held }: { held: boolean }) => held)).toEqual([true, true, true, true, true]);
  expect(status).toBe(0);
});

test.each([
  [['--users', '0'], '--users: expected a whole number from 1 to 1000000'],
  [['--users', 'many'], '--users: expected a whole number from 1 to 1000000'],
  [['--fail', '5'], '--fail: expected a share from 0% to 90%, such as 5%'],
  [['--fail', '95%'], '--fail: expected a share from 0% to 90%, such as 5%'],
  [['--rate', 'fast'], '--rate: expected a number such as 20'],
  [['--runs', '11'], '--runs: expected a whole number from 1 to 10'],
])('refuses %j', (args, problem) => {
  expect(() => readArguments(args)).toThrow(problem);
});

describe('the checks', () => {
  /** What a good campaign leaves behind, but for what is given. */
  function evidence(given: Partial<Evidence> = {}): Evidence {
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
      observer: observed([0, 100, 200]),
      rate: 1,
      ...given,
    };
  }

  const broken = (given: Partial<Evidence>) => check(evidence(given)).flatMap(({ held, title }) => (held ? [] : title));

  test('all hold for a good campaign', () => {
    expect(broken({})).toEqual([]);
  });

  test.each<[string, Partial<Evidence>, string]>([
    ['a user is missing', { subs: ['a', 'b', 'c', 'd'] }, 'Every user is in the report once'],
    [
      'a user is there twice',
      { report: [...evidence().report.slice(0, 2), { sub: 'a', outcome: 'RESET' } as ReportLine] },
      'Every user is in the report once',
    ],
    [
      'somebody got two messages',
      { messages: [...evidence().messages, evidence().messages[0] as Message] },
      'Nobody got two messages',
    ],
    [
      'a reset sent no message',
      { messages: evidence().messages.slice(1) },
      'There are as many messages as resets, but for what is unknown and said to be',
    ],
    [
      'more messages than can be explained',
      { messages: ['a', 'b', 'c', 'd'].map((destination) => ({ destination }) as Message) },
      'There are as many messages as resets, but for what is unknown and said to be',
    ],
    [
      'ten seconds had too many resets',
      { observer: observed(Array.from({ length: 11 }, (_, index) => index * 900)) },
      'No ten seconds had more than 5 % above the rate',
    ],
  ])('one does not hold when %s', (_, given, title) => {
    expect(broken(given)).toEqual([title]);
  });

  test('the quota may be exceeded for a second, and no longer', () => {
    // 35 in each second, for one second and for three.
    const resets = (seconds: number) => Array.from({ length: 35 * seconds }, (_, index) => index * 29);

    expect(observed(resets(1)).longestExcess).toBeLessThanOrEqual(1);
    expect(observed(resets(3)).longestExcess).toBeGreaterThan(1);
    expect(observed(resets(3)).most(1)).toBe(35);
    expect(broken({ observer: observed(resets(3)), rate: 30 })).toContain(
      "Cognito's quota was not exceeded for longer than a second",
    );
  });
});

test.each([
  [0, '0:00'],
  [59.6, '1:00'],
  [3_599, '59:59'],
  [3_600, '1:00:00'],
  [36_061, '10:01:01'],
])('%s seconds are %s', (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});

function observed(times: readonly number[]): CampaignObserver {
  const observer = new CampaignObserver();
  for (const at of times) observer.onCall({ service: 'cognito-idp', operation: 'AdminResetUserPassword', at });
  observer.onCall({ service: 'cognito-idp', operation: 'AdminGetUser', at: 0 });
  return observer;
}
