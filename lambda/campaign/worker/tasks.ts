import { RESET_ERROR_NAMES } from '../../../lib/contract/reset';
import { isClaimable, type LedgerRecord } from '../shared/ledger';
import type { BatchUser } from './batch-users';
import { Claim, type ClaimOptions } from './claim';
import { SignedTarget } from './signed-target';

/** For a user who was not reset yet. */
export interface ResetTask {
  readonly kind: 'RESET';
  readonly user: BatchUser;
  readonly claim: Claim;
  readonly target: SignedTarget;
  /** Attempts in which no connection to Cognito was made. */
  failedConnections: number;
}

/** For a user who was reset before, and whose sign-out failed. */
export interface SignOutTask {
  readonly kind: 'SIGN_OUT';
  readonly user: BatchUser;
  /** The invocation that claimed the reset. */
  readonly resetClaimant: string;
}

export type Task = ResetTask | SignOutTask;

/** What is still to be done for the users of a batch, according to the ledger. */
export function planTasks(
  users: readonly BatchUser[],
  records: ReadonlyMap<string, LedgerRecord>,
  claimOptions: ClaimOptions,
  clientMetadata: Readonly<Record<string, string>>,
): Task[] {
  // A user can be listed twice, on two pages. A second task would have the same claimant and send a second message.
  const distinct = new Map(users.map((user) => [user.sub, user]));
  return [...distinct.values()].flatMap((user): Task[] => {
    const record = records.get(user.sub);
    if (record?.status === 'DONE' && record.owesSignOut)
      return [{ kind: 'SIGN_OUT', user, resetClaimant: record.claimant }];
    if (!isClaimable(record) || wasRefused(record, claimOptions.run)) return [];
    const [claim, target] = [new Claim(claimOptions, user), new SignedTarget(user, clientMetadata)];
    return [{ kind: 'RESET', user, claim, target, failedConnections: 0 }];
  });
}

/** Whether Cognito refused the user in this run: a retry of the batch would be refused again, only the next run tries. */
function wasRefused(record: LedgerRecord | undefined, run: string): boolean {
  return record?.run === run && record.reason !== undefined && record.reason !== RESET_ERROR_NAMES.notSent;
}
