/**
 * How a locale is read, which the catalog and the custom message trigger must agree on. It imports nothing, so that
 * either side can use it.
 */

/** The modifiers with which operating systems name a script, as in `sr_RS@latin`. All others are ignored. */
const SCRIPTS: Readonly<Record<string, string>> = { latin: 'Latn', cyrillic: 'Cyrl', devanagari: 'Deva' };

/**
 * Reads one locale: a BCP 47 tag, or the notation of operating systems, such as `de_DE.UTF-8` and `fr_FR@euro`.
 * Undefined for anything else.
 *
 * @see https://pubs.opengroup.org/onlinepubs/9799919799/basedefs/V1_chap08.html
 */
export function readLocale(text: string): Intl.Locale | undefined {
  const [name, modifier = ''] = text.split('@', 2);
  const [tag] = name.replaceAll('_', '-').split('.', 1);
  try {
    return new Intl.Locale(tag, Object.hasOwn(SCRIPTS, modifier) ? { script: SCRIPTS[modifier] } : {});
  } catch {
    return undefined;
  }
}
