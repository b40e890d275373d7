import type { Context } from 'aws-lambda';
import { createLogger } from '../../../lambda/shared/logger';
import { checkDirectPath } from '../../../lambda/sms-readiness/direct';
import { createHandler } from '../../../lambda/sms-readiness/handler';
import { checkSns } from '../../../lambda/sms-readiness/sns';
import type { SmsReadinessCheck, SmsReadinessReport } from '../../../lib/contract/sms';
import { type AwsAnswer, type AwsAnswers, AwsAnswersServer } from '../../support/aws-answers';

const ARN = 'arn:aws:sms-voice:us-east-1:111122223333';
const NUMBER = `${ARN}:phone-number/phone-1`;
const SENDER_ID = `${ARN}:sender-id/EXAMPLE/GB`;
const POOL = `${ARN}:pool/pool-1`;

/** The lines are looked at where the function runs as deployed. */
const logger = createLogger();
logger.setLogLevel('SILENT');

/** A number of a user, which no report may show. */
const USER = '+15555550100';

const LIMIT = 'TEXT_MESSAGE_MONTHLY_SPEND_LIMIT';
const NEVER = { value: { Label: 'Spend', Datapoints: [] } };

/** All is well, on each path. */
const DIRECT: AwsAnswers = {
  DescribeAccountAttributes: { value: { AccountAttributes: [{ Name: 'ACCOUNT_TIER', Value: 'PRODUCTION' }] } },
  DescribeSpendLimits: limits({ EnforcedLimit: 100, MaxLimit: 100, Overridden: false }),
  GetMetricStatistics: spent(25),
  DescribePhoneNumbers: numbers({}),
  DescribeOptedOutNumbers: { value: { OptedOutNumbers: [] } },
};
const OF_SENDER_ID: AwsAnswers = { ...DIRECT, DescribeSenderIds: senderIds({}) };
const OF_POOL: AwsAnswers = {
  ...DIRECT,
  DescribePools: pools({}),
  ListPoolOriginationIdentities: members(NUMBER),
};
const SNS: AwsAnswers = {
  GetSMSSandboxAccountStatus: { value: { IsInSandbox: false } },
  GetSMSAttributes: monthlyLimit('100'),
  GetMetricStatistics: spent(25),
  ListOriginationNumbers: { value: { PhoneNumbers: [{ PhoneNumber: '+15555550199', Status: 'ACTIVE' }] } },
  ListPhoneNumbersOptedOut: { value: { phoneNumbers: [] } },
};

/** A path, and its answers when all is well. */
const PATHS = {
  number: { identityArn: NUMBER, answers: DIRECT },
  'sender ID': { identityArn: SENDER_ID, answers: OF_SENDER_ID },
  pool: { identityArn: POOL, answers: OF_POOL },
  'imported pool': { identityArn: POOL, answers: OF_POOL },
  SNS: { identityArn: undefined, answers: SNS },
} as const;

type Path = keyof typeof PATHS;
type Name = SmsReadinessCheck['name'];
type Status = SmsReadinessCheck['status'];
type Row = [path: Path, what: string, answers: AwsAnswers, name: Name, status: Status, detail: string, values?: object];

