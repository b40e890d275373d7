import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { compileDirectory } from '../../../../lib/messages/catalog/directory';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'message-catalog-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

test('compileDirectory includes texts that have errors, so that they can be shown', () => {
  write('catalog.json', '{"defaultLocale": "en", "defaultTemplate": "x", "metadata": {"ticket": 0}}');
  write('a/en/email.html', '{{code}} {{metadata.ticket}} {{attribute.name}} {{what}} {{{');
  write('a/pt.BR/sms.txt', 'x');
  write('a b/EN/subject.txt', '');

  expect(compileDirectory(directory).catalog).toEqual({
    defaultLocale: 'en',
    attributes: {},
    maxUsernameLength: 128,
    metadata: { ticket: 1 },
    templates: {
      a: {
        en: {
          email: {
            subject: [],
            html: [{ code: true }, ' ', { metadata: 'ticket' }, ' {{attribute.name}} {{what}} {{{'],
          },
        },
        'pt.BR': { sms: ['x'] },
      },
      'a b': { en: { email: { subject: [], html: [] } } },
    },
  });
});

test('compileDirectory includes the texts, and reports no problems in them, when the settings cannot be parsed', () => {
  write('catalog.json', '{');
  write('a/en/sms.txt', '{{code}} {{attribute.name}}');

  const { catalog, problems } = compileDirectory(directory);
  expect(catalog).toEqual({
    defaultLocale: '',
    attributes: {},
    maxUsernameLength: 128,
    metadata: {},
    templates: { a: { en: { sms: [{ code: true }, ' {{attribute.name}}'] } } },
  });
  expect(problems.map(({ place }) => place)).toEqual([join(directory, 'catalog.json:1')]);
});

test('compileDirectory adds the template, the locale and the channel to each problem', () => {
  write('catalog.json', '{"defaultLocale": "en",\n"selfServiceTemplate": "defaultTemplate",\n"defaultTemplate": "x"}');
  write('a/en/email.html', '<p>');
  write('a/en/subject.txt', 'a');
  write('a/en/sms.txt', `{{code}}${'ل'.repeat(70)}`);
  write('a/pt-br/sms.txt', '{{code}}');
  write('a/pt-br/x', '');
  write('a/pt-BR/sms.txt', '{{code}}');
  write('b/x', '');

  const { problems } = compileDirectory(directory);
  expect(problems.map(({ text, place, ...about }) => ({ place: place.replace(directory, ''), ...about }))).toEqual([
    { severity: 'error', place: '/a/pt-br/x', template: 'a', locale: 'pt-BR' },
    { severity: 'error', place: '/b/x', template: 'b' },
    { severity: 'error', place: '/a/pt-br', template: 'a', locale: 'pt-BR' },
    { severity: 'error', place: '/a/en/email.html:1', template: 'a', locale: 'en', channel: 'email' },
    { severity: 'warning', place: '/a/en/sms.txt:1', template: 'a', locale: 'en', channel: 'sms' },
    { severity: 'error', place: '/a/pt-BR/subject.txt', template: 'a', locale: 'pt-BR', channel: 'email' },
    { severity: 'error', place: '/b', template: 'b' },
    { severity: 'error', place: '/catalog.json:3' },
    { severity: 'error', place: '/catalog.json:2' },
  ]);
});

function write(name: string, content: string): void {
  const path = join(directory, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}
