import { createHash } from 'node:crypto';

/**
 * The token that the reset function adds to ClientMetadata under the reserved key, together with its signature. The
 * signature proves that the reset function asked for this message, for this user, with this metadata, at this time.
 */
export interface Token {
  /** When the token was made, in milliseconds since 1970. */
  readonly time: number;
  readonly nonce: string;
  /** The form of the user name, alias or `sub` in the reset request. */
  readonly form: NameForm;
  /** Whether the name is signed in lower case, which is so for a case-insensitive user pool. */
  readonly folded: boolean;
}

/** What a name looks like. A user name can look like an email address, so the form does not say what the name is. */
export type NameForm = (typeof NAME_FORMS)[number];

const NAME_FORMS = ['email', 'phone', 'uuid', 'other'] as const;

const VERSION = '1';

/** Separates these messages from anything else that is signed with the same key. */
const DOMAIN_TAG = 'cdk-cognito-password-reset/client-metadata/';

/** The algorithm of the signature, whose MAC has 32 bytes. */
export const MAC_ALGORITHM = 'HMAC_SHA_256';

const TOKEN = new RegExp(
  `^${VERSION}\\.(?<time>\\d{13})\\.(?<nonce>[\\w-]{22})\\.(?<form>${NAME_FORMS.join('|')})(?<folded>\\+folded)?\\.(?<mac>[\\w-]{43})$`,
);

export function formOf(name: string): NameForm {
  if (name.includes('@')) return 'email';
  if (/^\+\d+$/.test(name)) return 'phone';
  return /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(name) ? 'uuid' : 'other';
}

/** Returns the name in the form in which it is signed. */
export function foldName(name: string, folded: boolean): string {
  return folded ? name.toLowerCase() : name;
}

export function writeToken({ time, nonce, form, folded }: Token, mac: Uint8Array): string {
  return [VERSION, time, nonce, form + (folded ? '+folded' : ''), Buffer.from(mac).toString('base64url')].join('.');
}

/**
 * Returns undefined when the text is not a well-formed token. A token has one text: spare bits at the end of base64url
 * and leading zeros, which say nothing, must be as {@link writeToken} writes them.
 */
export function readToken(text: string): { readonly token: Token; readonly mac: Uint8Array } | undefined {
  const { time, nonce = '', form, folded, mac = '' } = TOKEN.exec(text)?.groups ?? {};
  if (form === undefined) return undefined;
  const read = {
    token: { time: Number(time), nonce, form: form as NameForm, folded: folded !== undefined },
    mac: Buffer.from(mac, 'base64url'),
  };
  const isNonceOfBytes = Buffer.from(nonce, 'base64url').toString('base64url') === nonce;
  return isNonceOfBytes && writeToken(read.token, read.mac) === text ? read : undefined;
}

/**
 * Returns the bytes that KMS signs. The length of every field precedes it, so that no part of one field can pass as part
 * of another. All strings must be well-formed Unicode, because lone surrogates would all have the same bytes.
 *
 * @param name the name as it is signed, see {@link foldName}
 * @param metadata without the reserved key
 */
export function messageToSign(
  userPoolId: string,
  { time, nonce, form, folded }: Token,
  name: string,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const entries = Object.entries(metadata)
    .map((entry) => entry.map((text) => Buffer.from(text)) as [Buffer, Buffer])
    .sort(([a], [b]) => Buffer.compare(a, b));
  const fields = [VERSION, userPoolId, `${time}`, nonce, form, `${folded}`, name, `${entries.length}`];
  const hash = createHash('sha256');
  for (const bytes of [...fields.map((field) => Buffer.from(field)), ...entries.flat()]) {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    hash.update(length).update(bytes);
  }
  return Buffer.concat([Buffer.from(`${DOMAIN_TAG}${VERSION}`), hash.digest()]);
}
