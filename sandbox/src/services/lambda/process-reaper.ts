import { type ChildProcess, spawn } from 'node:child_process';

/** Remembers the last line it was sent; when nobody can send another, it ends the process groups named there. */
const SCRIPT = 'while read -r line; do groups=$line; done; [ -z "$groups" ] || kill -s KILL -- $groups';

/**
 * Ends the functions' processes when the sandbox itself was killed and could not. It has to be a process of its own:
 * a function that is frozen or in an endless loop cannot notice that the sandbox is gone.
 */
export class ProcessReaper {
  // Detached, so that Ctrl-C in a terminal reaches the sandbox alone, which then stops everything in order.
  readonly #shell: ChildProcess = spawn('/bin/sh', ['-c', SCRIPT], {
    detached: true,
    env: {},
    stdio: ['pipe', 'ignore', 'ignore'],
  });

  constructor() {
    // A guard that somebody ended takes nothing from the sandbox but its safety net.
    this.#shell.stdin?.on('error', () => {});
  }

  /** Replaces the process groups to end. */
  watch(groups: readonly number[]): void {
    this.#shell.stdin?.write(`${groups.map((group) => -group).join(' ')}\n`);
  }

  /** Lets go of every process group, and ends the guard. */
  stop(): void {
    this.watch([]);
    this.#shell.stdin?.end();
  }
}
