import type { Context } from 'aws-lambda';
import { createLogger } from '../../../lambda/shared/logger';
import { type Clock, SYSTEM_CLOCK } from '../../../lambda/sms-readiness/call-pace';
import { checkDirectPath } from '../../../lambda/sms-readiness/direct';
import { createHandler } from '../../../lambda/sms-readiness/handler';
import { checkSns } from '../../../lambda/sms-readiness/sns';
import type { SmsReadinessCheck, SmsReadinessReport } from '../../../lib/contract/sms';
import { type AwsAnswer, type AwsAnswers, AwsAnswersServer } from '../../support/aws-answers';
import { endsBefore } from '../../support/deployment';

const ARN = 'arn:aws:sms-voice:us-east-1:111122223333';
const NUMBER = `${ARN}:phone-number/phone-1`;
const SENDER_ID = `${ARN}:sender-id/EXAMPLE/GB`;
const POOL = `${ARN}:pool/pool-1`;

/** Silent: cloudformation.test.ts covers the log lines, with the bundled function. */
const logger = createLogger();
logger.setLogLevel('SILENT');

/** The phone number of a user, which no report may contain. */
const USER = '+15555550100';

const LIMIT = 'TEXT_MESSAGE_MONTHLY_SPEND_LIMIT';
const NEVER = { value: { Label: 'Spend', Datapoints: [] } };

/** The responses with which all checks pass, for each path. */
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

