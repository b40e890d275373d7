import { setTimeout as wait } from 'node:timers/promises';
import type { RecordedCall } from 'cloud-assembly-sandbox';
import { DeployedCampaign } from '../../support/deployed-campaign';
import { until } from '../../support/deployment';
import { describeInSoak } from '../../support/soak';

/** In milliseconds. */
const WINDOW = 10_000;

/** How long each campaign is watched from its first reset on, in milliseconds. */
const WATCHED = 22_000;

const RATES = [1, 5, 24];

/** How often the pace is measured when the machine is too busy to keep it. A busy machine makes resets fewer, never more. */
const MEASUREMENTS = 3;

// The pacer is tested in simulated time in worker/pacer.test.ts.
describeInSoak('the pace of a campaign', () => {
  const measured: Measurement[] = [];
  beforeAll(async () => {
    do {
      // All are deployed before the first one starts, because synthesis would slow down the others.
      const deployed: Deployed[] = [];
      for (const rate of RATES) deployed.push(await deploy(rate));
      // At the same time, because nearly all of the time is spent waiting.
      const [undisturbed, ...resets] = await Promise.all([metronome(), ...deployed.map(watch)]);
      measured.push({ undisturbed, counts: resets.map(countWindows) });
    } while (measured.length < MEASUREMENTS && !RATES.every((rate, index) => isFastEnough(rate, index)));
  });

  describe.each(RATES.map((rate, index) => ({ rate, index })))(
    'a campaign at $rate resets a second',
    ({ rate, index }) => {
      test('exceeds the rate by no more than 5 % in any ten seconds', () => {
        for (const { counts } of measured) {
          expect(counts[index]?.windows).toBeGreaterThan(rate * 5);
          expect(counts[index]?.most).toBeLessThanOrEqual((rate * WINDOW * 1.05) / 1000);
        }
      });

      test('reaches at least 90 % of the rate in any ten seconds, less what the machine disturbs a metronome', () => {
        const { counts, undisturbed } = measured.at(-1) as Measurement;
        expect(counts[index]?.fewest).toBeGreaterThanOrEqual((undisturbed * rate * WINDOW * 0.9) / 1000);
      });
    },
  );

  function isFastEnough(rate: number, index: number): boolean {
    return Number(measured.at(-1)?.counts[index]?.fewest) >= (rate * WINDOW * 0.9) / 1000;
  }
});

interface Measurement {
  /** The share of its beats that the metronome kept in the worst ten seconds. */
  readonly undisturbed: number;
  /** The fewest and the most resets within ten seconds, by rate. */
  readonly counts: readonly { readonly fewest: number; readonly most: number; readonly windows: number }[];
}

/** Beats a hundred times a second, and like a worker drops a beat that is late by 200 ms: the noise of the machine. */
async function metronome(): Promise<number> {
  const [begin, beats]: [number, number[]] = [Date.now(), []];
  for (let at = begin; at < begin + WATCHED; at += 10) {
    // real time: it is what is measured.
    await wait(Math.max(0, at - Date.now()));
    if (Date.now() < at + 200) beats.push(Date.now());
  }
  return Math.min(1, countWindows(beats).fewest / (WINDOW / 10));
}

/** Counts resets in windows that begin with each reset and just after it, which include the fullest and the emptiest. */
function countWindows(resets: readonly number[]) {
  const [first = 0] = resets;
  const begins = resets.filter((at) => at + WINDOW <= first + WATCHED);
  const within = (from: number) => resets.filter((at) => at >= from && at < from + WINDOW).length;
  const counts = begins.flatMap((at) => [within(at), within(at + 1)]);
  return { fewest: Math.min(...counts), most: Math.max(...counts), windows: begins.length };
}

interface Deployed {
  readonly campaign: DeployedCampaign;
  /** When the resets arrived, in milliseconds since 1970. */
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

/** Starts the campaign and returns when its resets arrived. */
async function watch({ campaign, resets }: Deployed): Promise<number[]> {
  try {
    const execution = campaign.begin();
    await until(() => resets.length > 0);
    // real time: it is what is measured.
    await wait(WATCHED);
    execution.stop();
  } finally {
    await campaign.stop();
  }
  return resets;
}
