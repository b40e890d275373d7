import {
  type CognitoIdentityProviderClient,
  DescribeUserPoolCommand,
  type UserPoolType,
} from '@aws-sdk/client-cognito-identity-provider';
import type { Channel } from '../../../lib/contract/campaign';
import { type PoolSms, readPoolSms } from './sms-rate';

/** How many email messages Cognito's default sender sends in a day, for the whole account. */
const DEFAULT_SENDER_EMAILS_PER_DAY = 50;

/** The channels of a user pool without a setting for account recovery: Cognito prefers SMS. */
const DEFAULT_CHANNELS: readonly Channel[] = ['SMS', 'EMAIL'];

/** The settings of a user pool that decide whether a campaign can start. */
export interface PoolSettings {
  /** The channels of account recovery, the preferred one first. */
  readonly recovery: readonly Channel[];
  /** Whether only an administrator can recover an account. */
  readonly adminOnly: boolean;
  readonly sendsThroughSes: boolean;
  readonly sms: PoolSms;
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
    sms: readPoolSms(UserPool),
  };
}

/** Problems that do not depend on which users are to be reset. */
export function poolProblems({ adminOnly }: PoolSettings): string[] {
  return adminOnly
    ? [
        'the user pool: got account recovery by admin_only, expected recovery by email or phone: users could not set a new password',
      ]
    : [];
}

/** Problems with sending this many email messages. */
export function emailProblems({ sendsThroughSes }: PoolSettings, messages: number): string[] {
  return sendsThroughSes || messages <= DEFAULT_SENDER_EMAILS_PER_DAY
    ? []
    : [
        `the user pool: got Cognito's default email sender, which sends ${DEFAULT_SENDER_EMAILS_PER_DAY} email messages a day, but ${messages} would be sent: configure Amazon SES`,
      ];
}

const CHANNELS: Readonly<Record<string, Channel>> = { verified_email: 'EMAIL', verified_phone_number: 'SMS' };

function recoveryMechanismsOf(userPool: UserPoolType | undefined): string[] | undefined {
  return userPool?.AccountRecoverySetting?.RecoveryMechanisms?.toSorted(
    (a, b) => Number(a.Priority) - Number(b.Priority),
  ).map(({ Name }) => String(Name));
}
