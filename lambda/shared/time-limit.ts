/**
 * Rejects when the work takes longer than the limit, in milliseconds. The work gets a signal that aborts then, and may
 * ignore it.
 */
export function withTimeLimit<T>(milliseconds: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const signal = AbortSignal.timeout(milliseconds);
  const timeout = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason));
  });
  return Promise.race([work(signal), timeout]);
}
