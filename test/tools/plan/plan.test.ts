import { ASSUMED_REACTIONS } from '../../../tools/plan/assumptions';
import {
  type Estimate,
  estimate,
  formatNumber,
  formatUsd,
  type PlanOptions,
  parsePlan,
} from '../../../tools/plan/estimate';
import { PRICES, PRICES_AS_OF, SMS_TO_UNITED_STATES } from '../../../tools/plan/prices';
import { run } from '../../support/commands';

const DEFAULTS: PlanOptions = {
  users: '1000000',
  rate: '10',
  'sign-out': false,
  'whole-quota': false,
  'no-messages': false,
  sms: '0',
};

function estimateOf(options: Partial<PlanOptions>): Estimate {
  return estimate(parsePlan({ ...DEFAULTS, ...options }));
}

function usdByItem({ costs }: Estimate): Record<string, number> {
  return Object.fromEntries(costs.map(({ item, usd }) => [item, usd]));
}

describe('the time', () => {
  test('of a million users at 30 a second is 9.3 hours by the quota alone, longer at the pace of the workers', () => {
    const { time } = estimateOf({ rate: '30', 'whole-quota': true });

    expect(time.quotaSeconds / 3600).toBeCloseTo(9.26, 2);
    expect(time.resetsSeconds).toBeCloseTo(time.quotaSeconds / 0.96);
    expect(time.resetsSeconds / 3600).toBeCloseTo(9.65, 2);
  });

  test('includes listing 600 users a second, and a minute for every 100,000 in the summary', () => {
    const { time } = estimateOf({ users: '900001' });

    expect(time.listingSeconds).toBeCloseTo(1500, 1);
    expect(time.summarySeconds).toBe(600);
    expect(time.totalSeconds).toBeCloseTo(1500 + 900_001 / 9.6 + 600, 1);
  });

  test.each([
    // The rate of a worker for 45 seconds.
    ['0.1', 2, 2],
    ['1', 2, 22],
    ['10', 2, 225],
    ['12', 2, 270],
    ['13', 3, 195],
    ['24', 4, 270],
  ])('at a rate of %s is that of %d workers with batches of %d users', (rate, workers, usersPerBatch) => {
    expect(estimateOf({ rate }).time).toMatchObject({
      workers,
      usersPerBatch,
      batches: Math.ceil(1_000_000 / usersPerBatch),
    });
  });
});

