import fc from 'fast-check';
import { parseRequest } from '../../../lambda/reset/request';
import { USERNAME_PATTERN } from '../../../lib/contract/reset';
import { cases } from '../../support/soak';

const RUNS = cases(500, 10_000);

const LEFT_OUT = '[left out: it may contain the user name]';

function logged(username: string, reason: string): string | undefined {
  const rules = { userPoolId: 'eu-central-1_example', idempotency: false };
  return parseRequest({ username, reason }, rules).claims.reason;
}

/** Writes a text in another way, from which a reader can get the text. */
type Encoding = (text: string) => string;

const each = (text: string, write: (character: string) => string) => [...text].map(write).join('');
const joined =
  (separator: string): Encoding =>
  (text) =>
    [...text].join(separator);
const hexOf = (number: number, length = 0) => number.toString(16).padStart(length, '0');
const units = (text: string, write: (unit: number) => string) =>
  text
    .split('')
    .map((unit) => write(unit.charCodeAt(0)))
    .join('');
const bytes = (text: string, write: (byte: number) => string, separator = '') =>
  Array.from(Buffer.from(text), write).join(separator);
const percent = (byte: number) => `%${hexOf(byte, 2)}`;

/** The same characters, which look different or stand apart. */
const SPELLINGS: Readonly<Record<string, Encoding>> = {
  itself: (text) => text,
  capitals: (text) => text.toUpperCase(),
  'small letters': (text) => text.toLowerCase(),
  'full width': (text) => text.replace(/[!-~]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0)),
  'mathematical letters': (text) =>
    text.replace(/[a-z]/g, (letter) => String.fromCodePoint(letter.charCodeAt(0) - 0x61 + 0x1d41a)),
  'decomposed characters': (text) => text.normalize('NFD'),
  'composed characters': (text) => text.normalize('NFKC'),
  accents: joined('\u0301'),
  'soft hyphens': joined('\u00ad'),
  'zero-width spaces': joined('\u200b'),
  'word joiners': joined('\u2060\ufeff'),
  'variation selectors': joined('\ufe0f'),
  'tag characters': joined('\u{e0061}'),
  'directional marks': joined('\u202e'),
  spaces: joined(' '),
  dots: joined('.'),
  'line breaks': joined('\r\n'),
};

const ENCODINGS: Readonly<Record<string, Encoding>> = {
  'percent-encoding': (text) => bytes(text, percent),
  'percent-encoding where needed': encodeURIComponent,
  'percent-encoding of every other character': (text) =>
    [...text].map((character, index) => (index % 2 ? character : bytes(character, percent))).join(''),
  'percent-encoding in capitals': (text) => bytes(text, percent).toUpperCase(),
  'percent-encoding of UTF-16': (text) => units(text, (unit) => `%u${hexOf(unit, 4)}`),
  'percent-encoding of Latin-1': (text) =>
    each(text, (character) => (character < '\u0100' ? percent(character.charCodeAt(0)) : character)),
  'decimal references': (text) => each(text, (character) => `&#${character.codePointAt(0)};`),
  'decimal references with zeros': (text) => each(text, (character) => `&#000${character.codePointAt(0)};`),
  'decimal references without semicolons': (text) => `${each(text, (character) => `&#${character.codePointAt(0)}`)};`,
  'hexadecimal references': (text) => each(text, (character) => `&#x${hexOf(character.codePointAt(0) ?? 0)};`),
  'hexadecimal references in capitals': (text) =>
    each(text, (character) => `&#X${hexOf(character.codePointAt(0) ?? 0).toUpperCase()};`),
  'references by name': (text) =>
    text.replace(
      /[&<>"@._-]/g,
      (sign) =>
        `&${{ '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot', '@': 'commat', '.': 'period', _: 'lowbar', '-': 'hyphen' }[sign]};`,
    ),
  'escapes of JSON': (text) => units(text, (unit) => `\\u${hexOf(unit, 4)}`),
  'escapes of JavaScript': (text) => each(text, (character) => `\\u{${hexOf(character.codePointAt(0) ?? 0)}}`),
  'escapes of bytes': (text) => bytes(text, (byte) => `\\x${hexOf(byte, 2)}`),
  base64: (text) => Buffer.from(text).toString('base64'),
  'base64 without padding': (text) => Buffer.from(text).toString('base64').replace(/=+$/, ''),
  'base64 one byte later': (text) => Buffer.from(`"${text}"`).toString('base64'),
  'base64 two bytes later': (text) => Buffer.from(`: ${text}, `).toString('base64'),
  'base64 in lines': (text) => Buffer.from(text).toString('base64').replace(/.{4}/g, '$&\r\n'),
  'base64 of UTF-16': (text) => Buffer.from(text, /^[ -~]*$/.test(text) ? 'utf16le' : 'utf8').toString('base64'),
  base64url: (text) => Buffer.from(text).toString('base64url'),
  hexadecimal: (text) => Buffer.from(text).toString('hex'),
  'hexadecimal in capitals': (text) => Buffer.from(text).toString('hex').toUpperCase(),
  'hexadecimal with spaces': (text) => bytes(text, (byte) => hexOf(byte, 2), ' '),
  'hexadecimal with colons': (text) => bytes(text, (byte) => hexOf(byte, 2), ':'),
  'hexadecimal numbers': (text) => bytes(text, (byte) => `0x${hexOf(byte, 2)}`, ', '),
};

const username = fc
  .oneof(
    { arbitrary: fc.emailAddress(), weight: 3 },
    { arbitrary: fc.stringMatching(/^[\p{L}\p{N}._-]{4,20}$/u), weight: 3 },
    { arbitrary: fc.uuid(), weight: 1 },
    { arbitrary: fc.stringMatching(/^\+[1-9]\d{7,14}$/), weight: 1 },
    { arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }), weight: 2 },
  )
  .filter((name) => USERNAME_PATTERN.test(name));

