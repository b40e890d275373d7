import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'puppeteer-core';
import { render } from '../../../lambda/messages/render';
import { MessageCatalog } from '../../../lib';
import { MESSAGE_LIMITS } from '../../../lib/contract/messages';
import { DeployedMessages } from '../../support/deployed-messages';
import { describeInChromium } from '../../support/preview';

const FILES = ['mjml.html', 'mjml-minified.html', 'react-email.html', 'react-email-pretty.html'];
const VALUES = { username: 'zoe@example.com', attributes: { given_name: 'Zoe' }, metadata: { ticket: 'T-4711' } };

const read = (file: string) => readFileSync(join(__dirname, '..', '..', 'fixtures', 'mail-tools', file), 'utf8');

const textsOf = (file: string) => ({ emailSubject: 'Choose a new password', emailHtml: read(file) });
const SETTINGS = { defaultLocale: 'en', attributes: { given_name: 30 }, metadata: { ticket: 20 } };

function rendered(file: string) {
  const { _catalog } = MessageCatalog.fromInline({ ...SETTINGS, templates: { reset: { en: textsOf(file) } } });
  return render(_catalog.templates.reset.en, VALUES, _catalog);
}

// react-email 609 and amplify-js 6917 are about characters of such messages, which Cognito refuses.
describe.each(FILES)('the email message %s', (file) => {
  test('is accepted by synth, and sent with its values', () => {
    const { email, skippedChannels } = rendered(file);

    expect(skippedChannels).toEqual([]);
    expect(email?.html.length).toBeLessThanOrEqual(MESSAGE_LIMITS.emailMessage);
    expect(email?.html).toContain('Hello Zoe');
    expect(email?.html).toContain('href="https://example.com/reset?code={####}&amp;user=zoe%40example.com"');
    expect(email?.html.match(/\{\{|\}\}(?=[^<]*<\/p>)/g)).toBeNull();
  });

  test('has only characters that Cognito documents to accept', () => {
    const { email } = rendered(file);

    expect(read(file)).toMatch(/[^\p{L}\p{M}\p{S}\p{N}\p{P}\t\n\v\f\r ]|[\u{10000}-\u{10ffff}]/u);
    expect(email?.html).toMatch(/^[\p{L}\p{M}\p{S}\p{N}\p{P}\t\n\v\f\r ]*$/u);
    expect(email?.html).not.toMatch(/[\u{10000}-\u{10ffff}]/u);
  });
});

test('email messages of mail tools pass the pattern of the sandbox, from the deployed trigger', async () => {
  const deployed = await DeployedMessages.start({
    catalog: {
      ...SETTINGS,
      defaultTemplate: undefined,
      selfServiceTemplate: undefined,
      templates: Object.fromEntries(FILES.map((file) => [file.replace('.html', ''), { en: textsOf(file) }])),
    },
  });
  try {
    await deployed.addUser('zoe', { given_name: 'Zoe' });
    for (const file of FILES) {
      const template = file.replace('.html', '');
      expect(await deployed.reset('zoe', { template, ticket: 'T-4711' })).toMatchObject({ status: 'RESET_REQUIRED' });
      expect(deployed.lastMessage).toMatchObject({ origin: 'TRIGGER', subject: 'Choose a new password' });
    }
  } finally {
    await deployed.stop();
  }
});

describeInChromium('an email message of a mail tool, in Chromium,', (launch) => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser.close());

  async function screenshotOf(html: string): Promise<string> {
    const page = await browser.newPage();
    await page.setViewport({ width: 700, height: 900 });
    await page.setContent(html);
    const image = await page.screenshot({ encoding: 'base64' });
    await page.close();
    return image;
  }

  test.each(FILES)('looks as it was written: %s', async (file) => {
    const written = read(file)
      .replaceAll('{{code}}', '{####}')
      .replaceAll('{{attribute.given_name}}', VALUES.attributes.given_name)
      .replaceAll('{{metadata.ticket}}', VALUES.metadata.ticket);

    const image = await screenshotOf(rendered(file).email?.html ?? '');

    expect(image === (await screenshotOf(written))).toBe(true);
    // An image of an empty page would be the same too.
    expect(image === (await screenshotOf(''))).toBe(false);
  });
});
