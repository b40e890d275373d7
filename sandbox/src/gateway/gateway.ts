import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { type Json, type RequestContext, type Service, ServiceError } from '../model';
import { accessKeyIdOf, signedRegion, signedService } from '../services/iam/signature';
import type { LambdaService } from '../services/lambda';
import type { S3Call, S3Service } from '../services/s3/s3-service';
import { type Fault, type Faults, parseFault } from './faults';
import { readForm, writeError, writePlainError, writeResult } from './query-protocol';

/** The APIs in the AWS JSON protocol, by what stands before the operation in the X-Amz-Target header. */
const JSON_APIS: Readonly<Record<string, JsonApi>> = {
  AWSCognitoIdentityProviderService: { prefix: 'cognito-idp', version: '1.1', fault: 'InternalErrorException' },
  DynamoDB_20120810: { prefix: 'dynamodb', version: '1.0', fault: 'InternalServerError' },
  GraniteServiceVersion20100801: { prefix: 'cloudwatch', version: '1.0', fault: 'InternalServiceFault' },
  PinpointSMSVoiceV2: { prefix: 'sms-voice', version: '1.0', fault: 'InternalServerException' },
  TrentService: { prefix: 'kms', version: '1.1', fault: 'KMSInternalException' },
};

/** The APIs in the AWS Query protocol, by the version that each names in its requests. */
const QUERY_APIS: Readonly<Record<string, QueryApi>> = {
  '2010-03-31': { prefix: 'sns', namespace: 'http://sns.amazonaws.com/doc/2010-03-31/', fault: 'InternalError' },
};

interface JsonApi {
  readonly prefix: string;
  /** The version of the protocol. */
  readonly version: '1.0' | '1.1';
  /** The name of the error when the service itself fails. */
  readonly fault: string;
}

interface QueryApi {
  readonly prefix: string;
  readonly namespace: string;
  /** The name of the error when the service itself fails. */
  readonly fault: string;
}

/** The largest request body, in bytes. */
const MAX_BODY = 10 * 1024 * 1024;

/** The same for S3, which on AWS takes 5 GB at once. */
const MAX_OBJECT = 64 * 1024 * 1024;

/** Lambda's limit for the event of an asynchronous invocation, in bytes. */
const MAX_EVENT = 1024 * 1024;

/** How many calls are remembered. */
const MAX_CALLS = 10_000;

export interface GatewayOptions {
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
  /** What goes wrong with calls. */
  readonly faults: Faults;
  /**
   * Throws AccessDeniedException when the caller may not do the action on the resource. Not called for operations that
   * need no credentials.
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
   * @default - nobody counts more calls than are remembered
   */
  readonly onCall?: (call: RecordedCall) => void;
  /**
   * Called with an error that is the sandbox's own and that the caller therefore does not see.
   *
   * @default - nobody sees it
   */
  readonly onInternalError?: (operation: string, error: unknown) => void;
  /**
   * The port on 127.0.0.1.
   *
   * @default - a free port
   */
  readonly port?: number;
}

