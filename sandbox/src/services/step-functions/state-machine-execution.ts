import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import type { Json } from '../../model';
import { StateMachine } from './asl-libraries';
import { KEY_ACCESS_DENIED } from './assumptions';
import type { CompiledDefinition, Task } from './compiled-definition';
import type { ChildExecution, Execution, ExecutionResult, StartOptions } from './execution';
import { invokeFunction } from './lambda-integration';
import { MapRun } from './map-run';
import type { RunnableStateMachine } from './runnable-state-machine';
import { StoppedError, TaskError, untilAborted } from './task-errors';

/** The most that a state may take or give, in bytes. */
const MAX_DATA = 256 * 1024;

/** How long an EXPRESS execution may run, in milliseconds. */
const EXPRESS_DURATION = 5 * 60 * 1000;

/** The longest that Node.js can wait for, in milliseconds. */
const MAX_TIMER = 2 ** 31 - 1;

/** What an execution begins with. */
interface ExecutionStart {
  readonly input: unknown;
  readonly options: StartOptions;
  /** Called when an execution begins, also by redriving another one. */
  readonly onStart?: (execution: Execution) => void;
  /** Of a child execution. */
  readonly child?: { readonly executionArn: string; readonly type: RunnableStateMachine['type'] };
  readonly redriven?: RedrivenExecution;
}

/** What is left of an execution that is redriven. */
interface RedrivenExecution {
  readonly name: string;
  readonly startTime: string;
  readonly redriveCount: number;
  readonly position?: EnteredState;
  readonly mapRun?: MapRun;
}

type Run = InstanceType<typeof StateMachine>['run'];
type Overrides = NonNullable<NonNullable<Parameters<Run>[1]>['overrides']>;

/** A state, and what it was entered with. */
interface EnteredState {
  readonly state: string;
  readonly input: unknown;
}

export class StateMachineExecution implements Execution {
  readonly name: string;
  readonly executionArn: string;
  readonly result: Promise<ExecutionResult>;
  readonly redriveCount: number;
  readonly #machine: RunnableStateMachine;
  readonly #program: CompiledDefinition;
  readonly #begin: ExecutionStart;
  readonly #startTime: string;
  readonly #stopped = new AbortController();
  #timedOut = false;
  #ended: ExecutionResult | undefined;
  #position: EnteredState | undefined;
  /** The last run of a Distributed Map, and where. */
  #lastMap: { readonly state: string; readonly run: MapRun } | undefined;
  /** The map run to go on with, once. */
  #earlierMapRun: MapRun | undefined;

