/** What ResetMessages and its function, the custom message trigger, both know. It imports nothing. */

/** Environment variables of the custom message trigger, besides those that it shares with the reset function. */
export const MESSAGES_ENVIRONMENT = {
  /** A key that the trigger still accepts. */
  previousSigningKeyArn: 'PREVIOUS_SIGNING_KEY_ARN',
  /** `true` when the user pool takes email texts from its trigger, as it does when it sends through Amazon SES. */
  customEmail: 'CUSTOM_EMAIL',
  /** The function that the trigger calls for all that is not an admin reset. */
  nextFunctionArn: 'NEXT_FUNCTION_ARN',
} as const;

/** ClientMetadata keys with a meaning of their own: which template, and in which language. */
export const MESSAGE_METADATA = { template: 'template', locale: 'locale' } as const;

/** What stands in a message for the code; Cognito puts the code there, which has as many characters. */
export const CODE_PARAMETER = '{####}';

/** The most characters of each text, the code included, and with values put in. */
export const MESSAGE_LIMITS = { emailSubject: 140, emailMessage: 20_000, smsMessage: 140 } as const;

/** The file beside the bundle of the trigger that holds the {@link Catalog}. */
export const CATALOG_FILE = 'catalog.json';

/** A catalog of messages as the trigger reads it: checked, and its texts cut into parts. */
export interface Catalog {
  /** A BCP 47 tag, as all locales here. Every template has it. */
  readonly defaultLocale: string;
  /** For a reset that names no template; Cognito's own message without it. */
  readonly defaultTemplate?: string;
  /** For users who ask for a code themselves; Cognito's own message without it. */
  readonly selfServiceTemplate?: string;
  /** By name of a user attribute or ClientMetadata key: the most characters of its value as it reads in a message. */
  readonly attributes: Readonly<Record<string, number>>;
  readonly metadata: Readonly<Record<string, number>>;
  /** By name of the template, then by locale. */
  readonly templates: Readonly<Record<string, Readonly<Record<string, CatalogMessage>>>>;
}

/** One template in one language; what is missing is left to Cognito. */
export interface CatalogMessage {
  readonly email?: { readonly subject: readonly TextPart[]; readonly html: readonly TextPart[] };
  readonly sms?: readonly TextPart[];
}

/** A piece of a text: as it stands, or what is put in its place. */
export type TextPart =
  | string
  | { readonly code: true }
  | { readonly attribute: string }
  | { readonly metadata: string };

/** As how many characters of HTML one character of a value is written at most: `&amp;`. */
export const MAX_ESCAPED_CHARACTERS = 5;

/** What a program can read as a dot in the name of a host, or as a colon: also what it takes apart to one. */
export const DOT_LIKE = '[.\\u2024\\u2488-\\u249b\\u3002\\u33c2\\u33c7\\u33d8\\ufe12\\ufe52\\uff0e\\uff61\\u{1f100}]';
export const COLON_LIKE = '[:\\ufe13\\ufe55\\uff1a]';

/**
 * The end of a text that what follows could complete: to what Cognito fills in, to a character reference of HTML, or to
 * another link. A space goes between.
 */
export const COMPLETABLE_END = new RegExp(
  `[{&][#\\w]*$|(?:${DOT_LIKE}|${COLON_LIKE}//)[^\\s/?#]*$|${COLON_LIKE}$`,
  'u',
);

/** The beginning of a text that can go on after a dot. */
export const CONTINUES_HOST_NAME = /^[\p{L}\p{N}]/u;
