/** Helpers for tests. They are not in index.ts, because they load all of aws-cdk-lib. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { App, Stack } from 'aws-cdk-lib';
import { Sandbox, type SandboxOptions } from './sandbox';

/** Waits until something is so. How long that takes is up to the machine; the timeout of the test is the limit. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await wait(5);
}

/**
 * Whether the work ends before a timer that starts with it. When the work waits for timers, both are late on a busy
 * machine, in the same order.
 */
export async function endsBefore(milliseconds: number, work: Promise<unknown>): Promise<boolean> {
  const timer = new AbortController();
  const late = wait(milliseconds, false, { signal: timer.signal }).catch(() => false);
  const ended = work.then(
    () => true,
    () => true,
  );
  const first = await Promise.race([ended, late]);
  timer.abort();
  return first;
}

/** A stack that is synthesized and runs in the sandbox. */
export class Deployment {
  /** @param define adds constructs to the stack */
  static async start(define: (stack: Stack) => void, options: Partial<SandboxOptions> = {}): Promise<Deployment> {
    const directory = mkdtempSync(join(tmpdir(), 'deployment-'));
    const remove = () => rmSync(directory, { recursive: true });
    try {
      Deployment.synthesize(define, directory);
      return await Deployment.run(directory, options, remove);
    } catch (error) {
      remove();
      throw error;
    }
  }

  /** Synthesizes a stack into a folder, for {@link Deployment.run}. */
  static synthesize(define: (stack: Stack) => void, directory: string): void {
    // The validation of templates takes longer than everything else.
    const app = new App({ outdir: directory, builtinCloudFormationValidation: false });
    define(new Stack(app, 'Stack'));
    app.synth();
  }

  /** Runs a stack that was synthesized into a folder. Several deployments can run it. */
  static async run(
    directory: string,
    options: Partial<SandboxOptions> = {},
    afterStop: () => void = () => {},
  ): Promise<Deployment> {
    const output: string[] = [];
    const sandbox = await Sandbox.start({
      assemblyDirectory: directory,
      onLog: (line) => output.push(line),
      // What a test lists must not depend on how long ago it changed a user. A test of the lag sets it.
      listUsersLag: 0,
      ...options,
    });
    return new Deployment(sandbox, output, afterStop);
  }

  private constructor(
    readonly sandbox: Sandbox,
    /** Every line that the functions wrote to stdout and stderr. */
    readonly output: string[],
    private readonly afterStop: () => void,
  ) {}

  /** The functions' log lines that are JSON, parsed. */
  get logged(): Record<string, unknown>[] {
    return this.output.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
  }

  async stop(): Promise<void> {
    await this.sandbox.stop();
    this.afterStop();
  }
}
