import { type ChildProcess, spawn } from 'node:child_process';
import { channel } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { FunctionDefinition, InvocationResult } from '../../model';
import { environmentVariables } from './environment-variables';

/** Lambda's limit for the response of a function, in bytes. */
const MAX_RESPONSE = 6_291_556;

/**
 * The time that Lambda allows for an initialization. After that Lambda initializes again, within the timeout of the first
 * invocation.
 */
const INIT_SECONDS = 10;

/** What Lambda would add to the trace of a failed invocation, as {@link TracedError}s. */
const TRACED_ERRORS = channel('cloud-assembly-sandbox:traced-error');

/** The error of a function, as its runtime client describes it for AWS X-Ray. */
export interface TracedError {
  readonly functionName: string;
  /** JSON with the name, the message and the stack of the error. */
  readonly cause: string;
}

/** The names of signals in Lambda's error messages. */
const SIGNALS: Partial<Record<NodeJS.Signals, string>> = {
  SIGABRT: 'aborted',
  SIGKILL: 'killed',
  SIGSEGV: 'segmentation fault',
  SIGTERM: 'terminated',
};

/** An invocation for an execution environment. */
export interface Invocation {
  readonly requestId: string;
  /** The ARN that the caller used, with its alias or version. */
  readonly invokedFunctionArn: string;
  /** The event, as JSON. */
  readonly payload: string;
}

/** How an execution environment is started. */
export interface ExecutionEnvironmentOptions {
  readonly fn: FunctionDefinition;
  /** The path of the Node.js that runs the function. */
  readonly nodePath: string;
  /** The variables that Lambda sets for the function's role, such as its access keys. */
  readonly variables: Record<string, string>;
  readonly onLog: (stream: 'stdout' | 'stderr', line: string) => void;
}

/**
 * A Lambda execution environment: one process that runs the function in Lambda's runtime client, and a Runtime API of its
 * own, from which that process gets one invocation at a time.
 */
export class ExecutionEnvironment {
  /** Starts the process. The function initializes while its first invocation waits. */
  static async start(options: ExecutionEnvironmentOptions): Promise<ExecutionEnvironment> {
    const server = createServer({ maxHeaderSize: 2 * MAX_RESPONSE });
    // A function may take minutes to answer, so idle connections are kept open.
    server.keepAliveTimeout = 0;
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new ExecutionEnvironment(options, server);
  }

  /** Fulfilled when the process has ended. */
  readonly ended: Promise<void>;
  /** The id of the process; undefined when it could not be started. */
  readonly processId: number | undefined;
  readonly #fn: FunctionDefinition;
  readonly #server: Server;
  readonly #child: ChildProcess;
  /** The response to the runtime client's pending request for the next invocation. */
  #pendingNext?: ServerResponse;
  #current?: { readonly invocation: Invocation; readonly resolve: (result: InvocationResult) => void };
  /** The result of the current invocation, or the error of the initialization. */
  #answer?: InvocationResult;
  #timer?: NodeJS.Timeout;
  #timedOut = false;
  #frozen = false;
  #alive = true;

