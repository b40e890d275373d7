/** Stands for the user name, which has no spaces. So the mask and the characters beside it cannot form it again. */
const USERNAME_MASK = '* * *';

/** Stands for a claim that may contain the user name in another form. */
const CLAIM_LEFT_OUT = '[left out: it may contain the user name]';

/** With fewer letters and digits, the characters around a mask can tell what it stands for. */
const SHORTEST_NAME_TO_MASK = 4;

/** How many encodings, one inside the other, are decoded. */
const LAYERS = 4;

/** What a reader does not see, and what can carry hidden text. */
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\p{Cf}]+/gu;

/**
 * Returns what is logged of a claim. The user name is masked where it stands for itself, in any case. The claim is left
 * out where the user name is part of a word, spelled with other characters, or encoded, and where that is not clear.
 */
export function maskUsername(username: string, claim: string): string {
  const name = lettersOf(normalize(username));
  const visible = claim.replace(INVISIBLE, '');
  const masked =
    name.length < SHORTEST_NAME_TO_MASK ? visible : visible.replace(wordPattern(username), () => USERNAME_MASK);
  return new Search(name).finds(normalize(masked), LAYERS) ? CLAIM_LEFT_OUT : masked;
}

function wordPattern(word: string): RegExp {
  const literal = word.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  return new RegExp(`(?<![\\p{L}\\p{N}])${literal}(?![\\p{L}\\p{N}])`, 'giu');
}

function normalize(text: string): string {
  return text.normalize('NFKD').replace(INVISIBLE, '');
}

/** The letters and digits of a normalized text, without marks, and the same for capital and small letters. */
function lettersOf(text: string): string {
  return text
    .toLowerCase()
    .toUpperCase()
    .replace(/[^\p{L}\p{N}]+/gu, '');
}

/** The search for a name in a text and in what the text may stand for. */
class Search {
  readonly #name: string;
  /** Splits what was decoded into parts that can be encoded text again. The rest is noise. */
  readonly #readable: RegExp;
  /** What was searched, and how many layers of it. */
  readonly #searched = new Map<string, number>();

  /** @param name its letters and digits */
  constructor(name: string) {
    this.#name = name;
    // One character can stand for many letters, but its encoded form has several characters.
    const shortest = 1 + Math.ceil(name.length / 6);
    this.#readable = new RegExp(`(?:[^\\p{Cc}\\ufffd]|\\s){${shortest},}`, 'gu');
  }

  /** @param isText whether it is text for certain, and not what noise was decoded to */
  finds(text: string, layers: number, isText = true): boolean {
    if ((this.#searched.get(text) ?? -1) >= layers) return false;
    this.#searched.set(text, layers);
    if (this.#isIn(text) || (isText && OTHER_REFERENCE.test(text))) return true;

    const unescaped = withoutEscapes(text);
    // More layers are not decoded. Only a text that is meant to hide something has so many escapes.
    if (layers === 0) return isText && unescaped.length > 0;
    return (
      unescaped.some((form) => this.finds(normalize(form), layers - 1, isText)) ||
      bytesOf(text).some((bytes) => this.#findsInBytes(bytes, layers - 1))
    );
  }

  #findsInBytes(bytes: Buffer, layers: number): boolean {
    // Without its zeros, UTF-16 of plain letters is the same as UTF-8.
    const text = normalize(bytes.toString().replaceAll('\0', ''));
    if (this.#isIn(text) || this.#isIn(normalize(bytes.toString('latin1')))) return true;
    const parts = text.match(this.#readable) ?? [];
    const isText = parts.some((part) => part.length > this.#name.length);
    return parts.length > 0 && this.finds(parts.join(' '), layers, isText);
  }

  #isIn(text: string): boolean {
    return lettersOf(text).includes(this.#name);
  }
}

/** A character reference of HTML by a name that is not decoded here. There are more than two thousand. */
const OTHER_REFERENCE =
  /&(?!(?:amp|lt|gt|quot|apos|nbsp);)[a-z][a-z\d]+;|&(?:[a-z]{1,2}(?:acute|cedil|circ|grave|lig|ring|slash|tilde|uml)|eth|thorn)/i;

/** Decodes percent-encoding, character references, and escapes of program text, each on its own. */
function withoutEscapes(text: string): string[] {
  const decodePercent = (encoding: 'utf8' | 'latin1') =>
    text.replace(/(?:%[\da-f]{2})+/gi, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString(encoding));
  const decodeReferences = text.replace(
    /&(?:#x([\da-f]+)|#(\d+)|(amp)|lt|gt|quot|apos|nbsp);?/gi,
    (_, hexadecimal, decimal, ampersand) => (ampersand ? '&' : character(hexadecimal, decimal)),
  );
  const decodeEscapes = text.replace(
    /(?:\\u|%u|u\+)([\da-f]{4})|\\[ux]\{([\da-f]+)\}|\\x([\da-f]{2})/gi,
    (_, ...digits) => character(digits[0] ?? digits[1] ?? digits[2]),
  );
  return [decodePercent('utf8'), decodePercent('latin1'), decodeReferences, decodeEscapes].filter(
    (form) => form !== text,
  );
}

/** The character with this code point, in hexadecimal or decimal. Empty without a code point. */
function character(hexadecimal: string | undefined, decimal?: string): string {
  const codePoint = hexadecimal === undefined ? Number(decimal) : Number.parseInt(hexadecimal, 16);
  return codePoint <= 0x10ffff ? String.fromCodePoint(codePoint) : '';
}

/** What the text may be in base64, base64url and hexadecimal, which may begin at any character. */
function bytesOf(text: string): Buffer[] {
  // Spaces, line breaks and padding are ignored.
  const base64 = text.replace(/[^\w+/-]+/g, '');
  // As in 6a616e65, 6a 61 6e 65, and 0x6a, 0x61, 0x6e, 0x65.
  const hexadecimal = text.replace(/(?<![\da-f])0x|[^\da-z]+/gi, '').match(/[\da-f]{2,}/gi) ?? [];
  return [
    ...[0, 1, 2, 3].map((start) => Buffer.from(base64.slice(start), 'base64')),
    ...[0, 1].map((start) => Buffer.concat(hexadecimal.map((run) => Buffer.from(run.slice(start), 'hex')))),
  ];
}