/** The paths, with the responses with which all checks pass. */
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
  ['number', 'an unknown tier', tier('GOLD'), 'accountTier', 'UNKNOWN', 'DescribeAccountAttributes'],
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
    'an overridden limit',
    { DescribeSpendLimits: limits({ EnforcedLimit: 50, MaxLimit: 100, Overridden: true }) },
    'spendLimit',
    'PASSED',
    '25 USD are left',
    { limit: 50, spent: 25, remaining: 25 },
  ],
  [
    'number',
    'an override that is not in force',
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
    'several data points in any order, of which the latest counts',
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
    'no data for this month',
    { GetMetricStatistics: NEVER },
    'spendLimit',
    'WARNING',
    'the remaining amount is unknown',
    { limit: 100 },
  ],
  [
    'number',
    'no limit for text messages',
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
  [
    'SNS',
    'a limit that is not set',
    { GetSMSAttributes: { value: { attributes: {} } } },
    'spendLimit',
    'WARNING',
    'limit for SMS is not set',
  ],
  [
    'SNS',
    'an opt-out list that does not let Amazon SNS read it',
    { ListPhoneNumbersOptedOut: { status: 403, name: 'AuthorizationError' } },
    'optOuts',
    'WARNING',
    'ListPhoneNumbersOptedOut failed with AuthorizationErrorException: opt-outs are unknown. The default opt-out list has no resource policy',
  ],
  ['SNS', 'no limit', { GetSMSAttributes: { value: {} } }, 'spendLimit', 'UNKNOWN', 'GetSMSAttributes'],
  [
    'SNS',
    'a limit that is not a number',
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
    'The number is active. Message parts a second: 3, the general limit of its type.',
    {
      numberStatus: 'ACTIVE',
      numberType: 'TOLL_FREE',
      isoCountryCode: 'US',
      messageType: 'TRANSACTIONAL',
      registrationId: 'registration-1',
      partsPerSecond: 3,
      partsPerSecondFrom: 'GENERAL_LIMITS',
    },
  ],
  ...(
    [
      ['a limit that AWS says', { MessagingLimits: { RateLimits: { MMS: 1, SMS: 40 } } }, 40, 'MESSAGING_LIMITS'],
      ['a limit of 0, which is none', { MessagingLimits: { RateLimits: { SMS: 0 } } }, 3, 'GENERAL_LIMITS'],
      ['limits for MMS only', { MessagingLimits: { RateLimits: { MMS: 1 } } }, 3, 'GENERAL_LIMITS'],
      ['a limit that is not a number', { MessagingLimits: { RateLimits: { SMS: 'many' } } }, 3, 'GENERAL_LIMITS'],
      ['the type 10DLC', { NumberType: 'TEN_DLC' }, 1, 'GENERAL_LIMITS'],
      ['a short code', { NumberType: 'SHORT_CODE' }, 100, 'GENERAL_LIMITS'],
      ['a short code of Canada', { NumberType: 'SHORT_CODE', IsoCountryCode: 'CA' }, 100, 'GENERAL_LIMITS'],
      ['a long code of Canada', { NumberType: 'LONG_CODE', IsoCountryCode: 'CA' }, 1, 'GENERAL_LIMITS'],
      ['a long code of another country', { NumberType: 'LONG_CODE', IsoCountryCode: 'GB' }, 10, 'GENERAL_LIMITS'],
      ['a short code of another country', { NumberType: 'SHORT_CODE', IsoCountryCode: 'FR' }, undefined, undefined],
      ['a type that is no type', { NumberType: 'constructor' }, undefined, undefined],
    ] as const
  ).map(
    ([what, number, partsPerSecond, partsPerSecondFrom]): Row => [
      'number',
      `with ${what}`,
      { DescribePhoneNumbers: numbers(number) },
      'originationIdentity',
      'PASSED',
      partsPerSecond === undefined ? 'The number is active.' : `Message parts a second: ${partsPerSecond}`,
      partsPerSecond === undefined
        ? expect.not.objectContaining({ partsPerSecond: expect.anything() })
        : expect.objectContaining({ partsPerSecond, partsPerSecondFrom }),
    ],
  ),
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
    'a number for voice only',
    { DescribePhoneNumbers: numbers({ NumberCapabilities: ['VOICE'] }) },
    'originationIdentity',
    'FAILED',
    'does not support SMS',
  ],
  [
    'number',
    'a simulator number',
    { DescribePhoneNumbers: numbers({ NumberType: 'SIMULATOR' }) },
    'originationIdentity',
    'WARNING',
    'simulated phones only',
  ],
  [
    'number',
    'a promotional number',
    { DescribePhoneNumbers: numbers({ MessageType: 'PROMOTIONAL' }) },
    'originationIdentity',
    'WARNING',
    'codes are transactional',
  ],
  [
    'number',
    'no number in the response',
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
    'is registered. Message parts a second: 10, the general limit of its type.',
    { registered: true, isoCountryCode: 'GB', partsPerSecond: 10, partsPerSecondFrom: 'GENERAL_LIMITS' },
  ],
  [
    'sender ID',
    'not registered',
    { DescribeSenderIds: senderIds({ Registered: false }) },
    'originationIdentity',
    'WARNING',
    'is not registered',
    { registered: false, isoCountryCode: 'GB', partsPerSecond: 10, partsPerSecondFrom: 'GENERAL_LIMITS' },
  ],
  [
    'sender ID',
    'no registration status',
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
    'Usable members: 1 of 1. Message parts a second: 3, the general limit of its type.',
    { poolStatus: 'ACTIVE', members: 1, usable: 1, partsPerSecond: 3, partsPerSecondFrom: 'GENERAL_LIMITS' },
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
    'an unknown status',
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
    'with a deleted number and a sender ID',
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
    'with a number that the function may not describe, and a sender ID',
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
    'an empty first page of members',
    { ListPoolOriginationIdentities: { value: { OriginationIdentities: [], NextToken: 'next' } } },
    'originationIdentity',
    'UNKNOWN',
    'ListPoolOriginationIdentities failed with UnexpectedAnswer',
  ],
  ['number', 'an empty first page of opt-outs', optOuts(0, 'next'), 'optOuts', 'UNKNOWN', 'there are more pages'],
  [
    'SNS',
    'no active number on the first page',
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
    { poolStatus: 'ACTIVE', members: 2, usable: 1, partsPerSecond: 3, partsPerSecondFrom: 'LOWEST_OF_POOL' },
  ],
  [
    'pool',
    'with a number and a sender ID',
    { ListPoolOriginationIdentities: members(NUMBER, SENDER_ID), DescribeSenderIds: senderIds({}) },
    'originationIdentity',
    'PASSED',
    'Usable members: 2 of 2. Message parts a second: 3, the lowest limit of its members.',
    { poolStatus: 'ACTIVE', members: 2, usable: 2, partsPerSecond: 3, partsPerSecondFrom: 'LOWEST_OF_POOL' },
  ],
  [
    'pool',
    'with a number whose rate is not known, and a sender ID',
    {
      ListPoolOriginationIdentities: members(NUMBER, SENDER_ID),
      DescribePhoneNumbers: numbers({ NumberType: 'SHORT_CODE', IsoCountryCode: 'FR' }),
      DescribeSenderIds: senderIds({}),
    },
    'originationIdentity',
    'PASSED',
    'Usable members: 2 of 2.',
    { poolStatus: 'ACTIVE', members: 2, usable: 2 },
  ],
  [
    'pool',
    'with one number of which AWS says the limit',
    { DescribePhoneNumbers: numbers({ MessagingLimits: { RateLimits: { SMS: 25 } } }) },
    'originationIdentity',
    'PASSED',
    'Usable members: 1 of 1. Message parts a second: 25.',
    { poolStatus: 'ACTIVE', members: 1, usable: 1, partsPerSecond: 25, partsPerSecondFrom: 'MESSAGING_LIMITS' },
  ],
  [
    'sender ID',
    'of which AWS says the limit',
    { DescribeSenderIds: senderIds({ MessagingLimits: { RateLimits: { SMS: 7 } } }) },
    'originationIdentity',
    'PASSED',
    'is registered. Message parts a second: 7.',
    { registered: true, isoCountryCode: 'GB', partsPerSecond: 7, partsPerSecondFrom: 'MESSAGING_LIMITS' },
  ],
  [
    'pool',
    'with members of other kinds only',
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

const THROTTLED: AwsAnswer = { status: 400, name: 'ThrottlingException' };

/** An error that the SDK cannot parse in the query protocol. */
const STRANGE = { status: 400, name: `<b>${USER}</b>`, message: USER };

/** Failures of an API, with the error name in the report. */
const FAILURES: Record<string, { answer: AwsAnswer; errorName: { json: string; query: string } }> = {
  'an internal error': failure(500, 'InternalServerException', 'InternalServerException'),
  throttling: failure(400, 'ThrottlingException', 'ThrottlingException'),
  'a denial': failure(403, 'AccessDeniedException', 'AccessDeniedException'),
  'an error with an invalid name': { answer: STRANGE, errorName: { json: 'Error', query: 'TypeError' } },
  // The name that the SDK gives to ECONNRESET.
  'a broken connection': { answer: 'cut', errorName: { json: 'TimeoutError', query: 'TimeoutError' } },
  'a response in no protocol': { answer: 'garbage', errorName: { json: 'SyntaxError', query: 'Error' } },
  'an empty response': named('empty', 'UnexpectedAnswer'),
  'a response without the fields': named({ value: {} }, 'UnexpectedAnswer'),
};

/** By API: the path on which it is called, and the check that depends on it. */
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
  Object.entries(FAILURES)
    // A denial of this API alone says nothing about the role of the function.
    .filter(([what]) => api !== 'ListPhoneNumbersOptedOut' || what !== 'a denial')
    .map(([what, { answer, errorName }]) => ({
      what,
      api,
      path,
      name,
      answer,
      errorName: path === 'SNS' ? errorName.query : errorName.json,
    })),
);

