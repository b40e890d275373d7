import {
  type CognitoIdentityProviderClient,
  DescribeUserPoolCommand,
  type UserPoolType,
} from '@aws-sdk/client-cognito-identity-provider';
import type { Channel } from '../../../lib/contract/campaign';
import { type PoolSms, readPoolSms } from './sms-rate';

/** The channels of a user pool without a setting for account recovery: Cognito prefers SMS. */
const DEFAULT_CHANNELS: readonly Channel[] = ['SMS', 'EMAIL'];

/** The settings of a user pool that decide whether a campaign can start. */
export interface PoolSettings {
  /** The channels of account recovery, the preferred one first. */
  readonly recovery: readonly Channel[];
  /** Whether only an administrator can recover an account. */
  readonly adminOnly: boolean;
  /** The Region of the Amazon SES identity that email messages are sent from; undefined with Cognito's default sender. */
  readonly sesRegion: string | undefined;
  readonly customMessageTriggerArn: string | undefined;
  readonly caseInsensitive: boolean;
  readonly sms: PoolSms;
}

/** What the user pool must be for the messages of ResetMessages. */
export interface ExpectedMessages {
  readonly customMessageTriggerArn: string;
  readonly sendsThroughSes: boolean;
  readonly caseInsensitive: boolean;
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
    sesRegion: sesRegionOf(UserPool, userPoolId),
    customMessageTriggerArn: UserPool?.LambdaConfig?.CustomMessage,
    caseInsensitive: UserPool?.UsernameConfiguration?.CaseSensitive === false,
    sms: readPoolSms(UserPool),
  };
}

/** Problems that do not depend on which users are to be reset. */
export function poolProblems(pool: PoolSettings, expected: ExpectedMessages | undefined): string[] {
  return [
    ...(pool.adminOnly
      ? [
          'the user pool: got account recovery by admin_only, expected recovery by email or phone: users could not set a new password',
        ]
      : []),
    ...(expected ? messageProblems(pool, expected) : []),
  ];
}

/** Somebody else may have written the user pool since the deployment, and all users would get another message. */
function messageProblems(pool: PoolSettings, expected: ExpectedMessages): string[] {
  const { customMessageTriggerArn, sesRegion, caseInsensitive } = pool;
  return [
    ...(customMessageTriggerArn === expected.customMessageTriggerArn
      ? []
      : [
          `the user pool: got ${customMessageTriggerArn === undefined ? 'no' : 'another'} custom message trigger, expected that of ResetMessages, because users would not get its messages: set it again, and where the user pool is defined`,
        ]),
    ...((sesRegion !== undefined) === expected.sendsThroughSes
      ? []
      : [
          `the user pool: got one that ${expected.sendsThroughSes ? 'does not send' : 'sends'} through Amazon SES, expected the contrary, as ResetMessages was deployed for: deploy it again, and correct sendsThroughSes if it has it`,
        ]),
    ...(caseInsensitive === expected.caseInsensitive
      ? []
      : [
          `the user pool: got user names that are ${caseInsensitive ? 'not ' : ''}case-sensitive, expected the contrary, as ResetMessages was deployed for: correct caseSensitive, because signatures would not be found`,
        ]),
  ];
}

const CHANNELS: Readonly<Record<string, Channel>> = { verified_email: 'EMAIL', verified_phone_number: 'SMS' };

function sesRegionOf(userPool: UserPoolType | undefined, userPoolId: string): string | undefined {
  const { EmailSendingAccount, SourceArn } = userPool?.EmailConfiguration ?? {};
  return EmailSendingAccount === 'DEVELOPER'
    ? (SourceArn ?? '').split(':')[3] || userPoolId.split('_', 1)[0]
    : undefined;
}

function recoveryMechanismsOf(userPool: UserPoolType | undefined): string[] | undefined {
  return userPool?.AccountRecoverySetting?.RecoveryMechanisms?.toSorted(
    (a, b) => Number(a.Priority) - Number(b.Priority),
  ).map(({ Name }) => String(Name));
}
