import { chooseLocale } from '../../../lambda/messages/locale';

const CATALOG = { en: 1, de: 1, pt: 1, 'pt-BR': 1, 'zh-Hant': 1, he: 1, 'en-GB': 1 };

test.each([
  ['nothing', [], 'en'],
  ['the first that there is', ['de', 'pt'], 'de'],
  ['the second, when there is nothing of the first', ['fr-CA', 'pt'], 'pt'],
  ['a fallback of the first before the second', ['de-AT', 'pt'], 'de'],
  ['a region', ['pt-BR'], 'pt-BR'],
  ['a region with an underscore', ['pt_BR'], 'pt-BR'],
  ['a region that there is not', ['pt-PT'], 'pt'],
  ['a script and a region', ['zh-Hant-TW'], 'zh-Hant'],
  ['a script that there is not', ['zh-Hans-CN'], 'en'],
  ['another case', ['PT-br'], 'pt-BR'],
  ['an older name of a language', ['iw'], 'he'],
  ['an extension', ['en-GB-u-ca-gregory'], 'en-GB'],
  ['undefined', [undefined, 'de'], 'de'],
  ['nothing in it', ['', 'de'], 'de'],
  ['no tag', ['German', 'de'], 'de'],
  ['an operating system’s with encoding', ['de_DE.UTF-8', 'pt'], 'pt'],
  ['several in one', ['de,en', 'pt'], 'pt'],
  ['35 characters', ['de-abcdefgh-bcdefghi-cdefghij-defgh', 'pt'], 'de'],
  ['36 characters', ['de-abcdefgh-bcdefghi-cdefghij-defghi', 'pt'], 'pt'],
  ['a great many', [`de${'-x'.repeat(100_000)}`, 'pt'], 'pt'],
  ['a property that every object has', ['constructor', '__proto__', 'toString'], 'en'],
  ['dashes', ['-', '--', 'de-', '_'], 'en'],
])('%s', (_, wanted, locale) => {
  expect(chooseLocale(wanted, CATALOG, 'en')).toBe(locale);
});
