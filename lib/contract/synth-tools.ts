/** What the constructs use at synth of other packages: bundled, so that this one depends on none of them. */
export interface SynthTools {
  /** Where an HTML document has text that a reader sees, and where values of attributes. */
  scanHtml(html: string): HtmlScan;
  /** How an SMS is sent. */
  countSegments(text: string): SmsSegments;
}

export interface HtmlScan {
  readonly text: readonly SourceRange[];
  /** Of elements that are shown. */
  readonly attributeValues: readonly SourceRange[];
}

/** From one offset in a source to before another, in UTF-16 units. */
export interface SourceRange {
  readonly start: number;
  readonly end: number;
}

/** In how many pieces an SMS is sent, each of which is charged. */
export interface SmsSegments {
  readonly encoding: 'GSM-7' | 'UCS-2';
  readonly segments: number;
}
