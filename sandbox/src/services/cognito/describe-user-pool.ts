import type { Json } from '../../model';
import type { Backend } from './backend';

/** What the description of a pool repeats of its template as it is. */
const REPEATED = [
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
export async function describeUserPool(backend: Backend, input: { UserPoolId: string }): Promise<Json> {
  const pool = backend.pool(input.UserPoolId);
  const { properties } = pool.definition;
  const { UserPool } = await backend.route('DescribeUserPool', input);
  const repeated = REPEATED.filter((name) => properties[name] !== undefined).map((name) => [name, properties[name]]);
  return {
    UserPool: {
      ...(UserPool as Json),
      ...Object.fromEntries(repeated),
      Policies: { ...(properties.Policies as Json | undefined), PasswordPolicy: pool.passwordPolicy },
      EstimatedNumberOfUsers: pool.size,
    },
  };
}
