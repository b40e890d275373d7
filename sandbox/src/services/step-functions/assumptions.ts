/**
 * What AWS does not document of Step Functions and the sandbox had to decide. Everything here is an assumption: a real
 * state machine may behave differently, and nothing in the project may rely on it as fact.
 */

import { TaskError } from './task-errors';

/**
 * Documented: a function that ran into its time-out is reported as Sandbox.Timedout, and as Lambda.Unknown by older
 * runtimes; a time-out of Step Functions itself as States.Timeout.
 *
 * Assumption: whatever else Lambda itself says of a function that could not answer, such as Runtime.ExitError, is
 * reported by that name too. Lambda.Unknown is left for an error document without a name.
 */
export function functionErrorName(errorType: unknown): string {
  return typeof errorType === 'string' && errorType !== '' ? errorType : 'Lambda.Unknown';
}

/**
 * Assumption: an error of the Lambda API is reported by its name behind `Lambda.`, as AWS documents it for some; but what
 * IAM refuses has the name that the SDK gives errors which are not of Lambda's own.
 */
export function lambdaApiErrorName(name: string): string {
  return name === 'AccessDeniedException' ? 'Lambda.AWSLambdaException' : `Lambda.${name}`;
}

/** Assumption: no connection, or a broken one, is reported so. AWS documents the name, not the cases. */
export const CONNECTION_ERROR = 'Lambda.SdkClientException';

/** Assumption: a map whose role may not start or redrive its child executions fails so. */
export function permissionsError(cause: string): TaskError {
  return new TaskError('States.Permissions', cause);
}

/** Assumption: an execution that may not use the customer managed key fails so, before its first state. */
export const KEY_ACCESS_DENIED = 'KmsAccessDeniedException';

/**
 * Documented: a map that fails stops the child executions that are running. Assumption: and it writes its results before
 * it fails, with those that never started among the pending ones. A map that is stopped writes none.
 */
export async function writeThenFail(write: () => Promise<unknown>, failure: TaskError | undefined): Promise<unknown> {
  const output = await write();
  if (failure) throw failure;
  return output;
}

/** Assumption: an empty line of a JSON Lines object is no item. */
export function isJsonLine(line: string): boolean {
  return line.trim() !== '';
}

/** Assumption: the bytes of a batch are those of the whole input of its child execution. AWS documents the limit. */
export function batchSizeInBytes(input: object): number {
  return Buffer.byteLength(JSON.stringify(input));
}

/** Assumption: a prefix that ends in a slash gets no second one. */
export function resultsFolder(prefix: string | undefined, mapRunId: string): string {
  return prefix ? `${prefix.replace(/\/$/, '')}/${mapRunId}` : mapRunId;
}

/** Assumption: what did not succeed is written with everything that is known of it, whatever the transformation. */
export function hasTransformation(status: string): boolean {
  return status === 'SUCCEEDED';
}

/**
 * Documented: redriving a map redrives its STANDARD child executions and starts the EXPRESS ones anew. Assumption: for
 * both the role has to be allowed states:RedriveExecution on the child execution.
 */
export const REDRIVE_ACTION = 'states:RedriveExecution';

/** Assumption: the label of a map that has none, which AWS makes up. */
export function defaultLabel(stateName: string): string {
  return stateName.replace(/[^A-Za-z0-9]/g, '').slice(0, 40) || 'Map';
}
