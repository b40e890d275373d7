import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';

/** A client for reading a user pool, which may be in another Region than the function. */
export function createUserPoolReader(userPoolId: string): CognitoIdentityProviderClient {
  return new CognitoIdentityProviderClient({
    region: userPoolId.split('_', 1)[0],
    // Reading again does no harm, and throttling passes: the quotas are shared with the application.
    maxAttempts: 8,
    retryMode: 'standard',
    requestHandler: {
      connectionTimeout: 3_000,
      requestTimeout: 10_000,
      throwOnRequestTimeout: true,
      socketTimeout: 10_000,
    },
  });
}
