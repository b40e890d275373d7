/** The longest line that is read, in code units. A longer line cannot be a user. */
const MAX_LINE_LENGTH = 256 * 1024;

/** A line as it was split off. */
export interface SplitLine {
  /**
   * Without the line break, but with a carriage return before a line feed; undefined when the line is too long.
   */
  readonly units: string | undefined;
  /** In code units, with the line break. */
  readonly length: number;
}

/**
 * Splits a text of which each character is one code unit of the encoding. The last line may lack a line break.
 */
export async function* splitLines(
  chunks: AsyncIterable<string>,
  lineBreak: '\n' | '\r' = '\n',
): AsyncGenerator<SplitLine> {
  let rest = '';
  let length = 0;
  let tooLong = false;
  const line = (units: string, breakLength: number): SplitLine => {
    const isTooLong = tooLong || units.length > MAX_LINE_LENGTH;
    const split = {
      units: isTooLong ? undefined : units,
      length: length + units.length + breakLength,
    };
    length = 0;
    tooLong = false;
    return split;
  };
  for await (const chunk of chunks) {
    const units = rest + chunk;
    let from = 0;
    for (let at = units.indexOf(lineBreak); at >= 0; at = units.indexOf(lineBreak, from)) {
      yield line(units.slice(from, at), 1);
      from = at + 1;
    }
    rest = units.slice(from);
    if (rest.length > MAX_LINE_LENGTH) {
      length += rest.length;
      rest = '';
      tooLong = true;
    }
  }
  if (rest.length > 0 || tooLong) yield line(rest, 0);
}