const STATES: Row[] = [
  ['number', 'production', {}, 'accountTier', 'PASSED', 'out of the SMS sandbox', { tier: 'PRODUCTION' }],
  ['number', 'sandbox', tier('SANDBOX'), 'accountTier', 'FAILED', 'request production access', { tier: 'SANDBOX' }],
  ['number', 'a tier of another kind', tier('GOLD'), 'accountTier', 'UNKNOWN', 'DescribeAccountAttributes'],
  ['SNS', 'production', {}, 'accountTier', 'PASSED', 'out of the SMS sandbox', { tier: 'PRODUCTION' }],
  [
    'SNS',
    'sandbox',
    { GetSMSSandboxAccountStatus: { value: { IsInSandbox: true } } },
    'accountTier',
    'FAILED',
    'request production access',
    { tier: 'SANDBOX' },
  ],
  ['number', 'enough left', {}, 'spendLimit', 'PASSED', '75 USD are left', { limit: 100, spent: 25, remaining: 75 }],
  [
    'number',
    'a limit of its own',
    { DescribeSpendLimits: limits({ EnforcedLimit: 50, MaxLimit: 100, Overridden: true }) },
    'spendLimit',
    'PASSED',
    '25 USD are left',
    { limit: 50, spent: 25, remaining: 25 },
  ],
  [
    'number',
    'a limit of its own that is not in force',
    { DescribeSpendLimits: limits({ EnforcedLimit: 10, MaxLimit: 100, Overridden: false }) },
    'spendLimit',
    'PASSED',
    '75 USD are left',
    { limit: 100, spent: 25, remaining: 75 },
  ],
  [
    'number',
    'a limit of 0',
    { DescribeSpendLimits: limits({ EnforcedLimit: 0, MaxLimit: 100, Overridden: true }) },
    'spendLimit',
    'FAILED',
    'limit for SMS is 0 USD',
    { limit: 0 },
  ],
  [
    'number',
    'the limit of a new account',
    {
      DescribeSpendLimits: limits({ EnforcedLimit: 1, MaxLimit: 1, Overridden: false }),
      GetMetricStatistics: spent(0.25),
    },
    'spendLimit',
    'WARNING',
    'limit of a new account',
    { limit: 1, spent: 0.25, remaining: 0.75 },
  ],
  [
    'number',
    'little left',
    { GetMetricStatistics: spent(90.5) },
    'spendLimit',
    'WARNING',
    '9.5 USD are left',
    { limit: 100, spent: 90.5, remaining: 9.5 },
  ],
  [
    'number',
    'just enough left',
    { GetMetricStatistics: spent(90) },
    'spendLimit',
    'PASSED',
    '10 USD are left',
    { limit: 100, spent: 90, remaining: 10 },
  ],
  [
    'number',
    'nothing left',
    { GetMetricStatistics: spent(100) },
    'spendLimit',
    'FAILED',
    'raise the limit',
    { limit: 100, spent: 100, remaining: 0 },
  ],
  [
    'number',
    'more spent than allowed',
    { GetMetricStatistics: spent(100.07) },
    'spendLimit',
    'FAILED',
    'raise the limit',
    { limit: 100, spent: 100.07, remaining: 0 },
  ],
  [
    'number',
    'the latest of several figures, in any order',
    {
      GetMetricStatistics: {
        value: {
          Label: 'Spend',
          Datapoints: [
            { Timestamp: 1_764_000_000, Maximum: 30 },
            { Timestamp: 1_764_007_200, Maximum: 40 },
            { Timestamp: 1_763_996_400, Maximum: 99 },
          ],
        },
      },
    },
    'spendLimit',
    'PASSED',
    '60 USD are left',
    { limit: 100, spent: 40, remaining: 60 },
  ],
  [
    'number',
    'no figure for this month',
    { GetMetricStatistics: NEVER },
    'spendLimit',
    'WARNING',
    'the remaining amount is unknown',
    { limit: 100 },
  ],
  [
    'number',
    'no limit for texts',
    { DescribeSpendLimits: { value: { SpendLimits: [{ Name: 'VOICE_MESSAGE_MONTHLY_SPEND_LIMIT', MaxLimit: 5 }] } } },
    'spendLimit',
    'UNKNOWN',
    'DescribeSpendLimits',
  ],
  ['SNS', 'enough left', {}, 'spendLimit', 'PASSED', '75 USD are left', { limit: 100, spent: 25, remaining: 75 }],
  [
    'SNS',
    'nothing left',
    { GetMetricStatistics: spent(100) },
    'spendLimit',
    'FAILED',
    'raise the limit',
    { limit: 100, spent: 100, remaining: 0 },
  ],
  ['SNS', 'no limit', { GetSMSAttributes: { value: {} } }, 'spendLimit', 'UNKNOWN', 'GetSMSAttributes'],
  [
    'SNS',
    'a limit that is no number',
    { GetSMSAttributes: monthlyLimit('much') },
    'spendLimit',
    'UNKNOWN',
    'GetSMSAttributes',
  ],
  [
    'number',
    'active',
    { DescribePhoneNumbers: numbers({ RegistrationId: 'registration-1' }) },
    'originationIdentity',
    'PASSED',
    'The number is active.',
    {
      numberStatus: 'ACTIVE',
      numberType: 'TOLL_FREE',
      isoCountryCode: 'US',
      messageType: 'TRANSACTIONAL',
      registrationId: 'registration-1',
    },
  ],
  ...(
    [
      ['PENDING', 'FAILED', 'finish its registration'],
      ['ASSOCIATING', 'WARNING', 'added to a pool'],
      ['DISASSOCIATING', 'WARNING', 'removed from a pool'],
      ['DELETED', 'FAILED', 'request another'],
      ['ON_HOLIDAY', 'UNKNOWN', 'unknown status'],
    ] as const
  ).map(
    ([numberStatus, status, detail]): Row => [
      'number',
      numberStatus,
      { DescribePhoneNumbers: numbers({ Status: numberStatus }) },
      'originationIdentity',
      status,
      detail,
      { numberStatus, numberType: 'TOLL_FREE', isoCountryCode: 'US', messageType: 'TRANSACTIONAL' },
    ],
  ),
  [
    'number',
    'for calls only',
    { DescribePhoneNumbers: numbers({ NumberCapabilities: ['VOICE'] }) },
    'originationIdentity',
    'FAILED',
    'does not support SMS',
  ],
  [
    'number',
    'a simulator',
    { DescribePhoneNumbers: numbers({ NumberType: 'SIMULATOR' }) },
    'originationIdentity',
    'WARNING',
    'simulated phones only',
  ],
  [
    'number',
    'promotional',
    { DescribePhoneNumbers: numbers({ MessageType: 'PROMOTIONAL' }) },
    'originationIdentity',
    'WARNING',
    'codes are transactional',
  ],
  [
    'number',
    'none',
    { DescribePhoneNumbers: { value: { PhoneNumbers: [] } } },
    'originationIdentity',
    'UNKNOWN',
    'UnexpectedAnswer',
  ],
  [
    'number',
    'not found',
    { DescribePhoneNumbers: { status: 400, name: 'ResourceNotFoundException' } },
    'originationIdentity',
    'FAILED',
    'DescribePhoneNumbers finds no origination identity',
  ],
  [
    'sender ID',
    'registered',
    {},
    'originationIdentity',
    'PASSED',
    'is registered',
    { registered: true, isoCountryCode: 'GB' },
  ],
  [
    'sender ID',
    'not registered',
    { DescribeSenderIds: senderIds({ Registered: false }) },
    'originationIdentity',
    'WARNING',
    'is not registered',
    { registered: false, isoCountryCode: 'GB' },
  ],
  [
    'sender ID',
    'that does not say',
    { DescribeSenderIds: senderIds({ Registered: undefined }) },
    'originationIdentity',
    'UNKNOWN',
    'It is unknown whether',
  ],
  [
    'sender ID',
    'not found',
    { DescribeSenderIds: { status: 400, name: 'ResourceNotFoundException' } },
    'originationIdentity',
    'FAILED',
    'DescribeSenderIds finds no',
  ],
  [
    'pool',
    'active, with an active number',
    {},
    'originationIdentity',
    'PASSED',
    'Usable members: 1 of 1.',
    { poolStatus: 'ACTIVE', members: 1, usable: 1 },
  ],
  [
    'pool',
    'being created',
    { DescribePools: pools({ Status: 'CREATING' }) },
    'originationIdentity',
    'FAILED',
    'wait until AWS has created it',
    { poolStatus: 'CREATING', members: 1 },
  ],
  [
    'pool',
    'being deleted',
    { DescribePools: pools({ Status: 'DELETING' }) },
    'originationIdentity',
    'FAILED',
    'create another one',
    { poolStatus: 'DELETING', members: 1 },
  ],
  [
    'pool',
    'in another state',
    { DescribePools: pools({ Status: 'WET' }) },
    'originationIdentity',
    'UNKNOWN',
    'unknown status',
  ],
  ['pool', 'empty', { ListPoolOriginationIdentities: members() }, 'originationIdentity', 'FAILED', 'active but empty'],
  [
    'pool',
    'with a pending number',
    { DescribePhoneNumbers: numbers({ Status: 'PENDING' }) },
    'originationIdentity',
    'FAILED',
    'finish its registration',
    { poolStatus: 'ACTIVE', members: 1, usable: 0 },
  ],
  [
    'pool',
    'with a number that is gone and a sender ID',
    {
      ListPoolOriginationIdentities: members(NUMBER, SENDER_ID),
      DescribePhoneNumbers: { status: 400, name: 'ResourceNotFoundException' },
      DescribeSenderIds: senderIds({}),
    },
    'originationIdentity',
    'WARNING',
    'Usable members: 1 of 2. At least one of them no longer exists',
    { poolStatus: 'ACTIVE', members: 2, usable: 1 },
  ],
  [
    'pool',
    'with a number that may not be looked at and a sender ID',
    {
      ListPoolOriginationIdentities: members(NUMBER, SENDER_ID),
      DescribePhoneNumbers: { status: 400, name: 'AccessDeniedException' },
      DescribeSenderIds: senderIds({}),
    },
    'originationIdentity',
    'UNKNOWN',
    'Usable members: 1 of 2. DescribePhoneNumbers failed with AccessDeniedException',
    { poolStatus: 'ACTIVE', members: 2, usable: 1 },
  ],
  [
    'pool',
    'of which the members are still to come',
    { ListPoolOriginationIdentities: { value: { OriginationIdentities: [], NextToken: 'next' } } },
    'originationIdentity',
    'UNKNOWN',
    'ListPoolOriginationIdentities failed with UnexpectedAnswer',
  ],
  ['number', 'opt-outs that are still to come', optOuts(0, 'next'), 'optOuts', 'UNKNOWN', 'there are more pages'],
  [
    'SNS',
    'numbers of which the active ones may be still to come',
    { ListOriginationNumbers: { value: { PhoneNumbers: [{ Status: 'PENDING' }], NextToken: 'next' } } },
    'originationIdentity',
    'UNKNOWN',
    'no active one among 1',
    { numbers: 1, active: 0 },
  ],
  [
    'pool',
    'with an active and a pending number',
    {
      ListPoolOriginationIdentities: members(NUMBER, `${NUMBER}2`),
      DescribePhoneNumbers: numbers({}, { Status: 'PENDING' }),
    },
    'originationIdentity',
    'WARNING',
    'Usable members: 1 of 2. The number is not usable yet',
    { poolStatus: 'ACTIVE', members: 2, usable: 1 },
  ],
  [
    'pool',
    'with a number and a sender ID',
    { ListPoolOriginationIdentities: members(NUMBER, SENDER_ID), DescribeSenderIds: senderIds({}) },
    'originationIdentity',
    'PASSED',
    'Usable members: 2 of 2.',
    { poolStatus: 'ACTIVE', members: 2, usable: 2 },
  ],
  [
    'pool',
    'with something else only',
    { ListPoolOriginationIdentities: members(`${ARN}:rcs-agent/rcs-1`) },
    'originationIdentity',
    'FAILED',
    'no number and no sender ID',
    { poolStatus: 'ACTIVE', members: 1, usable: 0 },
  ],
  [
    'imported pool',
    'active',
    {},
    'originationIdentity',
    'PASSED',
    'Members: 1; their status is not checked',
    { poolStatus: 'ACTIVE', members: 1 },
  ],
  [
    'SNS',
    'a number',
    {},
    'originationIdentity',
    'PASSED',
    'Active origination numbers of Amazon SNS: 1.',
    { numbers: 1, active: 1 },
  ],
  [
    'SNS',
    'a pending number',
    { ListOriginationNumbers: { value: { PhoneNumbers: [{ Status: 'PENDING' }] } } },
    'originationIdentity',
    'WARNING',
    'no active origination number among 1',
    { numbers: 1, active: 0 },
  ],
  [
    'SNS',
    'no number',
    { ListOriginationNumbers: { value: { PhoneNumbers: [] } } },
    'originationIdentity',
    'WARNING',
    'the United States',
    { numbers: 0, active: 0 },
  ],
  ['number', 'no opt-outs', {}, 'optOuts', 'PASSED', 'No phone number has opted out', { optedOut: 0, more: false }],
  ['number', 'opt-outs', optOuts(2), 'optOuts', 'WARNING', 'have opted out: 2.', { optedOut: 2, more: false }],
  [
    'number',
    'many opt-outs',
    optOuts(100, 'next'),
    'optOuts',
    'WARNING',
    'have opted out: 100 or more.',
    { optedOut: 100, more: true },
  ],
  [
    'number',
    'another opt-out list than expected',
    { DescribePhoneNumbers: numbers({ OptOutListName: 'Ours' }) },
    'optOuts',
    'UNKNOWN',
    'another opt-out list than Default',
  ],
  [
    'pool',
    'another opt-out list than expected',
    { DescribePools: pools({ OptOutListName: 'Ours' }) },
    'optOuts',
    'UNKNOWN',
    'another opt-out list than Default',
  ],
  ['pool', 'opt-outs', optOuts(1), 'optOuts', 'WARNING', 'have opted out: 1.', { optedOut: 1, more: false }],
  ['sender ID', 'no opt-out list', {}, 'optOuts', 'PASSED', 'a sender ID has none'],
  [
    'SNS',
    'opt-outs',
    { ListPhoneNumbersOptedOut: { value: { phoneNumbers: [USER], nextToken: 'next' } } },
    'optOuts',
    'WARNING',
    'have opted out: 1 or more.',
    { optedOut: 1, more: true },
  ],
];

