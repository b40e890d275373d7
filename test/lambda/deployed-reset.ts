import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { UserPool } from 'aws-cdk-lib/aws-cognito';
import { AdminPasswordReset, type AdminPasswordResetProps } from '../../lib';
import { Sandbox, type SandboxOptions } from '../../sandbox/sandbox';

export const PASSWORD = 'Old-password-1';

/** How an invocation ended, as the caller of the runtime sees it. */
export interface Answer {
  readonly errorType?: string;
  readonly errorMessage?: string;
  readonly [field: string]: unknown;
}

/** An AdminPasswordReset and its user pool, synthesized, and running in the sandbox. */
export class DeployedReset {
  static async start(
    props: Partial<AdminPasswordResetProps> = {},
    options: Partial<SandboxOptions> = {},
  ): Promise<DeployedReset> {
    const directory = mkdtempSync(join(tmpdir(), 'deployed-reset-'));
    const app = new App({ outdir: directory });
    const stack = new Stack(app, 'Stack');
    const userPool = new UserPool(stack, 'Pool', { signInAliases: { username: true, email: true } });
    new AdminPasswordReset(stack, 'Reset', { userPool, ...props });
    app.synth();

    const output: string[] = [];
    const sandbox = await Sandbox.start({
      assemblyDirectory: directory,
      onLog: (line) => output.push(line),
      ...options,
    });
    return new DeployedReset(sandbox, output, directory);
  }

  readonly functionName: string;
  readonly userPoolId: string;

  private constructor(
    readonly sandbox: Sandbox,
    /** Every line that the function wrote to stdout and stderr. */
    readonly output: string[],
    private readonly directory: string,
  ) {
    this.functionName = sandbox.assembly.functions[0]?.functionName ?? '';
    this.userPoolId = sandbox.assembly.userPools[0]?.userPoolId ?? '';
  }

  /** A confirmed user with a verified email address. */
  addUser(username: string): Promise<string> {
    return this.sandbox.cognito.addUser({
      userPoolId: this.userPoolId,
      username,
      password: PASSWORD,
      attributes: { email: `${username}@example.com`, email_verified: 'true' },
    });
  }

  async invoke(event: unknown): Promise<Answer> {
    return (await this.sandbox.lambda.invoke(this.functionName, event)).payload as Answer;
  }

  /** How often Cognito was asked to reset. */
  get resets(): number {
    return this.sandbox.countCalls('AdminResetUserPassword');
  }

  /** The log lines of the function that are JSON, parsed. */
  get logged(): Record<string, unknown>[] {
    return this.output.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
  }

  async stop(): Promise<void> {
    await this.sandbox.stop();
    rmSync(this.directory, { recursive: true });
  }
}
