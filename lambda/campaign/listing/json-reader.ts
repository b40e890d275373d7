import { splitLines } from '../shared/split-lines';
import { type JsonElement, JsonSplitError, jsonElements } from './json-elements';
import { parseJson, userInJson } from './json-user';
import { type ListPosition, type ListRecord, UnreadableListError } from './list-record';
import type { NamedUser } from './named-user';
import { lineFeedsIn, type StrictDecoder } from './strict-decoder';

/** Reads the records of a list with JSON in each line. */
export async function* readJsonLines(
  units: AsyncIterable<string>,
  from: ListPosition,
  decoder: StrictDecoder,
): AsyncGenerator<ListRecord> {
  let end = 0;
  let { lines } = from;
  for await (const line of splitLines(units)) {
    const begin = end;
    const lineFeeds = lines - from.lines;
    end += line.length;
    lines += 1;
    const next = { ...from, offset: decoder.offsetOf(end), lines };
    // Files that were put together can have a byte order mark anywhere.
    const text = line.units && decoder.decode(line.units, begin, lineFeeds).replace(/^\uFEFF/, '');
    if (text?.trim() === '') continue;
    yield { number: lines, user: text === undefined ? undefined : userInJson(parseJson(text)), next };
  }
}

/** Reads the elements of a list that is JSON as a whole. */
export async function* readJson(
  units: AsyncIterable<string>,
  from: ListPosition,
  decoder: StrictDecoder,
): AsyncGenerator<ListRecord> {
  let number = from.elements;
  try {
    for await (const element of jsonElements(units, from.container)) {
      number += 1;
      const { end, lineFeeds, container } = element;
      const next = { offset: decoder.offsetOf(end), lines: from.lines + lineFeeds, elements: number, container };
      yield { number, user: userInElement(element, decoder), next };
    }
  } catch (error) {
    if (!(error instanceof JsonSplitError)) throw error;
    throw new UnreadableListError(`${error.found}, ${decoder.placeOf(error.at, error.lineFeeds)}`, EXPECTED_JSON);
  }
}

const EXPECTED_JSON = 'JSON with an object or a string for each user, complete to its end';

function userInElement({ units, begin, lineFeeds }: JsonElement, decoder: StrictDecoder): NamedUser | undefined {
  if (units === undefined) return undefined;
  const before = lineFeeds - lineFeedsIn(units);
  const value = parseJson(decoder.decode(units, begin, before));
  if (value === undefined) {
    throw new UnreadableListError(`an element that is not JSON, ${decoder.placeOf(begin, before)}`, EXPECTED_JSON);
  }
  return userInJson(value);
}
