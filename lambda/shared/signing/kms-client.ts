import { KMSClient } from '@aws-sdk/client-kms';

/** Leaves time for a second attempt within what either function waits for KMS. In milliseconds. */
const CONNECTION_TIMEOUT = 500;

/** A client for calls with one key, which may be in another Region than the function. */
export function createKmsClient(keyArn: string): KMSClient {
  return new KMSClient({
    region: keyArn.split(':')[3],
    maxAttempts: 2,
    retryMode: 'standard',
    requestHandler: {
      connectionTimeout: CONNECTION_TIMEOUT,
      // A socket kept across a freeze of the function may be dead.
      httpAgent: { keepAlive: false },
      httpsAgent: { keepAlive: false },
    },
  });
}
