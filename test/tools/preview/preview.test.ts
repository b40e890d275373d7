import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Frame, Page } from 'puppeteer-core';
import type { CompiledCatalog } from '../../../lib/messages/catalog/compile';
import { compileDirectory } from '../../../lib/messages/catalog/directory';
import { renderPreviewPage } from '../../../tools/preview/page';
import {
  describeInChromium,
  type Files,
  newFolder,
  removeFolders,
  writeFiles,
  writePreview,
} from '../../support/preview';
import { cases, describeInSoak } from '../../support/soak';

const ROOT = resolve(__dirname, '..', '..', '..');

const mail = (lang: string, text: string) =>
  `<!doctype html><html lang="${lang}"><body><p>${text}</p><a href="https://example.com/">example.com</a></body></html>`;

const CATALOG: Files = {
  'catalog.json': JSON.stringify({
    defaultLocale: 'en',
    defaultTemplate: 'help-desk',
    selfServiceTemplate: 'forgot-password',
    attributes: { given_name: 30, 'custom:team': 20 },
    metadata: { ticket: 6 },
  }),
  'help-desk/en/subject.txt': 'Ticket {{metadata.ticket}}: a new password, {{attribute.given_name}}',
  'help-desk/en/email.html': mail('en', 'Hello {{attribute.given_name}}, your code is {{code}}. &amp; so on'),
  'help-desk/en/sms.txt': 'Your code is {{code}}. Ask {{attribute.custom:team}}.{{metadata.ticket}}',
  'help-desk/de/subject.txt': 'Vorgang {{ metadata.ticket }}: ein neues Passwort',
  'help-desk/de/email.html': mail('de', 'Guten Tag, der Code lautet {{code}}.'),
  'help-desk/de/sms.txt': `Der Code für „${'ein neues Passwort '.repeat(3)}“ lautet {{code}}`,
  'help-desk/ar/subject.txt': 'كلمة مرور جديدة',
  'help-desk/ar/email.html': mail('ar', 'رمزك هو {{code}}'),
  'help-desk/ar/sms.txt': 'رمزك هو {{code}}',
  'forgot-password/en/sms.txt': 'Your code is {{code}}',
  'forgot-password/de/sms.txt': 'Ihr Code ist {{code}}',
};

const BROKEN: Files = {
  ...CATALOG,
  'help-desk/de/email.html': mail('de', 'Der Code lautet {{kode}}.'),
  'help-desk/en/sms.txt': `{{code}} ${'x'.repeat(140)}`,
  'help-desk/ar/subject.txt': '',
  'forgot-password/en/subject.txt': 'Your code',
};

afterAll(removeFolders);

describe('npm run preview', () => {
  test('writes one page and prints what is in it', async () => {
    const directory = writeFiles(CATALOG);
    const { status, stdout, stderr } = await run([directory]);

    const output = join(newFolder(), 'page.html');
    expect(stdout).toBe('Wrote preview.html: 2 templates, 3 locales, 0 errors, 1 warning\n');
    expect(stderr).toMatch(/^warning: .*sms\.txt:1: .*2 parts.*\n$/);
    expect(status).toBe(0);

    expect((await run([directory, '--output', output])).stdout).toContain(output);
    expect(readFileSync(output, 'utf8')).toMatch(/^<!doctype html>[\s\S]*<\/html>\n$/);
  });

  test('writes the page, prints the errors and ends with status 1 for a catalog with errors', async () => {
    const output = join(newFolder(), 'page.html');
    const { status, stdout, stderr } = await run([writeFiles(BROKEN), '--output', output]);

    expect(stderr).toMatch(/^error: \S+help-desk\/en\/sms\.txt:1: got 147 characters/m);
    expect(stderr).toMatch(/^error: \S+help-desk\/de\/email\.html:1: got \{\{kode\}\}/m);
    expect(stdout).toMatch(/ [1-9] errors, /);
    expect(readFileSync(output, 'utf8')).toContain('got {{kode}}');
    expect(status).toBe(1);
  });

  test.each([
    ['help', ['--help'], 0, /^Usage: npm run preview/],
    ['an error without a directory', [], 2, /^npm run preview: expected the directory of a message catalog, got none/],
    ['an error for two directories', ['one', 'two'], 2, /^npm run preview: expected one directory, got 2/],
    ['an error for a directory that does not exist', ['nowhere'], 2, /^npm run preview: .*"nowhere".* not a directory/],
    ['an error for an unknown option', ['--out', 'x'], 2, /^npm run preview: Unknown option '--out'/],
    [
      'an error for an output in a folder that does not exist',
      [writeFiles(CATALOG), '--output', 'no/page.html'],
      2,
      /--output: cannot write no\/page\.html/,
    ],
    [
      'an error for an output that is a folder',
      [writeFiles(CATALOG), '--output', ROOT],
      2,
      /--output: .* is not a preview/,
    ],
  ])('prints %s and writes no page', async (_, args, expected, output) => {
    const { status, stdout, stderr, folder } = await run(args);
    expect(stdout + stderr).toMatch(output);
    expect(stderr).not.toContain('    at ');
    expect(existsSync(join(folder, 'preview.html'))).toBe(false);
    expect(status).toBe(expected);
  });

  test('overwrites a preview, and no other file', async () => {
    const output = join(newFolder(), 'page.html');
    writeFileSync(output, '<!doctype html><title>My own</title>');
    const refused = await run([writeFiles(CATALOG), '--output', output]);
    expect(refused.stderr).toContain(`--output: ${output} exists and is not a preview: choose another file`);
    expect(refused.status).toBe(2);
    expect(readFileSync(output, 'utf8')).toContain('My own');

    writeFileSync(output, renderPreviewPage(compileDirectory(writeFiles(BROKEN))));
    expect((await run([writeFiles(CATALOG), '--output', output])).status).toBe(0);
    expect(readFileSync(output, 'utf8')).not.toContain('{{kode}}');
  });
});

