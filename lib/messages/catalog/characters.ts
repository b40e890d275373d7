import { MESSAGE_CHARACTERS } from '../../contract/messages';
import type { HtmlLanguage } from '../../contract/synth-tools';
import { findLanguages } from '../synth-tools';
import type { TextProblem } from './parse';

/** A text as Cognito accepts it. The warnings are about what reads otherwise than it is written. */
export interface AcceptedText {
  readonly text: string;
  readonly warnings: readonly TextProblem[];
}

/**
 * What Cognito refuses, or may refuse because its Unicode is older: everything above U+FFFF. Characters that are errors
 * in every text are not included.
 */
const REFUSED = new RegExp(
  `(?![\\p{Cc}\\p{Cs}\\p{Zl}\\p{Zp}])(?:[^${MESSAGE_CHARACTERS}]|[\\u{10000}-\\u{10ffff}])`,
  'gu',
);
const ACCEPTED = new RegExp(`^[${MESSAGE_CHARACTERS}]$`, 'u');

/** Spaces, and the non-joiner, which separates. */
const LIKE_SPACE = /[\p{Zs}\u200c]/u;

/** How each language writes a character without that character. */
const ESCAPES: Readonly<Record<Exclude<HtmlLanguage['language'], 'comment'>, (character: string) => string>> = {
  html: (character) => `&#${character.codePointAt(0)};`,
  css: (character) => `\\${hexOf(character.codePointAt(0))} `,
  javascript: (character) => character.replace(/[\s\S]/g, (unit) => `\\u${hexOf(unit.charCodeAt(0)).padStart(4, '0')}`),
};

/** Plain text has no escapes: spaces become a space, and other characters are left out. */
export function acceptPlainText(source: string): AcceptedText {
  return acceptWithoutEscapes(source, () => '');
}

function acceptWithoutEscapes(source: string, leftOut: typeof leftOutInHtml): AcceptedText {
  const warnings = new Map<string, TextProblem>();
  const text = source.replace(REFUSED, (character, offset: number) => {
    const name = `U+${hexOf(character.codePointAt(0)).padStart(4, '0')}`;
    const sent = sentInstead(character) ?? leftOut(source, offset);
    const problem =
      sent === character
        ? 'which fails every reset if it is newer than Cognito: leave it out, or use it in the text of the HTML only'
        : `which Cognito refuses: ${sent === '' ? 'it is left out' : 'a space is sent instead'}`;
    if (!warnings.has(name)) warnings.set(name, { offset, text: `got the character ${name}, ${problem}` });
    return sent;
  });
  return { text, warnings: [...warnings.values()] };
}

/** Escapes what Cognito refuses, in the language of the place. Comments lose it, and tags are like plain text. */
export function acceptHtml(source: string): AcceptedText {
  if (source.search(REFUSED) < 0) return { text: source, warnings: [] };
  const warnings: TextProblem[] = [];
  let text = '';
  let end = 0;
  const addTags = (until: number) => {
    const accepted = acceptWithoutEscapes(source.slice(end, until), leftOutInHtml);
    text += accepted.text;
    warnings.push(...accepted.warnings.map((warning) => ({ ...warning, offset: warning.offset + end })));
  };
  for (const range of findLanguages(source)) {
    // An element that the parser repeats has its attributes twice.
    if (range.start < end) continue;
    addTags(range.start);
    text += escapeIn(range.language, source.slice(range.start, range.end));
    end = range.end;
  }
  addTags(source.length);
  return { text, warnings };
}

function escapeIn(language: HtmlLanguage['language'], source: string): string {
  return source.replace(REFUSED, (character, offset: number) => {
    if (language === 'comment') return leftOutInHtml(source, offset);
    const escaped = ESCAPES[language](character);
    // A backslash that is there already begins the escape.
    return language !== 'html' && isEscaped(source, offset) ? escaped.slice(1) : escaped;
  });
}

/** Whether the number of backslashes before the offset is odd. */
function isEscaped(source: string, offset: number): boolean {
  let start = offset;
  while (source[start - 1] === '\\') start--;
  return (offset - start) % 2 === 1;
}

function sentInstead(character: string): string | undefined {
  if (ACCEPTED.test(character)) return character;
  return LIKE_SPACE.test(character) ? ' ' : undefined;
}

/** After a brace, a space is left: two single braces must not become those of a placeholder. */
function leftOutInHtml(source: string, offset: number): string {
  return /[{}]/.test(source[offset - 1] ?? '') ? ' ' : '';
}

function hexOf(codePoint = 0): string {
  return codePoint.toString(16).toUpperCase();
}
