/**
 * The contract between ResetMessages and its function, the custom message trigger. It imports nothing, so that either
 * side can use it.
 */

/** Environment variables of the custom message trigger, besides those that it shares with the reset function. */
export const MESSAGES_ENVIRONMENT = {
  /** The ARN of an earlier signing key, whose signatures the trigger still accepts. */
  previousSigningKeyArn: 'PREVIOUS_SIGNING_KEY_ARN',
  /** `true` when the user pool supports custom email messages, which it does when it sends through Amazon SES. */
  customEmail: 'CUSTOM_EMAIL',
  /** The table of the signatures that were used; missing when a signature may be used again. */
  usedSignaturesTableName: 'USED_SIGNATURES_TABLE_NAME',
  /** The ARN of the function that the trigger invokes for all messages except those of an admin reset. */
  nextFunctionArn: 'NEXT_FUNCTION_ARN',
} as const;

/** Custom metrics of the trigger, in the namespace of `RESET_METRICS`, by its function name. */
export const MESSAGES_METRICS = { unverifiedSignatures: 'UnverifiedSignatures', reasonDimension: 'Reason' } as const;

/** The partition key and the time-to-live attribute of the table of used signatures. */
export const USED_SIGNATURES_TABLE = { partitionKey: 'signature', timeToLiveAttribute: 'expires' } as const;

/** The ClientMetadata keys that select the template and the locale. */
export const MESSAGE_METADATA = { template: 'template', locale: 'locale' } as const;

/** The placeholder that Cognito replaces with the code. The code has the same number of characters. */
export const CODE_PARAMETER = '{####}';

/** The maximum number of characters of each text, with the code and all values inserted. */
export const MESSAGE_LIMITS = { emailSubject: 140, emailMessage: 20_000, smsMessage: 140 } as const;

/** The file beside the bundle of the trigger that holds the {@link Catalog}. */
export const CATALOG_FILE = 'catalog.json';

/** A catalog of messages as the trigger reads it: validated, with its texts split into parts. */
export interface Catalog {
  /** A BCP 47 tag, like all locales of the catalog. Every template has this locale. */
  readonly defaultLocale: string;
  /** The template for a reset that selects none. Without it, Cognito sends its default message. */
  readonly defaultTemplate?: string;
  /** The template for users who request a code themselves. Without it, Cognito sends its default message. */
  readonly selfServiceTemplate?: string;
  /** By user attribute: the maximum number of characters of its value in a message, before HTML escaping. */
  readonly attributes: Readonly<Record<string, number>>;
  /** By ClientMetadata key: the maximum number of characters of its value in a message, before HTML escaping. */
  readonly metadata: Readonly<Record<string, number>>;
  /** By name of the template, then by locale. */
  readonly templates: Readonly<Record<string, Readonly<Record<string, CatalogMessage>>>>;
  /** The maximum number of characters of a user name in a message. */
  readonly maxUsernameLength: number;
}

/** One template in one locale. For a channel that is missing, Cognito sends its default message. */
export interface CatalogMessage {
  readonly email?: { readonly subject: readonly TextPart[]; readonly html: readonly TextPart[] };
  readonly sms?: readonly TextPart[];
}

/** A part of a text: literal text, the code, or a value. */
export type TextPart = string | { readonly code: true } | ValuePart;

/** A value of the user or of the reset. */
export type ValuePart = (
  | { readonly username: true }
  | { readonly attribute: string; readonly withoutDigits?: true }
  | { readonly metadata: string; readonly withoutDigits?: true }
) & {
  /** Set in the value of a query of a link, where the value is percent-encoded. */
  readonly inQuery?: true;
};

/** The maximum number of characters that percent-encoding makes of one character, as in `%E8%AA%9E`. */
export const MAX_PERCENT_ENCODED_CHARACTERS = 9;

/** The maximum length of a user name in Cognito. */
export const MAX_USERNAME_CHARACTERS = 128;

/**
 * The characters that Cognito accepts in messages, for a character class of a regular expression with the flag `u`. One
 * other character in the response of the trigger fails the whole operation.
 *
 * ASSUMPTION: the `\s` of Cognito's pattern is that of Java, which has no space beyond ASCII. JavaScript's `\s` has
 * more, so it is spelled out here.
 *
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_VerificationMessageTemplateType.html
 */
export const MESSAGE_CHARACTERS = '\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}\\t\\n\\v\\f\\r ';

/** The maximum number of UTF-16 units that HTML escaping makes of one, as in `&#8204;`. */
export const MAX_ESCAPED_CHARACTERS = 7;

/** Characters that a program may read as a dot or colon in a link, including characters that NFKC normalizes to one. */
export const DOT_LIKE = '[.\\u2024\\u2488-\\u249b\\u3002\\u33c2\\u33c7\\u33d8\\ufe12\\ufe52\\uff0e\\uff61\\u{1f100}]';
export const COLON_LIKE = '[:\\ufe13\\ufe55\\uff1a]';

/**
 * Matches the end of a text that the next part could complete to a placeholder of Cognito, to a character reference of
 * HTML, or to a link. A space between the two prevents that.
 */
export const COMPLETABLE_END = new RegExp(
  `[{&][#\\w]*$|(?:${DOT_LIKE}|${COLON_LIKE}//)[^\\s/?#]*$|${COLON_LIKE}$`,
  'u',
);

/** Matches a text after which {@link COMPLETABLE_END} may still match what is before it, such as a value. */
export const CONTINUES_COMPLETABLE_END = /^(?:[#\w]*|[^\s/?#]*)$/;

/** Matches the beginning of a text that could continue a host name after a dot. */
export const CONTINUES_HOST_NAME = /^[\p{L}\p{N}]/u;

/** Decimal references below U+F4240, so that `String.fromCodePoint` cannot fail. */
const DECIMAL_REFERENCE = /&#(\d{1,6});/g;

/**
 * Resolves the character references of HTML that synth and the trigger write, so that {@link COMPLETABLE_END} and
 * {@link CONTINUES_HOST_NAME} match what a reader sees.
 */
export function resolveReferences(html: string): string {
  return html.replace(DECIMAL_REFERENCE, (_, codePoint) => String.fromCodePoint(Number(codePoint)));
}
