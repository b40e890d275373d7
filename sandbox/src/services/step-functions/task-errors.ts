/** How a state fails: the error's name is what Retry and Catch match. */
export class TaskError extends Error {
  /** Whether the library may retry and catch it. Some errors end an execution whatever it says. */
  readonly isRetryable: boolean;
  readonly isCatchable: boolean;

  constructor(name: string, cause: string, options: { terminal?: boolean } = {}) {
    super(cause);
    this.name = name;
    this.isRetryable = !options.terminal;
    this.isCatchable = !options.terminal;
  }
}

/** What a task that was under way, or was about to begin, ends with when its execution is stopped. */
export class StoppedError extends TaskError {
  constructor() {
    super('Sandbox.Stopped', 'the execution was stopped', { terminal: true });
  }
}

/** The error of a state that asks for something that the sandbox does not support. */
export function unsupportedError(what: string, expected: string): TaskError {
  return new TaskError('States.Runtime', `the sandbox does not run ${what}, expected ${expected}`, { terminal: true });
}

/** Settles as the promise does, unless the signal comes first. */
export async function untilAborted<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
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