describe('the costs', () => {
  // 9.6 resets a second: two workers for 104,166.67 s. 4,445 batches, 50 listings, 10 summaries; 350,000 new codes.
  const expected = {
    'Lambda: listing': (1_000_000 / 600) * 0.5 * 0.0000133334,
    'Lambda: resets': 208_333.33 * 0.5 * 0.0000133334,
    'Lambda: messages': 1_350_000 * 0.06 * 0.5 * 0.0000133334,
    'Lambda: summary': 10 * 60 * 0.5 * 0.0000133334,
    'Lambda: all invocations': ((50 + 4445 + 1_350_000 + 10) / 1_000_000) * 0.2,
    'Step Functions: state machine': ((10 + 50 * 2 + 4445 + 10 * 3) / 1000) * 0.025,
    'Step Functions: batches': (4445 / 1_000_000) * 1,
    'Step Functions: their duration': 208_333.33 * (64 / 1024) * 0.00001667,
    'DynamoDB: ledger and pacing': ((2_000_000 + 208_333.33) / 1_000_000) * 0.625,
    'DynamoDB: ledger': (2_000_000 / 1_000_000) * 0.125,
    'DynamoDB: ledger, kept': ((1_000_000 * 250) / 1024 ** 3) * 3 * 0.25,
    'KMS: signatures': (2_000_000 / 10_000) * 0.03,
    'KMS: keys': 2,
    'S3: listing and report': (61 / 1000) * 0.005,
    'S3: reading them': (61 / 1000) * 0.0004,
    'S3: both, kept': ((1_000_000 * 130) / 1024 ** 3) * 3 * 0.023,
    'SES: codes of the resets': (700_000 / 1000) * 0.1,
    'SES: new codes, asked for': (245_000 / 1000) * 0.1,
    'SMS: codes of the resets': 300_000 * 0.01,
    'SMS: new codes, asked for': 105_000 * 0.01,
  };

  test.each(Object.entries(expected))('of a million users, three tenths by SMS: %s', (item, usd) => {
    const rows = usdByItem(estimateOf({ sms: '0.3' }));

    // As it is shown: to the cent, or to two significant digits.
    expect(Math.abs(rows[item] - usd)).toBeLessThanOrEqual(usd >= 0.1 ? 0.005001 : usd * 0.05);
    expect(Object.keys(rows)).toEqual(Object.keys(expected));
  });

  test('leave out what messages of their own cost when there are none', () => {
    const rows = usdByItem(estimateOf({ 'no-messages': true }));

    expect(rows).not.toHaveProperty('KMS: signatures');
    expect(rows).not.toHaveProperty('Lambda: messages');
    expect(rows['KMS: keys']).toBe(1);
    expect(rows['Lambda: all invocations']).toBeCloseTo(((50 + 4445 + 10) / 1_000_000) * 0.2, 5);
  });

  test.each([
    ['0', ['SES'], ['SMS']],
    ['1', ['SMS'], ['SES']],
  ])('with a share of SMS of %s are those of %j and not of %j', (sms, [channel], [other]) => {
    const items = estimateOf({ sms }).costs.map(({ item }) => item);

    expect(items).toContain(`${channel}: codes of the resets`);
    expect(items.filter((item) => item.startsWith(other))).toEqual([]);
  });

  test('take the price of SMS that is given', () => {
    const rows = usdByItem(estimateOf({ users: '1000', sms: '0.5', 'sms-price': '0.12' }));

    expect(rows['SMS: codes of the resets']).toBe(60);
    expect(rows['SMS: new codes, asked for']).toBe(21);
  });

  test.each<Partial<PlanOptions>>([
    {},
    { users: '1' },
    { users: '77', sms: '0.3', rate: '7.5' },
    { users: '999999999', sms: '0.3', 'no-messages': true },
  ])('are the sum of the rows: %j', (options) => {
    const { costs, total } = estimateOf(options);

    expect(total).toBe(Number(costs.reduce((sum, { usd }) => sum + usd, 0).toFixed(2)));
  });

  test('are at prices that name their source, and their day', () => {
    for (const { usd, per, source } of [...Object.values(PRICES), SMS_TO_UNITED_STATES]) {
      expect(usd).toBeGreaterThan(0);
      expect(per).toBeGreaterThan(0);
      expect(source).toMatch(/^https:\/\/aws\.amazon\.com\/.*pricing\//);
    }
    expect(PRICES_AS_OF).toMatch(/^\d{4}-\d\d-\d\d$/);
  });

  test.each([
    [0, '0.00'],
    [0.000304, '0.00030'],
    [0.1, '0.10'],
    [3000, '3,000.00'],
  ])('of %d are shown as %s', (usd, text) => {
    expect(formatUsd(usd)).toBe(text);
  });

  test.each([
    [0.000304, '0.0003'],
    [0.69, '0.69'],
    [5.64, '5.6'],
    [30, '30'],
    [1_000_000, '1,000,000'],
  ])('are of quantities such as %d, shown as %s', (quantity, text) => {
    expect(formatNumber(quantity)).toBe(text);
  });
});

describe('the codes', () => {
  test('expire for who acts after an hour, and for who never acts', () => {
    // 20 % and 15 % within the hour; 15 % and 20 % within a day.
    expect(estimateOf({}).codes).toEqual({ inTime: 350_000, askForNew: 350_000, later: 300_000, expired: 650_000 });
  });

  test('expire for the others when it is given who acts within the hour', () => {
    // Of the 60 %, 35 in 65 act within a day as before.
    expect(estimateOf({ 'act-within-hour': '0.4' }).codes).toEqual({
      inTime: 400_000,
      askForNew: Math.round((600_000 * 35) / 65),
      later: 600_000 - Math.round((600_000 * 35) / 65),
      expired: 600_000,
    });
  });

  test.each(['0', '1', '0.35'])('are each counted once, with a share of %s within the hour', (share) => {
    for (const users of ['1', '2', '3', '7']) {
      const { inTime, askForNew, later } = estimateOf({ users, 'act-within-hour': share }).codes;
      expect(Math.min(inTime, askForNew, later)).toBeGreaterThanOrEqual(0);
      expect(inTime + askForNew + later).toBe(Number(users));
    }
  });

  test('are assumed to be used in bands that follow each other, and not by all', () => {
    expect(ASSUMED_REACTIONS.map(({ fromMinutes }) => fromMinutes)).toEqual([
      0,
      ...ASSUMED_REACTIONS.slice(0, -1).map((b) => b.toMinutes),
    ]);
    expect(ASSUMED_REACTIONS.reduce((sum, { share }) => sum + share, 0)).toBeLessThan(1);
  });
});

describe('the quota', () => {
  test('is asked at the peak by everyone who acts within a day, when the campaign takes longer', () => {
    const { quota } = estimateOf({});

    expect(quota.left).toBe(20);
    expect(quota.confirmations.peak).toBeCloseTo(9.6 * 0.7);
    expect(quota.newCodes.peak).toBeCloseTo(9.6 * 0.35);
    expect(quota.fittingRate).toBeUndefined();
  });

  test('is asked for no new code by a campaign of less than an hour', () => {
    // Half an hour: who acts within 15 minutes, and a third of who acts in the 45 minutes that follow.
    const { quota } = estimateOf({ users: String(9.6 * 1800) });

    expect(quota.confirmations.peak).toBeCloseTo(9.6 * (0.2 + 0.15 / 3));
    // Mean shares of both bands: 0.2 is reached after half of the time, 0.05 at its end.
    expect(quota.confirmations.average).toBeCloseTo(9.6 * (0.2 * (0.5 / 2 + 0.5) + (0.05 / 2) * 0.5));
    expect(quota.newCodes).toEqual({ average: 0, peak: 0 });
  });

  test('is asked for new codes by a campaign of two hours', () => {
    const { quota } = estimateOf({ users: String(9.6 * 7200) });

    expect(quota.newCodes.peak).toBeCloseTo(9.6 * (0.15 / 3));
    expect(quota.newCodes.average).toBeCloseTo(9.6 * (0.05 / 2) * 0.5);
  });

  test('is exceeded by a rate that leaves too little, which is warned of with one that fits', () => {
    const { quota, warnings } = estimateOf({ rate: '24' });

    // 24 + 23.04 × (confirmations + new codes), after 12.06 h of campaign; 15 + 14.4 × … after 19.3 h just fits.
    expect(warnings[0]).toMatch(
      /^24 resets, 13\.\d confirmations and 5\.3 requests for a new code a second are more than/,
    );
    expect(warnings[0]).toMatch(/At a rate of 15, they would not\.$/);
    expect(quota.fittingRate).toBe(15);
    expect(estimateOf({ rate: '23' }).quota.fittingRate).toBe(15);
    expect(estimateOf({ rate: '15' }).warnings).toEqual([]);
    expect(estimateOf({ rate: '16' }).warnings).toHaveLength(1);
  });
});

describe('what else is said', () => {
  test('warns when SMS dominate', () => {
    // 3,000 and 1,050 of 4,156.86 USD.
    expect(estimateOf({ sms: '0.3' }).warnings).toEqual([expect.stringMatching(/^SMS are 97 % of the costs/)]);
    expect(estimateOf({ sms: '0.001' }).warnings).toEqual([]);
  });

  test('of emails names the default sender, and what SES must allow', () => {
    // (9.6 + 3.36) × 0.7 a second.
    expect(estimateOf({ sms: '0.3' }).notes[0]).toBe(
      'Emails are planned through SES: the default sender sends 50 a day. The sending quota must allow 9.1 a second ' +
        'and 783,821 in 24 hours.',
    );
    expect(estimateOf({ users: '1000' }).notes[0]).toMatch(/ and 1,350 in 24 hours\.$/);
    expect(estimateOf({ sms: '1' }).notes.join()).not.toContain('SES:');
  });

  test('of SMS names the spend limit, the rate of the number, and where their price is from', () => {
    const { notes } = estimateOf({ sms: '0.3' });

    expect(notes[1]).toMatch(/at least 4,050\.00 USD .* account has 1 USD a month.* 3\.9 SMS a second\.$/);
    expect(notes[2]).toMatch(
      /^An SMS of one part is planned at 0\.01 USD, about that of the United States: .*factor of 20/,
    );
    expect(estimateOf({ sms: '0.3', 'sms-price': '0.01' }).notes[2]).toMatch(/planned at 0\.01 USD: /);
    expect(estimateOf({}).notes.join()).not.toContain('SMS');
  });

  test('says how many codes expire, when to go slower, and what is not counted', () => {
    expect(estimateOf({}).notes.slice(-3)).toEqual([
      expect.stringMatching(/^Codes that expire: 650,000/),
      expect.stringMatching(/^Prefer a slower rate when/),
      expect.stringMatching(/^Not counted: .*monthly active/),
    ]);
  });
});

describe('a plan is refused', () => {
  test.each<[string, Partial<PlanOptions>]>([
    ['--users: expected a whole number from 1 to 999999999, such as 1000000', { users: undefined }],
    ['--users: expected a whole number from 1 to 999999999, such as 1000000', { users: '0' }],
    ['--users: expected a whole number from 1 to 999999999, such as 1000000', { users: '1.5' }],
    ['--users: expected a whole number from 1 to 999999999, such as 1000000', { users: '1000000000' }],
    ['--rate: expected a number of resets a second from 0.1, such as 10', { rate: 'fast' }],
    ['--rate: expected a number of resets a second from 0.1, such as 10', { rate: '0.09' }],
    [
      '--rate: expected at most 30: Cognito takes no more requests a second for account recovery in an account and ' +
        'Region, and AWS does not raise that',
      { rate: '31', 'whole-quota': true },
    ],
    [
      '--rate: expected at most 25 with --sign-out: Cognito signs no more users out a second in an account and ' +
        'Region, and AWS does not raise that',
      { rate: '26', 'sign-out': true, 'whole-quota': true },
    ],
    [
      `--rate: expected at most 24, or --whole-quota: users who finish their own resets share Cognito's quota`,
      { rate: '24.1' },
    ],
    [
      '--rate: expected at most 20 with --sign-out, or --whole-quota: users who finish their own resets share ' +
        `Cognito's quota`,
      { rate: '20.1', 'sign-out': true },
    ],
    ['--sms: expected the share of users who get an SMS, from 0 to 1, such as 0.3', { sms: '30' }],
    ['--sms: expected the share of users who get an SMS, from 0 to 1, such as 0.3', { sms: '30%' }],
    ['--sms-price: expected a number of USD, such as 0.01', { 'sms-price': '1 cent' }],
    [
      '--act-within-hour: expected the share of users who act in time, from 0 to 1, such as 0.4',
      { 'act-within-hour': '1.1' },
    ],
  ])('with "%s": %j', (message, options) => {
    expect(() => parsePlan({ ...DEFAULTS, ...options })).toThrow(new Error(message));
  });

  test.each<Partial<PlanOptions>>([
    { rate: '24' },
    { rate: '30', 'whole-quota': true },
    { rate: '20', 'sign-out': true },
    { rate: '25', 'sign-out': true, 'whole-quota': true },
    { sms: '1', 'sms-price': '0', 'act-within-hour': '0' },
  ])('not with %j', (options) => {
    expect(() => parsePlan({ ...DEFAULTS, ...options })).not.toThrow();
  });
});

describe('npm run plan', () => {
  test('prints a table whose total is the sum of its rows, the time, the codes, and what to look after', async () => {
    const { status, stdout, stderr } = await run('plan', '--users', '1000000', '--rate', '24', '--sms', '0.3');

    expect(stderr).toBe('');
    expect(stdout).toMatch(/^1,000,000 users at 24 resets a second, on paper\n\nCosts in USD, us-east-1, prices of 20/);
    expect(stdout).toMatch(/^ {2}KMS: signatures +2,000,000 {2}requests +0\.03 per 10,000 +6\.00$/m);
    const [, table, total] = stdout.match(/USD\n([\s\S]*)\n {2}Total +([\d,.]+)\n/) ?? [];
    const cell = (line: string) => Number(line.slice(line.lastIndexOf(' ')).replaceAll(',', ''));
    const rows = table.split('\n').map(cell);
    expect(rows).toHaveLength(20);
    expect(rows.reduce((sum, usd) => sum + usd, 0).toFixed(2)).toBe(total.replaceAll(',', ''));
    expect(stdout).toMatch(/^ {2}Resets +12\.1 h {2}4 workers, batches of 270 users: 3,704$/m);
    expect(stdout).toMatch(/^ {2}Expired +650,000 {2}65 %$/m);
    expect(stdout).toContain('an assumption: tools/plan/assumptions.ts');
    expect(stdout).toMatch(
      /\nWarnings\n\n {2}- 24 resets[\s\S]*\n {2}- SMS are 97 %[\s\S]*\nLook after\n\n {2}- Emails/,
    );
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(status).toBe(0);
  });

  test('prints the same numbers as JSON with --json', async () => {
    const { status, stdout } = await run('plan', '--json', '--users', '2000', '--sms', '0.5', '--no-messages');

    const printed = JSON.parse(stdout);
    expect(printed).toMatchObject({
      plan: { users: 2000, maxResetsPerSecond: 10, messages: false, smsShare: 0.5 },
      prices: { region: 'us-east-1', asOf: PRICES_AS_OF },
      ...JSON.parse(JSON.stringify(estimateOf({ users: '2000', sms: '0.5', 'no-messages': true }))),
    });
    expect(status).toBe(0);
  });

  test.each([
    [['--help'], 0, /^Usage: npm run plan -- --users 1000000/],
    [['--rate', '40', '--users', '5'], 2, /^npm run plan: --rate: expected at most 30: .*\nnpm run plan -- --help/],
  ])('%j ends at once with status %d', async (args, expected, output) => {
    const { status, stdout, stderr } = await run('plan', ...args);

    expect(stdout + stderr).toMatch(output);
    expect(status).toBe(expected);
  });
});
