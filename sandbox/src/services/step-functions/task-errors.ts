/** The error that a state fails with. Retry and Catch match its name. */
export class TaskError extends Error {
  /** Read by the library. A terminal error ends the execution, whatever Retry and Catch say. */
  readonly isRetryable: boolean;
  readonly isCatchable: boolean;

  constructor(name: string, cause: string, options: { terminal?: boolean } = {}) {
    super(cause);
    this.name = name;
    this.isRetryable = !options.terminal;
    this.isCatchable = !options.terminal;
  }
}

/** The error of a task when its execution is stopped before the task ends. */
export class StoppedError extends TaskError {
  constructor() {
    super('Sandbox.Stopped', 'the execution was stopped', { terminal: true });
  }
}

/** The error of a state that uses a feature that the sandbox does not support. */
export function unsupportedError(what: string, expected: string): TaskError {
  return new TaskError('States.Runtime', `the sandbox does not support ${what}, expected ${expected}`, {
    terminal: true,
  });
}

/** Waits for the promise. Rejected with {@link StoppedError} when the signal is aborted first. */
export async function waitUnlessAborted<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  let onAbort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(new StoppedError());
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort);
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