describe('the preview page', () => {
  test('is the same for the same catalog', () => {
    const [one, other] = [writeFiles(CATALOG), writeFiles(Object.fromEntries(Object.entries(CATALOG).reverse()))];
    const pages = [one, other].map((directory) =>
      renderPreviewPage(compileDirectory(directory)).replaceAll(directory, ''),
    );
    expect(pages[0]).toBe(pages[1]);
  });

  test('has no elements from the texts of a catalog', () => {
    const page = renderPreviewPage(hostileCatalog('http://127.0.0.1:9/'));

    const elements = new Set(page.match(/<\/?[a-z][a-z0-9]*/g)?.map((tag) => tag.replace(/\W/g, '')));
    expect([...elements].filter((name) => ['script', 'img', 'svg', 'link', 'object', 'form'].includes(name))).toEqual(
      [],
    );
    expect(page.match(/ on[a-z]+="/g)).toBeNull();
  });
});

describeInChromium('the preview page in Chromium', (launch) => {
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    page = await browser.newPage();
  });
  afterEach(() => page.close());

  /** Shows one message, all locales of a template, or what the page shows by default. */
  async function open(catalog: Files | CompiledCatalog, template?: string, locale?: string): Promise<void> {
    const compiled = isCompiled(catalog) ? catalog : compileDirectory(writeFiles(catalog));
    const fragment = template === undefined ? '' : `#${['template', template, locale ?? []].flat().join('/')}`;
    await page.goto(`${writePreview(compiled)}${fragment}`);
  }

  const card = (template: string, locale: string) => `[id="template/${template}/${locale}"]`;
  const textOf = (selector: string) => page.$eval(selector, (element) => element.innerText);
  const stylesOf = (selector: string, property: string): Promise<string[]> =>
    page.$$eval(
      selector,
      (elements, property) =>
        elements.map((element) => element.ownerDocument.defaultView.getComputedStyle(element)[property]),
      property,
    );

  async function mailOf(template: string, locale: string): Promise<Frame> {
    const frame = await (await page.$(`${card(template, locale)} iframe`))?.contentFrame();
    if (!frame) throw new Error(`expected an email message of ${template} in ${locale}`);
    return frame;
  }

  const HELP_DESK = [
    {
      locale: 'en',
      subject: 'Ticket [tick]: a new password, [given_name]',
      mail: 'Hello [given_name], your code is 123456. & so on',
      // The trigger adds a space between a dot and a value, because together they could be a host name.
      sms: 'Your code is 123456. Ask [custom team]. [tick]',
      figures: ['46 of 140 characters, up to 53 with longer values', 'GSM-7, 1 part'],
    },
    {
      locale: 'de',
      subject: 'Vorgang [tick]: ein neues Passwort',
      mail: 'Guten Tag, der Code lautet 123456.',
      sms: `Der Code für „${'ein neues Passwort '.repeat(3)}“ lautet 123456`,
      figures: ['86 of 140 characters', 'UCS-2, 2 parts'],
    },
    {
      locale: 'ar',
      subject: 'كلمة مرور جديدة',
      mail: 'رمزك هو 123456',
      sms: 'رمزك هو 123456',
      figures: ['14 of 140 characters', 'UCS-2, 1 part'],
    },
  ];

  test.each(HELP_DESK)(
    'shows the email and the SMS message in the locale $locale as users see them',
    async ({ locale, ...expected }) => {
      await open(CATALOG, 'help-desk', locale);
      const inCard = card('help-desk', locale);
      expect(await textOf(`${inCard} .subject`)).toBe(`Subject\n${expected.subject}`);
      expect(await (await mailOf('help-desk', locale)).$eval('p', (element) => element.innerText)).toBe(expected.mail);
      expect(await textOf(`${inCard} .bubble`)).toBe(expected.sms);
      expect((await textOf(`${inCard} .sms .figures`)).split('\n')).toEqual(expected.figures);
    },
  );

  test.each(['en', 'de'].slice(0, cases(1, 2)))(
    'shows that Cognito sends its own email message if the locale %s of a template has none',
    async (locale) => {
      await open(CATALOG, 'forgot-password', locale);
      const inCard = card('forgot-password', locale);
      expect(await textOf(`${inCard} .email`)).toBe('Email\n\nCognito sends its own message.');
      expect(await textOf(`${inCard} .bubble`)).toContain('123456');
    },
  );

  test('shows each template and locale once, and marks the defaults', async () => {
    await open(CATALOG);
    expect(await page.$$eval('.card', (cards) => cards.map(({ id }) => id))).toEqual([
      'template/forgot-password/en',
      'template/forgot-password/de',
      'template/help-desk/en',
      'template/help-desk/ar',
      'template/help-desk/de',
    ]);
    const badges = (selector: string) => page.$$eval(selector, (found) => found.map((badge) => badge.innerText));
    const filter = (template: string) => `[id="template/${template}"] > .filter`;
    expect(await badges(`${filter('help-desk')} .badge`)).toEqual(['default template']);
    expect(await badges(`${filter('forgot-password')} .badge`)).toEqual(['self-service template']);
    expect(await badges(`${card('help-desk', 'en')} > header .badge`)).toEqual(['default locale']);
    expect(await badges(`${card('help-desk', 'de')} > header .badge`)).toEqual([]);
    expect(await textOf(filter('forgot-password'))).toContain('not in ar');
  });

  test('marks the code and the values in the subject and the SMS message', async () => {
    await open(CATALOG, 'help-desk', 'en');
    const marks = (selector: string) =>
      page.$$eval(`${selector} mark`, (found) => found.map((mark) => `${mark.className} ${mark.innerText}`));
    expect(await marks(`${card('help-desk', 'en')} .subject`)).toEqual(['value [tick]', 'value [given_name]']);
    expect(await marks(`${card('help-desk', 'en')} .bubble`)).toEqual([
      'code 123456',
      'value [custom team]',
      'value  [tick]',
    ]);
  });

  test('shows Arabic from right to left, and other languages from left to right', async () => {
    await open(CATALOG);
    for (const [locale, direction] of Object.entries({ ar: 'rtl', en: 'ltr', de: 'ltr' })) {
      const texts = `${card('help-desk', locale)} :is(.bubble, .subject [lang])`;
      expect(await stylesOf(texts, 'direction')).toEqual([direction, direction]);
      expect(await page.$$eval(texts, (found) => found.map(({ lang }) => lang))).toEqual([locale, locale]);
    }
  });

  test('lists all problems with their places at the top', async () => {
    await open(BROKEN);
    const summary = '.all-problems > summary';
    const problems = '.all-problems .problem';
    expect(await textOf(summary)).toMatch(/^[1-9] errors, [1-9] warnings?$/);
    expect(await page.$$eval(problems, (found) => found.some((problem) => problem.checkVisibility()))).toBe(false);

    await page.focus(summary);
    await page.keyboard.press('Enter');
    expect(await page.$$eval(problems, (found) => found.map((problem) => problem.innerText))).toContainEqual(
      expect.stringMatching(/^✕ Error \S+help-desk\/de\/email\.html:1\s+got \{\{kode\}\}/),
    );
    await page.click(`${problems} a[href$="help-desk/de"]`);
    expect(await page.$$eval(':target', (targets) => targets.map(({ id }) => id))).toEqual(['template/help-desk/de']);
  });

  test('shows each problem at its message, and their number in the filter', async () => {
    await page.setViewport({ width: 1_440, height: 900 });
    await open(BROKEN, 'help-desk');
    expect(await textOf(`${card('help-desk', 'de')} .email`)).toMatch(
      /✕ Error \S+help-desk\/de\/email\.html:1\s+got \{\{kode\}\}/,
    );
    expect(await textOf(`${card('help-desk', 'de')} .sms`)).toMatch(/! Warning \S+help-desk\/de\/sms\.txt:1/);
    expect(await textOf(`${card('help-desk', 'en')} .sms`)).toMatch(/✕ Error \S+help-desk\/en\/sms\.txt:1/);
    // Over the limit of the trigger, but shown here.
    expect(await textOf(`${card('help-desk', 'en')} .bubble`)).toBe(`123456 ${'x'.repeat(140)}`);
    expect(await textOf(`${card('help-desk', 'ar')} .subject`)).toBe('Subject\nnone');
    expect(await textOf('[id="template/help-desk"] > .filter .locales')).toMatch(/en\s*✕ 1/);

    await open(BROKEN, 'forgot-password');
    expect(await textOf(`${card('forgot-password', 'en')} .email`)).toMatch(
      /✕ Error[\s\S]*Your code\s+The message cannot be shown\./,
    );
    expect(await textOf(`${card('forgot-password', 'de')} .email`)).toMatch(
      /✕ Error[\s\S]*The message cannot be shown\./,
    );
  });

  describe('with a hostile catalog', () => {
    let server: Server;
    const CONNECTION = 'a connection';
    const asked: string[] = [];

    beforeAll(async () => {
      server = createServer(({ url }, response) => {
        asked.push(String(url));
        response.end();
      })
        .on('connection', () => asked.push(CONNECTION))
        .listen(0, '127.0.0.1');
      await once(server, 'listening');
    });
    afterAll(() => server.close());

    test('runs no script, sends no request, and shows email messages only in their frames', async () => {
      const { port } = server.address() as AddressInfo;
      await open(hostileCatalog(`http://127.0.0.1:${port}/`));
      const frames = await Promise.all((await page.$$('iframe')).map((frame) => frame.contentFrame()));
      expect(frames).toHaveLength(1);
      // real time: scripts and requests would have started by then.
      await new Promise((elapsed) => setTimeout(elapsed, 1_000));
      expect(asked).toEqual([]);

      const pagesBefore = (await browser.pages()).length;
      for (const link of await frames[0].$$('a, button')) await link.click();
      // real time: a page would have opened by then.
      await new Promise((elapsed) => setTimeout(elapsed, 1_000));
      expect(await page.title()).toBe('Message preview');
      expect(await frames[0].title()).toBe('');
      expect(await frames[0].$eval('p', (element) => element.innerText)).toBe('A mail');
      expect(frames[0].url()).toBe('about:srcdoc');
      // Chromium connects to the server of a link, but the policy blocks the request.
      expect(asked.filter((url) => url !== CONNECTION)).toEqual([]);
      expect(await browser.pages()).toHaveLength(pagesBefore);
      expect(await page.$$('script, img, svg, main form, main a[href^="http"]')).toEqual([]);
    });
  });

  test.each([360, 1_440].slice(0, cases(1, 2)))('fits into %i pixels, even if a word is wider', async (width) => {
    await page.setViewport({ width, height: 900 });
    for (const catalog of [CATALOG, BROKEN, hostileCatalog('http://127.0.0.1:9/')]) {
      await open(catalog);
      expect(await page.$eval('html', (html) => html.scrollWidth)).toBe(width);
    }
  });

  test('shows all locales of a template next to each other on a wide screen, and the first one on a phone', async () => {
    await open(CATALOG, 'help-desk');
    const tops = () =>
      page.$$eval('.card', (cards) =>
        cards.filter((card) => card.checkVisibility()).map((card) => card.getBoundingClientRect().top),
      );
    await page.setViewport({ width: 1_440, height: 900 });
    expect(await tops()).toHaveLength(3);
    expect(new Set(await tops()).size).toBe(1);
    await page.setViewport({ width: 390, height: 844 });
    expect(await tops()).toHaveLength(1);
  });

  describeInSoak('for all who read it,', () => {
    test('moves the keyboard focus in reading order', async () => {
      await open(BROKEN);
      const stops = await page.$$eval('a[href], summary, iframe', (elements) =>
        elements
          .filter((element) => element.checkVisibility())
          .map((element, i) => {
            element.dataset.stop = i;
            return String(i);
          }),
      );
      const focused: string[] = [];
      for (let stop = await nextStop(); stop !== undefined; stop = await nextStop()) {
        // While the focus is on a link inside a frame, the frame is the active element.
        if (stop !== focused.at(-1)) focused.push(stop);
      }
      expect(focused).toEqual(stops);

      async function nextStop(): Promise<string | undefined> {
        await page.keyboard.press('Tab');
        return (await page.evaluate('document.activeElement.dataset.stop')) as string | undefined;
      }
    });

    test('has landmarks, heading levels without a gap, and a title for each frame', async () => {
      await open(BROKEN);
      const landmarks = await page.$$eval('body > :is(header, nav, main, footer)', (found) =>
        found.map(({ localName }) => localName),
      );
      expect(landmarks).toEqual(['header', 'main', 'footer']);
      const levels = await page.$$eval('h1, h2, h3, h4, h5, h6', (found) => found.map(({ tagName }) => +tagName[1]));
      expect(levels.filter((level, i) => level > (levels[i - 1] ?? 0) + 1)).toEqual([]);
      const titles = await page.$$eval('iframe', (frames) => frames.map(({ title }) => title));
      expect(new Set(titles).size).toBe(3);
      expect(titles).toContain('Email of help-desk in ar');
    });

    test.each(['light', 'dark'])('has a contrast of at least 4.5 for each text in the %s scheme', async (scheme) => {
      await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
      await open(BROKEN);
      const texts = await contrasts(page);
      expect(texts.length).toBeGreaterThan(50);
      expect(texts.filter(({ contrast }) => contrast < 4.5)).toEqual([]);
      expect(await stylesOf('body', 'backgroundColor')).toEqual([
        scheme === 'light' ? 'rgb(243, 244, 246)' : 'rgb(20, 22, 26)',
      ]);
    });
  });
});

