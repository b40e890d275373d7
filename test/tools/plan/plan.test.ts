import { ASSUMED_REACTIONS } from '../../../tools/plan/assumptions';
import {
  type Estimate,
  estimate,
  formatNumber,
  formatUsd,
  type PlanOptions,
  parsePlan,
} from '../../../tools/plan/estimate';
import { PRICES, PRICES_AS_OF, SMS_MESSAGE } from '../../../tools/plan/prices';
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

describe('the estimated duration', () => {
  test('is 9.3 hours for a million users by the quota of 30 per second, and longer by the rate of the workers', () => {
    const { time } = estimateOf({ rate: '30', 'whole-quota': true });

    expect(time.quotaSeconds / 3600).toBeCloseTo(9.26, 2);
    expect(time.resetsSeconds).toBeCloseTo(time.quotaSeconds / 0.96);
    expect(time.resetsSeconds / 3600).toBeCloseTo(9.65, 2);
  });

  test('includes the listing of 600 users per second, and one minute of summary per 100,000 users', () => {
    const { time } = estimateOf({ users: '900001' });

    expect(time.listingSeconds).toBeCloseTo(1500, 1);
    expect(time.summarySeconds).toBe(600);
    expect(time.totalSeconds).toBeCloseTo(1500 + 900_001 / 9.6 + 600, 1);
  });

  test.each([
    // A batch takes 45 seconds at the rate of its worker.
    ['0.1', 2, 2],
    ['1', 2, 22],
    ['10', 2, 225],
    ['12', 2, 270],
    ['13', 3, 195],
    ['24', 4, 270],
  ])('assumes, for a rate of %s, %d workers with batches of %d users', (rate, workers, usersPerBatch) => {
    expect(estimateOf({ rate }).time).toMatchObject({
      workers,
      usersPerBatch,
      batches: Math.ceil(1_000_000 / usersPerBatch),
    });
  });
});

