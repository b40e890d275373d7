import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Lazy } from 'aws-cdk-lib';
import fc from 'fast-check';
import { type InlineMessageCatalogProps, MessageCatalog, type MessageTexts } from '../../../lib';

type Files = Readonly<Record<string, string | Uint8Array | undefined>>;

const SETTINGS = { defaultLocale: 'en', attributes: { given_name: 30 }, metadata: { ticket: 20 } };
const SUBJECT = 'Your new password';
const HTML = '<p>Hello {{attribute.given_name}}, your code for {{metadata.ticket}} is {{code}}.</p>';
const SMS = 'Your code is {{code}}';
const VALID: Files = {
  'catalog.json': JSON.stringify(SETTINGS),
  'reset/en/subject.txt': SUBJECT,
  'reset/en/email.html': HTML,
  'reset/en/sms.txt': SMS,
};
const VALID_TEXTS: MessageTexts = { emailSubject: SUBJECT, emailHtml: HTML, sms: SMS };
const VALID_PROPS: InlineMessageCatalogProps = { ...SETTINGS, templates: { reset: { en: VALID_TEXTS } } };

const CODE_EXPECTED = 'expected one: the user needs the code to choose a new password';
const CODE_SEEN_EXPECTED = `expected one in the text or in an attribute such as href: the user needs the code to choose a new password`;
const PLACEHOLDERS = 'expected {{code}}, {{username}}, {{attribute.NAME}} or {{metadata.KEY}}';
const BETWEEN_TAGS =
  'where it is not read as text, expected it between tags, or in the value of a query of an https link: the value comes from outside, and elsewhere in a tag, an attribute, a comment or a style it could act as markup or code';
const USERNAME_EXPECTED = 'got {username}, which Cognito fills in invitations only, expected {{username}}';
const SHORTEN = 'shorten the text or lower the maximum lengths';

const directories: string[] = [];
afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true });
});

const EXPECTED_CATALOG = {
  defaultLocale: 'en',
  attributes: { given_name: 30 },
  metadata: { ticket: 20 },
  maxUsernameLength: 128,
  templates: {
    reset: {
      en: {
        email: {
          subject: ['Your new password'],
          html: [
            '<p>Hello ',
            { attribute: 'given_name' },
            ', your code for ',
            { metadata: 'ticket' },
            ' is ',
            { code: true },
            '.</p>',
          ],
        },
        sms: ['Your code is ', { code: true }],
      },
    },
  },
};

test('MessageCatalog reads the same catalog from a directory and from a program', () => {
  const fromDirectory = MessageCatalog.fromDirectory(write(VALID));
  const fromInline = MessageCatalog.fromInline(VALID_PROPS);

  expect(fromDirectory._catalog).toEqual(EXPECTED_CATALOG);
  expect(JSON.stringify(fromInline._catalog)).toBe(JSON.stringify(fromDirectory._catalog));
  expect([...fromDirectory._warnings, ...fromInline._warnings]).toEqual([]);
});

test('MessageCatalog normalizes a catalog with every property', () => {
  const { _catalog } = MessageCatalog.fromInline({
    defaultLocale: 'PT-br',
    defaultTemplate: 'a',
    selfServiceTemplate: 'b',
    attributes: { 'custom:tier': 1, given_name: 2_048 },
    digits: { 'attribute.custom:tier': true },
    maxUsernameLength: 20,
    templates: {
      a: { 'pt-br': { sms: '{{ code }} {{  attribute.custom:tier }}' }, iw: { sms: '{{code}}' } },
      b: { 'pt-BR': { emailSubject: 'b', emailHtml: '<a href="https://example.com/?c={{code}}">b</a>' } },
    },
  });

  expect(_catalog).toEqual({
    defaultLocale: 'pt-BR',
    defaultTemplate: 'a',
    selfServiceTemplate: 'b',
    attributes: { 'custom:tier': 1, given_name: 2_048 },
    metadata: {},
    maxUsernameLength: 20,
    templates: {
      a: {
        'pt-BR': { sms: [{ code: true }, ' ', { attribute: 'custom:tier' }] },
        he: { sms: [{ code: true }] },
      },
      b: {
        'pt-BR': {
          email: { subject: ['b'], html: ['<a href="https://example.com/?c=', { code: true }, '">b</a>'] },
        },
      },
    },
  });
});

test('MessageCatalog ignores the order of keys and files, the form of locales and the kind of line breaks', () => {
  const texts = {
    emailSubject: 'a',
    emailHtml: '<p>\n{{code}}\n{{attribute.a}} {{attribute.b}}',
    sms: '1\n{{ code }}',
  };
  const one = MessageCatalog.fromInline({
    templates: { x: { de: texts, en: texts }, a: { en: texts, 'pt-BR': texts } },
    attributes: { b: 2, a: 1 },
    defaultTemplate: 'x',
    defaultLocale: 'en',
  });
  const other = MessageCatalog.fromDirectory(
    write({
      'catalog.json': '\uFEFF{"defaultLocale":"EN","attributes":{"a":1,"b":2},"defaultTemplate":"x"}',
      ...Object.fromEntries(
        ['x/en', 'x/de', 'a/pt_br', 'a/en'].flatMap((folder) => [
          [`${folder}/sms.txt`, '1\r\n{{code}}\r\n'],
          [`${folder}/email.html`, '\uFEFF<p>\r\n{{code}}\r\n{{ attribute.a }} {{attribute.b}}'],
          [`${folder}/subject.txt`, 'a\n'],
          [`${folder}/.keep`, ''],
        ]),
      ),
      '.DS_Store': new Uint8Array([0]),
      'x/.DS_Store': new Uint8Array([0]),
    }),
  );

  expect(JSON.stringify(other._catalog)).toBe(JSON.stringify(one._catalog));
});

test('MessageCatalog drops exactly one line break at the end of a file', () => {
  const { _catalog } = MessageCatalog.fromDirectory(
    write({ ...VALID, 'reset/en/subject.txt': 'Subject\r\n', 'reset/en/sms.txt': '{{code}}\n\n' }),
  );

  expect(_catalog.templates.reset.en.email?.subject).toEqual(['Subject']);
  expect(_catalog.templates.reset.en.sms).toEqual([{ code: true }, '\n']);
});

test('MessageCatalog follows symbolic links to folders and files', () => {
  const directory = write({
    ...VALID,
    'catalog.json': '{"defaultLocale":"en","attributes":{"given_name":30},"metadata":{"ticket":20}}',
  });
  symlinkSync(join(directory, 'reset', 'en'), join(directory, 'reset', 'de'));

  expect(Object.keys(MessageCatalog.fromDirectory(directory)._catalog.templates.reset)).toEqual(['de', 'en']);
});

