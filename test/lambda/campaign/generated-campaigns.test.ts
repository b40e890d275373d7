import fc from 'fast-check';
import type { CampaignResult } from '../../../lib/contract/campaign';
import { DeployedCampaign } from '../../support/deployed-campaign';
import { PASSWORD } from '../../support/deployment';
import { csvList, type GeneratedList, jsonList, POOL } from '../../support/generated-lists';
import { cases } from '../../support/soak';

/** Lists by people and by programs, half of them in which every line says more than a user name. */
const LISTS = fc.sample(
  fc.oneof(csvList(), csvList({ identifying: { minLength: 1, maxLength: 3 } }), csvList(), jsonList()),
  { numRuns: cases(4, 200), seed: 14 },
);

let campaign: DeployedCampaign;
const subs = new Map<string, string>();
beforeAll(async () => {
  campaign = await DeployedCampaign.start({ bulk: { maxResetsPerSecond: 30, useWholeQuota: true } });
  for (const { username, email } of POOL) {
    subs.set(username, await campaign.addUser(username, { attributes: { email, email_verified: 'true' } }));
  }
});
afterAll(() => campaign.stop());

/** How many messages were sent before the list at hand. Their recipients are confirmed again. */
let confirmed = 0;

/** Sets a password for the user with this address, as an administrator. */
async function confirm(address: string): Promise<void> {
  await campaign.sandbox.cognito.call('AdminSetUserPassword', {
    UserPoolId: campaign.userPoolId,
    Username: POOL.find(({ email }) => email === address)?.username,
    Password: PASSWORD,
    Permanent: true,
  });
}

/** The list with what Cognito assigned, in place of what the generator did. */
function inThisUserPool({ content }: GeneratedList): Buffer {
  const swap = content[0] === 0xfe;
  const isUtf16 = swap || content[0] === 0xff;
  let text = swap ? Buffer.from(content).swap16().toString('utf16le') : content.toString(isUtf16 ? 'utf16le' : 'utf8');
  for (const { username, sub, phone_number } of POOL) {
    text = text.replaceAll(sub, subs.get(username) ?? '').replaceAll(phone_number, '');
  }
  const bytes = Buffer.from(text, isUtf16 ? 'utf16le' : 'utf8');
  return swap ? bytes.swap16() : bytes;
}

test.each(LISTS.map((list, index) => [index + 1, list] as const))(
  'a campaign over generated list %d resets only those whom it means',
  async (number, list) => {
    // GIVEN users who can all be reset
    for (const { destination } of campaign.sandbox.messages.slice(confirmed)) await confirm(destination);
    confirmed = campaign.sandbox.messages.length;
    const key = `input/list ${number}`;
    await campaign.put(key, inThisUserPool(list));

    // WHEN
    const { status, output, cause } = await campaign.begin({
      campaignId: `list-${number}`,
      list: key,
      confirm: campaign.confirm({ malformedLines: 100 }),
    }).result;

    // THEN
    const meant = new Set(list.rows.map((row) => row.meant.username));
    const excepted = list.rows.some(({ isShifted }) => isShifted);
    const reset = campaign.sandbox.messages.slice(confirmed).map(({ destination }) => destination);
    const unmeant = reset.filter(
      (address) => !POOL.some(({ email, username }) => email === address && meant.has(username)),
    );
    expect(new Set(reset).size).toBe(reset.length);
    if (!excepted) expect([list.description, unmeant]).toEqual([list.description, []]);
    if (status === 'FAILED') {
      expect(cause).toContain('none of which names a user of the user pool');
      expect(reset).toEqual([]);
      return;
    }
    const result = output as CampaignResult;
    expect(result.lines).toBe(list.rows.length);
    if (list.rows.every(({ isWellFormed }) => isWellFormed)) {
      expect(result.totals.RESET).toBe(meant.size);
      expect(result.reasons).toEqual(
        meant.size === list.rows.length ? {} : { 'SKIPPED DUPLICATE': list.rows.length - meant.size },
      );
    }
  },
);
