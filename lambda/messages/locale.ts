/** The maximum length of a BCP 47 tag without extensions, in characters. */
const MAX_TAG_LENGTH = 35;

/**
 * Returns the first requested locale that is available. Each falls back along its tag: `pt-BR`, then `pt`.
 *
 * @param requested tags in order of preference, not validated
 * @param available an object with the available locales as keys
 */
export function chooseLocale(
  requested: readonly (string | undefined)[],
  available: Readonly<Record<string, unknown>>,
  defaultLocale: string,
): string {
  for (const tag of requested) {
    for (let locale = canonicalTag(tag ?? ''); locale !== ''; locale = locale.replace(/-?[^-]*$/, '')) {
      if (Object.hasOwn(available, locale)) return locale;
    }
  }
  return defaultLocale;
}

/** Returns '' for an invalid tag. Accepts `pt_BR` as well, the notation of operating systems. */
function canonicalTag(tag: string): string {
  if (tag.length > MAX_TAG_LENGTH) return '';
  try {
    return Intl.getCanonicalLocales(tag.replaceAll('_', '-'))[0] ?? '';
  } catch {
    return '';
  }
}
