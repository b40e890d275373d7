import { type Json, ServiceError } from '../model';
import { signedRegion } from '../services/iam/signature';
import type { LambdaService } from '../services/lambda';
import { type Call, statusOf } from './call';
import type { HttpRequest, HttpResponse } from './http';
import { parseJson, writeJson } from './json';

/** Lambda's limit for the event of an asynchronous invocation, in bytes. */
const MAX_EVENT = 1024 * 1024;

/**
 * Reads a call of Lambda's Invoke operation; undefined when the request is another.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
export function readInvokeCall({ method, url, headers, body }: HttpRequest, lambda: LambdaService): Call | undefined {
  const [path = '', query] = url.split('?');
  const [, name] = path.match(/^\/2015-03-31\/functions\/([^/]+)\/invocations$/) ?? [];
  if (method !== 'POST' || !name) return undefined;
  const qualifier = new URLSearchParams(query).get('Qualifier');
  const { 'x-amz-invocation-type': type, 'x-amz-log-type': LogType, 'x-amz-client-context': ClientContext } = headers;
  return {
    service: 'lambda',
    operation: 'Invoke',
    parameters: {
      FunctionName: name,
      ...withoutUndefined({ Qualifier: qualifier ?? undefined, InvocationType: type, LogType, ClientContext }),
      ...(body.length > 0 && { Payload: body.toString() }),
    },
    internalErrorName: 'ServiceException',
    errorResponse,
    run: async (authorize) => {
      const nameOrArn = decodeURIComponent(name) + (qualifier ? `:${qualifier}` : '');
      const arn = lambda.arnOf(nameOrArn);
      validateRegion(arn, signedRegion(headers.authorization));
      authorize('lambda:InvokeFunction', arn);
      const invocationType = String(type ?? 'RequestResponse');
      return invoke(lambda, nameOrArn, invocationType, body.toString());
    },
  };
}

function withoutUndefined(parameters: Json): Json {
  return Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== undefined));
}

/** Lambda invokes a function only from the endpoint of the function's Region. */
function validateRegion(functionArn: string, region: string | undefined): void {
  const [, , , regionOfFunction] = functionArn.split(':');
  if (region === undefined || region === regionOfFunction) return;
  const problem = `Functions from '${regionOfFunction}' are not reachable in this region ('${region}')`;
  throw new ServiceError('ResourceNotFoundException', problem, { status: 404 });
}

async function invoke(
  lambda: LambdaService,
  nameOrArn: string,
  invocationType: string,
  body: string,
): Promise<HttpResponse> {
  const payload = body ? parseJson(body) : undefined;
  if (body && payload === undefined) {
    throw new ServiceError('InvalidRequestContentException', 'Could not parse request body into json');
  }
  if (invocationType === 'DryRun') return { status: 204, headers: {}, body: '' };
  if (invocationType === 'Event') {
    const size = Buffer.byteLength(body);
    if (size > MAX_EVENT) {
      const limit = `for the Event invocation type (limit ${MAX_EVENT} bytes)`;
      throw new ServiceError('RequestTooLargeException', `${size} byte payload is too large ${limit}`, { status: 413 });
    }
    // Without retries, as with `retryAttempts: 0`. The outcome is dropped, as on Lambda without a destination.
    lambda.invoke(nameOrArn, payload).catch(() => {});
    return { status: 202, headers: {}, body: '' };
  }
  if (invocationType !== 'RequestResponse') {
    throw new ServiceError('InvalidParameterValueException', 'unknown invocation type');
  }
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

function errorResponse(error: ServiceError): HttpResponse {
  const { name, message, status, fields } = error;
  return {
    status: statusOf(error),
    headers: { 'Content-Type': 'application/json', 'x-amzn-ErrorType': name },
    body: writeJson({ Type: status < 500 ? 'User' : 'Service', Message: message, ...fields }),
  };
}
