import type { Assembly } from '../assembly';
import type { RoleCredentials } from '../iam';
import type { Json, StateMachineDefinition } from '../service';
import type { Execution, StartOptions } from './execution';
import type { Machine } from './machine';

export interface WorkflowServiceOptions {
  readonly assembly: Assembly;
  readonly credentials: RoleCredentials;
  /** Where the state machines reach the AWS APIs. */
  readonly endpoint: string;
}

/**
 * Step Functions: the state machines of the cloud assembly, run by aws-local-stepfunctions. Their tasks call the local
 * AWS APIs over HTTP, with the keys of the state machine's role.
 */
export class WorkflowService {
  readonly #options: WorkflowServiceOptions;
  readonly #machines = new Map<string, Machine>();
  readonly #running = new Set<Execution>();

  constructor(options: WorkflowServiceOptions) {
    this.#options = options;
  }

  /**
   * Starts an execution. It throws when there is no such state machine, or none that the sandbox can run; what goes wrong
   * from then on is the execution's result.
   */
  start(nameOrArn: string, input: Json, options: StartOptions = {}): Execution {
    const execution = this.#machine(nameOrArn).start(input, options, (started) => {
      this.#running.add(started);
      started.result.then(() => this.#running.delete(started));
    });
    return execution;
  }

  /** Stops what is running. */
  stop(): void {
    for (const execution of this.#running) execution.stop();
    for (const machine of this.#machines.values()) machine.close();
  }

  #machine(nameOrArn: string): Machine {
    const known = this.#machines.get(nameOrArn);
    if (known) return known;
    const definition = this.#find(nameOrArn);
    // Loaded here: most sandboxes start no execution.
    const { Machine } = require('./machine') as typeof import('./machine');
    const machine = new Machine(definition, this.#options);
    this.#machines.set(nameOrArn, machine);
    return machine;
  }

  #find(nameOrArn: string): StateMachineDefinition {
    const { stateMachines } = this.#options.assembly;
    const found = stateMachines.find(({ stateMachineName, stateMachineArn }) =>
      [stateMachineName, stateMachineArn].includes(nameOrArn),
    );
    if (found) return found;
    const names = stateMachines.map(({ stateMachineName }) => stateMachineName);
    throw new Error(`state machine: got ${nameOrArn}, expected one of the cloud assembly: [${names.join(', ')}]`);
  }
}