/** The problems of one text, each with its line. */
const TEXTS: readonly [keyof MessageTexts, string, string[]][] = [
  ['sms', '', ['1: got an empty text, expected one with words in it']],
  ['emailSubject', ' \t', ['1: got an empty text, expected one with words in it']],
  ['emailHtml', '\n \n', ['1: got an empty text, expected one with words in it']],

  // The code.
  ['sms', 'line\nno code', [`1: got no {{code}}, ${CODE_EXPECTED}`]],
  ['emailHtml', '<p>no code</p>', [`1: got no {{code}} that the user sees, ${CODE_SEEN_EXPECTED}`]],
  ...[
    '<!-- {{code}} -->',
    '<style>{{code}}</style>',
    '<script>{{code}}</script>',
    '<title>{{code}}</title>',
    '<b {{code}}>',
  ].map((html): [keyof MessageTexts, string, string[]] => [
    'emailHtml',
    `<p>\n${html}</p>`,
    [`1: got no {{code}} that the user sees, ${CODE_SEEN_EXPECTED}`],
  ]),
  ['emailHtml', '<!-- {{code}} --><p title="{{code}}">', []],
  ['emailHtml', '<!--[if mso]>{{code}}<![endif]--><p>{{code}}', []],

  // Placeholders.
  ['sms', '{{code}}\n{{user}}', [`2: got {{user}}, ${PLACEHOLDERS}`]],
  ['sms', '{{code}} {{CODE}}', [`1: got {{CODE}}, ${PLACEHOLDERS}`]],
  ['sms', '{{code}} {{}}', [`1: got {{}}, ${PLACEHOLDERS}`]],
  ['sms', '{{code}} {{\n"code"}}', [`1: got {{\\n"code"}}, ${PLACEHOLDERS}`]],
  ['sms', '{{code}} {{attribute.}}', [`1: got {{attribute.}}, ${PLACEHOLDERS}`]],
  ['sms', '{{code}} {{attribute.a b}}', [`1: got {{attribute.a b}}, ${PLACEHOLDERS}`]],
  ['sms', '{{code}} {{metadata.custom:a}}', [`1: got {{metadata.custom:a}}, ${PLACEHOLDERS}`]],
  ['sms', `{{code}} {{${'x'.repeat(100)}}}`, [`1: got {{${'x'.repeat(78)}…, ${PLACEHOLDERS}`]],
  [
    'sms',
    '{{code}}\n{{attribute.name}}\n{{metadata.given_name}}',
    [
      '2: got {{attribute.name}}, which is not declared in attributes, expected one of given_name: declare it there with the maximum length of its value',
      '3: got {{metadata.given_name}}, which is not declared in metadata, expected one of ticket: declare it there with the maximum length of its value',
    ],
  ],
  [
    'emailSubject',
    '{{attribute.constructor}} {{metadata.__proto__}}',
    [
      '1: got {{attribute.constructor}}, which is not declared in attributes, expected one of given_name: declare it there with the maximum length of its value',
      '1: got {{metadata.__proto__}}, which is not declared in metadata, expected one of ticket: declare it there with the maximum length of its value',
    ],
  ],

  // Braces.
  ['sms', '{{code}}\n{{code', [`2: got {{ without }}, ${PLACEHOLDERS}`]],
  ['sms', '{{code}}\ncode}}', [`2: got }} without {{, ${PLACEHOLDERS}`]],
  ['emailHtml', '{{code}}\n{{code', [`2: got {{ without }}, ${PLACEHOLDERS}`]],
  ['emailHtml', '<style>@media print {\np{color:red}}</style>{{code}}', []],
  ['sms', '{{code}} {{{code}}}', ['1: got {{{code}}}, expected two braces on each side of a placeholder']],
  ['sms', '{{code}} {{code}}}', ['1: got {{code}}}, expected two braces on each side of a placeholder']],
  ['emailHtml', '{{code}} {{{{code}}', ['1: got {{{{code}}, expected two braces on each side of a placeholder']],
  ['sms', '{{code}} {', [`1: got a single {, ${PLACEHOLDERS}: braces are for placeholders only`]],
  ['emailSubject', 'a }', [`1: got a single }, ${PLACEHOLDERS}: braces are for placeholders only`]],
  ['emailHtml', '{{code}}\n{', ['2: got a single { without }, expected pairs']],
  [
    'emailHtml',
    '{{code}}\n} {',
    ['2: got a single } without {, expected pairs', '2: got a single { without }, expected pairs'],
  ],
  ['emailHtml', '<style>\np { color: red; }\n@media print { p { color: red } }\n</style>{{code}}', []],
  ['sms', '{{code}} {####}', ['1: got {####}, which Cognito replaces, expected {{code}} for the code']],
  ['emailHtml', '<script type="application/ld+json">{"a":{"b":{}}}</script>{{code}}', []],
  ['emailSubject', 'a {username}', [`1: ${USERNAME_EXPECTED}`]],
  [
    'emailHtml',
    '{{code}}\n{####} {username}',
    ['2: got {####}, which Cognito replaces, expected {{code}} for the code', `2: ${USERNAME_EXPECTED}`],
  ],

  // Positions of values in HTML.
  ...[
    '<a href="{{metadata.ticket}}">',
    '<a title={{metadata.ticket}}>',
    '<a {{metadata.ticket}}>',
    '<{{metadata.ticket}}>',
    '<b{{metadata.ticket}}>',
    '</{{metadata.ticket}}>',
    '<!{{metadata.ticket}}>',
    '<{{metadata.ticket}}',
    '<!-- {{metadata.ticket}} -->',
    '<style>{{metadata.ticket}}</style>',
    '<p><style>{{metadata.ticket}}',
    '<script>{{metadata.ticket}}</script>',
    '<title>{{metadata.ticket}}</title>',
    '<textarea>{{metadata.ticket}}</textarea>',
    '<noscript>{{metadata.ticket}}</noscript>',
    '<template>{{metadata.ticket}}</template>',
    '<svg><text>{{metadata.ticket}}</text></svg>',
    'a<table><tr title="{{metadata.ticket}}">a',
    'a</a title="{{metadata.ticket}}">a',
    '<!--[if mso]>{{metadata.ticket}}<![endif]-->',
  ].map((html): [keyof MessageTexts, string, string[]] => [
    'emailHtml',
    `{{code}}\n${html}`,
    [`2: got {{metadata.ticket}} ${BETWEEN_TAGS}`],
  ]),
  [
    'emailHtml',
    '{{code}}<p\ntitle="{{ attribute.given_name }}">',
    [`2: got {{ attribute.given_name }} ${BETWEEN_TAGS}`],
  ],
  ['emailHtml', '<p>{{code}} < {{attribute.given_name}} &amp; {{ metadata.ticket }}<br>', []],

  // Characters.
  ['emailSubject', 'a\nb', ['1: got a line break, expected none: a subject is one line']],
  ['emailSubject', 'a\r\nb', ['1: got a line break, expected none: a subject is one line']],
  ['emailSubject', 'a\u2028b', ['1: got a line break, expected none: a subject is one line']],
  ['emailSubject', 'a\tb', ['1: got the character U+0009, expected no control characters']],
  ['emailSubject', 'a\rb', ['1: got the character U+000D, expected no control characters']],
  ['sms', '{{code}}\n\n\u0007', ['3: got the character U+0007, expected no control characters']],
  ['sms', '{{code}}\t', ['1: got the character U+0009, expected no control characters']],
  ['sms', '{{code}}\u2029', ['1: got the character U+2029, expected no control characters']],
  ['emailHtml', '{{code}}\n\u0000', ['2: got the character U+0000, expected no control characters']],
  ['emailHtml', '{{code}}\u0085', ['1: got the character U+0085, expected no control characters']],
  ['emailHtml', '\t{{code}}\r\n', []],

  // Lengths.
  ['emailSubject', 'x'.repeat(140), []],
  ['emailSubject', 'x'.repeat(141), [length(141, 140)]],
  ['emailSubject', `${'x'.repeat(134)}{{ code }}`, []],
  ['emailSubject', `${'x'.repeat(135)}{{code}}`, [length(141, 140)]],
  ['emailSubject', `${'x'.repeat(110)}{{attribute.given_name}}`, []],
  ['emailSubject', `${'x'.repeat(111)}{{attribute.given_name}}`, [length(141, 140)]],
  ['emailSubject', '😀'.repeat(70), []],
  ['emailSubject', `${'😀'.repeat(70)}x`, [length(141, 140)]],
  ['sms', `{{code}}${'x'.repeat(114)}{{metadata.ticket}}`, []],
  ['sms', `{{code}}${'x'.repeat(115)}{{metadata.ticket}}`, [length(141, 140)]],
  // The trigger may insert a space between a value and its neighbour.
  ['sms', `{{code}}${'x'.repeat(100)} ab.{{metadata.ticket}}${' x'.repeat(5)}`, [length(141, 140)]],
  ['sms', `{{code}}${'x'.repeat(94)} {{metadata.ticket}}${'x'.repeat(19)}`, [length(141, 140)]],
  ['sms', `{{code}}${'x'.repeat(94)} {{metadata.ticket}}, ${'x'.repeat(17)}`, []],
  ['sms', `{{code}}${'x'.repeat(112)}:{{metadata.ticket}}`, []],
  ['sms', `{{code}}${'x'.repeat(113)}:{{metadata.ticket}}`, [length(141, 140)]],
  ['sms', `{{code}}${'x'.repeat(94)}{{metadata.ticket}}{{metadata.ticket}}`, [length(141, 140)]],
  ['sms', `{{code}}${'x'.repeat(93)} {{metadata.ticket}}-{{metadata.ticket}}`, [length(142, 140)]],
  ['sms', `{{code}}${'x'.repeat(91)} {{metadata.ticket}}-{{metadata.ticket}}`, []],
  ['sms', `{{code}}${'x'.repeat(92)} {{metadata.ticket}}/{{metadata.ticket}}`, []],
  ['sms', `${'x'.repeat(114)}{{code}}{{metadata.ticket}}`, []],
  ['sms', `{{code}}${'\r\n'.repeat(134)}`, []],
  ['emailHtml', `{{code}}{{metadata.ticket}}>${'x'.repeat(20_000 - 7 - 140)}`, []],
  [
    'emailHtml',
    `{{code}}{{metadata.ticket}}>${'x'.repeat(20_000 - 7 - 139)}`,
    [
      `1: got 20001 characters with the code and with every value at its maximum length and escaped (7 times that), expected at most 20000: ${SHORTEN}`,
    ],
  ],
  [
    'emailHtml',
    '{'.repeat(200_001),
    [
      `1: got 200001 characters with the code and with every value at its maximum length and escaped (7 times that), expected at most 20000: ${SHORTEN}`,
    ],
  ],

  // Several problems, in the order of their positions.
  [
    'sms',
    '\u0001{{a}}\n{{attribute.b}}\n{ {{c',
    [
      `1: got no {{code}}, ${CODE_EXPECTED}`,
      '1: got the character U+0001, expected no control characters',
      `1: got {{a}}, ${PLACEHOLDERS}`,
      '2: got {{attribute.b}}, which is not declared in attributes, expected one of given_name: declare it there with the maximum length of its value',
      `3: got a single {, ${PLACEHOLDERS}: braces are for placeholders only`,
      `3: got {{ without }}, ${PLACEHOLDERS}`,
    ],
  ],
];

