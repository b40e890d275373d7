import fc from 'fast-check';
import { render } from '../../../../lambda/messages/render';
import { MessageCatalog } from '../../../../lib';

const IN_LINK =
  'in a link or beside text that makes a link with it, expected it only in the value of a query of an https link, such as https://example.com/?name={{username}}: elsewhere a value from outside could choose where the link leads';
const IN_MARKUP =
  /where it is not read as text, expected it between tags, or in the value of a query of an https link: /;

type Kind = 'emailSubject' | 'emailHtml' | 'sms';

/** A catalog with one text, in which all kinds of values may be used. */
function catalogWith(kind: Kind, text: string): MessageCatalog {
  const texts =
    kind === 'sms' ? { sms: text } : { emailSubject: 'A subject', emailHtml: '<p>{{code}}</p>', [kind]: text };
  return MessageCatalog.fromInline({
    defaultLocale: 'en',
    attributes: { given_name: 5 },
    metadata: { t: 5 },
    maxUsernameLength: 5,
    templates: { reset: { en: texts } },
  });
}

function errorsOf(kind: Kind, text: string): string[] {
  try {
    catalogWith(kind, text);
    return [];
  } catch (error) {
    return (error as Error).message.split('\n');
  }
}

describe('a value is not part of a link', () => {
  test.each([
    // A value adds parameters, or makes a host: both were accepted once.
    'https://example.com/{{metadata.t}}',
    '{{metadata.t}}.com',
    'mail@{{metadata.t}}.com',
    '{{metadata.t}}-shop.com',
    'https://{{metadata.t}}.com/',
    'https://{{metadata.t}}/?u={{metadata.t}}',
    'https://{{code}}.{{metadata.t}}/?u=1',
    'https://example.com?{{metadata.t}}',
    'https://example.com/?{{metadata.t}}=1',
    'https://example.com/?a=1&{{metadata.t}}=1',
    'https://example.com/#u={{username}}',
    'https://example.com/?a=1#u={{username}}',
    'http://example.com/?u={{username}}',
    'ftp://example.com/?u={{username}}',
    'example.com/{{username}}',
    'www.example.com?u={{username}}',
    '{{attribute.given_name}}@example.com',
    'someone@{{attribute.given_name}}',
    'ｈttps://example.com/?u={{username}}',
    '{{username}}。com',
  ])('%s', (link) => {
    const placeholder = /\{\{(?!code)[^}]+\}\}/.exec(link)?.[0];
    const expected = `got ${placeholder} ${IN_LINK}`;

    expect(errorsOf('sms', `{{code}} ${link}`)[0]).toBe(`templates.reset.en.sms:1: ${expected}`);
    expect(errorsOf('emailSubject', link)[0]).toBe(`templates.reset.en.emailSubject:1: ${expected}`);
    expect(errorsOf('emailHtml', `<p>{{code}}\n${link}</p>`)[0]).toBe(`templates.reset.en.emailHtml:2: ${expected}`);
  });

  test.each([
    '<b>{{metadata.t}}</b>.com',
    '<b>example.com</b>/{{metadata.t}}',
    'a@<span class="x">{{metadata.t}}</span>.com',
  ])('nor with inline tags between them: %s', (text) => {
    expect(errorsOf('emailHtml', `{{code}} ${text}`)).toEqual([
      `templates.reset.en.emailHtml:1: got {{metadata.t}} ${IN_LINK}`,
    ]);
  });

  test.each([
    '<a href="{{metadata.t}}">a</a>',
    '<a href="https://{{metadata.t}}/?u=1">a</a>',
    '<a href="https://example.com/{{username}}">a</a>',
    '<a href="https://example.com/?{{username}}">a</a>',
    '<a href="https://example.com/#?u={{username}}">a</a>',
    '<a href="http://example.com/?u={{username}}">a</a>',
    '<a href="javascript:https://example.com/?u={{username}}">a</a>',
    '<a href="&#104;ttps://example.com/?u={{username}}">a</a>',
    '<a style="background: url(https://example.com/?u={{username}})">a</a>',
    '<a title="see https://example.com/?u={{username}}">a</a>',
    '<a {{username}}="https://example.com/?u=">a</a>',
    '<!-- https://example.com/?u={{username}} -->',
    '<style>a { background: url(https://example.com/?u={{username}}) }</style>',
    '<script>"https://example.com/?u={{username}}"</script>',
  ])('nor of markup: %s', (text) => {
    expect(errorsOf('emailHtml', `{{code}} ${text}`)).toEqual([expect.stringMatching(IN_MARKUP)]);
  });

  test.each([
    'Dear {{attribute.given_name}}, hello.',
    '{{attribute.given_name}}.',
    '{{attribute.given_name}}. Bye',
    '({{attribute.given_name}})',
    '{{metadata.t}}/{{metadata.t}}',
    'Version 1.5: {{metadata.t}}',
    'See example.com, {{attribute.given_name}}',
    'https://example.com/ {{metadata.t}}',
    'https://example.com/{{code}}',
    '{{username}}',
  ])('and may be anywhere else: %s', (text) => {
    expect(errorsOf('emailHtml', `<p>{{code}} ${text}</p>`)).toEqual([]);
    expect(errorsOf('emailHtml', `<p>{{code}} ${text.replaceAll(' ', '&nbsp;')}</p>`)).toEqual([]);
    expect(errorsOf('emailSubject', text)).toEqual([]);
    expect(errorsOf('sms', `{{code}} ${text}`)).toEqual([]);
  });
});

