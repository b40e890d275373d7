import type { ListEncoding } from '../../../lib/contract/campaign';
import { bytesPerUnit, textOf, wellFormedUnits } from './encoding';
import { type ListPosition, UnreadableListError } from './list-record';

/** Decodes the code units of a list from a position on, and tells places in it. */
export class StrictDecoder {
  readonly #encoding: ListEncoding;
  readonly #from: ListPosition;

  constructor(encoding: ListEncoding, from: ListPosition) {
    this.#encoding = encoding;
    this.#from = from;
  }

  /**
   * Refuses the list when the units are not well-formed.
   *
   * @param at where the units begin, in code units from the position
   * @param lineFeeds how many line feeds there are between the position and the units
   */
  decode(units: string, at: number, lineFeeds: number): string {
    const text = textOf(units, this.#encoding);
    if (text !== undefined) return text;
    const wellFormed = wellFormedUnits(units, this.#encoding);
    const more = lineFeedsIn(units.slice(0, wellFormed));
    throw new UnreadableListError(
      `bytes that are not ${this.#encoding}, ${this.placeOf(at + wellFormed, lineFeeds + more)}`,
      'one encoding throughout (a Windows code page? save the list as CSV UTF-8)',
    );
  }

  placeOf(at: number, lineFeeds: number): string {
    return `at byte ${this.offsetOf(at) + 1} in line ${this.#from.lines + lineFeeds + 1}`;
  }

  /** In bytes from the beginning of the list. */
  offsetOf(at: number): number {
    return this.#from.offset + at * bytesPerUnit(this.#encoding);
  }
}

export function lineFeedsIn(units: string): number {
  return units.split('\n').length - 1;
}
