import { KMSClient } from '@aws-sdk/client-kms';
import { HttpHandler } from '../http-handler';

/** In milliseconds. Short enough for a second attempt within the time that the functions wait for KMS. */
const CONNECTION_TIMEOUT = 500;

/** Creates a client for calls with one key, which may be in another Region than the function. */
export function createKmsClient(keyArn: string): KMSClient {
  return new KMSClient({
    region: keyArn.split(':')[3],
    maxAttempts: 2,
    retryMode: 'standard',
    requestHandler: new HttpHandler({ connectionTimeout: CONNECTION_TIMEOUT }),
  });
}
