import { ENDINGS, resetBetweenFreezes } from '../../support/frozen-resets';
import { describeInSoak } from '../../support/soak';

// How long a function is frozen matters only for a connection that is dropped: see below, and
// test/lambda/shared/http-handler.test.ts with a simulated clock.
test.each(['FIN', 'RST'] as const)(
  'a reset over TLS has no unknown outcome after a freeze in which the endpoint ends the connection by %s',
  async (ending) => {
    const { outcomes, invocations, requests } = await resetBetweenFreezes(2, 5, 0, [ending]);

    expect(outcomes).toEqual({ RESET_REQUIRED: invocations });
    expect(requests).toBe(invocations);
  },
);

const ALL = Object.keys(ENDINGS) as (keyof typeof ENDINGS)[];

describeInSoak(
  'a reset over TLS has no unknown outcome after a freeze in which the endpoint ends the connection',
  () => {
    // Side by side, because nearly all of it is waiting.
    test.concurrent.each(ALL.flatMap((ending) => [0.5, 2].map((seconds) => ({ ending, seconds }))))(
      'by $ending, frozen for $seconds seconds, in 200 rounds',
      async ({ ending, seconds }) => {
        const { outcomes, invocations, requests } = await resetBetweenFreezes(10, 20, seconds * 1_000, [ending]);

        expect(outcomes).toEqual({ RESET_REQUIRED: invocations });
        expect(requests).toBe(invocations);
      },
    );

    test.concurrent.each([10, 400])(
      'in any way, frozen for %d seconds, in 40 processes side by side',
      async (seconds) => {
        const { outcomes, invocations, requests } = await resetBetweenFreezes(40, 1, seconds * 1_000, ALL);

        expect(outcomes).toEqual({ RESET_REQUIRED: invocations });
        expect(requests).toBe(invocations);
      },
    );
  },
);