const around = fc
  .oneof(
    fc.constantFrom(
      '',
      ' ',
      'for ',
      'Ticket4711',
      'x',
      'ab',
      'the',
      '-',
      '_',
      '/',
      '+',
      '"',
      '(',
      '0',
      '1f',
      '=',
      ': ',
    ),
    fc.string({ unit: 'grapheme', maxLength: 12 }),
  )
  // Nothing that an escape beside it would continue.
  .filter((text) => !/[%&\\+].{0,8}$/s.test(text));

const oneOf = (encodings: Readonly<Record<string, Encoding>>) => fc.constantFrom(...Object.entries(encodings));

/** Characters that nobody sees, to stand between the characters of encoded text. */
const veil = fc.constantFrom('', '', '', '\u00ad', '\u200b', '\u2060', '\ufeff', '\u{e0020}');

test(`a claim never has the user name in a form from which a reader can get it (${RUNS} claims)`, () => {
  fc.assert(
    fc.property(
      username,
      oneOf(SPELLINGS),
      fc.array(oneOf(ENCODINGS), { maxLength: 3 }),
      veil,
      around,
      around,
      (name, [, spell], encodings, between, before, after) => {
        const written = encodings.reduce((text, [, encode]) => encode(text), spell(name));
        const reason = `${before}${[...written].join(between)}${after}`;
        fc.pre([...reason].length <= 1_024);

        const claim = logged(name, reason);

        if (claim !== LEFT_OUT) {
          expect(claim?.replaceAll(between, '')).not.toContain(written);
          expect(claim?.toLowerCase()).not.toContain(name.toLowerCase());
        }
      },
    ),
    { numRuns: RUNS },
  );
});

const words = fc.constantFrom(
  ...[
    'Locked',
    'out',
    'after',
    'the',
    'breach',
    'of',
    'last',
    'Tuesday,',
    'caller',
    'verified',
    'by',
    'phone',
    '&',
    'badge',
  ],
  ...[
    'INC-4711',
    '#12',
    '100 %',
    'R&D',
    'Q&A:',
    'C:\\users',
    '(see',
    'https://desk.example.com/t/4711?x=%20y&b=2)',
    '1 + 1 = 2',
  ],
  ...[
    '2026-11-27T10:00:00Z',
    'dGhpcyBpcyBhIHRva2Vu',
    'deadbeef',
    '0x1f',
    'U+1F600',
    '&lt;b&gt;',
    'Zoë',
    'Größe',
    '東京',
    '😀',
    '\n',
  ],
);

test(`a claim without the user name is logged as it is (${RUNS} claims)`, () => {
  const unlike = fc.oneof(
    fc.uuid(),
    fc.stringMatching(/^\+49[1-9]\d{8,12}$/),
    fc.emailAddress().filter((address) => address.length > 10),
  );
  fc.assert(
    fc.property(unlike, fc.array(words, { maxLength: 20 }), (name, list) => {
      const reason = list.join(' ');
      expect(logged(name, reason)).toBe(reason);
    }),
    { numRuns: RUNS },
  );
});

test.each([
  ['the user name by itself', 'jane.doe', 'for jane.doe, ticket 4711', 'for * * *, ticket 4711'],
  ['the user name in another case, twice', 'jane.doe', 'Jane.Doe (JANE.DOE)', '* * * (* * *)'],
  ['the user name as a part of an address', 'jane.doe', 'mail to jane.doe@example.com', 'mail to * * *@example.com'],
  ['characters with a meaning in patterns', 'a.b$c+d', 'for a.b$c+d', 'for * * *'],
  ['the user name within a word', 'jane.doe', 'for jane.does', LEFT_OUT],
  ['the user name without its punctuation', 'jane.doe', 'for jane doe', LEFT_OUT],
  ['a user name of three letters', 'tom', 'for tom', LEFT_OUT],
  ['another user name of three letters', 'tom', 'for bob', 'for bob'],
  ['a user name without letters and digits', '***', 'anything', LEFT_OUT],
  ['a character reference by a rare name', 'zoë', 'Zo&euml; or anyone else', LEFT_OUT],
  ['escapes that are too deep', 'jane.doe', `%${'25'.repeat(50)}41`, LEFT_OUT],
  ['hidden characters', 'jane.doe', 'tic\u200bket \u202e4711', 'ticket 4711'],
])('a claim is logged without the user name: %s', (_, name, claim, expected) => {
  expect(logged(name, claim)).toBe(expected);
});

test.each([
  ['words for signs', 'jane at example dot com'],
  ['a part of it', 'Jane called'],
  ['letters of other scripts that look alike', 'j\u0430ne@example.com'],
  ['backwards', 'moc.elpmaxe@enaj'],
  ['numbers of its characters', '106 97 110 101 64 101 120 97 109 112 108 101 46 99 111 109'],
  ['base32', 'NJQW4ZKAMV4GC3LQNRSS4Y3PNU'],
])('a claim can give away the user name as docs/reset.md says: %s', (_, claim) => {
  expect(logged('jane@example.com', claim)).toBe(claim);
});
