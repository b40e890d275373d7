import fc from 'fast-check';
import { chooseLocale } from '../../../lambda/messages/locale';
import { cases } from '../../support/soak';

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
  ['a variant', ['de-AT-1996'], 'de'],
  ['a private extension', ['de-x-formal'], 'de'],
  ['an undefined request', [undefined, 'de'], 'de'],
  ['an empty request', ['', 'de'], 'de'],
  ['an invalid tag', ['German', 'de'], 'de'],
  ['an undetermined language', ['und', 'und-BR', 'de'], 'de'],
  ['a language without likely subtags', ['xx-TW', 'mul', 'de'], 'de'],
  ['a tag of 35 characters', ['de-abcdefgh-bcdefghi-cdefghij-defgh', 'pt'], 'de'],
  ['a tag of 36 characters', ['de-abcdefgh-bcdefghi-cdefghij-defghi', 'pt'], 'pt'],
  ['a very long tag', [`de${'-x'.repeat(100_000)}`, 'pt'], 'pt'],
  ['the names of inherited properties', ['constructor', '__proto__', 'toString'], 'en'],
  ['dashes', ['-', '--', 'de-', '_'], 'en'],
])('chooseLocale handles %s: requests %j, result %s', (_, wanted, locale) => {
  expect(chooseLocale(wanted, CATALOG, 'en')).toBe(locale);
});

/**
 * @see https://github.com/vuejs/create-vue/issues/648 `C.UTF-8`
 * @see https://github.com/leeoniya/uPlot/pull/1054 `en-US@posix`
 * @see https://github.com/i18next/i18next/issues/2330 `en_US`
 */
test.each([
  ['an encoding', 'de_DE.UTF-8', 'de'],
  ['an encoding without a region', 'de.utf8', 'de'],
  ['an encoding and a modifier', 'de_DE.ISO8859-15@euro', 'de'],
  ['a modifier', 'fr_FR@euro', 'fr'],
  ['a modifier after a hyphen', 'fr-FR@posix', 'fr'],
  ['a modifier of ICU', 'zh-Hant_TW@calendar=roc;numbers=latn', 'zh-Hant'],
  ['a modifier that names the script', 'sr_RS@latin', 'sr-Latn'],
  ['no modifier for a language of two scripts', 'sr_RS.UTF-8', 'sr'],
  ['a modifier after an encoding', 'uz_UZ.UTF-8@cyrillic', 'uz-Cyrl'],
  ['the locale of a system without one', 'C.UTF-8', 'en'],
  ['another one', 'POSIX', 'en'],
  ['a modifier of an inherited name', 'de_DE@constructor', 'de'],
])('chooseLocale understands %s: request %s, result %s', (_, wanted, locale) => {
  const catalog = { de: 1, en: 1, fr: 1, sr: 1, 'sr-Latn': 1, 'uz-Cyrl': 1, 'zh-Hant': 1 };
  expect(chooseLocale([wanted], catalog, 'en')).toBe(locale);
});

test.each([
  ['a list', 'de-DE,de;q=0.9', 'de'],
  ['a list with spaces', ' fr , pt ; q=0.9 , en;q=0.8', 'pt'],
  ['weights in another order', 'en;q=0.1, pt;q=0.5, de', 'de'],
  ['a fallback of the first before the second', 'de-AT, pt', 'de'],
  ['equal weights, which keep their order', 'pt;q=0.50,de;q=0.5', 'pt'],
  ['a locale that is not wanted', 'de;q=0,pt;q=0.1', 'pt'],
  ['nothing that is wanted', 'de;q=0.000', 'en'],
  ['a weight that is not valid, as if there were none', 'pt;q=high,de;q=0.9', 'pt'],
  ['any locale', '*,de;q=0.5', 'de'],
  ['a list with what cannot be read', ',,German;q=1,-;;,de', 'de'],
  ['the twentieth locale', `${'fr,'.repeat(19)}de`, 'de'],
  ['the twenty-first locale', `${'fr,'.repeat(20)}de`, 'en'],
  ['a very long list', 'fr,'.repeat(100_000), 'en'],
  ['very many parameters', `fr${';q=1'.repeat(100_000)},de`, 'de'],
])('chooseLocale understands %s', (_, wanted, locale) => {
  expect(chooseLocale([wanted], CATALOG, 'en')).toBe(locale);
});

/**
 * @see https://github.com/aspnet/Localization/issues/273 `zh-TW` and `zh-Hant`
 * @see https://github.com/greasyfork-org/greasyfork/issues/1223 `zh-HK` and `zh-TW`
 * @see https://github.com/mozilla/sumo/issues/1820 `zh-Hant` and `zh-TW`
 * @see https://github.com/mozilla/playdoh/issues/100 `zh-TW` without a text in traditional characters
 * @see https://github.com/florrain/locale/issues/41 `nb`, `nn` and `no`
 * @see https://github.com/enonic/xp/issues/9167 `nn` and `no`
 */
