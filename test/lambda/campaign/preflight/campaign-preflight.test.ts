import type { CfnUserPool } from 'aws-cdk-lib/aws-cognito';
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

/** What the campaign is refused with, problem by problem. */
async function refusal(campaign: DeployedCampaign, input: Partial<CampaignInput> = {}): Promise<string[]> {
  const { status, error, cause = '' } = await campaign.begin(input).result;
  expect([status, error]).toEqual(['FAILED', 'CampaignRefusedError']);
  // Nothing was sent, and nobody was claimed.
  expect(campaign.resets).toBe(0);
  const { errorMessage } = JSON.parse(cause);
  expect(errorMessage).toMatch(/^this run sent no message, because of these problems: \(1\) /);
  return errorMessage.split(/; \(\d+\) |: \(1\) /).slice(1);
}

describe('a user pool with its own sender, and no SMS', () => {
  let campaign: DeployedCampaign;
  beforeAll(async () => {
    campaign = await start({ bulk: { maxUsers: 3 } });
    await campaign.addUsers(4);
  });

  test.each<[string, unknown, RegExp[]]>([
    [
      'a field that is misspelt',
      { clientMetaData: {} },
      [/^the input has an unknown field: expected only campaignId, /],
    ],
    ['no confirmation', { confirm: undefined }, [/^confirm: expected an object with userPoolId and expectedUsers$/]],
    [
      'another user pool, and no number of users',
      { confirm: { userPoolId: 'us-east-1_Another01', expectedUsers: 0 } },
      [/^confirm\.userPoolId: expected us-east-1_\w+, whose users/, /^confirm\.expectedUsers: expected a whole number/],
    ],
    ['an id that is none', { campaignId: 'a/b' }, [/^campaignId: expected 1 to 64 letters, digits/]],
    [
      'a list elsewhere in the bucket',
      { list: 'reports/other.csv' },
      [/^list: expected the key of a .csv or .jsonl object below input\//],
    ],
    ['a list that leads out of its place', { list: 'input/../reports/other.csv' }, [/^list: expected the key of a /]],
    ['metadata that are no strings', { clientMetadata: { number: 1 } }, [/^clientMetadata: expected keys and values/]],
  ])('%s', async (_, input, problems) => {
    expect(await refusal(campaign, input as Partial<CampaignInput>)).toEqual(
      problems.map((problem) => expect.stringMatching(problem)),
    );
  });

  test('more users than were confirmed, and more than the construct allows', async () => {
    const confirm = { userPoolId: campaign.userPoolId, expectedUsers: 2 };

    expect(await refusal(campaign, { confirm })).toEqual([
      'confirm.expectedUsers: 2 were confirmed, and more would be reset; confirm how many there are',
      'maxUsers: BulkPasswordReset allows 3, and more would be reset',
    ]);
    expect(await refusal(campaign, { confirm: { ...confirm, expectedUsers: 4 } })).toEqual([
      'maxUsers: BulkPasswordReset allows 3, and more would be reset',
    ]);
  });
});

test('an id that was used with other metadata, or with a list', async () => {
  // GIVEN
  const campaign = await start();
  await campaign.run({ clientMetadata: { template: 'breach' } });
  const reused = [
    'campaignId: it was used with another list or other clientMetadata; use another id for another campaign',
  ];

  // THEN
  expect(await refusal(campaign, { clientMetadata: { template: 'other' } })).toEqual(reused);
  expect(await refusal(campaign, { clientMetadata: { template: 'breach' }, list: 'input/a.csv' })).toEqual(reused);
});

test('account recovery by an administrator only, and a key that cannot sign: both at once, before anybody is listed', async () => {
  // GIVEN
  const campaign = await start({
    reset: (userPool) => {
      // A raw override, which synth does not look into.
      const resource = userPool.node.defaultChild as CfnUserPool;
      resource.addPropertyOverride('AccountRecoverySetting.RecoveryMechanisms', [{ Name: 'admin_only', Priority: 1 }]);
      return { messages: messagesOf(userPool) };
    },
  });
  await campaign.addUsers(1);
  campaign.sandbox.faults.add({
    operation: 'GenerateMac',
    times: Number.POSITIVE_INFINITY,
    instead: { status: 400, name: 'DisabledException' },
  });

  // THEN
  expect(await refusal(campaign)).toEqual([
    'the user pool: its account recovery is admin_only, so that users could not set a new password; expected recovery by email or phone',
    'signing: the worker cannot sign clientMetadata (DisabledException), so that users would get the wrong message; check the signing key and its policy',
  ]);
  expect(campaign.sandbox.countCalls('ListUsers')).toBe(0);
});

describe('a user pool that mails with the default sender, and sends SMS', () => {
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
    sms.addImportedIdentity(NUMBER).status = 'ACTIVE';
  });

  const mails =
    "the user pool: it sends mail with Cognito's default sender, which sends 50 a day, and 51 users would be mailed; send through Amazon SES";
  const spending = 'SMS: 30 messages are estimated at 3 USD, and 1 USD may still be spent this month; raise the limit';

  test('more mails than the default sender sends, and SMS that cost more than may be spent', async () => {
    expect(await refusal(campaign)).toEqual([mails, spending]);
  });

  test('the SMS sandbox, a number that is not active and a limit that is used up as well: all at once', async () => {
    const { sms } = campaign.sandbox;
    sms.tier = 'SANDBOX';
    sms.spent = 1;
    sms.addImportedIdentity(NUMBER).status = 'PENDING';

    expect(await refusal(campaign, { confirm: { userPoolId: campaign.userPoolId, expectedUsers: 80 } })).toEqual([
      'confirm.expectedUsers: 80 were confirmed, and more would be reset; confirm how many there are',
      mails,
      expect.stringMatching(/^SMS: The account is in the SMS sandbox of this Region/),
      expect.stringMatching(/^SMS: Of the monthly spend limit for SMS of 1 USD, 0 USD are left, so no message is sent/),
      expect.stringMatching(/^SMS: The number is not usable yet/),
    ]);
  });

  test('fifty mails and SMS that can be paid for are no reason', async () => {
    const subs = Array.from({ length: 50 }, (_, index) => `{"username":"user-${index + 1}"}`);
    const texts = Array.from({ length: 10 }, (_, index) => `{"username":"sms-${index + 1}"}`);
    await campaign.put('input/some.jsonl', [...subs, ...texts].join('\n'));
    const result = await campaign.run({ campaignId: 'some', list: 'input/some.jsonl', dryRun: true });

    expect(result).toMatchObject({ totals: { WOULD_RESET: 60 }, warnings: [] });
  });

  test('what AWS does not say about SMS is a warning', async () => {
    await campaign.put('input/one.jsonl', '"sms-1"');
    campaign.sandbox.faults.add({
      operation: 'DescribeAccountAttributes',
      times: Number.POSITIVE_INFINITY,
      instead: { status: 400, name: 'AccessDeniedException' },
    });
    const result = await campaign.run({ campaignId: 'one', list: 'input/one.jsonl', dryRun: true });

    expect(result.warnings).toEqual([
      expect.stringMatching(/^SMS: DescribeAccountAttributes failed with AccessDenied/),
    ]);
  });
});

test('SMS that nobody can ask about are a warning', async () => {
  const campaign = await start({
    pool: {
      signInAliases: { username: true, phone: true },
      accountRecovery: AccountRecovery.PHONE_ONLY_WITHOUT_MFA,
    },
  });
  await campaign.addUser('sms', { attributes: { phone_number: '+12065550101', phone_number_verified: 'true' } });
  const result = await campaign.run({ dryRun: true });

  expect(result.warnings).toEqual([
    'SMS: 1 users would get one, and nothing was checked, because BulkPasswordReset has no smsReadiness',
  ]);
});

function messagesOf(userPool: UserPool): ResetMessages {
  return new ResetMessages(userPool.stack, 'Messages', {
    userPool,
    catalog: MessageCatalog.fromInline({ defaultLocale: 'en', templates: { breach: { en: { sms: '{{code}}' } } } }),
  });
}
