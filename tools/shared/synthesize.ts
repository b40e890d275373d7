import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { temporaryFolder } from './temporary-folder';

const ROOT = resolve(__dirname, '..', '..');

/** A cloud assembly in a temporary folder. */
export interface SynthesizedApp {
  readonly directory: string;
  /** Deletes the folder. When the process exits, the folder is deleted in any case. */
  remove(): void;
}

/** The build of this process, which all its apps share. */
let built: Promise<void> | undefined;

/**
 * Runs the build and the app of cdk.json. Two environment variables tell the app the output folder and the context, as
 * the CDK does. The CDK's command line is not used: it looks up an account and takes longer than the app itself. The
 * output of the app is shown only if the app fails.
 */
export async function synthesizeApp(context: Readonly<Record<string, string>>): Promise<SynthesizedApp> {
  const directory = temporaryFolder('cdk-cognito-password-reset');
  const assembly = join(directory, 'cdk.out');
  const remove = () => rmSync(directory, { recursive: true, force: true });
  const settings = JSON.parse(readFileSync(join(ROOT, 'cdk.json'), 'utf8'));
  const environment = withoutAccount(directory);
  try {
    built ??= run(settings.build, environment);
    await built;
    await run(settings.app, {
      ...environment,
      // The template is not deployed. Its validation takes longer than everything else; the tests of bin/ validate it.
      CDK_VALIDATION: 'false',
      CDK_OUTDIR: assembly,
      CDK_CONTEXT_JSON: JSON.stringify({ ...settings.context, ...context }),
    });
  } catch (error) {
    remove();
    throw error;
  }
  return { directory: assembly, remove };
}

/** Runs a command of cdk.json. Throws an error with what it printed. */
async function run(command: string, env: NodeJS.ProcessEnv): Promise<void> {
  // A separate process group, so that the processes that the shell starts can be ended as well.
  const shell = spawn(command, { cwd: ROOT, env, shell: true, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  // It would otherwise continue, and write into the folder that is deleted after this.
  const kill = () => {
    if (shell.pid !== undefined && shell.exitCode === null && shell.signalCode === null)
      process.kill(-shell.pid, 'SIGKILL');
  };
  process.prependOnceListener('exit', kill);
  const printed: Buffer[] = [];
  shell.stdout.on('data', (chunk) => printed.push(chunk));
  shell.stderr.on('data', (chunk) => printed.push(chunk));
  const status = await new Promise((done, fail) => shell.on('error', fail).on('close', done));
  process.off('exit', kill);
  if (status === 0) return;
  const output = Buffer.concat(printed).toString().trim();
  // The message of the error is enough. Without one, the whole output is shown.
  const thrown = /^(?:\w*Error: )(.+)$/m.exec(output)?.[1];
  throw new Error(`the app of bin/ could not be synthesized: ${thrown ?? `\n${output}`}`);
}

/** The environment without the AWS account, the CDK settings and the home folder of the user. */
function withoutAccount(home: string): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(AWS|CDK)_/.test(name));
  return {
    ...Object.fromEntries(kept),
    HOME: home,
    USERPROFILE: home,
  };
}
