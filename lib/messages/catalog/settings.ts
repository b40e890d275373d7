import { MESSAGE_METADATA } from '../../contract/messages';
import { RESERVED_METADATA_KEY } from '../../contract/reset';
import { canonicalLocale, expectedLocale } from './locale';
import { describe } from './quote';

/** What a catalog says beside its texts; undefined where it says nothing, or nothing that can be read. */
export interface Settings {
  readonly defaultLocale?: string;
  readonly defaultTemplate?: string;
  readonly selfServiceTemplate?: string;
  readonly attributes?: Readonly<Record<string, number>>;
  readonly metadata?: Readonly<Record<string, number>>;
}

/** Something wrong with a property, which its path names. */
export type ReportSetting = (path: readonly string[], text: string) => void;

const KEYS = ['attributes', 'defaultLocale', 'defaultTemplate', 'metadata', 'selfServiceTemplate'];

const MOST_CHARACTERS = 2_048;

const NAMES = {
  attributes: {
    pattern: /^[\w:-]{1,64}$/,
    expected: 'the name of a user attribute: 1 to 64 letters, digits, hyphens, underscores and colons',
    reserved: [] as string[],
  },
  metadata: {
    pattern: /^[\w-]{1,64}$/,
    expected: 'a ClientMetadata key of 1 to 64 letters, digits, hyphens and underscores',
    // The last one no reset can have.
    reserved: [RESERVED_METADATA_KEY, ...Object.values(MESSAGE_METADATA), '__proto__'],
  },
};

export function readSettings(value: Readonly<Record<string, unknown>>, report: ReportSetting): Settings {
  for (const key of Object.keys(value)) {
    if (!KEYS.includes(key)) report([key], `got the key ${describe(key)}, expected one of ${KEYS.join(', ')}`);
  }
  return {
    defaultLocale: readDefaultLocale(value.defaultLocale, report),
    defaultTemplate: readTemplate(value.defaultTemplate, 'defaultTemplate', report),
    selfServiceTemplate: readTemplate(value.selfServiceTemplate, 'selfServiceTemplate', report),
    attributes: readLengths(value.attributes, 'attributes', report),
    metadata: readLengths(value.metadata, 'metadata', report),
  };
}

function readDefaultLocale(value: unknown, report: ReportSetting): string | undefined {
  const locale = typeof value === 'string' ? canonicalLocale(value) : undefined;
  if (locale === undefined) {
    report(['defaultLocale'], `got ${describe(value)}, expected ${expectedLocale(value)}`);
  }
  return locale;
}

function readTemplate(value: unknown, key: string, report: ReportSetting): string | undefined {
  if (value === undefined || typeof value === 'string') return value;
  report([key], `got ${describe(value)}, expected the name of a template`);
  return undefined;
}

function readLengths(
  value: unknown,
  key: keyof typeof NAMES,
  report: ReportSetting,
): Readonly<Record<string, number>> | undefined {
  if (value === undefined) return {};
  if (!isObject(value)) {
    report([key], `got ${describe(value)}, expected an object of names with their maximum lengths`);
    return undefined;
  }
  const { pattern, expected, reserved } = NAMES[key];
  const lengths: [string, number][] = [];
  for (const [name, length] of Object.entries(value)) {
    const isLength = Number.isInteger(length) && Number(length) >= 1 && Number(length) <= MOST_CHARACTERS;
    if (!pattern.test(name)) report([key, name], `got the name ${describe(name)}, expected ${expected}`);
    if (reserved.includes(name)) {
      report([key, name], `got ${describe(name)}, which has a meaning of its own, expected another key`);
    }
    if (!isLength) {
      report([key, name], `got ${describe(length)}, expected the most characters of the value, from 1 to 2,048`);
    }
    // With some length, so that the placeholders that name it are not reported as well.
    lengths.push([name, isLength ? Number(length) : 1]);
  }
  return Object.fromEntries(lengths.sort(([a], [b]) => (a < b ? -1 : 1)));
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
