/** A failure, in a text that CloudFormation shows. It names fields of the user pool, and none of their values but ARNs. */
export class AttachmentError extends Error {
  override readonly name = 'AttachmentError';

  /** @param written whether the user pool may have been written */
  constructor(
    message: string,
    readonly written = false,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** How to go on when the function cannot write the user pool. */
export const BY_HAND = 'leave out attach and set the trigger by hand: see docs/imported-pools.md';