describe('a value in the query of a link', () => {
  const LINKS = [
    'https://example.com/?u={{username}}&c={{code}}',
    'https://example.com/a/b?c={{code}}&u={{username}}',
    'https://example.com?u={{metadata.t}}&k=1',
    'HTTPS://example.com/?u={{attribute.given_name}}',
    'https://example.com/?u=a-{{metadata.t}}-b&k=1',
    'https://example.com/?u={{metadata.t}}{{username}}&k=1#top',
  ] as const;

  test.each(LINKS)('is accepted in texts and in attributes: %s', (link) => {
    const escaped = link.replaceAll('&', '&amp;');
    expect(errorsOf('sms', `{{code}} ${link}`)).toEqual([]);
    expect(errorsOf('emailHtml', `<p>{{code}} ${escaped}</p>`)).toEqual([]);
    for (const attribute of [`"${escaped}"`, `'${link}'`, link, ` = "${link}"`.slice(3)])
      expect(errorsOf('emailHtml', `<p>{{code}}</p><a href=${attribute}>a</a>`)).toEqual([]);
  });

  const value = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 5 }),
    fc.constantFrom("'()*!", '&k=2', '#a', '%00', '語語語語語', '😀', '+1', 'a.b', '\n', '"><b'),
  );
  const username = fc.constantFrom('zoë', '+1206', 'a@b.c', "'@b.c", '語語語語語', 'a_-b');

  test.each(LINKS)('changes only that parameter, whatever it is: %s', (link) => {
    const { _catalog: sms } = catalogWith('sms', `{{code}} ${link}`);
    const { _catalog: html } = catalogWith('emailHtml', `{{code}}<a href="${link}">a</a>`);
    fc.assert(
      fc.property(username, value, value, (username, given_name, t) => {
        const values = { username, attributes: { given_name }, metadata: { t } };
        fc.pre([given_name, t].every((text) => text.isWellFormed() && text.length <= 5));
        const ofSms = render(sms.templates.reset.en, values, sms).sms?.slice('{####} '.length);
        const ofHtml = render(html.templates.reset.en, values, html).email?.html;

        const expected = new URL(link.replace(/\{\{.*?\}\}/g, '_'));
        const filled = (text: string) =>
          text
            .replaceAll('{{code}}', '123456')
            .replaceAll('{{username}}', () => username)
            .replaceAll('{{attribute.given_name}}', () => given_name)
            .replaceAll('{{metadata.t}}', () => t);
        const parameters = [...new URL(link).searchParams].map(([name, value]) => [name, filled(value)]);
        for (const written of [ofSms, /href="([^"]*)"/.exec(ofHtml ?? '')?.[1]]) {
          expect(written).toMatch(/^[^\s"'()<>*!]*$/);
          const url = new URL((written ?? '').replace('{####}', '123456'));
          expect([url.origin, url.pathname, url.hash]).toEqual([expected.origin, expected.pathname, expected.hash]);
          expect([...url.searchParams]).toEqual(parameters);
        }
      }),
    );
  });

  test('counts nine characters for each of its own', () => {
    const link = 'https://example.com/?u={{metadata.t}}{{username}}';
    const most = link.length - '{{metadata.t}}{{username}}'.length + 9 * (5 + 5) + '{####} '.length;
    expect(errorsOf('sms', `{{code}} ${link}${'x'.repeat(140 - most)}`)).toEqual([]);
    expect(errorsOf('sms', `{{code}} ${link}${'x'.repeat(141 - most)}`)).toEqual([
      expect.stringMatching(/^templates\.reset\.en\.sms:1: got 141 characters /),
    ]);
  });

  test('is not used when it is not well-formed', () => {
    const { _catalog } = catalogWith('sms', '{{code}} https://example.com/?u={{metadata.t}}');
    const values = { username: 'zoe', attributes: {}, metadata: { t: 'a\ud800' } };

    expect(render(_catalog.templates.reset.en, values, _catalog)).toEqual({
      skippedChannels: [{ channel: 'sms', reason: 'UnsuitableValue' }],
    });
  });
});