/** The SDK cannot read it in the query protocol. */
const STRANGE = { status: 400, name: `<b>${USER}</b>`, message: USER };

/** How an API can fail, and what the report then calls it. */
const FAILURES: Record<string, { answer: AwsAnswer; errorName: { json: string; query: string } }> = {
  'an internal error': failure(500, 'InternalServerException', 'InternalServerException'),
  throttling: failure(400, 'ThrottlingException', 'ThrottlingException'),
  'a denial': failure(403, 'AccessDeniedException', 'AccessDeniedException'),
  'an error whose name is no word': { answer: STRANGE, errorName: { json: 'Error', query: 'TypeError' } },
  'a broken connection': { answer: 'cut', errorName: { json: 'Error', query: 'Error' } },
  'an answer in no protocol': { answer: 'garbage', errorName: { json: 'SyntaxError', query: 'Error' } },
  'an empty answer': named('empty', 'UnexpectedAnswer'),
  'an answer without the fields': named({ value: {} }, 'UnexpectedAnswer'),
};

/** By API, the path on which it is asked and the check that depends on it. */
const APIS: Record<string, [Path, Name]> = {
  DescribeAccountAttributes: ['number', 'accountTier'],
  DescribeSpendLimits: ['number', 'spendLimit'],
  GetMetricStatistics: ['number', 'spendLimit'],
  DescribePhoneNumbers: ['number', 'originationIdentity'],
  DescribeSenderIds: ['sender ID', 'originationIdentity'],
  DescribePools: ['pool', 'originationIdentity'],
  ListPoolOriginationIdentities: ['pool', 'originationIdentity'],
  DescribeOptedOutNumbers: ['number', 'optOuts'],
  GetSMSSandboxAccountStatus: ['SNS', 'accountTier'],
  GetSMSAttributes: ['SNS', 'spendLimit'],
  ListOriginationNumbers: ['SNS', 'originationIdentity'],
  ListPhoneNumbersOptedOut: ['SNS', 'optOuts'],
};

