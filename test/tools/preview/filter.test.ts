import { join, resolve } from 'node:path';
import type { Browser, Page } from 'puppeteer-core';
import type { CompiledCatalog } from '../../../lib/messages/catalog/compile';
import { compileDirectory } from '../../../lib/messages/catalog/directory';
import { describeInChromium, type Files, removeFolders, writeFiles, writePreview } from '../../support/preview';
import { cases, describeInSoak } from '../../support/soak';

const PHONE = { width: 360, height: 740 };
const DESKTOP = { width: 1_280, height: 800 };

const TEMPLATES = Array.from({ length: 12 }, (_, i) => `template-${String(i + 1).padStart(2, '0')}`);
const LOCALES = ['en', 'ar', 'de', 'el', 'ja', 'pt-BR'];

/** Long subjects with a word that is wider than a phone, long email messages, and a warning in each message. */
const LARGE: Files = {
  'catalog.json': JSON.stringify({ defaultLocale: 'en', defaultTemplate: 'template-03' }),
  ...Object.fromEntries(
    TEMPLATES.flatMap((template) =>
      // The template in the middle does not have the last locale.
      LOCALES.slice(0, template === 'template-07' ? -1 : undefined).flatMap((locale) => [
        [`${template}/${locale}/subject.txt`, `${template} ${locale} ${'a new password '.repeat(3)}${'x'.repeat(60)}`],
        [`${template}/${locale}/email.html`, `<p>Your code is {{code}}.</p>${'<p>Some more text.</p>'.repeat(50)}`],
        [`${template}/${locale}/sms.txt`, `„${template} ${locale}“: ${'a new password '.repeat(4)} {{code}}`],
      ]),
    ),
  ),
};

const CATALOGS = {
  'of the demonstration': {
    compile: () => compileDirectory(resolve(__dirname, '..', '..', '..', 'bin', 'messages')),
    start: 'template/help-desk/en',
  },
  'with 12 templates in 6 locales': {
    compile: () => compileDirectory(writeFiles(LARGE)),
    start: 'template/template-03/en',
  },
};

