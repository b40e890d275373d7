import { type Json, type Service, ServiceError } from '../../model';
import type { Execution, ExecutionResult } from './execution';
import type { StepFunctionsService } from './step-functions-service';

interface StartedExecution {
  readonly execution: Execution;
  readonly stateMachineArn: string;
  readonly input: string;
  readonly startedAt: number;
  ended?: { readonly result: ExecutionResult; readonly at: number };
}

/**
 * The operations of AWS Step Functions that start an execution and tell how it ended, also from outside the process.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html
 */
export class StepFunctionsApi implements Service {
  readonly prefix = 'states';
  readonly #service: StepFunctionsService;
  /** By ARN. */
  readonly #executions = new Map<string, StartedExecution>();

  constructor(service: StepFunctionsService) {
    this.#service = service;
  }

  resource(operation: string, input: Json): string {
    if (operation === 'StartExecution') return requiredText(input, 'stateMachineArn');
    if (operation === 'DescribeExecution') return requiredText(input, 'executionArn');
    throw new ServiceError('UnknownOperationException', 'the sandbox does not support this operation');
  }

  async call(operation: string, input: Json): Promise<Json> {
    return operation === 'StartExecution' ? this.#start(input) : this.#describe(input);
  }

  #start(request: Json): Json {
    const stateMachineArn = requiredText(request, 'stateMachineArn');
    const { name, input = '{}' } = request as { name?: string; input?: string };
    if (!this.#service.has(stateMachineArn))
      throw new ServiceError('StateMachineDoesNotExist', 'State Machine Does Not Exist');
    if (name !== undefined && [...this.#executions.values()].some((known) => known.execution.name === name)) {
      throw new ServiceError('ExecutionAlreadyExists', 'Execution Already Exists');
    }
    const execution = this.#service.start(stateMachineArn, parseInput(input), { name });
    const started: StartedExecution = { execution, stateMachineArn, input, startedAt: Date.now() };
    execution.result.then((result) => {
      started.ended = { result, at: Date.now() };
    });
    this.#executions.set(execution.executionArn, started);
    return { executionArn: execution.executionArn, startDate: started.startedAt / 1000 };
  }

  #describe(request: Json): Json {
    const executionArn = requiredText(request, 'executionArn');
    const started = this.#executions.get(executionArn);
    if (started === undefined) throw new ServiceError('ExecutionDoesNotExist', 'Execution Does Not Exist');
    const { execution, stateMachineArn, input, startedAt, ended } = started;
    const { output, ...result } = ended?.result ?? { status: 'RUNNING' };
    return {
      executionArn,
      stateMachineArn,
      name: execution.name,
      input,
      startDate: startedAt / 1000,
      ...result,
      ...(output !== undefined && { output: JSON.stringify(output) }),
      ...(ended !== undefined && { stopDate: ended.at / 1000 }),
    };
  }
}

/** In characters. */
const MAX_INPUT = 262_144;

function parseInput(text: string): Json {
  if (text.length > MAX_INPUT) throw new ServiceError('InvalidExecutionInput', 'the input is too long');
  try {
    return JSON.parse(text);
  } catch {
    throw new ServiceError('InvalidExecutionInput', 'the input is not JSON');
  }
}

function requiredText(input: Json, name: string): string {
  const value = input[name];
  if (typeof value !== 'string') throw new ServiceError('ValidationException', `${name} is required`);
  return value;
}
