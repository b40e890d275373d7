import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { type Json, type RequestContext, type Service, ServiceError } from '../model';
import { accessKeyIdOf, signedService } from '../services/iam/signature';
import type { LambdaService } from '../services/lambda';
import type { S3Service } from '../services/s3/s3-service';
import { awsJsonError, readAwsJsonCall } from './aws-json';
import { readAwsQueryCall } from './aws-query';
import type { Authorize, Call } from './call';
import { editFaults, FAULTS_PATH, respond } from './fault-injection';
import type { Fault, Faults } from './faults';
import { type HttpRequest, type HttpResponse, readRequest, sendResponse } from './http';
import { readInvokeCall } from './lambda-invoke';
import { readS3Call } from './s3-rest';
import { readSesCall } from './ses-rest';

/** The largest request body, in bytes. */
const MAX_BODY = 10 * 1024 * 1024;

/** The largest request body for S3, in bytes. On AWS it is 5 GB. */
const MAX_OBJECT = 64 * 1024 * 1024;

/** How many calls are remembered. */
const MAX_CALLS = 10_000;

/** The AWS APIs that a gateway serves. */
export interface GatewayServices {
  /** The services that speak the AWS JSON or the AWS Query protocol, and Amazon SES. */
  readonly services: readonly Service[];
  /**
   * Serves the Invoke operation of the Lambda API.
   *
   * @default - no Lambda API
   */
  readonly lambda?: LambdaService;
  /**
   * Serves the S3 API.
   *
   * @default - no S3 API
   */
  readonly s3?: S3Service;
}

export interface GatewayOptions {
  /** The faults of calls. */
  readonly faults: Faults;
  /**
   * Throws AccessDeniedException when the caller may not do the action on the resource. It is not called for operations
   * that need no credentials.
   *
   * @default - every caller may do everything
   */
  readonly authorize?: (
    caller: { accessKeyId: string | undefined },
    action: string,
    resource: string,
    context?: RequestContext,
  ) => void;
  /**
   * Called with every call, before it is carried out.
   *
   * @default - not called
   */
  readonly onCall?: (call: ReceivedCall) => void;
  /**
   * Called with an error of the sandbox itself, of which the caller gets only the name.
   *
   * @default - the error is dropped
   */
  readonly onInternalError?: (operation: string, error: unknown) => void;
  /**
   * The port on 127.0.0.1.
   *
   * @default - a free port
   */
  readonly port?: number;
}

/** A call that was received, whether it succeeded or failed. */
export interface RecordedCall {
  /** The prefix of the service's IAM actions. */
  readonly service: string;
  readonly operation: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** A call as it was sent. */
export interface ReceivedCall extends RecordedCall {
  /** The access key id that the request is signed with; undefined when it is not signed. */
  readonly accessKeyId: string | undefined;
  /** The parameters under their names in the API reference. */
  readonly parameters: Json;
}

/** Serves all local AWS APIs at one loopback endpoint, which the SDK takes as AWS_ENDPOINT_URL. */
export class Gateway {
  /** Starts a gateway whose services do not need to know the endpoint. */
  static async start(options: GatewayOptions & GatewayServices): Promise<Gateway> {
    const gateway = await Gateway.listen(options);
    gateway.serve(options);
    return gateway;
  }

