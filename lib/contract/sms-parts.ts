/**
 * The parts of an SMS message. AWS charges each part, and a number sends so many parts a second. It imports nothing, so
 * that constructs, functions and tools can use it.
 *
 * @see https://docs.aws.amazon.com/sms-voice/latest/userguide/sms-limitations-character.html
 */

/** How an SMS message is sent. */
export interface SmsParts {
  readonly encoding: 'GSM-7' | 'UCS-2';
  readonly parts: number;
}

/** The characters of the GSM 7-bit default alphabet (3GPP 23.038), each of one septet. */
const BASIC = new Set(
  [
    '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ',
    ' !"#¤%&\'()*+,-./0123456789:;<=>?',
    '¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§',
    '¿abcdefghijklmnopqrstuvwxyzäöñüà',
  ].join(''),
);

/** The characters of its extension table, each of two septets: an escape and the character. */
const EXTENDED = new Set('\f^{}\\[~]|€');

/**
 * How much a message in one part and each part of a longer message hold: in septets of GSM-7, and in UTF-16 units of
 * UCS-2. The difference is the header that joins the parts.
 */
const CAPACITIES = { 'GSM-7': { single: 160, several: 153 }, 'UCS-2': { single: 70, several: 67 } } as const;

/**
 * Counts the parts of an SMS message, 1 for an empty one. The code of Cognito must be in the text, not its placeholder,
 * whose braces count twice.
 */
export function countSmsParts(text: string): SmsParts {
  const characters = [...text];
  const isGsm = characters.every((character) => BASIC.has(character) || EXTENDED.has(character));
  const encoding = isGsm ? 'GSM-7' : 'UCS-2';
  const sizes = characters.map((character) => (isGsm ? (BASIC.has(character) ? 1 : 2) : character.length));
  const { single, several } = CAPACITIES[encoding];
  if (sizes.reduce((sum, size) => sum + size, 0) <= single) return { encoding, parts: 1 };
  let parts = 1;
  let used = 0;
  for (const size of sizes) {
    // Neither an escape sequence nor a surrogate pair is split between two parts.
    if (used + size > several) {
      parts++;
      used = 0;
    }
    used += size;
  }
  return { encoding, parts };
}
