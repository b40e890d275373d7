import { createInterface } from 'node:readline/promises';

/** Asks the user, and returns whether the answer is yes. An interruption is a no. */
export async function isConfirmed(
  question: string,
  signal: AbortSignal,
  { input, output }: { input: NodeJS.ReadableStream; output: NodeJS.WritableStream } = {
    input: process.stdin,
    output: process.stdout,
  },
): Promise<boolean> {
  const terminal = createInterface({ input, output });
  // A terminal that is read key by key gives Ctrl-C as a key, and no signal.
  const interruption = new AbortController();
  terminal.on('SIGINT', () => interruption.abort());
  try {
    const answer = await terminal.question(question, { signal: AbortSignal.any([signal, interruption.signal]) });
    return /^y(es)?$/i.test(answer);
  } catch (error) {
    if ((error as Error).name === 'AbortError') return false;
    throw error;
  } finally {
    terminal.close();
  }
}
