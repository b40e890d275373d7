import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '..', '..', '..');
const { peerDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

/** The oldest versions that package.json allows. */
export const FLOOR = {
  cdk: peerDependencies['aws-cdk-lib'].replace('^', ''),
  constructs: peerDependencies.constructs.replace('^', ''),
} as const;

/** cdk-nag 3 does not work with an older aws-cdk-lib: it needs the construct tree. The demonstration and examples use it. */
export const FIRST_WITH_CDK_NAG = '2.258.0';

/** One version of aws-cdk-lib of each gap between changes that the constructs notice, each with another constructs. */
export const GAPS = [
  { cdk: FLOOR.cdk, constructs: FLOOR.constructs, reason: 'the oldest version' },
  { cdk: '2.238.0', constructs: '10.4.5', reason: 'among the last that allow constructs before 10.5.0' },
  { cdk: '2.257.0', constructs: '10.5.0', reason: 'the first that cdk-nag 3 allows' },
  { cdk: '2.258.0', constructs: '10.5.1', reason: 'the first that cdk-nag 3 works with' },
  { cdk: '2.263.0', constructs: '10.6.0', reason: 'validates templates, and does not know EumsSms' },
  { cdk: '2.264.0', constructs: '10.7.2', reason: 'the first that knows EumsSms, except in its validation' },
  { cdk: '2.269.0', constructs: '10.8.0', reason: 'refuses ids of acknowledgements with a second ::' },
  { cdk: '2.270.0', constructs: '10.8.1', reason: 'accepts them' },
] as const;

/** Compares versions such as `2.258.0`. */
export function isAtLeast(version: string, other: string): boolean {
  return version.localeCompare(other, 'en', { numeric: true }) >= 0;
}
