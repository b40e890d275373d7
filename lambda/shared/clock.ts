/** The largest assumed difference between the clocks of two machines, in milliseconds. */
export const CLOCK_TOLERANCE = 2_000;
