import { AdminResetUserPasswordCommand } from '@aws-sdk/client-cognito-identity-provider';
import { GetAccountCommand, SESv2Client } from '@aws-sdk/client-sesv2';
import { Faults } from '../../../src/gateway/faults';
import { Gateway } from '../../../src/gateway/gateway';
import { SesAccount } from '../../../src/services/ses/ses-account';
import { SesService } from '../../../src/services/ses/ses-service';
import { CognitoHarness, SES_EMAIL, USER_POOL_ID } from '../../support/cognito-harness';

const SECOND = 1_000;
const DAY = 24 * 60 * 60 * SECOND;

describe('GetAccount of Amazon SES', () => {
  let time: number;
  let account: SesAccount;
  let gateway: Gateway;
  let client: SESv2Client;
  let authorized: string[];

  beforeEach(async () => {
    time = Date.parse('2026-01-01T00:00:00Z');
    const now = () => new Date(time);
    account = new SesAccount(now);
    authorized = [];
    gateway = await Gateway.start({
      faults: new Faults(),
      services: [new SesService(account, now)],
      authorize: (_, action, resource) => authorized.push(`${action} on ${resource}`),
    });
    client = new SESv2Client({
      endpoint: gateway.endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'EXAMPLE', secretAccessKey: 'example' },
      maxAttempts: 1,
    });
  });
  afterEach(async () => {
    client.destroy();
    await gateway.stop();
  });

  test('describes production access, the quota of a day and what was sent, and the rate', async () => {
    account.max24HourSend = 1_000;
    account.sentBefore = 7;
    account.send('jane@example.com');

    expect(await client.send(new GetAccountCommand({}))).toMatchObject({
      ProductionAccessEnabled: true,
      SendingEnabled: true,
      EnforcementStatus: 'HEALTHY',
      SendQuota: { Max24HourSend: 1_000, MaxSendRate: 14, SentLast24Hours: 8 },
    });
  });

  test('describes the limits of the SES sandbox without production access', async () => {
    account.productionAccess = false;

    expect(await client.send(new GetAccountCommand({}))).toMatchObject({
      ProductionAccessEnabled: false,
      SendQuota: { Max24HourSend: 200, MaxSendRate: 1 },
    });
  });

  test('is refused within a second after another one', async () => {
    await client.send(new GetAccountCommand({}));
    time += SECOND - 1;
    await expect(client.send(new GetAccountCommand({}))).rejects.toMatchObject({
      name: 'TooManyRequestsException',
      $metadata: { httpStatusCode: 429 },
    });

    time += 1;
    await expect(client.send(new GetAccountCommand({}))).resolves.toBeDefined();
  });

  test('needs ses:GetAccount on every resource', async () => {
    await client.send(new GetAccountCommand({}));

    expect(authorized).toEqual(['ses:GetAccount on *']);
  });
});

describe('an email message that Amazon SES does not send', () => {
  let harness: CognitoHarness;
  beforeEach(async () => {
    harness = await CognitoHarness.start(SES_EMAIL);
    for (const name of ['jane', 'john']) {
      const attributes = { email: `${name}@example.com`, email_verified: 'true' };
      await harness.addUser({ username: name, attributes });
    }
  });
  afterEach(() => harness.stop());

  const reset = (Username = 'jane') =>
    harness.client.send(new AdminResetUserPasswordCommand({ UserPoolId: USER_POOL_ID, Username }));
  const recipients = () => harness.messages.map(({ destination }) => destination);

  test.each<[string, object]>([
    ['of an account without production access', { productionAccess: false }],
    ['of an account that may not send', { sendingEnabled: false }],
    ['of an account that was shut down', { enforcementStatus: 'SHUTDOWN' }],
    ['beyond the daily quota', { max24HourSend: 3, sentBefore: 3 }],
  ])('is dropped, and the user must reset the password without a code: %s', async (_, limits) => {
    Object.assign(harness.ses, limits);

    await reset();

    expect(recipients()).toEqual([]);
    expect(await harness.status()).toBe('RESET_REQUIRED');
  });

  test('is sent to a verified recipient without production access', async () => {
    harness.ses.productionAccess = false;
    harness.ses.verifiedRecipients.add('john@example.com');

    await reset('jane');
    await reset('john');

    expect(recipients()).toEqual(['john@example.com']);
  });

  test('is sent again when the messages of the quota are a day old', async () => {
    harness.ses.max24HourSend = 1;
    await reset('jane');
    await reset('john');
    expect(recipients()).toEqual(['jane@example.com']);

    harness.time += DAY;
    await reset('john');

    expect(recipients()).toEqual(['jane@example.com', 'john@example.com']);
  });

  test('is dropped when the average of ten seconds exceeds the rate', async () => {
    harness.ses.maxSendRate = 1;
    for (let message = 0; message < 11; message++) {
      await reset();
      harness.time += SECOND / 2;
    }
    expect(recipients()).toHaveLength(10);

    harness.time += 10 * SECOND;
    await reset();
    expect(recipients()).toHaveLength(11);
  });

  test('does not count towards the limits in a user pool with the default sender', async () => {
    await harness.stop();
    harness = await CognitoHarness.start();
    await harness.addUser();
    harness.ses.sendingEnabled = false;

    await reset();

    expect(recipients()).toEqual(['jane@example.com']);
  });
});
