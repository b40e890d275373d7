import { type CatalogMessage, MESSAGE_LIMITS, type TextPart } from '../../lib/contract/messages';
import { countSegments } from '../../lib/messages/synth-tools';
import { countOf } from '../shared/count-of';
import { type Content, type Html, html } from './html';
import { directionOf } from './locale';
import type { Piece, SampleRenderer } from './samples';

/**
 * Tags that would connect to a server before the policy of the page forbids it, or show an error in the place of the
 * mail. Of two attributes with the same name the first one counts. Links open a window, which the sandbox of the
 * frame forbids.
 */
const HARMLESS_TAGS: Readonly<Record<string, string>> = {
  a: '<a target=_blank ',
  area: '<area target=_blank ',
  frame: '<frame src=about:blank ',
  iframe: '<iframe srcdoc ',
  link: '<meta ',
};

type Email = NonNullable<CatalogMessage['email']>;

/** As in a mail program. */
export function renderEmail(email: Email, texts: SampleRenderer, template: string, locale: string): Html {
  const subject = texts.renderText(email.subject);
  const body = texts.renderHtml(email.html);
  return html`
    <div class="mail">
      <p class="subject"><span class="label">Subject</span> ${
        subject.length > 0
          ? html`<span lang="${locale}" dir="${directionOf(locale)}">${subject.map(renderPiece)}</span>`
          : html`<span class="missing">none</span>`
      }</p>
      ${
        body === ''
          ? html`<p class="nothing">Nothing to show.</p>`
          : html`<div class="frame"><iframe title="Email of ${template} in ${locale}" sandbox srcdoc="${withHarmlessTags(body)}"></iframe></div>`
      }
    </div>
    <p class="figures">Subject: ${describeLength(lengthOf(subject), texts.longestTextLength(email.subject), MESSAGE_LIMITS.emailSubject)}<br>
      HTML: ${describeLength(body.length, texts.longestHtmlLength(email.html), MESSAGE_LIMITS.emailMessage)}</p>`;
}

/** As on a phone. */
export function renderSms(sms: readonly TextPart[], texts: SampleRenderer, locale: string): Html {
  const pieces = texts.renderText(sms);
  const { encoding, segments } = countSegments(pieces.map(({ text }) => text).join(''));
  return html`
    <p class="bubble" lang="${locale}" dir="${directionOf(locale)}">${pieces.map(renderPiece)}</p>
    <p class="figures">${describeLength(lengthOf(pieces), texts.longestTextLength(sms), MESSAGE_LIMITS.smsMessage)}<br>
      ${encoding}, ${countOf(segments, 'segment')}</p>`;
}

function withHarmlessTags(mail: string): string {
  const tags = new RegExp(`<(${Object.keys(HARMLESS_TAGS).join('|')})(?=[\\s/>])`, 'gi');
  return mail.replace(tags, (_, name: string) => HARMLESS_TAGS[name.toLowerCase()]);
}

function renderPiece({ text, standsFor }: Piece): Content {
  return standsFor === undefined ? text : html`<mark class="${standsFor}">${text}</mark>`;
}

function describeLength(length: number, longest: number | undefined, limit: number): string {
  const most =
    longest !== undefined && longest > length ? `, up to ${longest.toLocaleString('en')} with longer values` : '';
  return `${length.toLocaleString('en')} of ${countOf(limit, 'character')}${most}`;
}

function lengthOf(pieces: readonly Piece[]): number {
  return pieces.reduce((length, { text }) => length + text.length, 0);
}
