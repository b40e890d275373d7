import type { Json } from '../../model';
import { defaultLabel } from './assumptions';
import type { CompiledDefinition, DistributedMap, Task } from './compiled-definition';
import { validateDefinition } from './validate-definition';

/** The timeout of a task without one, in seconds: about the longest time that a timer of Node.js can wait, 24 days. */
const NO_TIMEOUT = 2_000_000;

/** Type tests of Choice rules. The library supports them only with the value true. */
const TYPE_TESTS = ['IsBoolean', 'IsNull', 'IsNumeric', 'IsPresent', 'IsString', 'IsTimestamp'];

/**
 * Compiles a definition in the Amazon States Language to the form that the library runs.
 *
 * @throws Error when the definition is not valid, or uses a feature that the sandbox does not support
 */
export function compileDefinition(name: string, definition: Json): CompiledDefinition {
  validateDefinition(name, definition);
  return compile(definition);
}

function compile(machine: Json): CompiledDefinition {
  const names: string[] = [];
  const tasks = new Map<string, Task>();
  const waits = new Map<string, number>();
  const retries = new Map<string, number[]>();
  const statesOf = ({ States: states }: Json): Record<string, Json> =>
    Object.fromEntries(
      Object.entries(states as Record<string, Json>).map(([name, state]) => [name, stateOf(name, state)]),
    );
  const machineOf = (inner: Json) => ({ StartAt: inner.StartAt, States: statesOf(inner) });

  function stateOf(name: string, state: Json): Json {
    const index = names.push(name) - 1;
    const retriers = (state.Retry ?? []) as { IntervalSeconds?: number }[];
    if (retriers.length > 0)
      retries.set(
        name,
        retriers.map(({ IntervalSeconds = 1 }) => IntervalSeconds * 1000),
      );
    const { ItemProcessor, Iterator: iterator, Branches, ...own } = state;
    // ResultPath `$` is the default, so it is left out.
    const { ResultPath, ...others } = redirectContextPaths(own, index) as Json;
    const plain = ResultPath === undefined || ResultPath === '$' ? others : { ...others, ResultPath };
    switch (state.Type) {
      case 'Choice':
        return { ...plain, Choices: (plain.Choices as Json[]).map(choiceRule) };
      case 'Pass':
        return plain.Result !== undefined && !plain.Result ? { ...plain, Parameters: plain.Result } : plain;
      case 'Fail': {
        const paths = [plain.CausePath, plain.ErrorPath];
        if (!paths.some((path) => String(path).startsWith('States.'))) return plain;
        tasks.set(name, { kind: 'fail' });
        return failTask(plain);
      }
      case 'Wait':
        waits.set(name, state.Seconds === undefined ? Number.POSITIVE_INFINITY : Number(state.Seconds) * 1000);
        return plain;
      case 'Parallel':
        return { ...plain, Branches: (Branches as Json[]).map(machineOf) };
      case 'Map': {
        const processor = (ItemProcessor ?? iterator) as Json;
        const { Mode: mode } = (processor.ProcessorConfig ?? {}) as Json;
        if (mode !== 'DISTRIBUTED') return { ...plain, ItemProcessor: machineOf(processor) };
        tasks.set(name, { kind: 'map', map: distributedMap(name, plain, processor) });
        return mapTask(plain);
      }
      case 'Task':
        tasks.set(name, taskOf(String(state.Resource)));
        return withTimeout(plain);
      default:
        return plain;
    }
  }

  const { TimeoutSeconds: timeoutSeconds } = machine;
  const states = statesOf(machine);
  return {
    startAt: String(machine.StartAt),
    states,
    names,
    timeoutSeconds: timeoutSeconds as number | undefined,
    tasks,
    waits,
    retries,
  };
}

function taskOf(resource: string): Task {
  if (/^arn:[^:]+:states:::lambda:invoke$/.test(resource)) return { kind: 'invoke' };
  if (/^arn:[^:]+:lambda:/.test(resource)) return { kind: 'function', functionArn: resource };
  return { kind: 'unknown', resource };
}

/** A Fail state as a Task that fails, because the library evaluates no intrinsic function in a Fail state. */
function failTask({ Cause: cause, CausePath: causePath, Error: error, ErrorPath: errorPath }: Json): Json {
  const parameters = { Cause: cause, 'Cause.$': causePath, Error: error, 'Error.$': errorPath };
  const given = Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== undefined));
  return withTimeout({ Type: 'Task', Resource: 'the sandbox', Parameters: given, End: true });
}

