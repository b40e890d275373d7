import type { AttributeType, UserStatusType, UserType } from '@aws-sdk/client-cognito-identity-provider';
import type { Channel, SkipReason } from '../../../lib/contract/campaign';

/** What listing looks at: nothing that could be used to reach or name a user. */
export const LISTED_ATTRIBUTES = ['sub', 'email_verified', 'phone_number_verified'];

/** A user as the pool describes it, however it was asked. */
export interface PoolUser {
  readonly sub: string;
  readonly enabled: boolean;
  readonly status: UserStatusType | undefined;
  readonly verified: readonly Channel[];
  /** The channels of a second factor, where they are known. */
  readonly mfa: readonly Channel[];
}

/** Users in these states cannot be reset, or need not be. */
const STATUSES: Partial<Record<UserStatusType, SkipReason>> = {
  EXTERNAL_PROVIDER: 'EXTERNAL_PROVIDER',
  FORCE_CHANGE_PASSWORD: 'FORCE_CHANGE_PASSWORD',
  RESET_REQUIRED: 'ALREADY_RESET_REQUIRED',
};

const MFA_CHANNELS: Readonly<Record<string, Channel>> = { EMAIL_OTP: 'EMAIL', SMS_MFA: 'SMS' };

/** Undefined for a user without a `sub`, which there should be none of. */
export function describeUser(
  user: Pick<UserType, 'Enabled' | 'UserStatus'>,
  attributes: readonly AttributeType[] = [],
  mfaSettings: readonly string[] = [],
): PoolUser | undefined {
  const attribute = (name: string) => attributes.find(({ Name }) => Name === name)?.Value;
  const sub = attribute('sub');
  if (sub === undefined) return undefined;
  const verified = (name: string) => attribute(name) === 'true';
  return {
    sub,
    enabled: user.Enabled !== false,
    status: user.UserStatus,
    verified: [
      ...(verified('email_verified') ? (['EMAIL'] as const) : []),
      ...(verified('phone_number_verified') ? (['SMS'] as const) : []),
    ],
    mfa: mfaSettings.flatMap((setting) => MFA_CHANNELS[setting] ?? []),
  };
}

/** One of the two. */
export interface Resettability {
  readonly channel?: Channel;
  readonly skip?: SkipReason;
}

/**
 * How a code would reach the user, or why the user is not reset. A channel that is a second factor does not count.
 *
 * @param recovery the channels of the pool, the preferred one first
 */
export function resettability(user: PoolUser, recovery: readonly Channel[]): Resettability {
  if (!user.enabled) return { skip: 'DISABLED' };
  const skip = user.status && STATUSES[user.status];
  if (skip !== undefined) return { skip };
  const channel = recovery.find((name) => user.verified.includes(name) && !user.mfa.includes(name));
  return channel === undefined ? { skip: 'NO_VERIFIED_CONTACT' } : { channel };
}
