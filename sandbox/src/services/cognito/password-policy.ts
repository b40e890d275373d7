import { ServiceError } from '../../model';

/** The password policy of a user pool, as its template names it. */
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

/** Cognito's default policy when a template has none; what a template's policy leaves out is not required. */
export function passwordPolicyOf(fromTemplate: Partial<PasswordPolicy> | undefined): PasswordPolicy {
  return fromTemplate === undefined ? DEFAULT_POLICY : { ...NOTHING_REQUIRED, ...fromTemplate };
}

/** Refuses a password that the policy does not allow, with the first reason found. */
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

/** @see https://docs.aws.amazon.com/cognito/latest/developerguide/managing-users-passwords.html */
const SYMBOL = /[\^$*.[\]{}()?"!@#%&/\\,><':;|_~`=+-]|\S +\S/;
