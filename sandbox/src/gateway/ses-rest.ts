import type { Service, ServiceError } from '../model';
import { signedRegion } from '../services/iam/signature';
import { type Call, statusOf } from './call';
import type { HttpRequest, HttpResponse } from './http';
import { writeJson } from './json';

const ACCOUNT_PATH = '/v2/email/account';

/**
 * Reads a call of GetAccount of Amazon SES, which has neither parameters nor a body; undefined when the request is another.
 *
 * @see https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_GetAccount.html
 */
export function readSesCall({ method, url, headers }: HttpRequest, services: readonly Service[]): Call | undefined {
  const service = services.find(({ prefix }) => prefix === 'ses');
  if (method !== 'GET' || url !== ACCOUNT_PATH || service === undefined) return undefined;
  const region = signedRegion(headers.authorization);
  return {
    service: 'ses',
    operation: 'GetAccount',
    parameters: {},
    internalErrorName: 'InternalServiceErrorException',
    errorResponse,
    run: async (authorize) => {
      authorize('ses:GetAccount', service.resource('GetAccount', {}, region) ?? '*');
      return response(200, writeJson(await service.call('GetAccount', {}, region)));
    },
  };
}

function errorResponse(error: ServiceError): HttpResponse {
  const { name, message, fields } = error;
  return response(statusOf(error), writeJson({ message, ...fields }), { 'x-amzn-ErrorType': name });
}

function response(status: number, body: string, headers: HttpResponse['headers'] = {}): HttpResponse {
  return { status, headers: { 'Content-Type': 'application/json', ...headers }, body };
}
