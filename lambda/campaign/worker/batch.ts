import type { Logger } from '@aws-lambda-powertools/logger';
import { RESET_ERROR_NAMES } from '../../../lib/contract/reset';
import type { ResetTarget } from '../../shared/reset-target';
import { Sensitive } from '../../shared/sensitive';
import type { Signer } from '../../shared/signing/signer';
import type { ResetAnswer, ResetFailure, UserPool } from '../../shared/user-pool';
import { errorNameOf } from '../shared/campaign-error';
import { BEGIN_WITHIN, type Ending, isOpen, type Ledger, type LedgerRecord } from '../shared/ledger';
import { isSlotHit, type Pacer } from './pacer';

/** The most calls that are on their way at once. */
const MAX_IN_FLIGHT = 200;

/** What a reset that is begun may still take, with its record, and most of its sign-out, in milliseconds. */
const NEEDED = 26_000;

/** Refusals that are not of this user: everybody else would get the same. */
const REFUSALS_OF_ALL: readonly string[] = [
  'AccessDeniedException',
  'InvalidEmailRoleAccessPolicyException',
  'OperationNotEnabledException',
  'ResourceNotFoundException',
];

/** How long a signature is used, in milliseconds: the trigger takes it for five minutes. */
const SIGNATURE_HOLDS = 60_000;

/** How often a reset is tried whose connection was never made. */
const MAX_CONNECTIONS = 5;

/** Failures of the ledger in a row, after which it is given up. */
const MAX_LEDGER_FAILURES = 10;

/** What the work is done with. */
export interface BatchDependencies {
  readonly userPool: UserPool;
  readonly ledger: Ledger;
  readonly pace: Pacer;
  /** Undefined when nobody reads the metadata. */
  readonly signer: Signer | undefined;
  readonly failWithoutSignature: boolean;
  readonly globalSignOut: boolean;
  readonly logger: Logger;
}

/** Whose work it is. */
export interface BatchAssignment {
  readonly campaignId: string;
  readonly run: string;
  /** The id of the invocation. */
  readonly claimant: string;
  readonly clientMetadata: Readonly<Record<string, string>>;
}

/** How a batch ended. */
export interface BatchCounts {
  reset: number;
  notSent: number;
  unknown: number;
  throttled: number;
  signedOut: number;
  unsigned: number;
  /** Users that are left for another try. */
  left: number;
}

interface Item {
  readonly sub: string;
  /** Of a user who was reset, and is only to be signed out: who claimed the reset. */
  readonly owedBy: string | undefined;
  /** When the claim was made that is held, in milliseconds since 1970; 0 without one. */
  claimedAt: number;
  /** Whether there may be a claim, although nobody said so. */
  mayBeClaimed: boolean;
  connections: number;
  /** A signature that was made and not used. */
  signed?: { readonly target: ResetTarget; readonly at: number };
}

/** Resets the users of one batch, each under a claim, at the pace of all workers. */
export class Batch {
  readonly counts: BatchCounts = { reset: 0, notSent: 0, unknown: 0, throttled: 0, signedOut: 0, unsigned: 0, left: 0 };
  readonly #tools: BatchDependencies;
  readonly #assignment: BatchAssignment;
  readonly #inFlight = new Set<Promise<void>>();
  #queue: Item[] = [];
  #ledgerFailures = 0;
  #refusal: string | undefined;

  constructor(tools: BatchDependencies, assignment: BatchAssignment) {
    this.#tools = tools;
    this.#assignment = assignment;
  }

  /** What Cognito would say to everybody, if it said so: the work was given up then. */
  get refusal(): string | undefined {
    return this.#refusal;
  }

