import { relative, resolve } from 'node:path';

const ROOT = resolve(__dirname, '..', '..');

/** How many apps a suite may synthesize to run them, or to look at the demonstration app or the examples. */
const MAX_OTHERS = 2;
const MAX: Readonly<Record<string, number>> = {
  'test/bin/demonstration-stack.test.ts': 14,
  'test/compliance.test.ts': 3,
  'test/examples/examples.test.ts': 6,
  'test/lambda/campaign/campaign-faults.test.ts': 4,
  'test/lambda/campaign/campaign-pace.test.ts': 3,
  'test/lambda/campaign/campaign.test.ts': 4,
  'test/lambda/campaign/preflight/campaign-preflight.test.ts': 5,
  'test/lambda/messages/messages.test.ts': 7,
};

/** Jest loads this file anew for each suite. */
let syntheses = 0;

/** Throws an error when the suite synthesizes more than it may: each synthesis takes up to half a second of CPU time. */
export function countSynthesis(): void {
  const suite = relative(ROOT, expect.getState().testPath ?? '');
  const max = MAX[suite] ?? MAX_OTHERS;
  syntheses += 1;
  if (syntheses > max) {
    throw new Error(
      `${suite}: got synthesis ${syntheses}, expected at most ${max}: use an app that the suite synthesizes already, or raise the number in test/support/syntheses.ts`,
    );
  }
}
