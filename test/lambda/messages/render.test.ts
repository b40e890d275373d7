import fc from 'fast-check';
import { convert } from 'html-to-text';
import { render } from '../../../lambda/messages/render';
import type { CatalogMessage, TextPart } from '../../../lib/contract/messages';
import { linksIn, nastyValue } from '../../support/nasty-values';
import { cases } from '../../support/soak';

const CODE = { code: true } as const;
const TICKET = { metadata: 'ticket' };
const NAME = { attribute: 'given_name' };
const LIMITS = { maxUsernameLength: 128, attributes: { given_name: 30 }, metadata: { ticket: 10 } };
const VALUES = { username: 'zoe', attributes: { given_name: 'Zoë' }, metadata: { ticket: '4711' } };

const MESSAGE: CatalogMessage = {
  email: { subject: ['Ticket ', TICKET], html: ['<p>Hello ', NAME, ', ', TICKET, ': <b>', CODE, '</b></p>'] },
  sms: [NAME, ', your code is ', CODE],
};

test('render writes each kind of part', () => {
  expect(render(MESSAGE, VALUES, LIMITS)).toEqual({
    email: { subject: 'Ticket 4711', html: '<p>Hello Zoë, 4711: <b>{####}</b></p>' },
    sms: 'Zoë, your code is {####}',
    skippedChannels: [],
  });
});

test('render omits channels that the message does not have', () => {
  expect(render({ sms: [CODE] }, VALUES, LIMITS)).toEqual({ sms: '{####}', skippedChannels: [] });
  expect(render({ email: { subject: ['a'], html: [CODE] } }, VALUES, LIMITS)).toEqual({
    email: { subject: 'a', html: '{####}' },
    skippedChannels: [],
  });
});

test('render escapes values in HTML, but not in subjects and SMS messages', () => {
  const values = { username: 'zoe', attributes: { given_name: `<i a="b">&'` }, metadata: { ticket: '<b>' } };
  expect(render(MESSAGE, values, LIMITS)).toEqual({
    email: {
      subject: 'Ticket <b>',
      html: '<p>Hello &lt;i a=&#34;b&#34;&gt;&amp;&#39;, &lt;b&gt;: <b>{####}</b></p>',
    },
    sms: `<i a="b">&', your code is {####}`,
    skippedChannels: [],
  });
});

test('render accepts an empty value', () => {
  const { email, sms } = render(
    MESSAGE,
    { username: 'zoe', attributes: { given_name: '' }, metadata: { ticket: '' } },
    LIMITS,
  );
  expect({ subject: email?.subject, sms }).toEqual({ subject: 'Ticket ', sms: ', your code is {####}' });
});

