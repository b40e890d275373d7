import {
  AdminResetUserPasswordCommand,
  CognitoIdentityProviderClient,
} from '@aws-sdk/client-cognito-identity-provider';

/** What people write by hand, with connections that are not kept over a freeze: the mark for a warm call. */
const client = new CognitoIdentityProviderClient({
  requestHandler: { httpAgent: { keepAlive: false }, httpsAgent: { keepAlive: false } },
});

export async function handler({ username }: { username: string }) {
  await client.send(new AdminResetUserPasswordCommand({ UserPoolId: process.env.USER_POOL_ID, Username: username }), {
    abortSignal: AbortSignal.timeout(20_000),
  });
}
