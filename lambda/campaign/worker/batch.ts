import type { Logger } from '@aws-lambda-powertools/logger';
import { RESET_ERROR_NAMES } from '../../../lib/contract/reset';
import type { ResetTarget } from '../../shared/reset-target';
import type { Signer } from '../../shared/signing/signer';
import type { UserPool } from '../../shared/user-pool';
import { errorNameOf } from '../shared/campaign-error';
import type { Ledger } from '../shared/ledger';
import type { BatchUser } from './batch-users';
import type { Confirmation } from './confirmation';
import { Halt } from './halt';
import { type Pacer, waitForSlot } from './pacer';
import { classifyResponse, type ResetResponse } from './reset-response';
import { planTasks, type ResetTask, type SignOutTask, type Task } from './tasks';

/** The most users that are processed at once. */
const MAX_IN_FLIGHT = 200;

/** The time that must be left to start with a user, in milliseconds: a reset, its record and most of a sign-out. */
const TIME_NEEDED = 26_000;

/** How often a reset is attempted when no connection to Cognito is made. */
const MAX_CONNECTION_ATTEMPTS = 5;

/** After so many failures of the ledger in a row, the batch stops. */
const MAX_LEDGER_FAILURES = 10;

export interface BatchDependencies {
  readonly userPool: UserPool;
  readonly ledger: Ledger;
  readonly pacer: Pacer;
  readonly confirmation: Confirmation;
  /** Undefined when no custom message trigger of this library reads the ClientMetadata. */
  readonly signer: Signer | undefined;
  readonly failWithoutSignature: boolean;
  readonly globalSignOut: boolean;
  readonly logger: Logger;
}

/** The campaign run that a batch belongs to, and the invocation that works on it. */
export interface BatchAssignment {
  readonly campaignId: string;
  readonly run: string;
  /** The request id of the invocation. */
  readonly claimant: string;
  readonly clientMetadata: Readonly<Record<string, string>>;
  /** How many users the campaign is to reset. */
  readonly users: number;
}

/** What became of the users of a batch. */
export interface BatchCounts {
  reset: number;
  notSent: number;
  unknown: number;
  throttled: number;
  signedOut: number;
  unsigned: number;
  notConfirmed: number;
  /** Users that were not processed. Unless the run is halted, a retry of the batch must process them. */
  left: number;
  /** Set when the run is halted: the name of the refusal. */
  halted?: string;
}

/** Resets the users of one batch, each under a claim, at the pace that all workers share. */
export class Batch {
  readonly counts: BatchCounts = {
    reset: 0,
    notSent: 0,
    unknown: 0,
    throttled: 0,
    signedOut: 0,
    unsigned: 0,
    notConfirmed: 0,
    left: 0,
  };
  readonly #tools: BatchDependencies;
  readonly #assignment: BatchAssignment;
  readonly #remainingTime: () => number;
  readonly #halt: Halt;
  readonly #inFlight = new Set<Promise<void>>();
  #queue: Task[] = [];
  #ledgerFailures = 0;

  /** @param remainingTime of the batch, in milliseconds */
  constructor(tools: BatchDependencies, assignment: BatchAssignment, remainingTime: () => number) {
    this.#tools = tools;
    this.#assignment = assignment;
    this.#remainingTime = remainingTime;
    this.#halt = new Halt({ ...tools, ...assignment });
  }

