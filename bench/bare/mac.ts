import { GenerateMacCommand, KMSClient, VerifyMacCommand } from '@aws-sdk/client-kms';

/** One call for a message authentication code. */
const shared = {
  KeyId: process.env.SIGNING_KEY_ARN,
  MacAlgorithm: 'HMAC_SHA_256',
  Message: Buffer.alloc(80),
} as const;
const kms = new KMSClient({});

export async function generate(): Promise<string> {
  const { Mac = [] } = await kms.send(new GenerateMacCommand(shared));
  return Buffer.from(Mac).toString('base64url');
}

export async function verify(): Promise<boolean | undefined> {
  return (await kms.send(new VerifyMacCommand({ ...shared, Mac: Buffer.alloc(32) }))).MacValid;
}
