import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Deployment, removedError, type StackOptions, SynthesizedStack, stageOf } from './deployment';
import type { Stage } from './experiment';
import type { VerifyOutputs } from './stack';

export interface AwsDeploymentOptions extends StackOptions {
  /**
   * The command of the CDK and its first arguments.
   *
   * @default - the installed package aws-cdk
   */
  readonly cdk?: readonly [command: string, ...args: string[]];
}

/**
 * What a user pool that sends through Amazon SES leaves in an account.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/using-service-linked-roles.html
 */
export const SERVICE_LINKED_ROLE =
  'Amazon Cognito makes the service-linked role AWSServiceRoleForAmazonCognitoIdpEmailService unless the account has it. It stays.';

/** The stack in an AWS account, deployed and destroyed by the command of the CDK with the user's own credentials. */
export class AwsDeployment implements Deployment {
  readonly #options: AwsDeploymentOptions;
  readonly #stack: SynthesizedStack;
  #deploying: ChildProcess | undefined;
  #removal: Promise<void> | undefined;

  constructor(options: AwsDeploymentOptions) {
    this.#options = options;
    this.#stack = new SynthesizedStack(options);
  }

  get leftovers(): string {
    const { stackName, region, from } = this.#options;
    return [
      `What may be left is the stack ${stackName} in ${region}, with everything that this command made. To delete it:`,
      '',
      `  aws cloudformation delete-stack --region ${region} --stack-name ${stackName}`,
      ...(from === undefined ? [] : ['', SERVICE_LINKED_ROLE]),
    ].join('\n');
  }

  async start(): Promise<Stage> {
    const { stackName, region } = this.#options;
    const outputsFile = join(this.#stack.folder, 'outputs.json');
    if (this.#removal !== undefined) throw removedError();
    // Without a change set, so that a deployment that is interrupted leaves a stack or none.
    const args = ['--method', 'direct', '--require-approval', 'never', '--outputs-file', outputsFile];
    this.#deploying = this.#spawnCdk('deploy', ...args);
    const status = await exitOf(this.#deploying);
    if (this.#removal !== undefined) throw removedError();
    if (status !== 0) throw new Error(`cdk deploy: got exit status ${status}, expected 0: see its output above`);
    const { [stackName]: outputs } = JSON.parse(readFileSync(outputsFile, 'utf8')) as Record<string, VerifyOutputs>;
    if (outputs === undefined) throw new Error(`cdk deploy: got no outputs of the stack ${stackName}`);
    return stageOf(outputs, { region });
  }

  remove(): Promise<void> {
    this.#removal ??= this.#remove();
    return this.#removal;
  }

  async #remove(): Promise<void> {
    try {
      const { pid } = this.#deploying ?? {};
      // Nothing was deployed yet.
      if (this.#deploying === undefined || pid === undefined) return;
      if (isRunning(this.#deploying)) {
        const ended = exitOf(this.#deploying);
        process.kill(-pid, 'SIGTERM');
        await ended;
      }
      const status = await exitOf(this.#spawnCdk('destroy', '--force'));
      if (status !== 0) throw new Error(`cdk destroy: got exit status ${status}, expected 0.\n${this.leftovers}`);
    } finally {
      this.#stack.remove();
    }
  }

  /** In a process group of its own, so that Ctrl-C in a terminal does not end it: the command decides that. */
  #spawnCdk(subcommand: string, ...args: string[]): ChildProcess {
    const { stackName, region, cdk = [process.execPath, cdkScript()] } = this.#options;
    const [command, ...first] = cdk;
    const all = [...first, subcommand, stackName, '--app', this.#stack.assembly, ...args];
    return spawn(command, all, {
      cwd: this.#stack.folder,
      env: { ...process.env, AWS_REGION: region, AWS_DEFAULT_REGION: region },
      stdio: ['ignore', 'inherit', 'inherit'],
      detached: true,
    });
  }
}

/** The script of the package aws-cdk, which may not be resolved as a module. */
function cdkScript(): string {
  return join(__dirname, '..', '..', 'node_modules', 'aws-cdk', 'bin', 'cdk');
}

function isRunning({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null;
}

/** The exit status, or the signal that ended the process. */
async function exitOf(child: ChildProcess): Promise<number | string | null> {
  if (isRunning(child)) await once(child, 'exit');
  return child.exitCode ?? child.signalCode;
}
