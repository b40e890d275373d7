import { render, type Values } from '../../lambda/messages/render';
import { type Catalog, CODE_PARAMETER, type TextPart } from '../../lib/contract/messages';

export const SAMPLE_CODE = '123456';

/** A piece of a text as a reader sees it. */
export interface Piece {
  readonly text: string;
  /** What it stands for; nothing when it is the catalog's own text. */
  readonly standsFor?: 'code' | 'value';
}

type RenderParts = (parts: readonly TextPart[], values: Values, catalog: Catalog) => string | undefined;

const renderTextParts: RenderParts = (parts, values, catalog) => render({ sms: parts }, values, catalog).sms;
const renderHtmlParts: RenderParts = (parts, ...rest) =>
  render({ email: { subject: [], html: parts } }, ...rest).email?.html;

/** The texts of a catalog as the trigger writes them, with values that show their names. */
export class SampleRenderer {
  readonly #samples: Values;
  readonly #longest: Values;

  constructor(private readonly catalog: Catalog) {
    this.#samples = valuesFor(catalog, sampleValue);
    // In HTML an ampersand is written with the most characters.
    this.#longest = valuesFor(catalog, (_, longest) => '&'.repeat(longest));
  }

  /** A subject or an SMS. */
  renderText(parts: readonly TextPart[]): Piece[] {
    return this.#pieces(parts, renderTextParts);
  }

  /** The HTML of an email. */
  renderHtml(parts: readonly TextPart[]): string {
    return this.#pieces(parts, renderHtmlParts)
      .map(({ text }) => text)
      .join('');
  }

  /** How many characters a subject or an SMS has with the longest values; undefined when those are too many. */
  longestTextLength(parts: readonly TextPart[]): number | undefined {
    return renderTextParts(parts, this.#longest, this.catalog)?.length;
  }

  longestHtmlLength(parts: readonly TextPart[]): number | undefined {
    return renderHtmlParts(parts, this.#longest, this.catalog)?.length;
  }

  /** What each part adds to the text, by itself when the whole is too long for the trigger. */
  #pieces(parts: readonly TextPart[], write: RenderParts): Piece[] {
    const written = (count: number) => write(parts.slice(0, count), this.#samples, this.catalog) ?? '';
    const isTooLong = write(parts, this.#samples, this.catalog) === undefined;
    return parts.map((part, i) => {
      const text = isTooLong ? sampleOf(part) : written(i + 1).slice(written(i).length);
      return { text: text.replaceAll(CODE_PARAMETER, SAMPLE_CODE), standsFor: kindOf(part) };
    });
  }
}

function kindOf(part: TextPart): Piece['standsFor'] {
  if (typeof part === 'string') return undefined;
  return 'code' in part ? 'code' : 'value';
}

function sampleOf(part: TextPart): string {
  if (typeof part === 'string') return part;
  if ('code' in part) return CODE_PARAMETER;
  return sampleValue('attribute' in part ? part.attribute : part.metadata);
}

function valuesFor({ attributes, metadata }: Catalog, valueFor: (name: string, longest: number) => string): Values {
  const values = (limits: Readonly<Record<string, number>>) =>
    Object.fromEntries(Object.entries(limits).map(([name, longest]) => [name, valueFor(name, longest)]));
  return { attributes: values(attributes), metadata: values(metadata) };
}

/** The name in brackets, as far as it fits. A colon would get a space after it, and make it longer. */
function sampleValue(name: string, longest = Number.POSITIVE_INFINITY): string {
  const shown = name.replaceAll(':', ' ');
  return longest > 2 ? `[${shown.slice(0, longest - 2)}]` : shown.slice(0, longest);
}
