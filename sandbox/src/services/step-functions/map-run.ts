import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { childSourceArn, permissionsError, REDRIVE_ACTION, writeResultsBeforeFailing } from './assumptions';
import { childInputs } from './child-inputs';
import type { DistributedMap, MapInput } from './compiled-definition';
import type { ChildExecution, Execution, ExecutionResult } from './execution';
import { type ChildRecord, childRecord, writeResults } from './result-writer';
import type { RunnableStateMachine } from './runnable-state-machine';
import { StoppedError, TaskError } from './task-errors';

/** The maximum number of concurrent child executions, for the sake of the machine. */
const MAX_CONCURRENCY = 1000;

/** A child execution, pending, running or ended. */
interface ChildEntry {
  readonly name: string;
  readonly executionArn: string;
  /** The input as JSON text, as the results have it. Text also needs less memory than the objects. */
  readonly input: string;
  readonly items: number;
  status: ChildRecord['Status'];
  result?: ExecutionResult;
  /** The execution to redrive; undefined when it succeeded or is EXPRESS. */
  execution?: Execution;
  startDate?: string;
  stopDate?: string;
  redriveCount: number;
}

/** A Map Run: the child executions of a Distributed Map and their results. */
export class MapRun {
  readonly id = randomUUID();
  readonly arn: string;
  readonly #machine: RunnableStateMachine;
  readonly #map: DistributedMap;
  readonly #start: (child: ChildExecution) => Execution;
  #entries: ChildEntry[] | undefined;

  constructor(machine: RunnableStateMachine, map: DistributedMap, start: (child: ChildExecution) => Execution) {
    this.#machine = machine;
    this.#map = map;
    this.#start = start;
    this.arn = machine.arnOf('mapRun', `${machine.name}/${map.label}:${this.id}`);
  }

  /**
   * Runs the child executions that have not succeeded yet, and returns the output of the map.
   *
   * @param redriveCount the redrive count of the execution, 0 unless it continues this Map Run
   */
  async run(mapInput: unknown, signal: AbortSignal, redriveCount: number): Promise<unknown> {
    const input = mapInput as MapInput;
    this.#entries ??= (await childInputs(this.#machine, this.#map, input)).map((child) => this.#entryOf(child));
    if (signal.aborted) throw new StoppedError();
    const exceeded = await this.#runAll(this.#entries, input, signal, redriveCount);
    const records = this.#entries.map((entry) => this.#recordOf(entry));
    const write = () => writeResults(this.#machine.s3, this.#map, input, this, records);
    return writeResultsBeforeFailing(write, exceeded ? tooManyFailures() : undefined);
  }

  #entryOf({ input, items }: { input: unknown; items: number }): ChildEntry {
    const name = randomUUID();
    const { name: machineName } = this.#machine;
    const { label, type } = this.#map;
    const executionArn =
      type === 'EXPRESS'
        ? this.#machine.arnOf('express', `${machineName}/${label}:${this.id}:${name}`)
        : this.#machine.arnOf('execution', `${machineName}/${label}:${name}`);
    return { name, executionArn, input: JSON.stringify(input), items, status: 'PENDING', redriveCount: 0 };
  }

