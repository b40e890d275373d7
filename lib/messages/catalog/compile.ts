import { type Catalog, type CatalogMessage, MAX_USERNAME_CHARACTERS } from '../../contract/messages';
import { canonicalLocale, expectedLocale } from './locale';
import { quoteText, quoteValue } from './quote';
import { type CatalogSettings, readCatalogSettings } from './settings';
import { checkText, type TextKind } from './text';

/** An error or warning about a catalog. */
export interface CatalogProblem {
  readonly severity: 'error' | 'warning';
  /** The file (or property) with the line. */
  readonly place: string;
  readonly text: string;
  readonly template?: string;
  /** The canonical form of the locale, if it has one. */
  readonly locale?: string;
  readonly channel?: Channel;
}

/** A catalog and its problems. Texts with errors are included, so that a preview can show them. */
export interface CompiledCatalog {
  readonly catalog: Catalog;
  readonly problems: readonly CatalogProblem[];
}

/** A catalog as it was read from a directory or passed by a program. */
export interface CatalogSource {
  /** The properties besides the templates; undefined if they could not be read. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** The place of a setting, for a problem: its file (or property) with the line. */
  readonly placeOfSetting: (path: readonly string[]) => string;
  readonly templates: readonly TemplateSource[];
  /** The problems that were found while reading. */
  readonly problems: readonly CatalogProblem[];
}

export interface TemplateSource {
  readonly name: string;
  readonly place: string;
  readonly locales: readonly LocaleSource[];
}

export interface LocaleSource {
  readonly locale: string;
  readonly place: string;
  /** The place of each text, including texts that are missing. */
  readonly places: Readonly<Record<TextKind, string>>;
  readonly texts: Readonly<Partial<Record<TextKind, string>>>;
}

type Channel = 'email' | 'sms';

type ReportProblem = (problem: CatalogProblem) => void;

const TEMPLATE_NAME = /^[\w-]{1,64}$/;

const CHANNELS: readonly { channel: Channel; name: string; kinds: readonly TextKind[] }[] = [
  { channel: 'email', name: 'email message', kinds: ['subject', 'html'] },
  { channel: 'sms', name: 'SMS message', kinds: ['sms'] },
];

/**
 * Checks a catalog and normalizes it: equal catalogs compile to the same JSON, so that the hash of the asset changes
 * only when the catalog does.
 */
export function compileCatalog(source: CatalogSource): CompiledCatalog {
  const problems: CatalogProblem[] = [...source.problems];
  const report: ReportProblem = (problem) => problems.push(problem);
  const reportSetting = (severity: CatalogProblem['severity'], path: readonly string[], text: string) =>
    report({ severity, place: source.placeOfSetting(path), text });

  const settings = source.settings
    ? readCatalogSettings(source.settings, (path, text) => reportSetting('error', path, text))
    : { maxUsernameLength: MAX_USERNAME_CHARACTERS };
  const templates = Object.fromEntries(
    sortByName(source.templates, ({ name }) => name).map((template) => [
      template.name,
      compileTemplate(template, settings, report),
    ]),
  );
  for (const key of ['defaultTemplate', 'selfServiceTemplate'] as const) {
    const name = settings[key];
    if (name !== undefined && !Object.hasOwn(templates, name)) {
      const text = `got ${quoteValue(name)}, which is not a template, expected ${describeExpectedTemplate(Object.keys(templates))}`;
      reportSetting('error', [key], text);
    }
  }
  for (const [property, name] of findUnusedValues(settings, templates)) {
    reportSetting('warning', [property, name], `got ${quoteValue(name)}, which no text uses: remove it or use it`);
  }
  return { catalog: toCatalog(settings, templates), problems };
}

function compileTemplate(
  template: TemplateSource,
  settings: CatalogSettings,
  report: ReportProblem,
): Record<string, CatalogMessage> {
  const error = (text: string) => report({ severity: 'error', place: template.place, text, template: template.name });
  if (!TEMPLATE_NAME.test(template.name)) {
    error(`got the name ${quoteValue(template.name)}, expected 1 to 64 letters, digits, hyphens and underscores`);
  }
  const locales = indexByLocale(template, report);
  const sourceOfDefaultLocale = locales.get(settings.defaultLocale ?? '');
  if (settings.defaultLocale !== undefined && !sourceOfDefaultLocale) {
    const { defaultLocale } = settings;
    error(
      `got ${quoteValues([...locales.keys()])}, expected the default locale ${defaultLocale} among the locales: add it`,
    );
  }
  return Object.fromEntries(
    sortByName([...locales], ([locale]) => locale).map(([locale, source]) => {
      const context = { template: template.name, locale };
      validateChannels(source, sourceOfDefaultLocale, settings, (problem) => report({ ...problem, ...context }));
      return [locale, compileMessage(source, template.name, settings, (problem) => report({ ...problem, ...context }))];
    }),
  );
}

