import {
  type Catalog,
  type CatalogMessage,
  CODE_PARAMETER,
  CONTINUES_HOST_NAME,
  MESSAGE_LIMITS,
  type TextPart,
} from '../../lib/contract/messages';
import type { Reason } from './reason';
import { escapeHtml, neutralize, separator } from './value';

/** What can be put in, by name. It comes from outside. */
export interface Values {
  readonly attributes: Readonly<Record<string, string | undefined>>;
  readonly metadata: Readonly<Record<string, string | undefined>>;
}

/** A message as Cognito takes it. What is missing is left to Cognito. */
export interface Rendered {
  readonly email?: { readonly subject: string; readonly html: string };
  readonly sms?: string;
  readonly refusals: readonly Refusal[];
}

/** Why a channel that the message has was not written. */
export interface Refusal {
  readonly channel: 'email' | 'sms';
  readonly reason: Reason;
}

type Limits = Pick<Catalog, 'attributes' | 'metadata'>;
type Text = { readonly text: string } | { readonly reason: Reason };
type Placeholder = Exclude<TextPart, string | { readonly code: true }>;

/** Writes each channel by itself: one that cannot be written does not hold back the other. */
export function render(message: CatalogMessage, values: Values, limits: Limits): Rendered {
  const write = (parts: readonly TextPart[], mostCharacters: number, encode: (value: string) => string) =>
    writeText(parts, mostCharacters, encode, (placeholder) => lookUp(placeholder, values, limits));

  const refusals: Refusal[] = [];
  let email: Rendered['email'];
  if (message.email) {
    const subject = write(message.email.subject, MESSAGE_LIMITS.emailSubject, asItIs);
    const html = write(message.email.html, MESSAGE_LIMITS.emailMessage, escapeHtml);
    if ('reason' in subject) refusals.push({ channel: 'email', reason: subject.reason });
    else if ('reason' in html) refusals.push({ channel: 'email', reason: html.reason });
    else email = { subject: subject.text, html: html.text };
  }
  let sms: Rendered['sms'];
  if (message.sms) {
    const text = write(message.sms, MESSAGE_LIMITS.smsMessage, asItIs);
    if ('reason' in text) refusals.push({ channel: 'sms', reason: text.reason });
    else sms = text.text;
  }
  return { ...(email && { email }), ...(sms !== undefined && { sms }), refusals };
}

function writeText(
  parts: readonly TextPart[],
  mostCharacters: number,
  encode: (value: string) => string,
  valueFor: (placeholder: Placeholder) => Text,
): Text {
  let text = '';
  let afterValue = false;
  for (const part of parts) {
    if (typeof part === 'string') {
      text += (afterValue && CONTINUES_HOST_NAME.test(part) ? separator(text, part) : '') + part;
    } else if ('code' in part) {
      text += CODE_PARAMETER;
    } else {
      const value = valueFor(part);
      if ('reason' in value) return value;
      text += separator(text, value.text) + encode(value.text);
    }
    afterValue = typeof part === 'object' && !('code' in part);
  }
  return text.length > mostCharacters ? { reason: 'MessageTooLong' } : { text };
}

function lookUp(placeholder: Placeholder, values: Values, limits: Limits): Text {
  const [name, from, mostCharacters] =
    'attribute' in placeholder
      ? [placeholder.attribute, values.attributes, limits.attributes]
      : [placeholder.metadata, values.metadata, limits.metadata];
  const value = own(from, name);
  if (value === undefined) return { reason: 'MissingValue' };
  const text = neutralize(value);
  return text.length > (own(mostCharacters, name) ?? 0) ? { reason: 'ValueTooLong' } : { text };
}

/** Every object has a `constructor`, which is nobody's value. */
function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

function asItIs(text: string): string {
  return text;
}
