import fc from 'fast-check';

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** Base64url with other spare bits in its last digit, which decodes to the same bytes. */
function withSpareBits(base64url: string, bits: number): string {
  const last = DIGITS.indexOf(base64url.slice(-1));
  return base64url.slice(0, -1) + DIGITS[last ^ bits];
}

/** Writes one field of a token differently, by its index. */
const respell = (index: number, write: (field: string) => string) => (token: string) =>
  token
    .split('.')
    .map((field, at) => (at === index ? write(field) : field))
    .join('.');

const [VERSION, TIME, NONCE, FORM, MAC] = [0, 1, 2, 3, 4];

/** Writes a token in another way, which a lenient reader would take for the same token. */
export const otherSpelling: fc.Arbitrary<(token: string) => string> = fc.oneof(
  fc.integer({ min: 1, max: 3 }).map((bits) => respell(MAC, (mac) => withSpareBits(mac, bits))),
  fc.integer({ min: 1, max: 15 }).map((bits) => respell(NONCE, (nonce) => withSpareBits(nonce, bits))),
  fc.constantFrom(
    ...[MAC, NONCE].flatMap((index) => [
      respell(index, (field) => `${field}=`),
      respell(index, (field) => `${field}==`),
      respell(index, (field) => `${field}A`),
      respell(index, (field) => `${field}\n`),
      respell(index, (field) => field.replace(/.{4}/, '$&\n')),
      respell(index, (field) => Buffer.from(field, 'base64url').toString('base64')),
      respell(index, (field) => Buffer.from(field, 'base64url').toString('hex')),
      respell(index, (field) => encodeURIComponent(`${field}=`)),
    ]),
    ...[VERSION, TIME].flatMap((index) => [
      respell(index, (number) => `0${number}`),
      respell(index, (number) => `+${number}`),
      respell(index, (number) => ` ${number}`),
      respell(index, (number) => `${number} `),
      respell(index, (number) => `${number},0`),
      respell(index, (number) => Number(number).toExponential()),
      respell(index, (number) => `0x${Number(number).toString(16)}`),
      respell(index, (number) => `${number}n`),
      respell(index, (number) => `${number.slice(0, -1)}_${number.slice(-1)}`),
      respell(index, (number) => number.replace(/\d/g, (digit) => String.fromCharCode(0xff10 + Number(digit)))),
      respell(index, (number) => number.replace(/\d/g, (digit) => String.fromCharCode(0x660 + Number(digit)))),
    ]),
    respell(FORM, (form) => form.toUpperCase()),
    respell(FORM, (form) => ` ${form}`),
    respell(FORM, (form) => `${form}+`),
    respell(FORM, (form) => `${form}+unfolded`),
    (token: string) => `${token}\n`,
    (token: string) => `\ufeff${token}`,
    (token: string) => `${token}.`,
    (token: string) => token.replaceAll('.', '\uff0e'),
    (token: string) => JSON.stringify(token),
    (token: string) => token.replaceAll('', '\u200b'),
  ),
);

/** Changes, removes and adds characters of a token. */
export const edited: fc.Arbitrary<(token: string) => string> = fc
  .array(
    fc.record({
      at: fc.nat({ max: 100 }),
      remove: fc.nat({ max: 2 }),
      insert: fc.oneof(
        fc.string({ unit: fc.constantFrom(...DIGITS, '.', '+', '=', '/'), maxLength: 2 }),
        fc.string({ maxLength: 1 }),
      ),
    }),
    { minLength: 1, maxLength: 2 },
  )
  .map(
    (edits) => (token: string) =>
      edits.reduce((text, { at, remove, insert }) => text.slice(0, at) + insert + text.slice(at + remove), token),
  );
