import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { HttpHandler } from '../../shared/http-handler';

/** Creates a client that reads a user pool, which may be in another Region than the function. */
export function createUserPoolReader(userPoolId: string): CognitoIdentityProviderClient {
  return new CognitoIdentityProviderClient({
    region: userPoolId.split('_', 1)[0],
    // Reads are safe to retry, and throttling is likely: the application shares the quotas.
    maxAttempts: 8,
    retryMode: 'standard',
    requestHandler: new HttpHandler({
      connectionTimeout: 3_000,
      requestTimeout: 10_000,
      throwOnRequestTimeout: true,
      socketTimeout: 10_000,
    }),
  });
}
