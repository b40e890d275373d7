import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type { Json } from '../../model';
import { CONNECTION_ERROR, functionErrorName, lambdaApiErrorName } from './assumptions';
import { StoppedError, TaskError } from './task-errors';

/**
 * Invokes a function with the parameters of the Lambda integration of Step Functions, and returns the result of the task.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html
 */
export async function invokeFunction(client: LambdaClient, parameters: Json, signal: AbortSignal): Promise<Json> {
  const { FunctionName, InvocationType, Qualifier, ClientContext, Payload: event = {} } = parameters;
  const command = new InvokeCommand({
    FunctionName: FunctionName as string,
    InvocationType: InvocationType as 'Event' | 'RequestResponse' | undefined,
    Qualifier: Qualifier as string | undefined,
    ClientContext: ClientContext as string | undefined,
    Payload: JSON.stringify(event),
  });
  const output = await client.send(command, { abortSignal: signal }).catch((error) => {
    throw signal.aborted ? new StoppedError() : lambdaApiError(error);
  });
  const text = output.Payload?.transformToString() ?? '';
  const payload = parsePayload(text);
  if (output.FunctionError) throw new TaskError(functionErrorName((payload as Json | null)?.errorType), text);
  const { httpStatusCode, requestId } = output.$metadata;
  return {
    ExecutedVersion: output.ExecutedVersion ?? '$LATEST',
    Payload: payload,
    SdkHttpMetadata: { HttpStatusCode: httpStatusCode },
    SdkResponseMetadata: { RequestId: requestId },
    StatusCode: output.StatusCode,
  };
}

function lambdaApiError(error: Error & { $metadata?: { httpStatusCode?: number } }): TaskError {
  const { name, message, $metadata } = error;
  const status = $metadata?.httpStatusCode;
  if (status === undefined) return new TaskError(CONNECTION_ERROR, message);
  return new TaskError(
    lambdaApiErrorName(name),
    `${message} (Service: AWSLambda; Status Code: ${status}; Error Code: ${name})`,
  );
}

/** An asynchronous invocation has an empty payload, and a function that streams its response may not return JSON. */
function parsePayload(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
