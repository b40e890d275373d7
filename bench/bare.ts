import {
  AdminResetUserPasswordCommand,
  CognitoIdentityProviderClient,
} from '@aws-sdk/client-cognito-identity-provider';

/** The minimal handwritten function, which warm calls are compared with. It also keeps no connection alive. */
const client = new CognitoIdentityProviderClient({
  requestHandler: { httpAgent: { keepAlive: false }, httpsAgent: { keepAlive: false } },
});

export async function handler({ username }: { username: string }) {
  await client.send(new AdminResetUserPasswordCommand({ UserPoolId: process.env.USER_POOL_ID, Username: username }), {
    abortSignal: AbortSignal.timeout(20_000),
  });
}
