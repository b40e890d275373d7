import { rateFindings, readPoolSms } from '../../../../lambda/campaign/preflight/sms-rate';
import type { SmsReadinessCheck } from '../../../../lib/contract/sms';

const PLAIN = { defaultParts: 1, hasCustomMessageTrigger: false };
const TRIGGER = { defaultParts: 1, hasCustomMessageTrigger: true };

const checksWith = (
  values: SmsReadinessCheck['values'],
  status: SmsReadinessCheck['status'] = 'PASSED',
): SmsReadinessCheck[] => [{ name: 'originationIdentity', status, detail: 'The number is active.', values }];

const told = (partsPerSecond: number) => checksWith({ partsPerSecond, partsPerSecondFrom: 'MESSAGING_LIMITS' });

/** A campaign of 10 resets a second over many users, with messages of one part. */
const CAMPAIGN = { messages: 1000, resetsPerSecond: 10, catalogParts: undefined, pool: PLAIN };

const LOWER = 'and deploy, or AWS throttles messages and their users are reset without a code';

describe('the rate of a campaign and the rate of its number', () => {
  test.each([
    ['fits exactly', 10, {}, 0],
    ['is too high by one', 9, {}, 1],
    ['is too high with messages of two parts', 19, { catalogParts: 2 }, 1],
    ['fits with messages of two parts', 20, { catalogParts: 2 }, 0],
    [
      'is too high with a longer default message, which Cognito sends when the trigger fails',
      19,
      { catalogParts: 1, pool: { ...TRIGGER, defaultParts: 2 } },
      1,
    ],
    ['fits when there are few messages', 3, { messages: 3 }, 0],
    ['is too high when there are few messages, of two parts', 5, { messages: 3, catalogParts: 2 }, 1],
  ])('%s', (_, limit, change, problems) => {
    const findings = rateFindings(told(limit), { ...CAMPAIGN, ...change });

    expect([findings.problems.length, findings.warnings]).toEqual([problems, []]);
  });

  test('are both in the refusal, with the highest rate that fits', () => {
    expect(rateFindings(told(3), { ...CAMPAIGN, catalogParts: 2 }).problems).toEqual([
      `maxResetsPerSecond: got 10 in BulkPasswordReset, which is up to 20 message parts a second with SMS messages of up to 2 parts, but the origination identity sends 3: lower it to at most 1.5 ${LOWER}`,
    ]);
  });

  test.each([
    ['GENERAL_LIMITS', 'the general limit of its type'],
    ['LOWEST_OF_POOL', 'the lowest limit of its members'],
  ])('are in a warning when the limit is assumed: %s', (partsPerSecondFrom, reason) => {
    expect(rateFindings(checksWith({ partsPerSecond: 1, partsPerSecondFrom }), CAMPAIGN)).toEqual({
      problems: [],
      warnings: [
        `maxResetsPerSecond: got 10 in BulkPasswordReset, which is up to 10 message parts a second with SMS messages of up to 1 part, but the origination identity sends 1 (assumed: ${reason}): lower it to at most 1 ${LOWER}`,
      ],
    });
  });

  test('are in a warning when a trigger that is not known writes the messages', () => {
    expect(rateFindings(told(29), { ...CAMPAIGN, pool: TRIGGER })).toEqual({
      problems: [],
      warnings: [
        expect.stringContaining(
          'up to 30 message parts a second with SMS messages of up to 3 parts (assumed: a trigger of your own writes them), but the origination identity sends 29: lower it to at most 9.6 ',
        ),
      ],
    });
    expect(rateFindings(told(30), { ...CAMPAIGN, pool: TRIGGER })).toEqual({ problems: [], warnings: [] });
  });

  test('cannot be compared when the report does not tell the limit', () => {
    expect(rateFindings(checksWith({ numbers: 1, active: 1 }), CAMPAIGN)).toEqual({
      problems: [],
      warnings: [
        'SMS: up to 10 message parts a second would be sent, and the report does not tell how many the origination identity sends: look it up in the console, because AWS throttles the rest',
      ],
    });
  });

  test.each(['FAILED', 'UNKNOWN', 'WARNING'] as const)(
    'are left out when the check of the identity has status %s and does not tell the limit',
    (status) => {
      expect(rateFindings(checksWith({}, status), CAMPAIGN)).toEqual({ problems: [], warnings: [] });
    },
  );
});

/** A text of which the code with its braces would be too long for one part. */
const ALMOST_TWO = `${'a'.repeat(154)}{####}`;

test.each([
  ['no texts of its own', {}, PLAIN],
  ['a text of one part, with the code', { SmsVerificationMessage: ALMOST_TWO }, PLAIN],
  ['a text of two parts', { SmsVerificationMessage: `${ALMOST_TWO}.` }, { ...PLAIN, defaultParts: 2 }],
  [
    'a template of three parts',
    { VerificationMessageTemplate: { SmsMessage: 'ă'.repeat(140) } },
    { ...PLAIN, defaultParts: 3 },
  ],
  ['a custom message trigger', { LambdaConfig: { CustomMessage: 'arn' } }, TRIGGER],
  ['another trigger', { LambdaConfig: { PreSignUp: 'arn' } }, PLAIN],
])('a user pool with %s', (_, userPool, expected) => {
  expect(readPoolSms(userPool)).toEqual(expected);
});
