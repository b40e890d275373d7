import type { TextPart } from '../../contract/messages';
import type { SourceRange } from '../../contract/synth-tools';
import { quoteText } from './quote';

/** A valid placeholder and its position in the source. */
export interface Placeholder {
  readonly start: number;
  readonly end: number;
  readonly part: Exclude<TextPart, string>;
}

/** A problem at one position of a text. */
export interface TextProblem {
  readonly offset: number;
  readonly text: string;
}

export interface ParsedPlaceholders {
  readonly placeholders: readonly Placeholder[];
  readonly problems: readonly TextProblem[];
}

const BRACES = /(?<open>\{{2,})(?<inside>[^{}]*)(?<close>\}{2,})|\{(?:####|username)\}|\{+|\}+/g;

const PLACEHOLDER =
  /^ *(?:(?<code>code)|(?<username>username)|attribute\.(?<attribute>[\w:-]{1,64})|metadata\.(?<metadata>[\w-]{1,64})) *$/;

const PLACEHOLDERS = '{{code}}, {{username}}, {{attribute.NAME}} or {{metadata.KEY}}';

/**
 * Finds the placeholders of a text.
 *
 * @param singleBraces whether pairs of single braces are allowed, as in CSS
 * @param rawText ranges of styles and scripts, in which all braces but those of a valid placeholder belong to them
 */
export function parsePlaceholders(
  source: string,
  singleBraces: boolean,
  rawText: readonly SourceRange[] = [],
): ParsedPlaceholders {
  const placeholders: Placeholder[] = [];
  const problems: TextProblem[] = [];
  const opened: number[] = [];
  for (const match of source.matchAll(BRACES)) {
    const [braces] = match;
    const offset = match.index;
    const { open, inside = '', close } = match.groups ?? {};
    const isRawText = rawText.some(({ start, end }) => start <= offset && offset < end);
    if (isRawText && !(open === '{{' && close === '}}' && readPlaceholder(inside))) continue;
    if (open !== undefined) {
      const part = readPlaceholder(inside);
      if (open !== '{{' || close !== '}}') {
        problems.push({ offset, text: `got ${quoteText(braces)}, expected two braces on each side of a placeholder` });
      } else if (part) {
        placeholders.push({ start: offset, end: offset + braces.length, part });
      } else {
        problems.push({ offset, text: `got ${quoteText(braces)}, expected ${PLACEHOLDERS}` });
      }
    } else if (braces.length > 2 && braces.endsWith('}') && braces.startsWith('{')) {
      const text =
        braces === '{username}'
          ? 'got {username}, which Cognito fills in invitations only, expected {{username}}'
          : `got ${braces}, which Cognito replaces, expected {{code}} for the code`;
      problems.push({ offset, text });
    } else if (braces.length > 1) {
      const missing = braces[0] === '{' ? '}}' : '{{';
      // In CSS, `}}` closes two blocks: their opening braces must not be reported as unclosed.
      if (missing === '{{') opened.splice(-braces.length);
      problems.push({ offset, text: `got ${braces} without ${missing}, expected ${PLACEHOLDERS}` });
    } else if (!singleBraces) {
      problems.push({
        offset,
        text: `got a single ${braces}, expected ${PLACEHOLDERS}: braces are for placeholders only`,
      });
    } else if (braces === '{') {
      opened.push(offset);
    } else if (opened.pop() === undefined) {
      problems.push({ offset, text: 'got a single } without {, expected pairs' });
    }
  }
  const unclosed = opened.map((offset) => ({ offset, text: 'got a single { without }, expected pairs' }));
  return { placeholders, problems: [...problems, ...unclosed] };
}

/** Replaces placeholders by as many characters, so that offsets stay the same: the code by digits, values by the filler. */
export function fillPlaceholders(source: string, placeholders: readonly Placeholder[], filler: string): string {
  let filled = '';
  for (const { start, end, part } of placeholders) {
    filled += source.slice(filled.length, start) + ('code' in part ? '0' : filler).repeat(end - start);
  }
  return filled + source.slice(filled.length);
}

/** Splits a text at its placeholders. No two literal parts are adjacent, and none is empty. */
export function splitIntoParts(source: string, placeholders: readonly Placeholder[]): TextPart[] {
  const parts: TextPart[] = [];
  let from = 0;
  for (const { start, end, part } of placeholders) {
    parts.push(source.slice(from, start), part);
    from = end;
  }
  return [...parts, source.slice(from)].filter((part) => part !== '');
}

function readPlaceholder(inside: string): Exclude<TextPart, string> | undefined {
  const { code, username, attribute, metadata } = PLACEHOLDER.exec(inside)?.groups ?? {};
  if (code !== undefined) return { code: true };
  if (username !== undefined) return { username: true };
  if (attribute !== undefined) return { attribute };
  return metadata === undefined ? undefined : { metadata };
}
