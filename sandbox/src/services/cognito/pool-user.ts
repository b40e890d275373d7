import type { User } from 'cognito-local/lib/services/userPoolService';

/** A user as `cognito-local` stores it, plus the fields that `cognito-local` lacks. */
export interface PoolUser extends User {
  /** The code of the last password reset. */
  readonly ResetCode?: { readonly value: string; readonly expiresAt: number };
}

export function attributeOf(user: User, name: string): string | undefined {
  return user.Attributes.find((attribute) => attribute.Name === name)?.Value;
}

/** Every call of `cognito-local` needs a context; this one logs nothing. */
const silentLogger = { child: () => silentLogger, debug: () => {}, error: () => {}, info: () => {}, warn: () => {} };
export const COGNITO_LOCAL_CONTEXT = { logger: silentLogger };
