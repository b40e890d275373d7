import { createHash } from 'node:crypto';

/**
 * What the reset function adds to ClientMetadata, under the reserved key, and the trigger looks for: it proves that
 * the reset function asked for this message, to this user, with this metadata, and when.
 */
export interface Token {
  /** When it was made, in milliseconds since 1970. */
  readonly time: number;
  readonly nonce: string;
  /** How the name looks that the reset was asked for with. */
  readonly form: NameForm;
  /** Whether it is signed in lower case, for a user pool that does not tell the cases apart. */
  readonly folded: boolean;
}

/** What a name looks like, which is not what it is: a user name can look like an email address. */
export type NameForm = (typeof NAME_FORMS)[number];

const NAME_FORMS = ['email', 'phone', 'uuid', 'other'] as const;

const VERSION = '1';

/** Set apart from all else that a key might ever sign. */
const DOMAIN_TAG = 'cdk-cognito-password-reset/client-metadata/';

/** The MAC that goes with a token: HMAC-SHA-256 by a key of AWS KMS, which is 32 bytes. */
export const MAC_ALGORITHM = 'HMAC_SHA_256';

const TOKEN = new RegExp(
  `^${VERSION}\\.(?<time>\\d{13})\\.(?<nonce>[\\w-]{22})\\.(?<form>${NAME_FORMS.join('|')})(?<folded>\\+folded)?\\.(?<mac>[\\w-]{43})$`,
);

export function formOf(name: string): NameForm {
  if (name.includes('@')) return 'email';
  if (/^\+\d+$/.test(name)) return 'phone';
  return /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(name) ? 'uuid' : 'other';
}

/** The name as it is signed. */
export function foldName(name: string, folded: boolean): string {
  return folded ? name.toLowerCase() : name;
}

export function writeToken({ time, nonce, form, folded }: Token, mac: Uint8Array): string {
  return [VERSION, time, nonce, form + (folded ? '+folded' : ''), Buffer.from(mac).toString('base64url')].join('.');
}

/** Undefined for anything but a token that is well formed. */
export function readToken(text: string): { readonly token: Token; readonly mac: Uint8Array } | undefined {
  const { time, nonce = '', form, folded, mac = '' } = TOKEN.exec(text)?.groups ?? {};
  if (form === undefined) return undefined;
  return {
    token: { time: Number(time), nonce, form: form as NameForm, folded: folded !== undefined },
    mac: Buffer.from(mac, 'base64url'),
  };
}

/**
 * What KMS makes the MAC of. Every field is preceded by its length, so that none can pass for part of another. All
 * texts must be well-formed Unicode: others have no bytes of their own.
 *
 * @param name as it is signed
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
