import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import {
  GetSMSAttributesCommand,
  GetSMSSandboxAccountStatusCommand,
  ListOriginationNumbersCommand,
  ListPhoneNumbersOptedOutCommand,
  SNSClient,
} from '@aws-sdk/client-sns';
import type { SmsReadinessCheck } from '../../lib/contract/sms';
import {
  evaluateOptOuts,
  evaluateSpending,
  evaluateTier,
  evaluateUnreadableOptOuts,
  getMonthlySpending,
} from './account';
import { CLIENT_CONFIG, callAws, parseAmount, runCheck } from './aws-call';
import { type Clock, SYSTEM_CLOCK } from './call-pace';

/** @see https://docs.aws.amazon.com/sns/latest/dg/sns-monitoring-using-cloudwatch.html */
const SPEND = { namespace: 'AWS/SNS', metricName: 'SMSMonthToDateSpentUSD' };

/** The maximum number of results on a page. */
const MAX_NUMBERS_LISTED = 30;

/** Checks what SMS messages depend on when Amazon SNS sends them. */
export function checkSns(region: string, clock: Clock = SYSTEM_CLOCK): Promise<SmsReadinessCheck[]> {
  const sns = new SNSClient({ ...CLIENT_CONFIG, region });
  const cloudWatch = new CloudWatchClient({ ...CLIENT_CONFIG, region });
  return Promise.all([
    runCheck('accountTier', async () =>
      evaluateTier(
        await callAws(
          'GetSMSSandboxAccountStatus',
          (options) => sns.send(new GetSMSSandboxAccountStatusCommand({}), options),
          ({ IsInSandbox }) => (typeof IsInSandbox === 'boolean' ? IsInSandbox : undefined),
        ),
      ),
    ),
    runCheck('spendLimit', () =>
      evaluateSpending(
        callAws(
          'GetSMSAttributes',
          (options) => sns.send(new GetSMSAttributesCommand({ attributes: ['MonthlySpendLimit'] }), options),
          // Assumption: a limit that is not set is missing, and attributes without any are an empty element.
          ({ attributes }) =>
            attributes &&
            (attributes.MonthlySpendLimit === undefined ? null : parseAmount(attributes.MonthlySpendLimit)),
        ),
        getMonthlySpending(cloudWatch, SPEND, clock),
      ),
    ),
    runCheck('originationIdentity', async () => {
      const { statuses, more } = await callAws(
        'ListOriginationNumbers',
        (options) => sns.send(new ListOriginationNumbersCommand({ MaxResults: MAX_NUMBERS_LISTED }), options),
        // Assumption: an empty list is an empty element, as in the samples of other APIs of Amazon SNS.
        ({ PhoneNumbers, NextToken }) =>
          PhoneNumbers && { statuses: PhoneNumbers.map(({ Status }) => Status), more: NextToken !== undefined },
      );
      // Assumption: the values are those of AWS End User Messaging SMS, in upper or lower case. They are not documented.
      const active = statuses.filter((status) => status?.toUpperCase() === 'ACTIVE').length;
      const values = { numbers: statuses.length, active };
      if (active === 0 && more) {
        return {
          status: 'UNKNOWN',
          detail: `The first page of origination numbers has no active one among ${statuses.length}: look at the other pages.`,
          values,
        };
      }
      return active > 0
        ? { status: 'PASSED', detail: `Active origination numbers of Amazon SNS: ${active}.`, values }
        : {
            status: 'WARNING',
            detail: `Amazon SNS has no active origination number among ${statuses.length}: it cannot reach countries that require one, such as the United States.`,
            values,
          };
    }),
    runCheck('optOuts', () =>
      callAws(
        'ListPhoneNumbersOptedOut',
        (options) => sns.send(new ListPhoneNumbersOptedOutCommand({}), options),
        ({ phoneNumbers, nextToken }) => phoneNumbers && { count: phoneNumbers.length, more: nextToken !== undefined },
      ).then(({ count, more }) => evaluateOptOuts(count, more), evaluateUnreadableOptOuts),
    ),
  ]);
}
