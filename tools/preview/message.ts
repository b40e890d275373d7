import { type CatalogMessage, MESSAGE_LIMITS, type TextPart } from '../../lib/contract/messages';
import { countSegments } from '../../lib/messages/synth-tools';
import { countOf } from '../shared/count-of';
import { type Content, type Html, html } from './html';
import { directionOf } from './locale';
import type { Piece, SampleTexts } from './samples';

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
export function emailAsSeen(email: Email, texts: SampleTexts, template: string, locale: string): Html {
  const subject = texts.text(email.subject);
  const body = texts.html(email.html);
  return html`
    <div class="mail">
      <p class="subject"><span class="label">Subject</span> ${
        subject.length > 0
          ? html`<span lang="${locale}" dir="${directionOf(locale)}">${subject.map(marked)}</span>`
          : html`<span class="missing">none</span>`
      }</p>
      ${
        body === ''
          ? html`<p class="nothing">Nothing to show.</p>`
          : html`<div class="frame"><iframe title="Email of ${template} in ${locale}" sandbox srcdoc="${withoutWaysOut(body)}"></iframe></div>`
      }
    </div>
    <p class="figures">Subject: ${figures(lengthOf(subject), texts.longestText(email.subject), MESSAGE_LIMITS.emailSubject)}<br>
      HTML: ${figures(body.length, texts.longestHtml(email.html), MESSAGE_LIMITS.emailMessage)}</p>`;
}

/** As on a phone. */
export function smsAsSeen(sms: readonly TextPart[], texts: SampleTexts, locale: string): Html {
  const pieces = texts.text(sms);
  const { encoding, segments } = countSegments(pieces.map(({ text }) => text).join(''));
  return html`
    <p class="bubble" lang="${locale}" dir="${directionOf(locale)}">${pieces.map(marked)}</p>
    <p class="figures">${figures(lengthOf(pieces), texts.longestText(sms), MESSAGE_LIMITS.smsMessage)}<br>
      ${encoding}, ${countOf(segments, 'segment')}</p>`;
}

function withoutWaysOut(mail: string): string {
  const tags = new RegExp(`<(${Object.keys(HARMLESS_TAGS).join('|')})(?=[\\s/>])`, 'gi');
  return mail.replace(tags, (_, name: string) => HARMLESS_TAGS[name.toLowerCase()]);
}

function marked({ text, standsFor }: Piece): Content {
  return standsFor === undefined ? text : html`<mark class="${standsFor}">${text}</mark>`;
}

function figures(length: number, longest: number | undefined, limit: number): string {
  const most =
    longest !== undefined && longest > length ? `, up to ${longest.toLocaleString('en')} with longer values` : '';
  return `${length.toLocaleString('en')} of ${countOf(limit, 'character')}${most}`;
}

function lengthOf(pieces: readonly Piece[]): number {
  return pieces.reduce((length, { text }) => length + text.length, 0);
}
