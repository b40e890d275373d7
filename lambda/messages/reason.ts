/** The reasons that the custom message trigger logs when it does not use the requested template. */
export const REASONS = [
  // About the template and its values.
  'UnknownTemplate',
  'MissingValue',
  'UnsuitableValue',
  'ValueTooLong',
  'MessageTooLong',
  // About the signature: the reset is unverified.
  'MalformedToken',
  'TokenTooOld',
  'TokenFromTheFuture',
  'MalformedMetadata',
  'NoNameOfThisForm',
  'InvalidMac',
  'SignatureUsed',
  // The signing key or the table of used signatures could not be used, or the trigger has a bug.
  'Unverifiable',
  'Unexpected',
] as const;

export type Reason = (typeof REASONS)[number];
