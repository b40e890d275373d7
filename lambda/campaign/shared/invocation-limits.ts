/** Lines that a step writes into one object or leaves to one worker. Either holds about as many in memory. */
export const LINES_PER_OBJECT = 5_000;

/** How long an invocation of a step works before the next invocation continues, in milliseconds. */
export const INVOCATION_TIME_BUDGET = 300_000;
