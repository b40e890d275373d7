import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { render } from '../../../lambda/messages/render';
import { MessageCatalog } from '../../../lib';
import { MESSAGE_LIMITS } from '../../../lib/contract/messages';

const FOLDER = join(__dirname, '..', '..', 'fixtures', 'mail-tools');

const catalogWith = (emailHtml: string) =>
  MessageCatalog.fromInline({
    defaultLocale: 'en',
    attributes: { given_name: 30 },
    metadata: { ticket: 20 },
    templates: { reset: { en: { emailSubject: 'Choose a new password', emailHtml } } },
  });

describe.each(['mjml.html', 'mjml-minified.html', 'react-email.html', 'react-email-pretty.html'])(
  'the email message %s',
  (file) => {
    const html = readFileSync(join(FOLDER, file), 'utf8');
    const { _catalog } = catalogWith(html);
    const values = {
      username: 'zoe@example.com',
      attributes: { given_name: 'Zoë' },
      metadata: { ticket: 'T-4711' },
    };
    const { email, skippedChannels } = render(_catalog.templates.reset.en, values, _catalog);

    test('is accepted by synth, and sent with its values', () => {
      expect(skippedChannels).toEqual([]);
      expect(email?.html.length).toBeLessThanOrEqual(MESSAGE_LIMITS.emailMessage);
      expect(email?.html).toContain('Hello Zoë');
      expect(email?.html).toContain('href="https://example.com/reset?code={####}&amp;user=zoe%40example.com"');
      expect(email?.html.match(/\{\{|\}\}(?=[^<]*<\/p>)/g)).toBeNull();
    });

    test('has only characters that Cognito documents to accept', () => {
      expect(html).toMatch(/[^\p{L}\p{M}\p{S}\p{N}\p{P}\t\n\v\f\r ]|[\u{10000}-\u{10ffff}]/u);
      expect(email?.html).toMatch(/^[\p{L}\p{M}\p{S}\p{N}\p{P}\t\n\v\f\r ]*$/u);
      expect(email?.html).not.toMatch(/[\u{10000}-\u{10ffff}]/u);
    });
  },
);
