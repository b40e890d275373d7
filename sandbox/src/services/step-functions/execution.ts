import type { CompiledDefinition } from './compiled-definition';

/** How an execution is started. */
export interface StartOptions {
  /**
   * The name of the execution.
   *
   * @default - a UUID
   */
  readonly name?: string;
  /**
   * The longest time that a Wait state waits and that a retrier waits before a retry, in milliseconds. A Wait state that reads
   * its time from its input always waits that long.
   *
   * @default - the times in the definition
   */
  readonly maxWait?: number;
  /**
   * The time after which an EXPRESS execution times out, in milliseconds.
   *
   * @default - five minutes
   */
  readonly expressDuration?: number;
  /** Called with the name and input of every state that the execution enters. It is not called for child executions. */
  readonly onStateEntered?: (name: string, input: unknown) => void;
}

/** The result of an execution. */
export interface ExecutionResult {
  readonly status: 'SUCCEEDED' | 'FAILED' | 'ABORTED';
  /** The output of an execution that succeeded. */
  readonly output?: unknown;
  /** The error name of an execution that failed. */
  readonly error?: string;
  readonly cause?: string;
}

/** An execution of a state machine. */
export interface Execution {
  readonly executionArn: string;
  readonly name: string;
  /** The result. The promise is never rejected. */
  readonly result: Promise<ExecutionResult>;
  /** Stops the execution and its child executions. No further task starts, but running functions are not ended. */
  stop(): void;
  /**
   * Continues from the state in which the execution failed or was stopped, with the input of that state. A Distributed Map
   * runs only the child executions that did not succeed. A Parallel state and an inline Map start again.
   *
   * @throws Error when the execution is running or succeeded
   */
  redrive(): Execution;
}

/** How a child execution of a Distributed Map is started. */
export interface ChildExecution {
  readonly name: string;
  readonly executionArn: string;
  /** The ARN that it presents when it assumes the role. */
  readonly sourceArn: string;
  readonly type: 'STANDARD' | 'EXPRESS';
  readonly definition: CompiledDefinition;
  readonly input: unknown;
}