describe('render with a channel that cannot be rendered', () => {
  const missingName = { ...VALUES, attributes: {} };
  const longName = { ...VALUES, attributes: { given_name: 'n'.repeat(31) } };
  const missingTicket = { ...VALUES, metadata: {} };
  const longTicket = { ...VALUES, metadata: { ticket: 't'.repeat(11) } };
  const { email } = MESSAGE;

  test.each<[string, CatalogMessage, typeof VALUES | object, string[], ...[string, string][]]>([
    ['a missing attribute', MESSAGE, missingName, [], ['email', 'MissingValue'], ['sms', 'MissingValue']],
    ['an attribute that is too long', MESSAGE, longName, [], ['email', 'ValueTooLong'], ['sms', 'ValueTooLong']],
    ['a missing metadata value', MESSAGE, missingTicket, ['sms'], ['email', 'MissingValue']],
    ['a metadata value that is too long', MESSAGE, longTicket, ['sms'], ['email', 'ValueTooLong']],
    [
      'a missing value in the SMS message',
      { email, sms: [{ metadata: 'other' }] },
      VALUES,
      ['email'],
      ['sms', 'MissingValue'],
    ],
    [
      'a missing value in the subject',
      { ...MESSAGE, email: { subject: [TICKET], html: [CODE] } },
      missingTicket,
      ['sms'],
      ['email', 'MissingValue'],
    ],
    [
      'a missing value in the HTML',
      { ...MESSAGE, email: { subject: ['a'], html: [TICKET, CODE] } },
      missingTicket,
      ['sms'],
      ['email', 'MissingValue'],
    ],
    [
      'a subject of 141 characters',
      { ...MESSAGE, email: { subject: ['s'.repeat(137), TICKET], html: [CODE] } },
      VALUES,
      ['sms'],
      ['email', 'MessageTooLong'],
    ],
    [
      'HTML of 20,001 characters',
      { ...MESSAGE, email: { subject: ['a'], html: ['h'.repeat(19_994), '1', CODE] } },
      VALUES,
      ['sms'],
      ['email', 'MessageTooLong'],
    ],
    [
      'an SMS message of 141 characters',
      { email, sms: ['s'.repeat(131), TICKET, CODE] },
      VALUES,
      ['email'],
      ['sms', 'MessageTooLong'],
    ],
  ])('skips the channel: %s', (_, message, values, channels, ...skippedChannels) => {
    const rendered = render(message, values as typeof VALUES, LIMITS);

    expect(rendered.skippedChannels).toEqual(skippedChannels.map(([channel, reason]) => ({ channel, reason })));
    expect(['email', 'sms'].filter((channel) => channel in rendered)).toEqual(channels);
  });

  test('does not skip channels at the maximum length', () => {
    const message = {
      email: { subject: ['s'.repeat(136), TICKET], html: ['h'.repeat(19_990), TICKET, CODE] },
      sms: ['s'.repeat(130), TICKET, CODE],
    };
    const { email, sms, skippedChannels } = render(message, VALUES, LIMITS);

    expect([email?.subject.length, email?.html.length, sms?.length]).toEqual([140, 20_000, 140]);
    expect(skippedChannels).toEqual([]);
  });
});

test.each([
  ['after sanitizing: removed characters do not count', '{{12345}}\u200b67890\0\0', '1234567890'],
  ['after sanitizing: added spaces count', '1.345678.0', undefined],
  ['before escaping', '<<<<<&&&&&', '&lt;&lt;&lt;&lt;&lt;&amp;&amp;&amp;&amp;&amp;'],
  ['in UTF-16 units', '\u{1f600}'.repeat(6), undefined],
])('render counts the length of a value %s', (_, ticket, html) => {
  const rendered = render(
    { email: { subject: ['a'], html: [TICKET] } },
    { username: 'zoe', attributes: {}, metadata: { ticket } },
    LIMITS,
  );
  expect(rendered.email?.html).toBe(html);
  expect(rendered.skippedChannels).toEqual(html === undefined ? [{ channel: 'email', reason: 'ValueTooLong' }] : []);
});

describe.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
  'render with a placeholder named like an inherited property: %s',
  (name) => {
    const own = (value: unknown) => JSON.parse(`{${JSON.stringify(name)}: ${JSON.stringify(value)}}`);
    const message: CatalogMessage = { sms: [{ metadata: name }, ' ', { attribute: name }] };
    const limits = { maxUsernameLength: 128, attributes: own(10), metadata: own(10) };

    test('reports a missing value', () => {
      const { sms, skippedChannels } = render(message, { username: 'zoe', attributes: {}, metadata: {} }, limits);
      expect({ sms, skippedChannels }).toEqual({
        sms: undefined,
        skippedChannels: [{ channel: 'sms', reason: 'MissingValue' }],
      });
    });

    test('skips the channel when no limit is declared', () => {
      const { skippedChannels } = render(
        message,
        { username: 'zoe', attributes: own('a'), metadata: own('b') },
        { maxUsernameLength: 128, attributes: {}, metadata: {} },
      );
      expect(skippedChannels).toEqual([{ channel: 'sms', reason: 'ValueTooLong' }]);
    });

    test('writes the value when a limit is declared', () => {
      expect(render(message, { username: 'zoe', attributes: own('a'), metadata: own('b') }, limits).sms).toBe('b a');
    });
  },
);

