import { GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import { type ConflictException, NumberStatus, SendTextMessageCommand } from '@aws-sdk/client-pinpoint-sms-voice-v2';
import {
  GetSMSAttributesCommand,
  GetSMSSandboxAccountStatusCommand,
  ListOriginationNumbersCommand,
  ListPhoneNumbersOptedOutCommand,
  PublishCommand,
} from '@aws-sdk/client-sns';
import { type Experiment, NotSeenError, type Stage } from '../experiment';
import { confirmedUser, FICTITIOUS_NUMBER, outcomeOf, reset, VERIFIED_PHONE } from './users';

/** The first page: one number is enough. */
const LIST_ORIGINATION_NUMBERS = new ListOriginationNumbersCommand({ MaxResults: 30 });

/** The experiments about SMS messages. None sends one: they need the SMS sandbox, or they are dry runs. */
export const SMS_EXPERIMENTS: readonly Experiment[] = [
  {
    assumption: 'SMS_DELIVERY_FAILURE',
    origin: 'cognito',
    expected: 'CodeDeliveryFailureException in the SMS sandbox',
    see: async (stage) => {
      await requireSmsSandbox(stage);
      const userPoolId = stage.outputs.SmsPoolId;
      const { username } = await confirmedUser(stage, { userPoolId, attributes: VERIFIED_PHONE });
      return `${(await reset(stage, username, { userPoolId })).name} in the SMS sandbox`;
    },
  },
  {
    assumption: 'SNS_REFUSED_MESSAGE_ERROR',
    origin: 'sms',
    expected: 'InvalidParameterException, 400',
    see: async (stage) => {
      await requireSmsSandbox(stage);
      try {
        await stage.sns.send(new PublishCommand({ PhoneNumber: FICTITIOUS_NUMBER, Message: 'Verification' }));
        return 'accepted';
      } catch (error) {
        const { name, $metadata } = error as { name: string; $metadata?: { httpStatusCode?: number } };
        return `${name}, ${$metadata?.httpStatusCode}`;
      }
    },
  },
  {
    assumption: 'EXCEPTION_BY_REASON',
    origin: 'sms',
    // Which of the reasons this account shows depends on what it has.
    expected: [
      'NO_ORIGINATION_IDENTITIES_FOUND: ConflictException',
      'DESTINATION_PHONE_NUMBER_NOT_VERIFIED: ConflictException',
      'DESTINATION_PHONE_NUMBER_OPTED_OUT: ConflictException',
      'RESOURCE_NOT_ACTIVE: ConflictException',
      'INVALID_IDENTITY_FOR_DESTINATION_COUNTRY: ValidationException',
      'SENDER_ID_NOT_SUPPORTED: ValidationException',
      'MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT: ServiceQuotaExceededException',
    ],
    see: async ({ sms }) => {
      const message = { DestinationPhoneNumber: FICTITIOUS_NUMBER, MessageBody: 'Verification', DryRun: true };
      try {
        await sms.send(new SendTextMessageCommand(message));
      } catch (error) {
        const { name, Reason } = error as ConflictException;
        return `${Reason}: ${name}`;
      }
      throw new NotSeenError('this account may send to the number, and so has no reason to refuse');
    },
  },
  {
    assumption: 'hasSpendMetricValue',
    origin: 'sms',
    expected: 'no data point in a month without messages',
    see: async ({ cloudWatch, clock }) => {
      const now = new Date(clock.now());
      const monthStart = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1));
      const { Datapoints = [] } = await cloudWatch.send(
        new GetMetricStatisticsCommand({
          Namespace: 'AWS/SMSVoice',
          MetricName: 'TextMessageMonthlySpend',
          StartTime: monthStart,
          // At the first second of a month start and end would be equal, which CloudWatch refuses.
          EndTime: new Date(Math.max(now.getTime(), monthStart.getTime() + 60_000)),
          Period: 3_600,
          Statistics: ['Maximum'],
        }),
      );
      if (Datapoints.some(({ Maximum = 0 }) => Maximum > 0))
        throw new NotSeenError('this account has sent SMS messages this month');
      return `${Datapoints.length === 0 ? 'no data point' : 'a data point of 0'} in a month without messages`;
    },
  },
  {
    assumption: 'SNS_READS_OPT_OUTS',
    origin: 'sms',
    expected: 'the default opt-out list: accepted',
    see: async ({ sns }) =>
      `the default opt-out list: ${(await outcomeOf(sns.send(new ListPhoneNumbersOptedOutCommand({})))).name}`,
  },
  {
    assumption: 'missingSpendLimit',
    origin: 'lambda',
    expected: 'a limit that is not set is missing',
    see: async ({ sns }) => {
      const command = new GetSMSAttributesCommand({ attributes: ['MonthlySpendLimit'] });
      const { attributes } = await sns.send(command);
      if (attributes === undefined) return 'without a limit, there is no list of attributes';
      const { MonthlySpendLimit: limit } = attributes;
      if (limit === undefined) return 'a limit that is not set is missing';
      if (limit === '') return 'a limit that is not set is empty';
      throw new NotSeenError('this account has a monthly spend limit for SMS messages');
    },
  },
  {
    assumption: 'emptyListOfNumbers',
    origin: 'lambda',
    expected: 'an empty list',
    see: async ({ sns }) => {
      const { PhoneNumbers } = await sns.send(LIST_ORIGINATION_NUMBERS);
      if (PhoneNumbers === undefined) return 'no list';
      if (PhoneNumbers.length === 0) return 'an empty list';
      throw new NotSeenError('this account has an origination number');
    },
  },
  {
    assumption: 'statusOfNumbers',
    origin: 'lambda',
    expected: 'a status of AWS End User Messaging SMS, in upper or lower case',
    see: async ({ sns }) => {
      const { PhoneNumbers = [] } = await sns.send(LIST_ORIGINATION_NUMBERS);
      if (PhoneNumbers.length === 0)
        throw new NotSeenError('this account has no origination number, which would cost money');
      const known: readonly string[] = Object.values(NumberStatus);
      const other = PhoneNumbers.map(({ Status }) => String(Status)).filter(
        (status) => !known.includes(status.toUpperCase()),
      );
      return other[0] ?? 'a status of AWS End User Messaging SMS, in upper or lower case';
    },
  },
];

/** Outside the SMS sandbox, a message to the fictitious number would be sent and charged. */
async function requireSmsSandbox({ sns }: Stage): Promise<void> {
  const { IsInSandbox } = await sns.send(new GetSMSSandboxAccountStatusCommand({}));
  if (IsInSandbox !== true) {
    throw new NotSeenError('this account is not in the SMS sandbox, where a message would be sent and charged');
  }
}
