import { chooseLocale } from '../../../lambda/messages/locale';

const CATALOG = { en: 1, de: 1, pt: 1, 'pt-BR': 1, 'zh-Hant': 1, he: 1, 'en-GB': 1 };

test.each([
  ['no request', [], 'en'],
  ['the first request, if available', ['de', 'pt'], 'de'],
  ['the second request, if the first is not available', ['fr-CA', 'pt'], 'pt'],
  ['a fallback of the first request before the second', ['de-AT', 'pt'], 'de'],
  ['a region', ['pt-BR'], 'pt-BR'],
  ['a region with an underscore', ['pt_BR'], 'pt-BR'],
  ['a region that is not available', ['pt-PT'], 'pt'],
  ['a script and a region', ['zh-Hant-TW'], 'zh-Hant'],
  ['a script that is not available', ['zh-Hans-CN'], 'en'],
  ['a tag in another case', ['PT-br'], 'pt-BR'],
  ['a deprecated language code', ['iw'], 'he'],
  ['an extension', ['en-GB-u-ca-gregory'], 'en-GB'],
  ['an undefined request', [undefined, 'de'], 'de'],
  ['an empty request', ['', 'de'], 'de'],
  ['an invalid tag', ['German', 'de'], 'de'],
  ['a locale of an operating system with an encoding', ['de_DE.UTF-8', 'pt'], 'pt'],
  ['several tags in one request', ['de,en', 'pt'], 'pt'],
  ['a tag of 35 characters', ['de-abcdefgh-bcdefghi-cdefghij-defgh', 'pt'], 'de'],
  ['a tag of 36 characters', ['de-abcdefgh-bcdefghi-cdefghij-defghi', 'pt'], 'pt'],
  ['a very long tag', [`de${'-x'.repeat(100_000)}`, 'pt'], 'pt'],
  ['the names of inherited properties', ['constructor', '__proto__', 'toString'], 'en'],
  ['dashes', ['-', '--', 'de-', '_'], 'en'],
])('chooseLocale handles %s: requests %j, result %s', (_, wanted, locale) => {
  expect(chooseLocale(wanted, CATALOG, 'en')).toBe(locale);
});
