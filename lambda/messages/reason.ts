/** Every word that the trigger logs as the reason why a message is not the one that a template describes. */
export const REASONS = [
  // The template or what is put into it.
  'UnknownTemplate',
  'MissingValue',
  'ValueTooLong',
  'MessageTooLong',
  // The signature.
  'MalformedToken',
  'TokenTooOld',
  'TokenFromTheFuture',
  'MalformedMetadata',
  'NoNameOfThisForm',
  'InvalidMac',
  // The key could not be used, or the trigger has a fault.
  'Unverifiable',
  'Unexpected',
] as const;

export type Reason = (typeof REASONS)[number];
