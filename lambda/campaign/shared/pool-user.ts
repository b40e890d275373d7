import type { AttributeType, UserStatusType, UserType } from '@aws-sdk/client-cognito-identity-provider';
import type { Audience, Channel, SkipReason } from '../../../lib/contract/campaign';
import { formOf } from '../../shared/signing/token';

/** What is kept of ListUsers and AdminGetUser about a user. Nothing but the user name can identify a person. */
export interface PoolUser {
  readonly sub: string;
  /** As Cognito gave it together with the `sub`: the one name by which a call is sure to reach this user. */
  readonly username: string;
  readonly enabled: boolean;
  readonly status: UserStatusType | undefined;
  /** The channels whose address is verified. */
  readonly verified: readonly Channel[];
  /** The channels of multi-factor authentication. ListUsers does not return them: empty then. */
  readonly mfa: readonly Channel[];
}

/** Users with these statuses cannot be reset. */
const SKIPPED_STATUSES: Partial<Record<UserStatusType, SkipReason>> = {
  EXTERNAL_PROVIDER: 'EXTERNAL_PROVIDER',
  FORCE_CHANGE_PASSWORD: 'FORCE_CHANGE_PASSWORD',
};

const MFA_CHANNELS: Readonly<Record<string, Channel>> = { EMAIL_OTP: 'EMAIL', SMS_MFA: 'SMS' };

/** Returns undefined for a user without a user name or `sub`, which should not exist. */
export function describeUser(
  user: Pick<UserType, 'Enabled' | 'Username' | 'UserStatus'>,
  attributes: readonly AttributeType[] = [],
  mfaSettings: readonly string[] = [],
): PoolUser | undefined {
  const attribute = (name: string) => attributes.find(({ Name }) => Name === name)?.Value;
  const sub = attribute('sub');
  const { Username: username } = user;
  if (sub === undefined || username === undefined) return undefined;
  const verified = (name: string) => attribute(name) === 'true';
  return {
    sub,
    username,
    enabled: user.Enabled !== false,
    status: user.UserStatus,
    verified: [
      ...(verified('email_verified') ? (['EMAIL'] as const) : []),
      ...(verified('phone_number_verified') ? (['SMS'] as const) : []),
    ],
    mfa: mfaSettings.flatMap((setting) => MFA_CHANNELS[setting] ?? []),
  };
}

/** Either the channel of the code, or the reason why the user is skipped. */
export interface Resettability {
  readonly channel?: Channel;
  readonly skip?: SkipReason;
}

/**
 * Decides whether a user can be reset. A channel of the user's multi-factor authentication does not count as a way to
 * recover the account.
 *
 * @param recovery the channels of the user pool's account recovery, the preferred one first
 * @param audience of the campaign
 */
export function resettability(
  user: PoolUser,
  recovery: readonly Channel[],
  audience: Audience | null = null,
): Resettability {
  if (!user.enabled) return { skip: 'DISABLED' };
  const skip = (user.status && SKIPPED_STATUSES[user.status]) ?? outsideOfAudience(user, audience);
  if (skip !== undefined) return { skip };
  if (isAmbiguous(user)) return { skip: 'AMBIGUOUS_NAME' };
  const channel = recovery.find((name) => user.verified.includes(name) && !user.mfa.includes(name));
  return channel === undefined ? { skip: 'NO_VERIFIED_CONTACT' } : { channel };
}

/** Whether the user name could be the `sub` of another user, whom a call by this name could reach instead. */
function isAmbiguous({ sub, username }: PoolUser): boolean {
  return formOf(username) === 'uuid' && username.toLowerCase() !== sub.toLowerCase();
}

/** Why a user who could be reset is none of those whom the campaign is for. */
function outsideOfAudience({ status }: PoolUser, audience: Audience | null): SkipReason | undefined {
  const isResetRequired = status === 'RESET_REQUIRED';
  if (audience === 'RESET_REQUIRED') return isResetRequired ? undefined : 'NOT_RESET_REQUIRED';
  return isResetRequired ? 'ALREADY_RESET_REQUIRED' : undefined;
}
