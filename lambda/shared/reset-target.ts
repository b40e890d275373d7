import type { Sensitive } from './sensitive';

/** What a call of AdminResetUserPassword is about: the user, and the ClientMetadata that reaches the triggers. */
export interface ResetTarget {
  readonly username: Sensitive<string>;
  readonly clientMetadata?: Sensitive<Readonly<Record<string, string>>>;
}
