import { readLocale } from '../../contract/locale';

/**
 * The canonical form of a BCP 47 tag: `pt-BR` for `pt-br` and `pt_BR`, `he` for `iw`. Undefined for anything else.
 *
 * Languages have two or three letters here. BCP 47 allows up to eight, but no such language is registered, so `german`
 * is a mistake. An encoding, as in `de_DE.ISO-8859-1`, is not supported: all texts are UTF-8, and a folder `de.bak` is
 * not meant to be sent.
 */
export function canonicalLocale(tag: string): string | undefined {
  return /[.@]/.test(tag) ? undefined : registeredLocale(tag);
}

/** The `expected` part of an error about an invalid tag. It names the tag that was probably meant, if there is one. */
export function expectedLocale(value: unknown): string {
  const meant = typeof value === 'string' ? registeredLocale(value) : undefined;
  return meant === undefined ? 'a BCP 47 tag such as en or pt-BR' : `a BCP 47 tag: write ${meant}`;
}

function registeredLocale(text: string): string | undefined {
  const tag = readLocale(text)?.toString() ?? '';
  return /^[a-z]{2,3}(?:-|$)/.test(tag) ? tag : undefined;
}
