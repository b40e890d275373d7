import { inspect } from 'node:util';

const MASK = '[sensitive]';

/** Holds a value that must not appear in any output. When it is printed, logged or serialized, a mask appears instead. */
export class Sensitive<T> {
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  /** The value itself, for the call that needs it. */
  reveal(): T {
    return this.#value;
  }

  toString(): string {
    return MASK;
  }

  toJSON(): string {
    return MASK;
  }

  [inspect.custom](): string {
    return MASK;
  }
}
