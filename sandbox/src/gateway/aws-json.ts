import { type Json, type Service, ServiceError } from '../model';
import { signedRegion } from '../services/iam/signature';
import type { Call } from './call';
import type { HttpRequest, HttpResponse } from './http';
import { parseJson, writeJson } from './json';

interface Api {
  /** The prefix of the service's IAM actions. */
  readonly prefix: string;
  /** The version of the protocol. */
  readonly version: '1.0' | '1.1';
  readonly internalErrorName: string;
}

/** The APIs by the first part of the X-Amz-Target header; the second part is the operation. */
const APIS: Readonly<Record<string, Api>> = {
  AWSStepFunctions: { prefix: 'states', version: '1.0', internalErrorName: 'InternalServerException' },
  AWSCognitoIdentityProviderService: {
    prefix: 'cognito-idp',
    version: '1.1',
    internalErrorName: 'InternalErrorException',
  },
  DynamoDB_20120810: { prefix: 'dynamodb', version: '1.0', internalErrorName: 'InternalServerError' },
  GraniteServiceVersion20100801: { prefix: 'cloudwatch', version: '1.0', internalErrorName: 'InternalServiceFault' },
  PinpointSMSVoiceV2: { prefix: 'sms-voice', version: '1.0', internalErrorName: 'InternalServerException' },
  TrentService: { prefix: 'kms', version: '1.1', internalErrorName: 'KMSInternalException' },
};

/**
 * Reads a call in the AWS JSON protocol; undefined when no service has it.
 *
 * @see https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
 */
export function readAwsJsonCall(request: HttpRequest, services: readonly Service[]): Call | undefined {
  const { headers } = request;
  const [target = '', operation = ''] = String(headers['x-amz-target']).split('.');
  const api = APIS[target];
  const service = services.find(({ prefix }) => prefix === api?.prefix);
  if (!api || !service || !operation) return undefined;
  const input = parseJson(request.body.toString() || '{}');
  return {
    service: api.prefix,
    operation,
    parameters: isObject(input) ? input : {},
    internalErrorName: api.internalErrorName,
    errorResponse: (error) => awsJsonError(error, api.version),
    run: async (authorize) => {
      if (!isObject(input)) throw new ServiceError('SerializationException', 'the body is not a JSON object');
      const region = signedRegion(headers.authorization);
      const resource = service.resource(operation, input, region);
      if (resource !== undefined) authorize(`${api.prefix}:${operation}`, resource);
      return response(200, await service.call(operation, input, region), api.version);
    },
  };
}

/** Writes an error, also for a request that no protocol could read. */
export function awsJsonError(error: ServiceError, version: Api['version'] = '1.1'): HttpResponse {
  const { name, message, status, fields } = error;
  return response(status, { __type: name, message, ...fields }, version);
}

function response(status: number, output: Json, version: Api['version']): HttpResponse {
  return { status, headers: { 'Content-Type': `application/x-amz-json-${version}` }, body: writeJson(output) };
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
