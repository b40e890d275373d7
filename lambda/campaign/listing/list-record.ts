import type { JsonContainer } from './json-elements';
import type { NamedUser } from './named-user';

/** Where reading a list can begin or go on. */
export interface ListPosition {
  /** In bytes. */
  readonly offset: number;
  /** How many lines there are before. */
  readonly lines: number;
  /** How many elements of JSON there are before. */
  readonly elements: number;
  /** What the previous element of JSON was in. */
  readonly container: JsonContainer;
}

/** What a list says of one user. */
export interface ListRecord {
  /** The number of its first line, or of its element in JSON, from 1. */
  readonly number: number;
  /** Undefined when the record is malformed. */
  readonly user: NamedUser | undefined;
  /** Where the next record begins. */
  readonly next: ListPosition;
}

/** A list cannot be read any further. */
export class UnreadableListError extends Error {
  /**
   * @param found what is in the list, without any text of it
   * @param expected what should be in its place
   */
  constructor(
    readonly found: string,
    readonly expected: string,
  ) {
    super(found);
  }
}
