import { createHash, createHmac } from 'node:crypto';
import { Agent, request } from 'node:https';

/** The calls of the reset function without the SDK: what no function can be faster than. */
const { env } = process;
const REGION = 'us-east-1';
const SERVICE = 'cognito-idp';
const endpoint = new URL(env.AWS_ENDPOINT_URL ?? `https://${SERVICE}.${REGION}.amazonaws.com`);
const agent = new Agent({ keepAlive: true });

export async function handler({ username: Username }: { username: string }) {
  const body = JSON.stringify({ UserPoolId: env.USER_POOL_ID, Username });
  await call('AdminResetUserPassword', body);
  if (env.GLOBAL_SIGN_OUT === 'true') await call('AdminUserGlobalSignOut', body);
}

function call(operation: string, body: string): Promise<void> {
  const headers = sign(
    {
      'content-type': 'application/x-amz-json-1.1',
      host: endpoint.host,
      'x-amz-date': `${new Date().toISOString().replace(/[-:]|\.\d+/g, '')}`,
      'x-amz-target': `AWSCognitoIdentityProviderService.${operation}`,
    },
    body,
  );
  return new Promise((resolve, reject) => {
    request(endpoint, { method: 'POST', headers, agent }, (response) => {
      const chunks: Buffer[] = [];
      response
        .on('data', (chunk) => chunks.push(chunk))
        .on('end', () => {
          const answer = JSON.parse(Buffer.concat(chunks).toString());
          if (response.statusCode === 200) resolve();
          else reject(new Error(answer.__type));
        });
    })
      .on('error', reject)
      .end(body);
  });
}

/** Signature Version 4. The names of the headers are in order. */
function sign(headers: Record<string, string>, body: string): Record<string, string> {
  const hash = (text: string) => createHash('sha256').update(text).digest('hex');
  const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
  const time = headers['x-amz-date'] ?? '';
  const names = Object.keys(headers).join(';');
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`);
  const canonical = ['POST', '/', '', lines.join(''), names, hash(body)].join('\n');
  const scope = [time.slice(0, 8), REGION, SERVICE, 'aws4_request'];
  const key = scope.reduce<string | Buffer>(hmac, `AWS4${env.AWS_SECRET_ACCESS_KEY}`);
  const signature = hmac(key, ['AWS4-HMAC-SHA256', time, scope.join('/'), hash(canonical)].join('\n')).toString('hex');
  const credential = `${env.AWS_ACCESS_KEY_ID}/${scope.join('/')}`;
  return {
    ...headers,
    authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names}, Signature=${signature}`,
  };
}
