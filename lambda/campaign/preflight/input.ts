import { CAMPAIGN_LIMITS, CAMPAIGN_PREFIXES, type CampaignInput } from '../../../lib/contract/campaign';
import { RESERVED_METADATA_KEY } from '../../../lib/contract/reset';

const FIELDS = ['campaignId', 'confirm', 'list', 'clientMetadata', 'dryRun'];
const CONFIRM_FIELDS = ['userPoolId', 'expectedUsers'];

const CAMPAIGN_ID = new RegExp(`^[A-Za-z0-9_-]{1,${CAMPAIGN_LIMITS.campaignIdCharacters}}$`);

/** Below the prefix, with nothing that a path could lead out of it by. */
const LIST_KEY = new RegExp(
  `^${CAMPAIGN_PREFIXES.input}(?!.*\\.\\.)(?=.{1,${CAMPAIGN_LIMITS.listKeyCharacters}}$)[\\w.-][\\w./-]*\\.(?:csv|jsonl)$`,
);

/**
 * Everything that is wrong with an input, each in a sentence that carries nothing of it.
 *
 * @param userPoolId the pool of the function
 */
export function inputProblems(input: unknown, userPoolId: string): string[] {
  if (!isObject(input)) return ['the input: expected a JSON object'];
  const { campaignId, confirm, list, clientMetadata, dryRun } = input;
  return [
    ...unknownFieldProblems('the input', input, FIELDS),
    ...(typeof campaignId === 'string' && CAMPAIGN_ID.test(campaignId)
      ? []
      : [`campaignId: expected 1 to ${CAMPAIGN_LIMITS.campaignIdCharacters} letters, digits, hyphens and underscores`]),
    ...confirmProblems(confirm, userPoolId),
    ...(list === undefined || (typeof list === 'string' && LIST_KEY.test(list))
      ? []
      : [
          `list: expected the key of a .csv or .jsonl object below ${CAMPAIGN_PREFIXES.input}, at most ${CAMPAIGN_LIMITS.listKeyCharacters} letters, digits, dots, hyphens, underscores and slashes`,
        ]),
    ...metadataProblems(clientMetadata),
    ...(dryRun === undefined || typeof dryRun === 'boolean' ? [] : ['dryRun: expected true or false']),
  ];
}

/** An input that has no problems. */
export function asCampaignInput(input: unknown): CampaignInput {
  return input as CampaignInput;
}

function confirmProblems(confirm: unknown, userPoolId: string): string[] {
  if (!isObject(confirm)) return ['confirm: expected an object with userPoolId and expectedUsers'];
  const { expectedUsers } = confirm;
  return [
    ...unknownFieldProblems('confirm', confirm, CONFIRM_FIELDS),
    ...(confirm.userPoolId === userPoolId ? [] : [`confirm.userPoolId: expected ${userPoolId}, whose users are reset`]),
    ...(Number.isSafeInteger(expectedUsers) && Number(expectedUsers) > 0
      ? []
      : ['confirm.expectedUsers: expected a whole number of users, 1 or more']),
  ];
}

function metadataProblems(metadata: unknown): string[] {
  if (metadata === undefined) return [];
  if (!isObject(metadata)) return ['clientMetadata: expected an object of strings'];
  const texts = Object.entries(metadata).flat();
  const { metadataTotalCharacters: limit } = CAMPAIGN_LIMITS;
  return [
    ...(Object.hasOwn(metadata, RESERVED_METADATA_KEY) || Object.hasOwn(metadata, '__proto__')
      ? ['clientMetadata has a reserved key: expected any key but that of the signature, or __proto__']
      : []),
    ...(texts.every((text) => typeof text === 'string' && text.isWellFormed())
      ? []
      : ['clientMetadata: expected keys and values to be well-formed strings']),
    ...(texts.reduce<number>((total, text) => total + (typeof text === 'string' ? text.length : 0), 0) > limit
      ? [`clientMetadata: expected at most ${limit} characters in all`]
      : []),
  ];
}

/** A field that is misspelt must not be taken for one that is missing. */
function unknownFieldProblems(what: string, value: Record<string, unknown>, fields: readonly string[]): string[] {
  return Object.keys(value).every((field) => fields.includes(field))
    ? []
    : [`${what} has an unknown field: expected only ${fields.join(', ')}`];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
