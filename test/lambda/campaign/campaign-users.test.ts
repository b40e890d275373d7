import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { MessageCatalog, ResetMessages } from '../../../lib';
import { DeployedCampaign } from '../../support/deployed-campaign';

/** The highest pace, so that the tests take no longer than necessary. */
const FAST = { maxResetsPerSecond: 30, useWholeQuota: true };

/** User names that appear nowhere by chance. */
const NAMES = ['quokka-zoë.1', 'QUOKKA-2', 'quokka+3', 'quokka/four'];

const started: DeployedCampaign[] = [];
afterAll(() => Promise.all(started.map((campaign) => campaign.stop())));

async function start(options: Parameters<typeof DeployedCampaign.start>[0] = {}): Promise<DeployedCampaign> {
  const campaign = await DeployedCampaign.start({ bulk: FAST, pool: {}, ...options });
  started.push(campaign);
  return campaign;
}

test("a campaign resets the user it means, although another one has that user's sub as a user name", async () => {
  // GIVEN a user and a decoy, whom Cognito may select when it is asked for the sub of the user
  const campaign = await start();
  const sub = await campaign.addUser('jane');
  const decoy = await campaign.addUser(sub, { attributes: { email: 'decoy@example.com', email_verified: 'true' } });

  // WHEN
  const result = await campaign.run();

  // THEN
  expect(result.totals).toEqual({ RESET: 1, SKIPPED: 1 });
  expect(await campaign.report(result)).toEqual(
    expect.arrayContaining([
      { sub, outcome: 'RESET', confirmed: true },
      { sub: decoy, outcome: 'SKIPPED', reason: 'AMBIGUOUS_NAME' },
    ]),
  );
  expect(campaign.sandbox.messages.map(({ destination }) => destination)).toEqual(['jane@example.com']);
});

test('a campaign settles an unknown outcome by the user it means', async () => {
  // GIVEN a decoy who is RESET_REQUIRED, and a user whose reset has an unknown outcome and did not happen
  const campaign = await start();
  const sub = await campaign.addUser('jane');
  await campaign.addUser(sub, { status: 'RESET_REQUIRED', attributes: { email: 'decoy@example.com' } });
  const lost = { status: 500, name: 'InternalErrorException' };
  campaign.sandbox.faults.add({ operation: 'AdminResetUserPassword', instead: lost });

  expect((await campaign.run()).totals).toEqual({ UNKNOWN: 1, SKIPPED: 1 });
});

test('a campaign resets nobody from a listing that was replaced after it was complete', async () => {
  // GIVEN a listing that an older invocation writes once more, for another user
  const campaign = await start();
  await campaign.addUsers(2);
  const other = await campaign.addUser('other', { enabled: false });
  let replaced = Promise.resolve();
  const replace = async () => {
    const [key = ''] = (await campaign.keys('listings/')).filter((name) => !name.includes('/parts/'));
    await campaign.put(key, `${JSON.stringify({ sub: other, username: 'other' })}\n`.repeat(2));
  };
  const execution = campaign.begin(
    {},
    {
      maxWait: 1,
      onStateEntered: (name) => {
        // The worker reads the listing later than the check that this state makes.
        if (name === 'Check the numbers') replaced = replace();
      },
    },
  );

  // WHEN
  const failed = await execution.result;
  await replaced;

  // THEN
  expect([failed.status, failed.error]).toEqual(['FAILED', 'States.ExceedToleratedFailureThreshold']);
  expect(campaign.resets).toBe(0);
  expect(campaign.output.join('\n')).toContain('CampaignListingChangedError');
  expect((await campaign.run()).totals).toEqual({ RESET: 2, SKIPPED: 1 });
});

test('a campaign has no user name or address in anything but the list and the listing', async () => {
  // GIVEN
  const campaign = await start({
    reset: (userPool) => ({
      globalSignOut: true,
      messages: new ResetMessages(userPool.stack, 'Messages', {
        userPool,
        catalog: MessageCatalog.fromInline({
          defaultLocale: 'en',
          metadata: { case: 20 },
          templates: {
            breach: {
              en: { emailSubject: 'Choose a new password', emailHtml: '<p>{{code}}, {{metadata.case}}</p>' },
            },
          },
        }),
      }),
    }),
    bulk: { maxResetsPerSecond: 25, useWholeQuota: true },
  });
  const email = (index: number) => ({ email: `wombat-${index}@example.com`, email_verified: 'true' });
  const subs: string[] = [];
  for (const [index, name] of NAMES.entries())
    subs.push(await campaign.addUser(name, { attributes: email(index), enabled: index !== 3 }));
  await campaign.put('input/users.json', JSON.stringify(NAMES.map((username) => ({ username }))));
  const refused = { status: 400, name: 'UserLambdaValidationException' };
  campaign.sandbox.faults.add({ operation: 'AdminResetUserPassword', instead: refused });
  campaign.sandbox.faults.add({ operation: 'AdminResetUserPassword', instead: 'cut-after' });
  const history: unknown[] = [];

  // WHEN users are reset, refused, skipped and of unknown outcome, by a list and by the whole user pool
  const clientMetadata = { template: 'breach', case: 'Case-4711' };
  for (const input of [{ list: 'input/users.json' }, { campaignId: 'whole' }]) {
    const options = { onStateEntered: (name: string, state: unknown) => history.push(name, state) };
    history.push(await campaign.run({ clientMetadata, ...input }, options));
  }

  // THEN
  const places: Record<string, string> = {
    history: JSON.stringify(history),
    output: campaign.output.join('\n'),
    ledger: JSON.stringify(await ledgerOf(campaign)),
  };
  for (const key of await campaign.keys())
    if (!/^(input|listings)\//.test(key)) places[key] = `${key}\n${await campaign.read(key)}`;
  const texts = Object.entries(places);

  expect(texts.filter(([, text]) => /quokka|wombat|zo(ë|\\u00eb)/i.test(text)).map(([place]) => place)).toEqual([]);
  // The search finds what is there: everything knows the users by their subs, and the listing has their names.
  for (const place of ['ledger', texts.find(([key]) => key.startsWith('reports/'))?.[0] ?? ''])
    expect(places[place]).toContain(subs[0]);
  for (const prefix of ['ranges/', 'reports/', 'results/']) expect(Object.keys(places).join()).toContain(prefix);
  const [listing = ''] = await campaign.keys('listings/');
  expect(await campaign.read(listing)).toContain('quokka');
  expect(history.join()).toContain('Reset users');
  // Metadata passes through the states, but is in no log, report or ledger.
  expect(places.output + places.ledger).not.toContain('Case-4711');
});

async function ledgerOf({ sandbox }: DeployedCampaign): Promise<unknown[]> {
  const items: unknown[] = [];
  const client = new DynamoDBClient({
    endpoint: sandbox.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'developer', secretAccessKey: 'developer' },
  });
  const [table] = sandbox.assembly.tables;
  for await (const { Items = [] } of paginateScan({ client }, { TableName: table?.tableName })) items.push(...Items);
  return items;
}
