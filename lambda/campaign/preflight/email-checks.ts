import { GetAccountCommand, type GetAccountCommandOutput, SESv2Client } from '@aws-sdk/client-sesv2';
import { HttpHandler } from '../../shared/http-handler';
import { errorNameOf } from '../shared/campaign-error';
import type { Findings } from './findings';

/** How many email messages Cognito's default sender sends in a day, for the whole account. */
const DEFAULT_SENDER_EMAILS_PER_DAY = 50;

const SECONDS_OF_A_DAY = 86_400;

/** The email messages that would be sent. */
export interface Emails {
  readonly messages: number;
  readonly perSecond: number;
  /** The Region of the Amazon SES identity that they are sent from; undefined with Cognito's default sender. */
  readonly sesRegion: string | undefined;
}

/**
 * Checks whether the email messages would be sent. Amazon SES drops what exceeds its quota or its rate, and without
 * production access it sends to verified recipients alone: users would be reset and get no message.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/manage-sending-quotas-errors.html
 */
export async function checkEmails(emails: Emails): Promise<Findings> {
  const { messages, sesRegion } = emails;
  if (messages === 0) return { problems: [], warnings: [] };
  if (sesRegion === undefined) return { problems: defaultSenderProblems(messages), warnings: [] };
  try {
    return evaluate(await readAccount(sesRegion), emails, `Amazon SES in ${sesRegion}`);
  } catch (error) {
    const warning = `Amazon SES in ${sesRegion}: nothing was checked, because GetAccount failed with ${errorNameOf(error)}`;
    return { problems: [], warnings: [warning] };
  }
}

function defaultSenderProblems(messages: number): string[] {
  return messages <= DEFAULT_SENDER_EMAILS_PER_DAY
    ? []
    : [
        `the user pool: got Cognito's default email sender, which sends ${DEFAULT_SENDER_EMAILS_PER_DAY} email messages a day, but ${messages} would be sent: configure Amazon SES`,
      ];
}

/** @see https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_GetAccount.html */
function readAccount(region: string): Promise<GetAccountCommandOutput> {
  const client = new SESv2Client({
    region,
    // It may be called once a second, by everybody in the account.
    maxAttempts: 5,
    retryMode: 'standard',
    requestHandler: new HttpHandler({
      connectionTimeout: 3_000,
      requestTimeout: 5_000,
      throwOnRequestTimeout: true,
      socketTimeout: 5_000,
    }),
  });
  return client.send(new GetAccountCommand({}));
}

/** What the answer does not say is not checked, and is a warning. */
function evaluate(
  { ProductionAccessEnabled, SendingEnabled, EnforcementStatus, SendQuota }: GetAccountCommandOutput,
  { messages, perSecond }: Emails,
  ses: string,
): Findings {
  const { Max24HourSend: quota, SentLast24Hours: sent, MaxSendRate: rate } = SendQuota ?? {};
  // A quota of -1 is none.
  const left = quota === undefined || sent === undefined ? undefined : quota === -1 ? Infinity : quota - sent;
  const inADay = Math.min(messages, Math.ceil(perSecond * SECONDS_OF_A_DAY));
  const inASecond = Math.min(messages, perSecond);
  return {
    problems: [
      ...(ProductionAccessEnabled === false
        ? [
            `${ses}: got an account in the SES sandbox, which sends only to verified recipients, expected production access: request it`,
          ]
        : []),
      ...(SendingEnabled === false || EnforcementStatus === 'SHUTDOWN'
        ? [`${ses}: got an account whose sending is paused, expected one that sends: resume it, or answer AWS's case`]
        : []),
      ...(left !== undefined && left < inADay
        ? [
            `${ses}: got ${Math.max(0, Math.floor(left))} email messages left of a daily quota of ${quota}, but ${inADay} would be sent in a day: raise the quota, or reset a list`,
          ]
        : []),
      ...(rate !== undefined && rate < inASecond
        ? [
            `${ses}: got a rate of ${rate} email messages a second, but ${perSecond} would be sent: lower maxResetsPerSecond of BulkPasswordReset, or raise the rate`,
          ]
        : []),
    ],
    warnings: [
      ...(ProductionAccessEnabled === undefined || SendingEnabled === undefined
        ? [`${ses}: GetAccount did not say whether the account may send to everybody`]
        : []),
      ...(left === undefined || rate === undefined
        ? [`${ses}: GetAccount did not say which quota or rate the account has`]
        : []),
      ...(EnforcementStatus === 'PROBATION'
        ? [`${ses}: the account is under review, so AWS may pause its sending`]
        : []),
    ],
  };
}
