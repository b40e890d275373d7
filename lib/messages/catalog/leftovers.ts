import type { SourceRange } from '../../contract/synth-tools';
import type { TextProblem } from './parse';
import { quoteText } from './quote';

/** The placeholders of other template languages, which nothing would replace. */
const LEFTOVERS =
  /\{%[^{}%]{0,200}%\}|\$\{[\w.]{1,64}\}|\*\|[\w:.]{1,64}\|\*|<%[=-]?[^<>%]{0,200}%>|\[\[ ?[\w.-]{1,64} ?\]\]/g;

/**
 * Warns of what other template languages left in a text.
 *
 * @param ignored ranges in which such characters have a meaning of their own, such as scripts
 */
export function leftoverWarnings(source: string, ignored: readonly SourceRange[] = []): TextProblem[] {
  return [...source.matchAll(LEFTOVERS)]
    .filter(({ index }) => !ignored.some(({ start, end }) => start <= index && index < end))
    .map(({ 0: found, index }) => ({
      offset: index,
      text: `got ${quoteText(found)}, which looks like a placeholder of another template language, expected {{…}}: users would see it as it is`,
    }));
}