  /** @param remainingTime for the batch, in milliseconds */
  async run(subs: readonly string[], remainingTime: () => number): Promise<BatchCounts> {
    // The latest: an earlier try may have given users back a moment ago.
    const records = await this.#tools.ledger.find(this.#assignment.campaignId, subs, true);
    // One page of users can repeat somebody of the page before, and the claim of an invocation is good for all of it.
    for (const sub of new Set(subs)) {
      const record = records.get(sub);
      const owedBy = record?.status === 'DONE' && record.owesSignOut ? record.claimant : undefined;
      if ((!isOpen(record) || this.#wasRefused(record)) && owedBy === undefined) continue;
      this.#queue.push({ sub, owedBy, claimedAt: 0, mayBeClaimed: false, connections: 0 });
    }
    while (this.#queue.length > 0 || this.#inFlight.size > 0) {
      const full = this.#inFlight.size >= MAX_IN_FLIGHT;
      if (this.#queue.length === 0 || full) {
        await Promise.race(this.#inFlight);
        continue;
      }
      const deadline = Date.now() + remainingTime() - NEEDED;
      const givenUp = this.#ledgerFailures >= MAX_LEDGER_FAILURES || this.#refusal !== undefined;
      const moment = givenUp ? undefined : await this.#nextMoment(deadline);
      if (moment === undefined) break;
      const item = this.#queue.shift();
      if (item !== undefined) this.#begin(this.#attempt(item, moment, remainingTime));
    }
    await Promise.all(this.#inFlight);
    await this.#release();
    return this.counts;
  }

  /** Refused by Cognito in this run: another try of the batch would get the same answer. */
  #wasRefused(record: LedgerRecord | undefined): boolean {
    return record?.run === this.#assignment.run && record.reason !== RESET_ERROR_NAMES.notSent;
  }

  /** Undefined when there is none before the deadline, or nobody can tell: the rest is left for another try. */
  async #nextMoment(deadline: number): Promise<number | undefined> {
    const { pace, logger } = this.#tools;
    try {
      return await pace.next(this.#queue.length, deadline);
    } catch (error) {
      logger.warn('The ledger could not be used', { errorName: errorNameOf(error) });
      return undefined;
    }
  }

  #begin(work: Promise<void>): void {
    const done = work.finally(() => this.#inFlight.delete(done));
    this.#inFlight.add(done);
  }

  async #attempt(item: Item, moment: number, remainingTime: () => number): Promise<void> {
    if (item.owedBy !== undefined) {
      if (await isSlotHit(moment)) return this.#signOut(item.sub, item.owedBy, remainingTime);
      this.#queue.unshift(item);
      return;
    }
    const target = await this.#prepare(item);
    if (target === undefined) return;
    // Prepared too slowly, frozen or starved since: then it is another moment's call, and the claim may need renewing.
    const inTime = (await isSlotHit(moment)) && Date.now() - item.claimedAt <= BEGIN_WITHIN;
    if (!inTime || this.#refusal !== undefined) {
      this.#queue.unshift(item);
      return;
    }
    const answer = await this.#tools.userPool.tryReset(target);
    if (isAnswer(answer)) {
      this.#tools.pace.answered();
      this.counts.reset += 1;
      const { globalSignOut } = this.#tools;
      await this.#end(item, { status: 'DONE', owesSignOut: globalSignOut });
      if (globalSignOut) await this.#signOut(item.sub, this.#assignment.claimant, remainingTime);
      return;
    }
    if (isThrottled(answer)) {
      this.#tools.pace.throttled();
      this.counts.throttled += 1;
      // First again: the claim is held, and the next moment is another one.
      this.#queue.unshift(item);
      return;
    }
    this.#tools.pace.answered();
    if (REFUSALS_OF_ALL.includes(answer.name)) {
      this.#refusal = answer.name;
      this.#queue.unshift(item);
      return;
    }
    item.connections += 1;
    if (answer.retryable && item.connections < MAX_CONNECTIONS) {
      this.#queue.push(item);
      return;
    }
    const unknown = answer.name === RESET_ERROR_NAMES.outcomeUnknown;
    this.counts[unknown ? 'unknown' : 'notSent'] += 1;
    await this.#end(item, { status: unknown ? 'UNKNOWN' : 'NOT_SENT', reason: answer.name });
  }

  /** Claims the user and signs the target; undefined when there is nothing to send, for now or at all. */
  async #prepare(item: Item): Promise<ResetTarget | undefined> {
    let target: ResetTarget | undefined;
    try {
      if (!(await this.#claim(item))) return undefined;
      this.#ledgerFailures = 0;
      target = await this.#sign(item);
    } catch (error) {
      this.#ledgerFailures += 1;
      this.#tools.logger.warn('The ledger could not be used', { errorName: errorNameOf(error) });
      this.#queue.push(item);
      return undefined;
    }
    if (target === undefined) {
      this.counts.notSent += 1;
      await this.#end(item, { status: 'NOT_SENT', reason: RESET_ERROR_NAMES.notSent });
      return undefined;
    }
    return target;
  }

  /** Makes a claim, or renews the one that is held when it is too old to begin with. */
  async #claim(item: Item): Promise<boolean> {
    const now = Date.now();
    if (now - item.claimedAt <= BEGIN_WITHIN / 2) return true;
    const { ledger, globalSignOut } = this.#tools;
    const { campaignId, run, claimant } = this.#assignment;
    item.mayBeClaimed = true;
    const claimed = await ledger.claim(campaignId, item.sub, { run, claimant, owesSignOut: globalSignOut });
    if (claimed) item.claimedAt = now;
    return claimed;
  }

  /** Undefined when the request must be signed and cannot be. */
  async #sign(item: Item): Promise<ResetTarget | undefined> {
    const { signer, userPool, failWithoutSignature, logger } = this.#tools;
    const { clientMetadata } = this.#assignment;
    const target = { username: new Sensitive(item.sub), clientMetadata: new Sensitive(clientMetadata) };
    if (signer === undefined) return target;
    const now = Date.now();
    if (item.signed !== undefined && now - item.signed.at < SIGNATURE_HOLDS) return item.signed.target;
    try {
      item.signed = { target: await signer.sign(target, userPool.id), at: now };
      return item.signed.target;
    } catch (error) {
      this.counts.unsigned += 1;
      logger.warn('The metadata could not be signed', { errorName: errorNameOf(error) });
      return failWithoutSignature ? undefined : target;
    }
  }

  /** Of a user who was reset, by whoever claimed that. */
  async #signOut(sub: string, claimant: string, remainingTime: () => number): Promise<void> {
    try {
      await this.#tools.userPool.globalSignOut({ username: new Sensitive(sub) }, remainingTime);
      this.counts.signedOut += 1;
      const done = { status: 'DONE', owesSignOut: false } as const;
      await this.#tools.ledger.end(this.#assignment.campaignId, sub, { claimant, status: 'DONE' }, done);
    } catch {
      // It stays owed, and the report says so.
    }
  }

  /** What cannot be written stays a claim, which the summary settles. */
  async #end({ sub }: Item, ending: Ending): Promise<void> {
    const { ledger, logger } = this.#tools;
    const { campaignId, claimant } = this.#assignment;
    try {
      await ledger.end(campaignId, sub, { claimant, status: 'CLAIMED' }, ending);
    } catch (error) {
      logger.warn('The ledger does not know of an outcome', { status: ending.status, errorName: errorNameOf(error) });
    }
  }

  /** Claims that are held and were not used are given back, so that the next try need not wait for them. */
  async #release(): Promise<void> {
    this.counts.left = this.#queue.length;
    const held = this.#queue.filter(({ mayBeClaimed }) => mayBeClaimed);
    await Promise.all(held.map((item) => this.#end(item, { status: 'NOT_SENT', reason: RESET_ERROR_NAMES.notSent })));
  }
}

function isAnswer(answer: ResetAnswer | ResetFailure): answer is ResetAnswer {
  return 'httpStatus' in answer;
}

function isThrottled({ name, retryable }: ResetFailure): boolean {
  return retryable && name !== RESET_ERROR_NAMES.notSent;
}
