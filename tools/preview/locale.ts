/** Scripts that are written from right to left. */
const RIGHT_TO_LEFT = ['Adlm', 'Arab', 'Aran', 'Hebr', 'Mand', 'Nkoo', 'Rohg', 'Samr', 'Syrc', 'Thaa', 'Yezi'];

/** `getTextInfo` would know, but Node.js 20 does not have it. */
export function directionOf(locale: string): 'ltr' | 'rtl' {
  return RIGHT_TO_LEFT.includes(scriptOf(locale) ?? '') ? 'rtl' : 'ltr';
}

/** In English; undefined for what has no name, such as a directory that is no locale. */
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
