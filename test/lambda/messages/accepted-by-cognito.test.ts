import fc from 'fast-check';
import { render } from '../../../lambda/messages/render';
import { MessageCatalog } from '../../../lib';
import { DeployedMessages } from '../../support/deployed-messages';
import { nastyValue } from '../../support/nasty-values';
import { cases } from '../../support/soak';

/**
 * What Cognito accepts, written out once more. `\s` is that of Java.
 *
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_VerificationMessageTemplateType.html
 */
const ACCEPTED = /^[\p{L}\p{M}\p{S}\p{N}\p{P}\t\n\v\f\r ]*$/u;

const MAX_LENGTH = { emailSubject: 140, emailHtml: 20_000, sms: 140 } as const;
const PADDING = { emailSubject: 280, emailHtml: 40_000, sms: 280 } as const;

const text = fc
  .array(
    fc.oneof(
      { arbitrary: fc.constantFrom('{{metadata.a}}', '{{attribute.b}}', '{{code}}', '{{username}}'), weight: 4 },
      {
        arbitrary: fc.constantFrom(
          ' https://example.com/?a={{username}}',
          'example.',
          '&',
          '&#',
          '-',
          ':',
          '//',
          ' ',
          'x',
          '&#46;',
          '\u2488',
        ),
        weight: 2,
      },
      { arbitrary: nastyValue.map((value) => value.replace(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}{}]/gu, '')), weight: 1 },
      { arbitrary: fc.constantFrom('<p title="\u00a0">', '<!-- \u200b -->', '<style>\u{1fae8}</style>'), weight: 1 },
    ),
    { maxLength: 12 },
  )
  .map((pieces) => `{{code}}${pieces.join('')}`);

/** Values, of which some have nothing but what escaping makes longest. */
const value = fc.oneof(
  nastyValue,
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.constantFrom('<\u200c'.repeat(10), '\u{1f600}\u200d'.repeat(6), "'".repeat(20), 'example.'),
);

/** User names that are shown, the longest of their kinds, and some that are not. */
const USERNAMES = ['語語語語語語語語', "&'&'@b.c", '\u{1d5ba}', 'a\u200cb'];

/** Pads a text until it has exactly the characters that synth allows; undefined if synth refuses the text. */
function longest(property: keyof typeof MAX_LENGTH, written: string, limits: Limits): string | undefined {
  const padded = (characters: number) => `${written}  ${'x '.repeat(PADDING[property]).slice(0, characters)}`;
  const length = /got (\d+) characters with the code/.exec(errorOf(property, padded(PADDING[property]), limits))?.[1];
  const room = PADDING[property] - (Number(length) - MAX_LENGTH[property]);
  const message = padded(Math.max(room, 0));
  return room > 0 && errorOf(property, message, limits) === '' ? message : undefined;
}

interface Limits {
  readonly attributes: Record<string, number>;
  readonly metadata: Record<string, number>;
  readonly maxUsernameLength: number;
}

function catalogOf(property: keyof typeof MAX_LENGTH, message: string, limits: Limits) {
  const texts = { emailSubject: 'a', emailHtml: '{{code}}', sms: '{{code}}', [property]: message };
  return MessageCatalog.fromInline({ defaultLocale: 'en', ...limits, templates: { t: { en: texts } } });
}

function errorOf(property: keyof typeof MAX_LENGTH, message: string, limits: Limits): string {
  try {
    catalogOf(property, message, limits);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

test.each(['emailSubject', 'emailHtml', 'sms'] as const)(
  'no catalog that passes synth yields a message that Cognito refuses, with any values: %s',
  (property) => {
    fc.assert(
      fc.property(text, fc.array(value, { minLength: 8, maxLength: 8 }), (written, values) => {
        const limits = { attributes: { b: 20 }, metadata: { a: 30 }, maxUsernameLength: 8 };
        const message = longest(property, written, limits);
        fc.pre(message !== undefined);
        const { _catalog: catalog, _warnings } = catalogOf(property, message, limits);

        for (const [at, a] of values.entries()) {
          const b = values[(at + 1) % values.length];
          const { email, sms, skippedChannels } = render(
            catalog.templates.t.en,
            { username: at % 2 === 0 ? USERNAMES[at / 2] : a, metadata: { a }, attributes: { b } },
            catalog,
          );
          expect(skippedChannels.map(({ reason }) => reason)).not.toContain('MessageTooLong');
          const sent = { emailSubject: email?.subject, emailHtml: email?.html, sms }[property] ?? '';
          expect(sent).toMatch(ACCEPTED);
          expect(sent.length).toBeLessThanOrEqual(MAX_LENGTH[property]);
          // An emoji in a tag cannot be escaped.
          if (property === 'emailHtml' && _warnings.every((warning) => !warning.includes('newer than Cognito')))
            expect(sent).not.toMatch(/[\u{10000}-\u{10ffff}]/u);
        }
      }),
      { numRuns: property === 'emailHtml' ? cases(10, 300) : cases(40, 2_000) },
    );
  },
);

describe('a user pool that checks messages as Cognito does', () => {
  let deployed: DeployedMessages;
  beforeAll(async () => {
    // The spacers that React Email writes after a preview text.
    const preview = `<div style="display:none">Passwort<div>${'\u00a0\u200c\u200b\u200d\u200e\u200f\ufeff'.repeat(140)}</div></div>`;
    const texts = {
      emailSubject: 'Code\u202f: {{attribute.given_name}}',
      emailHtml: `${preview}<p>👩\u200d👧 {{attribute.given_name}}\u3000{{code}}</p>`,
      sms: 'Code\u00a0: {{code}} {{attribute.given_name}}',
    };
    deployed = await DeployedMessages.start({
      catalog: { defaultTemplate: 't', templates: { t: { en: texts }, self: { en: texts } }, metadata: {} },
    });
  });
  afterAll(() => deployed.stop());

  test.each([
    ['non-joiner', '+15555550100', 'علی\u200cرضا', 'علی رضا', 'علی&#8204;رضا'],
    ['no-break-space', '+15555550101', 'Anne\u00a0Marie', 'Anne Marie', 'Anne Marie'],
    ['emoji', '+15555550102', 'Zoë\u{1fae8}👩\u200d👧', 'Zoë', 'Zoë&#129768;&#128105;&#8205;&#128103;'],
  ])('resets a user whose name has a character that it refuses: %s', async (username, phone, name, plain, html) => {
    await deployed.addUser(`${username}-sms`, {
      given_name: name,
      email_verified: 'false',
      phone_number: phone,
      phone_number_verified: 'true',
    });
    await deployed.addUser(username, { given_name: name });

    expect(await deployed.reset(username)).toMatchObject({ status: 'RESET_REQUIRED' });
    expect(deployed.lastMessage).toMatchObject({
      channel: 'EMAIL',
      origin: 'TRIGGER',
      subject: `Code : ${plain}`,
      body: expect.stringMatching(new RegExp(`<p>&#128105;&#8205;&#128103; ${html}&#12288;CODE</p>$`)),
    });
    expect(await deployed.reset(`${username}-sms`)).toMatchObject({ status: 'RESET_REQUIRED' });
    expect(deployed.lastMessage).toMatchObject({ channel: 'SMS', body: `Code : CODE ${plain}` });
  });
});
