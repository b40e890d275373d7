import type { Json } from '../../model';

/** A state machine, or the processor of a Distributed Map, as the library runs it. */
export interface CompiledDefinition {
  readonly startAt: string;
  /** States, with what the library misreads put in other words. */
  readonly states: Readonly<Record<string, Json>>;
  /** The names of all states, those within states too, in the order in which the context has them. */
  readonly names: readonly string[];
  readonly timeoutSeconds?: number;
  /** What the library leaves to us, by the name of the state. */
  readonly tasks: ReadonlyMap<string, Task>;
  /** How long Wait states wait, in milliseconds; infinite for those that read it from their input. */
  readonly waits: ReadonlyMap<string, number>;
  /** How long each retrier of a state waits before it tries again for the first time, in milliseconds. */
  readonly retries: ReadonlyMap<string, number[]>;
}

export type Task =
  | { readonly kind: 'invoke' }
  | { readonly kind: 'function'; readonly functionArn: string }
  | { readonly kind: 'map'; readonly map: DistributedMap }
  | { readonly kind: 'unknown'; readonly resource: string };

/** The fields of a Distributed Map that are no templates. */
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

/** What a Distributed Map gets as its input: every template and path of its fields carried out. */
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
