/** What the elements of a JSON list are directly in: nothing, an array, or the array `Users` of an object. */
export type JsonContainer = 'NOTHING' | 'ARRAY' | 'USERS';

/** An element of a JSON list, which stands for a user: an object or a string. */
export interface JsonElement {
  /** Undefined when the element is too long. */
  readonly units: string | undefined;
  /** Where the element begins and ends, in code units from where reading began. */
  readonly begin: number;
  readonly end: number;
  /** How many line feeds there were before the end. */
  readonly lineFeeds: number;
  readonly container: JsonContainer;
}

/** A list cannot be split into elements. */
export class JsonSplitError extends Error {
  /**
   * @param found what is in the list
   * @param at where it is, in code units from where reading began
   * @param lineFeeds how many line feeds there were before
   */
  constructor(
    readonly found: string,
    readonly at: number,
    readonly lineFeeds: number,
  ) {
    super(found);
  }
}

/** The longest element that is read, in code units. A user has at most 70 attributes of 2,048 characters. */
const MAX_ELEMENT_LENGTH = 1024 * 1024;

/**
 * Splits JSON into its elements: those of an array, those of the array `Users` of an object, as the AWS CLI prints them,
 * or values that follow each other. No more than a chunk and an element are in memory, and reading can go on after any
 * element. Whether an element is JSON itself is left to the caller. Commas between elements may be missing.
 *
 * @param container what the previous element was in; `NOTHING` at the beginning of a list
 */
export async function* jsonElements(
  chunks: AsyncIterable<string>,
  container: JsonContainer,
): AsyncGenerator<JsonElement> {
  const splitter = new JsonSplitter(container);
  for await (const chunk of chunks) yield* splitter.split(chunk);
  splitter.end();
}

class JsonSplitter {
  #container: JsonContainer;
  /** Whether an object has the array `Users`, so that it is not an element itself. */
  #inWrapper: boolean;
  /** How many brackets of the element are open; of the wrapper, when its array has ended. */
  #depth = 0;
  #inString = false;
  #escaped = false;
  /** The last string directly in an object that is in nothing. It can be the key `Users`. */
  #key = '';
  #usersFollow = false;
  /** What the chunks before had of the element. */
  #kept = '';
  #keptLength = 0;
  #begin = 0;
  #offset = 0;
  #lineFeeds = 0;

  constructor(container: JsonContainer) {
    this.#container = container;
    this.#inWrapper = container === 'USERS';
  }

  *split(chunk: string): Generator<JsonElement> {
    // Where the element begins in this chunk.
    let from = 0;
    for (let index = 0; index < chunk.length; index++) {
      const unit = chunk[index] as string;
      if (unit === '\n') this.#lineFeeds += 1;
      const wasOutside = !this.#isInElement;
      const ends = this.#inString ? this.#readInString(unit) : this.#read(unit, this.#offset + index);
      if (wasOutside && this.#isInElement) {
        from = index;
        this.#begin = this.#offset + index;
      }
      if (ends) yield this.#element(chunk.slice(from, index + 1), this.#offset + index + 1);
    }
    this.#offset += chunk.length;
    if (this.#isInElement) this.#keep(chunk.slice(from));
  }

  end(): void {
    if (this.#container !== 'NOTHING' || this.#inString || this.#depth > 0) {
      throw new JsonSplitError('an end in the middle of the JSON', this.#offset, this.#lineFeeds);
    }
  }

  get #isInElement(): boolean {
    return this.#inString || this.#depth > 0;
  }

  /** Reads a code unit of a string. Returns whether an element ends. */
  #readInString(unit: string): boolean {
    if (this.#escaped) this.#escaped = false;
    else if (unit === '\\') this.#escaped = true;
    else if (unit === '"') this.#inString = false;
    if (this.#inString && this.#key.length < LONGER_THAN_USERS) this.#key += unit;
    return !this.#inString && this.#depth === 0;
  }

  /** Reads a code unit outside of strings. Returns whether an element ends. */
  #read(unit: string, at: number): boolean {
    const usersFollow = this.#usersFollow;
    if (SPACES.includes(unit)) return false;
    this.#usersFollow = false;
    switch (unit) {
      case ',':
        return false;
      case ':':
        this.#usersFollow = this.#depth === 1 && this.#container === 'NOTHING' && this.#key === 'Users';
        break;
      case '"':
        this.#inString = true;
        this.#key = '';
        return false;
      case '{':
        this.#depth += 1;
        return false;
      case '[':
        if (this.#depth === 0 && this.#container === 'NOTHING') {
          this.#container = 'ARRAY';
          return false;
        }
        if (usersFollow) {
          this.#container = 'USERS';
          this.#inWrapper = true;
          this.#depth = 0;
          this.#forget();
          return false;
        }
        if (this.#depth > 0) {
          this.#depth += 1;
          return false;
        }
        break;
      case ']':
      case '}':
        if (this.#depth > 0) return this.#close();
        if (unit === ']' && this.#container !== 'NOTHING') {
          // The wrapper goes on after its array.
          this.#depth = this.#container === 'USERS' ? 1 : 0;
          this.#container = 'NOTHING';
          return false;
        }
        break;
    }
    if (this.#depth > 0) return false;
    throw new JsonSplitError('something that is no object and no string', at, this.#lineFeeds);
  }

  /** Reads a closing bracket in an element or wrapper. Returns whether an element ends. */
  #close(): boolean {
    this.#depth -= 1;
    if (this.#depth > 0) return false;
    const isElement = !this.#inWrapper || this.#container === 'USERS';
    if (!isElement) {
      this.#inWrapper = false;
      this.#forget();
    }
    return isElement;
  }

  #element(lastUnits: string, end: number): JsonElement {
    this.#keep(lastUnits);
    const units = this.#keptLength > MAX_ELEMENT_LENGTH ? undefined : this.#kept;
    this.#forget();
    return { units, begin: this.#begin, end, lineFeeds: this.#lineFeeds, container: this.#container };
  }

  #keep(units: string): void {
    this.#keptLength += units.length;
    this.#kept = this.#keptLength > MAX_ELEMENT_LENGTH ? '' : this.#kept + units;
  }

  #forget(): void {
    this.#kept = '';
    this.#keptLength = 0;
  }
}

const SPACES = ' \t\r\n';

/** Longer keys than this need not be kept to be told from `Users`. */
const LONGER_THAN_USERS = 6;