  /** Runs the child executions that have not succeeded. Returns whether more items failed than are tolerated. */
  async #runAll(
    entries: readonly ChildEntry[],
    input: MapInput,
    signal: AbortSignal,
    redriveCount: number,
  ): Promise<boolean> {
    const { MaxConcurrency } = input.Settings;
    const isTolerable = tolerance(input, entries);
    const left = entries.filter(({ status }) => status !== 'SUCCEEDED');
    for (const entry of left) this.#checkPermission(entry, redriveCount > 0);
    const stopped = new AbortController();
    // Each running child execution adds a listener.
    setMaxListeners(0, stopped.signal);
    const stop = () => stopped.abort();
    signal.addEventListener('abort', stop);
    const queue = left.values();
    let failedItems = 0;
    const work = async () => {
      for (const entry of queue) {
        if (stopped.signal.aborted) return;
        await this.#runOne(entry, stopped.signal, redriveCount);
        if (entry.status !== 'SUCCEEDED') failedItems += entry.items;
        if (!isTolerable(failedItems)) stop();
      }
    };
    const workers = Math.min(MaxConcurrency || MAX_CONCURRENCY, MAX_CONCURRENCY, left.length);
    // An earlier failure counts only when the child execution fails again.
    if (redriveCount > 0) for (const entry of left) entry.status = 'PENDING';
    await Promise.all(Array.from({ length: workers }, work));
    signal.removeEventListener('abort', stop);
    if (signal.aborted) throw new StoppedError();
    return !isTolerable(failedItems);
  }

  async #runOne(entry: ChildEntry, signal: AbortSignal, redriveCount: number): Promise<void> {
    const execution = this.#startOrRedrive(entry, redriveCount);
    const stop = () => execution.stop();
    signal.addEventListener('abort', stop);
    const result = await execution.result;
    signal.removeEventListener('abort', stop);
    entry.result = result;
    entry.status = result.error === 'States.Timeout' ? 'TIMED_OUT' : result.status;
    entry.stopDate = new Date().toISOString();
    // Only a STANDARD execution is redriven. An EXPRESS one starts again.
    entry.execution = result.status !== 'SUCCEEDED' && this.#map.type === 'STANDARD' ? execution : undefined;
  }

  #startOrRedrive(entry: ChildEntry, redriveCount: number): Execution {
    entry.startDate ??= new Date().toISOString();
    if (entry.result && redriveCount > 0) entry.redriveCount += 1;
    if (entry.execution) return entry.execution.redrive();
    const { name, executionArn } = entry;
    const { type, processor, label } = this.#map;
    const sourceArn = childSourceArn(this.#machine.arn, label);
    return this.#start({ name, executionArn, sourceArn, type, definition: processor, input: JSON.parse(entry.input) });
  }

  #checkPermission({ executionArn, name, result }: ChildEntry, isRedriven: boolean): void {
    const { arn, name: machineName } = this.#machine;
    const byLabel = this.#machine.arnOf('execution', `${machineName}/${this.#map.label}:${name}`);
    const needed: [action: string, resource: string][] = [
      ...(isRedriven && result ? [[REDRIVE_ACTION, byLabel] as [string, string]] : []),
      ...(!isRedriven || !result || this.#map.type === 'EXPRESS'
        ? [['states:StartExecution', arn] as [string, string]]
        : []),
    ];
    for (const [action, resource] of needed) {
      if (!this.#machine.isRoleAllowed(action, resource)) {
        throw permissionsError(
          `${this.#machine.roleArn} is not authorized to perform: ${action} on ${resource} for ${executionArn}`,
        );
      }
    }
  }

  /** @see https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultwriter.html#input-output-resultwriter-parameter */
  #recordOf({ name, executionArn, input, status, result, startDate, stopDate, redriveCount }: ChildEntry): ChildRecord {
    return childRecord({
      ExecutionArn: executionArn,
      Input: input,
      InputDetails: { Included: true },
      Name: name,
      ...(result?.output !== undefined && {
        Output: JSON.stringify(result.output),
        OutputDetails: { Included: true },
      }),
      Error: result?.error,
      Cause: result?.cause,
      RedriveCount: redriveCount,
      StartDate: startDate,
      StateMachineArn: this.#machine.arnOf('stateMachine', `${this.#machine.name}/${this.#map.label}`),
      Status: status,
      StopDate: stopDate,
    });
  }
}

/** Decides whether the map tolerates a number of failed items. Without a tolerance in the definition none may fail. */
function tolerance({ Settings }: MapInput, entries: readonly ChildEntry[]): (failedItems: number) => boolean {
  const { ToleratedFailureCount: count, ToleratedFailurePercentage: percentage } = Settings;
  const all = entries.reduce((sum, { items }) => sum + items, 0);
  const bounds = [count, percentage === undefined ? undefined : (all * percentage) / 100];
  const given = bounds.filter((bound): bound is number => bound !== undefined);
  const least = given.length > 0 ? Math.min(...given) : 0;
  return (failedItems) => failedItems <= least;
}

function tooManyFailures(): TaskError {
  const cause = 'The specified tolerated failure threshold was exceeded';
  return new TaskError('States.ExceedToleratedFailureThreshold', cause);
}
