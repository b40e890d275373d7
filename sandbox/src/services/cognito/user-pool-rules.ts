import { type Json, ServiceError, type UserPoolDefinition } from '../../model';
import { canTurnMfaOn, EMAIL_TEXTS_NEED_SES, isSystemTag, MFA_WITHOUT_FACTOR } from './assumptions';
import { invalidParameterError } from './cognito-errors';
import { stringList } from './indexed-user-pool';
import { USER_POOL_MEMBERS } from './user-pool-members';

const MAX_TAGS = 50;

/** Throws Cognito's error for members of UpdateUserPool that do not go together, or not with the user pool. */
export function validateCombinations(request: Json, { properties, userPoolArn }: UserPoolDefinition): void {
  const reason =
    temporaryPasswordProblem(request, properties) ??
    verificationProblem(request, properties) ??
    emailProblem(request) ??
    smsProblem(request, userPoolArn) ??
    triggerProblem(request) ??
    acrProblem(request) ??
    mfaProblem(request, properties);
  if (reason !== undefined) throw invalidParameterError(reason);
  const keys = Object.keys(objectOf(request.UserPoolTags));
  if (keys.some(isSystemTag)) throw taggingError('aws: prefixed tag key names are not allowed for external use.');
  if (keys.length > MAX_TAGS) throw taggingError(`A user pool can have at most ${MAX_TAGS} tags.`);
}

/**
 * The two do not go together in one request, and a user pool that has set the one cannot set the other. A value of 0 counts
 * as not given.
 *
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_PasswordPolicyType.html
 * @see https://github.com/aws/aws-sdk-js/issues/3817
 */
function temporaryPasswordProblem({ AdminCreateUserConfig, Policies }: Json, present: Json): string | undefined {
  const validity = (policies: unknown) =>
    objectOf(objectOf(policies).PasswordPolicy).TemporaryPasswordValidityDays || undefined;
  const isSet = (validity(Policies) ?? validity(present.Policies)) !== undefined;
  return objectOf(AdminCreateUserConfig).UnusedAccountValidityDays && isSet
    ? 'Please use TemporaryPasswordValidityDays in PasswordPolicy instead of UnusedAccountValidityDays'
    : undefined;
}

/** @see https://github.com/aws/aws-cli/issues/7151 */
function verificationProblem(request: Json, present: Json): string | undefined {
  const template = objectOf(request.VerificationMessageTemplate);
  if (template.EmailMessage !== undefined && template.EmailMessageByLink !== undefined) {
    return 'VerificationMessageTemplate cannot have both EmailMessage and EmailMessageByLink.';
  }
  const settings = objectOf(request.UserAttributeUpdateSettings ?? present.UserAttributeUpdateSettings);
  const verified = stringList(request.AutoVerifiedAttributes);
  return stringList(settings.AttributesRequireVerificationBeforeUpdate).every((name) => verified.includes(name))
    ? undefined
    : 'All attributes in AttributesRequireVerificationBeforeUpdate must exist in AutoVerifiedAttributes';
}

function emailProblem({ EmailConfiguration, VerificationMessageTemplate }: Json): string | undefined {
  const { EmailSendingAccount, SourceArn } = objectOf(EmailConfiguration);
  const { EmailMessage, EmailMessageByLink } = objectOf(VerificationMessageTemplate);
  const hasText = (EmailMessage ?? EmailMessageByLink) !== undefined;
  if (EMAIL_TEXTS_NEED_SES && hasText && EmailSendingAccount !== 'DEVELOPER') {
    return 'The texts of email messages need EmailSendingAccount DEVELOPER.';
  }
  return EmailSendingAccount === 'DEVELOPER' && SourceArn === undefined
    ? 'EmailConfiguration with EmailSendingAccount DEVELOPER needs a SourceArn.'
    : undefined;
}

function smsProblem({ SmsConfiguration }: Json, userPoolArn: string): string | undefined {
  if (SmsConfiguration === undefined) return undefined;
  const { SnsCallerArn, EumsSms } = objectOf(SmsConfiguration);
  if ((SnsCallerArn === undefined) === (EumsSms === undefined)) {
    return 'SmsConfiguration needs either SnsCallerArn or EumsSms, and not both.';
  }
  const [, , , region] = userPoolArn.split(':');
  return (objectOf(EumsSms).Region ?? region) === region
    ? undefined
    : 'The Region of EumsSms must be the Region of the user pool.';
}

function triggerProblem({ LambdaConfig }: Json): string | undefined {
  const { PreTokenGeneration, PreTokenGenerationConfig, CustomEmailSender, CustomSMSSender, KMSKeyID } =
    objectOf(LambdaConfig);
  const { LambdaArn = PreTokenGeneration } = objectOf(PreTokenGenerationConfig);
  if (PreTokenGeneration !== undefined && PreTokenGeneration !== LambdaArn) {
    return 'PreTokenGeneration and the LambdaArn of PreTokenGenerationConfig must be identical.';
  }
  return (CustomEmailSender ?? CustomSMSSender) !== undefined && KMSKeyID === undefined
    ? 'CustomEmailSender and CustomSMSSender need a KMSKeyID.'
    : undefined;
}

/** Each name must be unique, including the default names of the levels that are left out. */
function acrProblem({ AcrConfiguration }: Json): string | undefined {
  const levels = { ...(USER_POOL_MEMBERS.AcrConfiguration?.default as Json), ...objectOf(AcrConfiguration) };
  const names = Object.values(levels).map((level) => objectOf(level).AcrValue);
  return new Set(names).size < names.length ? 'The names of the ACR levels must be unique.' : undefined;
}

/** @see https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/1176 */
function mfaProblem({ MfaConfiguration = 'OFF', SmsConfiguration }: Json, present: Json): string | undefined {
  if (MfaConfiguration === 'ON' && !canTurnMfaOn(present.MfaConfiguration)) {
    return 'Cannot turn MFA functionality ON, once the user pool has been created.';
  }
  const others = stringList(present.EnabledMfas).some((factor) => factor !== 'SMS_MFA');
  const passkeys = present.WebAuthnFactorConfiguration === 'MULTI_FACTOR_WITH_USER_VERIFICATION';
  const hasFactor = SmsConfiguration !== undefined || others || passkeys;
  return MfaConfiguration === 'OFF' || hasFactor ? undefined : MFA_WITHOUT_FACTOR;
}

function taggingError(message: string): ServiceError {
  return new ServiceError('UserPoolTaggingException', message);
}

function objectOf(value: unknown): Json {
  return (value ?? {}) as Json;
}
