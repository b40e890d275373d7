import type { CompiledCatalog } from '../../lib/messages/catalog/compile';

/** Includes templates that exist only in the list of problems. */
export function templatesOf({ catalog, problems }: CompiledCatalog): string[] {
  return distinct([...Object.keys(catalog.templates), ...problems.map(({ template }) => template)]);
}

export function localesOf(compiled: CompiledCatalog): string[] {
  return distinct(templatesOf(compiled).flatMap((template) => localesOfTemplate(compiled, template)));
}

/** The default locale is the first one, because the others are compared with it. */
export function localesOfTemplate({ catalog, problems }: CompiledCatalog, template: string): string[] {
  const reported = problems.filter((problem) => problem.template === template).map(({ locale }) => locale);
  const locales = distinct([...Object.keys(catalog.templates[template] ?? {}), ...reported]);
  const isDefault = (locale: string) => locale === catalog.defaultLocale;
  return [...locales.filter(isDefault), ...locales.filter((locale) => !isDefault(locale))];
}

function distinct(names: readonly (string | undefined)[]): string[] {
  return [...new Set(names.filter((name) => name !== undefined))].sort();
}
