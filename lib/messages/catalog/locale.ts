/**
 * The canonical form of a BCP 47 tag: `pt-BR` for `pt-br`, `he` for `iw`; undefined for anything else.
 *
 * The standard leaves room for languages of up to eight letters, but there are none: `german` is a mistake.
 */
export function canonicalLocale(tag: string): string | undefined {
  try {
    const [canonical] = Intl.getCanonicalLocales(tag);
    return /^[a-z]{2,3}(?:-|$)/.test(canonical) ? canonical : undefined;
  } catch {
    return undefined;
  }
}

/** What to write in the place of something that is not a BCP 47 tag. */
export function expectedLocale(value: unknown): string {
  const meant = typeof value === 'string' ? canonicalLocale(value.replaceAll('_', '-')) : undefined;
  return meant === undefined ? 'a BCP 47 tag such as en or pt-BR' : `a BCP 47 tag: write ${meant}`;
}
