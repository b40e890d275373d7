import fc from 'fast-check';
import { find } from 'linkifyjs';

/** Pieces of links, markup, codes and line breaks. */
const PIECES = [
  ...['http://', 'https:', 'HTTPS://', 'javascript:', 'data:', 'tel:', 'sms:', 'mailto:', 'ftp://', '//', '\\\\', ':'],
  ...['www.', 'WWW.', 'example', 'com', '.com', 'co', 'uk', 'xn--e1afmkfd', 'xn--p1ai', 'рф', '例え', 'テスト', 'me'],
  ...[
    '127',
    '0',
    '1',
    '10.0.0.1',
    '8080',
    '10:30',
    '@',
    'user@',
    '/',
    '?',
    '=',
    '#',
    '%2e',
    '..',
    '...',
    '-',
    '_',
    '~',
  ],
  ...[
    '.',
    '\u2024',
    '\u3002',
    '\ufe52',
    '\uff0e',
    '\uff61',
    '\ufe13',
    '\ufe55',
    '\uff1a',
    '\uff20',
    '\uff0f',
    '\u2488',
    '\u33c2',
    '\ufe12',
    '\u{1f100}',
  ],
  ...['\u200b', '\u200c', '\u200d', '\u200e', '\u200f', '\u2060', '\ufeff', '\u00ad', '\u061c', '\u180e', '\u034f'],
  ...['\u202a', '\u202b', '\u202c', '\u202d', '\u202e', '\u2066', '\u2067', '\u2068', '\u2069', '\u{e0041}'],
  ...['\r', '\n', '\r\n', '\u2028', '\u2029', '\u0085', '\t', '\v', '\f', '\0', '\x1b[31m', '\x7f', '\x9f'],
  ...['{####}', '{', '}', '{#', '##', '####', '#}', '{username}', '{{code}}', '{{', '}}'],
  ...[
    '<script>',
    '</a>',
    '<a href="',
    '">',
    "'",
    '"',
    '&',
    '&amp;',
    '&#46;',
    '&period;',
    '&lt',
    '<!--',
    '-->',
    '<',
    '>',
  ],
  ...[
    '\ud83d',
    '\ude00',
    '\ud800',
    '\udfff',
    '\ue000',
    '\u{10fffd}',
    '\u0378',
    '\uffff',
    '\u{1f600}',
    '\ufe0f',
    '\u0301',
  ],
  ...[
    ' ',
    '\u00a0',
    '\u2009',
    '\u3000',
    'Zoë',
    'Ticket',
    '4711',
    ',',
    ';',
    '!',
    '“',
    '…',
    '👩‍👧',
    'क्‍ष',
    'علی\u200cرضا',
  ],
  ...[
    '\u3164',
    '\u2800',
    '\u115f',
    '\ufe0f',
    '\u0336\u0336\u0336',
    '\u{e0100}',
    '\u202f',
    '\u{1fae8}',
    '𠮷',
    '<\u200c<',
  ],
];

/** Values made of these pieces and of arbitrary characters. */
export const nastyValue = fc
  .array(
    fc.oneof(
      { arbitrary: fc.constantFrom(...PIECES), weight: 8 },
      { arbitrary: fc.string({ unit: 'binary', maxLength: 3 }), weight: 1 },
      { arbitrary: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)), weight: 1 },
    ),
    { maxLength: 16 },
  )
  .map((pieces) => pieces.join(''));

/** The links that mail programs may find, including those that normalize characters like a dot and ignore joiners. */
export function linksIn(text: string): string[] {
  const normalized = text
    .normalize('NFKC')
    .replaceAll('\u3002', '.')
    .replace(/[\u200c\u200d]/g, '');
  return [text, normalized].flatMap((each) => find(each)).map(({ value }) => value);
}