describe.each(
  TEXTS.map(([property, text, expected]) => ({ property, text, expected, title: JSON.stringify(text.slice(0, 60)) })),
)('MessageCatalog with $property $title', ({ property, text, expected }) => {
  test('reports its problems in a directory', () => {
    const file = { emailSubject: 'subject.txt', emailHtml: 'email.html', sms: 'sms.txt' }[property];
    expect(errorsOf({ ...VALID, [`reset/en/${file}`]: text })).toEqual(
      expected.map((line) => `messages/reset/en/${file}:${line}`),
    );
  });

  test('reports its problems in a program', () => {
    const templates = { reset: { en: { ...VALID_TEXTS, [property]: text } } };
    expect(inlineErrorsOf({ ...VALID_PROPS, templates })).toEqual(
      expected.map((line) => `templates.reset.en.${property}:${line}`),
    );
  });
});

const KEYS = 'attributes, defaultLocale, defaultTemplate, digits, maxUsernameLength, metadata, selfServiceTemplate';
const LENGTH = 'expected the maximum length of the value, from 1 to 2,048 characters';
const ATTRIBUTE_NAME =
  'expected the name of a user attribute: 1 to 64 letters, digits, hyphens, underscores and colons';
const METADATA_KEY = 'expected a ClientMetadata key of 1 to 64 letters, digits, hyphens and underscores';

