import type { RecordedCall } from 'cloud-assembly-sandbox';
import { DeployedCampaign } from '../../support/deployed-campaign';

/** In milliseconds. */
const WINDOW = 10_000;

/** For how long each is watched, from the first reset on, in milliseconds. */
const WATCHED = 22_000;

const RATES = [1, 5, 24];

/** How often it is measured when the machine is too busy to keep the pace: that makes resets fewer, and never more. */
const MEASUREMENTS = 3;

/** By measurement, then by rate: the fewest and the most resets within ten seconds. */
const measured: { readonly fewest: number; readonly most: number; readonly windows: number }[][] = [];
beforeAll(async () => {
  do {
    // Each is in place before the first begins: synthesizing one would hold up the others.
    const deployed: Deployed[] = [];
    for (const rate of RATES) deployed.push(await deploy(rate));
    // At once, because nearly all of the time is spent waiting.
    measured.push((await Promise.all(deployed.map(watch))).map(countWindows));
  } while (measured.length < MEASUREMENTS && !RATES.every((rate, index) => isFastEnough(rate, index)));
}, 240_000);

describe.each(RATES.map((rate, index) => ({ rate, index })))('at $rate a second', ({ rate, index }) => {
  test('no ten seconds have more than 5 % above it', () => {
    for (const counts of measured) {
      expect(counts[index]?.windows).toBeGreaterThan(rate * 5);
      expect(counts[index]?.most).toBeLessThanOrEqual((rate * WINDOW * 1.05) / 1000);
    }
  });

  test('no ten seconds have less than 90 % of it', () => {
    expect(measured.at(-1)?.[index]?.fewest).toBeGreaterThanOrEqual((rate * WINDOW * 0.9) / 1000);
  });
});

function isFastEnough(rate: number, index: number): boolean {
  return Number(measured.at(-1)?.[index]?.fewest) >= (rate * WINDOW * 0.9) / 1000;
}

/** Of windows that begin with each reset, and just after it: one of them has the most, and one the fewest. */
function countWindows(resets: readonly number[]) {
  const [first = 0] = resets;
  const begins = resets.filter((at) => at + WINDOW <= first + WATCHED);
  const within = (from: number) => resets.filter((at) => at >= from && at < from + WINDOW).length;
  const counts = begins.flatMap((at) => [within(at), within(at + 1)]);
  return { fewest: Math.min(...counts), most: Math.max(...counts), windows: begins.length };
}

interface Deployed {
  readonly campaign: DeployedCampaign;
  /** When resets arrived. */
  readonly resets: number[];
}

async function deploy(rate: number): Promise<Deployed> {
  const resets: number[] = [];
  const onCall = ({ operation, at }: RecordedCall) => {
    if (operation === 'AdminResetUserPassword') resets.push(at);
  };
  const campaign = await DeployedCampaign.start({ bulk: { maxResetsPerSecond: rate }, sandbox: { onCall } });
  await campaign.addUsers(rate * 24);
  return { campaign, resets };
}

/** When resets arrived, from the first one on, for as long as it is watched. */
async function watch({ campaign, resets }: Deployed): Promise<number[]> {
  try {
    const execution = campaign.begin();
    while (resets.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    await new Promise((resolve) => setTimeout(resolve, WATCHED));
    execution.stop();
  } finally {
    await campaign.stop();
  }
  return resets;
}
