export { Deployment, endsBefore, until } from 'cloud-assembly-sandbox/testing';

export const PASSWORD = 'Old-password-1';

/** The response to an invocation, or its error. */
export interface Answer {
  readonly errorType?: string;
  readonly errorMessage?: string;
  readonly [field: string]: unknown;
}
