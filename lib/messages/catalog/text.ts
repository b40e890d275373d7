import {
  CODE_PARAMETER,
  COMPLETABLE_END,
  CONTINUES_COMPLETABLE_END,
  CONTINUES_HOST_NAME,
  MAX_ESCAPED_CHARACTERS,
  MAX_PERCENT_ENCODED_CHARACTERS,
  MESSAGE_LIMITS,
  resolveReferences,
  type TextPart,
  type ValuePart,
} from '../../contract/messages';
import { countSmsParts } from '../../contract/sms-parts';
import type { SourceRange } from '../../contract/synth-tools';
import { scanHtml } from '../synth-tools';
import { acceptHtml, acceptPlainText } from './characters';
import { leftoverWarnings } from './leftovers';
import { findLinkedPlaceholders } from './links';
import { fillPlaceholders, type Placeholder, parsePlaceholders, splitIntoParts, type TextProblem } from './parse';
import { quoteText } from './quote';
import { isNameAttribute } from './settings';

/** The texts of a message: the subject and the HTML of the email message, and the SMS message. */
export type TextKind = 'subject' | 'html' | 'sms';

/** The values that texts may use. What could not be read is undefined. */
export interface DeclaredValues {
  /** The maximum lengths by name. */
  readonly attributes?: Readonly<Record<string, number>>;
  readonly metadata?: Readonly<Record<string, number>>;
  readonly maxUsernameLength: number;
  /** Whether the digits of a value are shown, by the name in its placeholder, such as `attribute.given_name`. */
  readonly digits?: Readonly<Record<string, boolean>>;
}

export interface CheckedText {
  readonly parts: readonly TextPart[];
  readonly placeholders: readonly Placeholder[];
  readonly errors: readonly TextProblem[];
  readonly warnings: readonly TextProblem[];
}

const MAX_CHARACTERS: Readonly<Record<TextKind, number>> = {
  subject: MESSAGE_LIMITS.emailSubject,
  html: MESSAGE_LIMITS.emailMessage,
  sms: MESSAGE_LIMITS.smsMessage,
};

/**
 * A text that exceeds its limit by more than this factor is not parsed: it is probably the wrong file, and would yield
 * an endless list of problems.
 */
const MAX_PARSED_FACTOR = 10;

/** Control characters, lone surrogates, and line breaks other than LF. */
const FORBIDDEN_CHARACTERS: Readonly<Record<TextKind, RegExp>> = {
  subject: /[\p{Cc}\p{Cs}\u2028\u2029]/u,
  html: /(?![\t\n])[\p{Cc}\p{Cs}\u2028\u2029]/u,
  sms: /(?!\n)[\p{Cc}\p{Cs}\u2028\u2029]/u,
};

/** Checks one text by itself. Its line breaks must be LF. */
export function checkText(kind: TextKind, source: string, declared: DeclaredValues): CheckedText {
  if (source.length > MAX_PARSED_FACTOR * MAX_CHARACTERS[kind]) {
    const parts = [source];
    return { parts, placeholders: [], errors: validateLength(kind, parts, declared), warnings: [] };
  }
  const { placeholders, problems, links, html } = findPlaceholders(kind, source, declared);
  const { text, warnings } = kind === 'html' ? acceptHtml(source) : acceptPlainText(source);
  // A value that is not declared has no maximum length: its placeholder stays in the text as it is written.
  const sent = text === source ? placeholders : findPlaceholders(kind, text, declared).placeholders;
  const parts = splitIntoParts(
    text,
    sent.filter(({ part }) => maxLengthOf(part, declared, kind) > 0),
  );
  if (text.trim() === '') {
    const errors = [{ offset: 0, text: 'got an empty text, expected one with words in it' }];
    return { parts, placeholders, errors, warnings: [] };
  }
  const errors = [
    ...validateLength(kind, parts, declared),
    ...(kind === 'html' ? validatePlaceholderPositions(source, placeholders) : []),
    ...links.problems,
    ...(kind === 'sms' ? validateCode(placeholders) : []),
    ...validateCharacters(kind, source),
    ...problems,
    ...validateDeclared(source, placeholders, declared),
  ].sort((a, b) => a.offset - b.offset);
  const moreWarnings = [
    ...(kind === 'sms' ? [...lineBreakWarnings(source), ...partsWarnings(parts, declared)] : []),
    ...(html ? undisplayedCodeWarnings(placeholders, html.undisplayed) : []),
    ...leftoverWarnings(source, html?.rawText),
  ];
  return { parts, placeholders, errors, warnings: [...warnings, ...moreWarnings].sort((a, b) => a.offset - b.offset) };
}