const FAILING = Object.entries(APIS).flatMap(([api, [path, name]]) =>
  Object.entries(FAILURES).map(([what, { answer, errorName }]) => ({
    what,
    api,
    path,
    name,
    answer,
    errorName: path === 'SNS' ? errorName.query : errorName.json,
  })),
);

/** Nonsense in the right place. */
const NONSENSE: [api: string, value: unknown][] = [
  ['DescribeAccountAttributes', { AccountAttributes: 'PRODUCTION' }],
  ['DescribeAccountAttributes', { AccountAttributes: [null] }],
  ['DescribeAccountAttributes', { AccountAttributes: [{ Name: 'ACCOUNT_TIER', Value: 'constructor' }] }],
  ['DescribeSpendLimits', { SpendLimits: [{ Name: LIMIT, MaxLimit: 'much', Overridden: false }] }],
  ['DescribePhoneNumbers', { PhoneNumbers: {} }],
  ['DescribePhoneNumbers', { PhoneNumbers: [{ Status: 'constructor', NumberType: {}, IsoCountryCode: USER }] }],
  ['DescribePhoneNumbers', { PhoneNumbers: [null] }],
  ['DescribeSenderIds', { SenderIds: [{ Registered: 'yes' }] }],
  ['DescribePools', { Pools: [{ Status: 7 }] }],
  ['ListPoolOriginationIdentities', { OriginationIdentities: 1 }],
  ['DescribeOptedOutNumbers', { OptedOutNumbers: USER }],
];