describe('render with text beside a value', () => {
  const many = { maxUsernameLength: 128, attributes: {}, metadata: { a: 200, b: 200, c: 200 } };
  const literal = fc.constantFrom(
    '',
    ' ',
    '.',
    ':',
    ' {',
    '{',
    '{#',
    '{##',
    '#}',
    '##}',
    '}',
    '/',
    '//',
    '@',
    '<b>',
    'Dear ',
    '...',
    '&',
    '&#',
    'https&',
    'com',
  );
  const placeholder = fc.constantFrom<TextPart>({ metadata: 'a' }, { metadata: 'b' }, { metadata: 'c' }, CODE);
  const parts = fc
    .array(fc.tuple(literal, placeholder), { minLength: 1, maxLength: 6 })
    .map((pairs) => pairs.flat().filter((part) => part !== ''));
  const value = fc.oneof(
    nastyValue,
    fc.constantFrom(
      '',
      '#',
      '##',
      '####',
      'example',
      'example.',
      'com',
      'https:',
      '//',
      'period;com',
      '46;com',
      'colon;//',
      '@1249767214/x',
    ),
  );

  test.each(['sms', 'html'] as const)('forms no placeholder and no link: %s', (where) => {
    fc.assert(
      fc.property(parts, fc.record({ a: value, b: value, c: value }), (text, metadata) => {
        const message = where === 'sms' ? { sms: text } : { email: { subject: ['a'], html: text } };
        const { sms, email } = render(message, { username: 'zoe', attributes: {}, metadata }, many);
        const written = sms ?? email?.html;
        fc.pre(written !== undefined);

        const codes = text.filter((part) => part === CODE).length;
        expect(written.split('{####}')).toHaveLength(codes + 1);
        // Check the text of the HTML, in which character references are resolved.
        expect(linksIn(where === 'sms' ? written : convert(written, { wordwrap: false }))).toEqual([]);
      }),
      { numRuns: cases(500, 10_000) },
    );
  });

  test.each<[TextPart[], string]>([
    [['{', TICKET, '}'], '{ ####}'],
    [['{##', { metadata: 'empty' }, '##}'], '{## ##}'],
    [['https:', TICKET], 'https: ####'],
    [['example.', TICKET], 'example. ####'],
    [['example. ', TICKET], 'example. ####'],
    [['example.', { metadata: 'spaced' }], 'example. #'],
    [['(', TICKET, ')'], '(####)'],
    [[{ metadata: 'scheme' }, '//', TICKET], 'https: //####'],
    [['https://example.com', TICKET], 'https://example.com ####'],
    [['https://', TICKET], 'https:// ####'],
    [['https://example.com/', TICKET, '/x'], 'https://example.com/####/x'],
    [['R&', TICKET], 'R& ####'],
    [['&#', TICKET], '&# ####'],
    [[{ metadata: 'dot' }, 'com'], 'example. com'],
    [[{ metadata: 'dot' }, '网站'], 'example. 网站'],
    [[{ metadata: 'dot' }, '.'], 'example..'],
    [['example.com', CODE, 'x'], 'example.com{####}x'],
    [['example&#46;', TICKET], 'example&#46;####'],
  ])('writes %j as %j', (parts, text) => {
    const values = {
      username: 'zoe',
      attributes: {},
      metadata: { ticket: '####', empty: '', scheme: 'https:', spaced: ' #', dot: 'example.' },
    };
    expect(
      render({ sms: parts }, values, {
        maxUsernameLength: 128,
        attributes: {},
        metadata: { ticket: 10, empty: 10, scheme: 10, spaced: 10, dot: 10 },
      }).sms,
    ).toBe(text);
  });

  test.each<[TextPart[], string]>([
    [['example.&#8203;', TICKET], 'example.&#8203; ####'],
    [['example&#127232;', TICKET], 'example&#127232; ####'],
    [[{ metadata: 'dot' }, '&#119834;com'], 'example. &#119834;com'],
    [['R&#38;', TICKET], 'R&#38; ####'],
    [['R&#39;', TICKET], 'R&#39;####'],
  ])('reads character references in HTML: writes %j as %j', (html, text) => {
    const values = { username: 'zoe', attributes: {}, metadata: { ticket: '####', dot: 'example.' } };
    const limits = { maxUsernameLength: 128, attributes: {}, metadata: { ticket: 10, dot: 10 } };
    expect(render({ email: { subject: ['a'], html } }, values, limits).email?.html).toBe(text);
  });
});