/** A call that was carried out, or tried. */
export interface RecordedCall {
  /** The prefix of the service's IAM actions. */
  readonly service: string;
  readonly operation: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** A call, read from a request. */
interface Call {
  readonly service: string;
  readonly operation: string;
  run(): Promise<Answer>;
  /** How the service words an error. */
  refuse(error: ServiceError): Answer;
  /** The name of the error when the service itself fails. */
  readonly fault: string;
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

/** All local AWS APIs on one loopback endpoint, as the SDK's AWS_ENDPOINT_URL wants them. */
export class Gateway {
  static async start(options: GatewayOptions): Promise<Gateway> {
    const server = createServer();
    // Closing a quiet connection could cross a request on its way, and look like an unknown outcome.
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
  #calls: RecordedCall[] = [];
  #stopped = false;

  private constructor(options: GatewayOptions, server: Server) {
    this.#options = options;
    this.#server = server.on('request', (request, response) => {
      // What fails here is the connection: there is nobody left to answer.
      this.#serve(request, response).catch(() => response.destroy());
    });
    this.endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** The latest calls, oldest first, also those that failed. */
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

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const isForS3 = signedService(request.headers.authorization) === 's3';
    const bytes = await read(request, isForS3 ? MAX_OBJECT : MAX_BODY);
    if (bytes === undefined) {
      send(
        response,
        jsonError('1.1', new ServiceError('RequestEntityTooLargeException', 'too large', { status: 413 })),
      );
    } else if (request.url === '/_sandbox/faults') {
      send(response, this.#editFaults(request, bytes.toString()));
    } else {
      const call = isForS3 ? this.#s3Call(request, bytes) : this.#callOf(request, bytes.toString());
      if (call) await this.#carryOut(call, response);
      else send(response, jsonError('1.1', new ServiceError('UnknownOperationException', 'unknown operation')));
    }
  }

  #callOf(request: IncomingMessage, body: string): Call | undefined {
    return this.#lambdaCall(request, body) ?? this.#queryCall(request, body) ?? this.#jsonCall(request, body);
  }

  async #carryOut(call: Call, response: ServerResponse): Promise<void> {
    const recorded = { service: call.service, operation: call.operation, at: Date.now() };
    this.#calls.push(recorded);
    if (this.#calls.length > MAX_CALLS) this.#calls.shift();
    this.#options.onCall?.(recorded);
    const { delay = 0, instead }: Partial<Fault> = this.#options.faults.take(call.service, call.operation) ?? {};
    if (delay > 0) await wait(delay, undefined, { ref: false });
    if (this.#stopped) return;
    if (typeof instead === 'object') {
      const { name, message = 'injected fault', status } = instead;
      return send(response, call.refuse(new ServiceError(name, message, { status })));
    }
    if (instead === 'hang') return;
    if (instead === 'cut-before') return void response.socket?.destroy();
    const answer = await this.#answer(call);
    if (instead === 'cut-after') return void response.socket?.destroy();
    if (instead === 'slow-body') return sendAllButTheEnd(response, answer);
    send(response, instead === 'garbage' ? garbled(answer) : answer);
  }

  async #answer(call: Call): Promise<Answer> {
    try {
      return await call.run();
    } catch (error) {
      if (error instanceof ServiceError) return call.refuse(error);
      this.#options.onInternalError?.(`${call.service}:${call.operation}`, error);
      // The error's own text could repeat the input.
      return call.refuse(new ServiceError(call.fault, 'internal error', { status: 500 }));
    }
  }

  #authorize(
    request: IncomingMessage,
    action: string,
    resource: string | readonly string[] | undefined,
    ...context: [RequestContext?]
  ): void {
    if (resource === undefined) return;
    const accessKeyId = accessKeyIdOf(request.headers.authorization);
    if (!accessKeyId) throw new ServiceError('MissingAuthenticationTokenException', 'Missing Authentication Token');
    const resources = typeof resource === 'string' ? [resource] : resource;
    for (const each of resources) this.#options.authorize?.({ accessKeyId }, action, each, ...context);
  }

