import { randomBytes } from 'node:crypto';
import { GenerateMacCommand, type KMSClient } from '@aws-sdk/client-kms';
import { RESERVED_METADATA_KEY } from '../../../lib/contract/reset';
import type { ResetTarget } from '../reset-target';
import { Sensitive } from '../sensitive';
import { createKmsClient } from './kms-client';
import { foldName, formOf, MAC_ALGORITHM, messageToSign, type Token, writeToken } from './token';

/** How long signing may take in all: most of the invocation belongs to Cognito. In milliseconds. */
const TIMEOUT = 1_500;

/** Signs ClientMetadata with a KMS key, so that the trigger knows that it comes from here. */
export class Signer {
  readonly #keyArn: string;
  readonly #caseInsensitive: boolean;
  readonly #client: KMSClient;

  /** @param caseInsensitive whether the user pool takes `User` and `user` for the same name */
  constructor(keyArn: string, caseInsensitive: boolean) {
    this.#keyArn = keyArn;
    this.#caseInsensitive = caseInsensitive;
    this.#client = createKmsClient(keyArn);
  }

  /** The target with a token among its metadata. Throws when the key cannot be used, or not in time. */
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
      throw new Error('KMS answered without a MAC');
    }
    return {
      ...target,
      clientMetadata: new Sensitive({ ...metadata, [RESERVED_METADATA_KEY]: writeToken(token, Mac) }),
    };
  }
}
