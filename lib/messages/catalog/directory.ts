import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CATALOG_FILE } from '../../contract/messages';
import {
  type CatalogProblem,
  type CompiledCatalog,
  compileCatalog,
  type LocaleSource,
  type TemplateSource,
} from './compile';
import { canonicalLocale } from './locale';
import { escapeLineBreaks, quoteValue } from './quote';
import { isObject } from './settings';
import type { TextKind } from './text';

type ReportError = (
  place: string,
  text: string,
  about?: Pick<CatalogProblem, 'template' | 'locale' | 'channel'>,
) => void;

const FILE_NAMES: Readonly<Record<TextKind, string>> = { subject: 'subject.txt', html: 'email.html', sms: 'sms.txt' };

/**
 * Reads and checks the catalog in a directory.
 *
 * @throws when the path is not a directory; everything else that is wrong is reported in `problems`
 */
export function compileDirectory(directory: string): CompiledCatalog {
  if (kindOf(directory) !== 'folder') {
    throw new Error(
      `path: got ${JSON.stringify(directory)}, which is not a directory, expected one with ${CATALOG_FILE} and a folder for each template`,
    );
  }
  const problems: CatalogProblem[] = [];
  const error: ReportError = (place, text, about) => problems.push({ severity: 'error', place, text, ...about });

  const settingsFile = join(directory, CATALOG_FILE);
  const settingsText = readSettingsText(settingsFile, error);
  const templates = readFolder(directory, error).flatMap((name) => {
    const place = join(directory, name);
    if (name === CATALOG_FILE) return [];
    if (kindOf(place) === 'folder') return [readTemplate(name, place, error)];
    error(place, `got something other than a folder, expected only ${CATALOG_FILE} and a folder for each template`);
    return [];
  });
  return compileCatalog({
    settings: settingsText === undefined ? undefined : parseSettings(settingsText, settingsFile, error),
    placeOfSetting: (path) => `${settingsFile}:${lineOfKey(settingsText ?? '', path)}`,
    templates,
    problems,
  });
}

function readTemplate(template: string, place: string, error: ReportError): TemplateSource {
  const locales = readFolder(place, error).flatMap((locale) => {
    const folder = join(place, locale);
    if (kindOf(folder) === 'folder') return [readLocale(template, locale, folder, error)];
    error(folder, 'got something other than a folder, expected a folder for each locale', { template });
    return [];
  });
  return { name: template, place, locales };
}

function readLocale(template: string, locale: string, place: string, error: ReportError): LocaleSource {
  const about = { template, locale: canonicalLocale(locale) ?? locale };
  const texts: Partial<Record<TextKind, string>> = {};
  for (const name of readFolder(place, error)) {
    const file = join(place, name);
    const kind = (['subject', 'html', 'sms'] as const).find((kind) => FILE_NAMES[kind] === name);
    if (kind === undefined || kindOf(file) !== 'file') {
      const got = kind === undefined ? 'something else' : 'something other than a file';
      error(file, `got ${got}, expected only the files ${Object.values(FILE_NAMES).join(', ')}`, about);
      continue;
    }
    const text = readText(file, (errorPlace, text) =>
      error(errorPlace, text, { ...about, channel: kind === 'sms' ? 'sms' : 'email' }),
    );
    // Editors add a line break at the end of a file. HTML ignores it.
    if (text !== undefined) texts[kind] = kind === 'html' ? text : text.replace(/\r?\n$/, '');
  }
  const [subject, html, sms] = [FILE_NAMES.subject, FILE_NAMES.html, FILE_NAMES.sms].map((name) => join(place, name));
  return { locale, place, places: { subject, html, sms }, texts };
}

function readSettingsText(file: string, error: ReportError): string | undefined {
  if (kindOf(file) === 'file') return readText(file, error);
  error(file, 'got no such file, expected one with at least {"defaultLocale": "en"} or another locale');
  return undefined;
}

function parseSettings(text: string, file: string, error: ReportError): Readonly<Record<string, unknown>> | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const { message } = cause as Error;
    const offset = Number(/at position (\d+)/.exec(message)?.[1] ?? 0);
    error(
      `${file}:${lineOfOffset(text, offset)}`,
      `got text that is not JSON, expected an object: ${escapeLineBreaks(message)}`,
    );
    return undefined;
  }
  if (isObject(value)) return value;
  error(`${file}:1`, `got ${quoteValue(value)}, expected an object such as {"defaultLocale": "en"}`);
  return undefined;
}

/** The line of a key in JSON. If it is missing: the line of its parent key, or line 1. */
function lineOfKey(text: string, path: readonly string[]): number {
  let at = 0;
  for (const key of path) {
    const name = JSON.stringify(key);
    for (let found = text.indexOf(name, at); found >= 0; found = text.indexOf(name, found + 1)) {
      if (!/^\s*:/.test(text.slice(found + name.length))) continue;
      at = found;
      break;
    }
  }
  return lineOfOffset(text, at);
}

function lineOfOffset(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

/** Sorted, so that problems are always reported in the same order. Dotfiles such as `.DS_Store` are ignored. */
function readFolder(folder: string, error: ReportError): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => !name.startsWith('.'))
      .sort();
  } catch (cause) {
    error(folder, `got ${errorCodeOf(cause)}, expected a folder that can be read`);
    return [];
  }
}

function readText(file: string, error: ReportError): string | undefined {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (cause) {
    error(file, `got ${errorCodeOf(cause)}, expected a file that can be read`);
    return undefined;
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    const text = new TextDecoder().decode(bytes);
    const line = lineOfOffset(text, text.indexOf('\uFFFD'));
    error(`${file}:${line}`, 'got bytes that are not UTF-8, expected UTF-8: save the file in that encoding');
    return text;
  }
}

function kindOf(path: string): 'file' | 'folder' | 'other' {
  try {
    const stats = statSync(path);
    if (stats.isDirectory()) return 'folder';
    return stats.isFile() ? 'file' : 'other';
  } catch {
    return 'other';
  }
}

function errorCodeOf(cause: unknown): string {
  return (cause as NodeJS.ErrnoException).code ?? 'an error';
}
