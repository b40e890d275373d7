import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '..', '..');

/** A cloud assembly in a folder of its own. */
export interface Synthesized {
  readonly directory: string;
  /** Deletes the folder, which happens at the latest when the process exits. */
  remove(): void;
}

/**
 * Runs the app that cdk.json names, after its build, as the CDK runs it: told by two variables where to write and with
 * which context. Without its command line, which looks up an account and takes longer than the app itself. What is
 * printed is shown only when something fails.
 */
export async function synthesize(context: Readonly<Record<string, string>>): Promise<Synthesized> {
  const directory = mkdtempSync(join(tmpdir(), 'cdk-cognito-password-reset-'));
  const assembly = join(directory, 'cdk.out');
  const remove = () => rmSync(directory, { recursive: true, force: true });
  const settings = JSON.parse(readFileSync(join(ROOT, 'cdk.json'), 'utf8'));
  const cdk = spawn(`${settings.build} && ${settings.app}`, {
    cwd: ROOT,
    env: {
      ...withoutAccount(directory),
      CDK_OUTDIR: assembly,
      CDK_CONTEXT_JSON: JSON.stringify({ ...settings.context, ...context }),
    },
    shell: true,
    // A process group of its own, so that what the shell starts can be ended with it.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  process.once('exit', () => {
    // Left alone, it would go on and write into the folder that is deleted here.
    if (cdk.pid !== undefined && cdk.exitCode === null && cdk.signalCode === null) process.kill(-cdk.pid, 'SIGKILL');
    remove();
  });
  const printed: Buffer[] = [];
  cdk.stdout.on('data', (chunk) => printed.push(chunk));
  cdk.stderr.on('data', (chunk) => printed.push(chunk));
  const status = await new Promise((done, fail) => cdk.on('error', fail).on('close', done));
  if (status !== 0) {
    remove();
    const output = Buffer.concat(printed).toString().trim();
    // What the app threw says it all; without it, all that was printed.
    const thrown = /^(?:\w*Error: )(.+)$/m.exec(output)?.[1];
    throw new Error(`the app of bin/ could not be synthesized: ${thrown ?? `\n${output}`}`);
  }
  return { directory: assembly, remove };
}

/** The environment without what belongs to somebody's account or settings. */
function withoutAccount(home: string): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(AWS|CDK)_/.test(name));
  return {
    ...Object.fromEntries(kept),
    HOME: home,
    USERPROFILE: home,
  };
}