/** The problems of settings, each with its property. */
const WRONG_SETTINGS: readonly [Record<string, unknown>, string[]][] = [
  [{ defaultLocale: undefined }, ['defaultLocale: got nothing, expected a BCP 47 tag such as en or pt-BR']],
  [{ defaultLocale: null }, ['defaultLocale: got null, expected a BCP 47 tag such as en or pt-BR']],
  [{ defaultLocale: 'english!' }, ['defaultLocale: got "english!", expected a BCP 47 tag such as en or pt-BR']],
  [{ defaultLocale: 'en_US.UTF-8' }, ['defaultLocale: got "en_US.UTF-8", expected a BCP 47 tag: write en-US']],
  [{ defaultTemplate: 1 }, ['defaultTemplate: got 1, expected the name of a template']],
  [{ defaultTemplate: 'rest' }, ['defaultTemplate: got "rest", which is not a template, expected one of "reset"']],
  [
    { defaultTemplate: 'constructor' },
    ['defaultTemplate: got "constructor", which is not a template, expected one of "reset"'],
  ],
  [{ selfServiceTemplate: null }, ['selfServiceTemplate: got null, expected the name of a template']],
  [{ selfServiceTemplate: '' }, ['selfServiceTemplate: got "", which is not a template, expected one of "reset"']],
  [{ attributes: [] }, ['attributes: got [], expected an object of names with their maximum lengths']],
  [{ metadata: 'ticket' }, ['metadata: got "ticket", expected an object of names with their maximum lengths']],
  [{ defaultlocale: 'de' }, [`defaultlocale: got the key "defaultlocale", expected one of ${KEYS}`]],
  ...[0, 2_049, 1.5, -1, '20', null, {}].map((length): [Record<string, unknown>, string[]] => [
    { metadata: { ticket: length } },
    [`metadata.ticket: got ${JSON.stringify(length)}, ${LENGTH}`],
  ]),
  [{ attributes: { given_name: 0 } }, [`attributes.given_name: got 0, ${LENGTH}`]],
  ...['', 'a b', 'ä', 'a.b', 'x'.repeat(65)].map((name): [Record<string, unknown>, string[]] => [
    { attributes: { given_name: 1, [name]: 1 }, metadata: { ticket: 1, [name]: 1 } },
    [
      `attributes.${name}: got the name ${JSON.stringify(name)}, ${ATTRIBUTE_NAME}`,
      `metadata.${name}: got the name ${JSON.stringify(name)}, ${METADATA_KEY}`,
    ],
  ]),
  [{ metadata: { ticket: 1, 'a:b': 1 } }, [`metadata.a:b: got the name "a:b", ${METADATA_KEY}`]],
  ...['cdkCognitoPasswordReset', 'template', 'locale'].map((key): [Record<string, unknown>, string[]] => [
    { metadata: { ticket: 1, [key]: 1 } },
    [`metadata.${key}: got "${key}", which is reserved, expected another key`],
  ]),
];

describe.each(WRONG_SETTINGS)('MessageCatalog with the settings %j', (settings, expected) => {
  test('reports their problems in a directory', () => {
    const json = JSON.stringify({ ...SETTINGS, ...settings }, null, 2);
    const lines = expected.map((line) => {
      const [path, text] = cutAt(line, ': ');
      return `messages/catalog.json:${lineOfKey(json, path)}: ${text}`;
    });
    expect(errorsOf({ ...VALID, 'catalog.json': json })).toEqual(lines);
  });

  test('reports their problems in a program', () => {
    expect(inlineErrorsOf({ ...VALID_PROPS, ...settings })).toEqual(expected);
  });
});

test('MessageCatalog accepts names and lengths at their limits', () => {
  const [attribute, key] = [`${'a:'.repeat(31)}-_`, `${'m'.repeat(62)}-_`];
  const texts = { emailSubject: 'a', emailHtml: `{{code}}{{attribute.${attribute}}}{{metadata.${key}}}` };
  const { _catalog } = MessageCatalog.fromInline({
    defaultLocale: 'en',
    attributes: { [attribute]: 800 },
    metadata: { [key]: 2_048 },
    templates: { ['t'.repeat(64)]: { en: texts } },
  });

  expect(_catalog.templates['t'.repeat(64)].en.email?.html).toEqual([
    { code: true },
    { attribute, withoutDigits: true },
    { metadata: key },
  ]);
});

/** The problems of a directory. */
test.each<[string, Files, string[]]>([
  [
    'no settings',
    { 'catalog.json': undefined },
    ['messages/catalog.json: got no such file, expected one with at least {"defaultLocale": "en"} or another locale'],
  ],
  [
    'settings that are a folder',
    { 'catalog.json': undefined, 'catalog.json/a': '' },
    ['messages/catalog.json: got no such file, expected one with at least {"defaultLocale": "en"} or another locale'],
  ],
  [
    'settings that are a list',
    { 'catalog.json': '\n[]' },
    ['messages/catalog.json:1: got [], expected an object such as {"defaultLocale": "en"}'],
  ],
  [
    'settings that are null',
    { 'catalog.json': 'null' },
    ['messages/catalog.json:1: got null, expected an object such as {"defaultLocale": "en"}'],
  ],
  [
    'settings that are not UTF-8',
    { 'catalog.json': bytes('{\n"defaultLocale":\n"', [0xff], 'n"}') },
    [
      'messages/catalog.json:3: got bytes that are not UTF-8, expected UTF-8: save the file in that encoding',
      'messages/catalog.json:2: got "\uFFFDn", expected a BCP 47 tag such as en or pt-BR',
      'messages/reset/en/email.html:1: got {{attribute.given_name}}, which is not declared in attributes, expected none, because none is declared: declare it there with the maximum length of its value',
      'messages/reset/en/email.html:1: got {{metadata.ticket}}, which is not declared in metadata, expected none, because none is declared: declare it there with the maximum length of its value',
    ],
  ],
  [
    'a file beside the templates',
    { 'readme.md': '' },
    [
      'messages/readme.md: got something other than a folder, expected only catalog.json and a folder for each template',
    ],
  ],
  [
    'a file among the locales',
    { 'reset/sms.txt': '' },
    ['messages/reset/sms.txt: got something other than a folder, expected a folder for each locale'],
  ],
  [
    'a file with a typo',
    { 'reset/en/subjct.txt': 'a' },
    ['messages/reset/en/subjct.txt: got something else, expected only the files subject.txt, email.html, sms.txt'],
  ],
  [
    'a folder among the texts',
    { 'reset/en/more/a': '' },
    ['messages/reset/en/more: got something else, expected only the files subject.txt, email.html, sms.txt'],
  ],
  [
    'a folder instead of a text',
    { 'reset/en/sms.txt': undefined, 'reset/en/sms.txt/a': '' },
    [
      'messages/reset/en/sms.txt: got something other than a file, expected only the files subject.txt, email.html, sms.txt',
    ],
  ],
  [
    'a text that is not UTF-8',
    { 'reset/en/sms.txt': bytes('{{code}}\ngr', [0xfc], 'n') },
    ['messages/reset/en/sms.txt:2: got bytes that are not UTF-8, expected UTF-8: save the file in that encoding'],
  ],
  [
    'an unknown default template and no templates',
    { 'catalog.json': JSON.stringify({ ...SETTINGS, defaultTemplate: 'a' }), ...only({}) },
    ['messages/catalog.json:1: got "a", which is not a template, expected none, because there are no templates'],
  ],
  [
    'a line break in a file name',
    { 'a\nb': '' },
    ['messages/a?b: got something other than a folder, expected only catalog.json and a folder for each template'],
  ],
])('MessageCatalog.fromDirectory reports %s', (_, changes, expected) => {
  expect(errorsOf({ ...VALID, ...changes })).toEqual(expected);
});

