import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import {
  DescribeAccountAttributesCommand,
  DescribeOptedOutNumbersCommand,
  DescribeSpendLimitsCommand,
  PinpointSMSVoiceV2Client,
} from '@aws-sdk/client-pinpoint-sms-voice-v2';
import type { SmsReadinessCheck } from '../../lib/contract/sms';
import { judgeOptOuts, judgeSpending, judgeTier, spentThisMonth } from './account';
import { amount, ask, CLIENT, check } from './ask';
import { Identity } from './identity';

/** @see https://docs.aws.amazon.com/sms-voice/latest/userguide/monitoring-cloudwatch.html */
const SPEND = { namespace: 'AWS/SMSVoice', metricName: 'TextMessageMonthlySpend' };

const LIMIT_NAME = 'TEXT_MESSAGE_MONTHLY_SPEND_LIMIT';

/** The two values of the attribute, as the service answers them; its reference names neither. */
const TIERS: Readonly<Record<string, boolean>> = { SANDBOX: true, PRODUCTION: false };

/** The most that AWS answers at once. */
const MAX_OPT_OUTS = 100;

export interface DirectPath {
  readonly region: string;
  readonly identityArn: string;
  /** The list that the identity is expected to use. */
  readonly optOutListName: string;
  /** Whether the function may look at the members of a pool. */
  readonly membersKnown: boolean;
}

/** What SMS depend on that AWS End User Messaging SMS sends. */
export function checkDirectPath(path: DirectPath): Promise<SmsReadinessCheck[]> {
  const client = new PinpointSMSVoiceV2Client({ ...CLIENT, region: path.region });
  const cloudWatch = new CloudWatchClient({ ...CLIENT, region: path.region });
  const identity = new Identity(client, path.identityArn, path.membersKnown);
  return Promise.all([
    check('accountTier', async () =>
      judgeTier(
        await ask(
          'DescribeAccountAttributes',
          (options) => client.send(new DescribeAccountAttributesCommand({}), options),
          ({ AccountAttributes }) => {
            const tier = AccountAttributes?.find(({ Name }) => Name === 'ACCOUNT_TIER')?.Value;
            return tier !== undefined && Object.hasOwn(TIERS, tier) ? TIERS[tier] : undefined;
          },
        ),
      ),
    ),
    check('spendLimit', () =>
      judgeSpending(
        ask(
          'DescribeSpendLimits',
          (options) => client.send(new DescribeSpendLimitsCommand({}), options),
          ({ SpendLimits }) => {
            const limit = SpendLimits?.find(({ Name }) => Name === LIMIT_NAME);
            return amount(limit?.Overridden ? limit.EnforcedLimit : limit?.MaxLimit);
          },
        ),
        spentThisMonth(cloudWatch, SPEND),
      ),
    ),
    check('originationIdentity', () => identity.judge()),
    check('optOuts', async () => {
      if (identity.kind === 'sender-id') {
        return { status: 'PASSED', detail: 'Numbers and pools have opt-out lists; a sender ID has none.' };
      }
      // Where it cannot be described, the one that is expected.
      const used = await identity.optOutListName().catch(() => path.optOutListName);
      if (nameOf(used) !== nameOf(path.optOutListName)) {
        return {
          status: 'UNKNOWN',
          detail: `The origination identity uses another opt-out list than ${nameOf(path.optOutListName)}, and the function may not read it.`,
        };
      }
      const { count, more } = await ask(
        'DescribeOptedOutNumbers',
        (options) =>
          client.send(
            new DescribeOptedOutNumbersCommand({ OptOutListName: path.optOutListName, MaxResults: MAX_OPT_OUTS }),
            options,
          ),
        ({ OptedOutNumbers, NextToken }) =>
          Array.isArray(OptedOutNumbers) ? { count: OptedOutNumbers.length, more: NextToken !== undefined } : undefined,
      );
      return judgeOptOuts(count, more);
    }),
  ]);
}

/** A list may be called by its ARN. */
function nameOf(list: string | undefined): string | undefined {
  return list?.slice(list.lastIndexOf('/') + 1);
}
