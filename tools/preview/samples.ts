import { render, type Values } from '../../lambda/messages/render';
import { type Catalog, CODE_PARAMETER, type TextPart } from '../../lib/contract/messages';

export const SAMPLE_CODE = '123456';

/** A part of a text with its sample value. */
export interface Piece {
  readonly text: string;
  /** What the text is a sample of; undefined for text of the catalog. */
  readonly standsFor?: 'code' | 'value';
}

type RenderParts = (parts: readonly TextPart[], values: Values, catalog: Catalog) => string | undefined;

const renderTextParts: RenderParts = (parts, values, catalog) => render({ sms: parts }, values, catalog).sms;
const renderHtmlParts: RenderParts = (parts, ...rest) =>
  render({ email: { subject: [], html: parts } }, ...rest).email?.html;

/** Renders the texts of a catalog with the code of the trigger. The values are samples that show their names. */
export class SampleRenderer {
  readonly #samples: Values;
  readonly #longest: Values;

  constructor(private readonly catalog: Catalog) {
    this.#samples = valuesFor(catalog, sampleValue, sampleUsername(catalog));
    // No other character has a longer escape in HTML.
    this.#longest = valuesFor(catalog, (_, longest) => '&'.repeat(longest), 'x'.repeat(catalog.maxUsernameLength));
  }

  /** Renders a subject or an SMS message. */
  renderText(parts: readonly TextPart[]): Piece[] {
    return this.#pieces(parts, renderTextParts);
  }

  /** Renders the HTML of an email message. */
  renderHtml(parts: readonly TextPart[]): string {
    return this.#pieces(parts, renderHtmlParts)
      .map(({ text }) => text)
      .join('');
  }

  /** The length of a subject or an SMS message with the longest values; undefined when that is over the limit. */
  longestTextLength(parts: readonly TextPart[]): number | undefined {
    return renderTextParts(parts, this.#longest, this.catalog)?.length;
  }

  /** The same for the HTML of an email message. */
  longestHtmlLength(parts: readonly TextPart[]): number | undefined {
    return renderHtmlParts(parts, this.#longest, this.catalog)?.length;
  }

  /** What each part adds to the text. When the whole text is over the limit, each part is rendered without the trigger. */
  #pieces(parts: readonly TextPart[], renderParts: RenderParts): Piece[] {
    const renderFirst = (count: number) => renderParts(parts.slice(0, count), this.#samples, this.catalog) ?? '';
    const isTooLong = renderParts(parts, this.#samples, this.catalog) === undefined;
    return parts.map((part, i) => {
      const text = isTooLong ? sampleOf(part) : renderFirst(i + 1).slice(renderFirst(i).length);
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
  if ('username' in part) return 'username';
  return sampleValue('attribute' in part ? part.attribute : part.metadata);
}

function sampleUsername({ maxUsernameLength }: Catalog): string {
  return 'username'.slice(0, maxUsernameLength);
}

function valuesFor(
  { attributes, metadata }: Catalog,
  valueFor: (name: string, longest: number) => string,
  username: string,
): Values {
  const values = (limits: Readonly<Record<string, number>>) =>
    Object.fromEntries(Object.entries(limits).map(([name, longest]) => [name, valueFor(name, longest)]));
  return { username, attributes: values(attributes), metadata: values(metadata) };
}

/** The name in brackets, cut to the longest value. The trigger adds a space after a colon, so colons are replaced. */
function sampleValue(name: string, longest = Number.POSITIVE_INFINITY): string {
  const label = name.replaceAll(':', ' ');
  return longest > 2 ? `[${label.slice(0, longest - 2)}]` : label.slice(0, longest);
}