  constructor(machine: RunnableStateMachine, program: CompiledDefinition, begin: ExecutionStart) {
    const { options, redriven: earlier, child } = begin;
    this.#machine = machine;
    this.#program = program;
    this.#begin = begin;
    this.name = earlier?.name ?? options.name ?? randomUUID();
    this.executionArn = child?.executionArn ?? machine.arnOf('execution', `${machine.name}:${this.name}`);
    this.#startTime = earlier?.startTime ?? new Date().toISOString();
    this.redriveCount = earlier?.redriveCount ?? 0;
    this.#position = earlier?.position;
    this.#earlierMapRun = earlier?.mapRun;
    this.result = this.#run().then((result) => {
      this.#ended = result;
      return result;
    });
    begin.onStart?.(this);
  }

  stop(): void {
    this.#stopped.abort();
  }

  redrive(): StateMachineExecution {
    const status = this.#ended?.status ?? 'RUNNING';
    if (status !== 'FAILED' && status !== 'ABORTED') {
      throw new Error(`execution ${this.name}: got status ${status}, expected FAILED or ABORTED to redrive it`);
    }
    const last = this.#lastMap;
    return new StateMachineExecution(this.#machine, this.#program, {
      ...this.#begin,
      redriven: {
        name: this.name,
        startTime: this.#startTime,
        redriveCount: this.redriveCount + 1,
        position: this.#position,
        mapRun: last !== undefined && last.state === this.#position?.state ? last.run : undefined,
      },
    });
  }

  async #run(): Promise<ExecutionResult> {
    try {
      this.#checkKey();
      return { status: 'SUCCEEDED', output: await this.#runStates() };
    } catch (error) {
      if (this.#timedOut) return { status: 'FAILED', error: 'States.Timeout', cause: 'the execution timed out' };
      if (this.#stopped.signal.aborted) return { status: 'ABORTED' };
      const { name, message } = error as Error;
      return { status: 'FAILED', error: name, cause: message };
    }
  }

  async #runStates(): Promise<unknown> {
    const { startAt, states } = this.#program;
    const position = this.#position ?? { state: startAt, input: this.#begin.input };
    const machine = new StateMachine(
      { StartAt: position.state, States: states } as unknown as ConstructorParameters<typeof StateMachine>[0],
      { validationOptions: { noValidate: true } },
    );
    // Nothing begins in the very call that starts the execution.
    await Promise.resolve();
    const { signal } = this.#stopped;
    if (signal.aborted) throw new StoppedError();
    // One for each task that runs.
    setMaxListeners(0, signal);
    const run = machine.run(position.input as Parameters<typeof machine.run>[0], {
      context: this.#context() as { [key: string]: never },
      overrides: this.#overrides(),
    });
    signal.addEventListener('abort', run.abort, { once: true });
    const timer = this.#limitTime();
    const watched = this.#watch(run.eventLogs);
    try {
      return await run.result;
    } catch (error) {
      // The library wraps what a state failed with.
      throw (error as Error).cause ?? error;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', run.abort);
      await watched;
    }
  }

  /** Keeps the position up to date. States within a state are not where an execution can go on. */
  async #watch(events: ReturnType<Run>['eventLogs']): Promise<void> {
    for await (const event of events) {
      if (event.type !== 'StateEntered') continue;
      const { name, input } = event.state;
      if (Object.hasOwn(this.#program.states, name)) this.#position = { state: name, input };
      this.#begin.options.onStateEntered?.(name);
    }
  }

  #limitTime(): NodeJS.Timeout | undefined {
    const { child, options } = this.#begin;
    const isExpress = (child?.type ?? this.#machine.type) === 'EXPRESS';
    const limit = Math.min(
      this.#program.timeoutSeconds === undefined ? MAX_TIMER : this.#program.timeoutSeconds * 1000,
      isExpress ? (options.expressDuration ?? EXPRESS_DURATION) : MAX_TIMER,
    );
    if (limit >= MAX_TIMER) return undefined;
    return setTimeout(() => {
      this.#timedOut = true;
      this.stop();
    }, limit);
  }

  /** Once, as Step Functions reuses the data key. */
  #checkKey(): void {
    const { keyArn, arn } = this.#machine;
    if (keyArn === undefined || this.#begin.child) return;
    const context = { 'kms:EncryptionContext:aws:states:stateMachineArn': arn };
    for (const action of ['kms:GenerateDataKey', 'kms:Decrypt']) {
      if (this.#machine.isRoleAllowed(action, keyArn, context)) continue;
      const asked = `${action} on resource: ${keyArn} with ${JSON.stringify(context)}`;
      throw new TaskError(KEY_ACCESS_DENIED, `${this.#machine.roleArn} is not authorized to perform: ${asked}`);
    }
  }

  /** What `$$` leads to; see the definition for what is under `Sandbox`. */
  #context(): Json {
    const { name, arn, roleArn } = this.#machine;
    return {
      StateMachine: { Id: arn, Name: name },
      Sandbox: {
        Execution: {
          Id: this.executionArn,
          Input: this.#begin.input,
          Name: this.name,
          RedriveCount: this.redriveCount,
          RoleArn: roleArn,
          StartTime: this.#startTime,
        },
        States: this.#program.names.map((Name) => ({ Name })),
      },
    };
  }

  #overrides(): Overrides {
    const tasks = [...this.#program.tasks].map(([name, task]) => [
      name,
      (input: unknown) => this.#task(name, task, input),
    ]);
    const taskResourceLocalHandlers = Object.fromEntries(tasks);
    const { maxWait } = this.#begin.options;
    if (maxWait === undefined) return { taskResourceLocalHandlers };
    const shortened = <T>(pauses: ReadonlyMap<string, T>, shorten: (pause: T) => T) =>
      Object.fromEntries([...pauses].map(([name, pause]) => [name, shorten(pause)]));
    return {
      taskResourceLocalHandlers,
      waitTimeOverrides: shortened(this.#program.waits, (wait) => Math.min(wait, maxWait)),
      retryIntervalOverrides: shortened(this.#program.retries, (waits) => waits.map((wait) => Math.min(wait, maxWait))),
    };
  }

  async #task(name: string, task: Task, input: unknown): Promise<never> {
    const { signal } = this.#stopped;
    if (signal.aborted) throw new StoppedError();
    const output = await untilAborted(signal, this.#carryOut(name, task, input));
    const bytes = Buffer.byteLength(JSON.stringify(output ?? null));
    if (bytes > MAX_DATA) {
      const problem = `The state/task '${name}' returned a result with a size exceeding the maximum number of bytes service limit.`;
      throw new TaskError('States.DataLimitExceeded', problem, { terminal: true });
    }
    // The library's type of JSON.
    return output as never;
  }

  /** An execution of its own, which Retry, Catch and redriving work within. */
  #startChild({ name, executionArn, type, program, input }: ChildExecution): Execution {
    const { maxWait, expressDuration } = this.#begin.options;
    const options = { name, maxWait, expressDuration };
    return new StateMachineExecution(this.#machine, program, { input, options, child: { executionArn, type } });
  }

  #carryOut(name: string, task: Task, input: unknown): Promise<unknown> {
    const { lambda } = this.#machine;
    switch (task.kind) {
      case 'invoke':
        return invokeFunction(lambda, input as Json, this.#stopped.signal);
      case 'function':
        return invokeFunction(lambda, { FunctionName: task.functionArn, Payload: input }, this.#stopped.signal).then(
          ({ Payload }) => Payload,
        );
      case 'map': {
        const run = this.#earlierMapRun ?? new MapRun(this.#machine, task.map, (child) => this.#startChild(child));
        const isRedriven = this.#earlierMapRun !== undefined;
        this.#earlierMapRun = undefined;
        this.#lastMap = { state: name, run };
        return run.run(input, this.#stopped.signal, isRedriven ? this.redriveCount : 0);
      }
      default: {
        const expected = 'arn:aws:states:::lambda:invoke or the ARN of a function';
        const problem = `the sandbox carries out no ${task.resource}, expected ${expected}`;
        return Promise.reject(new TaskError('States.Runtime', problem, { terminal: true }));
      }
    }
  }
}