  /** Binds the port. Every call fails with ServiceUnavailableException until {@link serve} is called. */
  static async listen(options: GatewayOptions): Promise<Gateway> {
    const server = createServer();
    // If the server closed an idle connection while a request is on its way, the client could not tell the outcome.
    server.keepAliveTimeout = 0;
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error: NodeJS.ErrnoException) => {
        const inUse = `port ${options.port} on 127.0.0.1 is in use: end what listens there, or choose another port`;
        reject(error.code === 'EADDRINUSE' ? new Error(inUse) : error);
      });
      server.listen(options.port ?? 0, '127.0.0.1', resolve);
    });
    return new Gateway(options, server);
  }

  readonly endpoint: string;
  readonly #options: GatewayOptions;
  readonly #server: Server;
  #services: GatewayServices | undefined;
  #calls: RecordedCall[] = [];
  #stopped = false;

  private constructor(options: GatewayOptions, server: Server) {
    this.#options = options;
    this.#server = server.on('request', (request, response) => {
      // An error that gets here is one of the connection, so there is no client left to answer.
      this.#handle(request, response).catch(() => response.destroy());
    });
    this.endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** Starts to pass calls on to these services. */
  serve(services: GatewayServices): void {
    this.#services = services;
  }

  /** The latest calls, oldest first, including those that failed. */
  calls(): readonly RecordedCall[] {
    return [...this.#calls];
  }

  /** Closes the endpoint and every open connection. */
  async stop(): Promise<void> {
    this.#stopped = true;
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  async #handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await readRequest(incoming, isForS3(incoming) ? MAX_OBJECT : MAX_BODY);
    if (request === undefined) {
      const error = new ServiceError('RequestEntityTooLargeException', 'too large', { status: 413 });
      return sendResponse(response, awsJsonError(error));
    }
    if (request.url === FAULTS_PATH) return sendResponse(response, editFaults(this.#options.faults, request));
    if (this.#services === undefined) {
      const error = new ServiceError('ServiceUnavailableException', 'the sandbox is starting', { status: 503 });
      return sendResponse(response, awsJsonError(error));
    }
    const call = readCall(request, this.#services);
    if (call === undefined) {
      return sendResponse(response, awsJsonError(new ServiceError('UnknownOperationException', 'unknown operation')));
    }
    await this.#respond(call, request, response);
  }

  async #respond(call: Call, request: HttpRequest, response: ServerResponse): Promise<void> {
    this.#record(call, request);
    const { delay = 0, instead }: Partial<Fault> = this.#options.faults.take(call.service, call.operation) ?? {};
    if (delay > 0) await wait(delay, undefined, { ref: false });
    if (this.#stopped) return;
    await respond(response, call, instead, () => this.#carryOut(call, request));
  }

  #record({ service, operation, parameters }: Call, { headers }: HttpRequest): void {
    const recorded = { service, operation, at: Date.now() };
    this.#calls.push(recorded);
    if (this.#calls.length > MAX_CALLS) this.#calls.shift();
    this.#options.onCall?.({ ...recorded, accessKeyId: accessKeyIdOf(headers.authorization), parameters });
  }

  async #carryOut(call: Call, request: HttpRequest): Promise<HttpResponse> {
    try {
      return await call.run((...access) => this.#authorize(request, ...access));
    } catch (error) {
      if (error instanceof ServiceError) return call.errorResponse(error);
      this.#options.onInternalError?.(`${call.service}:${call.operation}`, error);
      // The message of the error itself could repeat the input.
      return call.errorResponse(new ServiceError(call.internalErrorName, 'internal error', { status: 500 }));
    }
  }

  #authorize(request: HttpRequest, ...[action, resource, ...context]: Parameters<Authorize>): void {
    const accessKeyId = accessKeyIdOf(request.headers.authorization);
    if (!accessKeyId) throw new ServiceError('MissingAuthenticationTokenException', 'Missing Authentication Token');
    const resources = typeof resource === 'string' ? [resource] : resource;
    for (const each of resources) this.#options.authorize?.({ accessKeyId }, action, each, ...context);
  }
}

/** Reads a call in the protocol of its service. S3 is recognized by the signature: its path may look like any other. */
function readCall(request: HttpRequest, { services, lambda, s3 }: GatewayServices): Call | undefined {
  if (isForS3(request)) return s3 && readS3Call(request, s3);
  return (
    (lambda && readInvokeCall(request, lambda)) ??
    readSesCall(request, services) ??
    readAwsQueryCall(request, services) ??
    readAwsJsonCall(request, services)
  );
}

function isForS3({ headers }: Pick<HttpRequest, 'headers'>): boolean {
  return signedService(headers.authorization) === 's3';
}