test.each(['{\n  "defaultLocale": "en",\n}', '{"defaultLocale": "en"', '{\n"defaultLocale": en}', '', 'x'])(
  'MessageCatalog.fromDirectory reports settings that are not JSON: %j',
  (json) => {
    const message = thrownBy(() => JSON.parse(json));
    const position = Number(/position (\d+)/.exec(message)?.[1] ?? 0);
    const line = json.slice(0, position).split('\n').length;
    expect(errorsOf({ ...VALID, 'catalog.json': json })).toEqual([
      `messages/catalog.json:${line}: got text that is not JSON, expected an object: ${message.replaceAll('\n', '\\n')}`,
    ]);
  },
);

test.each(['nowhere', 'nowhere\0', ''])(
  'MessageCatalog.fromDirectory refuses the path %j, which does not exist',
  (name) => {
    const path = name && join(write({}), name);
    expect(() => MessageCatalog.fromDirectory(path)).toThrow(
      new Error(
        `path: got ${JSON.stringify(path)}, which is not a directory, expected one with catalog.json and a folder for each template`,
      ),
    );
  },
);

test('MessageCatalog.fromDirectory refuses the path of a file', () => {
  const path = join(write(VALID), 'catalog.json');
  expect(() => MessageCatalog.fromDirectory(path)).toThrow(
    new Error(
      `path: got ${JSON.stringify(path)}, which is not a directory, expected one with catalog.json and a folder for each template`,
    ),
  );
});

/** The problems of templates and locales, in a directory and in a program. */
const ONLY_SMS = { sms: SMS };
const EMAIL = { emailSubject: 'a', emailHtml: '{{code}}' };
test.each<[string, Record<string, Record<string, MessageTexts>>, string[]]>([
  [
    'an invalid template name',
    { 'a b': { en: ONLY_SMS } },
    ['a b: got the name "a b", expected 1 to 64 letters, digits, hyphens and underscores'],
  ],
  [
    'a template name that is too long',
    { ['x'.repeat(65)]: { en: ONLY_SMS } },
    [`${'x'.repeat(65)}: got the name "${'x'.repeat(65)}", expected 1 to 64 letters, digits, hyphens and underscores`],
  ],
  [
    'an encoding or a modifier in a locale',
    { a: { en: ONLY_SMS, 'de_DE.UTF-8': ONLY_SMS, 'fr_FR@euro': ONLY_SMS, 'pt.bak': ONLY_SMS, 'sr@latin': ONLY_SMS } },
    [
      'a/de_DE.UTF-8: got the locale "de_DE.UTF-8", expected a BCP 47 tag: write de-DE',
      'a/fr_FR@euro: got the locale "fr_FR@euro", expected a BCP 47 tag: write fr-FR',
      'a/pt.bak: got the locale "pt.bak", expected a BCP 47 tag: write pt',
      'a/sr@latin: got the locale "sr@latin", expected a BCP 47 tag: write sr-Latn',
    ],
  ],
  [
    'invalid locales',
    { a: { en: ONLY_SMS, german: ONLY_SMS, '1': ONLY_SMS } },
    [
      'a/1: got the locale "1", expected a BCP 47 tag such as en or pt-BR',
      'a/german: got the locale "german", expected a BCP 47 tag such as en or pt-BR',
    ],
  ],
  [
    'the same locale in two cases',
    { a: { en: ONLY_SMS, 'pt-BR': ONLY_SMS, 'pt-br': ONLY_SMS } },
    ['a/pt-br: got "pt-br" beside "pt-BR", expected one of them: both are the locale pt-BR'],
  ],
  [
    'the same locale with a hyphen and an underscore',
    { a: { en: ONLY_SMS, 'pt-BR': ONLY_SMS, pt_BR: ONLY_SMS } },
    ['a/pt_BR: got "pt_BR" beside "pt-BR", expected one of them: both are the locale pt-BR'],
  ],
  [
    'the same locale under two names',
    { a: { en: ONLY_SMS, he: ONLY_SMS, iw: ONLY_SMS } },
    ['a/iw: got "iw" beside "he", expected one of them: both are the locale he'],
  ],
  [
    'no default locale',
    { a: { de: ONLY_SMS, fr: ONLY_SMS } },
    ['a: got "de", "fr", expected the default locale en among the locales: add it'],
  ],
  [
    'a template without locales',
    { a: {} },
    ['a: got nothing, expected the default locale en among the locales: add it'],
  ],
  [
    'a locale without texts',
    { a: { en: {} } },
    ['a/en: got no texts, expected an email message, an SMS message or both'],
  ],
  [
    'a second locale without texts',
    { a: { en: ONLY_SMS, de: {} } },
    [
      'a/de: got no texts, expected an email message, an SMS message or both',
      'a/de/sms: got no SMS message, expected one: the default locale en has one, and all locales of a template must have the same kinds of message',
    ],
  ],
  [
    'a subject without HTML',
    { a: { en: { emailSubject: 'a' } } },
    [
      'a/en/emailHtml: got no text, expected one: an email message needs both a subject and HTML: add it or remove the other',
    ],
  ],
  [
    'HTML without a subject',
    { a: { en: { emailHtml: '{{code}}' } } },
    [
      'a/en/emailSubject: got no text, expected one: an email message needs both a subject and HTML: add it or remove the other',
    ],
  ],
  [
    'a missing SMS message',
    { a: { en: { ...EMAIL, sms: SMS }, de: EMAIL } },
    [
      'a/de/sms: got no SMS message, expected one: the default locale en has one, and all locales of a template must have the same kinds of message',
    ],
  ],
  [
    'an extra SMS message',
    { a: { en: EMAIL, de: { ...EMAIL, sms: SMS } } },
    [
      'a/de/sms: got an SMS message, expected none: the default locale en has none, and all locales of a template must have the same kinds of message',
    ],
  ],
  [
    'a missing email message',
    { a: { en: { ...EMAIL, sms: SMS }, de: ONLY_SMS } },
    [
      'a/de/emailSubject: got no email message, expected one: the default locale en has one, and all locales of a template must have the same kinds of message',
    ],
  ],
  [
    'an extra email message',
    { a: { en: ONLY_SMS, de: { ...EMAIL, sms: SMS } } },
    [
      'a/de/emailSubject: got an email message, expected none: the default locale en has none, and all locales of a template must have the same kinds of message',
    ],
  ],
  ['no problem with templates of different kinds', { a: { en: ONLY_SMS }, b: { en: EMAIL } }, []],
  [
    'no problem with template names that objects inherit',
    { constructor: { en: ONLY_SMS }, toString: { en: ONLY_SMS }, ['__proto__']: { en: ONLY_SMS } },
    [],
  ],
])('MessageCatalog reports %s', (_, templates, expected) => {
  const files = Object.entries(templates).flatMap(([template, locales]) => [
    [`${template}/`, undefined],
    ...Object.entries(locales).flatMap(([locale, texts]) => [
      [`${template}/${locale}/`, undefined],
      ...Object.entries(texts).map(([property, text]) => [`${template}/${locale}/${FILE_OF[property]}`, text]),
    ]),
  ]);
  expect(errorsOf({ 'catalog.json': '{"defaultLocale":"en"}', ...Object.fromEntries(files) })).toEqual(
    expected.map((line) => {
      const [place, text] = cutAt(line, ': ');
      const path = place.split('/').map((name) => FILE_OF[name] ?? name);
      return `messages/${path.join('/')}: ${text}`;
    }),
  );
  expect(inlineErrorsOf({ defaultLocale: 'en', templates })).toEqual(
    expected.map((line) => {
      const [place, text] = cutAt(line, ': ');
      return `templates.${place.replaceAll('/', '.')}: ${text}`;
    }),
  );
});

