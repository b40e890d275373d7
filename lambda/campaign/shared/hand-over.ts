/** Lines of one object that a step writes, which is all that it holds in memory. */
export const LINES_PER_OBJECT = 5_000;

/** How long an invocation of a step works before it hands over to the next one, in milliseconds. */
export const HANDS_OVER_AFTER = 300_000;
