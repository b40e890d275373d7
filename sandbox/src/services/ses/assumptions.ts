/** The behaviour of Amazon SES that AWS does not document and that the sandbox had to decide. */

/**
 * Assumption: an account may exceed its sending rate as long as its average over this time does not, in milliseconds. Why:
 * AWS documents that short bursts are accepted, and not how long they may be.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/manage-sending-quotas.html
 */
export const SENDING_RATE_PERIOD = 10_000;
