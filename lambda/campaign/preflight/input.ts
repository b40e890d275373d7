import { CAMPAIGN_LIMITS, CAMPAIGN_PREFIXES, type CampaignInput } from '../../../lib/contract/campaign';
import { RESERVED_METADATA_KEY } from '../../../lib/contract/reset';

const FIELDS = ['campaignId', 'confirm', 'list', 'clientMetadata', 'audience', 'dryRun'];
const CONFIRM_FIELDS = ['userPoolId', 'expectedUsers', 'malformedLines', 'listDigest'];

const CAMPAIGN_ID = new RegExp(`^[A-Za-z0-9_-]{1,${CAMPAIGN_LIMITS.campaignIdCharacters}}$`);

/** A key below the prefix. Two dots in a row are not allowed, so that no path leads out of the prefix. */
const LIST_KEY = new RegExp(
  `^${CAMPAIGN_PREFIXES.input}(?!.*\\.\\.)(?=.{1,${CAMPAIGN_LIMITS.listKeyCharacters}}$)[\\w. ()+-]+(?:/[\\w. ()+-]+)*$`,
);

/** A SHA-256 in hexadecimal digits, as tools print it. */
const SHA_256 = /^[0-9a-f]{64}$/i;

/**
 * Validates an input. Returns every problem, in texts that contain no value of the input.
 *
 * @param userPoolId the user pool of the construct
 */
export function inputProblems(input: unknown, userPoolId: string): string[] {
  if (!isObject(input)) return ['the input: got no JSON object, expected one'];
  const { campaignId, confirm, list, clientMetadata, audience, dryRun } = input;
  return [
    ...unknownFieldProblems('the input', input, FIELDS),
    ...(typeof campaignId === 'string' && CAMPAIGN_ID.test(campaignId)
      ? []
      : [`campaignId: expected 1 to ${CAMPAIGN_LIMITS.campaignIdCharacters} letters, digits, hyphens and underscores`]),
    ...confirmProblems(confirm, userPoolId, list),
    ...(list === undefined || (typeof list === 'string' && LIST_KEY.test(list))
      ? []
      : [
          `list: expected a key below ${CAMPAIGN_PREFIXES.input}, at most ${CAMPAIGN_LIMITS.listKeyCharacters} letters, digits, spaces, slashes and any of . _ - + ( )`,
        ]),
    ...metadataProblems(clientMetadata),
    ...(audience === undefined || audience === 'RESET_REQUIRED'
      ? []
      : [
          'audience: expected RESET_REQUIRED, for users who must set a new password and have not: leave it out to reset all others',
        ]),
    ...(dryRun === undefined || typeof dryRun === 'boolean' ? [] : ['dryRun: expected true or false']),
  ];
}

/** Casts an input. It is only valid when {@link inputProblems} found nothing. */
export function asCampaignInput(input: unknown): CampaignInput {
  return input as CampaignInput;
}

function confirmProblems(confirm: unknown, userPoolId: string, list: unknown): string[] {
  if (!isObject(confirm)) return ['confirm: expected an object with userPoolId and expectedUsers'];
  const { expectedUsers, malformedLines = 0, listDigest } = confirm;
  return [
    ...unknownFieldProblems('confirm', confirm, CONFIRM_FIELDS),
    ...(confirm.userPoolId === userPoolId
      ? []
      : [`confirm.userPoolId: expected ${userPoolId}, the user pool of this campaign`]),
    ...(Number.isSafeInteger(expectedUsers) && Number(expectedUsers) > 0
      ? []
      : ['confirm.expectedUsers: expected a whole number of users, 1 or more']),
    ...(Number.isSafeInteger(malformedLines) && Number(malformedLines) >= 0
      ? []
      : ['confirm.malformedLines: expected a whole number of lines, 0 or more']),
    ...(listDigest === undefined || (typeof listDigest === 'string' && SHA_256.test(listDigest))
      ? []
      : ['confirm.listDigest: expected a SHA-256 of 64 hexadecimal digits']),
    ...(listDigest === undefined || list !== undefined
      ? []
      : ['confirm.listDigest: got a digest without a list, expected both: add list, or leave out the digest']),
  ];
}

function metadataProblems(metadata: unknown): string[] {
  if (metadata === undefined) return [];
  if (!isObject(metadata)) return ['clientMetadata: expected an object with strings'];
  const texts = Object.entries(metadata).flat();
  const { metadataTotalCharacters: limit } = CAMPAIGN_LIMITS;
  return [
    ...(Object.hasOwn(metadata, RESERVED_METADATA_KEY) || Object.hasOwn(metadata, '__proto__')
      ? [`clientMetadata: got a reserved key, expected any key except ${RESERVED_METADATA_KEY} and __proto__`]
      : []),
    ...(texts.every((text) => typeof text === 'string' && text.isWellFormed())
      ? []
      : ['clientMetadata: expected keys and values that are well-formed strings']),
    ...(texts.reduce<number>((total, text) => total + (typeof text === 'string' ? text.length : 0), 0) > limit
      ? [`clientMetadata: expected at most ${limit} characters in all`]
      : []),
  ];
}

/** Unknown fields are refused, because a misspelt field would silently be a missing one. */
function unknownFieldProblems(what: string, value: Record<string, unknown>, fields: readonly string[]): string[] {
  return Object.keys(value).every((field) => fields.includes(field))
    ? []
    : [`${what}: got an unknown field, expected only ${fields.join(', ')}`];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
