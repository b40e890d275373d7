import { GetObjectCommand } from '@aws-sdk/client-s3';
import { parse as parseCsv } from 'csv-parse/sync';
import type { Json } from '../../model';
import { batchBytes, isItemLine } from './assumptions';
import type { DistributedMap, MapInput } from './definition';
import { TaskError } from './errors';
import { StateMachine } from './library';
import type { RunnableStateMachine } from './state-machine';

/** The most bytes of a batch. */
const MAX_BATCH = 256 * 1024;

/** The input of a child execution, and for how many items it stands. */
export interface ChildInput {
  readonly input: unknown;
  readonly items: number;
}

/** Reads the items of a Distributed Map, and makes them the inputs of its child executions. */
export async function childInputs(
  machine: RunnableStateMachine,
  map: DistributedMap,
  input: MapInput,
): Promise<ChildInput[]> {
  const items = map.readerResource === undefined ? input.Items : await read(machine, map, input);
  if (!Array.isArray(items)) {
    throw new TaskError('States.Runtime', `items: got ${typeof items}, expected an array`, { terminal: true });
  }
  const limited = items.slice(0, input.Settings.MaxItems ?? items.length);
  const selected = map.itemSelector ? await selectAll(map.itemSelector, limited, input.Input) : limited;
  return map.batched ? batches(selected, input) : selected.map((item) => ({ input: item, items: 1 }));
}

async function read(
  machine: RunnableStateMachine,
  map: DistributedMap,
  { Reader: where = {} }: MapInput,
): Promise<unknown> {
  if (!/^arn:[^:]+:states:::s3:getObject$/.test(String(map.readerResource))) {
    throw unsupported(`the item reader ${map.readerResource}`, 'arn:aws:states:::s3:getObject');
  }
  const { Bucket, Key } = where as { Bucket: string; Key: string };
  try {
    const { Body } = await machine.s3.send(new GetObjectCommand({ Bucket, Key }));
    return parse(map.readerConfig, (await Body?.transformToString()) ?? '');
  } catch (error) {
    if (error instanceof TaskError) throw error;
    const { name, message } = error as Error;
    throw new TaskError('States.ItemReaderFailed', `s3://${Bucket}/${Key}: ${name}: ${message}`);
  }
}

function parse(config: Json, text: string): unknown {
  const {
    InputType: type,
    CSVHeaderLocation: location,
    CSVHeaders: headers,
    CSVDelimiter: delimiter,
    ...others
  } = config;
  const unknown = Object.keys(others).find((name) => !/^MaxItems(Path)?$/.test(name));
  if (unknown) throw unsupported(`${unknown} in a ReaderConfig`, 'InputType, MaxItems and the fields of CSV');
  switch (type) {
    case 'JSON':
      return text === '' ? [] : JSON.parse(text);
    case 'JSONL':
      return text
        .split('\n')
        .filter(isItemLine)
        .map((line) => JSON.parse(line));
    case 'CSV':
      return parseCsv(text, {
        bom: true,
        columns: location === 'GIVEN' ? (headers as string[]) : true,
        delimiter: DELIMITERS[String(delimiter ?? 'COMMA')],
        relax_column_count: true,
        skip_empty_lines: true,
      });
    default:
      throw unsupported(`the InputType ${type}`, 'JSON, JSONL or CSV');
  }
}

const DELIMITERS: Readonly<Record<string, string>> = { COMMA: ',', PIPE: '|', SEMICOLON: ';', SPACE: ' ', TAB: '\t' };

/** The template is the library's to carry out, with the item in the context. */
function selectAll(template: Json, items: readonly unknown[], input: unknown): Promise<unknown[]> {
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

function batches(items: readonly unknown[], { BatchInput, Settings }: MapInput): ChildInput[] {
  const { MaxItemsPerBatch = Number.POSITIVE_INFINITY, MaxInputBytesPerBatch = MAX_BATCH } = Settings;
  const maxBytes = Math.min(MaxInputBytesPerBatch, MAX_BATCH);
  const empty = batchBytes(batchOf([], BatchInput));
  const all: unknown[][] = [];
  let bytes = 0;
  for (const item of items) {
    // With the comma before it.
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

export function unsupported(what: string, expected: string): TaskError {
  return new TaskError('States.Runtime', `the sandbox does not run ${what}, expected ${expected}`, { terminal: true });
}