/** The contrast of every text with its background, according to WCAG 2. */
function contrasts(page: Page): Promise<{ text: string; contrast: number }[]> {
  return page.$$eval('body *', (elements) => {
    const view = elements[0].ownerDocument.defaultView;
    const channels = (color: string) => (color.match(/[\d.]+/g) ?? []).map(Number);
    const luminance = (color: string) => {
      const [red, green, blue] = channels(color).map((channel) => {
        const share = channel / 255;
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    // biome-ignore lint/suspicious/noExplicitAny: an element, whose types the project does not have.
    const ground = (element: any): string => {
      const { backgroundColor } = view.getComputedStyle(element);
      return channels(backgroundColor)[3] === 0 ? ground(element.parentElement) : backgroundColor;
    };
    return elements
      .filter((element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== ''))
      .map((element) => {
        const both = [luminance(view.getComputedStyle(element).color), luminance(ground(element))];
        return { text: element.innerText, contrast: (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05) };
      });
  });
}

/** A catalog that tries to break out of its frames, with words that are wider than a phone. */
function hostileCatalog(server: string): CompiledCatalog {
  const script = `document.title='x';new Image().src='${server}script'`;
  const text = `"'></p></iframe><script>${script}</script><img src=${server}img onerror="${script}">${'x'.repeat(500)}&lt;`;
  const html = `<p>A mail</p><script>${script}</script><img src="${server}img" onerror="${script}"><svg onload="${script}"></svg>
<style>@import '${server}import'; p { background: url(${server}background) }</style><link rel="stylesheet" href="${server}stylesheet"><link rel="preconnect" href="${server}"><link rel="prefetch" href="${server}prefetch">
<iframe/src="${server}frame"></iframe><script src="${server}source"></script><object data="${server}object"></object><video poster="${server}poster"></video>
<meta http-equiv="refresh" content="0; url=${server}refresh"><form action="${server}form"><button>Send</button></form>
<a href="${server}link">A link</a><a href="${server}top" target="_top">Another</a><a target=_self href="${server}self">One more</a><a href="javascript:${script}">A script</a>`;
  const about = { place: text, text, template: text, locale: text };
  return {
    catalog: {
      defaultLocale: text,
      defaultTemplate: text,
      selfServiceTemplate: text,
      attributes: { [text]: 2_048 },
      metadata: {},
      maxUsernameLength: 128,
      templates: {
        [text]: {
          [text]: { email: { subject: [text, { attribute: text }], html: [html] }, sms: [text, { attribute: text }] },
        },
      },
    },
    problems: [
      { severity: 'error', place: text, text },
      { severity: 'warning', ...about },
      { severity: 'error', ...about, channel: 'email' },
    ],
  };
}

function isCompiled(catalog: Files | CompiledCatalog): catalog is CompiledCatalog {
  return 'problems' in catalog;
}

/** Runs the command in a new folder. */
async function run(args: readonly string[]) {
  const folder = newFolder();
  const tsx = pathToFileURL(require.resolve('tsx')).href;
  const child = spawn(process.execPath, ['--import', tsx, join(ROOT, 'tools', 'preview', 'command.ts'), ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const printed = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].on('data', (chunk) => {
      printed[stream] += chunk;
    });
  }
  const [status] = await once(child, 'close');
  return { status, folder, ...printed };
}
