import type { Json } from '../../model';
import type { CognitoLocal } from './cognito-local';

/** The properties that DescribeUserPool returns as they are in the template. */
const COPIED_PROPERTIES = [
  'AccountRecoverySetting',
  'AdminCreateUserConfig',
  'AliasAttributes',
  'AutoVerifiedAttributes',
  'DeletionProtection',
  'DeviceConfiguration',
  'EmailConfiguration',
  'EmailVerificationMessage',
  'EmailVerificationSubject',
  'LambdaConfig',
  'MfaConfiguration',
  'SmsAuthenticationMessage',
  'SmsConfiguration',
  'SmsVerificationMessage',
  'UserAttributeUpdateSettings',
  'UsernameAttributes',
  'UsernameConfiguration',
  'UserPoolAddOns',
  'UserPoolTags',
  'UserPoolTier',
  'VerificationMessageTemplate',
] as const;

/** DescribeUserPool: the properties of the template, and the defaults of `cognito-local` for the others. */
export async function describeUserPool(cognitoLocal: CognitoLocal, input: { UserPoolId: string }): Promise<Json> {
  const pool = cognitoLocal.pool(input.UserPoolId);
  const { properties } = pool.definition;
  const { UserPool } = await cognitoLocal.call('DescribeUserPool', input);
  const repeated = COPIED_PROPERTIES.filter((name) => properties[name] !== undefined).map((name) => [
    name,
    properties[name],
  ]);
  return {
    UserPool: {
      ...(UserPool as Json),
      ...Object.fromEntries(repeated),
      Policies: { ...(properties.Policies as Json | undefined), PasswordPolicy: pool.passwordPolicy },
      EstimatedNumberOfUsers: pool.size,
    },
  };
}
