import { AccountRecovery, type UserPool, UserPoolEmail } from 'aws-cdk-lib/aws-cognito';
import { MessageCatalog, OriginationPhoneNumber, ResetMessages, SmsDelivery, SmsReadiness } from '../../../../lib';
import type { CampaignInput } from '../../../../lib/contract/campaign';
import { type CampaignOptions, DeployedCampaign } from '../../../support/deployed-campaign';

const NUMBER = 'arn:aws:sms-voice:us-east-1:111122223333:phone-number/phone-0123456789abcdef0123456789abcdef';

const started: DeployedCampaign[] = [];
afterAll(() => Promise.all(started.map((campaign) => campaign.stop())));

async function start(options: CampaignOptions = {}): Promise<DeployedCampaign> {
  const campaign = await DeployedCampaign.start(options);
  started.push(campaign);
  return campaign;
}

/** Runs a campaign that must be refused, and returns its problems. */
async function refusal(campaign: DeployedCampaign, input: Partial<CampaignInput> = {}): Promise<string[]> {
  const { status, error, cause = '' } = await campaign.begin(input).result;
  expect([status, error]).toEqual(['FAILED', 'CampaignRefusedError']);
  // No message was sent.
  expect(campaign.resets).toBe(0);
  const { errorMessage } = JSON.parse(cause);
  expect(errorMessage).toMatch(/^this run sent no message, because of these problems: \(1\) /);
  return errorMessage.split(/; \(\d+\) |: \(1\) /).slice(1);
}

