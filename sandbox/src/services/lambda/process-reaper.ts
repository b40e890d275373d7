import { type ChildProcess, spawn } from 'node:child_process';

/** Keeps the last line that it reads. At the end of its input it kills the process groups of that line. */
const SCRIPT = 'while read -r line; do groups=$line; done; [ -z "$groups" ] || kill -s KILL -- $groups';

/**
 * Kills the processes of the functions when the sandbox is killed before it can do so. It is a process of its own, because a
 * function that is frozen or in an endless loop cannot notice that the sandbox has ended.
 */
export class ProcessReaper {
  #shell?: ChildProcess;

  /** Replaces the process groups to kill. */
  watch(groups: readonly number[]): void {
    // Many sandboxes run no function.
    if (groups.length > 0) this.#shell ??= startShell();
    this.#shell?.stdin?.write(`${groups.map((group) => -group).join(' ')}\n`);
  }

  /** Ends the reaper without killing anything. */
  stop(): void {
    this.watch([]);
    this.#shell?.stdin?.end();
  }
}

function startShell(): ChildProcess {
  // Detached, so that Ctrl-C in a terminal reaches only the sandbox, which then stops everything in order.
  const shell = spawn('/bin/sh', ['-c', SCRIPT], { detached: true, env: {}, stdio: ['pipe', 'ignore', 'ignore'] });
  // The sandbox works without the reaper, so it goes on when the reaper has ended.
  shell.stdin?.on('error', () => {});
  return shell;
}
