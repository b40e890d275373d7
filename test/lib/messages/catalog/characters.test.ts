import fc from 'fast-check';
import { convert } from 'html-to-text';
import { acceptHtml, acceptPlainText } from '../../../../lib/messages/catalog/characters';
import { cases } from '../../../support/soak';

/** What Cognito accepts in a message and every engine knows, written out once more. */
const ACCEPTED = /^(?:[\p{L}\p{M}\p{S}\p{N}\p{P}\t\n\v\f\r ](?<![\u{10000}-\u{10ffff}]))*$/u;

const REFUSED = (name: string) => `got the character ${name}, which Cognito refuses: `;
const NEWER =
  'which fails every reset if it is newer than Cognito: leave it out, or use it in the text of the HTML only';

/**
 * Reports of what Cognito refused:
 *
 * - https://github.com/aws-amplify/amplify-js/issues/6917
 * - https://github.com/amazon-archives/amazon-cognito-identity-js/issues/446
 * - https://github.com/aws/aws-lambda-go/issues/330
 * - https://github.com/resend/react-email/issues/609
 */
describe('acceptHtml', () => {
  test.each([
    [
      'the spacers of a preview text',
      '<div>Hi\u00a0\u200c\u200b\u200d\u200e\u200f\ufeff</div>',
      '<div>Hi&#160;&#8204;&#8203;&#8205;&#8206;&#8207;&#65279;</div>',
    ],
    ['French spaces', '<p>Code\u202f: «\u00a0{{code}}\u00a0»</p>', '<p>Code&#8239;: «&#160;{{code}}&#160;»</p>'],
    ['an ideographic space', '<p>山田\u3000様', '<p>山田&#12288;様'],
    ['a Persian word', '<p>می\u200cخواهم', '<p>می&#8204;خواهم'],
    [
      'emoji of one and of several parts',
      '<b>🔒 👩\u200d👧 ❤\ufe0f</b>',
      '<b>&#128274; &#128105;&#8205;&#128103; ❤\ufe0f</b>',
    ],
    ['a soft hyphen, a word joiner and marks of direction', 'a\u00adb\u2060c\u202bd', 'a&#173;b&#8288;c&#8235;d'],
    ['private-use and unassigned characters', '\ue000\u0378\u{f0000}', '&#57344;&#888;&#983040;'],
    ['an attribute', '<img alt="🔒\u00a0a" title=\u00a0b>', '<img alt="&#128274;&#160;a" title=&#160;b>'],
    ['a style attribute', `<p style="font-family:'A\u00a0B'">`, `<p style="font-family:'A&#160;B'">`],
    [
      'a title and a text field',
      '<title>\u00a0</title><textarea>🔒</textarea>',
      '<title>&#160;</title><textarea>&#128274;</textarea>',
    ],
    [
      'a style',
      '<style>p::before { content: "😀a\u00a0" }</style>',
      '<style>p::before { content: "\\1F600 a\\A0 " }</style>',
    ],
    [
      'a style in SVG',
      '<svg><style>a { content: "😀" }</style></svg>',
      '<svg><style>a { content: "\\1F600 " }</style></svg>',
    ],
    [
      'a style after a backslash',
      '<style>a { content: "\\😀 \\\\😀" }</style>',
      '<style>a { content: "\\1F600  \\\\\\1F600 " }</style>',
    ],
    [
      'a script',
      '<script>a = "😀\u200d"; b = "\\😀"</script>',
      '<script>a = "\\uD83D\\uDE00\\u200D"; b = "\\uD83D\\uDE00"</script>',
    ],
    [
      'JSON-LD',
      '<script type="application/ld+json">{ "a": "\u00a0🔒" }</script>',
      '<script type="application/ld+json">{ "a": "\\u00A0\\uD83D\\uDD12" }</script>',
    ],
    ['a comment', '<!-- a\u00a0🔒\u200bb -->\u00a0', '<!-- ab -->&#160;'],
    [
      'a conditional comment',
      '<!--[if mso]><p title="\u00a0">🔒</p><style>a{content:"\u00a0"}</style><![endif]-->',
      '<!--[if mso]><p title="&#160;">&#128274;</p><style>a{content:"\\A0 "}</style><![endif]-->',
    ],
    [
      'a conditional comment that others read',
      '<!--[if !mso]><!-- -->\u00a0<!--<![endif]-->',
      '<!--[if !mso]><!-- -->&#160;<!--<![endif]-->',
    ],
    [
      'a comment in a conditional comment',
      '<!--[if gte mso 9]><!-- \u00a0 --><![endif]-->',
      '<!--[if gte mso 9]><!--  --><![endif]-->',
    ],
    [
      'a template and noscript',
      '<template>\u00a0</template><noscript>\u00a0<b title="\u00a0"></noscript>',
      '<template>&#160;</template><noscript>&#160;<b title="&#160;"></noscript>',
    ],
    [
      'a select element',
      '<select title="\u00a0"><option>\u00a0</select>',
      '<select title="&#160;"><option>&#160;</select>',
    ],
    ['an element that the parser repeats', '<p><b title="\u00a0">a<p>\u00a0', '<p><b title="&#160;">a<p>&#160;'],
    [
      'text that is moved out of a table',
      '<table>\u00a0<tr>🔒<td>\u00a0</table>',
      '<table>&#160;<tr>&#128274;<td>&#160;</table>',
    ],
    ['braces around a space in a comment', '<!-- {\u00a0{ }\u200b} -->', '<!-- { { } } -->'],
    ['text that needs nothing', '<p title="é">Zoë & “Ωμέγα” ☂️ אבג', '<p title="é">Zoë & “Ωμέγα” ☂️ אבג'],
  ])('escapes in the language of the place: %s', (_, source, text) => {
    expect(acceptHtml(source)).toEqual({ text, warnings: [] });
    expect(text).toMatch(ACCEPTED);
  });

  test.each([
    [
      'between attributes',
      '<p\u00a0title="a">\n<p \u200bx>',
      '<p title="a">\n<p x>',
      [
        [2, 'U+00A0', 'a space is sent instead'],
        [17, 'U+200B', 'it is left out'],
      ],
    ],
    ['in an end tag', 'a</p\u00a0>', 'a</p >', [[4, 'U+00A0', 'a space is sent instead']]],
    ['in raw text', '<xmp>a\u200db</xmp>', '<xmp>ab</xmp>', [[6, 'U+200D', 'it is left out']]],
  ] as const)('treats tags and raw text as plain text, with a warning: %s', (_, source, text, warnings) => {
    expect(acceptHtml(source)).toEqual({
      text,
      warnings: warnings.map(([offset, name, sent]) => ({ offset, text: `${REFUSED(name)}${sent}` })),
    });
  });

  test('does not change what is read', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '<p>',
        '</p>',
        '<b title="\u00a0">',
        '<table><tr><td>',
        '</table>',
        '<!-- \u200b -->',
        '<style>a{}\u00a0</style>',
      ),
      fc.constantFrom(
        '\u00a0',
        '\u3000',
        '\u200b',
        '\u200c',
        '\u00ad',
        '\u2060',
        '😀',
        '\u{1fae8}',
        'a',
        'é',
        ' ',
        '&',
        '&#',
        '4;',
        '<',
        '\\',
      ),
      fc.string({ unit: 'binary', maxLength: 2 }).filter((text) => !/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u.test(text)),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        const source = pieces.join('');
        const { text, warnings } = acceptHtml(source);
        fc.pre(warnings.length === 0);
        expect(text).toMatch(ACCEPTED);
        expect(convert(text, { wordwrap: false })).toBe(convert(source, { wordwrap: false }));
        expect(acceptHtml(text)).toEqual({ text, warnings: [] });
      }),
      { numRuns: cases(500, 10_000) },
    );
  });

  test.each([
    ['refused characters in a style', `<style>${'\\😀'.repeat(50_000)}</style>`],
    ['conditional comments', '<!--[if mso]>\u00a0'.repeat(15_000)],
    ['attributes', '<p title="\u00a0">\u00a0'.repeat(10_000)],
  ])('handles many %s', (_, source) => {
    expect(acceptHtml(source).text).toMatch(ACCEPTED);
  });
});