/** Invalid values in the expected fields. */
const INVALID_VALUES: [api: string, value: unknown][] = [
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
const VARIABLES = ['AWS_ENDPOINT_URL', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'] as const;
const before = VARIABLES.map((name) => process.env[name]);
beforeAll(async () => {
  server = await AwsAnswersServer.start();
  Object.assign(process.env, Object.fromEntries(VARIABLES.map((name) => [name, 'test'])), {
    AWS_ENDPOINT_URL: server.endpoint,
  });
});
afterAll(async () => {
  await server.stop();
  VARIABLES.forEach((name, index) => {
    if (before[index] === undefined) delete process.env[name];
    else process.env[name] = before[index];
  });
});

describe('a readiness check', () => {
  const reports = reportsOf(
    STATES.map(
      ([path, , answers]) =>
        () =>
          report(path, answers),
    ),
  );

  test.each(STATES.map(([path, what, , name, status], index) => ({ path, what, name, status, index })))(
    'reports $status for $name on the path $path: $what',
    ({ index }) => {
      const [, , , name, status, detail, values] = STATES[index] as Row;
      const check = checkOf(reports[index], name);
      expect(check.status).toBe(status);
      expect(check.detail).toContain(detail);
      if (values) expect(check.values).toEqual(values);
      expect(check.detail).toMatch(/^[\x20-\x7e]+\.$/);
    },
  );

  test('reports no phone number of a user', () => {
    expect(JSON.stringify(reports)).not.toContain(USER.slice(1));
  });
});

describe('a readiness check whose API fails', () => {
  const reports = reportsOf(
    FAILING.map(
      ({ path, api, answer }) =>
        () =>
          report(path, { [api]: answer }),
    ),
  );

  test.each(FAILING.map((row, index) => ({ ...row, index })))(
    'is the only one with status UNKNOWN: $api fails with $what',
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

  test('reports only the name of the error', () => {
    expect(JSON.stringify(reports)).not.toContain('secret of');
    expect(JSON.stringify(reports)).not.toContain(USER.slice(1));
  });

  test('reports the spend limit when the amount spent is unknown', () => {
    const index = FAILING.findIndex(({ api, what }) => api === 'GetMetricStatistics' && what === 'a denial');
    expect(checkOf(reports[index], 'spendLimit')).toMatchObject({ values: { limit: 100 } });
  });
});

describe('a readiness check whose API returns an invalid value', () => {
  const reports = reportsOf(
    INVALID_VALUES.map(
      ([api, value]) =>
        () =>
          report((APIS[api] as [Path, Name])[0], { [api]: { value } }),
    ),
  );

  test.each(INVALID_VALUES.map(([api, value], index) => [api, value, index] as const))(
    'has status UNKNOWN: %s returns %j',
    (api, _, index) => {
      const check = checkOf(reports[index], (APIS[api] as [Path, Name])[1]);
      expect(check.status).toBe('UNKNOWN');
      expect(JSON.stringify(check)).not.toContain(USER.slice(1));
    },
  );
});

describe('a readiness report without responses of the APIs', () => {
  const HANGING = (['number', 'sender ID', 'pool', 'SNS'] as const).flatMap((path) =>
    (['hang', 'slow-body'] as const).map((how) => ({ path, how })),
  );
  const results: { timely: boolean; found: SmsReadinessReport }[] = [];
  beforeAll(async () => {
    const all = HANGING.map(async ({ path, how }, index) => {
      const answers = Object.keys(PATHS[path].answers).map((api) => [api, how]);
      const reported = report(path, Object.fromEntries(answers));
      const timely = await endsBefore(12_000, reported);
      results[index] = { found: await reported, timely };
    });
    await Promise.all(all);
  });

  test.each(HANGING.map((row, index) => ({ ...row, index })))(
    'is complete within 12 seconds with all checks UNKNOWN: path $path, fault $how',
    ({ index, path }) => {
      const { timely, found } = results[index] as (typeof results)[number];
      expect(found.checks.map(({ status }) => status)).toEqual(
        path === 'sender ID' ? ['UNKNOWN', 'UNKNOWN', 'UNKNOWN', 'PASSED'] : Array(4).fill('UNKNOWN'),
      );
      for (const { status, detail } of found.checks) if (status === 'UNKNOWN') expect(detail).toContain('TimeoutError');
      expect(timely).toBe(true);
    },
  );
});

describe('the status of the report', () => {
  const SANDBOX = tier('SANDBOX');
  const DENIED = { DescribeSpendLimits: { status: 400, name: 'AccessDeniedException' } };

  test.each<[SmsReadinessReport['status'], string, AwsAnswers]>([
    ['READY', 'all checks passed', {}],
    ['READY', 'one warning', optOuts(1)],
    ['UNKNOWN', 'one unknown check', DENIED],
    ['NOT_READY', 'one failed check', SANDBOX],
    ['NOT_READY', 'one unknown and one failed check', { ...SANDBOX, ...DENIED }],
  ])('is %s with %s', async (status, _, answers) => {
    expect((await report('number', answers)).status).toBe(status);
  });

  test('is READY when Amazon SNS may not read the opt-out list', async () => {
    const denied = { ListPhoneNumbersOptedOut: { status: 403, name: 'AuthorizationError' } };
    expect((await report('SNS', denied)).status).toBe('READY');
  });
});

describe('the readiness function', () => {
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
  ])('calls each API of the path %s once, and CloudWatch', async (path, operations) => {
    const { region } = await report(path, {});
    expect(callsIn(region).map(({ operation }) => operation)).toEqual([...operations, 'GetMetricStatistics'].sort());
  });

  test('asks about the origination identity, its opt-out list and the current month', async () => {
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
    // In the first hour of a month, the window has a whole hour.
    expect(Math.abs(Number(EndTime) * 1000 - started.getTime())).toBeLessThan(3_660_000);
  });

  test('reads the metric of Amazon SNS on the SNS path', async () => {
    const { region } = await report('SNS', {});
    expect(inputOf(region, 'GetMetricStatistics')).toMatchObject({
      Namespace: 'AWS/SNS',
      MetricName: 'SMSMonthToDateSpentUSD',
    });
  });

  test('describes five members of a pool in one call', async () => {
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

  test('keeps the quota of one call a second, also for a retry', async () => {
    const clock = instantClock();
    const six = Array.from({ length: 6 }, (_, index) => `${NUMBER}${index}`);
    let earlier = Number.NEGATIVE_INFINITY;
    const DescribePhoneNumbers = () => {
      const now = clock.now();
      const accepted = now - earlier >= 1000;
      // The first call is throttled by those of somebody else.
      const first = earlier === Number.NEGATIVE_INFINITY;
      earlier = now;
      return accepted && !first ? numbers({}) : THROTTLED;
    };
    const answers = { DescribePhoneNumbers, ListPoolOriginationIdentities: members(...six) };
    const found = await report('pool', answers, clock);
    expect(checkOf(found, 'originationIdentity').status).toBe('PASSED');
    expect(callsIn(found.region).filter(({ operation }) => operation === 'DescribePhoneNumbers')).toHaveLength(3);
  });

  test('ends in time for a pool with many members, and says that some of them were not checked', async () => {
    const clock = instantClock();
    const started = clock.now();
    const hundred = Array.from({ length: 100 }, (_, index) => `${NUMBER}${index}`);
    const found = await report('pool', { ListPoolOriginationIdentities: members(...hundred) }, clock);
    const { status, detail } = checkOf(found, 'originationIdentity');
    expect(status).toBe('WARNING');
    expect(detail).toMatch(/Usable members: \d+ of 100\. Not all of them were checked, because/);
    expect(clock.now() - started).toBeLessThan(15_000);
  });

  test('asks for a window that is not empty in the first second of a month', async () => {
    const { region } = await report('number', {}, instantClock(Date.UTC(2026, 11, 1)));
    const { StartTime, EndTime } = inputOf(region, 'GetMetricStatistics');
    expect(StartTime).toBe(Date.UTC(2026, 11, 1) / 1000);
    expect(EndTime).toBe(Date.UTC(2026, 11, 1, 1) / 1000);
  });

  test('never asks about the phone number of a user', async () => {
    const { region } = await report('number', optOuts(3));
    expect(inputOf(region, 'DescribeOptedOutNumbers')).not.toHaveProperty('OptedOutNumbers');
  });
});

test('the check of the origination identity has status UNKNOWN for an ARN of another resource type', async () => {
  const [, , identity] = await checkDirectPath({
    region: server.region(DIRECT),
    identityArn: `${ARN}:rcs-agent/rcs-1`,
    optOutListName: 'Default',
    canDescribeMembers: false,
  });
  expect(identity).toMatchObject({ name: 'originationIdentity', status: 'UNKNOWN' });
});

/** How many reports are made at once. All at once would exceed the time limits of the function on a busy machine. */
const AT_ONCE = 8;

/** Makes all reports before the tests that use them. */
function reportsOf(starts: readonly (() => Promise<SmsReadinessReport>)[]): SmsReadinessReport[] {
  const reports: SmsReadinessReport[] = [];
  beforeAll(async () => {
    for (let from = 0; from < starts.length; from += AT_ONCE) {
      reports.push(...(await Promise.all(starts.slice(from, from + AT_ONCE).map((start) => start()))));
    }
  });
  return reports;
}

/** The report of the function, with other responses of some APIs. */
async function report(path: Path, answers: AwsAnswers, clock: Clock = instantClock()): Promise<SmsReadinessReport> {
  const { identityArn, answers: passing } = PATHS[path];
  const region = server.region({ ...passing, ...answers });
  const canDescribeMembers = path === 'pool';
  const handler = createHandler({
    region,
    path: identityArn === undefined ? 'SNS' : 'END_USER_MESSAGING',
    runChecks: () =>
      identityArn === undefined
        ? checkSns(region, clock)
        : checkDirectPath({ region, identityArn, optOutListName: 'Default', canDescribeMembers }, clock),
    logger,
  });
  return (await handler({}, {} as Context)) as SmsReadinessReport;
}

/** A clock whose pauses take no time. */
function instantClock(start = SYSTEM_CLOCK.now()): Clock {
  let time = start;
  return {
    now: () => time,
    sleep: async (milliseconds) => {
      time += milliseconds;
    },
  };
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
