/**
 * The canonical form of a BCP 47 tag: `pt-BR` for `pt-br`, `he` for `iw`. Undefined for anything else.
 *
 * Languages have two or three letters here. BCP 47 allows up to eight, but no such language is registered, so `german`
 * is a mistake.
 */
export function canonicalLocale(tag: string): string | undefined {
  try {
    const [canonical] = Intl.getCanonicalLocales(tag);
    return /^[a-z]{2,3}(?:-|$)/.test(canonical) ? canonical : undefined;
  } catch {
    return undefined;
  }
}

/** The `expected` part of an error about an invalid tag. It names the tag that was probably meant, if there is one. */
export function expectedLocale(value: unknown): string {
  const meant = typeof value === 'string' ? canonicalLocale(value.replaceAll('_', '-')) : undefined;
  return meant === undefined ? 'a BCP 47 tag such as en or pt-BR' : `a BCP 47 tag: write ${meant}`;
}