describe('acceptPlainText', () => {
  test.each<[string, string, string, [number, string, string][]]>([
    [
      'spaces',
      'a\u00a0b\u202fc\u3000d',
      'a b c d',
      [
        [1, 'U+00A0', ' '],
        [3, 'U+202F', ' '],
        [5, 'U+3000', ' '],
      ],
    ],
    ['a non-joiner', 'می\u200cخواهم', 'می خواهم', [[2, 'U+200C', ' ']]],
    [
      'a soft hyphen and others',
      'a\u00adb\u200bc\ue000d\u0378',
      'abcd',
      [
        [1, 'U+00AD', ''],
        [3, 'U+200B', ''],
        [5, 'U+E000', ''],
        [7, 'U+0378', ''],
      ],
    ],
    ['the same character twice', '\u00a0\u00a0', '  ', [[0, 'U+00A0', ' ']]],
    ['an emoji', 'a 🔒', 'a 🔒', [[2, 'U+1F512', '🔒']]],
    [
      'an emoji of two parts',
      '👩\u200d👧',
      '👩👧',
      [
        [0, 'U+1F469', '👩'],
        [2, 'U+200D', ''],
        [3, 'U+1F467', '👧'],
      ],
    ],
    ['nothing', 'Zoë & “Ωμέγα” ☂️\n', 'Zoë & “Ωμέγα” ☂️\n', []],
  ])(
    'writes spaces as a space and leaves out the rest, with a warning for each character: %s',
    (_, source, text, changed) => {
      expect(acceptPlainText(source)).toEqual({
        text,
        warnings: changed.map(([offset, name, sent]) => ({
          offset,
          text:
            {
              '': `${REFUSED(name)}it is left out`,
              ' ': `${REFUSED(name)}a space is sent instead`,
            }[sent] ?? `got the character ${name}, ${NEWER}`,
        })),
      });
    },
  );
});
