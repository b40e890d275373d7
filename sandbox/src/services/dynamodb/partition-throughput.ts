import { type Json, ServiceError } from '../../model';

/**
 * How many items of a partition key are read and written in a second. An eventually consistent read counts half. The
 * sandbox counts every item as a small one: up to 4 KB for a read, up to 1 KB for a write.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html
 */
const LIMITS = { read: 3_000, write: 1_000 };

export interface PartitionThroughputOptions {
  /** The clock; the system's by default. */
  readonly now?: () => Date;
  /** How many items of a partition key are read in a second; 3,000 by default. */
  readonly reads?: number;
}

/** The throughput of each partition key, within any 1,000 ms. */
export class PartitionThroughput {
  readonly #now: () => Date;
  readonly #limits: typeof LIMITS;
  readonly #used = new Map<string, { at: number; units: number }[]>();

  constructor({ now = () => new Date(), reads = LIMITS.read }: PartitionThroughputOptions) {
    this.#now = now;
    this.#limits = { ...LIMITS, read: reads };
  }

  /** Counts a write. Throws when the partition is written too fast. */
  countWrite(table: unknown, partition: unknown): void {
    if (!this.#take('write', table, partition, 1)) throw exceeded();
  }

  /**
   * Divides the keys of a batch into those that are read and those that are left unprocessed. Throws when none is read.
   *
   * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
   */
  divideBatch(input: Json, partitionKeyOf: (table: string) => string): { wanted: Json; unprocessed: Json } {
    const wanted: Json = {};
    const unprocessed: Json = {};
    for (const [table, request] of Object.entries((input.RequestItems ?? {}) as Record<string, Json>)) {
      const { Keys = [], ...others } = request as { Keys?: Json[]; ConsistentRead?: boolean };
      const units = others.ConsistentRead ? 1 : 0.5;
      const name = partitionKeyOf(table);
      const [read, left]: [Json[], Json[]] = [[], []];
      for (const key of Keys) (this.#take('read', table, key[name], units) ? read : left).push(key);
      if (read.length > 0 || Keys.length === 0) wanted[table] = { ...request, Keys: read };
      if (left.length > 0) unprocessed[table] = { ...request, Keys: left };
    }
    if (Object.keys(wanted).length === 0) throw exceeded();
    return { wanted, unprocessed };
  }

  /** Takes units of a partition. Returns false when too few are left. */
  #take(kind: keyof typeof LIMITS, table: unknown, partition: unknown, units: number): boolean {
    const key = JSON.stringify([kind, table, partition]);
    const now = this.#now().getTime();
    const recent = (this.#used.get(key) ?? []).filter(({ at }) => at > now - 1000);
    const isAvailable = recent.reduce((sum, taken) => sum + taken.units, 0) + units <= this.#limits[kind];
    const last = recent.at(-1);
    if (isAvailable && last?.at === now) last.units += units;
    else if (isAvailable) recent.push({ at: now, units });
    this.#used.set(key, recent);
    return isAvailable;
  }
}

function exceeded(): ServiceError {
  return new ServiceError(
    'ProvisionedThroughputExceededException',
    'The level of configured provisioned throughput for the table was exceeded.',
  );
}
