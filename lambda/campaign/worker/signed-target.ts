import type { ResetTarget } from '../../shared/reset-target';
import { Sensitive } from '../../shared/sensitive';
import type { Signer } from '../../shared/signing/signer';
import type { BatchUser } from './batch-users';

/**
 * How long a signature is reused, in milliseconds. The custom message trigger accepts it for five minutes, and with
 * `singleUse` for 20 seconds after its first use.
 */
const SIGNATURE_LIFETIME = 15_000;

/**
 * The target of one user's reset, and the signed copy of it, which is reused when the reset is retried soon. Cognito is
 * called with the user name, and the signature is for the `sub`.
 */
export class SignedTarget {
  readonly unsigned: ResetTarget;
  readonly #sub: string;
  #signed: { readonly target: ResetTarget; readonly signedAt: number } | undefined;

  constructor({ sub, username }: BatchUser, clientMetadata: Readonly<Record<string, string>>) {
    this.#sub = sub;
    this.unsigned = { username, clientMetadata: new Sensitive(clientMetadata) };
  }

  /** Resolves to the signed target. Rejects when it cannot be signed. */
  async sign(signer: Signer, userPoolId: string): Promise<ResetTarget> {
    const now = Date.now();
    if (this.#signed === undefined || now - this.#signed.signedAt >= SIGNATURE_LIFETIME) {
      const { username, clientMetadata } = this.unsigned;
      const signed = await signer.sign({ username: new Sensitive(this.#sub), clientMetadata }, userPoolId);
      this.#signed = { target: { ...signed, username }, signedAt: now };
    }
    return this.#signed.target;
  }
}
