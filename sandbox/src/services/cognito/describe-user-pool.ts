import type { Json } from '../../model';
import { describesSmsMfa } from './assumptions';
import type { CognitoLocal } from './cognito-local';
import { stringList } from './indexed-user-pool';
import { USER_POOL_MEMBERS } from './user-pool-members';

/** What a user pool has and UpdateUserPool cannot change, under the name that a template or a test gives it. */
const FIXED_PROPERTIES = [
  'AliasAttributes',
  'CustomDomain',
  'Domain',
  'EmailConfigurationFailure',
  'SmsConfigurationFailure',
  'UsernameAttributes',
  'UsernameConfiguration',
] as const;

/** DescribeUserPool: the present properties of the user pool, and Cognito's defaults for the others. */
export async function describeUserPool(cognitoLocal: CognitoLocal, input: { UserPoolId: string }): Promise<Json> {
  const pool = cognitoLocal.pool(input.UserPoolId);
  const { properties } = pool.definition;
  const { UserPoolName: Name, ...members } = Object.fromEntries(
    Object.entries(USER_POOL_MEMBERS).map(([name, { whenGiven, default: byDefault }]) => {
      const value = properties[name];
      return [name, value === undefined ? byDefault : withDefaults(value, whenGiven ?? byDefault)];
    }),
  );
  return {
    UserPool: {
      ...members,
      ...Object.fromEntries(FIXED_PROPERTIES.map((name) => [name, properties[name]])),
      ...describedTexts(properties),
      Policies: { ...(members.Policies as Json), PasswordPolicy: pool.passwordPolicy },
      Id: pool.definition.userPoolId,
      Arn: pool.definition.userPoolArn,
      Name,
      CreationDate: pool.options.CreationDate,
      LastModifiedDate: pool.lastModified,
      SchemaAttributes: pool.options.SchemaAttributes,
      EstimatedNumberOfUsers: pool.size,
    },
  };
}

/** GetUserPoolMfaConfig. A template has what SetUserPoolMfaConfig sets among the properties of the user pool. */
export async function getUserPoolMfaConfig(cognitoLocal: CognitoLocal, input: { UserPoolId: string }): Promise<Json> {
  const { properties } = cognitoLocal.pool(input.UserPoolId).definition;
  const factors = stringList(properties.EnabledMfas);
  const { SmsAuthenticationMessage, SmsConfiguration, MfaConfiguration = 'OFF' } = properties;
  return {
    MfaConfiguration,
    SmsMfaConfiguration: describesSmsMfa(properties) ? { SmsAuthenticationMessage, SmsConfiguration } : undefined,
    SoftwareTokenMfaConfiguration: { Enabled: factors.includes('SOFTWARE_TOKEN_MFA') },
    EmailMfaConfiguration: factors.includes('EMAIL_OTP')
      ? { Message: properties.EmailAuthenticationMessage, Subject: properties.EmailAuthenticationSubject }
      : undefined,
    WebAuthnConfiguration: webAuthnConfiguration(properties),
  };
}

function webAuthnConfiguration(properties: Json): Json | undefined {
  const configuration = {
    RelyingPartyId: properties.WebAuthnRelyingPartyID,
    UserVerification: properties.WebAuthnUserVerification,
    FactorConfiguration: properties.WebAuthnFactorConfiguration,
  };
  return Object.values(configuration).some((value) => value !== undefined) ? configuration : undefined;
}

/** The texts of the verification messages are also answered under their former names. */
function describedTexts(properties: Json): Json {
  const template = (properties.VerificationMessageTemplate ?? {}) as Json;
  return {
    SmsVerificationMessage: template.SmsMessage ?? properties.SmsVerificationMessage,
    EmailVerificationMessage: template.EmailMessage ?? properties.EmailVerificationMessage,
    EmailVerificationSubject: template.EmailSubject ?? properties.EmailVerificationSubject,
  };
}

function withDefaults(value: unknown, defaults: unknown): unknown {
  return isObject(value) && isObject(defaults) ? { ...defaults, ...value } : value;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
