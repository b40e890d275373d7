import {
  CloudWatchClient,
  GetMetricDataCommand,
  GetMetricStatisticsCommand,
  type Metric,
} from '@aws-sdk/client-cloudwatch';
import {
  DescribeAccountAttributesCommand,
  DescribeOptedOutNumbersCommand,
  DescribeOptOutListsCommand,
  DescribePhoneNumbersCommand,
  DescribePoolsCommand,
  DescribeSenderIdsCommand,
  DescribeSpendLimitsCommand,
  ListPoolOriginationIdentitiesCommand,
  PinpointSMSVoiceV2Client,
  SendTextMessageCommand,
  type SendTextMessageCommandInput,
} from '@aws-sdk/client-pinpoint-sms-voice-v2';
import {
  GetSMSAttributesCommand,
  GetSMSSandboxAccountStatusCommand,
  ListOriginationNumbersCommand,
  ListPhoneNumbersOptedOutCommand,
  PublishCommand,
  SNSClient,
} from '@aws-sdk/client-sns';
import { type Fault, Faults } from '../../../src/gateway/faults';
import { Gateway } from '../../../src/gateway/gateway';
import { ServiceError } from '../../../src/model';
import { CloudWatchService } from '../../../src/services/sms/cloudwatch-service';
import { EndUserMessagingService } from '../../../src/services/sms/end-user-messaging-service';
import { SmsAccount } from '../../../src/services/sms/sms-account';
import { SnsService } from '../../../src/services/sms/sns-service';

const REGION = 'us-east-1';
const TO = '+12065550199';

const arn = (resource: string, region = REGION) => `arn:aws:sms-voice:${region}:111122223333:${resource}`;
const TOLL_FREE = arn('phone-number/phone-1');
const TEN_DLC = arn('phone-number/phone-2');
const SHORT_CODE = arn('phone-number/phone-3');
const ABROAD = arn('phone-number/phone-4', 'eu-west-1');
const SENDER = arn('sender-id/EXAMPLE/GB');
const POOL = arn('pool/pool-1');
const LISTED = arn('pool/pool-2');

let account: SmsAccount;
let faults: Faults;
let gateway: Gateway;
let authorized: string[];
let denial: Error | undefined;
/** How long passes before each call of AWS End User Messaging SMS, in milliseconds. */
let pause: number;

beforeEach(async () => {
  pause = 1000;
  let time = 0;
  const now = () => {
    time += pause;
    return new Date(time);
  };
  const number = { kind: 'PHONE_NUMBER', isoCountryCode: 'US' } as const;
  account = new SmsAccount([
    { ...number, arn: TOLL_FREE, numberType: 'TOLL_FREE', phoneNumber: '+12065550101' },
    { ...number, arn: TEN_DLC, numberType: 'TEN_DLC', phoneNumber: '+12065550102' },
    { ...number, arn: SHORT_CODE, numberType: 'SHORT_CODE', phoneNumber: '55555' },
    { ...number, arn: ABROAD, numberType: 'TOLL_FREE', phoneNumber: '+12065550104' },
    { arn: SENDER, kind: 'SENDER_ID', senderId: 'EXAMPLE', isoCountryCode: 'GB' },
    { arn: POOL, kind: 'POOL', members: [TOLL_FREE, SENDER] },
    { arn: LISTED, kind: 'POOL', members: [SENDER], optOutListName: 'news' },
  ]);
  faults = new Faults();
  authorized = [];
  denial = undefined;
  gateway = await Gateway.start({
    services: [new EndUserMessagingService(account, now), new SnsService(account), new CloudWatchService(account)],
    faults,
    authorize: (_, action, resource) => {
      authorized.push(`${action} ${resource}`);
      if (denial) throw denial;
    },
  });
});
afterEach(() => gateway.stop());

/** In milliseconds; 0 for none. */
let requestTimeout = 0;

function config(region = REGION) {
  return {
    endpoint: gateway.endpoint,
    region,
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
    maxAttempts: 1,
    requestHandler: { requestTimeout, throwOnRequestTimeout: true },
  };
}

const direct = (region?: string) => new PinpointSMSVoiceV2Client(config(region));
const sns = (region?: string) => new SNSClient(config(region));
const cloudWatch = () => new CloudWatchClient(config());

