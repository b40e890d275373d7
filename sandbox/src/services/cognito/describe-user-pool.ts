import type { Json } from '../../model';
import type { CognitoLocal } from './cognito-local';

/** What the description of a pool repeats of its template as it is. */
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

/** DescribeUserPool: the defaults of `cognito-local` under what the template says. */
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
