import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import type { Json } from '../../model';
import { StateMachine } from './asl-libraries';
import { KEY_ACCESS_DENIED, ROLE_NOT_ASSUMABLE } from './assumptions';
import type { CompiledDefinition, Task } from './compiled-definition';
import type { ChildExecution, Execution, ExecutionResult, StartOptions } from './execution';
import { invokeFunction } from './lambda-integration';
import { MapRun } from './map-run';
import type { RunnableStateMachine } from './runnable-state-machine';
import { StoppedError, TaskError, waitUnlessAborted } from './task-errors';

/** The maximum size of the input or output of a state, in bytes. */
const MAX_DATA = 256 * 1024;

/** The maximum duration of an EXPRESS execution, in milliseconds. */
const EXPRESS_DURATION = 5 * 60 * 1000;

/** The longest time that a timer of Node.js can wait, in milliseconds. */
const MAX_TIMER = 2 ** 31 - 1;

/** How an execution is started. */
interface ExecutionStart {
  readonly input: unknown;
  readonly options: StartOptions;
  /** Called when an execution starts, also when a redrive starts it. */
  readonly onStart?: (execution: Execution) => void;
  /** Set for a child execution. */
  readonly child?: Pick<ChildExecution, 'executionArn' | 'sourceArn' | 'type'>;
  readonly redriven?: RedrivenExecution;
}

/** The state of an execution that is redriven. */
interface RedrivenExecution {
  readonly name: string;
  readonly startTime: string;
  readonly redriveCount: number;
  readonly enteredState?: EnteredState;
  readonly mapRun?: MapRun;
}

type Run = InstanceType<typeof StateMachine>['run'];
type Overrides = NonNullable<NonNullable<Parameters<Run>[1]>['overrides']>;

