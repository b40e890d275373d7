import fc from 'fast-check';
import { convert } from 'html-to-text';
import { escapeHtml, sanitizeValue } from '../../../lambda/messages/value';
import { MAX_ESCAPED_CHARACTERS } from '../../../lib/contract/messages';
import { linksIn, nastyValue } from '../../support/nasty-values';
import { cases } from '../../support/soak';

const RUNS = { numRuns: cases(500, 10_000) };

/** What Cognito accepts in a message, written out once more. */
const ACCEPTED = /^[\p{L}\p{M}\p{S}\p{N}\p{P}\t\n\v\f\r ]*$/u;

describe.each(['html', 'plainText'] as const)('sanitizeValue with any value: %s', (format) => {
  test('leaves no link', () => {
    fc.assert(
      fc.property(nastyValue, (value) => {
        expect(linksIn(sanitizeValue(value, format))).toEqual([]);
      }),
      RUNS,
    );
  });

  test('returns one line of visible characters without placeholders of Cognito', () => {
    fc.assert(
      fc.property(nastyValue, (value) => {
        const text = sanitizeValue(value, format).replace(format === 'html' ? /[\u200c\u200d]/g : '', '');
        expect(text).toMatch(ACCEPTED);
        expect(text).not.toMatch(/[\t\n\v\f\r{}\u115f\u1160\u2800\u3164\uffa0]|\u034f|\p{M}{5}/u);
      }),
      RUNS,
    );
  });

  test('returns at most twice the length, and is idempotent', () => {
    fc.assert(
      fc.property(nastyValue, (value) => {
        const text = sanitizeValue(value, format);
        expect(text.length).toBeLessThanOrEqual(2 * value.length);
        expect(sanitizeValue(text, format)).toBe(text);
      }),
      RUNS,
    );
  });
});

