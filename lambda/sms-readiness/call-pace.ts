import { setTimeout as sleep } from 'node:timers/promises';
import type { PinpointSMSVoiceV2Client } from '@aws-sdk/client-pinpoint-sms-voice-v2';

/**
 * How far apart two calls of an operation leave, in milliseconds. AWS accepts one a second, and calls arrive less evenly
 * than they leave.
 */
const INTERVAL = 1_100;

export interface Clock {
  /** In milliseconds since 1970. */
  now(): number;
  sleep(milliseconds: number): Promise<unknown>;
}

export const SYSTEM_CLOCK: Clock = { now: Date.now, sleep };

/**
 * Delays the calls of an operation so that they keep the quota of AWS End User Messaging SMS, retries as well.
 *
 * @see https://docs.aws.amazon.com/sms-voice/latest/userguide/quotas.html
 */
export function paceCalls(client: PinpointSMSVoiceV2Client, clock: Clock): void {
  const nextTurns = new Map<string, number>();
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        const operation = String(commandName);
        const now = clock.now();
        const turn = Math.max(now, nextTurns.get(operation) ?? 0);
        nextTurns.set(operation, turn + INTERVAL);
        if (turn > now) await clock.sleep(turn - now);
        return next(args);
      },
    // After the step that retries, so that it runs for each attempt.
    { step: 'finalizeRequest', priority: 'normal', name: 'paceCalls' },
  );
}
