import { resetBetweenFreezes } from '../../support/frozen-resets';

// How long a function is frozen matters only for a connection that is dropped: see freeze.soak.test.ts, and
// test/lambda/shared/http-handler.test.ts with a simulated clock.
test.each(['FIN', 'RST'] as const)(
  'a reset over TLS has no unknown outcome after a freeze in which the endpoint ends the connection by %s',
  async (ending) => {
    const { outcomes, invocations, requests } = await resetBetweenFreezes(2, 5, 0, [ending]);

    expect(outcomes).toEqual({ RESET_REQUIRED: invocations });
    expect(requests).toBe(invocations);
  },
);
