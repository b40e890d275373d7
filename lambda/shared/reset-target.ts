import type { Sensitive } from './sensitive';

/** What AdminResetUserPassword is called with: the user, and the ClientMetadata that Cognito passes to triggers. */
export interface ResetTarget {
  readonly username: Sensitive<string>;
  readonly clientMetadata?: Sensitive<Readonly<Record<string, string>>>;
}