  #jsonCall(request: IncomingMessage, body: string): Call | undefined {
    const [target = '', operation = ''] = String(request.headers['x-amz-target']).split('.');
    const api = JSON_APIS[target];
    const service = this.#options.services.find(({ prefix }) => prefix === api?.prefix);
    if (!api || !service || !operation) return undefined;
    return {
      service: api.prefix,
      operation,
      fault: api.fault,
      refuse: (error) => jsonError(api.version, error),
      run: async () => {
        const input = parse(body || '{}');
        if (!isObject(input)) throw new ServiceError('SerializationException', 'the body is no JSON object');
        const region = signedRegion(request.headers.authorization);
        this.#authorize(request, `${api.prefix}:${operation}`, service.resource(operation, input, region));
        return jsonAnswer(api.version, 200, await service.call(operation, input, region));
      },
    };
  }

  #queryCall(request: IncomingMessage, body: string): Call | undefined {
    if (!request.headers['content-type']?.startsWith('application/x-www-form-urlencoded')) return undefined;
    const { action, version = '', input } = readForm(body);
    const api = QUERY_APIS[version];
    const service = this.#options.services.find(({ prefix }) => prefix === api?.prefix);
    if (!api || !service || !action) return undefined;
    const requestId = randomUUID();
    return {
      service: api.prefix,
      operation: action,
      fault: api.fault,
      refuse: (error) => xmlAnswer(queryStatus(error), writeError(api.namespace, requestId, error)),
      run: async () => {
        const region = signedRegion(request.headers.authorization);
        this.#authorize(request, `${api.prefix}:${action}`, service.resource(action, input, region));
        const output = await service.call(action, input, region);
        return xmlAnswer(200, writeResult(action, api.namespace, requestId, output));
      },
    };
  }

  #lambdaCall(request: IncomingMessage, body: string): Call | undefined {
    const [path = '', query] = (request.url ?? '').split('?');
    const [, name] = path.match(/^\/2015-03-31\/functions\/([^/]+)\/invocations$/) ?? [];
    const { lambda } = this.#options;
    if (request.method !== 'POST' || !name || !lambda) return undefined;
    const qualifier = new URLSearchParams(query).get('Qualifier');
    return {
      service: 'lambda',
      operation: 'Invoke',
      fault: 'ServiceException',
      refuse: restJsonError,
      run: () => {
        const nameOrArn = decodeURIComponent(name) + (qualifier ? `:${qualifier}` : '');
        const arn = lambda.arnOf(nameOrArn);
        refuseAcrossRegions(arn, signedRegion(request.headers.authorization));
        this.#authorize(request, 'lambda:InvokeFunction', arn);
        return invoke(lambda, nameOrArn, String(request.headers['x-amz-invocation-type'] ?? 'RequestResponse'), body);
      },
    };
  }

  #s3Call(request: IncomingMessage, body: Buffer): Call | undefined {
    const { s3 } = this.#options;
    if (!s3) return undefined;
    const { method = '', url = '', headers } = request;
    const requestId = randomUUID();
    const authorize = ({ action, resource, context }: S3Call['toLearnOfAbsence']) =>
      this.#authorize(request, action, resource, context);
    const common = {
      service: 's3',
      fault: 'InternalError',
      refuse: (error: ServiceError) => xmlAnswer(queryStatus(error), writePlainError(requestId, error)),
    };
    try {
      const call = s3.read({ method, url, headers, body }, signedRegion(headers.authorization) ?? '');
      const run = async () => {
        for (const permission of call.permissions) authorize(permission);
        const answer = await call.run();
        // That there is no such object is nobody's business who may not list the bucket.
        if (answer.status === 404) authorize(call.toLearnOfAbsence);
        return answer;
      };
      return { ...common, operation: call.operation, run };
    } catch (error) {
      return { ...common, operation: method, run: () => Promise.reject(error) };
    }
  }

  /** For those who try the sandbox by hand: POST adds a fault, DELETE removes all. */
  #editFaults(request: IncomingMessage, body: string): Answer {
    const done = { status: 204, headers: {}, body: '' };
    if (request.method === 'DELETE') {
      this.#options.faults.clear();
      return done;
    }
    if (request.method !== 'POST') return { ...done, status: 405 };
    try {
      this.#options.faults.add(parseFault(parse(body)));
      return done;
    } catch (error) {
      return { status: 400, headers: { 'Content-Type': 'text/plain' }, body: `${(error as Error).message}\n` };
    }
  }
}

