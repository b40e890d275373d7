import { randomUUID } from 'node:crypto';
import type { Json, ServiceError } from '../model';
import { signedRegion } from '../services/iam/signature';
import { targetOf } from '../services/s3/s3-request';
import type { S3Service } from '../services/s3/s3-service';
import { type Call, statusOf } from './call';
import type { HttpRequest, HttpResponse } from './http';
import { writeXml } from './xml';

/** Reads a call of the S3 API. A request for an operation that the sandbox does not have is a call that fails. */
export function readS3Call(request: HttpRequest, s3: S3Service): Call {
  const requestId = randomUUID();
  const common = {
    service: 's3',
    internalErrorName: 'InternalError',
    errorResponse: (error: ServiceError) => errorResponse(error, requestId),
  };
  try {
    const call = s3.read(request, signedRegion(request.headers.authorization) ?? '');
    return {
      ...common,
      operation: call.operation,
      parameters: parametersOf(request),
      run: async (authorize) => {
        for (const { action, resource, context } of call.permissions) authorize(action, resource, context);
        const response = await call.run();
        if (response.status === 404) {
          // S3 reveals that an object is missing only to callers who may list the bucket.
          const { action, resource, context } = call.permissionToSeeAbsence;
          authorize(action, resource, context);
        }
        return response;
      },
    };
  } catch (error) {
    return { ...common, operation: request.method, parameters: {}, run: () => Promise.reject(error) };
  }
}

/** Headers of HTTP, the signature and tracing, and queries that are a part of the operation's name. */
const NO_PARAMETERS =
  /^(?:accept|amz-sdk-.*|authorization|connection|content-length|expect|host|list-type|transfer-encoding|uploads|user-agent|x-amz-content-sha256|x-amz-date|x-amz-decoded-content-length|x-amz-security-token|x-amz-trailer|x-amz-user-agent|x-amzn-trace-id)$/;

/** The parameters of a request: what its path names, its query, its headers and its body. */
function parametersOf({ url, headers, body }: HttpRequest): Json {
  const { bucket, key, query } = targetOf(url);
  return {
    Bucket: bucket,
    ...(key !== '' && { Key: key }),
    ...Object.fromEntries([...query, ...Object.entries(headers)].filter(([name]) => !NO_PARAMETERS.test(name))),
    ...(body.length > 0 && { Body: body }),
  };
}

/** Writes an error as S3 does: without a namespace, and with the SDK's name of the error as its code. */
function errorResponse(error: ServiceError, requestId: string): HttpResponse {
  const code = error.name === 'AccessDeniedException' ? 'AccessDenied' : error.name;
  const document = writeXml({ Error: { Code: code, Message: error.message, RequestId: requestId } });
  return {
    status: statusOf(error),
    headers: { 'Content-Type': 'text/xml' },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n${document}`,
  };
}