test('MessageCatalog reports metadata in the self-service template', () => {
  const html = '<p>{{code}}\n{{metadata.ticket}} {{attribute.given_name}}';
  const texts = { emailSubject: '{{metadata.ticket}}', emailHtml: html, sms: '{{code}}' };
  const problem = 'got {{metadata.ticket}} in the self-service template, expected no metadata: any caller can send it';

  expect(
    inlineErrorsOf({
      ...VALID_PROPS,
      selfServiceTemplate: 'b',
      templates: { a: { en: texts }, b: { de: texts, en: texts } },
    }),
  ).toEqual(
    ['de', 'en'].flatMap((locale) => [
      `templates.b.${locale}.emailSubject:1: ${problem}`,
      `templates.b.${locale}.emailHtml:2: ${problem}`,
    ]),
  );
});

/** The problems that only a program can have, in part because jsii callers may not check types. */
test.each<[string, unknown, string[]]>([
  ['no templates', undefined, ['templates: got nothing, expected an object of templates']],
  ['a list of templates', [], ['templates: got [], expected an object of templates']],
  [
    'a template that is null',
    { a: null },
    [
      'templates.a: got null, expected an object of locales',
      'templates.a: got nothing, expected the default locale en among the locales: add it',
    ],
  ],
  [
    'a text instead of an object of texts',
    { a: { en: 'text' } },
    [
      'templates.a.en: got "text", expected an object of texts',
      'templates.a.en: got no texts, expected an email message, an SMS message or both',
    ],
  ],
  [
    'a property with a typo',
    { a: { en: { ...ONLY_SMS, emailHTML: '' } } },
    ['templates.a.en.emailHTML: got the property "emailHTML", expected only emailSubject, emailHtml, sms'],
  ],
  [
    'a property that every object inherits',
    { a: { en: { ...ONLY_SMS, constructor: 'a' } } },
    ['templates.a.en.constructor: got the property "constructor", expected only emailSubject, emailHtml, sms'],
  ],
  ['a text that is a number', { a: { en: { ...EMAIL, sms: 1 } } }, ['templates.a.en.sms: got 1, expected a text']],
  ['no problem with a text that is undefined', { a: { en: { ...EMAIL, sms: undefined } } }, []],
  [
    'a text with a token',
    { a: { en: { ...EMAIL, sms: `{{code}} ${Lazy.string({ produce: () => 'a' })}` } } },
    [
      'templates.a.en.sms: got a text with a token in it, expected one that is known at synth: the catalog is part of the function, not of the template',
    ],
  ],
  [
    'half of a surrogate pair',
    { a: { en: { sms: '{{code}}\n\uD83D' } } },
    ['templates.a.en.sms:2: got the character U+D83D, expected no control characters'],
  ],
])('MessageCatalog.fromInline reports %s', (_, templates, expected) => {
  expect(inlineErrorsOf({ defaultLocale: 'en', templates } as InlineMessageCatalogProps)).toEqual(expected);
});

test('MessageCatalog reports all problems of a catalog in one error', () => {
  expect(
    errorsOf({
      'catalog.json':
        '{\n  "defaultLocale": "en",\n  "defaultTemplate": "rest",\n  "metadata": {\n    "ticket": 0\n  }\n}',
      'reset/en/subject.txt': 'a\nb',
      'reset/en/email.html': '<p title="{{metadata.ticket}}">\n{{code}',
      'reset/de/sms.txt': 'x',
      'reset/de/notes.txt': '',
      'help me/en/sms.txt': SMS,
    }),
  ).toEqual([
    'messages/reset/de/notes.txt: got something else, expected only the files subject.txt, email.html, sms.txt',
    `messages/catalog.json:5: got 0, ${LENGTH}`,
    'messages/help me: got the name "help me", expected 1 to 64 letters, digits, hyphens and underscores',
    'messages/reset/de/subject.txt: got no email message, expected one: the default locale en has one, and all locales of a template must have the same kinds of message',
    'messages/reset/de/sms.txt: got an SMS message, expected none: the default locale en has none, and all locales of a template must have the same kinds of message',
    `messages/reset/de/sms.txt:1: got no {{code}}, ${CODE_EXPECTED}`,
    'messages/reset/en/subject.txt:1: got a line break, expected none: a subject is one line',
    `messages/reset/en/email.html:1: got no {{code}} that the user sees, ${CODE_SEEN_EXPECTED}`,
    `messages/reset/en/email.html:1: got {{metadata.ticket}} ${BETWEEN_TAGS}`,
    `messages/reset/en/email.html:2: got {{ without }}, ${PLACEHOLDERS}`,
    'messages/reset/en/email.html:2: got a single } without {, expected pairs',
    'messages/catalog.json:3: got "rest", which is not a template, expected one of "help me", "reset"',
  ]);
});

test('MessageCatalog counts what is sent, and takes placeholders and lines from what is written', () => {
  const spacers = '\u200c'.repeat(2_850);
  const errors = inlineErrorsOf({
    ...VALID_PROPS,
    templates: { reset: { en: { ...VALID_TEXTS, emailHtml: `${spacers}\n{{code}}${'x'.repeat(43)}\n{{a}}` } } },
  });
  expect(errors).toEqual([
    `templates.reset.en.emailHtml:1: got 20006 characters with the code and with every value at its maximum length and escaped (7 times that), expected at most 20000: ${SHORTEN}`,
    `templates.reset.en.emailHtml:3: got {{a}}, ${PLACEHOLDERS}`,
  ]);

  const { _catalog } = MessageCatalog.fromInline({
    defaultLocale: 'en',
    attributes: { given_name: 30 },
    templates: { a: { en: { emailSubject: '\u00a0a\u200b', emailHtml: '\u00a0{{code}}🔒{{attribute.given_name}}' } } },
  });
  expect(_catalog.templates.a.en.email).toEqual({
    subject: [' a'],
    html: ['&#160;', { code: true }, '&#128274;', { attribute: 'given_name' }],
  });
});

