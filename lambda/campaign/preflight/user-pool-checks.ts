import {
  type CognitoIdentityProviderClient,
  DescribeUserPoolCommand,
  type UserPoolType,
} from '@aws-sdk/client-cognito-identity-provider';
import type { Channel } from '../../../lib/contract/campaign';

/** Mails that Cognito's default sender sends in a day, for a whole account. */
const DEFAULT_SENDER_EMAILS_PER_DAY = 50;

/** AWS prefers SMS when a pool has no setting for account recovery. */
const DEFAULT_CHANNELS: readonly Channel[] = ['SMS', 'EMAIL'];

/** What counts of a user pool before a campaign. */
export interface PoolSettings {
  /** The channels of codes, the preferred one first. */
  readonly recovery: readonly Channel[];
  readonly adminOnly: boolean;
  readonly sendsThroughSes: boolean;
}

export async function readPoolSettings(
  client: CognitoIdentityProviderClient,
  userPoolId: string,
): Promise<PoolSettings> {
  const { UserPool } = await client.send(new DescribeUserPoolCommand({ UserPoolId: userPoolId }));
  const mechanisms = recoveryMechanismsOf(UserPool);
  return {
    recovery: mechanisms?.flatMap((name) => CHANNELS[name] ?? []) ?? DEFAULT_CHANNELS,
    adminOnly: mechanisms?.includes('admin_only') === true,
    sendsThroughSes: UserPool?.EmailConfiguration?.EmailSendingAccount === 'DEVELOPER',
  };
}

/** What stands in the way whoever is to be reset. */
export function poolProblems({ adminOnly }: PoolSettings): string[] {
  return adminOnly
    ? [
        'the user pool: its account recovery is admin_only, so that users could not set a new password; expected recovery by email or phone',
      ]
    : [];
}

/** What stands in the way of so many mails. */
export function emailProblems({ sendsThroughSes }: PoolSettings, mails: number): string[] {
  return sendsThroughSes || mails <= DEFAULT_SENDER_EMAILS_PER_DAY
    ? []
    : [
        `the user pool: it sends mail with Cognito's default sender, which sends ${DEFAULT_SENDER_EMAILS_PER_DAY} a day, and ${mails} users would be mailed; send through Amazon SES`,
      ];
}

const CHANNELS: Readonly<Record<string, Channel>> = { verified_email: 'EMAIL', verified_phone_number: 'SMS' };

function recoveryMechanismsOf(userPool: UserPoolType | undefined): string[] | undefined {
  return userPool?.AccountRecoverySetting?.RecoveryMechanisms?.toSorted(
    (a, b) => Number(a.Priority) - Number(b.Priority),
  ).map(({ Name }) => String(Name));
}