/** As Lambda does: whoever invokes a function of another Region has to ask that Region. */
function refuseAcrossRegions(functionArn: string, region: string | undefined): void {
  const [, , , regionOfFunction] = functionArn.split(':');
  if (region === undefined || region === regionOfFunction) return;
  const problem = `Functions from '${regionOfFunction}' are not reachable in this region ('${region}')`;
  throw new ServiceError('ResourceNotFoundException', problem, { status: 404 });
}

async function invoke(lambda: LambdaService, nameOrArn: string, type: string, body: string): Promise<Answer> {
  const payload = body ? parse(body) : undefined;
  if (body && payload === undefined) {
    throw new ServiceError('InvalidRequestContentException', 'Could not parse request body into json');
  }
  if (type === 'DryRun') return { status: 204, headers: {}, body: '' };
  if (type === 'Event') {
    const size = Buffer.byteLength(body);
    if (size > MAX_EVENT) {
      const limit = `for the Event invocation type (limit ${MAX_EVENT} bytes)`;
      throw new ServiceError('RequestTooLargeException', `${size} byte payload is too large ${limit}`, { status: 413 });
    }
    // Once and no more, as with retryAttempts 0; nobody hears of its end, as on Lambda without a destination.
    lambda.invoke(nameOrArn, payload).catch(() => {});
    return { status: 202, headers: {}, body: '' };
  }
  if (type !== 'RequestResponse') throw new ServiceError('InvalidParameterValueException', 'unknown invocation type');
  const result = await lambda.invoke(nameOrArn, payload);
  return {
    status: 200,
    headers: {
      'Content-Type': 'application/json',
      'X-Amz-Executed-Version': '$LATEST',
      ...(result.functionError && { 'X-Amz-Function-Error': result.functionError }),
    },
    body: JSON.stringify(result.payload),
  };
}

function jsonAnswer(version: JsonApi['version'], status: number, output: Json): Answer {
  return { status, headers: { 'Content-Type': `application/x-amz-json-${version}` }, body: awsJson(output) };
}

function jsonError(version: JsonApi['version'], { name, message, status, fields }: ServiceError): Answer {
  return jsonAnswer(version, status, { __type: name, message, ...fields });
}

function xmlAnswer(status: number, body: string): Answer {
  return { status, headers: { 'Content-Type': 'text/xml' }, body };
}

function queryStatus(error: ServiceError): number {
  return isForbidden(error) ? 403 : error.status;
}

/** What AWS JSON services call status 400 and others call 403. */
function isForbidden({ name }: ServiceError): boolean {
  return name === 'AccessDeniedException' || name === 'MissingAuthenticationTokenException';
}

/** As Lambda words errors. */
function restJsonError(error: ServiceError): Answer {
  const { name, message, status, fields } = error;
  return {
    status: isForbidden(error) ? 403 : status,
    headers: { 'Content-Type': 'application/json', 'x-amzn-ErrorType': name },
    body: awsJson({ Type: status < 500 ? 'User' : 'Service', Message: message, ...fields }),
  };
}

/** JSON as AWS writes it: a time is a number of seconds since the epoch. */
function awsJson(output: Json): string {
  return JSON.stringify(output, function (this: Json, key, value) {
    const original = this[key];
    return original instanceof Date ? original.getTime() / 1000 : value;
  });
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The whole body; undefined when it is too large. */
async function read(request: IncomingMessage, limit: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size <= limit) chunks.push(chunk);
  }
  return size <= limit ? Buffer.concat(chunks) : undefined;
}

function send(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, { 'x-amzn-RequestId': randomUUID(), ...headers }).end(body);
}

function garbled({ headers: { 'content-length': _, ...headers } }: Answer): Answer {
  return { status: 200, headers, body: '<not json' };
}

/** One byte less than promised: the client goes on waiting for it. */
function sendAllButTheEnd(response: ServerResponse, { status, headers, body }: Answer): void {
  const length = Buffer.byteLength(body) + 1;
  const withLength = { ...headers, 'content-length': length };
  response.writeHead(status, { 'x-amzn-RequestId': randomUUID(), ...withLength }).write(body);
}
