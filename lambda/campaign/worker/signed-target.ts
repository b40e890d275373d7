import type { ResetTarget } from '../../shared/reset-target';
import { Sensitive } from '../../shared/sensitive';
import type { Signer } from '../../shared/signing/signer';

/** How long a signature is reused, in milliseconds. The custom message trigger accepts it for five minutes. */
const SIGNATURE_LIFETIME = 60_000;

/** The target of one user's reset, and the signed copy of it, which is reused when the reset is retried soon. */
export class SignedTarget {
  readonly unsigned: ResetTarget;
  #signed: { readonly target: ResetTarget; readonly signedAt: number } | undefined;

  constructor(sub: string, clientMetadata: Readonly<Record<string, string>>) {
    this.unsigned = { username: new Sensitive(sub), clientMetadata: new Sensitive(clientMetadata) };
  }

  /** Resolves to the signed target. Rejects when it cannot be signed. */
  async sign(signer: Signer, userPoolId: string): Promise<ResetTarget> {
    const now = Date.now();
    if (this.#signed === undefined || now - this.#signed.signedAt >= SIGNATURE_LIFETIME)
      this.#signed = { target: await signer.sign(this.unsigned, userPoolId), signedAt: now };
    return this.#signed.target;
  }
}