/** The placeholders of a text, with how each value is written, and what is wrong with them. */
function findPlaceholders(kind: TextKind, source: string, declared: DeclaredValues) {
  const html = kind === 'html' ? scanHtml(source.replace(/[{}]/g, 'x')) : undefined;
  const { placeholders: found, problems } = parsePlaceholders(source, kind === 'html', html?.rawText);
  const links = findLinkedPlaceholders(source, found, html?.attributeValues);
  const placeholders = found.map((placeholder) => ({
    ...placeholder,
    part: withOptions(placeholder.part, links.inQuery.has(placeholder), declared),
  }));
  return { placeholders, problems, links, html };
}

function validateLength(kind: TextKind, parts: readonly TextPart[], declared: DeclaredValues): TextProblem[] {
  const length = parts.reduce(
    (sum, part, at) => sum + separatorLength(parts, at, kind) + maxLengthOf(part, declared, kind),
    0,
  );
  if (length <= MAX_CHARACTERS[kind]) return [];
  const text = `got ${length} characters with the code and with every value at its maximum length${
    kind === 'html' ? ` and escaped (${MAX_ESCAPED_CHARACTERS} times that)` : ''
  }, expected at most ${MAX_CHARACTERS[kind]}: shorten the text or lower the maximum lengths`;
  return [{ offset: 0, text }];
}

/** The trigger may insert a space between a value and its neighbour: 1 where it may, else 0. */
function separatorLength(parts: readonly TextPart[], at: number, kind: TextKind): number {
  const [earlier, before, part] = [parts[at - 2], parts[at - 1], parts[at]];
  if (before === undefined || isCode(part) || isCode(before) || isInQuery(part) || isInQuery(before)) return 0;
  const read = (text: string) => (kind === 'html' ? resolveReferences(text) : text);
  if (typeof part === 'string') return CONTINUES_HOST_NAME.test(read(part)) ? 1 : 0;
  if (typeof before !== 'string' || COMPLETABLE_END.test(read(before))) return 1;
  return earlier !== undefined && !isCode(earlier) && CONTINUES_COMPLETABLE_END.test(read(before)) ? 1 : 0;
}

function isCode(part: TextPart): boolean {
  return typeof part === 'object' && 'code' in part;
}

function isInQuery(part: TextPart): boolean {
  return typeof part === 'object' && 'inQuery' in part;
}

/** The maximum length of a part, in UTF-16 units; 0 for a value that is not declared. */
function maxLengthOf(part: TextPart, declared: DeclaredValues, kind: TextKind): number {
  if (typeof part === 'string') return part.length;
  if ('code' in part) return CODE_PARAMETER.length;
  const characters = maxCharactersOf(part, declared);
  if (part.inQuery) return characters * MAX_PERCENT_ENCODED_CHARACTERS;
  return characters * (kind === 'html' ? MAX_ESCAPED_CHARACTERS : 1);
}

/** The maximum length of a value before it is encoded; 0 if it is not declared. */
function maxCharactersOf(part: ValuePart, { attributes, metadata, maxUsernameLength }: DeclaredValues): number {
  if ('username' in part) return maxUsernameLength;
  const [name, lengths = {}] = 'attribute' in part ? [part.attribute, attributes] : [part.metadata, metadata];
  return Object.hasOwn(lengths, name) ? lengths[name] : 0;
}

/** Adds how the value is written. */
function withOptions<Part extends Placeholder['part']>(part: Part, inQuery: boolean, { digits = {} }: DeclaredValues) {
  if ('code' in part) return part;
  if (inQuery) return { ...part, inQuery } as Part;
  const name = nameOf(part);
  const shown = Object.hasOwn(digits, name) ? digits[name] : !('attribute' in part) || isNameAttribute(part.attribute);
  return shown ? part : { ...part, withoutDigits: true as const };
}

/** The name of a value in its placeholder. */
function nameOf(part: ValuePart): string {
  if ('username' in part) return 'username';
  return 'attribute' in part ? `attribute.${part.attribute}` : `metadata.${part.metadata}`;
}

function validateCode(placeholders: readonly Placeholder[]): TextProblem[] {
  return placeholders.some(({ part }) => 'code' in part)
    ? []
    : [{ offset: 0, text: 'got no {{code}}, expected one: the user needs the code to choose a new password' }];
}

/**
 * In HTML, the code must be visible or part of a link, and values must be text: they come from users and callers, and
 * could act as markup anywhere else.
 */
