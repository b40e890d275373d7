import { randomBytes } from 'node:crypto';
import { ServiceError } from '../../model';

/** The password policy of a user pool, with the property names of its template. */
export interface PasswordPolicy {
  readonly MinimumLength: number;
  readonly RequireLowercase: boolean;
  readonly RequireUppercase: boolean;
  readonly RequireNumbers: boolean;
  readonly RequireSymbols: boolean;
  readonly TemporaryPasswordValidityDays: number;
}

const DEFAULT_POLICY: PasswordPolicy = {
  MinimumLength: 8,
  RequireLowercase: true,
  RequireUppercase: true,
  RequireNumbers: true,
  RequireSymbols: true,
  TemporaryPasswordValidityDays: 7,
};

const NOTHING_REQUIRED: PasswordPolicy = {
  ...DEFAULT_POLICY,
  RequireLowercase: false,
  RequireUppercase: false,
  RequireNumbers: false,
  RequireSymbols: false,
};

/**
 * Cognito's default policy if the template has none. A property that the template's policy omits is not required, and 0 days
 * are the default.
 */
export function passwordPolicyOf(fromTemplate: Partial<PasswordPolicy> | undefined): PasswordPolicy {
  if (fromTemplate === undefined) return DEFAULT_POLICY;
  const { TemporaryPasswordValidityDays: days } = fromTemplate;
  const TemporaryPasswordValidityDays = days || DEFAULT_POLICY.TemporaryPasswordValidityDays;
  return { ...NOTHING_REQUIRED, ...fromTemplate, TemporaryPasswordValidityDays };
}

/** Throws InvalidPasswordException with the first rule that the password breaks. */
export function validatePassword(policy: PasswordPolicy, password: string): void {
  const reason = [
    { broken: password.length < policy.MinimumLength, text: 'Password not long enough' },
    { broken: policy.RequireUppercase && !/[A-Z]/.test(password), text: 'Password must have uppercase characters' },
    { broken: policy.RequireLowercase && !/[a-z]/.test(password), text: 'Password must have lowercase characters' },
    { broken: policy.RequireNumbers && !/[0-9]/.test(password), text: 'Password must have numeric characters' },
    { broken: policy.RequireSymbols && !SYMBOL.test(password), text: 'Password must have symbol characters' },
  ].find(({ broken }) => broken);
  if (reason !== undefined) {
    throw new ServiceError('InvalidPasswordException', `Password did not conform with policy: ${reason.text}`);
  }
}

/** A password that meets every policy of that minimum length. */
export function generateTemporaryPassword(policy: PasswordPolicy): string {
  return `aA1!${randomBytes(policy.MinimumLength).toString('hex')}`;
}

/** @see https://docs.aws.amazon.com/cognito/latest/developerguide/managing-users-passwords.html */
const SYMBOL = /[\^$*.[\]{}()?"!@#%&/\\,><':;|_~`=+-]|\S +\S/;
