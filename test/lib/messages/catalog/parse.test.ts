import fc from 'fast-check';
import type { TextPart } from '../../../../lib/contract/messages';
import { parsePlaceholders, splitIntoParts } from '../../../../lib/messages/catalog/parse';

const literal = fc.string({ unit: 'binary', minLength: 1 }).filter((text) => !/[{}]/.test(text));
const name = fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/);
const value: fc.Arbitrary<TextPart> = fc.oneof(
  fc.constant({ code: true } as const),
  name.map((attribute) => ({ attribute })),
  name.map((metadata) => ({ metadata })),
);

describe.each([true, false])('parsePlaceholders with singleBraces %s', (singleBraces) => {
  test('finds the placeholders that a text was written with', () => {
    const parts = fc
      .array(fc.tuple(fc.option(literal), value))
      .map((pairs) => pairs.flat().filter((part) => part !== null));

    fc.assert(
      fc.property(parts, fc.nat({ max: 3 }), (parts, spaces) => {
        const source = parts.map((part) => write(part, spaces)).join('');
        const { placeholders, problems } = parsePlaceholders(source, singleBraces);
        expect(problems).toEqual([]);
        expect(splitIntoParts(source, placeholders)).toEqual(parts);
      }),
    );
  });

  test('yields parts that make up the source again, for any text', () => {
    const pieces = [
      '{',
      '}',
      '{{',
      '}}',
      'code',
      '{{code}}',
      '{{attribute.a}}',
      '{{metadata.b}}',
      ' ',
      '\n',
      '{####}',
      '😀',
    ];
    const source = fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string())).map((all) => all.join(''));

    fc.assert(
      fc.property(source, (source) => {
        const { placeholders, problems } = parsePlaceholders(source, singleBraces);
        const parts = splitIntoParts(source, placeholders);
        expect(parts.map((part) => write(part, 0)).join('')).toBe(withoutSpaces(source, placeholders));
        expect(parts.some((part, at) => typeof part === 'string' && typeof parts[at + 1] === 'string')).toBe(false);
        expect(problems.every(({ offset }) => '{}'.includes(source[offset]))).toBe(true);
      }),
    );
  });
});

function write(part: TextPart, spaces: number): string {
  if (typeof part === 'string') return part;
  const [[kind, name]] = Object.entries(part);
  const padding = ' '.repeat(spaces);
  return `{{${padding}${kind === 'code' ? kind : `${kind}.${name}`}${padding}}}`;
}

/** Parsing keeps everything except spaces inside the braces of a placeholder. */
function withoutSpaces(source: string, placeholders: readonly { start: number; end: number }[]): string {
  return placeholders.reduceRight(
    (text, { start, end }) => text.slice(0, start) + text.slice(start, end).replaceAll(' ', '') + text.slice(end),
    source,
  );
}
