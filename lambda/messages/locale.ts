/** The longest a BCP 47 tag needs to be, without extensions. */
const LONGEST_TAG = 35;

/**
 * The locale that comes first in the order of what is wanted, each with fallback along its tag: `pt-BR`, then `pt`.
 *
 * @param wanted from outside
 * @param available by locale
 */
export function chooseLocale(
  wanted: readonly (string | undefined)[],
  available: Readonly<Record<string, unknown>>,
  defaultLocale: string,
): string {
  for (const tag of wanted) {
    for (let locale = canonical(tag ?? ''); locale !== ''; locale = locale.replace(/-?[^-]*$/, '')) {
      if (Object.hasOwn(available, locale)) return locale;
    }
  }
  return defaultLocale;
}

/** Empty for what is no tag. An attribute may have it as `pt_BR`, as operating systems do. */
function canonical(tag: string): string {
  if (tag.length > LONGEST_TAG) return '';
  try {
    return Intl.getCanonicalLocales(tag.replaceAll('_', '-'))[0] ?? '';
  } catch {
    return '';
  }
}
