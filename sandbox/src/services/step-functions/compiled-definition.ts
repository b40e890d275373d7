import type { Json } from '../../model';

/** A state machine, or the item processor of a Distributed Map, in the form that aws-local-stepfunctions runs. */
export interface CompiledDefinition {
  readonly startAt: string;
  /** The states, rewritten where the library misreads a definition. */
  readonly states: Readonly<Record<string, Json>>;
  /** The names of all states, nested ones included, in the order of `Sandbox.States` in the context object. */
  readonly names: readonly string[];
  readonly timeoutSeconds?: number;
  /** The tasks that the sandbox carries out, by the name of the state. */
  readonly tasks: ReadonlyMap<string, Task>;
  /** The times of the Wait states, in milliseconds. Infinite for a state that reads the time from its input. */
  readonly waits: ReadonlyMap<string, number>;
  /** The time that each retrier of a state waits before its first retry, in milliseconds. */
  readonly retries: ReadonlyMap<string, number[]>;
}

/** A task that the sandbox carries out. */
export type Task =
  | { readonly kind: 'invoke' }
  | { readonly kind: 'function'; readonly functionArn: string }
  | { readonly kind: 'map'; readonly map: DistributedMap }
  | { readonly kind: 'fail' }
  | { readonly kind: 'unknown'; readonly resource: string };

/** The fields of a Distributed Map that are fixed in the definition. */
export interface DistributedMap {
  readonly label: string;
  readonly processor: CompiledDefinition;
  readonly type: 'STANDARD' | 'EXPRESS';
  readonly readerResource?: string;
  readonly readerConfig: Json;
  readonly batched: boolean;
  readonly itemSelector?: Json;
  readonly writerResource?: string;
  readonly writerConfig: Json;
}

/** The input of a Distributed Map: its payload templates and paths, evaluated. */
export interface MapInput {
  readonly Input: unknown;
  readonly Items?: unknown;
  readonly Reader?: Json;
  readonly BatchInput?: Json;
  readonly Writer?: Json;
  readonly Settings: Partial<
    Record<
      | 'MaxConcurrency'
      | 'MaxInputBytesPerBatch'
      | 'MaxItems'
      | 'MaxItemsPerBatch'
      | 'ToleratedFailureCount'
      | 'ToleratedFailurePercentage',
      number
    >
  >;
}