function validatePlaceholderPositions(source: string, placeholders: readonly Placeholder[]): TextProblem[] {
  // Values are letters, the worst case: after `<`, a letter starts a tag.
  const { text, attributeValues } = scanHtml(fillPlaceholders(source, placeholders, 'x'));
  const codeIsSeen = placeholders.some(
    ({ part, ...range }) => 'code' in part && (isWithin(range, text) || isWithin(range, attributeValues)),
  );
  const problems = placeholders
    .filter(
      ({ part, ...range }) =>
        !('code' in part) && !isWithin(range, text) && !(part.inQuery && isWithin(range, attributeValues)),
    )
    .map(({ start, end }) => ({
      offset: start,
      text: `got ${quoteText(source.slice(start, end))} where it is not read as text, expected it between tags, or in the value of a query of an https link: the value comes from outside, and elsewhere in a tag, an attribute, a comment or a style it could act as markup or code`,
    }));
  return codeIsSeen
    ? problems
    : [
        {
          offset: 0,
          text: 'got no {{code}} that the user sees, expected one in the text or in an attribute such as href: the user needs the code to choose a new password',
        },
        ...problems,
      ];
}

function isWithin({ start, end }: SourceRange, ranges: readonly SourceRange[]): boolean {
  return ranges.some((range) => range.start <= start && end <= range.end);
}

function validateCharacters(kind: TextKind, source: string): TextProblem[] {
  const match = FORBIDDEN_CHARACTERS[kind].exec(source);
  if (!match) return [];
  if (kind === 'subject' && /[\n\u2028\u2029]/.test(match[0])) {
    return [{ offset: match.index, text: 'got a line break, expected none: a subject is one line' }];
  }
  const codePoint = match[0].codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0');
  return [{ offset: match.index, text: `got the character U+${codePoint}, expected no control characters` }];
}

function validateDeclared(
  source: string,
  placeholders: readonly Placeholder[],
  { attributes, metadata }: DeclaredValues,
): TextProblem[] {
  return placeholders.flatMap(({ start, end, part }) => {
    if ('code' in part || 'username' in part) return [];
    const [property, name, declared] =
      'attribute' in part ? ['attributes', part.attribute, attributes] : ['metadata', part.metadata, metadata];
    if (declared === undefined || Object.hasOwn(declared, name)) return [];
    const names = Object.keys(declared);
    const expected = names.length === 0 ? 'none, because none is declared' : `one of ${names.join(', ')}`;
    const text = `got ${quoteText(source.slice(start, end))}, which is not declared in ${property}, expected ${expected}: declare it there with the maximum length of its value`;
    return [{ offset: start, text }];
  });
}

/** Preview texts of mail programs are not displayed in the message itself. */
function undisplayedCodeWarnings(
  placeholders: readonly Placeholder[],
  undisplayed: readonly SourceRange[],
): TextProblem[] {
  const codes = placeholders.filter(({ part }) => 'code' in part);
  if (codes.length === 0 || codes.some((code) => !isWithin(code, undisplayed))) return [];
  const text = 'got {{code}} only where nothing is displayed (display:none or hidden), expected it in visible text too';
  return [{ offset: codes[0].start, text }];
}

/**
 * ASSUMPTION: Cognito accepts line breaks in SMS messages. One documented pattern is `.*\{####\}.*`, in which `.` matches
 * no line break, and another one is `(?s).*`, in which it does.
 *
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_VerificationMessageTemplateType.html
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_MessageTemplateType.html
 */
function lineBreakWarnings(source: string): TextProblem[] {
  const offset = source.indexOf('\n');
  const text = 'got a line break, which Cognito may refuse in an SMS message: AWS does not document it clearly';
  return offset < 0 ? [] : [{ offset, text }];
}

/** The parts of an SMS message with every value at its maximum length, and with a character that is not in GSM-7. */
export function mostSmsParts(parts: readonly TextPart[], declared: DeclaredValues): number {
  const texts = parts.map((part, at) => {
    const separator = ' '.repeat(separatorLength(parts, at, 'sms'));
    if (typeof part === 'string') return `${separator}${part}`;
    return separator + (isCode(part) ? '0' : NOT_IN_GSM_7).repeat(maxLengthOf(part, declared, 'sms'));
  });
  return countSmsParts(texts.join('')).parts;
}

const NOT_IN_GSM_7 = 'ă';

function partsWarnings(parts: readonly TextPart[], declared: DeclaredValues): TextProblem[] {
  // The braces of the code parameter would count twice in GSM-7, but the code has six digits. For values, letters of
  // GSM-7 are assumed, which take the least space.
  const text = parts
    .map((part) => (typeof part === 'string' ? part : 'x'.repeat(maxLengthOf(part, declared, 'sms'))))
    .join('');
  const { encoding, parts: count } = countSmsParts(text);
  if (count < 2) return [];
  const most = encoding === 'GSM-7' ? '160 characters of GSM-7' : '70 characters of UCS-2';
  return [
    {
      offset: 0,
      text: `got an SMS message that is sent in ${count} parts (${encoding}), each charged as a message; a message of one part has at most ${most}`,
    },
  ];
}
