import { Sandbox, type SandboxOptions } from 'cloud-assembly-sandbox';
import { type Deployment, REAL_CLOCK, type StackOptions, SynthesizedStack, stageOf } from './deployment';
import type { Stage } from './experiment';
import type { VerifyOutputs } from './stack';

export interface SandboxDeploymentOptions extends StackOptions {
  readonly clock?: Stage['clock'];
  readonly onCall?: SandboxOptions['onCall'];
  /** Changes the sandbox before the experiments. */
  readonly prepare?: (sandbox: Sandbox) => void;
}

/** The same stack in the sandbox, on this machine: the rehearsal. Its account is in the SMS sandbox, as a new account is. */
export class SandboxDeployment implements Deployment {
  readonly leftovers = 'Nothing is left but a temporary folder.';
  readonly #options: SandboxDeploymentOptions;
  readonly #stack: SynthesizedStack;
  #starting: Promise<Sandbox> | undefined;
  #removal: Promise<void> | undefined;

  constructor(options: SandboxDeploymentOptions) {
    this.#options = options;
    this.#stack = new SynthesizedStack(options);
  }

  async start(): Promise<Stage> {
    const { region, clock = REAL_CLOCK, onCall, prepare } = this.#options;
    const now = () => new Date(clock.now());
    this.#starting = Sandbox.start({ assemblyDirectory: this.#stack.assembly, now, onCall });
    const sandbox = await this.#starting;
    sandbox.sms.tier = 'SANDBOX';
    // A new account has set no limit.
    sandbox.sms.spendLimit = undefined;
    prepare?.(sandbox);
    const outputs = sandbox.assembly.outputs as unknown as VerifyOutputs;
    const credentials = { accessKeyId: 'developer', secretAccessKey: 'developer' };
    return stageOf(outputs, { region, endpoint: sandbox.endpoint, credentials }, clock);
  }

  remove(): Promise<void> {
    this.#removal ??= this.#remove();
    return this.#removal;
  }

  async #remove(): Promise<void> {
    try {
      const sandbox = await this.#starting?.catch(() => undefined);
      await sandbox?.stop();
    } finally {
      this.#stack.remove();
    }
  }
}
