import { SegmentedMessage } from 'sms-segments-calculator';
import type { OriginationIdentityDefinition } from '../../model';

/**
 * The message parts that an identity sends in a second unless AWS raises its limit; undefined where AWS gives none. AWS
 * lists the long codes of the United States as 10DLC numbers.
 *
 * @see https://docs.aws.amazon.com/sms-voice/latest/userguide/sms-limitations-mps.html
 */
export function generalLimitOf(identity: Omit<OriginationIdentityDefinition, 'arn'>): number | undefined {
  const { kind, numberType = '', isoCountryCode: country = '' } = identity;
  if (kind === 'POOL') return undefined;
  if (kind === 'SENDER_ID') return 10;
  const inNorthAmerica = ['US', 'CA'].includes(country);
  if (numberType === 'SHORT_CODE') return inNorthAmerica ? 100 : undefined;
  if (numberType === 'TOLL_FREE') return 3;
  if (numberType === 'TEN_DLC') return 1;
  if (numberType === 'LONG_CODE') return inNorthAmerica ? 1 : 10;
  return undefined;
}

/** @see https://docs.aws.amazon.com/sms-voice/latest/userguide/sms-limitations-character.html */
export function countMessageParts(body: string): number {
  return new SegmentedMessage(body, 'auto', false).segmentsCount;
}

/** The message parts that an identity sent within a second. */
export class SentParts {
  /** Times in milliseconds since 1970. They are in the future for parts of a message that takes longer than a second. */
  #sent: { readonly at: number; readonly parts: number }[] = [];

  /** Returns whether the identity sends the message now. One with more parts than the limit takes several seconds. */
  take(parts: number, limit: number, now: number): boolean {
    if (limit <= 0) return false;
    this.#sent = this.#sent.filter(({ at }) => at > now - 1000);
    const used = this.#sent.reduce((sum, { parts }) => sum + parts, 0);
    if (used + Math.min(parts, limit) > limit) return false;
    for (let left = parts, at = now; left > 0; left -= limit, at += 1000) {
      this.#sent.push({ at, parts: Math.min(left, limit) });
    }
    return true;
  }
}
