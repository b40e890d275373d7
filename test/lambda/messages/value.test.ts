import fc from 'fast-check';
import { escapeHtml, sanitizeValue } from '../../../lambda/messages/value';
import { linksIn, nastyValue } from '../../support/nasty-values';
import { cases } from '../../support/soak';

const RUNS = { numRuns: cases(500, 10_000) };

describe('sanitizeValue with any value', () => {
  test('leaves no link', () => {
    fc.assert(
      fc.property(nastyValue, (value) => {
        expect(linksIn(sanitizeValue(value))).toEqual([]);
      }),
      RUNS,
    );
  });

  test('returns one line of visible characters without placeholders of Cognito', () => {
    fc.assert(
      fc.property(nastyValue, (value) => {
        const text = sanitizeValue(value);
        expect(text).not.toMatch(/[\p{Cc}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}{}]/u);
        expect(text.replace(/[\u200c\u200d]/g, '')).not.toMatch(/\p{Cf}/u);
      }),
      RUNS,
    );
  });

  test('returns at most twice the length, and is idempotent', () => {
    fc.assert(
      fc.property(nastyValue, (value) => {
        const text = sanitizeValue(value);
        expect(text.length).toBeLessThanOrEqual(2 * value.length);
        expect(sanitizeValue(text)).toBe(text);
      }),
      RUNS,
    );
  });

  test('returns only text after escaping for HTML, at most five times the length', () => {
    fc.assert(
      fc.property(nastyValue, (value) => {
        const html = escapeHtml(sanitizeValue(value));
        expect(html).not.toMatch(/[<>"']/);
        expect(html.replace(/&(?:amp|lt|gt|#34|#39);/g, '')).not.toContain('&');
        expect(html.length).toBeLessThanOrEqual(5 * value.length);
      }),
      RUNS,
    );
  });
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
  expect(linksIn(sanitizeValue(value))).toEqual([]);
});

test('sanitizeValue handles every character that a URL parser treats as a dot', () => {
  const dots: string[] = [];
  for (let codePoint = 0x21; codePoint <= 0x10ffff; codePoint++) {
    const character = String.fromCodePoint(codePoint);
    if (URL.canParse(`http://a${character}b/`) && new URL(`http://a${character}b/`).host === 'a.b')
      dots.push(character);
  }

  expect(dots).toContain('.');
  for (const dot of dots) expect(sanitizeValue(`a${dot}b`)).toBe(`a${dot} b`);
});

test.each([
  'Ticket 4711, at 10:30',
  'It was you. Or was it? Wait... what; no!',
  "Zoë O'Brien-Smith (“the third”) & sons <1 %>",
  'C#, #4711, 1/2 = 0,5 and @home',
  'José\u0301, 株式会社, Λεωνίδας, שלום, مرحبا',
  'न\u094d\u200dय, می\u200cخواهم, 👩\u200d👩\u200d👧',
  '',
])('sanitizeValue keeps ordinary text unchanged: %j', (text) => {
  expect(sanitizeValue(text)).toBe(text);
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
  expect(sanitizeValue(value)).toBe(text);
});

test('escapeHtml escapes markup', () => {
  expect(escapeHtml(`<a href="x" id='y'>&amp;</a>`)).toBe(
    '&lt;a href=&#34;x&#34; id=&#39;y&#39;&gt;&amp;amp;&lt;/a&gt;',
  );
});
