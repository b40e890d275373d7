/** The password of every user when the app starts. */
export const OLD_PASSWORD = 'Old-password-1';

/** A toll-free number in the account and Region where the sandbox runs an environment-agnostic stack. */
export const ORIGINATION_IDENTITY_ARN =
  'arn:aws:sms-voice:us-east-1:111122223333:phone-number/phone-0123456789abcdef0123456789abcdef';

/** The users of the app, each in another state. */
export const USERS = [
  { username: 'user', about: 'confirmed, with a verified email address', email_verified: 'true' },
  {
    username: 'arabic-user',
    about: 'confirmed, with a verified email address and the locale ar',
    email_verified: 'true',
    locale: 'ar',
  },
  {
    username: 'sms-user',
    about: 'confirmed, with a verified phone number and no verified email address',
    email_verified: 'false',
    phone_number: '+12065550123',
  },
  { username: 'disabled-user', about: 'disabled', email_verified: 'true', enabled: false },
  {
    username: 'invited-user',
    about: 'never signed in (FORCE_CHANGE_PASSWORD)',
    email_verified: 'true',
    status: 'FORCE_CHANGE_PASSWORD',
  },
  {
    username: 'unreachable-user',
    about: 'confirmed, without a verified email address or phone number',
    email_verified: 'false',
  },
] as const;