  private constructor({ fn, nodePath, variables, onLog }: ExecutionEnvironmentOptions, server: Server) {
    this.#fn = fn;
    this.#server = server.on('request', (request, response) => {
      // The only client is the function's process. A broken connection means that it has ended, which #end handles.
      this.#serveRuntimeApi(request, response).catch(() => response.destroy());
    });
    const { port } = server.address() as AddressInfo;
    this.#child = spawn(
      nodePath,
      ['--require', join(__dirname, 'rapid-client.cjs'), require.resolve('aws-lambda-ric')],
      {
        cwd: fn.codeDirectory,
        // The process leads a process group, so that processes that the function starts are killed with it.
        detached: true,
        env: environmentVariables(fn, `127.0.0.1:${port}`, variables),
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    this.processId = this.#child.pid;
    eachLine(this.#child.stdout, (line) => onLog('stdout', line));
    eachLine(this.#child.stderr, (line) => onLog('stderr', line));
    this.ended = new Promise((resolve) => {
      let errorDocument = '';
      this.#child
        .on('error', (error) => {
          errorDocument = error.message;
        })
        .on('exit', () => this.kill())
        .on('close', (code, signal) => {
          this.#end(errorDocument || exitReason(code, signal));
          resolve();
        });
    });
  }

  get alive(): boolean {
    return this.#alive;
  }

  /**
   * Invokes the function. As on Lambda, the invocation ends when the runtime client asks for the next one, after it posted
   * the result. The environment is idle then, and up to 64 KB of output, which fit into a pipe, have reached `onLog`. The rest
   * of a longer output may follow later.
   */
  invoke(invocation: Invocation): Promise<InvocationResult> {
    return new Promise((resolve) => {
      this.#current = { invocation, resolve };
      this.thaw();
      if (this.#pendingNext) this.#deliver(this.#pendingNext, invocation);
      else this.#startTimeout(INIT_SECONDS + this.#fn.timeoutSeconds);
    });
  }

  /** Freezes the process, as Lambda does between invocations. */
  freeze(): void {
    this.#frozen = true;
    this.#signal('SIGSTOP');
  }

  thaw(): void {
    if (this.#frozen) this.#signal('SIGCONT');
    this.#frozen = false;
  }

  kill(): void {
    this.#signal('SIGKILL');
  }

  async #serveRuntimeApi(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url?.replace('/2018-06-01/runtime/', '');
    const invocation = this.#current?.invocation;
    if (request.method === 'GET' && path === 'invocation/next') {
      if (invocation && !this.#answer) this.#deliver(response, invocation);
      else this.#becomeIdle(response);
      return;
    }
    const body = await readText(request);
    if (path === 'init/error' || path === `invocation/${invocation?.requestId}/error`) {
      this.#answer = { payload: parse(body), functionError: 'Unhandled' };
      const cause = request.headers['lambda-runtime-function-xray-error-cause'];
      if (typeof cause === 'string') {
        const traced: TracedError = {
          functionName: this.#fn.functionName,
          cause: Buffer.from(cause, 'latin1').toString(),
        };
        TRACED_ERRORS.publish(traced);
      }
    } else if (path === `invocation/${invocation?.requestId}/response`) {
      this.#answer = Buffer.byteLength(body) > MAX_RESPONSE ? tooLarge() : { payload: parse(body) };
    } else {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(202, { 'Content-Type': 'application/json' }).end('{"status":"OK"}');
  }

  #deliver(response: ServerResponse, { requestId, invokedFunctionArn, payload }: Invocation): void {
    this.#pendingNext = undefined;
    this.#startTimeout(this.#fn.timeoutSeconds);
    response
      .writeHead(200, {
        'Content-Type': 'application/json',
        'Lambda-Runtime-Aws-Request-Id': requestId,
        'Lambda-Runtime-Deadline-Ms': Date.now() + this.#fn.timeoutSeconds * 1000,
        'Lambda-Runtime-Invoked-Function-Arn': invokedFunctionArn,
        'Lambda-Runtime-Trace-Id': traceId(requestId),
      })
      .end(payload);
  }

  /** The runtime client asks for an invocation and there is none. If one was running, it has ended. */
  #becomeIdle(response: ServerResponse): void {
    this.#pendingNext = response;
    if (this.#answer) this.#settle(this.#answer);
  }

  #end(reason: string): void {
    this.#alive = false;
    this.#server.close();
    this.#server.closeAllConnections();
    const requestId = this.#current?.invocation.requestId;
    const failed = this.#timedOut
      ? failure('Sandbox.Timedout', requestId, `Task timed out after ${this.#fn.timeoutSeconds.toFixed(2)} seconds`)
      : failure('Runtime.ExitError', requestId, reason);
    this.#settle(this.#answer ?? failed);
  }

  #settle(result: InvocationResult): void {
    clearTimeout(this.#timer);
    this.#current?.resolve(result);
    this.#current = undefined;
    this.#answer = undefined;
  }

  #startTimeout(seconds: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timedOut = true;
      this.kill();
    }, seconds * 1000);
  }

  #signal(signal: NodeJS.Signals): void {
    if (this.processId === undefined || !this.#alive) return;
    try {
      process.kill(-this.processId, signal);
    } catch {
      // The process group has ended already.
    }
  }
}

/** Lambda's error document for a function that did not return a result. */
function failure(errorType: string, requestId: string | undefined, reason: string): InvocationResult {
  return {
    payload: { errorType, errorMessage: `RequestId: ${requestId} Error: ${reason}` },
    functionError: 'Unhandled',
  };
}

function tooLarge(): InvocationResult {
  const errorMessage = `Response payload size exceeded maximum allowed payload size (${MAX_RESPONSE} bytes).`;
  return { payload: { errorType: 'Function.ResponseSizeTooLarge', errorMessage }, functionError: 'Unhandled' };
}

function exitReason(code: number | null, signal: NodeJS.Signals | null): string {
  if (signal) return `Runtime exited with error: signal: ${SIGNALS[signal] ?? signal}`;
  return code ? `Runtime exited with error: exit status ${code}` : 'Runtime exited without providing a reason';
}

function traceId(requestId: string): string {
  const hex = requestId.replaceAll('-', '');
  const seconds = Math.floor(Date.now() / 1000).toString(16);
  return `Root=1-${seconds}-${hex.slice(0, 24)};Parent=${hex.slice(16)};Sampled=0`;
}

/** A handler that streams its response may return something other than JSON. */
function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

function eachLine(stream: Readable | null, onLine: (line: string) => void): void {
  let rest = '';
  stream
    ?.setEncoding('utf8')
    .on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      lines.forEach(onLine);
    })
    .on('end', () => {
      if (rest) onLine(rest);
    });
}
