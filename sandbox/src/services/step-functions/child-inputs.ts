import type { Json } from '../../model';
import { StateMachine } from './asl-libraries';
import type { DistributedMap, MapInput } from './compiled-definition';
import { batchItems, type ChildInput } from './item-batcher';
import { readItems } from './item-reader';
import type { RunnableStateMachine } from './runnable-state-machine';
import { TaskError } from './task-errors';

/** Makes the inputs of the child executions of a Distributed Map: reads, selects and batches its items. */
export async function childInputs(
  machine: RunnableStateMachine,
  map: DistributedMap,
  input: MapInput,
): Promise<ChildInput[]> {
  const items = map.readerResource === undefined ? input.Items : await readItems(machine, map, input);
  if (!Array.isArray(items)) {
    throw new TaskError('States.Runtime', `items: got ${typeof items}, expected an array`, { terminal: true });
  }
  const limited = items.slice(0, input.Settings.MaxItems ?? items.length);
  const selected = map.itemSelector ? await applyItemSelector(map.itemSelector, limited, input.Input) : limited;
  return map.batched ? batchItems(selected, input) : selected.map((item) => ({ input: item, items: 1 }));
}

/** Evaluates an ItemSelector for every item. The library does this, in a Pass state with the item in the context object. */
function applyItemSelector(template: Json, items: readonly unknown[], input: unknown): Promise<unknown[]> {
  const machine = new StateMachine(
    {
      StartAt: 'Select',
      States: { Select: { Type: 'Pass', Parameters: template, End: true } },
    } as ConstructorParameters<typeof StateMachine>[0],
    { validationOptions: { noValidate: true } },
  );
  return Promise.all(
    items.map((item, index) => {
      const context = { Map: { Item: { Index: index, Value: item } } } as unknown as { [key: string]: never };
      return machine.run(input as never, { context }).result;
    }),
  );
}