describeInChromium('the filter of the preview in Chromium', (launch) => {
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser.close());
  afterAll(removeFolders);
  beforeEach(async () => {
    page = await browser.newPage();
    await page.setViewport(PHONE);
  });
  afterEach(() => page.close());

  async function open(compiled: CompiledCatalog, fragment = ''): Promise<string> {
    const address = writePreview(compiled);
    await page.goto(address + fragment);
    return address;
  }

  const shown = () =>
    page.$$eval('.card', (cards) => cards.filter((card) => card.checkVisibility()).map(({ id }) => id));
  const shownFilters = () =>
    page.$$eval('.filter', (filters) => filters.filter((filter) => filter.checkVisibility()).length);
  const sizeOfPage = () => page.$eval('html', ({ scrollWidth, scrollHeight }) => ({ scrollWidth, scrollHeight }));
  const fragment = () => page.evaluate('location.hash') as Promise<string>;

  async function expectToFit(): Promise<void> {
    const { scrollWidth, scrollHeight } = await sizeOfPage();
    expect(scrollWidth).toBe(PHONE.width);
    expect(scrollHeight).toBeLessThan(4 * PHONE.height);
    const wide = await page.$eval(
      'body',
      (body, width) =>
        [...body.querySelectorAll('*')]
          .filter((element) => element.getBoundingClientRect().right > width && element.checkVisibility())
          .map(({ outerHTML }) => outerHTML),
      PHONE.width,
    );
    expect(wide).toEqual([]);
  }

  /** What a link of the visible filter does. */
  async function choose(name: string): Promise<void> {
    await clickVisible('.filter .choices a', name);
  }

  async function openTemplates(): Promise<void> {
    await clickVisible('.filter summary', 'Template');
  }

  /** Of the elements that begin with the text. In the filter, a number of problems can follow. */
  async function clickVisible(selector: string, text: string): Promise<void> {
    const body = await page.$('body');
    const found = await body?.evaluateHandle(
      (element, selector, text) =>
        [...element.querySelectorAll(selector)].find(
          (candidate) =>
            candidate.ownerDocument.createTreeWalker(candidate, 4).nextNode()?.data === text &&
            candidate.checkVisibility(),
        ),
      selector,
      text,
    );
    const link = found?.asElement();
    if (!link) throw new Error(`expected a visible ${selector} with the text ${text}`);
    await link.click();
  }

  describe.each(Object.entries(CATALOGS).slice(0, cases(1, 2)))('with a catalog %s', (_, { compile, start }) => {
    test('shows one message at a time on a phone, in less than four screens, and sends no request', async () => {
      const requests: string[] = [];
      page.on('request', (request) => requests.push(request.url()));
      const address = await open(compile());
      expect(await shown()).toEqual([start]);
      await expectToFit();

      const messages = await page.$$eval('.card', (cards) => cards.map(({ id }) => id));
      for (const message of messages) {
        await page.goto(`${address}#${message}`);
        expect(await shown()).toEqual([message]);
        expect(await shownFilters()).toBe(1);
        await expectToFit();
      }
      expect(requests.filter((url) => url !== address && url !== 'about:srcdoc')).toEqual([]);
    });

    test.each(['templates', 'problems'])('stays below four screens when all %s are listed', async (listed) => {
      await open(compile());
      await page.$$eval(listed === 'templates' ? '.filter details' : '.all-problems', (all) => {
        for (const details of all) details.open = true;
      });
      await expectToFit();
    });

    test('shows what the fragment of the address names to somebody else', async () => {
      const compiled = compile();
      const address = await open(compiled);
      await choose('de');
      const other = await browser.newPage();
      await other.goto(address + (await fragment()));
      const cards = await other.$$eval('.card', (all) =>
        all.filter((card) => card.checkVisibility()).map(({ id }) => id),
      );
      expect(cards).toEqual([start.replace(/en$/, 'de')]);
      expect(await other.evaluate('document.activeElement.id')).toBe(cards[0]);
      await other.close();
    });
  });

  test('keeps the locale when another template is chosen, and the template when another locale is', async () => {
    await open(compileDirectory(writeFiles(LARGE)));
    await choose('ja');
    expect(await shown()).toEqual(['template/template-03/ja']);
    await openTemplates();
    await choose('template-11');
    expect(await shown()).toEqual(['template/template-11/ja']);
    await choose('pt-BR');
    expect(await fragment()).toBe('#template/template-11/pt-BR');

    await openTemplates();
    await choose('template-07');
    expect(await shown()).toEqual(['template/template-07/en']);

    await page.goBack();
    expect(await shown()).toEqual(['template/template-11/pt-BR']);
  });

  describeInSoak('in every way to use it,', () => {
    test('shows all locales of a template on a wide screen, with one filter, which can show one again', async () => {
      await page.setViewport(DESKTOP);
      await open(compileDirectory(writeFiles(LARGE)));
      expect(await shown()).toEqual(['template/template-03/en']);
      await choose('All locales');
      expect(await shown()).toEqual(LOCALES.map((locale) => `template/template-03/${locale}`));
      expect(await shownFilters()).toBe(1);
      await openTemplates();
      await choose('template-12');
      expect(await fragment()).toBe('#template/template-12');
      await choose('el');
      expect(await shown()).toEqual(['template/template-12/el']);

      await page.setViewport(PHONE);
      await page.goto(`${page.url().split('#')[0]}#template/template-12`);
      expect(await shown()).toEqual(['template/template-12/en']);
      expect(await shownFilters()).toBe(1);
    });

    test.each(['#template/nowhere/en', '#', '#template/template-03/name'])(
      'shows the first message for the fragment %s, which names none',
      async (unknown) => {
        await open(compileDirectory(writeFiles(LARGE)), unknown);
        expect(await shown()).toEqual(['template/template-03/en']);
      },
    );

    test('can be used with the keyboard', async () => {
      await open(compileDirectory(writeFiles(LARGE)), '#template/template-03/en');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Space');
      await page.keyboard.press('Tab');
      expect(await page.evaluate('document.activeElement.innerText')).toMatch(/^template-01\b/);
      expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid');
      await page.keyboard.press('Enter');
      expect(await shown()).toEqual(['template/template-01/en']);
      // Otherwise the focus would be lost with the link, which is hidden now.
      expect(await page.evaluate('document.activeElement.id')).toBe('template/template-01/en');
    });

    test('tells screen readers what can be chosen, what is chosen, and which message is shown', async () => {
      await open(compileDirectory(writeFiles(LARGE)), '#template/template-07/de');
      await openTemplates();
      const names = await page.$$eval('.filter [aria-current]', (links) =>
        links.filter((link) => link.checkVisibility()).map(({ firstChild }) => firstChild.data),
      );
      expect(names).toEqual(['template-07', 'de']);

      const { children = [] } = (await page.accessibility.snapshot({ interestingOnly: false })) ?? {};
      const all = children.flatMap(function flatten(node): typeof children {
        return [node, ...(node.children ?? []).flatMap(flatten)];
      });
      const named = (role: string) => all.filter((node) => node.role === role).map(({ name }) => name);
      expect(named('navigation')).toEqual(['Template and locale']);
      expect(named('article')).toEqual(['template-07, de German']);
      expect(named('list').filter(Boolean)).toEqual(['Templates', 'Locales']);
      expect(named('Iframe')).toEqual(['Email of template-07 in de']);
    });
  });

  test('shows a template that has problems and no locale', async () => {
    const place = join('messages', 'empty');
    const address = await open({
      catalog: { defaultLocale: 'en', attributes: {}, metadata: {}, maxUsernameLength: 128, templates: {} },
      problems: [{ severity: 'error', place, template: 'empty', text: 'got no locale' }],
    });
    for (const name of ['', '#template/empty']) {
      await page.goto(address + name);
      expect(await page.$eval('main', (main) => main.innerText)).toContain('got no locale');
      expect(await shownFilters()).toBe(1);
    }
  });
});
