import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { SHARED_FOLDER } from './shared-folder';

const ROOT = resolve(__dirname, '..', '..');

/** Loads TypeScript, and records the calls of the command. */
const LOADERS = ['--import', 'tsx', '--import', './test/support/aws-calls/record-command.ts'];

/**
 * Starts a command of tools/. Its temporary files are in the folder that all suites share, with what the compiler of the
 * commands caches there.
 */
function start(command: string, ...args: string[]): ChildProcess {
  const loaders = [...LOADERS, '--import', './test/support/shared-app.ts'];
  return spawnCommand(loaders, SHARED_FOLDER, command, args);
}

/** Starts a command that writes its temporary files to this folder, and synthesizes its app itself. */
export function startWithTempFolder(folder: string, command: string, ...args: string[]): ChildProcess {
  return spawnCommand(LOADERS, folder, command, args);
}

function spawnCommand(loaders: readonly string[], folder: string, command: string, args: readonly string[]) {
  // What is sent to the sandbox of the command serve is of a test: the command itself sends nothing.
  const RECORDED_SENDERS = command === 'serve' ? 'FUNCTION' : 'FUNCTION,OTHER';
  return spawn(process.execPath, [...loaders, `tools/${command}/command.ts`, ...args], {
    cwd: ROOT,
    env: { ...process.env, RECORDED_SENDERS, TMPDIR: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Deletes the folder of {@link startWithTempFolder}, and gives what was in it, but for what the compiler of the command and npm cache. */
export function filesLeftBy(folder: string): string[] {
  const left = readdirSync(folder).filter((name) => !/^(?:tsx-|node-compile-cache$)/.test(name));
  rmSync(folder, { recursive: true });
  return left;
}

/** Runs a command of tools/ until it ends. */
export async function run(command: string, ...args: string[]) {
  const child = start(command, ...args);
  const printed = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream]?.on('data', (chunk) => {
      printed[stream] += chunk;
    });
  }
  const [status] = await once(child, 'close');
  return { status, ...printed };
}

/** Waits until the standard output matches, and returns it. */
export function waitForOutput(child: ChildProcess, pattern: RegExp): Promise<string> {
  let printed = '';
  return new Promise((done, fail) => {
    child.stdout?.on('data', (chunk) => {
      printed += chunk;
      if (pattern.test(printed)) done(printed);
    });
    child.once('close', () => fail(new Error(`the process ended without printing ${pattern}`)));
  });
}
