import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync } from 'node:fs';
import { serialize } from 'node:v8';
import type { Stack } from 'aws-cdk-lib';
import type { SandboxOptions } from 'cloud-assembly-sandbox';
import { Deployment } from 'cloud-assembly-sandbox/testing';
import { share, sharedPath } from './shared-folder';
import { countSynthesis } from './syntheses';

export { Deployment, endsBefore, until } from 'cloud-assembly-sandbox/testing';

export const PASSWORD = 'Old-password-1';

/** The response to an invocation, or its error. */
export interface Answer {
  readonly errorType?: string;
  readonly errorMessage?: string;
  readonly [field: string]: unknown;
}

/**
 * Deploys a stack in the sandbox. One that is described by plain data is synthesized once, for all suites of a run.
 *
 * @param description what `define` depends on, with the kind of the stack
 */
export async function deploy(
  description: object,
  define: (stack: Stack) => void,
  options?: Partial<SandboxOptions>,
): Promise<Deployment> {
  if (!isPlain(description)) {
    countSynthesis();
    return Deployment.start(define, options);
  }
  // Unlike JSON, this tells a property that is undefined from one that is missing.
  const name = createHash('sha256').update(serialize(description)).digest('hex');
  const directory = sharedPath(`stack-${name}`);
  if (!existsSync(directory)) {
    countSynthesis();
    synthesize(define, directory);
  }
  return Deployment.run(directory, options);
}

/** Synthesizes into a folder, which exists only when it is complete. */
function synthesize(define: (stack: Stack) => void, directory: string): void {
  const incomplete = mkdtempSync(`${directory}-`);
  Deployment.synthesize(define, incomplete);
  share(incomplete, directory);
}

/** Whether a value has neither functions nor instances of classes, which cannot be compared. */
function isPlain(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return typeof value !== 'function';
  const prototype = Object.getPrototypeOf(value);
  return (prototype === Object.prototype || prototype === Array.prototype) && Object.values(value).every(isPlain);
}

/** The metrics among log lines, without the name of the function. */
export function metricsIn(lines: readonly Record<string, unknown>[]): object[] {
  return lines.flatMap(({ _aws, FunctionName, ...values }) => {
    const [metrics] =
      (_aws as { CloudWatchMetrics: { Dimensions: string[][] }[] } | undefined)?.CloudWatchMetrics ?? [];
    return metrics === undefined ? [] : [{ dimensions: metrics.Dimensions, ...values }];
  });
}
