import { ENDINGS, resetBetweenFreezes } from '../../support/frozen-resets';

const ALL = Object.keys(ENDINGS) as (keyof typeof ENDINGS)[];

describe('a reset over TLS has no unknown outcome after a freeze in which the endpoint ends the connection', () => {
  test.each(ALL.flatMap((ending) => [0.5, 2].map((seconds) => ({ ending, seconds }))))(
    'by $ending, frozen for $seconds seconds, in 200 rounds',
    async ({ ending, seconds }) => {
      const { outcomes, invocations, requests } = await resetBetweenFreezes(10, 20, seconds * 1_000, [ending]);

      expect(outcomes).toEqual({ RESET_REQUIRED: invocations });
      expect(requests).toBe(invocations);
    },
    600_000,
  );

  test.each([10, 400])(
    'in any way, frozen for %d seconds, in 40 processes side by side',
    async (seconds) => {
      const { outcomes, invocations, requests } = await resetBetweenFreezes(40, 1, seconds * 1_000, ALL);

      expect(outcomes).toEqual({ RESET_REQUIRED: invocations });
      expect(requests).toBe(invocations);
    },
    1_200_000,
  );
});