/** A state that was entered, and its input. */
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
  readonly #definition: CompiledDefinition;
  readonly #start: ExecutionStart;
  readonly #startTime: string;
  readonly #stopped = new AbortController();
  #timedOut = false;
  #ended: ExecutionResult | undefined;
  #enteredState: EnteredState | undefined;
  /** The last Map Run, and the state that it belongs to. */
  #lastMapRun: { readonly state: string; readonly run: MapRun } | undefined;
  /** The Map Run that the first Distributed Map of a redriven execution continues. */
  #redrivenMapRun: MapRun | undefined;

  constructor(machine: RunnableStateMachine, definition: CompiledDefinition, start: ExecutionStart) {
    const { options, redriven, child } = start;
    this.#machine = machine;
    this.#definition = definition;
    this.#start = start;
    this.name = redriven?.name ?? options.name ?? randomUUID();
    this.executionArn = child?.executionArn ?? machine.arnOf('execution', `${machine.name}:${this.name}`);
    this.#startTime = redriven?.startTime ?? new Date().toISOString();
    this.redriveCount = redriven?.redriveCount ?? 0;
    this.#enteredState = redriven?.enteredState;
    this.#redrivenMapRun = redriven?.mapRun;
    this.result = this.#run().then((result) => {
      this.#ended = result;
      return result;
    });
    start.onStart?.(this);
  }

  stop(): void {
    this.#stopped.abort();
  }

  redrive(): StateMachineExecution {
    const status = this.#ended?.status ?? 'RUNNING';
    if (status !== 'FAILED' && status !== 'ABORTED') {
      throw new Error(`execution ${this.name}: got status ${status}, expected FAILED or ABORTED to redrive it`);
    }
    const last = this.#lastMapRun;
    return new StateMachineExecution(this.#machine, this.#definition, {
      ...this.#start,
      redriven: {
        name: this.name,
        startTime: this.#startTime,
        redriveCount: this.redriveCount + 1,
        enteredState: this.#enteredState,
        mapRun: last !== undefined && last.state === this.#enteredState?.state ? last.run : undefined,
      },
    });
  }

  async #run(): Promise<ExecutionResult> {
    try {
      this.#assumeRole();
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
    const { startAt, states } = this.#definition;
    const entered = this.#enteredState ?? { state: startAt, input: this.#start.input };
    const machine = new StateMachine(
      { StartAt: entered.state, States: states } as unknown as ConstructorParameters<typeof StateMachine>[0],
      { validationOptions: { noValidate: true } },
    );
    // The first state starts after the call that starts the execution has returned.
    await Promise.resolve();
    const { signal } = this.#stopped;
    if (signal.aborted) throw new StoppedError();
    // Each running task adds a listener.
    setMaxListeners(0, signal);
    const run = machine.run(entered.input as Parameters<typeof machine.run>[0], {
      context: this.#context() as { [key: string]: never },
      overrides: this.#overrides(),
    });
    signal.addEventListener('abort', run.abort, { once: true });
    const timer = this.#limitTime();
    const watched = this.#watch(run.eventLogs);
    try {
      return await run.result;
    } catch (error) {
      // The library wraps the error of the state.
      throw (error as Error).cause ?? error;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', run.abort);
      await watched;
    }
  }

  /** Records each state that is entered. Nested states are left out, because a redrive cannot continue from them. */
  async #watch(events: ReturnType<Run>['eventLogs']): Promise<void> {
    for await (const event of events) {
      if (event.type !== 'StateEntered') continue;
      const { name, input } = event.state;
      if (Object.hasOwn(this.#definition.states, name)) this.#enteredState = { state: name, input };
      this.#start.options.onStateEntered?.(name, input);
    }
  }

  #limitTime(): NodeJS.Timeout | undefined {
    const { child, options } = this.#start;
    const isExpress = (child?.type ?? this.#machine.type) === 'EXPRESS';
    const limit = Math.min(
      this.#definition.timeoutSeconds === undefined ? MAX_TIMER : this.#definition.timeoutSeconds * 1000,
      isExpress ? (options.expressDuration ?? EXPRESS_DURATION) : MAX_TIMER,
    );
    if (limit >= MAX_TIMER) return undefined;
    return setTimeout(() => {
      this.#timedOut = true;
      this.stop();
    }, limit);
  }

  #assumeRole(): void {
    const { arn, roleArn } = this.#machine;
    const sourceArn = this.#start.child?.sourceArn ?? arn;
    if (this.#machine.canAssumeRole(sourceArn)) return;
    const problem = 'the service principal states.amazonaws.com is not authorized to assume the provided role';
    throw new TaskError(ROLE_NOT_ASSUMABLE, `${problem} ${roleArn} for ${sourceArn}`);
  }

  /** Checks access to the customer managed key once for each execution, because Step Functions reuses the data key. */
  #checkKey(): void {
    const { keyArn, arn } = this.#machine;
    if (keyArn === undefined || this.#start.child) return;
    const context = { 'kms:EncryptionContext:aws:states:stateMachineArn': arn };
    for (const action of ['kms:GenerateDataKey', 'kms:Decrypt']) {
      if (this.#machine.isRoleAllowed(action, keyArn, context)) continue;
      const asked = `${action} on resource: ${keyArn} with ${JSON.stringify(context)}`;
      throw new TaskError(KEY_ACCESS_DENIED, `${this.#machine.roleArn} is not authorized to perform: ${asked}`);
    }
  }

  /** The context object `$$`. The compiled definition refers to what is under `Sandbox`. */
  #context(): Json {
    const { name, arn, roleArn } = this.#machine;
    return {
      StateMachine: { Id: arn, Name: name },
      Sandbox: {
        Execution: {
          Id: this.executionArn,
          Input: this.#start.input,
          Name: this.name,
          RedriveCount: this.redriveCount,
          RoleArn: roleArn,
          StartTime: this.#startTime,
        },
        States: this.#definition.names.map((Name) => ({ Name })),
      },
    };
  }

  #overrides(): Overrides {
    const tasks = [...this.#definition.tasks].map(([name, task]) => [
      name,
      (input: unknown) => this.#task(name, task, input),
    ]);
    const taskResourceLocalHandlers = Object.fromEntries(tasks);
    const { maxWait } = this.#start.options;
    if (maxWait === undefined) return { taskResourceLocalHandlers };
    const shortened = <T>(pauses: ReadonlyMap<string, T>, shorten: (pause: T) => T) =>
      Object.fromEntries([...pauses].map(([name, pause]) => [name, shorten(pause)]));
    return {
      taskResourceLocalHandlers,
      waitTimeOverrides: shortened(this.#definition.waits, (wait) => Math.min(wait, maxWait)),
      retryIntervalOverrides: shortened(this.#definition.retries, (waits) =>
        waits.map((wait) => Math.min(wait, maxWait)),
      ),
    };
  }

  async #task(name: string, task: Task, input: unknown): Promise<never> {
    const { signal } = this.#stopped;
    if (signal.aborted) throw new StoppedError();
    const output = await waitUnlessAborted(signal, this.#carryOut(name, task, input));
    const bytes = Buffer.byteLength(JSON.stringify(output ?? null));
    if (bytes > MAX_DATA) {
      const problem = `The state/task '${name}' returned a result with a size exceeding the maximum number of bytes service limit.`;
      throw new TaskError('States.DataLimitExceeded', problem, { terminal: true });
    }
    // The library has a JSON type of its own.
    return output as never;
  }

  /** Starts a child execution, with Retry, Catch and redrive of its own. */
  #startChild({ name, executionArn, sourceArn, type, definition, input }: ChildExecution): Execution {
    const { maxWait, expressDuration } = this.#start.options;
    const options = { name, maxWait, expressDuration };
    return new StateMachineExecution(this.#machine, definition, {
      input,
      options,
      child: { executionArn, sourceArn, type },
    });
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
        const run = this.#redrivenMapRun ?? new MapRun(this.#machine, task.map, (child) => this.#startChild(child));
        const isRedriven = this.#redrivenMapRun !== undefined;
        this.#redrivenMapRun = undefined;
        this.#lastMapRun = { state: name, run };
        return run.run(input, this.#stopped.signal, isRedriven ? this.redriveCount : 0);
      }
      case 'fail':
        return Promise.reject(failureOf(input as Json));
      default: {
        const expected = 'arn:aws:states:::lambda:invoke or the ARN of a function';
        const problem = `the sandbox does not support the resource ${task.resource}, expected ${expected}`;
        return Promise.reject(new TaskError('States.Runtime', problem, { terminal: true }));
      }
    }
  }
}

/** The error of a Fail state. Its paths and intrinsic functions must result in strings. */
function failureOf({ Error: error = '', Cause: cause = '' }: Json): TaskError {
  if (typeof error === 'string' && typeof cause === 'string') return new TaskError(error, cause);
  return new TaskError('States.Runtime', 'ErrorPath and CausePath of a Fail state must result in a string', {
    terminal: true,
  });
}
