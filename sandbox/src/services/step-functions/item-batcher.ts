import type { Json } from '../../model';
import { batchSizeInBytes } from './assumptions';
import type { MapInput } from './compiled-definition';
import { TaskError } from './task-errors';

/** The maximum size of a batch, in bytes. */
const MAX_BATCH = 256 * 1024;

/** The input of a child execution, and the number of items in it. */
export interface ChildInput {
  readonly input: unknown;
  readonly items: number;
}

/** Makes batches of the items, within the limits of the ItemBatcher. */
export function batchItems(items: readonly unknown[], { BatchInput, Settings }: MapInput): ChildInput[] {
  const { MaxItemsPerBatch = Number.POSITIVE_INFINITY, MaxInputBytesPerBatch = MAX_BATCH } = Settings;
  const maxBytes = Math.min(MaxInputBytesPerBatch, MAX_BATCH);
  const empty = batchSizeInBytes(batchOf([], BatchInput));
  const all: unknown[][] = [];
  let bytes = 0;
  for (const item of items) {
    // One more for the comma before the item.
    const more = Buffer.byteLength(JSON.stringify(item)) + 1;
    const last = all.at(-1);
    if (last !== undefined && last.length < MaxItemsPerBatch && bytes + more <= maxBytes) {
      last.push(item);
      bytes += more;
    } else {
      all.push([item]);
      bytes = empty + more - 1;
    }
    if (bytes > maxBytes) {
      throw new TaskError(
        'States.ItemReaderFailed',
        `an item: got ${bytes} bytes with its batch input, expected ${maxBytes}`,
      );
    }
  }
  return all.map((Items) => ({ input: batchOf(Items, BatchInput), items: Items.length }));
}

function batchOf(Items: readonly unknown[], BatchInput: Json | undefined): object {
  return { ...(BatchInput !== undefined && { BatchInput }), Items };
}