test('escapeHtml returns only text that Cognito accepts, below U+10000, within the factor of the limits', () => {
  fc.assert(
    fc.property(nastyValue, (value) => {
      const text = sanitizeValue(value, 'html');
      const html = escapeHtml(text);
      expect(html).toMatch(ACCEPTED);
      expect(html).not.toMatch(/[<>"'\u{10000}-\u{10ffff}]/u);
      expect(html.replace(/&(?:amp|lt|gt|#\d+);/g, '')).not.toContain('&');
      expect(html.length).toBeLessThanOrEqual(MAX_ESCAPED_CHARACTERS * text.length);
      expect(convert(`<pre>${html}</pre>`, { wordwrap: false }).trim()).toBe(text.trim());
    }),
    RUNS,
  );
});

test.each([
  'example.com',
  'www.example.com/path?query',
  'https://example.com',
  'http://10.0.0.1:8080/',
  'user@example.com',
  'mailto:user@example.com',
  'xn--e1afmkfd.xn--p1ai.com',
  'example\uff0ecom',
  'example\u3002com',
  'example\uff61com',
  'example\u2024com',
  'example\ufe52com',
  'example.\u200dcom',
  'exam\u200cple.com',
  'example\u200b.com',
])('sanitizeValue removes the link in %j', (value) => {
  expect(linksIn(value.replace(/\u200b/g, ''))).not.toEqual([]);
  for (const format of ['html', 'plainText'] as const) expect(linksIn(sanitizeValue(value, format))).toEqual([]);
});

test('sanitizeValue handles every character that a URL parser treats as a dot', () => {
  const dots: string[] = [];
  for (let codePoint = 0x21; codePoint <= 0x10ffff; codePoint++) {
    const character = String.fromCodePoint(codePoint);
    if (URL.canParse(`http://a${character}b/`) && new URL(`http://a${character}b/`).host === 'a.b')
      dots.push(character);
  }

  expect(dots).toContain('.');
  for (const dot of dots) expect(sanitizeValue(`a${dot}b`, 'html')).toBe(`a${dot} b`);
});

test.each([
  'Ticket 4711, at 10:30',
  'It was you. Or was it? Wait... what; no!',
  "Zoë O'Brien-Smith (“the third”) & sons <1 %>",
  'C#, #4711, 1/2 = 0,5 and @home',
  'José\u0301, 株式会社, Λεωνίδας, שלום, مرحبا',
  'Nguyễn Thị Hiền, Hie\u0302\u0300n, שִׁלּ֑וֹם, བསྒྲུབས, ที่นี่, 𠮷野家, ☂️',
  '',
])('sanitizeValue keeps ordinary text unchanged: %j', (text) => {
  for (const format of ['html', 'plainText'] as const) expect(sanitizeValue(text, format)).toBe(text);
});

test.each([
  ['example.com', 'example. com'],
  ['10.0.0.1', '10. 0. 0. 1'],
  ['a..b', 'a.. b'],
  ['tel:0', 'tel: 0'],
  ['0:tel', '0: tel'],
  ['https://x', 'https: //x'],
  ['https:', 'https: '],
  ['10:', '10: '],
  ['a: b', 'a: b'],
  ['a\uff1ab', 'a\uff1a b'],
  ['one\r\ntwo\nthree\u2028four\tfive', 'one two three four five'],
  ['{####}{username}', '####username'],
  ['\u202etxt\u202c\u0000\ufeff', 'txt'],
  ['\ud83d\0\ude00', ''],
])('sanitizeValue turns %j into %j', (value, text) => {
  for (const format of ['html', 'plainText'] as const) expect(sanitizeValue(value, format)).toBe(text);
});

/**
 * What people write, and Cognito refuses in a message. Reports of such refusals:
 *
 * - https://github.com/aws-amplify/amplify-js/issues/6917
 * - https://github.com/amazon-archives/amazon-cognito-identity-js/issues/446
 * - https://github.com/aws/aws-lambda-go/issues/330
 * - https://github.com/resend/react-email/issues/609
 */
test.each([
  ['a no-break space in a name', 'Anne\u00a0Marie', 'Anne Marie', 'Anne Marie'],
  ['French spaces', 'Urgent\u202f! «\u00a0Merci\u00a0»', 'Urgent ! « Merci »', 'Urgent ! « Merci »'],
  ['an ideographic space', '山田\u3000太郎', '山田 太郎', '山田 太郎'],
  ['thin, hair and mathematical spaces', 'a\u2009b\u200ac\u205fd', 'a b c d', 'a b c d'],
  ['a Persian name with a non-joiner', 'علی\u200cرضا', 'علی&#8204;رضا', 'علی رضا'],
  ['a Hindi name with a joiner', 'क्\u200dष', 'क्&#8205;ष', 'क्ष'],
  ['an emoji of three parts', 'a👩\u200d👧b', 'a&#128105;&#8205;&#128103;b', 'ab'],
  ['an emoji of Unicode 17', 'a\u{1fae8}b', 'a&#129768;b', 'ab'],
  ['an emoji with a variation selector', '❤\ufe0f', '❤\ufe0f', '❤\ufe0f'],
  ['soft hyphens', 'Pass\u00adwort\u00adliste', 'Passwortliste', 'Passwortliste'],
  ['zero-width spaces and word joiners', 'a\u200bb\u2060c\ufeffd', 'abcd', 'abcd'],
  ['marks of direction', '\u200f\u061cعلی\u200e\u2066x\u2069', 'علیx', 'علیx'],
  ['a private-use character', 'a\ue000\u{f0000}b', 'ab', 'ab'],
  ['joiners that join nothing', '\u200ca \u200db\u200c\u200c\u200c', 'a b', 'a b'],
  ['letters that show nothing', '\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4', '', ''],
  [
    'a pile of marks',
    `Z\u0301${'\u0336'.repeat(50)}\u200da`,
    'Z\u0301\u0336\u0336\u0336&#8205;a',
    'Z\u0301\u0336\u0336\u0336a',
  ],
  ['an ideograph above U+FFFF', '𠮷田', '&#134071;田', '𠮷田'],
  ['a digit above U+FFFF', '𝟗', '&#120791;', ''],
])('a value with %s is text that Cognito accepts', (_, value, html, plainText) => {
  expect(escapeHtml(sanitizeValue(value, 'html'))).toBe(html);
  expect(sanitizeValue(value, 'plainText')).toBe(plainText);
});

test('escapeHtml escapes markup', () => {
  expect(escapeHtml(`<a href="x" id='y'>&amp;</a>`)).toBe(
    '&lt;a href=&#34;x&#34; id=&#39;y&#39;&gt;&amp;amp;&lt;/a&gt;',
  );
});
