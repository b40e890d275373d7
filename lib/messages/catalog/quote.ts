/** Longer quotations are truncated. */
const MAX_QUOTED_CHARACTERS = 80;

/** Quotes a piece of a text in a problem: on one line and truncated. */
export function quoteText(text: string): string {
  return truncate(escapeLineBreaks(text));
}

/** Escapes a text as JSON does, but without quotation marks, so that it takes one line. */
export function escapeLineBreaks(text: string): string {
  return JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"');
}

/** Quotes a value in a problem: as JSON and truncated. */
export function quoteValue(value: unknown): string {
  return value === undefined ? 'nothing' : truncate(JSON.stringify(value) ?? typeof value);
}

function truncate(line: string): string {
  return line.length > MAX_QUOTED_CHARACTERS ? `${line.slice(0, MAX_QUOTED_CHARACTERS)}…` : line;
}
