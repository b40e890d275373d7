import { type CatalogMessage, MESSAGE_LIMITS, type TextPart } from '../../lib/contract/messages';
import { countSmsParts } from '../../lib/contract/sms-parts';
import { countOf } from '../shared/count-of';
import { type Content, type Html, html } from './html';
import { directionOf } from './locale';
import type { Piece, SampleRenderer } from './samples';

/**
 * Replacements for tags that would connect to a server before the policy of the page applies, or would replace the
 * email message with an error. When an attribute is there twice, browsers use the first one. Links get a new window as
 * their target, which the sandbox of the frame blocks.
 */
const HARMLESS_TAGS: Readonly<Record<string, string>> = {
  a: '<a target=_blank ',
  area: '<area target=_blank ',
  frame: '<frame src=about:blank ',
  iframe: '<iframe srcdoc ',
  link: '<meta ',
};

type Email = NonNullable<CatalogMessage['email']>;

/** Renders an email message as a mail program shows it. */
export function renderEmail(email: Email, samples: SampleRenderer, template: string, locale: string): Html {
  const subject = samples.renderText(email.subject);
  const body = samples.renderHtml(email.html);
  return html`
    <div class="mail">
      <p class="subject"><span class="label">Subject</span> ${
        subject.length > 0
          ? html`<span lang="${locale}" dir="${directionOf(locale)}">${subject.map(renderPiece)}</span>`
          : html`<span class="missing">none</span>`
      }</p>
      ${
        body === ''
          ? html`<p class="nothing">The message cannot be shown.</p>`
          : html`<div class="frame"><iframe title="Email of ${template} in ${locale}" sandbox srcdoc="${withHarmlessTags(body)}"></iframe></div>`
      }
    </div>
    <p class="figures">Subject: ${describeLength(lengthOf(subject), samples.longestTextLength(email.subject), MESSAGE_LIMITS.emailSubject)}<br>
      HTML: ${describeLength(body.length, samples.longestHtmlLength(email.html), MESSAGE_LIMITS.emailMessage)}</p>`;
}

/** Renders an SMS message as a phone shows it. */
export function renderSms(sms: readonly TextPart[], samples: SampleRenderer, locale: string): Html {
  const pieces = samples.renderText(sms);
  const { encoding, parts } = countSmsParts(pieces.map(({ text }) => text).join(''));
  return html`
    <p class="bubble" lang="${locale}" dir="${directionOf(locale)}">${pieces.map(renderPiece)}</p>
    <p class="figures">${describeLength(lengthOf(pieces), samples.longestTextLength(sms), MESSAGE_LIMITS.smsMessage)}<br>
      ${encoding}, ${countOf(parts, 'part')}</p>`;
}

function withHarmlessTags(body: string): string {
  const tags = new RegExp(`<(${Object.keys(HARMLESS_TAGS).join('|')})(?=[\\s/>])`, 'gi');
  return body.replace(tags, (_, name: string) => HARMLESS_TAGS[name.toLowerCase()]);
}

function renderPiece({ text, standsFor }: Piece): Content {
  return standsFor === undefined ? text : html`<mark class="${standsFor}">${text}</mark>`;
}

/** @param longest the length with the longest values; undefined when that is over the limit */
function describeLength(length: number, longest: number | undefined, limit: number): string {
  const most =
    longest !== undefined && longest > length ? `, up to ${longest.toLocaleString('en')} with longer values` : '';
  return `${length.toLocaleString('en')} of ${countOf(limit, 'character')}${most}`;
}

function lengthOf(pieces: readonly Piece[]): number {
  return pieces.reduce((length, { text }) => length + text.length, 0);
}
