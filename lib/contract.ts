/**
 * What the constructs and the functions both know: the event, the result, and the names that travel between
 * them. It is written here once and imports nothing, so that either side can use it.
 */

/** What the reset function takes. Unknown fields are refused. */
export interface ResetRequest {
  /** User name, alias or sub: 1 to 128 characters of letters, marks, symbols, numbers and punctuation. */
  readonly username: string;
  /** Reaches the pool's triggers as ClientMetadata. Not stored, validated or encrypted by Cognito. */
  readonly clientMetadata?: Readonly<Record<string, string>>;
  /** A safeguard: must equal the configured user pool, and can never choose another. */
  readonly userPoolId?: string;
  /** The same key never resets twice. Needs the `idempotency` option. */
  readonly idempotencyKey?: string;
  /** Who asked, as the caller claims. Logged; nobody authenticated it. */
  readonly requestedBy?: string;
  /** Why, as the caller claims. Logged; nobody authenticated it. */
  readonly reason?: string;
}

/** What the reset function returns. It names no user. */
export interface ResetResult {
  readonly status: 'RESET_REQUIRED';
  readonly userPoolId: string;
  /** The HTTP status and request id of Cognito's answer to the reset. */
  readonly httpStatus: number;
  readonly requestId: string;
  /** Whether the user's tokens were revoked as well. */
  readonly signedOut: boolean;
  /** Whether an earlier invocation with the same idempotency key carried out the reset. */
  readonly replayed: boolean;
}

/** Bounds of the request. The first three are Cognito's own, the others are this library's. */
export const LIMITS = {
  usernameCharacters: 128,
  metadataKeyCharacters: 131_072,
  metadataValueCharacters: 131_072,
  /** All keys and values together. */
  metadataTotalCharacters: 262_144,
  idempotencyKeyCharacters: 256,
  requestedByCharacters: 256,
  reasonCharacters: 1_024,
} as const;

/** The ClientMetadata key that only this library may set. */
export const RESERVED_METADATA_KEY = 'cdkCognitoPasswordReset';

/** Environment variables of the functions. */
export const ENVIRONMENT = {
  userPoolId: 'USER_POOL_ID',
  globalSignOut: 'GLOBAL_SIGN_OUT',
  idempotencyTableName: 'IDEMPOTENCY_TABLE_NAME',
  idempotencyExpiresAfterSeconds: 'IDEMPOTENCY_EXPIRES_AFTER_SECONDS',
  /** The KMS key of the MAC, in both functions. */
  signingKeyArn: 'SIGNING_KEY_ARN',
  /** A key that the trigger still accepts. */
  previousSigningKeyArn: 'PREVIOUS_SIGNING_KEY_ARN',
  /** `true` when a reset that cannot be signed is to fail. */
  failWithoutSignature: 'FAIL_WITHOUT_SIGNATURE',
  /** `true` in both functions when the user pool takes `User` and `user` for the same name. */
  caseInsensitive: 'USERNAME_CASE_INSENSITIVE',
  /** `true` when the user pool takes email texts from its trigger, as it does when it sends through Amazon SES. */
  customEmail: 'CUSTOM_EMAIL',
  /** The function that the trigger calls for all that is not an admin reset. */
  nextFunctionArn: 'NEXT_FUNCTION_ARN',
  /** The Region that SMS leave from. */
  smsRegion: 'SMS_REGION',
  /** The number, sender ID or pool that SMS leave from; none on the path of Amazon SNS. */
  originationIdentityArn: 'ORIGINATION_IDENTITY_ARN',
  /** The opt-out list that a number or pool is expected to use. */
  optOutListName: 'OPT_OUT_LIST_NAME',
  /** `true` when the members of the pool may be looked at. */
  poolMembersKnown: 'POOL_MEMBERS_KNOWN',
} as const;

/** The partition key and the time-to-live attribute of an idempotency table. */
export const IDEMPOTENCY_TABLE = { partitionKey: 'id', timeToLiveAttribute: 'expiration' } as const;

/** Custom metrics of the reset function. */
export const METRICS = {
  namespace: 'CognitoPasswordReset',
  resets: 'Resets',
  failures: 'Failures',
  signingFailures: 'SigningFailures',
  functionNameDimension: 'FunctionName',
  errorNameDimension: 'ErrorName',
} as const;

/** Names of the errors that are this library's own; Cognito's exceptions keep theirs. */
export const ERROR_NAMES = {
  /** The request breaks the contract: nothing was sent. */
  invalidRequest: 'InvalidRequestError',
  /** The reset was certainly not carried out. */
  notSent: 'ResetNotSentError',
  /** The reset may have been carried out. */
  outcomeUnknown: 'ResetOutcomeUnknownError',
  /** The reset was carried out, the sign-out was not. */
  globalSignOut: 'GlobalSignOutError',
  /** Another invocation with the same idempotency key is at work. */
  idempotencyInProgress: 'IdempotencyInProgressError',
} as const;

/** The shortest time-out the function may have, in seconds: Cognito waits for a trigger up to three times five. */
export const MINIMUM_TIMEOUT_SECONDS = 30;

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
export const ESCAPED_CHARACTERS = 5;

/** What a program can read as a dot in the name of a host, or as a colon: also what it takes apart to one. */
export const DOT = '[.\\u2024\\u2488-\\u249b\\u3002\\u33c2\\u33c7\\u33d8\\ufe12\\ufe52\\uff0e\\uff61\\u{1f100}]';
export const COLON = '[:\\ufe13\\ufe55\\uff1a]';

/**
 * The end of a text that what follows could complete: to what Cognito fills in, to a character reference of HTML, or to
 * another link. A space goes between.
 */
export const UNFINISHED = new RegExp(`[{&][#\\w]*$|(?:${DOT}|${COLON}//)[^\\s/?#]*$|${COLON}$`, 'u');

/** The beginning of a text that can go on after a dot. */
export const GOES_ON = /^[\p{L}\p{N}]/u;

/** What the SMS readiness function returns. It names no user. */
export interface SmsReadinessReport {
  /** `NOT_READY` when a check failed; otherwise `UNKNOWN` when one is unknown; otherwise `READY`. */
  readonly status: 'READY' | 'NOT_READY' | 'UNKNOWN';
  readonly path: 'END_USER_MESSAGING' | 'SNS';
  /** The Region that SMS leave from. */
  readonly region: string;
  readonly checks: readonly SmsReadinessCheck[];
}

/** One of the things that SMS depend on. */
export interface SmsReadinessCheck {
  readonly name: 'accountTier' | 'spendLimit' | 'originationIdentity' | 'optOuts';
  readonly status: 'PASSED' | 'WARNING' | 'FAILED' | 'UNKNOWN';
  /** What is, what was expected, what to do; for an unknown one, which API failed, and with which error. */
  readonly detail: string;
  /** What the detail is about, for programs. Amounts are in US dollars. */
  readonly values?: Readonly<Record<string, string | number | boolean>>;
}

/** The custom resource that runs the SMS readiness function at deployment: its property, and the value that makes it fail. */
export const SMS_READINESS_RESOURCE = { onDeployment: 'OnDeployment', fail: 'FAIL' } as const;
