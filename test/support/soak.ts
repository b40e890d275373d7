/**
 * Whether this is `npm run test:soak`, which runs the suites that use this file, with their whole numbers. `npm test` runs
 * them with few cases.
 */
const isSoak = process.env.SOAK === 'true';

/** How many cases a test has. */
export function cases(few: number, all: number): number {
  return isSoak ? all : few;
}

/** A `describe` for what has to take long, such as what measures real time. */
export const describeInSoak = isSoak ? describe : describe.skip;