test.each([
  ['emailSubject', '\u200b\u2060'],
  ['sms', '\u00a0\ufeff'],
] as const)('MessageCatalog reports a text in which nothing is left to send: %s', (property, text) => {
  const templates = { reset: { en: { ...VALID_TEXTS, [property]: text } } };
  expect(inlineErrorsOf({ ...VALID_PROPS, templates })).toEqual([
    `templates.reset.en.${property}:1: got an empty text, expected one with words in it`,
  ]);
});

test('MessageCatalog counts the space that the trigger inserts after an escaped dot, or before an escaped letter', () => {
  for (const text of ['example&#46;{{metadata.ticket}} ', '{{metadata.ticket}}&#119834;']) {
    const at = text.length - '{{metadata.ticket}}'.length;
    const longest = `{{code}}${text}${'x'.repeat(20_000 - 6 - 140 - at - 1)}`;
    const props = (html: string) => ({
      ...VALID_PROPS,
      templates: { reset: { en: { ...VALID_TEXTS, emailHtml: html } } },
    });
    expect(inlineErrorsOf(props(longest))).toEqual([]);
    expect(inlineErrorsOf(props(`${longest}x`))).toHaveLength(1);
  }
});

describe('MessageCatalog warnings', () => {
  test('name each character that is sent otherwise than written, or may fail', () => {
    const refused = 'which Cognito refuses';
    const newer =
      'which fails every reset if it is newer than Cognito: leave it out, or use it in the text of the HTML only';
    expect(
      warningsOf({
        ...VALID,
        'reset/en/subject.txt': 'Votre code\u202f: 🔒',
        'reset/en/email.html': `<p\u00a0title="\u00a0">\n${HTML}<xmp>\u200d</xmp>🔒`,
        'reset/en/sms.txt': 'a\n{{code}}\u00adb',
      }),
    ).toEqual([
      `messages/reset/en/subject.txt:1: got the character U+202F, ${refused}: a space is sent instead`,
      `messages/reset/en/subject.txt:1: got the character U+1F512, ${newer}`,
      `messages/reset/en/email.html:1: got the character U+00A0, ${refused}: a space is sent instead`,
      `messages/reset/en/email.html:2: got the character U+200D, ${refused}: it is left out`,
      'messages/reset/en/sms.txt:1: got a line break, which Cognito may refuse in an SMS message: AWS does not document it clearly',
      `messages/reset/en/sms.txt:2: got the character U+00AD, ${refused}: it is left out`,
    ]);
  });

  test('name each declared value that no text uses', () => {
    const json = '{\n"defaultLocale": "en",\n"attributes": {\n"given_name": 30\n},\n"metadata": {\n"ticket": 20\n}\n}';
    const files = { 'catalog.json': json, 'reset/en/sms.txt': '{{code}}' };

    expect(warningsOf(files)).toEqual([
      'messages/catalog.json:4: got "given_name", which no text uses: remove it or use it',
      'messages/catalog.json:7: got "ticket", which no text uses: remove it or use it',
    ]);
    expect(
      MessageCatalog.fromInline({
        ...SETTINGS,
        templates: { a: { en: ONLY_SMS, de: { sms: '{{code}}{{metadata.ticket}}' } } },
      })._warnings,
    ).toEqual(['attributes.given_name: got "given_name", which no text uses: remove it or use it']);
  });

  const GSM = '(GSM-7), each charged as a message; a message of one part has at most 160 characters of GSM-7';
  const UCS = '(UCS-2), each charged as a message; a message of one part has at most 70 characters of UCS-2';
  test.each([
    // The code has six digits, although the braces of its parameter would count twice.
    [`${'€'.repeat(77)}{{code}}`, undefined],
    [`${'€'.repeat(77)}a{{code}}`, `2 parts ${GSM}`],
    [`${'ل'.repeat(64)}{{code}}`, undefined],
    [`${'ل'.repeat(65)}{{code}}`, `2 parts ${UCS}`],
    [`${'ل'.repeat(44)}{{code}}{{metadata.ticket}}`, undefined],
    [`${'ل'.repeat(45)}{{code}}{{metadata.ticket}}`, `2 parts ${UCS}`],
    [`${'ل'.repeat(128)}{{code}}`, `2 parts ${UCS}`],
    [`${'ل'.repeat(129)}{{code}}`, `3 parts ${UCS}`],
  ])('name each SMS message of more than one part: %s: %s', (sms, expected) => {
    const files = { 'catalog.json': '{"defaultLocale":"en","metadata":{"ticket":20}}', 'a/en/sms.txt': sms };
    const unused = 'messages/catalog.json:1: got "ticket", which no text uses: remove it or use it';
    expect(warningsOf(files).filter((warning) => warning !== unused)).toEqual(
      expected === undefined ? [] : [`messages/a/en/sms.txt:1: got an SMS message that is sent in ${expected}`],
    );
  });
});

describe('MessageCatalog warns of what a mail tool left:', () => {
  const warningsOfHtml = (html: string) => warningsOf({ ...VALID, 'reset/en/email.html': `${HTML}\n${html}` });

  test.each([
    '{% if name %}',
    '{%- endif -%}',
    '\x24{name}',
    '\x24{user.name}',
    '*|FNAME|*',
    '*|MC:SUBJECT|*',
    '<%= name %>',
    '<% if (name) %>',
    '[[name]]',
    '[[ user.name ]]',
  ])('%s', (leftover) => {
    const warning = `got ${leftover}, which looks like a placeholder of another template language, expected {{…}}: users would see it as it is`;

    expect(warningsOfHtml(`<p>${leftover}</p>`)).toEqual([`messages/reset/en/email.html:2: ${warning}`]);
    if (!/[{}]/.test(leftover)) {
      expect(warningsOf({ ...VALID, 'reset/en/subject.txt': leftover })).toEqual([
        `messages/reset/en/subject.txt:1: ${warning}`,
      ]);
    }
  });

  test.each([
    '<style>a{background:url([[x]])}@media print{p{color:red}}</style>',
    '<script type="application/ld+json">{"a":{"b":[["c"]]},"d":"\x24{e}"}</script>',
    '<p>50 % {of} 5 * 3 | 2 [1] $1</p>',
    '<!--[if mso]><table><tr><td><![endif]-->',
  ])('and not of %s', (html) => {
    expect(warningsOfHtml(html)).toEqual([]);
  });

  const HIDDEN =
    'messages/reset/en/email.html:1: got {{code}} only where nothing is displayed (display:none or hidden), expected it in visible text too';
  const withCode = (html: string) =>
    warningsOf({ ...VALID, 'reset/en/email.html': `${html}{{attribute.given_name}}{{metadata.ticket}}` });
  test.each([
    '<div style="display:none">{{code}}</div>',
    '<div style="color: red; DISPLAY : none !important"><p>{{code}}</p></div>',
    '<p hidden>{{code}}</p>',
    '<p hidden><a href="https://example.com/?c={{code}}">a</a></p>',
  ])('and of a code that is not displayed: %s', (html) => {
    expect(withCode(html)).toEqual([HIDDEN]);
    expect(withCode(`${html}<p>{{code}}</p>`)).toEqual([]);
  });
});

