/** What the constructs use of other packages at synth. It is bundled, so that this package does not depend on them. */
export interface SynthTools {
  /** Finds the visible text and the attribute values of an HTML document. */
  scanHtml(html: string): HtmlScan;
  /** Finds what has escapes of its own in an HTML document, in document order. The rest is tags and raw text. */
  findLanguages(html: string): HtmlLanguage[];
}

export interface HtmlScan {
  /** The text that a reader sees. */
  readonly text: readonly SourceRange[];
  /** The attribute values of visible elements. */
  readonly attributeValues: readonly SourceRange[];
  /** The contents of styles and scripts, in which braces are no placeholders. */
  readonly rawText: readonly SourceRange[];
  /** Those elements, with what they contain, that are not displayed because of `display:none` or `hidden`. */
  readonly undisplayed: readonly SourceRange[];
}

/** A range of a source, in UTF-16 code units. It does not include `end`. */
export interface SourceRange {
  readonly start: number;
  readonly end: number;
}

/** A range of an HTML document by the language of its escapes: text and attribute values have those of HTML. */
export interface HtmlLanguage extends SourceRange {
  readonly language: 'html' | 'css' | 'javascript' | 'comment';
}
