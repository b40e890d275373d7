import { setTimeout as sleep } from 'node:timers/promises';

/** The share of the limit that workers use. Calls arrive less evenly than they leave, so some headroom is needed. */
const TARGET_SHARE = 0.96;

/** A slot that is late by more than this is dropped, in milliseconds. Making up for missed slots would cause a burst. */
const MAX_LATENESS = 200;

/** How long before its slot a call may be prepared, in milliseconds. */
const SLOT_LEAD = 1_000;

/** The smallest share of its pace to which throttling can reduce a worker. */
const MIN_SHARE = 1 / 16;

/** How long the recovery from no pace to the full pace would take, in milliseconds. Half of it takes half as long. */
const RECOVERY_TIME = 5_000;

/** Several calls throttled within this time halve the pace only once, in milliseconds. */
const THROTTLING_WINDOW = 1_000;

export interface PacerOptions {
  /** The limit for all workers together. */
  readonly callsPerSecond: number;
  /** How many workers share the limit. */
  readonly workers: number;
  /** Takes the next free slots and returns the first one. See `Ledger.takeSlots`. */
  readonly takeSlots: (wanted: {
    readonly duration: number;
    readonly lead: number;
    readonly latest: number;
  }) => Promise<number | undefined>;
}

/**
 * Gives a worker the slots of its calls: the times at which it may make them, in milliseconds since 1970. All workers
 * take slots from the same clock in the ledger. The limit therefore holds for all of them together, however many there
 * are, and also when one of them started late, died or was started twice.
 */
export class Pacer {
  readonly #options: PacerOptions;
  /** The time between two slots, in milliseconds. */
  readonly #interval: number;
  /** Slots that were taken and not used yet, in order. */
  #slots: number[] = [];
  #takingSlots: Promise<boolean> | undefined;
  /** The share of its pace that this worker uses: 1, and less after throttling. */
  #share = 1;
  #throttledAt = 0;
  #answeredAt = 0;
  #lastSlot = 0;

  constructor(options: PacerOptions) {
    this.#options = options;
    this.#interval = 1000 / (options.callsPerSecond * TARGET_SHARE);
  }

  /**
   * Resolves to the slot of the next call, up to {@link SLOT_LEAD} before the slot, so that the call can be prepared.
   * Resolves to undefined when the slot would be after the deadline.
   *
   * @param wanted how many calls are left, including this one
   * @param deadline in milliseconds since 1970
   */
  async nextSlot(wanted: number, deadline: number): Promise<number | undefined> {
    for (;;) {
      const slot = this.#slots.shift();
      if (slot === undefined) {
        const earliest = this.#earliestSlot();
        if (earliest > deadline) return undefined;
        await sleepUntil(earliest - SLOT_LEAD);
        if (!(await this.#takeSlots(wanted, deadline))) return undefined;
        continue;
      }
      // Taken early, so that the next slots follow these without a gap.
      if (this.#slots.length === 0 && wanted > 1 && this.#share === 1)
        this.#takeSlots(wanted - 1, deadline).catch(() => {});
      if (isSlotMissed(slot)) continue;
      if (slot > deadline) return undefined;
      await sleepUntil(slot - SLOT_LEAD);
      this.#lastSlot = slot;
      return slot;
    }
  }

  /** Halves the pace of this worker, because Cognito throttled a call. */
  noteThrottled(): void {
    const now = Date.now();
    if (now - this.#throttledAt < THROTTLING_WINDOW) return;
    this.#throttledAt = now;
    this.#answeredAt = now;
    this.#share = Math.max(MIN_SHARE, this.#share / 2);
  }

  /** Lets the pace of this worker recover, because a call was not throttled. */
  noteAnswered(): void {
    const now = Date.now();
    this.#share = Math.min(1, this.#share + (now - this.#answeredAt) / RECOVERY_TIME);
    this.#answeredAt = now;
  }

  /**
   * A throttled worker takes slots less often and leaves them to the other workers. It uses those that it has taken, because
   * nobody else can.
   */
  #earliestSlot(): number {
    return this.#share === 1 ? 0 : this.#lastSlot + (this.#interval * this.#options.workers) / this.#share;
  }

  /** Takes about one second of this worker's slots. Resolves to false when the first one would be after the deadline. */
  #takeSlots(wanted: number, deadline: number): Promise<boolean> {
    const { callsPerSecond, workers, takeSlots } = this.#options;
    const most = this.#share === 1 ? Math.round(callsPerSecond / workers) : 1;
    const count = Math.max(1, Math.min(wanted, most));
    this.#takingSlots ??= takeSlots({ duration: count * this.#interval, lead: SLOT_LEAD, latest: deadline })
      .then((first) => {
        if (first === undefined) return false;
        this.#slots.push(...Array.from({ length: count }, (_, index) => first + index * this.#interval));
        return true;
      })
      .finally(() => {
        this.#takingSlots = undefined;
      });
    return this.#takingSlots;
  }
}

/** Waits for the slot. Resolves to false when the slot was missed: the call must not be made then. */
export async function waitForSlot(slot: number): Promise<boolean> {
  await sleepUntil(slot);
  return !isSlotMissed(slot);
}

function isSlotMissed(slot: number): boolean {
  return slot < Date.now() - MAX_LATENESS;
}

async function sleepUntil(time: number): Promise<void> {
  const milliseconds = time - Date.now();
  if (milliseconds > 0) await sleep(milliseconds);
}
