import { COLON_LIKE, COMPLETABLE_END, DOT_LIKE, MESSAGE_CHARACTERS } from '../../lib/contract/messages';

const SPACE = /\r\n|[\t\n\v\f\r\u0085\u2028\u2029\p{Zs}]/gu;

/**
 * What Cognito refuses, such as format and control characters; what shows nothing, such as the Hangul fillers and blank
 * braille; and braces, because Cognito replaces placeholders in braces. Variation selectors and joiners are kept.
 */
const UNSAFE = `(?![\\u200c\\u200d])(?:[^${MESSAGE_CHARACTERS}]|[{}\\u2800]|(?!\\p{Variation_Selector})\\p{Default_Ignorable_Code_Point})`;

/**
 * Above U+FFFF, all but the ideographs of Unicode 6.0. A newer character, such as the emoji of this year, is unassigned
 * for an older engine, and fails the reset. In HTML it is escaped instead.
 */
const UNCERTAIN = '(?![\\u{20000}-\\u{2a6d6}\\u{2a700}-\\u{2b734}\\u{2b740}-\\u{2b81d}])[\\u{10000}-\\u{10ffff}]';

const UNSAFE_IN_HTML = new RegExp(UNSAFE, 'gu');
const UNSAFE_IN_PLAIN_TEXT = new RegExp(`${UNSAFE}|${UNCERTAIN}`, 'gu');

/** A joiner that joins nothing: one that is not between letters or the parts of an emoji. */
const LOOSE_JOINER = /(?<![\p{L}\p{M}\p{S}])[\u200c\u200d]|[\u200c\u200d](?![\p{L}\p{S}])/gu;

/** Vietnamese, Hebrew and Tibetan pile up to four marks on one letter. More would cover the lines above and below. */
const PILE_OF_MARKS = /(\p{M}{4})\p{M}+/gu;

/** Mail programs make links of `example.com` and `tel:0`, but not if a space follows the dot or the colon. */
const DOT_IN_WORD = new RegExp(`${DOT_LIKE}(?=\\S)(?!${DOT_LIKE})`, 'gu');
/** Includes a colon at the end, which slashes may follow in the message. A time such as 10:30 is unchanged. */
const COLON_IN_WORD = new RegExp(`(?<!\\d)${COLON_LIKE}(?!\\s)|${COLON_LIKE}(?![\\s\\d])`, 'gu');

const NAMED_REFERENCES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** Where a value is inserted: HTML has character references for what Cognito does not accept, plain text has not. */
export type Format = 'html' | 'plainText';

/**
 * Makes an untrusted value safe for a message: one line of visible text without links or braces. For plain text, Cognito
 * accepts each of its characters; for HTML, it does so after {@link escapeHtml}. The result is at most twice as long as
 * the value.
 */
export function sanitizeValue(value: string, format: Format): string {
  const text = value
    .replace(SPACE, ' ')
    .replace(format === 'html' ? UNSAFE_IN_HTML : UNSAFE_IN_PLAIN_TEXT, '')
    .replace(DOT_IN_WORD, '$& ')
    .replace(COLON_IN_WORD, '$& ')
    .replace(LOOSE_JOINER, '')
    .replace(PILE_OF_MARKS, '$1');
  return format === 'html' ? text : text.replaceAll('\u200c', ' ').replaceAll('\u200d', '');
}

/** A UUID is letters, digits and hyphens too. Letters above U+FFFF, and those that show nothing, are not included. */
const USERNAMES =
  /^(?:(?:(?![\u{10000}-\u{10ffff}]|\p{Default_Ignorable_Code_Point})[\p{L}\p{M}\p{N}_-])+|\+\d+|[\w.!#$%&'*+=?^`|~-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+)$/iu;

/**
 * Whether a user name may be in a message: it is shown exactly or not at all, because users must type it as it is. Names of
 * other forms could make a link, or move the text around them.
 */
export function isShownUsername(username: string): boolean {
  return USERNAMES.test(username);
}

/** Removes digits of any script, and numbers such as U+2460. */
export function withoutDigits(text: string): string {
  return text.replace(/\p{N}/gu, '');
}

/** Percent-encodes a well-formed value for a query, quotation marks and brackets too, at which mail programs end a link. */
export function encodeForQuery(value: string): string {
  return encodeURIComponent(value).replace(
    /['()*!]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Escapes markup and what Cognito may refuse. No UTF-16 unit becomes more than MAX_ESCAPED_CHARACTERS. */
export function escapeHtml(text: string): string {
  return text.replace(
    /[&<>"'\u{10000}-\u{10ffff}]|[\u200c\u200d]/gu,
    (character) => NAMED_REFERENCES[character] ?? `&#${character.codePointAt(0)};`,
  );
}

/** The separator between a value and the text beside it, so that the two do not form a link or a placeholder. */
export function separatorBetween(before: string, after: string): string {
  return COMPLETABLE_END.test(before) && !after.startsWith(' ') ? ' ' : '';
}