describe('a campaign in a user pool that sends through Amazon SES', () => {
  let campaign: DeployedCampaign;
  beforeAll(async () => {
    campaign = await start({ bulk: { maxUsers: 3 } });
    await campaign.addUsers(4);
  });

  test.each<[string, unknown, RegExp[]]>([
    ['a misspelt field', { clientMetaData: {} }, [/^the input: got an unknown field, expected only campaignId, /]],
    ['no confirm', { confirm: undefined }, [/^confirm: expected an object with userPoolId and expectedUsers$/]],
    [
      'another user pool and no number of users',
      { confirm: { userPoolId: 'us-east-1_Another01', expectedUsers: 0 } },
      [
        /^confirm\.userPoolId: expected us-east-1_\w+, the user pool of/,
        /^confirm\.expectedUsers: expected a whole number/,
      ],
    ],
    ['an invalid campaign id', { campaignId: 'a/b' }, [/^campaignId: expected 1 to 64 letters, digits/]],
    ['a list outside of input/', { list: 'reports/other.csv' }, [/^list: expected a key below input\/, at most 200 /]],
    [
      'a list whose path leads out of input/',
      { list: 'input/../reports/other.csv' },
      [/^list: expected a key below input\//],
    ],
    ['metadata that is no string', { clientMetadata: { number: 1 } }, [/^clientMetadata: expected keys and values/]],
  ])('is refused because of %s', async (_, input, problems) => {
    expect(await refusal(campaign, input as Partial<CampaignInput>)).toEqual(
      problems.map((problem) => expect.stringMatching(problem)),
    );
  });

  test('is refused with more users than were confirmed or than maxUsers allows', async () => {
    const confirm = { userPoolId: campaign.userPoolId, expectedUsers: 2 };

    expect(await refusal(campaign, { confirm })).toEqual([
      'confirm.expectedUsers: got 2, but more users would be reset: find out who they are, then confirm their number',
      'maxUsers: got 3 in BulkPasswordReset, but more users would be reset: raise it and deploy, or reset a list',
    ]);
    expect(await refusal(campaign, { confirm: { ...confirm, expectedUsers: 4 } })).toEqual([
      'maxUsers: got 3 in BulkPasswordReset, but more users would be reset: raise it and deploy, or reset a list',
    ]);
  });
});

test('a campaign is refused when its id was used with other metadata, another list or another audience', async () => {
  // GIVEN
  const campaign = await start();
  await campaign.run({ clientMetadata: { template: 'breach' } });
  const reused = [
    'campaignId: got an id that was used with another list, listDigest, clientMetadata or audience: use another id for another campaign',
  ];

  // THEN
  expect(await refusal(campaign, { clientMetadata: { template: 'other' } })).toEqual(reused);
  expect(await refusal(campaign, { clientMetadata: { template: 'breach' }, list: 'input/a.csv' })).toEqual(reused);
  const audience = 'RESET_REQUIRED';
  expect(await refusal(campaign, { clientMetadata: { template: 'breach' }, audience })).toEqual(reused);
});

test('a campaign that is refused is not retried', async () => {
  const campaign = await start({ bulk: { maxUsers: 3 } });
  await campaign.addUsers(4);

  await refusal(campaign);

  // The preflight, the listing, and the preflight again, which refuses.
  expect(campaign.sandbox.countCalls('Invoke')).toBe(3);
});

describe('a campaign in a user pool with the default email sender and SMS', () => {
  let campaign: DeployedCampaign;
  beforeAll(async () => {
    campaign = await start({
      pool: {
        signInAliases: { username: true, email: true, phone: true },
        accountRecovery: AccountRecovery.EMAIL_AND_PHONE_WITHOUT_MFA,
        email: UserPoolEmail.withCognito(),
      },
      bulk: (userPool) => {
        const { stack } = userPool;
        const origination = OriginationPhoneNumber.fromPhoneNumberArn(stack, 'Number', NUMBER);
        const delivery = new SmsDelivery(stack, 'Sms', { userPool, origination });
        return { smsReadiness: new SmsReadiness(stack, 'SmsReadiness', { delivery }), smsPrice: 0.1 };
      },
    });
    campaign.sandbox.sms.addImportedIdentity(NUMBER);
    await campaign.addUsers(51);
    for (let number = 1; number <= 30; number++) {
      await campaign.addUser(`sms-${number}`, {
        attributes: { phone_number: `+120655501${String(number).padStart(2, '0')}`, phone_number_verified: 'true' },
      });
    }
  });

  beforeEach(() => {
    const { sms } = campaign.sandbox;
    sms.tier = 'PRODUCTION';
    sms.spent = 0;
    Object.assign(sms.addImportedIdentity(NUMBER), { status: 'ACTIVE', partsPerSecond: 24 });
  });

  /** A warning of the report, because nothing was sent this month. */
  const NO_SPENDING = expect.stringMatching(
    /^SMS: The monthly spend limit for SMS is 1 USD, and the remaining amount is/,
  );

  const putTexts = (many: number) =>
    campaign.put('input/texts.json', JSON.stringify(Array.from({ length: many }, (_, index) => `sms-${index + 1}`)));

  const tooManyEmails =
    "the user pool: got Cognito's default email sender, which sends 50 email messages a day, but 51 would be sent: configure Amazon SES";
  const spending =
    'SMS: 30 messages cost an estimated 3 USD, but only 1 USD may still be spent this month: raise the spend limit';

  test('is refused with more email messages than the default sender sends and SMS messages above the spend limit', async () => {
    expect(await refusal(campaign)).toEqual([tooManyEmails, spending]);
  });

  test('is refused with every problem at once: the SMS sandbox, an inactive number and a used-up spend limit', async () => {
    const { sms } = campaign.sandbox;
    sms.tier = 'SANDBOX';
    sms.spent = 1;
    sms.addImportedIdentity(NUMBER).status = 'PENDING';

    expect(await refusal(campaign, { confirm: { userPoolId: campaign.userPoolId, expectedUsers: 80 } })).toEqual([
      'confirm.expectedUsers: got 80, but more users would be reset: find out who they are, then confirm their number',
      tooManyEmails,
      expect.stringMatching(/^SMS: The account is in the SMS sandbox of this Region/),
      expect.stringMatching(/^SMS: Of the monthly spend limit for SMS of 1 USD, 0 USD are left, so no message is sent/),
      expect.stringMatching(/^SMS: The number is not usable yet/),
    ]);
  });

  test('is not refused with 50 email messages and SMS messages below the spend limit', async () => {
    const subs = Array.from({ length: 50 }, (_, index) => `{"username":"user-${index + 1}"}`);
    const texts = Array.from({ length: 10 }, (_, index) => `{"username":"sms-${index + 1}"}`);
    await campaign.put('input/some.jsonl', [...subs, ...texts].join('\n'));
    const result = await campaign.run({ campaignId: 'some', list: 'input/some.jsonl', dryRun: true });

    expect(result).toMatchObject({ totals: { WOULD_RESET: 60 }, warnings: [NO_SPENDING] });
  });

  test('is refused when the number sends fewer message parts a second than the campaign needs', async () => {
    await putTexts(10);
    campaign.sandbox.sms.addImportedIdentity(NUMBER).partsPerSecond = 3;

    expect(await refusal(campaign, { list: 'input/texts.json' })).toEqual([
      expect.stringContaining(
        'maxResetsPerSecond: got 24 in BulkPasswordReset, which is up to 10 message parts a second with SMS messages of up to 1 part, but the origination identity sends 3: lower it to at most 3 and deploy, or AWS throttles messages and their users are reset without a code',
      ),
    ]);
  });

  test('is not refused when there are no more SMS messages than the number sends in a second', async () => {
    await putTexts(3);
    campaign.sandbox.sms.addImportedIdentity(NUMBER).partsPerSecond = 3;

    expect(await campaign.run({ campaignId: 'three', list: 'input/texts.json', dryRun: true })).toMatchObject({
      warnings: [NO_SPENDING],
    });
  });

  test('gets a warning when the limit is only assumed', async () => {
    await putTexts(10);
    campaign.sandbox.sms.addImportedIdentity(NUMBER).partsPerSecond = undefined;
    const { warnings } = await campaign.run({ campaignId: 'assumed', list: 'input/texts.json', dryRun: true });

    expect(warnings).toEqual([
      NO_SPENDING,
      expect.stringContaining(
        'but the origination identity sends 3 (assumed: the general limit of its type): lower it',
      ),
    ]);
  });

  test('gets a warning when AWS does not answer about SMS', async () => {
    await campaign.put('input/one.json', '["sms-1"]');
    campaign.sandbox.faults.add({
      operation: 'DescribeAccountAttributes',
      times: Number.POSITIVE_INFINITY,
      instead: { status: 400, name: 'AccessDeniedException' },
    });
    const result = await campaign.run({ campaignId: 'one', list: 'input/one.json', dryRun: true });

    expect(result.warnings).toEqual([
      expect.stringMatching(/^SMS: DescribeAccountAttributes failed with AccessDenied/),
      NO_SPENDING,
    ]);
  });
});

describe('a campaign in a user pool that sends through Amazon SES is checked against the limits of the account:', () => {
  let campaign: DeployedCampaign;
  beforeAll(async () => {
    campaign = await start();
    await campaign.addUsers(20);
  });

  beforeEach(() => {
    Object.assign(campaign.sandbox.ses, {
      productionAccess: true,
      sendingEnabled: true,
      enforcementStatus: 'HEALTHY',
      maxSendRate: 24,
      max24HourSend: 20,
      sentBefore: 0,
    });
  });

  test.each<[string, object, string]>([
    [
      'no production access',
      { productionAccess: false },
      'got an account in the SES sandbox, which sends only to verified recipients, expected production access: request it',
    ],
    [
      'sending that is disabled',
      { sendingEnabled: false },
      "got an account whose sending is paused, expected one that sends: resume it, or answer AWS's case",
    ],
    [
      'a shutdown',
      { enforcementStatus: 'SHUTDOWN' },
      "got an account whose sending is paused, expected one that sends: resume it, or answer AWS's case",
    ],
    [
      'a daily quota that is too small',
      { max24HourSend: 19 },
      'got 19 email messages left of a daily quota of 19, but 20 would be sent in a day: raise the quota, or reset a list',
    ],
    [
      'a daily quota that is used up',
      { max24HourSend: 1_000, sentBefore: 1_001 },
      'got 0 email messages left of a daily quota of 1000, but 20 would be sent in a day: raise the quota, or reset a list',
    ],
    [
      'a rate that is too low',
      { maxSendRate: 14 },
      'got a rate of 14 email messages a second, but 24 would be sent: lower maxResetsPerSecond of BulkPasswordReset, or raise the rate',
    ],
  ])('%s', async (_, limits, problem) => {
    Object.assign(campaign.sandbox.ses, limits);

    expect(await refusal(campaign)).toContain(`Amazon SES in us-east-1: ${problem}`);
  });

  test.each<[string, object]>([
    ['limits that just allow it', {}],
    ['no daily quota', { max24HourSend: -1, sentBefore: 1_000_000 }],
    ['a rate of as many messages as there are', { maxSendRate: 20 }],
  ])('%s', async (_, limits) => {
    Object.assign(campaign.sandbox.ses, limits);

    expect(await campaign.run({ dryRun: true })).toMatchObject({ warnings: [] });
  });

  test('an account under review is a warning', async () => {
    campaign.sandbox.ses.enforcementStatus = 'PROBATION';

    expect((await campaign.run({ dryRun: true })).warnings).toEqual([
      'Amazon SES in us-east-1: the account is under review, so AWS may pause its sending',
    ]);
  });

  test('no answer is a warning', async () => {
    campaign.sandbox.faults.add({
      operation: 'GetAccount',
      times: Number.POSITIVE_INFINITY,
      instead: { status: 403, name: 'AccessDeniedException' },
    });

    expect((await campaign.run({ dryRun: true })).warnings).toEqual([
      'Amazon SES in us-east-1: nothing was checked, because GetAccount failed with AccessDeniedException',
    ]);
  });
});

describe('a campaign with ResetMessages is refused when somebody else has written the user pool since:', () => {
  let campaign: DeployedCampaign;
  let deployed: Record<string, unknown>;
  beforeAll(async () => {
    campaign = await start({ reset: (userPool) => ({ messages: messagesOf(userPool) }) });
    await campaign.addUsers(1);
    deployed = campaign.sandbox.assembly.userPools[0]?.properties ?? {};
  });

  test.each<[string, object, string]>([
    [
      'no trigger',
      { LambdaConfig: undefined },
      'the user pool: got no custom message trigger, expected that of ResetMessages, because users would not get its messages: set it again, and where the user pool is defined',
    ],
    [
      'another trigger',
      { LambdaConfig: { CustomMessage: 'arn:aws:lambda:us-east-1:111122223333:function:another' } },
      'the user pool: got another custom message trigger, expected that of ResetMessages, because users would not get its messages: set it again, and where the user pool is defined',
    ],
    [
      'another sender',
      { EmailConfiguration: undefined },
      'the user pool: got one that does not send through Amazon SES, expected the contrary, as ResetMessages was deployed for: deploy it again, and correct sendsThroughSes if it has it',
    ],
    [
      'names in any case',
      { UsernameConfiguration: { CaseSensitive: false } },
      'the user pool: got user names that are not case-sensitive, expected the contrary, as ResetMessages was deployed for: correct caseSensitive, because signatures would not be found',
    ],
  ])('%s', async (_, changes, problem) => {
    campaign.sandbox.cognito.configureUserPool(campaign.userPoolId, {
      UsernameConfiguration: undefined,
      ...deployed,
      ...changes,
    });

    expect(await refusal(campaign)).toEqual([problem]);
  });

  test('admin_only recovery, beside a signing key that cannot sign, both named before anybody is listed', async () => {
    campaign.sandbox.cognito.configureUserPool(campaign.userPoolId, {
      UsernameConfiguration: undefined,
      ...deployed,
      AccountRecoverySetting: { RecoveryMechanisms: [{ Name: 'admin_only', Priority: 1 }] },
    });
    campaign.sandbox.faults.add({
      operation: 'GenerateMac',
      times: Number.POSITIVE_INFINITY,
      instead: { status: 400, name: 'DisabledException' },
    });
    const listed = campaign.sandbox.countCalls('ListUsers');

    expect(await refusal(campaign)).toEqual([
      'the user pool: got account recovery by admin_only, expected recovery by email or phone: users could not set a new password',
      'signing: the worker cannot sign clientMetadata (DisabledException), so users would get the wrong message: check the signing key and its policy',
    ]);
    expect(campaign.sandbox.countCalls('ListUsers')).toBe(listed);
  });
});

test('a campaign without smsReadiness gets a warning when it would send SMS messages', async () => {
  const campaign = await start({
    pool: {
      signInAliases: { username: true, phone: true },
      accountRecovery: AccountRecovery.PHONE_ONLY_WITHOUT_MFA,
    },
  });
  await campaign.addUser('sms', { attributes: { phone_number: '+12065550101', phone_number_verified: 'true' } });
  const result = await campaign.run({ dryRun: true });

  expect(result.warnings).toEqual([
    'SMS: 1 messages would be sent, and nothing was checked, because BulkPasswordReset has no smsReadiness',
  ]);
});

function messagesOf(userPool: UserPool): ResetMessages {
  return new ResetMessages(userPool.stack, 'Messages', {
    userPool,
    catalog: MessageCatalog.fromInline({ defaultLocale: 'en', templates: { breach: { en: { sms: '{{code}}' } } } }),
  });
}
