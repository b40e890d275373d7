import type { RecordedCall } from '../../sandbox/gateway';
import { DeployedCampaign } from './deployed-campaign';

/** In milliseconds. */
const WINDOW = 10_000;

/** For how long each is watched, from the first reset on, in milliseconds. */
const WATCHED = 22_000;

const RATES = [1, 5, 24];

let arrived: number[][];
beforeAll(async () => {
  // At once, because nearly all of the time is spent waiting.
  arrived = await Promise.all(RATES.map(watch));
}, 90_000);

test.each(RATES.map((rate, index) => [rate, index] as const))(
  'at %s a second, no ten seconds have more than 5 %% above it, or less than 90 %% of it',
  (rate, index) => {
    const resets = arrived[index] ?? [];
    const [first = 0] = resets;
    const within = (from: number) => resets.filter((at) => at >= from && at < from + WINDOW).length;
    // Windows that begin with each reset, and just after: one of them has the most, and one the least.
    const full = resets.filter((at) => at + WINDOW <= first + WATCHED);
    const counts = full.flatMap((at) => [within(at), within(at + 1)]);

    expect(full.length).toBeGreaterThan(rate * 5);
    expect(Math.max(...counts)).toBeLessThanOrEqual((rate * WINDOW * 1.05) / 1000);
    expect(Math.min(...counts)).toBeGreaterThanOrEqual((rate * WINDOW * 0.9) / 1000);
  },
);

/** When resets arrived, from the first one on, for as long as it is watched. */
async function watch(rate: number): Promise<number[]> {
  const resets: number[] = [];
  const onCall = ({ operation, at }: RecordedCall) => {
    if (operation === 'AdminResetUserPassword') resets.push(at);
  };
  const campaign = await DeployedCampaign.start({ bulk: { maxResetsPerSecond: rate }, sandbox: { onCall } });
  try {
    await campaign.addUsers(rate * 24);
    const execution = campaign.begin();
    while (resets.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    await new Promise((resolve) => setTimeout(resolve, WATCHED));
    execution.stop();
  } finally {
    await campaign.stop();
  }
  return resets;
}
