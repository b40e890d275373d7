import type { Json } from '../../model';
import { adminOnlyError, SIMULATED_DESTINATION } from './assumptions';
import { invalidParameterError } from './cognito-errors';
import { attributeOf, type PoolUser } from './pool-user';

/** The destination of a message, with the field names of CodeDeliveryDetails. */
export type Contact =
  | { readonly AttributeName: 'email'; readonly DeliveryMedium: 'EMAIL'; readonly Destination: string }
  | { readonly AttributeName: 'phone_number'; readonly DeliveryMedium: 'SMS'; readonly Destination: string };

const RECOVERY_MECHANISMS = {
  verified_email: { AttributeName: 'email', DeliveryMedium: 'EMAIL', mfa: 'EMAIL_OTP' },
  verified_phone_number: { AttributeName: 'phone_number', DeliveryMedium: 'SMS', mfa: 'SMS_MFA' },
} as const;

type RecoveryMechanism = keyof typeof RECOVERY_MECHANISMS | 'admin_only';

/** Without AccountRecoverySetting AWS prefers SMS, and also sends to a contact that the user has for MFA. */
const DEFAULT_MECHANISMS: readonly RecoveryMechanism[] = ['verified_phone_number', 'verified_email'];

/** The contact that receives the reset code. Throws Cognito's error if there is none. */
export function recoveryContact(properties: Json, user: PoolUser): Contact {
  if (recoveryMechanisms(properties).includes('admin_only')) throw adminOnlyError();
  const contact = findRecoveryContact(properties, user);
  if (contact === undefined) {
    throw invalidParameterError(
      'Cannot reset password for the user as there is no registered/verified email or phone_number',
    );
  }
  return contact;
}

export function findRecoveryContact(properties: Json, user: PoolUser): Contact | undefined {
  const lookAtMfa = configuredRecoveryMechanisms(properties) !== undefined;
  for (const mechanism of recoveryMechanisms(properties)) {
    if (mechanism === 'admin_only') continue;
    const { mfa, ...channel } = RECOVERY_MECHANISMS[mechanism];
    if (lookAtMfa && user.UserMFASettingList?.includes(mfa)) continue;
    const Destination = attributeOf(user, channel.AttributeName);
    const verified = attributeOf(user, `${channel.AttributeName}_verified`) === 'true';
    if (verified && Destination !== undefined) return { ...channel, Destination };
  }
  return undefined;
}

/** The CodeDeliveryDetails of a response, in which the destination is masked. */
export function maskedDeliveryDetails(contact: Contact): Json {
  const { Destination } = contact;
  const [name, domain] = Destination.split('@');
  return {
    ...contact,
    Destination:
      contact.DeliveryMedium === 'SMS'
        ? `+${'*'.repeat(Math.max(Destination.length - 5, 1))}${Destination.slice(-4)}`
        : `${name.charAt(0)}***@${domain?.charAt(0) ?? ''}***`,
  };
}

/** The CodeDeliveryDetails that hide that a user does not exist or cannot receive a code. */
export function simulatedDeliveryDetails(properties: Json): Json {
  const mechanism = recoveryMechanisms(properties).find((name) => name !== 'admin_only') ?? 'verified_email';
  const { AttributeName, DeliveryMedium } = RECOVERY_MECHANISMS[mechanism];
  return { AttributeName, DeliveryMedium, Destination: SIMULATED_DESTINATION[DeliveryMedium] };
}

function recoveryMechanisms(properties: Json): readonly RecoveryMechanism[] {
  return configuredRecoveryMechanisms(properties) ?? DEFAULT_MECHANISMS;
}

function configuredRecoveryMechanisms(properties: Json): readonly RecoveryMechanism[] | undefined {
  const setting = properties.AccountRecoverySetting as
    | { RecoveryMechanisms?: readonly { Name: RecoveryMechanism; Priority: number }[] }
    | undefined;
  return setting?.RecoveryMechanisms?.toSorted((a, b) => a.Priority - b.Priority).map(({ Name }) => Name);
}
