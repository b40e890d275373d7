import { readFileSync } from 'node:fs';
import type { RecordedCall, Sandbox } from 'cloud-assembly-sandbox';

/** Cognito's quota for account recovery, in requests per second. */
const QUOTA = 30;

/** Records when the resets of a campaign arrive at Cognito, and how much memory its functions use. */
export class CampaignRecorder {
  /** When each reset arrived at Cognito, in milliseconds since 1970. */
  readonly resetTimes: number[] = [];
  readonly #peakMemory = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;

  readonly recordCall = ({ operation, at }: RecordedCall): void => {
    if (operation === 'AdminResetUserPassword') this.resetTimes.push(at);
  };

  startMemorySampling(sandbox: Sandbox): void {
    this.#timer = setInterval(() => this.#sampleMemory(sandbox), 500);
  }

  stopMemorySampling(): void {
    clearInterval(this.#timer);
  }

  /** The peak memory of one execution environment of each function, in MiB, by the purpose of the function. */
  get peakMemoryMiB(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#peakMemory].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** The largest number of resets in any period of this length. */
  maxResetsWithin(seconds: number): number {
    return this.#resetsWithin(seconds).reduce((most, { count }) => Math.max(most, count), 0);
  }

  /** The longest time, in seconds, for which the resets of the last second were more than the quota. */
  get longestSecondsOverQuota(): number {
    let longest = 0;
    let began: number | undefined;
    for (const { at, count } of this.#resetsWithin(1)) {
      began = count > QUOTA ? (began ?? at) : undefined;
      longest = Math.max(longest, at - (began ?? at));
    }
    return longest / 1000;
  }

  /** For each reset, the number of resets in the seconds that end with it. */
  #resetsWithin(seconds: number): { at: number; count: number }[] {
    let first = 0;
    return this.resetTimes.map((at, index) => {
      while ((this.resetTimes[first] ?? at) <= at - seconds * 1000) first += 1;
      return { at, count: index - first + 1 };
    });
  }

  #sampleMemory(sandbox: Sandbox): void {
    for (const { functionName } of sandbox.assembly.functions) {
      const purpose = /Bulk(Preflight|Listing|Worker|Summary)/.exec(functionName)?.[1]?.toLowerCase();
      if (purpose === undefined) continue;
      for (const processId of sandbox.lambda.processIds(functionName)) {
        this.#peakMemory.set(purpose, Math.max(this.#peakMemory.get(purpose) ?? 0, peakMemoryOf(processId)));
      }
    }
  }
}

/** In MiB, from Linux; 0 on other systems, and when the process has ended. */
function peakMemoryOf(processId: number): number {
  try {
    const status = readFileSync(`/proc/${processId}/status`, 'utf8');
    return Math.round(Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) / 1024);
  } catch {
    return 0;
  }
}
