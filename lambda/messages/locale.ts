import { readLocale } from '../../lib/contract/locale';

/** The maximum length of a locale that is read, in characters: that of a BCP 47 tag without extensions. */
const MAX_LOCALE_LENGTH = 35;

/** How many locales of a list are read. Anybody can request a list of any length. */
const MAX_LIST_LENGTH = 20;

/**
 * Returns the first requested locale that is available, else the default locale.
 *
 * Likely subtags decide: `zh-TW` finds `zh-Hant`, and `de-AT` finds `de`. A locale in another script is never chosen:
 * `zh-TW` does not find `zh`, which is in simplified characters.
 *
 * @param requested in order of preference, not validated: locales, or lists of them as in `Accept-Language`
 * @param available an object with the available locales as keys, in their canonical form
 * @see https://www.unicode.org/reports/tr35/#Likely_Subtags
 */
export function chooseLocale(
  requested: readonly (string | undefined)[],
  available: Readonly<Record<string, unknown>>,
  defaultLocale: string,
): string {
  const locales = Object.keys(available).map((tag) => ({ tag, likely: likelyTag(tag) }));
  for (const wanted of requested.flatMap((text) => readList(text ?? '')).flatMap(fallbacksOf)) {
    if (Object.hasOwn(available, wanted)) return wanted;
    const likely = likelyTag(wanted);
    const found = locales.find((locale) => locale.likely === likely);
    if (found) return found.tag;
  }
  return defaultLocale;
}

/** Reads `de-DE,de;q=0.9`: the locales with their weights, sorted by them. What cannot be read is left out. */
function readList(text: string): Intl.Locale[] {
  return text
    .split(',', MAX_LIST_LENGTH)
    .map((item) => {
      const [name, parameter = ''] = item.split(';', 2).map((part) => part.trim());
      const weight = Number(/^q=([01](?:\.\d*)?)$/i.exec(parameter)?.[1] ?? 1);
      return { locale: name.length > MAX_LOCALE_LENGTH ? undefined : readLocale(name), weight };
    })
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight)
    .flatMap(({ locale }) => locale ?? []);
}

/** The tags to look for: `zh-HK`, then `zh-Hant-HK`, then `zh-Hant`. */
function fallbacksOf(locale: Intl.Locale): string[] {
  // The likely language of an undetermined one is English, which nobody asked for.
  if (/^und\b/.test(locale.baseName)) return [];
  const { language, script, baseName } = locale.maximize();
  const shortest = script === undefined ? language : `${language}-${script}`;
  const tags = [locale.toString()];
  for (let tag = baseName; tag.length >= shortest.length; tag = tag.replace(/-?[^-]*$/, '')) tags.push(tag);
  // CLDR's parent of Nynorsk is Norwegian, which its readers read as well. `Intl` does not tell parents.
  return language === 'nn' ? [...tags, `no-${script}`] : tags;
}

/**
 * The tag with its likely subtags: `zh-Hant-TW` for `zh-TW` and `zh-Hant`. `no` has always stood for Bokmål (`nb`), but
 * `Intl` takes them for two languages.
 */
function likelyTag(tag: string): string {
  return new Intl.Locale(tag).maximize().baseName.replace(/^no-/, 'nb-');
}
