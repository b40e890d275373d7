import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import {
  DescribeAccountAttributesCommand,
  DescribeOptedOutNumbersCommand,
  DescribeSpendLimitsCommand,
  PinpointSMSVoiceV2Client,
} from '@aws-sdk/client-pinpoint-sms-voice-v2';
import type { SmsReadinessCheck } from '../../lib/contract/sms';
import { evaluateOptOuts, evaluateSpending, evaluateTier, getMonthlySpending } from './account';
import { CLIENT_CONFIG, callAws, parseAmount, runCheck } from './aws-call';
import { type Clock, paceCalls, SYSTEM_CLOCK } from './call-pace';
import { OriginationIdentity } from './origination-identity';

/** @see https://docs.aws.amazon.com/sms-voice/latest/userguide/monitoring-cloudwatch.html */
const SPEND = { namespace: 'AWS/SMSVoice', metricName: 'TextMessageMonthlySpend' };

const LIMIT_NAME = 'TEXT_MESSAGE_MONTHLY_SPEND_LIMIT';

/** The two values of the account tier that the service returns. The API reference does not list them. */
const IS_SANDBOX_BY_TIER: Readonly<Record<string, boolean>> = { SANDBOX: true, PRODUCTION: false };

/** The maximum number of results on a page. */
const MAX_OPT_OUTS_LISTED = 100;

export interface DirectPathOptions {
  readonly region: string;
  readonly identityArn: string;
  /** The opt-out list that the origination identity is expected to use. */
  readonly optOutListName: string;
  /** Whether the role of the function may describe the members of a pool. */
  readonly canDescribeMembers: boolean;
}

/** Checks what SMS messages depend on when AWS End User Messaging SMS sends them. */
export function checkDirectPath(path: DirectPathOptions, clock: Clock = SYSTEM_CLOCK): Promise<SmsReadinessCheck[]> {
  const client = new PinpointSMSVoiceV2Client({ ...CLIENT_CONFIG, region: path.region });
  paceCalls(client, clock);
  const cloudWatch = new CloudWatchClient({ ...CLIENT_CONFIG, region: path.region });
  const identity = new OriginationIdentity(client, path.identityArn, path.canDescribeMembers, clock);
  return Promise.all([
    runCheck('accountTier', async () =>
      evaluateTier(
        await callAws(
          'DescribeAccountAttributes',
          (options) => client.send(new DescribeAccountAttributesCommand({}), options),
          ({ AccountAttributes }) => {
            const tier = AccountAttributes?.find(({ Name }) => Name === 'ACCOUNT_TIER')?.Value;
            return tier !== undefined && Object.hasOwn(IS_SANDBOX_BY_TIER, tier) ? IS_SANDBOX_BY_TIER[tier] : undefined;
          },
        ),
      ),
    ),
    runCheck('spendLimit', () =>
      evaluateSpending(
        callAws(
          'DescribeSpendLimits',
          (options) => client.send(new DescribeSpendLimitsCommand({}), options),
          ({ SpendLimits }) => {
            const limit = SpendLimits?.find(({ Name }) => Name === LIMIT_NAME);
            return parseAmount(limit?.Overridden ? limit.EnforcedLimit : limit?.MaxLimit);
          },
        ),
        getMonthlySpending(cloudWatch, SPEND, clock),
      ),
    ),
    runCheck('originationIdentity', () => identity.evaluate()),
    runCheck('optOuts', async () => {
      if (identity.kind === 'sender-id') {
        return { status: 'PASSED', detail: 'Numbers and pools have opt-out lists; a sender ID has none.' };
      }
      // If the identity cannot be described, assume the expected list: its own check reports that error.
      const used = await identity.optOutListName().catch(() => path.optOutListName);
      if (optOutListNameOf(used) !== optOutListNameOf(path.optOutListName)) {
        return {
          status: 'UNKNOWN',
          detail: `The origination identity uses another opt-out list than ${optOutListNameOf(path.optOutListName)}, and the function may not read it.`,
        };
      }
      const { count, more } = await callAws(
        'DescribeOptedOutNumbers',
        (options) =>
          client.send(
            new DescribeOptedOutNumbersCommand({
              OptOutListName: path.optOutListName,
              MaxResults: MAX_OPT_OUTS_LISTED,
            }),
            options,
          ),
        ({ OptedOutNumbers, NextToken }) =>
          Array.isArray(OptedOutNumbers) ? { count: OptedOutNumbers.length, more: NextToken !== undefined } : undefined,
      );
      return evaluateOptOuts(count, more);
    }),
  ]);
}

/** An opt-out list may be identified by its ARN; the name follows the last slash. */
function optOutListNameOf(list: string | undefined): string | undefined {
  return list?.slice(list.lastIndexOf('/') + 1);
}
