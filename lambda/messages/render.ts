import {
  type Catalog,
  type CatalogMessage,
  CODE_PARAMETER,
  CONTINUES_HOST_NAME,
  MESSAGE_LIMITS,
  resolveReferences,
  type TextPart,
  type ValuePart,
} from '../../lib/contract/messages';
import type { Reason } from './reason';
import {
  encodeForQuery,
  escapeHtml,
  type Format,
  isShownUsername,
  sanitizeValue,
  separatorBetween,
  withoutDigits,
} from './value';

/** The values for the placeholders. They are untrusted. */
export interface Values {
  readonly username: string;
  readonly attributes: Readonly<Record<string, string | undefined>>;
  readonly metadata: Readonly<Record<string, string | undefined>>;
}

/** A message for Cognito. If a channel is missing, Cognito sends its default message there. */
export interface RenderedMessage {
  readonly email?: { readonly subject: string; readonly html: string };
  readonly sms?: string;
  readonly skippedChannels: readonly SkippedChannel[];
}

/** A channel of the message that could not be rendered. */
export interface SkippedChannel {
  readonly channel: 'email' | 'sms';
  readonly reason: Reason;
}

type ValueLimits = Pick<Catalog, 'attributes' | 'metadata' | 'maxUsernameLength'>;
type TextOrReason = { readonly text: string } | { readonly reason: Reason };

/** Renders each channel on its own: if one cannot be rendered, the other still is. */
export function render(message: CatalogMessage, values: Values, limits: ValueLimits): RenderedMessage {
  const renderWithValues = (parts: readonly TextPart[], maxCharacters: number, format: Format) =>
    renderText(parts, maxCharacters, format, (placeholder) => lookUpValue(placeholder, format, values, limits));

  const skippedChannels: SkippedChannel[] = [];
  let email: RenderedMessage['email'];
  if (message.email) {
    const subject = renderWithValues(message.email.subject, MESSAGE_LIMITS.emailSubject, 'plainText');
    const html = renderWithValues(message.email.html, MESSAGE_LIMITS.emailMessage, 'html');
    if ('reason' in subject) skippedChannels.push({ channel: 'email', reason: subject.reason });
    else if ('reason' in html) skippedChannels.push({ channel: 'email', reason: html.reason });
    else email = { subject: subject.text, html: html.text };
  }
  let sms: RenderedMessage['sms'];
  if (message.sms) {
    const text = renderWithValues(message.sms, MESSAGE_LIMITS.smsMessage, 'plainText');
    if ('reason' in text) skippedChannels.push({ channel: 'sms', reason: text.reason });
    else sms = text.text;
  }
  return { ...(email && { email }), ...(sms !== undefined && { sms }), skippedChannels };
}

function renderText(
  parts: readonly TextPart[],
  maxCharacters: number,
  format: Format,
  valueFor: (placeholder: ValuePart) => TextOrReason,
): TextOrReason {
  const [encode, read] = format === 'html' ? [escapeHtml, resolveReferences] : [unchanged, unchanged];
  let text = '';
  let afterValue = false;
  for (const part of parts) {
    if (typeof part === 'string') {
      text += (afterValue && CONTINUES_HOST_NAME.test(read(part)) ? separatorBetween(read(text), part) : '') + part;
    } else if ('code' in part) {
      text += CODE_PARAMETER;
    } else {
      const value = valueFor(part);
      if ('reason' in value) return value;
      text += part.inQuery ? value.text : separatorBetween(read(text), value.text) + encode(value.text);
    }
    afterValue = typeof part === 'object' && !('code' in part) && !part.inQuery;
  }
  return text.length > maxCharacters ? { reason: 'MessageTooLong' } : { text };
}

function lookUpValue(part: ValuePart, format: Format, values: Values, limits: ValueLimits): TextOrReason {
  if ('username' in part) {
    return isShownUsername(values.username)
      ? asPart(part, values.username, limits.maxUsernameLength, unchanged)
      : { reason: 'UnsuitableValue' };
  }
  const [name, from, maxCharacters] =
    'attribute' in part
      ? [part.attribute, values.attributes, limits.attributes]
      : [part.metadata, values.metadata, limits.metadata];
  const value = ownValue(from, name);
  if (value === undefined) return { reason: 'MissingValue' };
  const makeSafe = (value: string) => sanitizeValue(part.withoutDigits ? withoutDigits(value) : value, format);
  return asPart(part, value, ownValue(maxCharacters, name) ?? 0, makeSafe);
}

/** Writes a value as the part demands: percent-encoded as it is, or made safe for a text. */
function asPart(
  { inQuery }: ValuePart,
  value: string,
  maxCharacters: number,
  makeSafe: (value: string) => string,
): TextOrReason {
  if (inQuery && !value.isWellFormed()) return { reason: 'UnsuitableValue' };
  const text = inQuery ? value : makeSafe(value);
  if (text.length > maxCharacters) return { reason: 'ValueTooLong' };
  return { text: inQuery ? encodeForQuery(text) : text };
}

/** Ignores inherited properties such as `constructor`. */
function ownValue<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

function unchanged(text: string): string {
  return text;
}