function sendText(input: Partial<SendTextMessageCommandInput> = {}) {
  return direct().send(
    new SendTextMessageCommand({
      DestinationPhoneNumber: TO,
      MessageBody: 'Code 123456 <&"\'é>',
      OriginationIdentity: TOLL_FREE,
      ...input,
    }),
  );
}

function publish(input: { PhoneNumber?: string; Message?: string } = {}) {
  return sns().send(new PublishCommand({ PhoneNumber: TO, Message: 'Code 123456 <&"\'é>', ...input }));
}

/** The causes for which both services refuse a message. */
const STOPPED: [string, () => void, string, string][] = [
  [
    'an unverified destination of an account in the SMS sandbox',
    () => {
      account.tier = 'SANDBOX';
    },
    'ConflictException',
    'DESTINATION_PHONE_NUMBER_NOT_VERIFIED',
  ],
  [
    'a destination that has opted out',
    () => account.optedOut.add(TO),
    'ConflictException',
    'DESTINATION_PHONE_NUMBER_OPTED_OUT',
  ],
  [
    'a message beyond the spend limit',
    () => {
      account.spent = account.effectiveSpendLimit;
    },
    'ServiceQuotaExceededException',
    'MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT',
  ],
];

describe('SendTextMessage', () => {
  test.each([
    ['an ARN', TOLL_FREE, TOLL_FREE],
    ['an id', 'phone-1', TOLL_FREE],
    ['a phone number', '+12065550101', TOLL_FREE],
    ['the ARN of a pool', POOL, POOL],
    ['no identity', undefined, TOLL_FREE],
  ])('sends a message with %s in the request, and IAM checks the identity as given', async (_, given, identityArn) => {
    const { MessageId = '' } = await sendText({ OriginationIdentity: given });

    expect(account.sent.get(MessageId)).toEqual({ identityArn, to: TO, body: 'Code 123456 <&"\'é>' });
    expect(account.spent).toBe(0.01);
    expect(authorized).toEqual([`sms-voice:SendTextMessage ${given ?? '*'}`]);
  });

  test('sends to a verified destination in the SMS sandbox', async () => {
    account.tier = 'SANDBOX';
    account.verifiedDestinations.add(TO);

    expect(await sendText()).toMatchObject({ MessageId: expect.any(String) });
  });

  test.each(STOPPED)('refuses %s at no cost', async (_, arrange, name, Reason) => {
    arrange();
    const { spent } = account;

    const error = await sendText().catch((caught) => caught);

    expect(error).toMatchObject({ name, Reason, $metadata: { httpStatusCode: 400 } });
    expect(error.message).not.toContain(TO);
    expect([account.sent.size, account.spent]).toEqual([0, spent]);
  });

  test.each([
    ['a pending number', TOLL_FREE, 'ConflictException', 'RESOURCE_NOT_ACTIVE'],
    [
      'a pool without an active identity for the destination',
      POOL,
      'ConflictException',
      'NO_ORIGINATION_IDENTITIES_FOUND',
    ],
    ['a sender id of another country', SENDER, 'ValidationException', 'INVALID_IDENTITY_FOR_DESTINATION_COUNTRY'],
  ])('refuses to send from %s', async (_, OriginationIdentity, name, Reason) => {
    for (const identity of account.identities.values())
      if (identity.kind === 'PHONE_NUMBER') identity.status = 'PENDING';

    await expect(sendText({ OriginationIdentity, DestinationPhoneNumber: '+33639980001' })).rejects.toMatchObject({
      name,
      Reason,
      ...(name === 'ConflictException' && { ResourceId: OriginationIdentity }),
    });
  });

  test('refuses to send from a sender id to a country without sender ids', async () => {
    await expect(sendText({ OriginationIdentity: SENDER })).rejects.toMatchObject({
      name: 'ValidationException',
      Reason: 'SENDER_ID_NOT_SUPPORTED',
    });
    expect(await sendText({ OriginationIdentity: SENDER, DestinationPhoneNumber: '+447700900001' })).toBeDefined();
  });

  test.each([
    ['an identity of another Region', { OriginationIdentity: ABROAD }, 'ResourceNotFoundException'],
    ['an unknown identity', { OriginationIdentity: arn('phone-number/phone-9') }, 'ResourceNotFoundException'],
    ['a missing message', { MessageBody: undefined }, 'ValidationException'],
    ['a blank message', { MessageBody: ' ' }, 'ValidationException'],
    ['a message of 1,601 characters', { MessageBody: 'a'.repeat(1_601) }, 'ValidationException'],
    ['a destination that is not a phone number', { DestinationPhoneNumber: 'nobody' }, 'ValidationException'],
  ])('refuses %s', async (_, input, name) => {
    await expect(sendText(input)).rejects.toMatchObject({ name });
  });

  test('validates a dry run but does not send it', async () => {
    expect(await sendText({ DryRun: true })).toMatchObject({ MessageId: expect.any(String) });
    expect([account.sent.size, account.spent]).toEqual([0, 0]);
    account.optedOut.add(TO);
    await expect(sendText({ DryRun: true })).rejects.toMatchObject({ name: 'ConflictException' });
  });
});