describe('the estimated costs', () => {
  // 9.6 resets per second: two workers for 104,166.67 s. 4,445 batches, 50 listings, 10 summaries; 350,000 new codes.
  const expected = {
    'Lambda: listing': (1_000_000 / 600) * 0.5 * 0.0000133334,
    'Lambda: resets': 208_333.33 * 0.5 * 0.0000133334,
    'Lambda: custom message trigger': 1_350_000 * 0.06 * 0.5 * 0.0000133334,
    'Lambda: summary': 10 * 60 * 0.5 * 0.0000133334,
    'Lambda: invocations': ((50 + 4445 + 1_350_000 + 10) / 1_000_000) * 0.2,
    'Step Functions: state machine': ((10 + 50 * 2 + 4445 + 10 * 3) / 1000) * 0.025,
    'Step Functions: batches': (4445 / 1_000_000) * 1,
    'Step Functions: duration of batches': 208_333.33 * (64 / 1024) * 0.00001667,
    'DynamoDB: writes (ledger, rate)': ((2_000_000 + 208_333.33) / 1_000_000) * 0.625,
    'DynamoDB: reads (ledger)': (3_000_000 / 1_000_000) * 0.125,
    'DynamoDB: storage': ((1_000_000 * 250) / 1024 ** 3) * 3 * 0.25,
    'KMS: signatures': (2_000_000 / 10_000) * 0.03,
    'KMS: keys': 2,
    'S3: writes of listing and report': (61 / 1000) * 0.005,
    'S3: reads of listing and report': (61 / 1000) * 0.0004,
    'S3: storage': ((1_000_000 * 130) / 1024 ** 3) * 3 * 0.023,
    'SES: messages of the resets': (700_000 / 1000) * 0.1,
    'SES: messages with a new code': (245_000 / 1000) * 0.1,
    'SMS: messages of the resets': 300_000 * 0.05,
    'SMS: messages with a new code': 105_000 * 0.05,
  };

  test.each(Object.entries(expected))(
    'include, for a million users with three tenths of SMS messages, the item %s',
    (item, usd) => {
      const rows = usdByItem(estimateOf({ sms: '0.3' }));

      // Rounded as printed: two decimals, or two significant digits.
      expect(Math.abs(rows[item] - usd)).toBeLessThanOrEqual(usd >= 0.1 ? 0.005001 : usd * 0.05);
      expect(Object.keys(rows)).toEqual(Object.keys(expected));
    },
  );

  test('do not include signatures and the trigger without ResetMessages', () => {
    const rows = usdByItem(estimateOf({ 'no-messages': true }));

    expect(rows).not.toHaveProperty('KMS: signatures');
    expect(rows).not.toHaveProperty('Lambda: custom message trigger');
    expect(rows['KMS: keys']).toBe(1);
    expect(rows['Lambda: invocations']).toBeCloseTo(((50 + 4445 + 10) / 1_000_000) * 0.2, 5);
  });

  test.each([
    ['0', ['SES'], ['SMS']],
    ['1', ['SMS'], ['SES']],
  ])('include, for a share of SMS messages of %s, the items of %j and not those of %j', (sms, [channel], [other]) => {
    const items = estimateOf({ sms }).costs.map(({ item }) => item);

    expect(items).toContain(`${channel}: messages of the resets`);
    expect(items.filter((item) => item.startsWith(other))).toEqual([]);
  });

  test('use the given price of an SMS message', () => {
    const rows = usdByItem(estimateOf({ users: '1000', sms: '0.5', 'sms-price': '0.12' }));

    expect(rows['SMS: messages of the resets']).toBe(60);
    expect(rows['SMS: messages with a new code']).toBe(21);
  });

  test.each<Partial<PlanOptions>>([
    {},
    { users: '1' },
    { users: '77', sms: '0.3', rate: '7.5' },
    { users: '999999999', sms: '0.3', 'no-messages': true },
  ])('add up to the total: %j', (options) => {
    const { costs, total } = estimateOf(options);

    expect(total).toBe(Number(costs.reduce((sum, { usd }) => sum + usd, 0).toFixed(2)));
  });

  test('use prices that have a source and a date', () => {
    for (const { usd, per, source } of [...Object.values(PRICES), SMS_MESSAGE]) {
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
  ])('show %d USD as %s', (usd, text) => {
    expect(formatUsd(usd)).toBe(text);
  });

  test.each([
    [0.000304, '0.0003'],
    [0.69, '0.69'],
    [5.64, '5.6'],
    [30, '30'],
    [1_000_000, '1,000,000'],
  ])('show the quantity %d as %s', (quantity, text) => {
    expect(formatNumber(quantity)).toBe(text);
  });
});

describe('the estimated codes', () => {
  test('expire if the user reacts after more than an hour, or never', () => {
    // 20 % and 15 % of the users react within the hour, 15 % and 20 % within a day.
    expect(estimateOf({}).codes).toEqual({ inTime: 350_000, askForNew: 350_000, later: 300_000, expired: 650_000 });
  });

  test('expire for all other users when the share that reacts within the hour is given', () => {
    // Of the other 60 %, the same part as before reacts within a day: 35 of 65.
    expect(estimateOf({ 'act-within-hour': '0.4' }).codes).toEqual({
      inTime: 400_000,
      askForNew: Math.round((600_000 * 35) / 65),
      later: 600_000 - Math.round((600_000 * 35) / 65),
      expired: 600_000,
    });
  });

  test.each(['0', '1', '0.35'])('are each counted once when the share %s is used within the hour', (share) => {
    for (const users of ['1', '2', '3', '7']) {
      const { inTime, askForNew, later } = estimateOf({ users, 'act-within-hour': share }).codes;
      expect(Math.min(inTime, askForNew, later)).toBeGreaterThanOrEqual(0);
      expect(inTime + askForNew + later).toBe(Number(users));
    }
  });

  test('are used in adjoining bands of time, and not by all users', () => {
    expect(ASSUMED_REACTIONS.map(({ fromMinutes }) => fromMinutes)).toEqual([
      0,
      ...ASSUMED_REACTIONS.slice(0, -1).map((b) => b.toMinutes),
    ]);
    expect(ASSUMED_REACTIONS.reduce((sum, { share }) => sum + share, 0)).toBeLessThan(1);
  });
});

describe('the estimated use of the quota', () => {
  test('includes, at the peak of a campaign of more than a day, every user who reacts within a day', () => {
    const { quota } = estimateOf({});

    expect(quota.left).toBe(20);
    expect(quota.confirmations.peak).toBeCloseTo(9.6 * 0.7);
    expect(quota.newCodes.peak).toBeCloseTo(9.6 * 0.35);
    expect(quota.fittingRate).toBeUndefined();
  });

  test('includes no requests for a new code in a campaign of less than an hour', () => {
    // Half an hour: the users of the first 15 minutes, and a third of those of the following 45 minutes.
    const { quota } = estimateOf({ users: String(9.6 * 1800) });

    expect(quota.confirmations.peak).toBeCloseTo(9.6 * (0.2 + 0.15 / 3));
    // The averages of both bands: the first reaches 0.2 after half of the time, the second 0.05 at the end.
    expect(quota.confirmations.average).toBeCloseTo(9.6 * (0.2 * (0.5 / 2 + 0.5) + (0.05 / 2) * 0.5));
    expect(quota.newCodes).toEqual({ average: 0, peak: 0 });
  });

  test('includes requests for a new code in a campaign of two hours', () => {
    const { quota } = estimateOf({ users: String(9.6 * 7200) });

    expect(quota.newCodes.peak).toBeCloseTo(9.6 * (0.15 / 3));
    expect(quota.newCodes.average).toBeCloseTo(9.6 * (0.05 / 2) * 0.5);
  });

  test('is too high at a high rate: a warning names a rate that fits', () => {
    const { quota, warnings } = estimateOf({ rate: '24' });

    // 24 + 23.04 × (confirmations + new codes), after a campaign of 12.06 h; 15 + 14.4 × … after 19.3 h just fits.
    expect(warnings[0]).toMatch(
      /^The requests exceed Cognito's quota of 30 per second: 24 resets, 13\.\d confirmations and 5\.3 requests for a new code\. /,
    );
    expect(warnings[0]).toMatch(/A rate of 15 fits into the quota\.$/);
    expect(quota.fittingRate).toBe(15);
    expect(estimateOf({ rate: '23' }).quota.fittingRate).toBe(15);
    expect(estimateOf({ rate: '15' }).warnings).toEqual([]);
    expect(estimateOf({ rate: '16' }).warnings).toHaveLength(1);
  });
});

describe('the warnings and notes', () => {
  const tenDlc = 'a 10DLC number, unless AWS raised its limit (1 per second)';
  const tollFree = 'a toll-free number of the United States (3 per second)';

  test.each([
    ['10', '0.3', '10', `${tenDlc} and ${tollFree}`],
    ['3', '0.3', '3', tenDlc],
    // Two SMS messages in all.
    ['10', '0.000002', '2', tenDlc],
  ])('name the numbers that send fewer SMS messages: rate %s, share %s', (rate, sms, perSecond, numbers) => {
    const { warnings } = estimateOf({ users: '1000000', rate, sms });

    expect(warnings[0]).toBe(
      `SMS messages: up to ${perSecond} may be sent in a second. That is too many for ${numbers}: AWS throttles the rest, whose users are reset without a code. Messages of two parts need half of that rate. A campaign with smsReadiness checks this.`,
    );
  });

  test.each([
    ['1', '0.3'],
    ['10', '0'],
    ['10', '0.000001'],
  ])('name no number that sends enough SMS messages: rate %s, share %s', (rate, sms) => {
    const { warnings } = estimateOf({ users: '1000000', rate, sms });

    expect(warnings.filter((warning) => warning.startsWith('SMS messages: up to'))).toEqual([]);
  });

  test('warn when SMS messages are most of the costs', () => {
    // 3,000 and 1,050 of 4,156.86 USD.
    const costs = expect.stringMatching(/^SMS messages are 99 % of the costs/);
    expect(estimateOf({ sms: '0.3' }).warnings).toContainEqual(costs);
    expect(estimateOf({ sms: '0.001' }).warnings).not.toContainEqual(costs);
  });

  test('name the limit of the default email sender, and what SES must allow', () => {
    // (9.6 + 3.36) × 0.7 per second.
    expect(estimateOf({ sms: '0.3' }).notes[0]).toBe(
      'Amazon SES: the user pool must send through it, because the default sender is limited to 50 email messages ' +
        'per day. The sending quota must allow 9.1 per second and 783,821 in 24 hours.',
    );
    expect(estimateOf({ users: '1000' }).notes[0]).toMatch(/ and 1,350 in 24 hours\.$/);
    expect(estimateOf({ sms: '1' }).notes.join()).not.toContain('SES:');
  });

  test('name the spend limit, the rate of the origination identity and the price of SMS messages', () => {
    const { notes } = estimateOf({ sms: '0.3' });

    expect(notes[1]).toMatch(
      /at least 20,250\.00 USD .* account has 1 USD per month.* 3\.9 SMS messages per second on average, each of one part or more\.$/,
    );
    expect(notes[2]).toMatch(
      /^SMS price: 0\.05 USD for a message of one part, which campaigns assume too\. .*factor of up to 20.* smsPrice of BulkPasswordReset/,
    );
    expect(estimateOf({ sms: '0.3', 'sms-price': '0.01' }).notes[2]).toMatch(
      /: 0\.01 USD for a message of one part\. /,
    );
    expect(estimateOf({}).notes.join()).not.toContain('SMS');
  });

  test('name the codes that expire, look-ups, reasons for a lower rate, and what is not included', () => {
    expect(estimateOf({}).notes.slice(-4)).toEqual([
      expect.stringMatching(/^Codes that expire: 650,000/),
      expect.stringMatching(/^Look-ups: .*up to 1,000 users .*at most 60 per second/),
      expect.stringMatching(/^Rate: choose a lower one if/),
      expect.stringMatching(/^Not included: .*monthly active/),
    ]);
  });
});

describe('the options of npm run plan', () => {
  test.each<[string, Partial<PlanOptions>]>([
    ['--users: expected a whole number from 1 to 999999999, such as 1000000', { users: undefined }],
    ['--users: expected a whole number from 1 to 999999999, such as 1000000', { users: '0' }],
    ['--users: expected a whole number from 1 to 999999999, such as 1000000', { users: '1.5' }],
    ['--users: expected a whole number from 1 to 999999999, such as 1000000', { users: '1000000000' }],
    ['--rate: expected at least 0.1 resets per second, such as 10', { rate: 'fast' }],
    ['--rate: expected at least 0.1 resets per second, such as 10', { rate: '0.09' }],
    [
      `--rate: expected at most 30: this is Cognito's quota for account recovery requests per second in an account ` +
        'and Region, and AWS does not raise it',
      { rate: '31', 'whole-quota': true },
    ],
    [
      `--rate: expected at most 25 with --sign-out: this is Cognito's quota for sign-outs per second in an account ` +
        'and Region, and AWS does not raise it',
      { rate: '26', 'sign-out': true, 'whole-quota': true },
    ],
    [
      `--rate: expected at most 24, or --whole-quota: Cognito's quota is shared with the users who enter their code`,
      { rate: '24.1' },
    ],
    [
      `--rate: expected at most 20 with --sign-out, or --whole-quota: Cognito's quota is shared with the users who ` +
        'enter their code',
      { rate: '20.1', 'sign-out': true },
    ],
    ['--sms: expected the share of the users who get an SMS message, from 0 to 1, such as 0.3', { sms: '30' }],
    ['--sms: expected the share of the users who get an SMS message, from 0 to 1, such as 0.3', { sms: '30%' }],
    ['--sms-price: expected the price of an SMS message in USD, such as 0.05', { 'sms-price': '1 cent' }],
    [
      '--act-within-hour: expected the share of the users who react within an hour, from 0 to 1, such as 0.4',
      { 'act-within-hour': '1.1' },
    ],
  ])('are refused with "%s": %j', (message, options) => {
    expect(() => parsePlan({ ...DEFAULTS, ...options })).toThrow(new Error(message));
  });

  test.each<Partial<PlanOptions>>([
    { rate: '24' },
    { rate: '30', 'whole-quota': true },
    { rate: '20', 'sign-out': true },
    { rate: '25', 'sign-out': true, 'whole-quota': true },
    { sms: '1', 'sms-price': '0', 'act-within-hour': '0' },
  ])('are accepted: %j', (options) => {
    expect(() => parsePlan({ ...DEFAULTS, ...options })).not.toThrow();
  });
});

describe('npm run plan', () => {
  test('prints the costs with their total, the duration, the codes, and what to check', async () => {
    const { status, stdout, stderr } = await run('plan', '--users', '1000000', '--rate', '24', '--sms', '0.3');

    expect(stderr).toBe('');
    expect(stdout).toMatch(
      /^1,000,000 users at 24 resets per second: an estimate\n\nCosts in USD, us-east-1, prices of 20/,
    );
    expect(stdout).toMatch(/^ {2}KMS: signatures +2,000,000 {2}requests +0\.03 per 10,000 +6\.00$/m);
    const [, table, total] = stdout.match(/USD\n([\s\S]*)\n {2}Total +([\d,.]+)\n/) ?? [];
    const cell = (line: string) => Number(line.slice(line.lastIndexOf(' ')).replaceAll(',', ''));
    const rows = table.split('\n').map(cell);
    expect(rows).toHaveLength(20);
    expect(rows.reduce((sum, usd) => sum + usd, 0).toFixed(2)).toBe(total.replaceAll(',', ''));
    expect(stdout).toMatch(/^ {2}Resets +12\.1 h {2}4 workers, 3,704 batches of 270 users$/m);
    expect(stdout).toMatch(/^ {2}Expired +650,000 {2}65 %$/m);
    expect(stdout).toContain('an assumption: see tools/plan/assumptions.ts');
    expect(stdout).toMatch(
      /\nWarnings\n\n {2}- The requests exceed[\s\S]*\n {2}- SMS messages are 99 %[\s\S]*\nCheck before you start\n\n {2}- Amazon SES/,
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
  ])('given %j, ends at once with status %d', async (args, expected, output) => {
    const { status, stdout, stderr } = await run('plan', ...args);

    expect(stdout + stderr).toMatch(output);
    expect(status).toBe(expected);
  });
});
