import fc from 'fast-check';
import { SegmentedMessage } from 'sms-segments-calculator';
import { countSmsParts } from '../../../lib/contract/sms-parts';

/** 3GPP 23.038 and 23.040: a message of one part has 160 septets or 70 UCS-2 units; each of several parts has 153 or 67. */
test.each<[string, string, 'GSM-7' | 'UCS-2', number]>([
  ['160 letters', 'a'.repeat(160), 'GSM-7', 1],
  ['161 letters', 'a'.repeat(161), 'GSM-7', 2],
  ['2 × 153 letters', 'a'.repeat(306), 'GSM-7', 2],
  ['2 × 153 letters and one', 'a'.repeat(307), 'GSM-7', 3],
  ['the euro sign as two characters', `${'a'.repeat(158)}€`, 'GSM-7', 1],
  ['the euro sign and one letter more than fits', `${'a'.repeat(159)}€`, 'GSM-7', 2],
  ['80 characters of the extension table', '{}[]~\\|^'.repeat(10), 'GSM-7', 1],
  ['81 characters of the extension table', `${'{}[]~\\|^'.repeat(10)}€`, 'GSM-7', 2],
  ['an escape sequence that does not fit at the end of a part', `${'a'.repeat(152)}€${'a'.repeat(152)}`, 'GSM-7', 3],
  ['all characters of the basic table', basicTable(), 'GSM-7', 1],
  ['line breaks', '\n'.repeat(160), 'GSM-7', 1],
  ['é and à as GSM-7', 'éà'.repeat(80), 'GSM-7', 1],
  ['â as UCS-2', `${'a'.repeat(69)}â`, 'UCS-2', 1],
  ['ç as UCS-2, although its capital is in GSM-7', `${'a'.repeat(70)}ç`, 'UCS-2', 2],
  ['Ç as GSM-7', `${'a'.repeat(159)}Ç`, 'GSM-7', 1],
  ['á, í, ó and ú as UCS-2', `${'a'.repeat(67)}áíóú`, 'UCS-2', 2],
  ['a combining accent as UCS-2', `${'a'.repeat(70)}e\u0301`, 'UCS-2', 2],
  ['a backtick as UCS-2', `${'a'.repeat(70)}\``, 'UCS-2', 2],
  ['a tab as UCS-2', `${'a'.repeat(70)}\t`, 'UCS-2', 2],
  ['curly quotation marks as UCS-2, because they are not replaced', `${'a'.repeat(69)}“”`, 'UCS-2', 2],
  ['an en dash as UCS-2', `${'a'.repeat(70)}–`, 'UCS-2', 2],
  ['a no-break space as UCS-2', `${'a'.repeat(70)}\u00a0`, 'UCS-2', 2],
  ['70 Arabic letters', 'م'.repeat(70), 'UCS-2', 1],
  ['71 Arabic letters', 'م'.repeat(71), 'UCS-2', 2],
  ['2 × 67 Arabic letters', 'م'.repeat(134), 'UCS-2', 2],
  ['2 × 67 Arabic letters and one', 'م'.repeat(135), 'UCS-2', 3],
  ['Arabic letters with marks', 'مّ'.repeat(35), 'UCS-2', 1],
  ['braces as one character in UCS-2', `{}${'م'.repeat(68)}`, 'UCS-2', 1],
  ['35 surrogate pairs', '😀'.repeat(35), 'UCS-2', 1],
  ['a surrogate pair that does not fit at the end of a part', '😀'.repeat(67), 'UCS-2', 3],
  ['an empty text', '', 'GSM-7', 1],
  ['36 surrogate pairs', '😀'.repeat(36), 'UCS-2', 2],
])('counts %s', (_, text, encoding, parts) => {
  expect(countSmsParts(text)).toEqual({ encoding, parts });
});

/** Without texts that readers see as one character and that are several code points: that package never splits these. */
test('counts like another implementation, for texts of any characters', () => {
  const basic = fc.constantFrom(...basicTable().replace('\r', ''));
  const extended = fc.constantFrom(...'^{}\\[~]|€');
  const outside = fc.constantFrom('â', 'ç', '’', 'م', '漢', '😀');
  const texts = fc.oneof(
    fc.string({ unit: basic, maxLength: 700 }),
    fc.string({ unit: fc.oneof(basic, extended), maxLength: 700 }),
    fc.string({ unit: fc.oneof(basic, extended, outside), maxLength: 300 }),
  );

  fc.assert(
    fc.property(texts, (text) => {
      const { encodingName, segmentsCount } = new SegmentedMessage(text, 'auto', false);
      expect(countSmsParts(text)).toEqual({ encoding: encodingName, parts: segmentsCount });
    }),
  );
});

test('a longer text never has fewer parts, and no part holds more than it can', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 400 }),
      fc.string({ unit: 'binary', maxLength: 40 }),
      (text, more) => {
        const { encoding, parts } = countSmsParts(text);
        expect(countSmsParts(text + more).parts).toBeGreaterThanOrEqual(parts);
        expect(text.length).toBeLessThanOrEqual((encoding === 'GSM-7' ? 160 : 70) * parts);
      },
    ),
  );
});

/** The characters of the GSM 7-bit default alphabet, without the escape, which is not a character. */
function basicTable(): string {
  return [
    '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ',
    ' !"#¤%&\'()*+,-./0123456789:;<=>?',
    '¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§',
    '¿abcdefghijklmnopqrstuvwxyzäöñüà',
  ].join('');
}
