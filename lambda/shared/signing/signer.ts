import { randomBytes } from 'node:crypto';
import { GenerateMacCommand, type KMSClient } from '@aws-sdk/client-kms';
import { RESERVED_METADATA_KEY } from '../../../lib/contract/reset';
import type { ResetTarget } from '../reset-target';
import { Sensitive } from '../sensitive';
import { createKmsClient } from './kms-client';
import { foldName, formOf, MAC_ALGORITHM, messageToSign, type Token, writeToken } from './token';

/** How long signing may take with retries, in milliseconds. Most of the invocation is for the call of Cognito. */
const TIMEOUT = 1_500;

/** Signs ClientMetadata with the signing key, so that the custom message trigger can verify where it comes from. */
export class Signer {
  readonly #keyArn: string;
  readonly #caseInsensitive: boolean;
  readonly #client: KMSClient;

  /** @param caseInsensitive whether the user pool has case-insensitive user names */
  constructor(keyArn: string, caseInsensitive: boolean) {
    this.#keyArn = keyArn;
    this.#caseInsensitive = caseInsensitive;
    this.#client = createKmsClient(keyArn);
  }

  /** Resolves to the target with a token in its ClientMetadata. Rejects when KMS fails or does not respond in time. */
  async sign<Target extends ResetTarget>(target: Target, userPoolId: string): Promise<Target> {
    const username = target.username.reveal();
    const metadata = target.clientMetadata?.reveal() ?? {};
    const token: Token = {
      time: Date.now(),
      nonce: randomBytes(16).toString('base64url'),
      form: formOf(username),
      folded: this.#caseInsensitive,
    };
    const { Mac } = await this.#client.send(
      new GenerateMacCommand({
        KeyId: this.#keyArn,
        MacAlgorithm: MAC_ALGORITHM,
        Message: messageToSign(userPoolId, token, foldName(username, token.folded), metadata),
      }),
      { abortSignal: AbortSignal.timeout(TIMEOUT) },
    );
    if (Mac === undefined) {
      throw new Error('the response of KMS has no MAC');
    }
    return {
      ...target,
      clientMetadata: new Sensitive({ ...metadata, [RESERVED_METADATA_KEY]: writeToken(token, Mac) }),
    };
  }
}
