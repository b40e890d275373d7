import type { UserPoolType } from '@aws-sdk/client-cognito-identity-provider';
import { CODE_PARAMETER, MESSAGE_LIMITS } from '../../../lib/contract/messages';
import type { SmsReadinessCheck } from '../../../lib/contract/sms';
import { countSmsParts } from '../../../lib/contract/sms-parts';
import { fittingRate } from '../../../lib/contract/sms-rate';
import type { Findings } from './findings';

/** What a user pool says of its SMS messages. */
export interface PoolSms {
  /** The most parts of the messages that the user pool sends without its trigger. */
  readonly defaultParts: number;
  readonly hasCustomMessageTrigger: boolean;
}

/** What the rate of a campaign depends on. */
export interface CampaignSms {
  /** How many SMS messages would be sent. */
  readonly messages: number;
  readonly resetsPerSecond: number;
  /** The most parts of an SMS message of ResetMessages; undefined when the messages are not known. */
  readonly catalogParts: number | undefined;
  readonly pool: PoolSms;
}

/** The most parts of any message that Cognito accepts: its characters are in UCS-2. */
const MOST_PARTS = countSmsParts('ă'.repeat(MESSAGE_LIMITS.smsMessage)).parts;

/**
 * AWS does not say which text a reset has without a trigger: its own one is of one part, and those of the user pool are
 * counted.
 *
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolType.html
 */
export function readPoolSms(userPool: UserPoolType | undefined): PoolSms {
  const texts = [userPool?.SmsVerificationMessage, userPool?.VerificationMessageTemplate?.SmsMessage];
  const counts = texts.map((text = '') => countSmsParts(text.replaceAll(CODE_PARAMETER, '000000')).parts);
  return {
    defaultParts: Math.max(...counts),
    hasCustomMessageTrigger: userPool?.LambdaConfig?.CustomMessage !== undefined,
  };
}

/**
 * Compares the message parts of a second with what the origination identity sends. AWS throttles the rest, and their
 * users are reset without a message. A limit or a message that is only assumed is a warning.
 *
 * @see https://docs.aws.amazon.com/sms-voice/latest/userguide/sms-limitations-mps.html
 */
export function rateFindings(checks: readonly SmsReadinessCheck[], campaign: CampaignSms): Findings {
  const identity = checks.find(({ name }) => name === 'originationIdentity');
  const { partsPerSecond: limit, partsPerSecondFrom: from } = identity?.values ?? {};
  const { messages, resetsPerSecond, catalogParts, pool } = campaign;
  const messageIsKnown = catalogParts !== undefined || !pool.hasCustomMessageTrigger;
  const parts = messageIsKnown ? Math.max(catalogParts ?? 1, pool.defaultParts) : MOST_PARTS;
  const needed = Math.round(Math.min(resetsPerSecond, messages) * parts * 10) / 10;
  if (typeof limit !== 'number') {
    // The identity itself is a problem or a warning already.
    if (identity?.status !== 'PASSED') return { problems: [], warnings: [] };
    return {
      problems: [],
      warnings: [
        `SMS: up to ${needed} message parts a second would be sent, and the report does not tell how many the origination identity sends: look it up in the console, because AWS throttles the rest`,
      ],
    };
  }
  if (needed <= limit) return { problems: [], warnings: [] };
  const sentence = [
    `maxResetsPerSecond: got ${resetsPerSecond} in BulkPasswordReset, which is up to ${needed} message parts a second`,
    ` with SMS messages of up to ${parts} ${parts === 1 ? 'part' : 'parts'}${messageIsKnown ? '' : ' (assumed: a trigger of your own writes them)'},`,
    ` but the origination identity sends ${limit}${ASSUMED_LIMITS[String(from)] ?? ''}:`,
    ` lower it to at most ${fittingRate(limit, parts)} and deploy, or AWS throttles messages and their users are reset without a code`,
  ].join('');
  return messageIsKnown && from === 'MESSAGING_LIMITS'
    ? { problems: [sentence], warnings: [] }
    : { problems: [], warnings: [sentence] };
}

/** What is said of a limit that AWS does not tell of the identity itself, by its source. */
const ASSUMED_LIMITS: Readonly<Record<string, string>> = {
  GENERAL_LIMITS: ' (assumed: the general limit of its type)',
  LOWEST_OF_POOL: ' (assumed: the lowest limit of its members)',
};
