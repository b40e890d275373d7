import { COLON_LIKE, DOT_LIKE } from '../../contract/messages';
import type { SourceRange } from '../../contract/synth-tools';
import { fillPlaceholders, type Placeholder, type TextProblem } from './parse';
import { quoteText } from './quote';

/** Stands for each character of a value. It is private-use, so that no text has it. */
const VALUE_FILLER = '\ue000';

/** What separates words in the source of a text: spaces, tags and quotation marks, and spaces as HTML may write them. */
const SEPARATOR = /[\s<>"]|&(?:nbsp|ensp|emsp|thinsp|#160|#x0*a0);/giu;

/** Tags that begin no new word. */
const INLINE_TAG = /<\/?(?:a|b|bdi|bdo|em|font|i|mark|s|small|span|strong|u)(?:\s[^<>]*)?>/gi;

/** A link to a literal host, up to a place in the value of its query. A value in its host or path makes it another one. */
const QUERY_VALUE = new RegExp(`^https://[^/?#${VALUE_FILLER}]+(?:/[^?#${VALUE_FILLER}]*)?\\?[^#]*$`, 'iu');

/** The last parameter of a query, with its name and the equals sign. */
const PARAMETER = /[?&][^?&=]+=[^&]*$/u;

const SCHEME = new RegExp(`[\\p{L}\\p{N}]${COLON_LIKE}//`, 'u');
const HOST_BEFORE = new RegExp(`[\\p{L}\\p{N}]${DOT_LIKE}\\p{L}`, 'u');
const HOST_AFTER = new RegExp(`^[\\p{L}\\p{N}_-]*${DOT_LIKE}\\p{L}`, 'u');
const ADDRESS_BEFORE = /[^\s@]@/u;
const ADDRESS_AFTER = /^[^\s@]*@[^\s@]/u;

const WHERE =
  'expected it only in the value of a query of an https link, such as https://example.com/?name={{username}}';

/** The placeholders of values in links. */
export interface LinkedPlaceholders {
  /** Those in the value of a query, which are percent-encoded. */
  readonly inQuery: ReadonlySet<Placeholder>;
  /** Those elsewhere in a link, where a value could change where it leads. */
  readonly problems: readonly TextProblem[];
}

/**
 * Finds the placeholders of values that are part of a link.
 *
 * @param attributeValues the ranges of attribute values in HTML, whose text is no word of a sentence
 */
export function findLinkedPlaceholders(
  source: string,
  placeholders: readonly Placeholder[],
  attributeValues: readonly SourceRange[] = [],
): LinkedPlaceholders {
  const filled = fillPlaceholders(source, placeholders, VALUE_FILLER);
  const inQuery = new Set<Placeholder>();
  const problems: TextProblem[] = [];
  for (const placeholder of placeholders) {
    const { start, end, part } = placeholder;
    if ('code' in part) continue;
    const attribute = attributeValues.find((range) => range.start <= start && end <= range.end);
    if (attribute !== undefined) {
      if (isQueryValue(filled.slice(attribute.start, start).replace(/^\s*=\s*["']?\s*/, ''))) inQuery.add(placeholder);
      continue;
    }
    const { before, after } = wordAround(filled, start, end);
    const link = before.slice(Math.max(0, before.search(/https:\/\//i)));
    if (isQueryValue(link)) {
      inQuery.add(placeholder);
    } else if (
      SCHEME.test(before) ||
      HOST_BEFORE.test(before) ||
      HOST_AFTER.test(after) ||
      ADDRESS_BEFORE.test(before) ||
      ADDRESS_AFTER.test(after)
    ) {
      const got = quoteText(source.slice(start, end));
      problems.push({
        offset: start,
        text: `got ${got} in a link or beside text that makes a link with it, ${WHERE}: elsewhere a value from outside could choose where the link leads`,
      });
    }
  }
  return { inQuery, problems };
}

function isQueryValue(link: string): boolean {
  return QUERY_VALUE.test(link) && PARAMETER.test(link);
}

/** The rest of the word on both sides of a range. */
function wordAround(text: string, start: number, end: number): { before: string; after: string } {
  const before = text.slice(0, start).replace(INLINE_TAG, '').split(SEPARATOR).at(-1) ?? '';
  const [after = ''] = text.slice(end).replace(INLINE_TAG, '').split(SEPARATOR, 1);
  return { before, after };
}
