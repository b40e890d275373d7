import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { type FunctionDefinition, type InvocationResult, ServiceError } from '../../model';
import { ExecutionEnvironment } from './execution-environment';
import { nodeExecutableFor } from './node-executable';
import { ProcessReaper } from './process-reaper';

/** Lambda's limit for the event of a synchronous invocation, in bytes. */
const MAX_PAYLOAD = 6_291_456;

/** The maximum number of execution environments of a function, for the sake of the machine. Further invocations wait. */
const MAX_ENVIRONMENTS = 64;

/** The warnings that were printed. Each is printed once, however many sandboxes a process starts. */
const printedWarnings = new Set<string>();

export interface LambdaServiceOptions {
  readonly functions: readonly FunctionDefinition[];
  /**
   * The environment variables that Lambda sets for a function's role, such as AWS_ACCESS_KEY_ID.
   *
   * @default - none
   */
  readonly environmentVariablesOf?: (fn: FunctionDefinition) => Record<string, string>;
  /**
   * Called with every line that a function writes to stdout or stderr.
   *
   * @default - the lines are dropped
   */
  readonly onLog?: (fn: FunctionDefinition, stream: 'stdout' | 'stderr', line: string) => void;
}

/** A function with its execution environments. */
interface EnvironmentPool {
  readonly fn: FunctionDefinition;
  readonly nodePath: string;
  readonly environments: Set<ExecutionEnvironment>;
  /** The most recently used environment is last. */
  readonly idle: ExecutionEnvironment[];
  /** Invocations that wait for one of {@link MAX_ENVIRONMENTS}. */
  readonly waiting: (() => void)[];
  running: number;
}

/** AWS Lambda: functions run in Lambda's own runtime client. Each execution environment is a process of its own. */
export class LambdaService {
  static async start(options: LambdaServiceOptions): Promise<LambdaService> {
    for (const { functionName, codeDirectory } of options.functions) {
      if (!existsSync(codeDirectory))
        throw new Error(`function ${functionName} has no code: ${codeDirectory} is missing`);
    }
    return new LambdaService(options);
  }

  readonly #options: LambdaServiceOptions;
  readonly #pools: readonly EnvironmentPool[];
  readonly #reaper = new ProcessReaper();
  #stopped = false;

  private constructor(options: LambdaServiceOptions) {
    this.#options = options;
    this.#pools = options.functions.map((fn) => ({
      fn,
      nodePath: nodePathOf(fn),
      environments: new Set(),
      idle: [],
      waiting: [],
      running: 0,
    }));
  }

  /**
   * Invokes a function and waits for the result. The promise is also fulfilled when the function fails.
   *
   * @param nameOrArn name, ARN or partial ARN, with or without a version or alias, which all run the same code
   * @throws ServiceError ResourceNotFoundException, TooManyRequestsException, RequestTooLargeException
   */
  async invoke(nameOrArn: string, payload: unknown): Promise<InvocationResult> {
    if (this.#stopped) throw new Error('the Lambda service was stopped');
    const { pool, arn } = this.#find(nameOrArn);
    const body = payload === undefined ? '{}' : JSON.stringify(payload);
    const size = Buffer.byteLength(body);
    if (size > MAX_PAYLOAD) {
      const limit = `for the RequestResponse invocation type (limit ${MAX_PAYLOAD} bytes)`;
      throw new ServiceError('RequestTooLargeException', `${size} byte payload is too large ${limit}`, { status: 413 });
    }
    await this.#waitForConcurrency(pool);
    try {
      const environment = pool.idle.pop() ?? (await this.#startEnvironment(pool));
      const result = await environment.invoke({ requestId: randomUUID(), invokedFunctionArn: arn, payload: body });
      if (environment.alive) pool.idle.push(environment);
      return result;
    } finally {
      pool.running -= 1;
      pool.waiting.shift()?.();
    }
  }

  /** The ARN of the function with this name, with the version or alias of the name. */
  arnOf(nameOrArn: string): string {
    return this.#find(nameOrArn).arn;
  }

  /** Freezes the idle environments of a function, as Lambda does between invocations. The next invocation thaws the one it uses. */
  freeze(nameOrArn: string): void {
    for (const environment of this.#find(nameOrArn).pool.idle) environment.freeze();
  }

  thaw(nameOrArn: string): void {
    for (const environment of this.#find(nameOrArn).pool.idle) environment.thaw();
  }

  processIds(nameOrArn: string): number[] {
    return processIdsOf(this.#find(nameOrArn).pool);
  }

  /** Ends every execution environment. Running invocations fail. */
  async stop(): Promise<void> {
    this.#stopped = true;
    const environments = this.#pools.flatMap((pool) => [...pool.environments]);
    for (const environment of environments) environment.kill();
    await Promise.all(environments.map(({ ended }) => ended));
    for (const { waiting } of this.#pools) for (const enter of waiting.splice(0)) enter();
    this.#reaper.stop();
  }

  #find(nameOrArn: string): { pool: EnvironmentPool; arn: string } {
    for (const pool of this.#pools) {
      const { functionName, functionArn } = pool.fn;
      const partialArn = functionArn.split(':').slice(4).join(':');
      for (const id of [functionName, functionArn, partialArn]) {
        const qualifier = nameOrArn.slice(id.length);
        if (nameOrArn.startsWith(id) && /^(:|$)/.test(qualifier)) return { pool, arn: functionArn + qualifier };
      }
    }
    throw new ServiceError('ResourceNotFoundException', `Function not found: ${nameOrArn}`, { status: 404 });
  }

  /**
   * Waits until the machine can run one more invocation of the function.
   *
   * @throws ServiceError TooManyRequestsException when the reserved concurrency is used up
   */
  async #waitForConcurrency(pool: EnvironmentPool): Promise<void> {
    if (pool.running >= (pool.fn.reservedConcurrentExecutions ?? Number.POSITIVE_INFINITY)) {
      throw new ServiceError('TooManyRequestsException', 'Rate Exceeded.', {
        status: 429,
        fields: { Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded', Type: 'User' },
      });
    }
    pool.running += 1;
    if (pool.running > MAX_ENVIRONMENTS) await new Promise<void>((resolve) => pool.waiting.push(resolve));
  }

  async #startEnvironment(pool: EnvironmentPool): Promise<ExecutionEnvironment> {
    const { environmentVariablesOf: environmentOf, onLog } = this.#options;
    const environment = await ExecutionEnvironment.start({
      fn: pool.fn,
      nodePath: pool.nodePath,
      variables: environmentOf?.(pool.fn) ?? {},
      onLog: (stream, line) => onLog?.(pool.fn, stream, line),
    });
    pool.environments.add(environment);
    this.#watchProcesses();
    environment.ended.then(() => {
      pool.environments.delete(environment);
      if (pool.idle.includes(environment)) pool.idle.splice(pool.idle.indexOf(environment), 1);
      this.#watchProcesses();
    });
    if (this.#stopped) environment.kill();
    return environment;
  }

  #watchProcesses(): void {
    if (!this.#stopped) this.#reaper.watch(this.#pools.flatMap(processIdsOf));
  }
}

function processIdsOf(pool: EnvironmentPool): number[] {
  return [...pool.environments].flatMap(({ processId }) => processId ?? []);
}

/** The Node.js that runs a function. Prints a warning when it is not the one that the runtime names. */
function nodePathOf({ runtime }: FunctionDefinition): string {
  const { path, warning } = nodeExecutableFor(runtime);
  if (warning !== undefined && !printedWarnings.has(warning)) console.warn(warning);
  if (warning !== undefined) printedWarnings.add(warning);
  return path;
}