  async run(users: readonly BatchUser[]): Promise<BatchCounts> {
    const { campaignId, clientMetadata } = this.#assignment;
    // A consistent read: an earlier attempt at the batch may just have released claims.
    const subs = users.map(({ sub }) => sub);
    const records = await this.#tools.ledger.findRecords(campaignId, subs, true);
    this.#queue = planTasks(users, records, { ...this.#tools, ...this.#assignment }, clientMetadata);
    // The users of a halted run are not claimed.
    await this.#mayCall();
    while (this.#queue.length > 0 || this.#inFlight.size > 0) {
      if (this.#queue.length === 0 || this.#inFlight.size >= MAX_IN_FLIGHT) {
        await Promise.race(this.#inFlight);
        continue;
      }
      const slot = await this.#nextSlot();
      if (slot === undefined) break;
      const task = this.#queue.shift();
      if (task !== undefined) this.#start(task, slot);
    }
    await Promise.all(this.#inFlight);
    await this.#releaseQueue();
    if (this.#halt.reason !== undefined) this.counts.halted = this.#halt.reason;
    return this.counts;
  }

  /** Undefined when the batch must stop: the users that are left are for a retry of the batch. */
  async #nextSlot(): Promise<number | undefined> {
    const { pacer } = this.#tools;
    const deadline = Date.now() + this.#remainingTime() - TIME_NEEDED;
    if (this.#ledgerFailures >= MAX_LEDGER_FAILURES || this.#halt.reason !== undefined) return undefined;
    try {
      return await pacer.nextSlot(this.#queue.length, deadline);
    } catch (error) {
      this.#warn('The ledger could not be used', error);
      return undefined;
    }
  }

  #start(task: Task, slot: number): void {
    const work = task.kind === 'SIGN_OUT' ? this.#signOutInSlot(task, slot) : this.#resetInSlot(task, slot);
    const done = work.finally(() => this.#inFlight.delete(done));
    this.#inFlight.add(done);
  }

  async #signOutInSlot(task: SignOutTask, slot: number): Promise<void> {
    if (await this.#waitForTurn(slot)) await this.#signOut(task.user, task.resetClaimant);
    else this.#queue.unshift(task);
  }

  async #resetInSlot(task: ResetTask, slot: number): Promise<void> {
    const target = await this.#prepare(task);
    if (target === undefined) return;
    // The slot may have been missed meanwhile. The next attempt renews the claim if it has become too old.
    if (!(await this.#waitForTurn(slot)) || !task.claim.coversResetStartingNow()) {
      this.#queue.unshift(task);
      return;
    }
    const response = classifyResponse(await this.#tools.userPool.tryReset(target));
    await this.#handleResponse(task, response);
  }

  /** Waits for the slot. Resolves to false when the call must not be made then. */
  async #waitForTurn(slot: number): Promise<boolean> {
    // The slot may have been missed while the ledger was asked.
    return (await waitForSlot(slot)) && (await this.#mayCall()) && waitForSlot(slot);
  }

  /** Whether the run is not halted. If that is not known, no call may be made. */
  async #mayCall(): Promise<boolean> {
    try {
      const halted = await this.#halt.check();
      this.#ledgerFailures = 0;
      return !halted;
    } catch (error) {
      this.#ledgerFailures += 1;
      this.#warn('The ledger could not be used', error);
      return false;
    }
  }

  /** Claims the user and signs the target. Undefined when this attempt must not send anything. */
  async #prepare(task: ResetTask): Promise<ResetTarget | undefined> {
    try {
      if (!(await task.claim.ensure())) return undefined;
    } catch (error) {
      this.#ledgerFailures += 1;
      this.#warn('The ledger could not be used', error);
      this.#queue.push(task);
      return undefined;
    }
    const target = await this.#sign(task);
    if (target === undefined) await this.#endUnsent(task, RESET_ERROR_NAMES.notSent);
    return target;
  }

  /** Undefined when the target cannot be signed and must not be sent unsigned. */
  async #sign({ target }: ResetTask): Promise<ResetTarget | undefined> {
    const { signer, userPool, failWithoutSignature } = this.#tools;
    if (signer === undefined) return target.unsigned;
    try {
      return await target.sign(signer, userPool.id);
    } catch (error) {
      this.counts.unsigned += 1;
      this.#warn('The ClientMetadata could not be signed', error);
      return failWithoutSignature ? undefined : target.unsigned;
    }
  }

  async #handleResponse(task: ResetTask, response: ResetResponse): Promise<void> {
    const { pacer, globalSignOut } = this.#tools;
    if (response.kind === 'THROTTLED') pacer.noteThrottled();
    else pacer.noteAnswered();
    switch (response.kind) {
      case 'RESET': {
        const answeredAt = Date.now();
        this.counts.reset += 1;
        await task.claim.recordOutcome({ status: 'DONE', owesSignOut: globalSignOut });
        await this.#halt.noteReset();
        if (globalSignOut) await this.#signOut(task.user, this.#assignment.claimant);
        await this.#confirm(task.user, answeredAt);
        return;
      }
      case 'THROTTLED':
        this.counts.throttled += 1;
        // First in the queue, because the claim is held.
        this.#queue.unshift(task);
        return;
      case 'NOT_CONNECTED':
        task.failedConnections += 1;
        if (task.failedConnections < MAX_CONNECTION_ATTEMPTS) this.#queue.push(task);
        else await this.#endUnsent(task, response.errorName);
        return;
      case 'NOT_SENT':
        await Promise.all([this.#noteRefusal(task, response), this.#endUnsent(task, response.errorName)]);
        return;
      case 'UNKNOWN':
        this.counts.unknown += 1;
        await task.claim.recordOutcome({ status: 'UNKNOWN', reason: response.errorName });
    }
  }

  async #noteRefusal({ user: { sub } }: ResetTask, response: ResetResponse & { kind: 'NOT_SENT' }): Promise<void> {
    const { errorName, haltsAfter } = response;
    if (haltsAfter !== undefined) await this.#halt.noteRefusal(sub, errorName, haltsAfter);
  }

  async #endUnsent({ claim }: ResetTask, reason: string): Promise<void> {
    this.counts.notSent += 1;
    await claim.recordOutcome({ status: 'NOT_SENT', reason });
  }

  /** Signs out a user who was reset. If that fails, the ledger and the report still say that the sign-out is owed. */
  async #signOut({ sub, username }: BatchUser, resetClaimant: string): Promise<void> {
    const { userPool, ledger } = this.#tools;
    try {
      await userPool.globalSignOut({ username }, this.#remainingTime);
      this.counts.signedOut += 1;
      const from = { claimant: resetClaimant, status: 'DONE' } as const;
      await ledger.recordOutcome(this.#assignment.campaignId, sub, from, { status: 'DONE', owesSignOut: false });
    } catch {
      // The next run signs the user out.
    }
  }

  async #releaseQueue(): Promise<void> {
    this.counts.left = this.#queue.length;
    await Promise.all(this.#queue.map((task) => (task.kind === 'RESET' ? task.claim.release() : undefined)));
  }

  /** Looks up a user who was reset, and writes what was found. Whether that succeeds changes nothing for the user. */
  async #confirm(user: BatchUser, answeredAt: number): Promise<void> {
    const { confirmation, ledger } = this.#tools;
    const { campaignId, claimant, users } = this.#assignment;
    const confirmed = await confirmation.check({ user, answeredAt }, users, this.#remainingTime);
    if (confirmed === undefined) return;
    if (!confirmed) this.counts.notConfirmed += 1;
    try {
      await ledger.recordConfirmation(campaignId, user.sub, claimant, confirmed);
    } catch (error) {
      this.#warn('A confirmation could not be written to the ledger', error);
    }
  }

  #warn(message: string, error: unknown): void {
    this.#tools.logger.warn(message, { errorName: errorNameOf(error) });
  }
}