test.each([
  ['zh-TW', ['zh', 'zh-Hant'], 'zh-Hant'],
  ['zh-Hant', ['zh', 'zh-TW'], 'zh-TW'],
  ['zh-HK', ['zh-Hant', 'zh-Hant-HK'], 'zh-Hant-HK'],
  ['zh-Hant-HK', ['zh-HK', 'zh-Hant'], 'zh-HK'],
  ['zh-MO', ['zh-CN', 'zh-TW'], 'zh-TW'],
  ['zh-TW', ['zh', 'zh-CN', 'zh-Hans'], 'en'],
  ['zh', ['zh-Hans', 'zh-Hant'], 'zh-Hans'],
  ['zh-SG', ['zh-CN', 'zh-TW'], 'zh-CN'],
  ['sr-Latn-RS', ['sr'], 'en'],
  ['sh', ['sr', 'sr-Latn'], 'sr-Latn'],
  ['pa-PK', ['pa'], 'en'],
  ['de', ['de-DE'], 'de-DE'],
  ['de-AT', ['de-DE'], 'de-DE'],
  ['pt-PT', ['pt', 'pt-BR'], 'pt'],
  ['tl', ['fil'], 'fil'],
  ['nb', ['no'], 'no'],
  ['nb-NO', ['no'], 'no'],
  ['nb_NO.UTF-8', ['no-NO'], 'no-NO'],
  ['no', ['nb'], 'nb'],
  ['no-NO', ['nb', 'nn'], 'nb'],
  ['no', ['nb', 'no'], 'no'],
  ['nn-NO', ['nb', 'nn'], 'nn'],
  ['nn-NO', ['no'], 'no'],
  ['nn', ['nb'], 'nb'],
  ['no', ['nn'], 'en'],
])('chooseLocale finds for %s in %j: %s', (wanted, locales, locale) => {
  const catalog = Object.fromEntries(['en', ...locales].map((tag) => [tag, 1]));
  expect(chooseLocale([wanted], catalog, 'en')).toBe(locale);
});

const language = fc.constantFrom(
  ...[
    'az',
    'de',
    'en',
    'es',
    'fr',
    'ha',
    'he',
    'iw',
    'ku',
    'nb',
    'nn',
    'no',
    'pa',
    'pt',
    'sr',
    'uz',
    'xx',
    'yue',
    'zh',
  ],
);
const script = fc.constantFrom('', '-Arab', '-Cyrl', '-Hans', '-Hant', '-Latn');
const region = fc.constantFrom('', '-BR', '-CN', '-DE', '-HK', '-IR', '-NO', '-PK', '-RS', '-TW', '-419');
const tag = fc.tuple(language, script, region).map((parts) => parts.join(''));
const catalogOfTags = fc.uniqueArray(
  tag.map((text) => `${new Intl.Locale(text)}`),
  { minLength: 1, maxLength: 8 },
);

/** Locales, and texts that look like some. */
const request = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom(...'zh_hant-.@;,q=0 1TW*é\u0000\ud800') }),
  fc
    .array(fc.oneof(tag, fc.constantFrom('_', '-', '.UTF-8', '@latin', '@', ';q=', '0.5', ',', 'x', ' ')))
    .map((parts) => parts.join('')),
);

test('chooseLocale never throws, and chooses a locale of the catalog whatever is requested', () => {
  fc.assert(
    fc.property(fc.array(fc.option(request, { nil: undefined })), catalogOfTags, (wanted, locales) => {
      const catalog = Object.fromEntries(locales.map((locale) => [locale, 1]));
      expect(locales).toContain(chooseLocale(wanted, catalog, locales[0]));
    }),
    { numRuns: cases(1_000, 100_000) },
  );
});

test('chooseLocale finds every locale by its own tag, by its shortest one and by the one with all likely subtags', () => {
  fc.assert(
    fc.property(tag, (text) => {
      const locale = new Intl.Locale(text);
      const tags = [locale, locale.minimize(), locale.maximize()].map(String);
      for (const wanted of tags) {
        for (const available of tags) {
          expect(chooseLocale([wanted], { mul: 1, [available]: 1 }, 'mul')).toBe(available);
        }
      }
    }),
    { numRuns: cases(1_000, 10_000) },
  );
});

test('chooseLocale never chooses a locale in another language or script, except between the kinds of Norwegian', () => {
  const writingOf = (text: string) => {
    const { language, script } = new Intl.Locale(text).maximize();
    return `${['nb', 'nn'].includes(language) ? 'no' : language}-${script}`;
  };
  fc.assert(
    fc.property(tag, catalogOfTags, (wanted, locales) => {
      const catalog = Object.fromEntries(locales.map((locale) => [locale, 1]));
      const chosen = chooseLocale([wanted], catalog, 'default');
      if (chosen !== 'default') expect(writingOf(chosen)).toBe(writingOf(wanted));
    }),
    { numRuns: cases(1_000, 100_000) },
  );
});