/** Without a timeout the library stops a task after 60 seconds, and Step Functions never does. */
function withTimeout(state: Json): Json {
  if (state.TimeoutSecondsPath !== undefined) return state;
  return { ...state, TimeoutSeconds: Math.min(Number(state.TimeoutSeconds ?? NO_TIMEOUT), NO_TIMEOUT) };
}

/** Rewrites a type test for false, such as `IsNull: false`, as `Not`, because the library evaluates it to false. */
function choiceRule(rule: Json): Json {
  const { Next: next, ...test } = rule;
  return { ...testOf(test), ...(next !== undefined && { Next: next }) };
}

function testOf(test: Json): Json {
  for (const all of ['And', 'Or']) if (test[all]) return { [all]: (test[all] as Json[]).map(testOf) };
  if (test.Not) return { Not: testOf(test.Not as Json) };
  const negated = TYPE_TESTS.find((name) => test[name] === false);
  return negated === undefined ? test : { Not: { ...test, [negated]: true } };
}

function distributedMap(name: string, state: Json, processor: Json): DistributedMap {
  const { ItemReader: reader, ResultWriter: writer } = state as Record<string, Json | undefined>;
  const { ExecutionType: type } = processor.ProcessorConfig as Json;
  return {
    label: String(state.Label ?? defaultLabel(name)),
    processor: compile(processor),
    type: type === 'EXPRESS' ? 'EXPRESS' : 'STANDARD',
    readerResource: reader?.Resource as string | undefined,
    readerConfig: (reader?.ReaderConfig ?? {}) as Json,
    batched: state.ItemBatcher !== undefined,
    itemSelector: (state.ItemSelector ?? state.Parameters) as Json | undefined,
    writerResource: writer?.Resource as string | undefined,
    writerConfig: (writer?.WriterConfig ?? {}) as Json,
  };
}

/** A Distributed Map as a Task, which the sandbox carries out. Its payload templates become the parameters of the task. */
function mapTask(state: Json): Json {
  const { ItemReader: reader, ItemBatcher: batcher, ResultWriter: writer } = state as Record<string, Json | undefined>;
  const kept = ['Catch', 'End', 'InputPath', 'Next', 'OutputPath', 'ResultPath', 'ResultSelector', 'Retry'];
  return withTimeout({
    ...Object.fromEntries(Object.entries(state).filter(([field]) => kept.includes(field))),
    Type: 'Task',
    Resource: 'the sandbox',
    Parameters: {
      'Input.$': '$',
      ...(reader ? { Reader: reader.Parameters ?? {} } : { 'Items.$': state.ItemsPath ?? '$' }),
      ...(batcher?.BatchInput !== undefined && { BatchInput: batcher.BatchInput }),
      ...(writer?.Parameters !== undefined && { Writer: writer.Parameters }),
      Settings: {
        ...setting(state, 'MaxConcurrency'),
        ...setting(state, 'ToleratedFailureCount'),
        ...setting(state, 'ToleratedFailurePercentage'),
        ...setting(batcher, 'MaxItemsPerBatch'),
        ...setting(batcher, 'MaxInputBytesPerBatch'),
        ...setting(reader?.ReaderConfig as Json | undefined, 'MaxItems'),
      },
    },
  });
}

/** A field of a Distributed Map that is a number or a path to one. */
function setting(fields: Json | undefined, name: string): Json {
  const path = fields?.[`${name}Path`];
  if (path !== undefined) return { [`${name}.$`]: path };
  return fields?.[name] === undefined ? {} : { [name]: fields[name] };
}

/**
 * Redirects references to `$$.Execution` and `$$.State` to the sandbox's part of the context object. The library replaces the
 * input and the start time of the execution in nested states, and does not set the name of the state.
 */
function redirectContextPaths(value: unknown, state: number): unknown {
  if (Array.isArray(value)) return value.map((item) => redirectContextPaths(item, state));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      const isPath = typeof item === 'string' && (/(\.\$|Path)$/.test(key) || key === 'Variable');
      return [key, isPath ? redirectContextPath(item, state) : redirectContextPaths(item, state)];
    }),
  );
}

function redirectContextPath(path: string, state: number): string {
  return path
    .replace(/\$\$\.Execution\b/g, '$$$$.Sandbox.Execution')
    .replace(/\$\$\.State\b/g, `$$$$.Sandbox.States[${state}]`);
}
