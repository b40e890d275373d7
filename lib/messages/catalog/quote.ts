/** Longer pieces say no more. */
const MAX_QUOTED_CHARACTERS = 80;

/** A piece of somebody's text for a message: on one line, and not too long. */
export function quoteText(text: string): string {
  return truncate(escapeLineBreaks(text));
}

export function escapeLineBreaks(text: string): string {
  return JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"');
}

/** A value for a message, as JSON. */
export function quoteValue(value: unknown): string {
  return value === undefined ? 'nothing' : truncate(JSON.stringify(value) ?? typeof value);
}

function truncate(line: string): string {
  return line.length > MAX_QUOTED_CHARACTERS ? `${line.slice(0, MAX_QUOTED_CHARACTERS)}…` : line;
}
