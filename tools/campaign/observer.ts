import { readFileSync } from 'node:fs';
import type { RecordedCall, Sandbox } from 'cloud-assembly-sandbox';

/** Cognito's quota for account recovery, a second. */
const QUOTA = 30;

/** Watches a campaign from outside: when resets arrive, and how much memory its functions take. */
export class CampaignObserver {
  /** When each reset arrived at Cognito, in milliseconds since 1970. */
  readonly resets: number[] = [];
  readonly #memory = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;

  readonly onCall = ({ operation, at }: RecordedCall): void => {
    if (operation === 'AdminResetUserPassword') this.resets.push(at);
  };

  watchMemory(sandbox: Sandbox): void {
    this.#timer = setInterval(() => this.#look(sandbox), 500);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** The most memory that an environment of each function took, in MiB, by what the function is for. */
  get memory(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#memory].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** The most resets within any so many seconds. */
  most(seconds: number): number {
    return this.#within(seconds).reduce((most, { count }) => Math.max(most, count), 0);
  }

  /** For how long at a time the resets of a second were more than the quota, at the most, in seconds. */
  get longestExcess(): number {
    let longest = 0;
    let began: number | undefined;
    for (const { at, count } of this.#within(1)) {
      began = count > QUOTA ? (began ?? at) : undefined;
      longest = Math.max(longest, at - (began ?? at));
    }
    return longest / 1000;
  }

  /** For each reset, how many there were in the seconds that end with it. */
  #within(seconds: number): { at: number; count: number }[] {
    let first = 0;
    return this.resets.map((at, index) => {
      while ((this.resets[first] ?? at) <= at - seconds * 1000) first += 1;
      return { at, count: index - first + 1 };
    });
  }

  #look(sandbox: Sandbox): void {
    for (const { functionName } of sandbox.assembly.functions) {
      const purpose = /Bulk(Preflight|Listing|Worker|Summary)/.exec(functionName)?.[1]?.toLowerCase();
      if (purpose === undefined) continue;
      for (const processId of sandbox.lambda.processIds(functionName)) {
        this.#memory.set(purpose, Math.max(this.#memory.get(purpose) ?? 0, peakMemory(processId)));
      }
    }
  }
}

/** In MiB, as Linux counts it; 0 elsewhere, or when the process is gone. */
function peakMemory(processId: number): number {
  try {
    const status = readFileSync(`/proc/${processId}/status`, 'utf8');
    return Math.round(Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) / 1024);
  } catch {
    return 0;
  }
}
