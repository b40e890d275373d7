import type { Stack } from 'aws-cdk-lib';
import { UserPool } from 'aws-cdk-lib/aws-cognito';
import type { SandboxOptions } from 'cloud-assembly-sandbox';
import { AdminPasswordReset, type AdminPasswordResetProps } from '../../lib';
import { type Answer, type Deployment, deploy, PASSWORD } from './deployment';

export { type Answer, PASSWORD };

/** An AdminPasswordReset and its user pool, synthesized and running in the sandbox. */
export class DeployedReset {
  static async start(
    props: Partial<AdminPasswordResetProps> = {},
    options: Partial<SandboxOptions> = {},
  ): Promise<DeployedReset> {
    const define = (stack: Stack) => {
      const userPool = new UserPool(stack, 'Pool', { signInAliases: { username: true, email: true } });
      new AdminPasswordReset(stack, 'Reset', { userPool, ...props });
    };
    const deployment = await deploy({ reset: props }, define, options);
    return new DeployedReset(deployment);
  }

  readonly functionName: string;
  readonly userPoolId: string;

  private constructor(private readonly deployment: Deployment) {
    const { functions, userPools } = deployment.sandbox.assembly;
    this.functionName = functions[0]?.functionName ?? '';
    this.userPoolId = userPools[0]?.userPoolId ?? '';
  }

  get sandbox() {
    return this.deployment.sandbox;
  }

  /** Every line that the function wrote to stdout and stderr. */
  get output(): string[] {
    return this.deployment.output;
  }

  /** Adds a confirmed user with a verified email address. */
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

  /** The number of AdminResetUserPassword calls. */
  get resets(): number {
    return this.sandbox.countCalls('AdminResetUserPassword');
  }

  /** The log lines of the function that are JSON, parsed. */
  get logged(): Record<string, unknown>[] {
    return this.deployment.logged;
  }

  stop(): Promise<void> {
    return this.deployment.stop();
  }
}