/** Locales by their canonical tags. A locale that is not a valid tag keeps its name. */
function indexByLocale(template: TemplateSource, report: ReportProblem): Map<string, LocaleSource> {
  const locales = new Map<string, LocaleSource>();
  for (const source of sortByName(template.locales, ({ locale }) => locale)) {
    const canonical = canonicalLocale(source.locale);
    const locale = canonical ?? source.locale;
    const other = locales.get(locale);
    const error = (text: string) =>
      report({ severity: 'error', place: source.place, text, template: template.name, locale });
    if (canonical === undefined) {
      error(`got the locale ${quoteValue(source.locale)}, expected ${expectedLocale(source.locale)}`);
    }
    if (other) {
      error(
        `got ${quoteValue(source.locale)} beside ${quoteValue(other.locale)}, expected one of them: both are the locale ${locale}`,
      );
    } else {
      locales.set(locale, source);
    }
  }
  return locales;
}

/** Reports missing texts, and kinds of message that differ from those of the default locale. */
function validateChannels(
  source: LocaleSource,
  sourceOfDefaultLocale: LocaleSource | undefined,
  { defaultLocale }: CatalogSettings,
  report: ReportProblem,
): void {
  const { texts, places, place } = source;
  if (CHANNELS.every((channel) => !hasChannel(source, channel.kinds))) {
    report({ severity: 'error', place, text: 'got no texts, expected an email message, an SMS message or both' });
  }
  for (const { channel, name, kinds } of CHANNELS) {
    const isThere = hasChannel(source, kinds);
    const missing = kinds.filter((kind) => texts[kind] === undefined);
    if (isThere && missing.length > 0) {
      const text =
        'got no text, expected one: an email message needs both a subject and HTML: add it or remove the other';
      report({ severity: 'error', place: places[missing[0]], text, channel });
    }
    if (sourceOfDefaultLocale && isThere !== hasChannel(sourceOfDefaultLocale, kinds)) {
      const [got, expected] = isThere ? ['an', 'none'] : ['no', 'one'];
      const text = `got ${got} ${name}, expected ${expected}: the default locale ${defaultLocale} has ${expected}, and all locales of a template must have the same kinds of message`;
      report({ severity: 'error', place: places[kinds[0]], text, channel });
    }
  }
}

function hasChannel({ texts }: LocaleSource, kinds: readonly TextKind[]): boolean {
  return kinds.some((kind) => texts[kind] !== undefined);
}

function compileMessage(
  { texts, places }: LocaleSource,
  template: string,
  settings: CatalogSettings,
  report: ReportProblem,
): CatalogMessage {
  const compileText = (kind: TextKind) => {
    // Git may check files out with CRLF: the catalog must not depend on that.
    const text = texts[kind]?.replaceAll('\r\n', '\n');
    if (text === undefined) return undefined;
    const channel = kind === 'sms' ? 'sms' : 'email';
    const at = (offset: number) => `${places[kind]}:${text.slice(0, offset).split('\n').length}`;
    const { parts, placeholders, errors, warnings } = checkText(kind, text, settings);
    for (const { offset, text } of errors) report({ severity: 'error', place: at(offset), text, channel });
    for (const { offset, text } of warnings) report({ severity: 'warning', place: at(offset), text, channel });
    for (const { start, end, part } of template === settings.selfServiceTemplate ? placeholders : []) {
      if (!('metadata' in part)) continue;
      const got = quoteText(text.slice(start, end));
      const problemText = `got ${got} in the self-service template, expected no metadata: any caller can send it`;
      report({ severity: 'error', place: at(start), text: problemText, channel });
    }
    return parts;
  };
  const [subject, html, sms] = (['subject', 'html', 'sms'] as const).map(compileText);
  return {
    ...((subject || html) && { email: { subject: subject ?? [], html: html ?? [] } }),
    ...(sms && { sms }),
  };
}

function findUnusedValues(
  settings: CatalogSettings,
  templates: Catalog['templates'],
): [property: string, name: string][] {
  const parts = Object.values(templates)
    .flatMap((messages) => Object.values(messages))
    .flatMap(({ email, sms }) => [...(email?.subject ?? []), ...(email?.html ?? []), ...(sms ?? [])]);
  const used = {
    attributes: parts.map((part) => typeof part === 'object' && 'attribute' in part && part.attribute),
    metadata: parts.map((part) => typeof part === 'object' && 'metadata' in part && part.metadata),
  };
  return (['attributes', 'metadata'] as const).flatMap((property) =>
    Object.keys(settings[property] ?? {})
      .filter((name) => !used[property].includes(name))
      .map((name): [string, string] => [property, name]),
  );
}

function toCatalog(settings: CatalogSettings, templates: Catalog['templates']): Catalog {
  const { defaultLocale = '', defaultTemplate, selfServiceTemplate, attributes = {}, metadata = {} } = settings;
  const { maxUsernameLength } = settings;
  const isTemplate = (name: string | undefined) => name !== undefined && Object.hasOwn(templates, name);
  return {
    defaultLocale,
    ...(isTemplate(defaultTemplate) && { defaultTemplate }),
    ...(isTemplate(selfServiceTemplate) && { selfServiceTemplate }),
    attributes,
    metadata,
    maxUsernameLength,
    templates,
  };
}

/** Sorts by UTF-16 units, an order that does not depend on the locale of the machine. */
function sortByName<T>(items: readonly T[], nameOf: (item: T) => string): T[] {
  return [...items].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
}

function quoteValues(names: readonly string[]): string {
  return names.length === 0 ? 'nothing' : names.map(quoteValue).join(', ');
}

function describeExpectedTemplate(names: readonly string[]): string {
  return names.length === 0 ? 'none, because there are no templates' : `one of ${quoteValues(names)}`;
}
