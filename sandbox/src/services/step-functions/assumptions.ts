/**
 * The assumptions of the sandbox about Step Functions: behaviour that AWS does not document. A real state machine may behave
 * differently, and nothing in the project may rely on an assumption as a fact.
 */

import { TaskError } from './task-errors';

/**
 * Assumption: an error that Lambda reports for a function without a result, such as Runtime.ExitError, keeps its name, and an
 * error document without a name is reported as Lambda.Unknown. AWS documents only the timeouts: Sandbox.Timedout for a function
 * (Lambda.Unknown with older runtimes), and States.Timeout for a state.
 */
export function functionErrorName(errorType: unknown): string {
  return typeof errorType === 'string' && errorType !== '' ? errorType : 'Lambda.Unknown';
}

/**
 * Assumption: an error of the Lambda API is reported as `Lambda.` and its name, except that AccessDeniedException becomes
 * Lambda.AWSLambdaException. AWS documents the first form for some errors only, and AWSLambdaException is the SDK's name
 * for errors that the Lambda API does not define.
 */
export function lambdaApiErrorName(name: string): string {
  return name === 'AccessDeniedException' ? 'Lambda.AWSLambdaException' : `Lambda.${name}`;
}

/**
 * Assumption: a connection that fails or breaks is reported with this name. AWS documents the name, but not when it is used.
 */
export const CONNECTION_ERROR = 'Lambda.SdkClientException';

/**
 * Assumption: a child execution of a Distributed Map presents this ARN as `aws:SourceArn` when it assumes the role of the state
 * machine. AWS does not document which ARN it presents. It documents this one as the ARN that the metrics of child executions
 * have.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/concepts-examine-map-run.html
 */
export function childSourceArn(stateMachineArn: string, label: string): string {
  return `${stateMachineArn}/${label}`;
}

/**
 * Assumption: an execution whose role AWS Step Functions may not assume fails with this name before its first state. AWS
 * documents only that such a state machine cannot be created.
 */
export const ROLE_NOT_ASSUMABLE = 'StepFunctions.RoleNotAssumable';

/**
 * Assumption: a map fails with States.Permissions when the role may not start or redrive its child executions. AWS documents
 * the name only for a task with insufficient privileges.
 */
export function permissionsError(cause: string): TaskError {
  return new TaskError('States.Permissions', cause);
}

/**
 * Assumption: an execution whose role may not use the customer managed key fails with this name before its first state. AWS
 * does not document how such an execution fails.
 */
export const KEY_ACCESS_DENIED = 'KmsAccessDeniedException';

/**
 * Assumption: a map that fails writes its results first, with the child executions that never started as pending, and a map
 * that is stopped writes none. AWS documents only that a map that fails stops its running child executions.
 */
export async function writeResultsBeforeFailing(
  write: () => Promise<unknown>,
  failure: TaskError | undefined,
): Promise<unknown> {
  const output = await write();
  if (failure) throw failure;
  return output;
}

/** Assumption: an empty line of a JSON Lines object is not an item. AWS does not document empty lines. */
export function isItemLine(line: string): boolean {
  return line.trim() !== '';
}

/**
 * Assumption: the size of a batch is the size of the whole input of its child execution. AWS documents the limit, but not what
 * counts towards it.
 */
export function batchSizeInBytes(input: object): number {
  return Buffer.byteLength(JSON.stringify(input));
}

/** Assumption: a result prefix that ends in a slash gets no second slash. AWS does not document such a prefix. */
export function resultsFolder(prefix: string | undefined, mapRunId: string): string {
  return prefix ? `${prefix.replace(/\/$/, '')}/${mapRunId}` : mapRunId;
}

/**
 * Assumption: the transformation of a ResultWriter applies only to child executions that succeeded. The others are written
 * with everything that is known about them, because they have no output that could be transformed.
 */
export function isTransformed(status: string): boolean {
  return status === 'SUCCEEDED';
}

/**
 * Assumption: redriving a map needs this action on its child executions, STANDARD and EXPRESS alike. AWS documents that STANDARD
 * child executions are redriven and EXPRESS ones are started again, but not the action that the latter need.
 */
export const REDRIVE_ACTION = 'states:RedriveExecution';

/**
 * Assumption: a map without a Label gets the letters and digits of its state name. AWS generates a label, and does not document
 * how.
 */
export function defaultLabel(stateName: string): string {
  return stateName.replace(/[^A-Za-z0-9]/g, '').slice(0, 40) || 'Map';
}
