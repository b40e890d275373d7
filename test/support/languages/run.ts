import { spawnSync } from 'node:child_process';

export interface Ran {
  readonly status: number | null;
  /** What its user reads: standard output, and then standard error. */
  readonly output: string;
}

/** @throws if the command is not installed */
export function run(command: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}): Ran {
  const options = { cwd, env: { ...process.env, ...env }, encoding: 'utf8', maxBuffer: 2 ** 28 } as const;
  const { status, stdout, stderr, error } = spawnSync(command, args, options);
  if (error !== undefined)
    throw new Error(`${command} does not start: npm run test:languages needs it: ${error.message}`);
  return { status, output: `${stdout}${stderr}` };
}

/** @throws if the command fails, with what it printed last */
export function runOrFail(command: string, args: readonly string[], cwd: string, env?: NodeJS.ProcessEnv): string {
  const { status, output } = run(command, args, cwd, env);
  if (status === 0) return output;
  const last = output.trim().split('\n').slice(-40).join('\n');
  throw new Error(`${[command, ...args].join(' ')} ended with ${status}:\n${last}`);
}

/** @throws if the registry of a language does not deliver, with a sentence that says so and what the command printed last */
export function fromRegistry(registry: string, ...command: Parameters<typeof runOrFail>): void {
  try {
    runOrFail(...command);
  } catch (error) {
    throw new Error(
      `packages: got none from the registry of ${registry}, expected those that the app needs: npm run test:languages is never skipped, and needs the registries of npm, Python, Maven and Go\n${(error as Error).message}`,
    );
  }
}

/** Prints how long the work took. */
export function stage(name: string, work: () => void): void {
  // real time: it is printed, and nothing depends on it.
  const begin = Date.now();
  work();
  // real time: as above.
  process.stdout.write(`${name}: ${Math.round((Date.now() - begin) / 1000)} s\n`);
}
