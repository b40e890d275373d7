import {
  AdminResetUserPasswordCommand,
  AdminUserGlobalSignOutCommand,
  CognitoIdentityProviderClient,
} from '@aws-sdk/client-cognito-identity-provider';

/** The calls of the reset function as anybody would write them, with the default connections of the SDK. */
const { env } = process;
const UserPoolId = env.USER_POOL_ID;
const cognito = new CognitoIdentityProviderClient({});
const record = env.IDEMPOTENCY_TABLE_NAME === undefined ? undefined : import('./record.js');
const mac = env.SIGNING_KEY_ARN === undefined ? undefined : import('./mac.js');

export async function handler({ username: Username }: { username: string }) {
  await (await record)?.create();
  const token = await (await mac)?.generate();
  await cognito.send(
    new AdminResetUserPasswordCommand({ UserPoolId, Username, ClientMetadata: token === undefined ? {} : { token } }),
    { abortSignal: AbortSignal.timeout(20_000) },
  );
  await (await record)?.complete();
  if (env.GLOBAL_SIGN_OUT === 'true') await cognito.send(new AdminUserGlobalSignOutCommand({ UserPoolId, Username }));
}
