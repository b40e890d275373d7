import type { Json, StateMachineDefinition } from '../../model';
import type { Execution, StartOptions } from './execution';
import type { RunnableStateMachine, StepFunctionsServiceOptions } from './runnable-state-machine';

/**
 * AWS Step Functions: the state machines of the cloud assembly, run by aws-local-stepfunctions. Their tasks call the local
 * AWS APIs over HTTP, with the credentials of the state machine's role.
 */
export class StepFunctionsService {
  readonly #options: StepFunctionsServiceOptions;
  readonly #machines = new Map<string, RunnableStateMachine>();
  readonly #running = new Set<Execution>();

  constructor(options: StepFunctionsServiceOptions) {
    this.#options = options;
  }

  /**
   * Starts an execution. Failures after the start are in the result of the execution.
   *
   * @throws Error when the assembly has no such state machine, or the sandbox does not support its definition
   */
  start(nameOrArn: string, input: Json, options: StartOptions = {}): Execution {
    const machine = this.#machine(nameOrArn);
    // Loaded on demand, here and below, because most sandboxes start no execution.
    const { StateMachineExecution } =
      require('./state-machine-execution') as typeof import('./state-machine-execution');
    const onStart = (started: Execution) => {
      this.#running.add(started);
      started.result.then(() => this.#running.delete(started));
    };
    return new StateMachineExecution(machine, machine.definition, { input, options, onStart });
  }

  /** Whether the cloud assembly has a state machine with this name or ARN. */
  has(nameOrArn: string): boolean {
    return this.#options.assembly.stateMachines.some(({ stateMachineName, stateMachineArn }) =>
      [stateMachineName, stateMachineArn].includes(nameOrArn),
    );
  }

  /** Stops all running executions. */
  stop(): void {
    for (const execution of this.#running) execution.stop();
    for (const machine of this.#machines.values()) machine.close();
  }

  #machine(nameOrArn: string): RunnableStateMachine {
    const known = this.#machines.get(nameOrArn);
    if (known) return known;
    const definition = this.#find(nameOrArn);
    const { RunnableStateMachine } = require('./runnable-state-machine') as typeof import('./runnable-state-machine');
    const machine = new RunnableStateMachine(definition, this.#options);
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