describe('Publish', () => {
  test.each([
    ['a short code if the account has one', [], SHORT_CODE],
    ['a 10DLC number if the account has no short code', [SHORT_CODE], TEN_DLC],
    ['a toll-free number if the account has no other number', [SHORT_CODE, TEN_DLC], TOLL_FREE],
    ['a number that is unknown if the account has none', [SHORT_CODE, TEN_DLC, TOLL_FREE], undefined],
  ])('sends from %s', async (_, missing, identityArn) => {
    for (const each of missing) account.identities.delete(each);

    const { MessageId = '' } = await publish();

    expect(account.sent.get(MessageId)).toEqual({ identityArn, to: TO, body: 'Code 123456 <&"\'é>' });
    expect(authorized).toEqual(['sns:Publish *']);
  });

  test.each(STOPPED)('refuses %s', async (_, arrange, __, reason) => {
    arrange();

    const error = await publish().catch((caught) => caught);

    expect(error).toMatchObject({
      name: 'InvalidParameterException',
      message: `Invalid parameter: PhoneNumber Reason: ${reason}`,
      $metadata: { httpStatusCode: 400, requestId: expect.any(String) },
    });
    expect(account.sent.size).toBe(0);
  });

  test.each([
    ['a phone number with letters', { PhoneNumber: 'nobody' }, 'PhoneNumber'],
    ['an empty SMS message', { Message: '' }, 'Message'],
    ['an SMS message of 1,601 characters', { Message: 'a'.repeat(1_601) }, 'Message'],
  ])('refuses %s', async (_, input, parameter) => {
    await expect(publish(input)).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: `Invalid parameter: ${parameter}`,
    });
  });

  test('does not send from a number that is not active', async () => {
    for (const each of [SHORT_CODE, TEN_DLC]) (account.identities.get(each) ?? { status: '' }).status = 'PENDING';

    const { MessageId = '' } = await publish();

    expect(account.sent.get(MessageId)?.identityArn).toBe(TOLL_FREE);
  });

  test('checks permission for the ARN of a topic, and refuses it because the sandbox has no topics', async () => {
    const TopicArn = `arn:aws:sns:${REGION}:111122223333:topic`;

    await expect(sns().send(new PublishCommand({ TopicArn, Message: 'x' }))).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
    expect(authorized).toEqual([`sns:Publish ${TopicArn}`]);
  });
});