let server: AwsAnswersServer;
const PLACES = ['AWS_ENDPOINT_URL', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'] as const;
const before = PLACES.map((name) => process.env[name]);
beforeAll(async () => {
  server = await AwsAnswersServer.start();
  Object.assign(process.env, Object.fromEntries(PLACES.map((name) => [name, 'test'])), {
    AWS_ENDPOINT_URL: server.endpoint,
  });
});
afterAll(async () => {
  await server.stop();
  PLACES.forEach((name, index) => {
    if (before[index] === undefined) delete process.env[name];
    else process.env[name] = before[index];
  });
});

describe('a check says what is', () => {
  const reports = atOnce(() => STATES.map(([path, , answers]) => report(path, answers)));

  test.each(STATES.map(([path, what, , name], index) => ({ path, what, name, index })))(
    '$path, $what: $name',
    ({ index }) => {
      const [, , , name, status, detail, values] = STATES[index] as Row;
      const check = checkOf(reports[index], name);
      expect(check.status).toBe(status);
      expect(check.detail).toContain(detail);
      if (values) expect(check.values).toEqual(values);
      expect(check.detail).toMatch(/^[\x20-\x7e]+\.$/);
    },
  );

  test('and the report nothing about a user', () => {
    expect(JSON.stringify(reports)).not.toContain(USER.slice(1));
  });
});

describe('an API that fails makes its check unknown, and no other', () => {
  const reports = atOnce(() => FAILING.map(({ path, api, answer }) => report(path, { [api]: answer })));

  test.each(FAILING.map((row, index) => ({ ...row, index })))(
    '$api, with $what',
    ({ index, api, path, name, errorName }) => {
      const found = reports[index] as SmsReadinessReport;
      const check = checkOf(found, name);
      expect(check.status).toBe('UNKNOWN');
      expect(check.detail).toContain(`${api} failed with ${errorName}: `);
      expect(found.checks.filter(({ status }) => status !== 'PASSED')).toEqual([check]);
      expect(found.status).toBe('UNKNOWN');
      expect(found.path).toBe(path === 'SNS' ? 'SNS' : 'END_USER_MESSAGING');
    },
  );

  test('and its name is all that the report takes over', () => {
    expect(JSON.stringify(reports)).not.toContain('secret of');
    expect(JSON.stringify(reports)).not.toContain(USER.slice(1));
  });

  test('the limit is reported also when what was spent is not known', () => {
    const index = FAILING.findIndex(({ api, what }) => api === 'GetMetricStatistics' && what === 'a denial');
    expect(checkOf(reports[index], 'spendLimit')).toMatchObject({ values: { limit: 100 } });
  });
});

describe('an answer that is nonsense makes its check unknown', () => {
  const reports = atOnce(() =>
    NONSENSE.map(([api, value]) => report((APIS[api] as [Path, Name])[0], { [api]: { value } })),
  );

  test.each(NONSENSE.map(([api, value], index) => [api, value, index] as const))('%s: %j', (api, _, index) => {
    const check = checkOf(reports[index], (APIS[api] as [Path, Name])[1]);
    expect(check.status).toBe('UNKNOWN');
    expect(JSON.stringify(check)).not.toContain(USER.slice(1));
  });
});

describe('APIs that do not answer', () => {
  const HANGING = (['number', 'sender ID', 'pool', 'SNS'] as const).flatMap((path) =>
    (['hang', 'slow-body'] as const).map((how) => ({ path, how })),
  );
  const results: { seconds: number; found: SmsReadinessReport }[] = [];
  beforeAll(async () => {
    const started = Date.now();
    const all = HANGING.map(async ({ path, how }, index) => {
      const answers = Object.keys(PATHS[path].answers).map((api) => [api, how]);
      const found = await report(path, Object.fromEntries(answers));
      results[index] = { found, seconds: (Date.now() - started) / 1000 };
    });
    await Promise.all(all);
  });

  test.each(HANGING.map((row, index) => ({ ...row, index })))('$path, $how: all unknown in time', ({ index, path }) => {
    const { seconds, found } = results[index] as (typeof results)[number];
    expect(found.checks.map(({ status }) => status)).toEqual(
      path === 'sender ID' ? ['UNKNOWN', 'UNKNOWN', 'UNKNOWN', 'PASSED'] : Array(4).fill('UNKNOWN'),
    );
    for (const { status, detail } of found.checks) if (status === 'UNKNOWN') expect(detail).toContain('TimeoutError');
    expect(seconds).toBeLessThan(12);
  });
});

describe('the status of the report', () => {
  const SANDBOX = tier('SANDBOX');
  const DENIED = { DescribeSpendLimits: { status: 400, name: 'AccessDeniedException' } };

  test.each<[string, AwsAnswers, SmsReadinessReport['status']]>([
    ['all passed', {}, 'READY'],
    ['a warning', optOuts(1), 'READY'],
    ['one unknown', DENIED, 'UNKNOWN'],
    ['one failed', SANDBOX, 'NOT_READY'],
    ['one unknown, one failed', { ...SANDBOX, ...DENIED }, 'NOT_READY'],
  ])('%s', async (_, answers, status) => {
    expect((await report('number', answers)).status).toBe(status);
  });
});

describe('what is asked', () => {
  test.each<[Path, string[]]>([
    ['number', ['DescribeAccountAttributes', 'DescribeOptedOutNumbers', 'DescribePhoneNumbers', 'DescribeSpendLimits']],
    ['sender ID', ['DescribeAccountAttributes', 'DescribeSenderIds', 'DescribeSpendLimits']],
    [
      'imported pool',
      [
        'DescribeAccountAttributes',
        'DescribeOptedOutNumbers',
        'DescribePools',
        'DescribeSpendLimits',
        'ListPoolOriginationIdentities',
      ],
    ],
    ['SNS', ['GetSMSAttributes', 'GetSMSSandboxAccountStatus', 'ListOriginationNumbers', 'ListPhoneNumbersOptedOut']],
  ])('of a %s, once each, with CloudWatch', async (path, operations) => {
    const { region } = await report(path, {});
    expect(callsIn(region).map(({ operation }) => operation)).toEqual([...operations, 'GetMetricStatistics'].sort());
  });

  test('is about this identity, its list and this month', async () => {
    const started = new Date();
    const { region } = await report('number', {});
    expect(inputOf(region, 'DescribePhoneNumbers')).toEqual({ PhoneNumberIds: [NUMBER] });
    expect(inputOf(region, 'DescribeOptedOutNumbers')).toEqual({ OptOutListName: 'Default', MaxResults: 100 });
    const { StartTime, EndTime, ...metric } = inputOf(region, 'GetMetricStatistics');
    expect(metric).toEqual({
      Namespace: 'AWS/SMSVoice',
      MetricName: 'TextMessageMonthlySpend',
      Period: 3600,
      Statistics: ['Maximum'],
    });
    const first = `${started.toISOString().slice(0, 7)}-01T00:00:00.000Z`;
    expect(new Date(Number(StartTime) * 1000).toISOString()).toBe(first);
    expect(Math.abs(Number(EndTime) * 1000 - started.getTime())).toBeLessThan(60_000);
  });

  test('is the metric of Amazon SNS on its path', async () => {
    const { region } = await report('SNS', {});
    expect(inputOf(region, 'GetMetricStatistics')).toMatchObject({
      Namespace: 'AWS/SNS',
      MetricName: 'SMSMonthToDateSpentUSD',
    });
  });

  test('is five members of a pool at a time', async () => {
    const six = Array.from({ length: 6 }, (_, index) => `${NUMBER}${index}`);
    const { region } = await report('pool', { ListPoolOriginationIdentities: members(...six, SENDER_ID) });
    const asked = callsIn(region).filter(({ operation }) => operation === 'DescribePhoneNumbers');
    expect(asked.map(({ input }) => input)).toEqual(
      expect.arrayContaining([{ PhoneNumberIds: six.slice(0, 5) }, { PhoneNumberIds: six.slice(5) }]),
    );
    expect(inputOf(region, 'DescribeSenderIds')).toEqual({
      SenderIds: [{ SenderId: SENDER_ID, IsoCountryCode: 'GB' }],
    });
  });

  test('is never a number of a user', async () => {
    const { region } = await report('number', optOuts(3));
    expect(inputOf(region, 'DescribeOptedOutNumbers')).not.toHaveProperty('OptedOutNumbers');
  });
});

test('an ARN of something else is unknown', async () => {
  const [, , identity] = await checkDirectPath({
    region: server.region(DIRECT),
    identityArn: `${ARN}:rcs-agent/rcs-1`,
    optOutListName: 'Default',
    canDescribeMembers: false,
  });
  expect(identity).toMatchObject({ name: 'originationIdentity', status: 'UNKNOWN' });
});

/** Runs all at once, before the tests that look at them. */
function atOnce(run: () => Promise<SmsReadinessReport>[]): SmsReadinessReport[] {
  const reports: SmsReadinessReport[] = [];
  beforeAll(async () => {
    reports.push(...(await Promise.all(run())));
  });
  return reports;
}

/** The report of the function, with other answers of some APIs. */
async function report(path: Path, answers: AwsAnswers): Promise<SmsReadinessReport> {
  const { identityArn, answers: well } = PATHS[path];
  const region = server.region({ ...well, ...answers });
  const canDescribeMembers = path === 'pool';
  const handler = createHandler({
    region,
    path: identityArn === undefined ? 'SNS' : 'END_USER_MESSAGING',
    runChecks: () =>
      identityArn === undefined
        ? checkSns(region)
        : checkDirectPath({ region, identityArn, optOutListName: 'Default', canDescribeMembers }),
    logger,
  });
  return (await handler({}, {} as Context)) as SmsReadinessReport;
}

function checkOf(found: SmsReadinessReport | undefined, name: Name): SmsReadinessCheck {
  return found?.checks.find((check) => check.name === name) as SmsReadinessCheck;
}

function callsIn(region: string) {
  const calls = server.calls.filter((call) => call.region === region);
  return calls.sort((a, b) => a.operation.localeCompare(b.operation));
}

function inputOf(region: string, operation: string) {
  return callsIn(region).find((call) => call.operation === operation)?.input as Record<string, unknown>;
}

function tier(value: string): AwsAnswers {
  return { DescribeAccountAttributes: { value: { AccountAttributes: [{ Name: 'ACCOUNT_TIER', Value: value }] } } };
}

function limits(limit: object): AwsAnswer {
  return {
    value: {
      SpendLimits: [
        { Name: 'VOICE_MESSAGE_MONTHLY_SPEND_LIMIT', MaxLimit: 7 },
        { Name: LIMIT, ...limit },
      ],
    },
  };
}

function monthlyLimit(value: string): AwsAnswer {
  return { value: { attributes: { entry: { key: 'MonthlySpendLimit', value } } } };
}

function spent(amount: number): AwsAnswer {
  return { value: { Label: 'Spend', Datapoints: [{ Timestamp: 1_764_000_000, Maximum: amount }] } };
}

function numbers(...some: object[]): AwsAnswer {
  const active = {
    PhoneNumber: '+15555550199',
    Status: 'ACTIVE',
    NumberType: 'TOLL_FREE',
    NumberCapabilities: ['SMS', 'VOICE'],
    MessageType: 'TRANSACTIONAL',
    IsoCountryCode: 'US',
    OptOutListName: 'Default',
  };
  return { value: { PhoneNumbers: some.map((number) => ({ ...active, ...number })) } };
}

function senderIds(senderId: object): AwsAnswer {
  return { value: { SenderIds: [{ SenderId: 'EXAMPLE', IsoCountryCode: 'GB', Registered: true, ...senderId }] } };
}

function pools(pool: object): AwsAnswer {
  return { value: { Pools: [{ PoolArn: POOL, Status: 'ACTIVE', OptOutListName: 'Default', ...pool }] } };
}

function members(...arns: string[]): AwsAnswer {
  return { value: { OriginationIdentities: arns.map((OriginationIdentityArn) => ({ OriginationIdentityArn })) } };
}

function optOuts(count: number, next?: string): AwsAnswers {
  const OptedOutNumbers = Array(count).fill({ OptedOutNumber: USER, EndUserOptedOut: true });
  return { DescribeOptedOutNumbers: { value: { OptedOutNumbers, NextToken: next } } };
}

function failure(status: number, name: string, json: string) {
  return { answer: { status, name, message: `secret of ${USER}` }, errorName: { json, query: json } };
}

function named(answer: AwsAnswer, name: string) {
  return { answer, errorName: { json: name, query: name } };
}
