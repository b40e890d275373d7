import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import {
  GetSMSAttributesCommand,
  GetSMSSandboxAccountStatusCommand,
  ListOriginationNumbersCommand,
  ListPhoneNumbersOptedOutCommand,
  SNSClient,
} from '@aws-sdk/client-sns';
import type { SmsReadinessCheck } from '../../lib/contract/sms';
import { judgeOptOuts, judgeSpending, judgeTier, spentThisMonth } from './account';
import { amount, ask, CLIENT, check } from './ask';

/** @see https://docs.aws.amazon.com/sns/latest/dg/sns-monitoring-using-cloudwatch.html */
const SPEND = { namespace: 'AWS/SNS', metricName: 'SMSMonthToDateSpentUSD' };

/** The most that AWS answers at once. */
const MAX_NUMBERS = 30;

/** What SMS depend on that Amazon SNS sends. */
export function checkSns(region: string): Promise<SmsReadinessCheck[]> {
  const sns = new SNSClient({ ...CLIENT, region });
  const cloudWatch = new CloudWatchClient({ ...CLIENT, region });
  return Promise.all([
    check('accountTier', async () =>
      judgeTier(
        await ask(
          'GetSMSSandboxAccountStatus',
          (options) => sns.send(new GetSMSSandboxAccountStatusCommand({}), options),
          ({ IsInSandbox }) => (typeof IsInSandbox === 'boolean' ? IsInSandbox : undefined),
        ),
      ),
    ),
    check('spendLimit', () =>
      judgeSpending(
        ask(
          'GetSMSAttributes',
          (options) => sns.send(new GetSMSAttributesCommand({ attributes: ['MonthlySpendLimit'] }), options),
          ({ attributes }) => amount(attributes?.MonthlySpendLimit),
        ),
        spentThisMonth(cloudWatch, SPEND),
      ),
    ),
    check('originationIdentity', async () => {
      const { statuses, more } = await ask(
        'ListOriginationNumbers',
        (options) => sns.send(new ListOriginationNumbersCommand({ MaxResults: MAX_NUMBERS }), options),
        // Assumed: an empty list is an empty element, as in the samples of other APIs of Amazon SNS.
        ({ PhoneNumbers, NextToken }) =>
          PhoneNumbers && { statuses: PhoneNumbers.map(({ Status }) => Status), more: NextToken !== undefined },
      );
      // The values are not documented: what is documented of AWS End User Messaging SMS is assumed, in any case.
      const active = statuses.filter((status) => status?.toUpperCase() === 'ACTIVE').length;
      const values = { numbers: statuses.length, active };
      if (active === 0 && more) {
        return {
          status: 'UNKNOWN',
          detail: `None of the first ${statuses.length} numbers is active: look at the rest.`,
          values,
        };
      }
      return active > 0
        ? { status: 'PASSED', detail: `Amazon SNS has ${active} active origination numbers to choose from.`, values }
        : {
            status: 'WARNING',
            detail: `Amazon SNS has no active origination number among ${statuses.length}: it reaches no country that requires one, as the United States do.`,
            values,
          };
    }),
    check('optOuts', async () => {
      const { count, more } = await ask(
        'ListPhoneNumbersOptedOut',
        (options) => sns.send(new ListPhoneNumbersOptedOutCommand({}), options),
        ({ phoneNumbers, nextToken }) => phoneNumbers && { count: phoneNumbers.length, more: nextToken !== undefined },
      );
      return judgeOptOuts(count, more);
    }),
  ]);
}