describe('AWS End User Messaging SMS', () => {
  test('describes the phone numbers of the Region, or those in the request', async () => {
    const all = await direct().send(new DescribePhoneNumbersCommand({}));
    const one = await direct().send(new DescribePhoneNumbersCommand({ PhoneNumberIds: ['phone-2', TOLL_FREE] }));

    expect(all.PhoneNumbers?.map(({ PhoneNumberArn }) => PhoneNumberArn)).toEqual([TOLL_FREE, TEN_DLC, SHORT_CODE]);
    expect(one.PhoneNumbers).toEqual([
      expect.objectContaining({ PhoneNumberArn: TEN_DLC, NumberType: 'TEN_DLC', Status: 'ACTIVE' }),
      expect.objectContaining({
        PhoneNumberArn: TOLL_FREE,
        PhoneNumberId: 'phone-1',
        PhoneNumber: '+12065550101',
        IsoCountryCode: 'US',
        OptOutListName: 'Default',
        CreatedTimestamp: expect.any(Date),
      }),
    ]);
    expect(authorized).toEqual([
      `sms-voice:DescribePhoneNumbers ${arn('phone-number/*')}`,
      `sms-voice:DescribePhoneNumbers ${TEN_DLC}`,
      `sms-voice:DescribePhoneNumbers ${TOLL_FREE}`,
    ]);
  });

  test('describes phone numbers page by page', async () => {
    const first = await direct().send(new DescribePhoneNumbersCommand({ MaxResults: 2 }));
    const second = await direct().send(new DescribePhoneNumbersCommand({ MaxResults: 2, NextToken: first.NextToken }));

    expect([first, second].map(({ PhoneNumbers, NextToken }) => [PhoneNumbers?.length, NextToken])).toEqual([
      [2, '2'],
      [1, undefined],
    ]);
  });

  test('describes pools and lists their origination identities', async () => {
    const { Pools } = await direct().send(new DescribePoolsCommand({ PoolIds: [LISTED] }));
    const members = await direct().send(new ListPoolOriginationIdentitiesCommand({ PoolId: 'pool-1' }));

    expect(Pools).toEqual([
      expect.objectContaining({ PoolArn: LISTED, PoolId: 'pool-2', Status: 'ACTIVE', OptOutListName: 'news' }),
    ]);
    expect(members).toMatchObject({
      PoolArn: POOL,
      OriginationIdentities: [
        { OriginationIdentityArn: TOLL_FREE, IsoCountryCode: 'US', PhoneNumber: '+12065550101' },
        { OriginationIdentityArn: SENDER, IsoCountryCode: 'GB' },
      ],
    });
    expect(authorized).toEqual([
      `sms-voice:DescribePools ${LISTED}`,
      `sms-voice:ListPoolOriginationIdentities ${POOL}`,
    ]);
  });

  test('describes sender ids', async () => {
    const SenderIds = [{ SenderId: 'EXAMPLE', IsoCountryCode: 'GB' }];

    expect(await direct().send(new DescribeSenderIdsCommand({ SenderIds }))).toMatchObject({
      SenderIds: [{ SenderIdArn: SENDER, SenderId: 'EXAMPLE', IsoCountryCode: 'GB' }],
    });
    expect(authorized).toEqual([`sms-voice:DescribeSenderIds ${SENDER}`]);
  });

  test('describes opt-out lists and their opted-out numbers', async () => {
    account.optedOut.add(TO);

    const { OptOutLists } = await direct().send(new DescribeOptOutListsCommand({}));
    const { OptedOutNumbers } = await direct().send(new DescribeOptedOutNumbersCommand({ OptOutListName: 'news' }));

    expect(OptOutLists?.map(({ OptOutListName }) => OptOutListName)).toEqual(['Default', 'news']);
    expect(OptedOutNumbers).toMatchObject([{ OptedOutNumber: TO }]);
    expect(authorized).toEqual([
      `sms-voice:DescribeOptOutLists ${arn('opt-out-list/*')}`,
      `sms-voice:DescribeOptedOutNumbers ${arn('opt-out-list/news')}`,
    ]);
  });

  test('describes the tier and the spend limit of the account', async () => {
    account.tier = 'SANDBOX';
    account.spendLimit = 50;

    expect(await direct().send(new DescribeAccountAttributesCommand({}))).toMatchObject({
      AccountAttributes: [{ Name: 'ACCOUNT_TIER', Value: 'SANDBOX' }],
    });
    expect(await direct().send(new DescribeSpendLimitsCommand({}))).toMatchObject({
      SpendLimits: [{ Name: 'TEXT_MESSAGE_MONTHLY_SPEND_LIMIT', EnforcedLimit: 50, MaxLimit: 50 }],
    });
    expect(authorized).toEqual(['sms-voice:DescribeAccountAttributes *', 'sms-voice:DescribeSpendLimits *']);
  });

  test.each([
    ['phone number', new DescribePhoneNumbersCommand({ PhoneNumberIds: ['phone-9'] })],
    ['phone number of another Region', new DescribePhoneNumbersCommand({ PhoneNumberIds: [ABROAD] })],
    ['pool', new DescribePoolsCommand({ PoolIds: ['pool-9'] })],
    ['pool whose origination identities are requested', new ListPoolOriginationIdentitiesCommand({ PoolId: 'pool-9' })],
    ['sender id', new DescribeSenderIdsCommand({ SenderIds: [{ SenderId: 'EXAMPLE', IsoCountryCode: 'FR' }] })],
    ['opt-out list', new DescribeOptOutListsCommand({ OptOutListNames: ['none'] })],
    ['opt-out list whose numbers are requested', new DescribeOptedOutNumbersCommand({ OptOutListName: 'none' })],
  ])('reports an unknown %s as not found', async (_, command) => {
    await expect(direct().send(command as DescribePhoneNumbersCommand)).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  const six = Array.from({ length: 6 }, (_, index) => `id-${index}`);
  test.each([
    ['six phone numbers', new DescribePhoneNumbersCommand({ PhoneNumberIds: six })],
    ['six pools', new DescribePoolsCommand({ PoolIds: six })],
    [
      'six sender ids',
      new DescribeSenderIdsCommand({ SenderIds: six.map((SenderId) => ({ SenderId, IsoCountryCode: 'DE' })) }),
    ],
    ['six opt-out lists', new DescribeOptOutListsCommand({ OptOutListNames: six })],
    ['an id of 257 characters', new DescribePhoneNumbersCommand({ PhoneNumberIds: ['a'.repeat(257)] })],
    [
      'a sender id with a space',
      new DescribeSenderIdsCommand({ SenderIds: [{ SenderId: 'A B', IsoCountryCode: 'DE' }] }),
    ],
    ['a pool with a space', new ListPoolOriginationIdentitiesCommand({ PoolId: 'pool 1' })],
    ['pages of 101 members', new ListPoolOriginationIdentitiesCommand({ PoolId: POOL, MaxResults: 101 })],
    ['an opt-out list with a space', new DescribeOptedOutNumbersCommand({ OptOutListName: 'a list' })],
    ['pages of 101 numbers', new DescribeOptedOutNumbersCommand({ OptOutListName: 'Default', MaxResults: 101 })],
  ])('refuses a request with %s', async (_, command) => {
    await expect(direct().send(command as DescribePhoneNumbersCommand)).rejects.toMatchObject({
      name: 'ValidationException',
    });
  });
});

describe('Amazon SNS', () => {
  test('describes the SMS settings of the account', async () => {
    account.tier = 'SANDBOX';
    account.optedOut.add(TO);

    expect(await sns().send(new GetSMSSandboxAccountStatusCommand({}))).toMatchObject({ IsInSandbox: true });
    expect(await sns().send(new GetSMSAttributesCommand({}))).toMatchObject({
      attributes: { MonthlySpendLimit: '1', DefaultSMSType: 'Transactional' },
    });
    expect((await sns().send(new GetSMSAttributesCommand({ attributes: ['MonthlySpendLimit'] }))).attributes).toEqual({
      MonthlySpendLimit: '1',
    });
    expect(await sns().send(new ListPhoneNumbersOptedOutCommand({}))).toMatchObject({ phoneNumbers: [TO] });
    expect(new Set(authorized.map((each) => each.split(' ')[1]))).toEqual(new Set(['*']));
  });

  test('refuses pages of 31 origination numbers', async () => {
    await expect(sns().send(new ListOriginationNumbersCommand({ MaxResults: 31 }))).rejects.toMatchObject({
      name: 'ValidationException',
    });
  });

  test('lists origination numbers page by page', async () => {
    const first = await sns().send(new ListOriginationNumbersCommand({ MaxResults: 2 }));
    const second = await sns().send(new ListOriginationNumbersCommand({ NextToken: first.NextToken }));

    expect([...(first.PhoneNumbers ?? []), ...(second.PhoneNumbers ?? [])]).toMatchObject([
      { PhoneNumber: '+12065550101', Status: 'ACTIVE', Iso2CountryCode: 'US', NumberCapabilities: ['SMS'] },
      { PhoneNumber: '+12065550102' },
      { PhoneNumber: '55555' },
    ]);
    expect(second.NextToken).toBeUndefined();
  });
});

test('an operation that describes something accepts one call a second', async () => {
  pause = 999;
  const attributes = () => direct().send(new DescribeAccountAttributesCommand({}));
  await attributes();
  await expect(attributes()).rejects.toMatchObject({ name: 'ThrottlingException' });
  // Another operation and another Region have quotas of their own.
  pause = 0;
  await direct().send(new DescribeSpendLimitsCommand({}));
  await direct('eu-west-1').send(new DescribeAccountAttributesCommand({}));
  pause = 1;
  await attributes();
});

test('Amazon SNS has no spend limit unless one is set', async () => {
  account.spendLimit = undefined;
  const { attributes } = await sns().send(new GetSMSAttributesCommand({ attributes: ['MonthlySpendLimit'] }));
  expect(attributes).toEqual({});
  const { SpendLimits } = await direct().send(new DescribeSpendLimitsCommand({}));
  expect(SpendLimits?.[0]?.MaxLimit).toBe(1);
});

test('Amazon SNS may not read the default opt-out list when that refuses it', async () => {
  account.snsReadsOptOuts = false;
  await expect(sns().send(new ListPhoneNumbersOptedOutCommand({}))).rejects.toMatchObject({
    name: 'AuthorizationErrorException',
  });
});

describe('CloudWatch', () => {
  test('refuses a window that ends in the second in which it begins', async () => {
    const [StartTime, EndTime] = [new Date(1_764_547_200_000), new Date(1_764_547_200_999)];
    const metric = { Namespace: 'AWS/SNS', MetricName: 'SMSMonthToDateSpentUSD', Statistics: ['Maximum' as const] };
    const command = new GetMetricStatisticsCommand({ ...metric, Period: 60, StartTime, EndTime });
    await expect(cloudWatch().send(command)).rejects.toMatchObject({ name: 'InvalidParameterValueException' });
  });

  const NAMESPACES = [
    ['AWS/SNS', 'SMSMonthToDateSpentUSD'],
    ['AWS/SMSVoice', 'TextMessageMonthlySpend'],
  ] as const;
  const hour = 3_600_000;
  const times = (from = -24) => ({ StartTime: new Date(Date.now() + from * hour), EndTime: new Date() });

  async function both(metric: Metric) {
    const Stat = 'Maximum';
    const query = { Id: 'spent', MetricStat: { Metric: metric, Period: 3600, Stat } };
    const data = await cloudWatch().send(new GetMetricDataCommand({ MetricDataQueries: [query], ...times() }));
    const { Namespace, MetricName, Dimensions } = metric;
    const statistics = await cloudWatch().send(
      new GetMetricStatisticsCommand({
        Namespace,
        MetricName,
        Dimensions,
        Period: 3600,
        Statistics: [Stat],
        ...times(),
      }),
    );
    return [data.MetricDataResults?.[0]?.Values, statistics.Datapoints?.map(({ Maximum }) => Maximum)];
  }

  test.each(NAMESPACES)('has the spending of this month as %s %s', async (Namespace, MetricName) => {
    account.spent = 0.42;

    expect(await both({ Namespace, MetricName })).toEqual([[0.42], [0.42]]);
    expect(authorized).toEqual(['cloudwatch:GetMetricData *', 'cloudwatch:GetMetricStatistics *']);
  });

  test.each<[string, () => Metric]>([
    ['nothing was spent', () => ({ Namespace: 'AWS/SNS', MetricName: 'SMSMonthToDateSpentUSD' })],
    [
      'the metric is of another namespace',
      () => {
        account.spent = 1;
        return { Namespace: 'AWS/SNS', MetricName: 'TextMessageMonthlySpend' };
      },
    ],
    [
      'the request has dimensions',
      () => {
        account.spent = 1;
        const Dimensions = [{ Name: 'Country', Value: 'US' }];
        return { Namespace: 'AWS/SNS', MetricName: 'SMSMonthToDateSpentUSD', Dimensions };
      },
    ],
  ])('has no value if %s', async (_, metric) => {
    expect(await both(metric())).toEqual([[], []]);
  });

  test.each<[string, object, string]>([
    ['start and end are equal', { StartTime: new Date(0), EndTime: new Date(0) }, 'InvalidParameterValueException'],
    ['the namespace is missing', { Namespace: undefined }, 'InvalidParameterValueException'],
    ['the name of the metric has 256 characters', { MetricName: 'a'.repeat(256) }, 'InvalidParameterValueException'],
    ['the period is no whole minute', { Period: 90 }, 'InvalidParameterValueException'],
    ['the period is a minute after 15 days', { ...times(-24 * 16), Period: 60 }, 'InvalidParameterValueException'],
    ['the period is five minutes after 63 days', { ...times(-24 * 64), Period: 300 }, 'InvalidParameterValueException'],
    ['no statistic is asked for', { Statistics: undefined }, 'InvalidParameterCombinationException'],
    ['there would be 1,500 data points', { ...times(-25), Period: 60 }, 'InvalidParameterCombinationException'],
  ])('refuses GetMetricStatistics if %s', async (_, input, name) => {
    const valid = {
      Namespace: 'AWS/SNS',
      MetricName: 'any',
      Period: 3600,
      Statistics: ['Maximum' as const],
      ...times(),
    };
    const statistics = cloudWatch().send(new GetMetricStatisticsCommand({ ...valid, ...input }));
    await expect(statistics).rejects.toMatchObject({ name });
  });
});

describe.each<[string, string, () => Promise<unknown>, { denied: string; throttled: string }]>([
  [
    'sms-voice',
    'SendTextMessage',
    () => sendText(),
    { denied: 'AccessDeniedException', throttled: 'ThrottlingException' },
  ],
  ['sns', 'Publish', () => publish(), { denied: 'AuthorizationErrorException', throttled: 'ThrottledException' }],
  [
    'cloudwatch',
    'GetMetricData',
    () =>
      cloudWatch().send(
        new GetMetricDataCommand({ MetricDataQueries: [], StartTime: new Date(0), EndTime: new Date() }),
      ),
    { denied: 'AccessDeniedException', throttled: 'ThrottlingException' },
  ],
])('%s', (service, operation, call, names) => {
  test('returns denied access in the form that its SDK expects', async () => {
    denial = new ServiceError('AccessDeniedException', 'not you');

    await expect(call()).rejects.toMatchObject({ name: names.denied, message: 'not you' });
    expect(account.sent.size).toBe(0);
  });

  test.each<[Fault['instead'], (throttled: string) => object]>([
    [{ status: 429, name: 'throttled' }, (name) => ({ name, $metadata: { httpStatusCode: 429 } })],
    ['cut-before', () => ({ message: expect.stringContaining('socket hang up') })],
    ['cut-after', () => ({ message: expect.stringContaining('socket hang up') })],
    ['hang', () => ({ name: 'TimeoutError' })],
    ['garbage', () => ({})],
  ])('can fail with the fault %j', async (instead, expected) => {
    const fault = typeof instead === 'object' ? { ...instead, name: names.throttled } : instead;
    faults.add({ service, operation, instead: fault });

    // Only the call that hangs must have an end.
    requestTimeout = instead === 'hang' ? 300 : 0;
    await expect(call()).rejects.toMatchObject(expected(names.throttled));
    requestTimeout = 0;
    await expect(call()).resolves.toBeDefined();
  });

  test('refuses an operation that is not supported', async () => {
    const form = service === 'sns';
    const target = { 'sms-voice': 'PinpointSMSVoiceV2', cloudwatch: 'GraniteServiceVersion20100801' }[service];
    const response = await fetch(gateway.endpoint, {
      method: 'POST',
      headers: {
        'Content-Type': form ? 'application/x-www-form-urlencoded' : 'application/x-amz-json-1.0',
        ...(target !== undefined && { 'X-Amz-Target': `${target}.Other` }),
        Authorization: `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/${REGION}/x/aws4_request`,
      },
      body: form ? 'Action=Other&Version=2010-03-31&__proto__.polluted=yes' : '{}',
    });

    expect(response.status).toBe(400);
    expect(await response.text()).toMatch(form ? /<Code>InvalidAction<\/Code>/ : /"UnknownOperationException"/);
    expect({}).not.toHaveProperty('polluted');
  });
});
