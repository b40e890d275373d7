/** What the constructs use of other packages at synth. It is bundled, so that this package does not depend on them. */
export interface SynthTools {
  /** Finds the visible text and the attribute values of an HTML document. */
  scanHtml(html: string): HtmlScan;
}

export interface HtmlScan {
  /** The text that a reader sees. */
  readonly text: readonly SourceRange[];
  /** The attribute values of visible elements. */
  readonly attributeValues: readonly SourceRange[];
}

/** A range of a source, in UTF-16 code units. It does not include `end`. */
export interface SourceRange {
  readonly start: number;
  readonly end: number;
}
