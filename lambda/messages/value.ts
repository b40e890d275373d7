import { COLON_LIKE, COMPLETABLE_END, DOT_LIKE } from '../../lib/contract/messages';

const LINE_BREAK = /\r\n|[\t\n\v\f\r\u0085\u2028\u2029]/g;

/**
 * Control and format characters, lone surrogates, private-use and unassigned characters; and braces, because Cognito
 * replaces placeholders in braces. The two joiners (U+200C, U+200D) are kept: emoji and the spelling of names need them.
 */
const UNSAFE_CHARACTERS = /(?![\u200c\u200d])\p{C}|[{}]/gu;

/** Mail programs make links of `example.com` and `tel:0`, but not if a space follows the dot or the colon. */
const DOT_IN_WORD = new RegExp(`${DOT_LIKE}(?=\\S)(?!${DOT_LIKE})`, 'gu');
/** Includes a colon at the end, which slashes may follow in the message. A time such as 10:30 is unchanged. */
const COLON_IN_WORD = new RegExp(`(?<!\\d)${COLON_LIKE}(?!\\s)|${COLON_LIKE}(?![\\s\\d])`, 'gu');

// None is longer than MAX_ESCAPED_CHARACTERS, on which the limits of the catalog rely.
const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&#34;',
  "'": '&#39;',
};

/**
 * Makes an untrusted value safe for a message: one line of visible text without links or braces. The result is at most
 * twice as long as the value.
 */
export function sanitizeValue(value: string): string {
  return value
    .replace(LINE_BREAK, ' ')
    .replace(UNSAFE_CHARACTERS, '')
    .replace(DOT_IN_WORD, '$& ')
    .replace(COLON_IN_WORD, '$& ');
}

/** A UUID is letters, digits and hyphens too. */
const USERNAMES = /^(?:[\p{L}\p{M}\p{N}_-]+|\+\d+|[\w.!#$%&'*+=?^`|~-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+)$/iu;

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

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

/** The separator between a value and the text beside it, so that the two do not form a link or a placeholder. */
export function separatorBetween(before: string, after: string): string {
  return COMPLETABLE_END.test(before) && !after.startsWith(' ') ? ' ' : '';
}
