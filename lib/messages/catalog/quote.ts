/** Longer pieces say no more. */
const QUOTED_CHARACTERS = 80;

/** A piece of somebody's text for a message: on one line, and not too long. */
export function quote(text: string): string {
  return shorten(onOneLine(text));
}

export function onOneLine(text: string): string {
  return JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"');
}

/** A value for a message, as JSON. */
export function describe(value: unknown): string {
  return value === undefined ? 'nothing' : shorten(JSON.stringify(value) ?? typeof value);
}

function shorten(line: string): string {
  return line.length > QUOTED_CHARACTERS ? `${line.slice(0, QUOTED_CHARACTERS)}…` : line;
}
