import { MAX_USERNAME_CHARACTERS, MESSAGE_METADATA } from '../../contract/messages';
import { RESERVED_METADATA_KEY } from '../../contract/reset';
import { canonicalLocale, expectedLocale } from './locale';
import { quoteValue } from './quote';

/** The properties of a catalog besides its templates. A property is undefined if it is missing or invalid. */
export interface CatalogSettings {
  readonly defaultLocale?: string;
  readonly defaultTemplate?: string;
  readonly selfServiceTemplate?: string;
  readonly attributes?: Readonly<Record<string, number>>;
  readonly metadata?: Readonly<Record<string, number>>;
  readonly maxUsernameLength: number;
  readonly digits?: Readonly<Record<string, boolean>>;
}

/** Reports an error in the setting at this path. */
export type ReportSettingError = (path: readonly string[], text: string) => void;

const SETTING_KEYS = [
  'attributes',
  'defaultLocale',
  'defaultTemplate',
  'digits',
  'maxUsernameLength',
  'metadata',
  'selfServiceTemplate',
];

/** Standard attributes that hold a name, in which digits are shown unless the catalog says otherwise. */
const NAME_ATTRIBUTES = ['name', 'given_name', 'family_name', 'middle_name', 'nickname', 'preferred_username'];

const MAX_VALUE_CHARACTERS = 2_048;

const VALUE_NAMES = {
  attributes: {
    pattern: /^[\w:-]{1,64}$/,
    expected: 'the name of a user attribute: 1 to 64 letters, digits, hyphens, underscores and colons',
    reserved: [] as string[],
  },
  metadata: {
    pattern: /^[\w-]{1,64}$/,
    expected: 'a ClientMetadata key of 1 to 64 letters, digits, hyphens and underscores',
    // The reset function refuses `__proto__` in ClientMetadata.
    reserved: [RESERVED_METADATA_KEY, ...Object.values(MESSAGE_METADATA), '__proto__'],
  },
};

export function readCatalogSettings(
  value: Readonly<Record<string, unknown>>,
  report: ReportSettingError,
): CatalogSettings {
  for (const key of Object.keys(value)) {
    if (!SETTING_KEYS.includes(key))
      report([key], `got the key ${quoteValue(key)}, expected one of ${SETTING_KEYS.join(', ')}`);
  }
  return {
    defaultLocale: readDefaultLocale(value.defaultLocale, report),
    defaultTemplate: readTemplateName(value.defaultTemplate, 'defaultTemplate', report),
    selfServiceTemplate: readTemplateName(value.selfServiceTemplate, 'selfServiceTemplate', report),
    attributes: readMaxLengths(value.attributes, 'attributes', report),
    metadata: readMaxLengths(value.metadata, 'metadata', report),
    maxUsernameLength: readMaxUsernameLength(value.maxUsernameLength, report),
    digits: readDigits(value, report),
  };
}

export function isNameAttribute(name: string): boolean {
  return NAME_ATTRIBUTES.includes(name);
}

function readMaxUsernameLength(value: unknown, report: ReportSettingError): number {
  if (value === undefined) return MAX_USERNAME_CHARACTERS;
  if (Number.isInteger(value) && Number(value) >= 1 && Number(value) <= MAX_USERNAME_CHARACTERS) return Number(value);
  report(
    ['maxUsernameLength'],
    `got ${quoteValue(value)}, expected the maximum length of a user name, from 1 to ${MAX_USERNAME_CHARACTERS} characters`,
  );
  return MAX_USERNAME_CHARACTERS;
}

function readDigits(
  { digits: value, attributes, metadata }: Readonly<Record<string, unknown>>,
  report: ReportSettingError,
): Readonly<Record<string, boolean>> | undefined {
  if (value === undefined) return undefined;
  if (!isObject(value)) {
    report(['digits'], `got ${quoteValue(value)}, expected an object such as {"attribute.given_name": false}`);
    return undefined;
  }
  const declared = [
    ...Object.keys(isObject(attributes) ? attributes : {}).map((name) => `attribute.${name}`),
    ...Object.keys(isObject(metadata) ? metadata : {}).map((key) => `metadata.${key}`),
  ];
  for (const [name, shown] of Object.entries(value)) {
    if (!declared.includes(name)) {
      const expected = declared.length === 0 ? 'none, because none is declared' : `one of ${declared.join(', ')}`;
      report(['digits', name], `got ${quoteValue(name)}, which is not declared, expected ${expected}`);
    }
    if (typeof shown !== 'boolean') report(['digits', name], `got ${quoteValue(shown)}, expected true or false`);
  }
  return value as Readonly<Record<string, boolean>>;
}

function readDefaultLocale(value: unknown, report: ReportSettingError): string | undefined {
  const locale = typeof value === 'string' ? canonicalLocale(value) : undefined;
  if (locale === undefined) {
    report(['defaultLocale'], `got ${quoteValue(value)}, expected ${expectedLocale(value)}`);
  }
  return locale;
}

function readTemplateName(value: unknown, key: string, report: ReportSettingError): string | undefined {
  if (value === undefined || typeof value === 'string') return value;
  report([key], `got ${quoteValue(value)}, expected the name of a template`);
  return undefined;
}

function readMaxLengths(
  value: unknown,
  key: keyof typeof VALUE_NAMES,
  report: ReportSettingError,
): Readonly<Record<string, number>> | undefined {
  if (value === undefined) return {};
  if (!isObject(value)) {
    report([key], `got ${quoteValue(value)}, expected an object of names with their maximum lengths`);
    return undefined;
  }
  const { pattern, expected, reserved } = VALUE_NAMES[key];
  const lengths: [string, number][] = [];
  for (const [name, length] of Object.entries(value)) {
    const isLength = Number.isInteger(length) && Number(length) >= 1 && Number(length) <= MAX_VALUE_CHARACTERS;
    if (!pattern.test(name)) report([key, name], `got the name ${quoteValue(name)}, expected ${expected}`);
    if (reserved.includes(name)) {
      report([key, name], `got ${quoteValue(name)}, which is reserved, expected another key`);
    }
    if (!isLength) {
      report(
        [key, name],
        `got ${quoteValue(length)}, expected the maximum length of the value, from 1 to 2,048 characters`,
      );
    }
    // The name counts as declared, so that its placeholders are not reported too.
    lengths.push([name, isLength ? Number(length) : 1]);
  }
  return Object.fromEntries(lengths.sort(([a], [b]) => (a < b ? -1 : 1)));
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
