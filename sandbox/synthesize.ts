import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '..');

/** A cloud assembly in a folder of its own. */
export interface Synthesized {
  readonly directory: string;
  /** Deletes the folder, which happens at the latest when the process exits. */
  remove(): void;
}

/** Runs `cdk synth` on the app that cdk.json names. What it prints is shown only when it fails. */
export async function synthesize(context: Readonly<Record<string, string>>): Promise<Synthesized> {
  const directory = mkdtempSync(join(tmpdir(), 'cdk-cognito-password-reset-'));
  const remove = () => rmSync(directory, { recursive: true, force: true });
  const cdk = spawn(
    process.execPath,
    [
      require.resolve('aws-cdk/bin/cdk'),
      ...['synth', '--quiet', '--no-notices', '--output', join(directory, 'cdk.out')],
      ...Object.entries(context).flatMap(([key, value]) => ['--context', `${key}=${value}`]),
    ],
    // A process group of its own, so that what cdk starts can be ended with it.
    { cwd: ROOT, env: withoutAccount(directory), detached: true, stdio: ['ignore', 'pipe', 'pipe'] },
  );
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
    throw new Error(`cdk synth failed:\n${Buffer.concat(printed).toString().trim()}`);
  }
  return { directory: join(directory, 'cdk.out'), remove };
}

/**
 * The environment without what belongs to somebody's account or settings: `cdk` would look up the account with any
 * credentials that it finds, and read a context from the home folder.
 */
function withoutAccount(home: string): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(AWS|CDK)_/.test(name));
  return {
    ...Object.fromEntries(kept),
    HOME: home,
    USERPROFILE: home,
    AWS_EC2_METADATA_DISABLED: 'true',
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    CDK_DISABLE_VERSION_CHECK: 'true',
  };
}
