import type { Json } from '../model';

/** Parses JSON; undefined when the text is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Writes JSON as AWS does: a time is a number of seconds since the epoch. */
export function writeJson(output: Json): string {
  return JSON.stringify(output, function (this: Json, key, value) {
    const original = this[key];
    return original instanceof Date ? original.getTime() / 1000 : value;
  });
}
