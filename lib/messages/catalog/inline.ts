import { Token } from 'aws-cdk-lib';
import {
  type CatalogProblem,
  type CompiledCatalog,
  compileCatalog,
  type LocaleSource,
  type TemplateSource,
} from './compile';
import { quoteValue } from './quote';
import { isObject } from './settings';
import type { TextKind } from './text';

type ReportError = (place: string, text: string) => void;

const TEXT_KINDS: Readonly<Record<string, TextKind>> = { emailSubject: 'subject', emailHtml: 'html', sms: 'sms' };

/** Checks a catalog that a program passes. Types are checked here, because jsii callers may not check them. */
export function compileInline(props: Readonly<Record<string, unknown>>): CompiledCatalog {
  const problems: CatalogProblem[] = [];
  const error: ReportError = (place, text) => problems.push({ severity: 'error', place, text });
  const { templates, ...settings } = props;
  return compileCatalog({
    settings,
    placeOfSetting: (path) => path.join('.'),
    templates: entriesOf(templates, 'templates', 'an object of templates', error).map(([name, locales]) =>
      readTemplate(name, locales, error),
    ),
    problems,
  });
}

function readTemplate(name: string, value: unknown, error: ReportError): TemplateSource {
  const place = `templates.${name}`;
  const locales = entriesOf(value, place, 'an object of locales', error);
  return {
    name,
    place,
    locales: locales.map(([locale, texts]) => readLocale(locale, `${place}.${locale}`, texts, error)),
  };
}

function readLocale(locale: string, place: string, value: unknown, error: ReportError): LocaleSource {
  const texts: Partial<Record<TextKind, string>> = {};
  for (const [property, text] of entriesOf(value, place, 'an object of texts', error)) {
    if (!Object.hasOwn(TEXT_KINDS, property)) {
      error(
        `${place}.${property}`,
        `got the property ${quoteValue(property)}, expected only ${Object.keys(TEXT_KINDS).join(', ')}`,
      );
    } else if (typeof text !== 'string') {
      error(`${place}.${property}`, `got ${quoteValue(text)}, expected a text`);
    } else if (Token.isUnresolved(text)) {
      const expected = 'one that is known at synth: the catalog is part of the function, not of the template';
      error(`${place}.${property}`, `got a text with a token in it, expected ${expected}`);
    } else {
      texts[TEXT_KINDS[property]] = text;
    }
  }
  const [subject, html, sms] = Object.keys(TEXT_KINDS).map((property) => `${place}.${property}`);
  return { locale, place, places: { subject, html, sms }, texts };
}

/** The entries of an object. Undefined values count as missing. */
function entriesOf(value: unknown, place: string, expected: string, error: ReportError): [string, unknown][] {
  if (isObject(value)) return Object.entries(value).filter(([, entry]) => entry !== undefined);
  error(place, `got ${quoteValue(value)}, expected ${expected}`);
  return [];
}
