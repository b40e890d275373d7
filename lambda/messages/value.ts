import { COLON_LIKE, COMPLETABLE_END, DOT_LIKE } from '../../lib/contract/messages';

const LINE_BREAK = /\r\n|[\t\n\v\f\r\u0085\u2028\u2029]/g;

/**
 * Control and format characters, halves of a surrogate pair, private and unassigned characters; but the two joiners
 * belong to emoji and to the spelling of names. Braces, because Cognito fills in what stands between them.
 */
const NOT_TEXT = /(?![\u200c\u200d])\p{C}|[{}]/gu;

/** Mail programs make a link of `example.com` and of `tel:0`, and not when there is a space in it. */
const DOT_IN_WORD = new RegExp(`${DOT_LIKE}(?=\\S)(?!${DOT_LIKE})`, 'gu');
/** Also at the end, where the message may go on with slashes. A time such as 10:30 stays as it is. */
const COLON_IN_WORD = new RegExp(`(?<!\\d)${COLON_LIKE}(?!\\s)|${COLON_LIKE}(?![\\s\\d])`, 'gu');

// None is longer than five characters.
const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&#34;',
  "'": '&#39;',
};

/**
 * A value from outside as it may stand in a message: on one line, visible, and without links. At most twice as long
 * as it came.
 */
export function neutralize(value: string): string {
  return value.replace(LINE_BREAK, ' ').replace(NOT_TEXT, '').replace(DOT_IN_WORD, '$& ').replace(COLON_IN_WORD, '$& ');
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

/** What goes between two pieces of a text of which one is a value, so that they make up nothing together. */
export function separator(before: string, after: string): string {
  return COMPLETABLE_END.test(before) && !after.startsWith(' ') ? ' ' : '';
}
