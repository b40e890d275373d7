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
export async function synthesize(): Promise<Synthesized> {
  const directory = mkdtempSync(join(tmpdir(), 'cdk-cognito-password-reset-'));
  const remove = () => rmSync(directory, { recursive: true, force: true });
  process.once('exit', remove);
  const cdk = spawn(
    process.execPath,
    [require.resolve('aws-cdk/bin/cdk'), 'synth', '--quiet', '--no-notices', '--output', join(directory, 'cdk.out')],
    { cwd: ROOT, env: withoutAccount(directory), stdio: ['ignore', 'pipe', 'pipe'] },
  );
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