describe('a user name', () => {
  const { _catalog } = MessageCatalog.fromInline({
    defaultLocale: 'en',
    maxUsernameLength: 50,
    templates: { reset: { en: { emailSubject: '{{username}}', emailHtml: '<p>{{code}}, {{username}}.</p>' } } },
  });
  const rendered = (username: string) =>
    render(_catalog.templates.reset.en, { username, attributes: {}, metadata: {} }, _catalog);

  test.each([
    ['jane', 'jane'],
    ['J-a_n-3', 'J-a_n-3'],
    ['Зоя', 'Зоя'],
    ['jane.doe+reset@mail.example.com', 'jane.doe+reset@mail.example.com'],
    ["o'neil&co@example.com", 'o&#39;neil&amp;co@example.com'],
    ['+12065550100', '+12065550100'],
    ['0b0f3c1e-5a64-4a3f-9c7e-2f6d8d2b9a10', '0b0f3c1e-5a64-4a3f-9c7e-2f6d8d2b9a10'],
  ])('is shown exactly: %s', (username, html) => {
    expect(rendered(username).email).toEqual({ subject: username, html: `<p>{####}, ${html}.</p>` });
  });

  test.each([
    '',
    'jane doe',
    'example.com',
    'https://example.com',
    '<b>',
    '{####}',
    'a@b',
    'a@b.c d',
    '+1 206',
    'jane\u200b',
    'jane\u202e',
    'a/b',
    'a\nb',
  ])('is not shown at all: %j', (username) => {
    expect(rendered(username)).toEqual({ skippedChannels: [{ channel: 'email', reason: 'UnsuitableValue' }] });
  });

  test('is not shown when it is too long', () => {
    expect(rendered('x'.repeat(50)).email?.subject).toHaveLength(50);
    expect(rendered('x'.repeat(51)).skippedChannels).toEqual([{ channel: 'email', reason: 'ValueTooLong' }]);
  });

  test('keeps its digits', () => {
    expect(rendered('user42').email?.subject).toBe('user42');
  });
});

describe('the digits of a value', () => {
  const attributes = { given_name: 20, address: 20 };
  const texts = { sms: '{{code}} {{attribute.given_name}}|{{attribute.address}}|{{metadata.ticket}}' };
  const written = (digits?: Record<string, boolean>) => {
    const { _catalog } = MessageCatalog.fromInline({
      defaultLocale: 'en',
      attributes,
      metadata: { ticket: 20 },
      digits,
      templates: { reset: { en: texts } },
    });
    const values = { given_name: 'Zoe +1 206', address: 'Road 7, ١②', ticket: 'T-4711' };
    return render(
      _catalog.templates.reset.en,
      { username: 'zoe', attributes: values, metadata: { ticket: values.ticket } },
      _catalog,
    ).sms;
  };

  test('are shown in names and in metadata, and not in other attributes', () => {
    expect(written()).toBe('{####} Zoe +1 206|Road , |T-4711');
  });

  test('are shown or not as the catalog says', () => {
    const digits = { 'attribute.given_name': false, 'attribute.address': true, 'metadata.ticket': false };
    expect(written(digits)).toBe('{####} Zoe + |Road 7, ١②|T-');
  });

  test.each<[unknown, string]>([
    [true, 'digits: got true, expected an object such as {"attribute.given_name": false}'],
    [
      { given_name: false },
      'digits.given_name: got "given_name", which is not declared, expected one of attribute.given_name, attribute.address, metadata.ticket',
    ],
    [{ 'attribute.given_name': 'no' }, 'digits.attribute.given_name: got "no", expected true or false'],
  ])('are refused as %j', (digits, problem) => {
    expect(() => written(digits as Record<string, boolean>)).toThrow(problem);
  });
});
