import type { User } from 'cognito-local/lib/services/userPoolService';

/** A user as `cognito-local` keeps it, with what it has no field for. */
export interface PoolUser extends User {
  /** The last code that a password reset sent. */
  readonly ResetCode?: { readonly value: string; readonly expiresAt: number };
}

export function attributeOf(user: User, name: string): string | undefined {
  return user.Attributes.find((attribute) => attribute.Name === name)?.Value;
}

/** The context that every call into `cognito-local` takes; it must not print anything. */
const silentLogger = { child: () => silentLogger, debug: () => {}, error: () => {}, info: () => {}, warn: () => {} };
export const COGNITO_LOCAL_CONTEXT = { logger: silentLogger };
