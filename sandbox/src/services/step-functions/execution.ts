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
   * The longest that a Wait state waits, and a retrier before it tries again, in milliseconds. A Wait state that takes its
   * time from its input waits just as long.
   *
   * @default - as long as the definition says
   */
  readonly maxWait?: number;
  /**
   * After how many milliseconds an EXPRESS execution ends.
   *
   * @default - five minutes
   */
  readonly expressDuration?: number;
  /** Called with the name of each state that the execution enters; not for those of child executions. */
  readonly onStateEntered?: (name: string) => void;
}

/** How an execution ended. */
export interface ExecutionResult {
  readonly status: 'SUCCEEDED' | 'FAILED' | 'ABORTED';
  /** When it succeeded. */
  readonly output?: unknown;
  /** The name of the error when it failed. */
  readonly error?: string;
  readonly cause?: string;
}

/** An execution of a state machine. */
export interface Execution {
  readonly executionArn: string;
  readonly name: string;
  /** Never rejected. */
  readonly result: Promise<ExecutionResult>;
  /** Begins no further task, and stops child executions. What a function is doing goes on. */
  stop(): void;
  /**
   * Goes on from the state that the execution failed in, or was stopped in, with the input of that state. A Distributed
   * Map runs only what did not succeed; a Parallel and an inline Map run anew.
   *
   * @throws Error when it did not end, or succeeded
   */
  redrive(): Execution;
}

/** What a child execution is started with. */
export interface ChildExecution {
  readonly name: string;
  readonly executionArn: string;
  readonly type: 'STANDARD' | 'EXPRESS';
  readonly program: CompiledDefinition;
  readonly input: unknown;
}
