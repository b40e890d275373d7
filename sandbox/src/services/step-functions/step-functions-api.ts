import { type Json, type Service, ServiceError } from '../../model';
import type { Execution, ExecutionResult } from './execution';
import type { StepFunctionsService } from './step-functions-service';

/** The most bytes of an input. */
const MAX_INPUT = 262_144;

/** The most characters of an ARN. */
const MAX_ARN = 256;

/**
 * White space, brackets, wildcards, control characters and most special characters are not in the name of an execution,
 * and it has 1 to 80 characters.
 */
const EXECUTION_NAME = /^[^\s<>{}[\]?*"#%\\^|~`$&,;:/\p{Cc}]{1,80}$/u;

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
    if (operation === 'StartExecution') return arnOf(input, 'stateMachineArn');
    if (operation === 'DescribeExecution') return arnOf(input, 'executionArn');
    throw new ServiceError('UnknownOperationException', 'the sandbox does not support this operation');
  }

  async call(operation: string, input: Json): Promise<Json> {
    return operation === 'StartExecution' ? this.#start(input) : this.#describe(input);
  }

  #start(request: Json): Json {
    const stateMachineArn = arnOf(request, 'stateMachineArn');
    const { name, input = '{}' } = request as { name?: string; input?: string };
    if (name !== undefined && !EXECUTION_NAME.test(name)) throw new ServiceError('InvalidName', 'Invalid Name');
    if (stateMachineArn.includes('/')) throw validationError('stateMachineArn names a map');
    if (!this.#service.has(stateMachineArn))
      throw new ServiceError('StateMachineDoesNotExist', 'State Machine Does Not Exist');
    const parsed = parseInput(input);
    const known = [...this.#executions.values()].find(
      (other) => other.stateMachineArn === stateMachineArn && other.execution.name === name,
    );
    if (known !== undefined) return startAgain(known, input);
    const execution = this.#service.start(stateMachineArn, parsed, { name });
    const started: StartedExecution = { execution, stateMachineArn, input, startedAt: Date.now() };
    execution.result.then((result) => {
      started.ended = { result, at: Date.now() };
    });
    this.#executions.set(execution.executionArn, started);
    return startOf(started);
  }

  #describe(request: Json): Json {
    const executionArn = arnOf(request, 'executionArn');
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

function startOf({ execution, startedAt }: StartedExecution): Json {
  return { executionArn: execution.executionArn, startDate: startedAt / 1000 };
}

/** A second start with the name and the input of an execution that is running is answered as the first. */
function startAgain(known: StartedExecution, input: string): Json {
  if (known.ended !== undefined || known.input !== input)
    throw new ServiceError('ExecutionAlreadyExists', 'Execution Already Exists');
  return startOf(known);
}

function parseInput(text: string): Json {
  if (Buffer.byteLength(text) > MAX_INPUT) throw validationError(`input has more than ${MAX_INPUT} bytes`);
  try {
    return JSON.parse(text);
  } catch {
    throw new ServiceError('InvalidExecutionInput', 'the input is not JSON');
  }
}

function arnOf(input: Json, name: string): string {
  const value = input[name];
  if (typeof value !== 'string' || value === '' || value.length > MAX_ARN)
    throw validationError(`${name} must have 1 to ${MAX_ARN} characters`);
  if (!value.startsWith('arn:')) throw new ServiceError('InvalidArn', `${name} is not an ARN`);
  return value;
}

function validationError(message: string): ServiceError {
  return new ServiceError('ValidationException', message);
}
