/** Why a signature was not verified. Anybody can send what is counted by these reasons, so the list is closed. */
export const SIGNATURE_REASONS = [
  'MalformedToken',
  'TokenTooOld',
  'TokenFromTheFuture',
  'MalformedMetadata',
  'NoNameOfThisForm',
  'InvalidMac',
  'SignatureUsed',
  // The signing key or the table of used signatures could not be used.
  'Unverifiable',
] as const;

export type SignatureReason = (typeof SIGNATURE_REASONS)[number];

/** The reasons that the custom message trigger logs when it does not use the requested template. */
export const REASONS = [
  // About the template and its values.
  'UnknownTemplate',
  'MissingValue',
  'UnsuitableValue',
  'ValueTooLong',
  'MessageTooLong',
  ...SIGNATURE_REASONS,
  // The trigger has a bug.
  'Unexpected',
] as const;

export type Reason = (typeof REASONS)[number];
