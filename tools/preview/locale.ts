/** Scripts that are written from right to left. */
const RIGHT_TO_LEFT = ['Adlm', 'Arab', 'Aran', 'Hebr', 'Mand', 'Nkoo', 'Rohg', 'Samr', 'Syrc', 'Thaa', 'Yezi'];

/** Node.js 20 does not have `Intl.Locale.getTextInfo`. */
export function directionOf(locale: string): 'ltr' | 'rtl' {
  return RIGHT_TO_LEFT.includes(scriptOf(locale) ?? '') ? 'rtl' : 'ltr';
}

/** The English name; undefined when there is none, for example for a directory whose name is not a locale. */
export function languageNameOf(locale: string): string | undefined {
  if (scriptOf(locale) === undefined) return undefined;
  return new Intl.DisplayNames('en', { type: 'language', fallback: 'none' }).of(locale);
}

function scriptOf(locale: string): string | undefined {
  try {
    return new Intl.Locale(locale).maximize().script;
  } catch {
    return undefined;
  }
}
