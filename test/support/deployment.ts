export { Deployment } from 'cloud-assembly-sandbox/testing';

export const PASSWORD = 'Old-password-1';

/** How an invocation ended, as the caller of the runtime sees it. */
export interface Answer {
  readonly errorType?: string;
  readonly errorMessage?: string;
  readonly [field: string]: unknown;
}