describe('MessageCatalog with arbitrary content', () => {
  const pieces = [
    '{{code}}',
    '{{',
    '}}',
    '{',
    '}',
    '{{metadata.ticket}}',
    '{{attribute.given_name}}',
    '<',
    '>',
    '<!--',
    '<p title="',
    '<style>',
    '\n',
    '\r\n',
  ];
  const text = fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string({ unit: 'binary' }))).map((all) => all.join(''));
  const file = fc.oneof(text, fc.uint8Array());

  test('throws no other error than the list of problems for a directory, one on each line', () => {
    fc.assert(
      fc.property(file, file, file, file, (settings, subject, html, sms) => {
        const files = { 'reset/en/subject.txt': subject, 'reset/en/email.html': html, 'reset/en/sms.txt': sms };
        for (const catalog of [VALID['catalog.json'], settings]) {
          const errors = errorsOf({ ...files, 'catalog.json': catalog });
          expect(errors.filter((line) => !/^messages\/[^:\n]+(?::\d+)?: got /.test(line))).toEqual([]);
        }
      }),
      { numRuns: 50 },
    );
  });

  test('throws no other error than the list of problems for a program, one on each line', () => {
    const names = fc.oneof(fc.constantFrom('en', 'pt_BR', '__proto__', 'constructor', 'sms', 'emailHtml'), fc.string());
    const anything = fc.oneof(text, fc.jsonValue());
    const templates = fc.dictionary(names, fc.dictionary(names, fc.dictionary(names, anything)));

    fc.assert(
      fc.property(templates, fc.dictionary(names, anything), anything, (templates, settings, attributes) => {
        const props = { ...settings, defaultLocale: 'en', attributes, templates };
        const errors = inlineErrorsOf(props as unknown as InlineMessageCatalogProps);
        expect(errors.filter((line) => !line.includes(': got '))).toEqual([]);
      }),
    );
  });
});

test('the demonstration catalog has three templates in three locales, and no warnings', () => {
  const { _catalog, _warnings } = MessageCatalog.fromDirectory(join(__dirname, '..', '..', '..', 'bin', 'messages'));

  expect(_warnings).toEqual([]);
  expect(Object.entries(_catalog.templates).map(([name, locales]) => [name, Object.keys(locales)])).toEqual([
    ['breach', ['ar', 'de', 'en']],
    ['forgot-password', ['ar', 'de', 'en']],
    ['help-desk', ['ar', 'de', 'en']],
  ]);
  expect(_catalog).toMatchObject({ defaultTemplate: 'help-desk', selfServiceTemplate: 'forgot-password' });
});

test('the demonstration catalog declares the language of each email, and links only to example.com', () => {
  const folder = join(__dirname, '..', '..', '..', 'bin', 'messages');
  for (const template of ['breach', 'forgot-password', 'help-desk']) {
    for (const locale of ['ar', 'de', 'en']) {
      const html = readFileSync(join(folder, template, locale, 'email.html'), 'utf8');
      const marks = `lang="${locale}" dir="${locale === 'ar' ? 'rtl' : 'ltr'}"`;
      // Twice, because many email programs remove the body from its document.
      expect(html.split(marks)).toHaveLength(3);
      expect([...html.matchAll(/https?:[^"]*|src=/g)].map(([link]) => link)).toEqual(['https://example.com']);
    }
  }
});

const FILE_OF: Readonly<Record<string, string>> = {
  emailSubject: 'subject.txt',
  emailHtml: 'email.html',
  sms: 'sms.txt',
};

/** Writes a directory with these files. A name that ends in a slash is an empty folder. */
function write(files: Files): string {
  const directory = mkdtempSync(join(tmpdir(), 'message-catalog-'));
  directories.push(directory);
  for (const [name, content] of Object.entries(files)) {
    const path = join(directory, name);
    if (name.endsWith('/')) mkdirSync(path, { recursive: true });
    if (content === undefined) continue;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
  return directory;
}

/** The lines of the error, with the directory replaced by `messages`. */
function errorsOf(files: Files): string[] {
  const directory = write(files);
  return linesOf(thrownBy(() => MessageCatalog.fromDirectory(directory)).replaceAll(directory, 'messages'));
}

function inlineErrorsOf(props: object): string[] {
  return linesOf(thrownBy(() => MessageCatalog.fromInline(props as InlineMessageCatalogProps)));
}

function warningsOf(files: Files): string[] {
  const directory = write(files);
  return MessageCatalog.fromDirectory(directory)._warnings.map((line) => line.replaceAll(directory, 'messages'));
}

function thrownBy(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return (error as Error).message;
  }
  return '';
}

function linesOf(message: string): string[] {
  return message === '' ? [] : message.split('\n');
}

function cutAt(line: string, separator: string): [string, string] {
  const at = line.indexOf(separator);
  return [line.slice(0, at), line.slice(at + separator.length)];
}

/** The line of a key in JSON that has one key a line. */
function lineOfKey(json: string, path: string): number {
  const lines = json.split('\n');
  const [property, name] = cutAt(`${path}.`, '.');
  const line = lines.findIndex((text) => text.startsWith(`  "${property}":`));
  const inside =
    name && lines.findIndex((text, at) => at > line && text.startsWith(`    ${JSON.stringify(name.slice(0, -1))}:`));
  return (inside || Math.max(line, 0)) + 1;
}

function length(got: number, most: number): string {
  return `1: got ${got} characters with the code and with every value at its maximum length, expected at most ${most}: ${SHORTEN}`;
}

function bytes(before: string, middle: number[], after: string): Uint8Array {
  return Buffer.concat([Buffer.from(before), Buffer.from(middle), Buffer.from(after)]);
}

/** Removes the template of the valid catalog. */
function only(files: Files): Files {
  return {
    ...Object.fromEntries(
      Object.keys(VALID)
        .filter((name) => name !== 'catalog.json')
        .map((name) => [name, undefined]),
    ),
    ...files,
  };
}
